"""Scored files as a stream of tables with the same few columns, whatever kind of file they come in."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from narratives.errors import InputError, MissingFileError, unknown
from narratives.frames import COLUMNS

ROWS = 1 << 15
"""Rows a table, about."""

FIELDS = ("lang", "decision", "labels", "mentioned", "stance", "targets", "language_severity", "row_status", "model")
"""Columns of a scored file that a report reads, besides text, date and platform."""

_KINDS = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".pq": "parquet"}
_NEEDED = ("decision", "model")
_SIZE = 1 << 23  # bytes of a text file read at a time; a row must fit in
_NUMBERED = re.compile(r"narratives_(\w+?)(?:_(\d+))?")


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands in which column of a scored file.

    Attributes:
        kind: ``csv``, ``tsv``, ``jsonl`` or ``parquet``.
        columns: Every column, in order.
        fields: Column of each of :data:`FIELDS` that is there.
        delimiter: Separator of a text table.
    """

    kind: str
    columns: tuple[str, ...]
    fields: dict[str, str]
    delimiter: str = ","


def layout(path: Path) -> Layout:
    """Look at the head of a file.

    Raises:
        MissingFileError: There is no such file.
        InputError: The file is of no known kind, empty, not UTF-8, or holds no scores.
    """
    if not path.is_file():
        raise MissingFileError(f"there is no file {path}; expected a file written by `narratives batch`")
    kind = _KINDS.get(path.suffix.lower())
    if kind is None:
        raise InputError(f"{path.name} is of no kind that is known by its suffix; known: {', '.join(_KINDS)}")
    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty; expected a file written by `narratives batch`")
    delimiter = ","
    with readable(path):
        if kind == "parquet":
            columns = list(pq.read_schema(path).names)
        elif kind == "jsonl":
            with path.open(encoding="utf-8-sig") as handle:
                columns = list(_object(next((line for line in handle if line.strip()), "{}"), path, 1))
        else:
            columns, delimiter = _header(path, kind)
    fields = {field: name for field in FIELDS if (name := _newest(columns, field)) is not None}
    missing = [field for field in _NEEDED if field not in fields]
    if missing:
        raise InputError(
            f"{path.name} has no column {' and '.join(missing)}: it is not scored; run `narratives batch {path.name} "
            f"scored{path.suffix}` first. Columns: {', '.join(columns[:30])}"
        )
    return Layout(kind, tuple(columns), fields, delimiter)


def _header(path: Path, kind: str) -> tuple[list[str], str]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        head = handle.readline()
        if kind == "tsv":
            delimiter = "\t"
        else:
            outside = re.sub(r'"[^"]*"', "", head)
            delimiter = max(",;\t|", key=outside.count)
        handle.seek(0)
        return next(csv.reader(handle, delimiter=delimiter), []), delimiter


def _newest(columns: Sequence[str], field: str) -> str | None:
    """The column that the last scoring added: a table that had one of that name already got ``narratives_<name>``."""
    last, best = -1, None
    for name in columns:
        match = _NUMBERED.fullmatch(name)
        number = 0 if name == field else int(match[2] or 1) if match and match[1] == field and field in COLUMNS else -1
        if number > last:
            last, best = number, name
    return best


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turns what can go wrong in reading into one line without a word of the file's content."""
    try:
        yield
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8; `narratives batch` writes UTF-8, so save it so again") from None
    except pa.ArrowException as error:
        where = re.search(r"[Rr]ow #?(\d+)", str(error))
        raise InputError(
            f"{path} cannot be read as {path.suffix.lstrip('.')}{f', row {where[1]}' if where else ''}: it is damaged, "
            "or was changed since `narratives batch` wrote it"
        ) from None
    except csv.Error:
        raise InputError(f"{path} cannot be read as a table; expected a file written by `narratives batch`") from None


def tables(path: Path, found: Layout, *, text: str | None, date: str | None, platform: str | None) -> Iterator[Any]:
    """The file as Arrow tables with the columns of :data:`FIELDS`, ``text``, ``date`` and ``platform``, all strings.

    A column that the file lacks is null throughout. Lists are joined with semicolons.

    Args:
        path: The file.
        found: Its layout.
        text: Column of the posts, if any.
        date: Column of the time of posting, if any.
        platform: Column of the platform, if any.

    Raises:
        UnknownNameError: A named column does not exist.
        InputError: The file breaks off or is damaged; raised as late as the row where it shows.
    """
    wanted = dict(found.fields)
    for role, name in (("text", text), ("date", date), ("platform", platform)):
        if name is not None:
            if name not in found.columns:
                raise unknown("column", name, list(found.columns))
            wanted[role] = name
    source = {"parquet": _parquet, "jsonl": _lines}.get(found.kind, _delimited)
    with readable(path):
        for batch in source(path, found, sorted(set(wanted.values()))):
            columns = {
                role: _strings(batch.column(wanted[role])) if role in wanted else pa.nulls(batch.num_rows, pa.string())
                for role in (*FIELDS, "text", "date", "platform")
            }
            yield pa.table(columns)


def _parquet(path: Path, found: Layout, names: list[str]) -> Iterator[Any]:  # noqa: ARG001
    with pq.ParquetFile(path, memory_map=False) as file:
        yield from file.iter_batches(ROWS, columns=names)


def _delimited(path: Path, found: Layout, names: list[str]) -> Iterator[Any]:
    with pa_csv.open_csv(
        path,
        read_options=pa_csv.ReadOptions(block_size=_SIZE, use_threads=False),
        parse_options=pa_csv.ParseOptions(delimiter=found.delimiter, newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            include_columns=names, column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    ) as stream:
        yield from stream


def _lines(path: Path, found: Layout, names: list[str]) -> Iterator[Any]:  # noqa: ARG001
    held: list[list[str | None]] = [[] for _ in names]
    with path.open(encoding="utf-8-sig") as handle:
        for number, line in enumerate(handle, 1):
            if not line.strip():
                continue
            row = _object(line, path, number)
            for name, values in zip(names, held, strict=True):
                values.append(_cell(row.get(name)))
            if len(held[0]) >= ROWS:
                yield _batch(names, held)
                held = [[] for _ in names]
    if held[0]:
        yield _batch(names, held)


def _batch(names: list[str], held: list[list[str | None]]) -> Any:
    return pa.record_batch([pa.array(values, pa.string()) for values in held], names=names)


def _object(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError:
        row = None
    if not isinstance(row, dict):
        raise InputError(f"line {number} of {path} is not a JSON object; expected a file written by `narratives batch`")
    return row


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        # half a surrogate pair, which JSON can spell and Arrow cannot hold
        return value if value is None or value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return ";".join(str(v) for v in value)
    return json.dumps(value) if isinstance(value, dict | bool) else str(value)


def _strings(column: Any) -> Any:
    """A column as strings, empty cells as nulls."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        column = pc.binary_join(column.cast(pa.list_(pa.string())), ";")
    elif not pa.types.is_string(kind):
        column = column.cast(pa.string())
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
