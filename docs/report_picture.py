"""Draw docs/report.svg: a chart of `narratives report`. Run from the repository root: python docs/report_picture.py.

The scores are those of the authored example posts; the picture is the page's own summary chart.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

WIDTH = 760
STYLE = (
    "text{font:15px system-ui,'DejaVu Sans',sans-serif;fill:#1b1f24}.rail{fill:#e9ecef}.flag{fill:#a8480b}"
    ".review{fill:#7a6400}.clear{fill:#3f7a4f}.unsupported{fill:#6b7280}.whisker{stroke:#1b1f24;stroke-width:1.5}"
)


def main() -> None:
    """Score the examples, write the report, and take its first chart."""
    with tempfile.TemporaryDirectory() as folder:
        scored, page = Path(folder) / "scored.csv", Path(folder) / "report.html"
        narratives = [sys.executable, "-m", "narratives"]
        subprocess.run([*narratives, "batch", "datasets/examples/posts.csv", str(scored)], check=True)  # noqa: S603
        subprocess.run([*narratives, "report", str(scored), "-o", str(page)], check=True)  # noqa: S603
        html = page.read_text(encoding="utf-8")
    headline = re.search(r'<p class="big">(.*?)</p>', html)
    chart = re.search(r'<svg class="chart.*?</svg>', html, re.DOTALL)
    if headline is None or chart is None:
        raise SystemExit("the report has no summary")
    height = int(re.search(r'height="(\d+)"', chart[0])[1]) + 90  # type: ignore[index]
    inner = chart[0].replace('width="100%"', f'x="20" y="70" width="{WIDTH - 40}"', 1)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
        f'<style>{STYLE}</style><rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="20" y="44" style="font-size:24px;font-weight:650;fill:#a8480b">{headline[1]}</text>{inner}</svg>\n'
    )
    Path("docs/report.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
