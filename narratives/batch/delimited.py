"""CSV and TSV as a stream of blocks. Every cell stays the very string it was; a broken row is kept, with a status."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

from narratives.batch.blocks import Block, Format, Source
from narratives.batch.presets import recognise
from narratives.errors import InputError

_LONGEST_CELL = 2**31 - 1
_LONGEST_QUOTE = 20_000  # lines; a quoted cell longer than this was never closed
_PREAMBLE = 16  # lines among which the header of a known export is looked for
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # Excel's own first line, naming the separator


def open_delimited(handle: IO[str], path: Path, kind: Format, size: int, bom: bool) -> Source:
    """The rows of an open CSV or TSV.

    Column names lose the blanks around them; an empty one becomes ``column_2``, a repeated one gets ``_2``. Blank
    lines are not rows.

    Args:
        handle: The file, opened with ``newline=""``.
        path: Its name, for complaints.
        kind: ``csv`` (separator told by the header) or ``tsv``.
        size: Rows a block.
        bom: Whether a byte order mark was found.

    Raises:
        InputError: There is no header, or a quote is never closed; that may show as late as the row where it is.
    """
    delimiter, skipped = ("\t", 0) if kind == "tsv" else _separator(handle)
    lines = _Record(handle, path, skipped)
    reader = csv.reader(lines, delimiter=delimiter)
    with _any_length(lines):
        header = next(reader, [])
        if lines.unclosed(delimiter):
            raise InputError(lines.complaint())
    if not any(cell.strip() for cell in header):
        raise InputError(f"{path}: the first line is blank; expected the names of the columns")
    columns = _unique(header)
    return Source(columns, _blocks(reader, lines, columns, size, delimiter), kind, (), delimiter, bom)


class _Record:
    """Feeds lines to the csv reader, and keeps those of the record being read, to notice a quote left open."""

    def __init__(self, handle: IO[str], path: Path, number: int) -> None:
        self._handle = handle
        self._path = path
        self.number = number
        self.lines: list[str] = []

    def __iter__(self) -> _Record:
        return self

    def __next__(self) -> str:
        line = next(self._handle)
        self.number += 1
        self.lines.append(line)
        if len(self.lines) > _LONGEST_QUOTE:
            raise InputError(self.complaint())
        return line

    def unclosed(self, delimiter: str) -> bool:
        """Whether the record just read has a quote that is never closed, or was closed by the next row's quote."""
        if not "".join(self.lines).count('"') % 2:
            return False
        try:
            for _ in csv.reader(self.lines, delimiter=delimiter, strict=True):
                pass
        except csv.Error:
            return True
        return False  # an inch mark in an unquoted cell

    def where(self) -> str:
        """The file, and the line on which the record begins."""
        return f"{self._path}, line {self.number - len(self.lines) + 1}"

    def complaint(self) -> str:
        return f"{self.where()}: a quoted cell begins here and is never closed; add the missing quote and start again"


@contextmanager
def _any_length(lines: _Record) -> Iterator[None]:
    """Lifts the limit on the length of a cell, a global of the csv module, and puts it back before others run."""
    limit = csv.field_size_limit(_LONGEST_CELL)
    try:
        yield
    except csv.Error as error:
        raise InputError(f"{lines.where()}: {error}; mend this row and start again") from None
    finally:
        csv.field_size_limit(limit)


def _separator(handle: IO[str]) -> tuple[str, int]:
    """The separator the header line has most of, outside quotes (Excel here writes semicolons), and lines used up.

    Some tools write a few lines about the query above the header; they are passed over where the header is one of a
    known export.
    """
    lines = list(islice(handle, _PREAMBLE))
    handle.seek(0)
    first = lines[0] if lines else ""
    if named := _SEPARATOR_LINE.fullmatch(first):
        handle.readline()
        return named[1], 1
    for number, line in enumerate(lines):
        delimiter = _commonest(line)
        try:
            known = recognise(next(csv.reader([line], delimiter=delimiter), []))
        except csv.Error:  # a line of this length or kind is no header
            continue
        if known:
            for _ in range(number):
                handle.readline()
            return delimiter, number
    return _commonest(first), 0


def _commonest(line: str) -> str:
    outside = "".join(line.split('"')[::2])
    return max(",;\t", key=outside.count)


def _unique(names: list[str]) -> list[str]:
    out: list[str] = []
    for i, name in enumerate(names):
        base = name.strip() or f"column_{i + 1}"
        number, new = 2, base
        while new in out:
            new, number = f"{base}_{number}", number + 1
        out.append(new)
    return out


def _blocks(
    reader: Iterator[list[str]], lines: _Record, columns: list[str], size: int, delimiter: str
) -> Iterator[Block]:
    width = len(columns)
    more = True
    while more:
        rows: list[dict[str, Any]] = []
        broken: dict[int, str] = {}
        surplus: dict[int, list[str]] = {}
        lines.lines = []
        with _any_length(lines):
            for cells in reader:
                if cells:
                    row = dict(zip(columns, cells, strict=False))
                    if len(cells) != width:
                        broken[len(rows)] = f"bad_row: {len(cells)} cells for {width} columns"
                        if len(cells) > width:
                            surplus[len(rows)] = cells[width:]
                        row.update(dict.fromkeys(columns[len(cells) :], ""))
                    if lines.unclosed(delimiter):
                        if len(lines.lines) > 1:
                            raise InputError(lines.complaint())
                        broken.setdefault(len(rows), "bad_row: a quote is not closed")
                    rows.append(row)
                    if len(rows) == size:
                        break
                lines.lines = []
            else:
                more = False
        if rows:
            yield Block(rows, broken, surplus)
