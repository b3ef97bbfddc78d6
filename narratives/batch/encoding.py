"""Blocks of scored rows as bytes, one encoder a kind of file; bytes of one block follow those of another."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any, Protocol

from narratives.batch.blocks import EXTRA, Block, Format, Source
from narratives.batch.cells import as_text, encodable, harmless, listed, plain
from narratives.errors import InputError
from narratives.frames import added_names, flat

Columns = Mapping[str, Sequence[Any]]


class Encoder(Protocol):
    """Turns blocks of rows with their scores into bytes."""

    def header(self) -> bytes:
        """What stands before the first block."""
        ...

    def encode(self, block: Block, scores: Columns) -> bytes:
        """A block; ``scores`` has one sequence a column of ``frames.COLUMNS``."""
        ...


def open_encoder(kind: Format, source: Source, raw_cells: bool = False) -> Encoder:
    """An encoder of a kind, with the columns of a source.

    Args:
        kind: Kind of file to write.
        source: What is read.
        raw_cells: Leave cells of CSV and TSV that a spreadsheet would run as a formula as they are.

    Raises:
        InputError: The kind is one that is only read.
    """
    names = added_names(columns_of(source))
    if kind == "parquet":
        from narratives.batch.arrow import ArrowEncoder

        return ArrowEncoder(source, names)
    if kind == "jsonl":
        return _JsonEncoder(names)
    if kind == "json":
        raise InputError("JSON arrays are read, not written; name the output .jsonl (one object a line)")
    return _CsvEncoder(kind, source, names, raw_cells)


def columns_of(source: Source) -> list[str]:
    """Columns a table made of a source has: a JSON file may show more keys than its first block had."""
    return [*source.columns, EXTRA] if source.format in {"json", "jsonl"} else source.columns


def rows_of(block: Block) -> list[dict[str, Any]]:
    """The rows of a block as mappings, Arrow values as plain Python ones."""
    if block.arrow is None:
        return block.rows
    names = block.arrow.schema.names
    columns = [listed(column) for column in block.arrow.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def with_extra(row: Mapping[str, Any], out: Mapping[str, Any]) -> dict[str, Any]:
    """The row without some of its entries, which go to the surplus column beside what is there already."""
    kept = {key: value for key, value in row.items() if key not in out}
    there = kept.get(EXTRA)
    kept[EXTRA] = {**(there if isinstance(there, dict) else {} if there is None else {EXTRA: there}), **out}
    return kept


def cells_of(row: Mapping[str, Any], columns: Sequence[str], known: frozenset[str]) -> list[Any]:
    """The row's values in order; keys of a JSON object that came after the first block go into the surplus column."""
    if not row.keys() <= known:
        row = with_extra(row, {key: value for key, value in row.items() if key not in known})
    return [row.get(c) for c in columns]


def strings(values: Sequence[str | None]) -> Any:
    """An Arrow array of text; halves of surrogate pairs, which no file can hold, spelled out."""
    import pyarrow as pa

    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        return pa.array([encodable(v) for v in values], pa.string())


class _CsvEncoder:
    """CSV or TSV; a CSV read with another separator or with a byte order mark is written with the same."""

    def __init__(self, kind: Format, source: Source, names: Mapping[str, str], raw_cells: bool) -> None:
        same = source.format == kind == "csv"
        self._bom = b"\xef\xbb\xbf" if source.bom and kind == "csv" else b""
        self._delimiter = "\t" if kind == "tsv" else source.delimiter if same else ","
        self._columns = columns_of(source)
        self._known = frozenset(self._columns)
        self._names = names
        self._cell = as_text if raw_cells else lambda value: harmless(as_text(value))

    def header(self) -> bytes:
        return self._bom + self._rows([[self._cell(name) for name in (*self._columns, *self._names.values())]])

    def encode(self, block: Block, scores: Columns) -> bytes:
        rows = [[self._cell(value) for value in cells_of(row, self._columns, self._known)] for row in rows_of(block)]
        columns = flat(scores)
        # ours are harmless whatever the option says: the name of a model is anybody's choice
        added = zip(*([harmless(as_text(v)) for v in columns[name]] for name in self._names), strict=True)
        return self._rows([[*row, *more] for row, more in zip(rows, added, strict=True)])

    def _rows(self, rows: Sequence[Sequence[str]]) -> bytes:
        text = StringIO(newline="")
        # \r\n as the end of a line makes the csv module quote a cell with a lone \r in it; the file gets \n
        csv.writer(_Shortened(text), delimiter=self._delimiter, lineterminator="\r\n").writerows(rows)
        return text.getvalue().encode("utf-8", "backslashreplace")


class _Shortened:
    """Takes one row a call, as the csv module gives it, and ends it with a line feed alone."""

    def __init__(self, text: StringIO) -> None:
        self._write = text.write

    def write(self, row: str) -> int:
        return self._write(row[:-2] + "\n")


class _JsonEncoder:
    """One JSON object a line; values keep their JSON types, and labels and reasons are lists."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._ours = frozenset(names.values())

    def header(self) -> bytes:
        return b""

    def encode(self, block: Block, scores: Columns) -> bytes:
        added = zip(*(scores[column] for column in self._names), strict=True)
        lines = []
        for row, more in zip(rows_of(block), added, strict=True):
            if not self._ours.isdisjoint(row):
                row = with_extra(row, {key: row[key] for key in self._ours.intersection(row)})  # noqa: PLW2901
            whole = {**row, **dict(zip(self._names.values(), more, strict=True))}
            lines.append(json.dumps(whole, ensure_ascii=False, default=plain) + "\n")
        # half a surrogate pair is written as \ud800, which is how JSON spells it
        return "".join(lines).encode("utf-8", "backslashreplace")
