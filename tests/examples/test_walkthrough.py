"""The example is run as a reader would run it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "walkthrough.py"


@pytest.mark.checkout
def test_the_walk_through_runs_from_any_folder(tmp_path):
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    steps = [line for line in done.stdout.splitlines() if line[:1].isdigit()]
    assert [step.split(".")[0] for step in steps] == [str(n) for n in range(1, 8)]
    assert re.search(r"3\. a file: \d{3,} posts, [1-9]\d* flagged", done.stdout)
    assert (tmp_path / "scored.csv").exists()
    line = json.loads((tmp_path / "decisions.jsonl").read_text(encoding="utf-8"))
    assert line["verdict"] == "clear"
    assert len(EXAMPLE.read_text(encoding="utf-8").split()) < 800  # five minutes
