from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from narratives.frames import COLUMNS

MODEL = "tiny 0 abcdef12"


def _row(number: int, text: str, decision: str = "flag", labels=(), severity=None, **more):
    """A scored row, with every column."""
    scores = dict.fromkeys(COLUMNS)
    scores |= {"lang": "sr", "hate": 0.7, "decision": decision, "labels": list(labels), "model": MODEL}
    scores |= {"language_severity": severity, "row_status": "ok", "reasons": [], **more}
    return SimpleNamespace(number=number, text=text, scores=scores)


@pytest.fixture
def row():
    return _row


@pytest.fixture
def write(tmp_path):
    """Writes scored rows as the file that ``narratives batch`` gives."""

    def call(rows, name: str = "scored.jsonl") -> Path:
        path = tmp_path / name
        lines = [json.dumps({"text": r.text, **r.scores}, ensure_ascii=False) for r in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return call
