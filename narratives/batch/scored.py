"""Scored files read back: the columns that scoring added, with their own types, whatever kind of file they stand in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from narratives.batch.cells import as_written
from narratives.batch.encoding import rows_of
from narratives.batch.options import Options, plan
from narratives.batch.reading import kind_of, open_source
from narratives.errors import InputError
from narratives.frames import COLUMNS

_LISTS = ("labels", "mentioned", "targets")
_NUMBERS = ("lang_confidence", "offensive", "hate")


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """A row of a scored file.

    Attributes:
        number: Position in the file, from 1; the header does not count.
        text: The post.
        scores: Values of the columns of ``frames.COLUMNS`` by name: figures, lists of ids, ``None`` where empty.
        carried: The other columns, as they stand.
    """

    number: int
    text: str
    scores: Mapping[str, Any]
    carried: Mapping[str, Any]


def read_scored(path: Path, *, text: str | None = None, block: int = 4096) -> Iterator[ScoredRow]:
    """The rows of a file written by ``score_file``, as a stream.

    Args:
        path: CSV, TSV, JSON lines or Parquet.
        text: Column of the posts; told as in ``score_file`` when ``None``.
        block: Rows read together.

    Raises:
        MissingFileError: There is no such file.
        InputError: It cannot be read, or has not been scored.
        UnknownNameError: The column does not exist.
    """
    path = Path(path)
    with open_source(path, kind_of(path, None), block) as source:
        names = {name: _ours(name, source.columns) for name in COLUMNS}
        if missing := [name for name in ("decision", "labels", "hate", "model") if names[name] not in source.columns]:
            raise InputError(
                f"{path} has no column {', '.join(missing)}; expected a scored file: narratives batch {path.name} OUT"
            )
        column = plan(source, Options(text=text)).text
        flat = source.format in {"csv", "tsv"}
        known = set(names.values())
        number = 0
        for part in source.blocks:
            for row in rows_of(part):
                number += 1
                values = {k: as_written(v) if isinstance(v, str) else v for k, v in row.items()} if flat else row
                scores = {name: _value(name, values.get(there)) for name, there in names.items()}
                carried = {k: v for k, v in values.items() if k not in known and k != column}
                post = values.get(column)
                yield ScoredRow(number, "" if post is None else str(post), scores, carried)


def _ours(name: str, columns: list[str]) -> str:
    """Where a column of ours stands: under another name if the file had one of that name before."""
    out, number = name, 1
    while (other := f"narratives_{name}" if number == 1 else f"narratives_{name}_{number}") in columns:
        out, number = other, number + 1
    return out


def _value(name: str, value: Any) -> Any:
    if name in _LISTS:
        if isinstance(value, str):
            return [part for part in value.split(";") if part]
        return value
    if value is None or value == "":
        return None
    try:
        if name in _NUMBERS:
            return float(value)
        if name == "language_severity":
            return int(float(value))
        if name == "probabilities" and isinstance(value, str):
            return json.loads(value)
    except ValueError:
        return None
    return value
