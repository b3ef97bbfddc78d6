"""The few-shot table of the researcher's page is the one that was measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).parents[2]
KINDS = ("base", "adapted", "alone")


def test_the_page_shows_the_figures_that_were_measured():
    page = (ROOT / "docs/tutorials/researcher.md").read_text(encoding="utf-8")
    figures = json.loads((ROOT / "evaluation/results/few_shot.json").read_text(encoding="utf-8"))["figures"]
    assert {f["a_class"] for f in figures} == {16, 64, 256}
    rows = {line for line in page.splitlines() if line.startswith("| ")}
    for f in figures:
        cells = [f"{f[k]['macro_f1']:.3f} ({f[k]['interval'][0]:.3f}–{f[k]['interval'][1]:.3f})" for k in KINDS]
        start = f"| {f['lang']}: {f['corpus']}, `{f['head']}` | {f['a_class']} | {' | '.join(cells)} | "
        assert any(row.startswith(start) for row in rows), start
