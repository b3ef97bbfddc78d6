"""Scored files made by hand, as `narratives batch` writes them."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

COLUMNS = (
    "id", "created_at", "platform", "text", "lang", "script", "lang_confidence", "offensive", "hate", "decision",
    "labels", "mentioned", "stance", "targets", "language_severity", "probabilities", "reasons", "row_status", "model",
)  # fmt: skip
MODEL = "other 9.9 0123abcd"
EMPTY = dict.fromkeys(COLUMNS, "")


def row(i: int, decision: str = "clear", day: date = date(2026, 1, 5), **more: str) -> dict[str, str]:
    """One scored row with a text of its own."""
    draw = Random(i)
    words = " ".join("".join(draw.choices("abcdefghijklmnoprstuvz", k=6)) for _ in range(8))
    return {
        **EMPTY, "id": str(i), "created_at": f"{day}T08:00:00Z", "platform": "forum", "text": words, "lang": "sq",
        "decision": decision, "stance": "none", "language_severity": "0", "row_status": "ok", "model": MODEL, **more,
    }  # fmt: skip


def flagged(i: int, narrative: str = "welfare_burden", day: date = date(2026, 1, 5), **more: str) -> dict[str, str]:
    """One flagged row that tells a narrative."""
    told = {"labels": f"{narrative};hate", "stance": "asserted", "targets": "syrians", "language_severity": "2"}
    return row(i, "flag", day, **{**told, **more})


def some(weeks: int = 6, posts: int = 60) -> list[dict[str, str]]:
    """Six weeks with a bit of everything."""
    rows = []
    for week in range(weeks):
        day = date(2026, 1, 5) + timedelta(weeks=week)
        for j in range(posts):
            i = week * posts + j
            kinds = (
                lambda i, d: flagged(i, "welfare_burden", d, lang="tr", platform="x"),
                lambda i, d: flagged(i, "invasion_flood", d, lang="ro", targets="muslims;afghans"),
                lambda i, d: row(i, "clear", d, stance="countered", mentioned="invasion_flood"),
                lambda i, d: row(i, "review", d, stance="reported"),
                lambda i, d: row(i, "unsupported", d, lang="und", stance="", language_severity=""),
            )
            rows.append(kinds[j](i, day) if j < len(kinds) else row(i, "clear", day))
    return rows


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    """Write rows in the kind of file that the suffix names."""
    columns = list(dict.fromkeys(key for entry in rows for key in entry)) or list(COLUMNS)
    if path.suffix == ".parquet":
        pq.write_table(pa.table({c: [r.get(c) or None for r in rows] for c in columns}), path)
    elif path.suffix == ".jsonl":
        lists = ("labels", "mentioned", "targets")
        lines = [
            json.dumps({k: (v.split(";") if v else []) if k in lists else v or None for k, v in r.items()})
            for r in rows
        ]
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, columns, delimiter="\t" if path.suffix == ".tsv" else ",")
            writer.writeheader()
            writer.writerows(rows)
    return path


@pytest.fixture(scope="session")
def scored(tmp_path_factory) -> Path:
    return write(tmp_path_factory.mktemp("scored") / "scored.csv", some())
