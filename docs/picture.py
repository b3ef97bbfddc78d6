"""Draw docs/terminal.svg: what `narratives score` shows. Run from the repository root: python docs/picture.py."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

POSTS = [
    "Ovi migranti su gamad i lopovi, sve ih treba protjerati dok ne bude kasno.",
    "Владата да го објави договорот за центарот и да каже кој ќе плаќа правна помош.",
    "Am fugit din Odesa cu fetița și pisica. Vecina din Chișinău ne-a dat cheia.",
    "Göçmen kuşlar bu yıl erken geldi, gölün üstü akın akın leylek dolu.",
]


def main() -> None:
    """Run the command and draw its output."""
    command = [sys.executable, "-m", "narratives", "score", *POSTS]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout  # noqa: S603
    console = Console(record=True, width=104, file=io.StringIO())
    console.print(Text('$ narratives score "…" "…" "…" "…"', style="bold"))
    colours = {"FLAG": "bold red", "REVIEW": "bold yellow", "CLEAR": "bold green"}
    for line in shown.splitlines():
        text = Text(line)
        for word, style in colours.items():
            text.highlight_words([word], style)
        text.highlight_regex(r"‹[^›]*›", "underline")
        console.print(text)
    svg = console.export_svg(title="narratives: hostile words stay masked")
    # rich names a font on a server; the picture must open without the network
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    Path("docs/terminal.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
