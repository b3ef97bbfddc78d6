"""A calendar of events that people keep themselves: ``date,label``."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import NamedTuple

from narratives.errors import InputError, MissingFileError
from narratives.report.dates import day_of

MOST = 60
_LONGEST = 120


class Event(NamedTuple):
    """Something that happened."""

    day: date
    label: str


def read_events(path: Path) -> list[Event]:
    """Read a CSV file with the columns ``date`` and ``label``, sorted by day.

    Raises:
        MissingFileError: There is no such file.
        InputError: It lacks a column, has a row without a readable date, or more rows than can be marked.
    """
    if not path.is_file():
        raise MissingFileError(f"there is no file {path}; expected a CSV file with the columns date,label")
    out = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = csv.DictReader(handle)
            names = {name.strip().lower(): name for name in rows.fieldnames or () if name}
            if not {"date", "label"} <= set(names):
                raise InputError(f"{path} has the columns {', '.join(names) or 'none'}; expected date and label")
            for number, row in enumerate(rows, 2):
                written = row[names["date"]] or ""
                day = day_of(written)
                if day is None:
                    raise InputError(f"line {number} of {path} has no readable date; write it like 2026-09-14")
                out.append(Event(day, " ".join((row[names["label"]] or "").split())[:_LONGEST]))
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8; save it as CSV UTF-8") from None
    except csv.Error:
        raise InputError(f"{path} is not a CSV file; expected the columns date,label") from None
    if len(out) > MOST:
        raise InputError(f"{path} has {len(out)} events; at most {MOST} can be marked: keep those that matter")
    return sorted(out)
