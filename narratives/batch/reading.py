"""Files of posts as a stream of blocks: CSV, TSV, JSON lines, Parquet.

Every cell of a text file stays the very string it was. A row that is broken is kept, with a status that says how.
"""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Literal

from narratives.errors import InputError, MissingFileError, OutputError

Format = Literal["csv", "tsv", "jsonl", "parquet"]
SUFFIXES: Mapping[str, Format] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
EXTRA = "_extra"
"""Key for a JSON line that cannot be read, and column for keys that show up after the first block of a JSON file."""

_LONGEST_CELL = 2**31 - 1
_LONGEST_QUOTE = 20_000  # lines; a quoted cell longer than this was never closed
_LEGACY = "cp1250 (Central European) or cp1254 (Turkish)"


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a file.

    Attributes:
        rows: One mapping of column to value a row.
        broken: What is wrong with a row, by its position in the block.
        arrow: The same rows as a ``pyarrow.RecordBatch`` where the file is Parquet, so that types stay.
    """

    rows: list[dict[str, Any]]
    broken: Mapping[int, str]
    arrow: Any = None


@dataclass(frozen=True, slots=True)
class Source:
    """An open file of posts.

    Attributes:
        columns: Names, as known before the first row is scored.
        blocks: The rows.
        format: Kind of file.
        delimiter: Field separator, for CSV and TSV.
        bom: Whether the file began with a UTF-8 byte order mark, as Excel writes it.
        schema: The ``pyarrow.Schema``, for Parquet.
    """

    columns: list[str]
    blocks: Iterator[Block]
    format: Format
    delimiter: str = ","
    bom: bool = False
    schema: Any = None


def kind_of(path: Path, given: str | None) -> Format:
    """Kind of file by an explicit name or by suffix.

    Raises:
        InputError: Neither says.
    """
    kinds = sorted(set(SUFFIXES.values()))
    if given is not None:
        if given not in kinds:
            raise InputError(f"unknown format {given!r}; known: {', '.join(kinds)}")
        return given
    if path.suffix.lower() not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise InputError(
            f"cannot tell the kind of {path.name} from its suffix; known: {known}. Or name it with --format"
        )
    return SUFFIXES[path.suffix.lower()]


@contextmanager
def open_source(path: Path, kind: Format, size: int, encoding: str | None = None) -> Iterator[Source]:
    """Open a file of posts.

    Args:
        path: The file.
        kind: Its kind.
        size: Rows a block.
        encoding: Encoding of a text file; UTF-8, or UTF-16 with a byte order mark, when ``None``.

    Raises:
        MissingFileError: There is no such file.
        InputError: The file is a folder, empty, or cannot be read as what it claims to be; raised as late as the row
            where it shows.
    """
    if not path.exists():
        raise MissingFileError(f"{path} does not exist")
    if path.is_dir():
        raise InputError(f"{path} is a folder; expected a file")
    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty; expected at least a header line")
    if kind == "parquet":
        with _open_parquet(path, size) as source:
            yield source
        return
    encoding, bom = (_known(encoding), False) if encoding else _encoding(path)
    try:
        with path.open(encoding=encoding, newline="" if kind != "jsonl" else None) as handle:
            yield (_jsonl(handle, path, size) if kind == "jsonl" else _delimited(handle, path, kind, size, bom))
    except UnicodeDecodeError:
        raise InputError(
            f"{path} is not {encoding}; likely {_LEGACY}. Save it as UTF-8, or convert it: "
            f"iconv -f CP1250 -t UTF-8 {path.name} > new{path.suffix} (or name it with --encoding)"
        ) from None
    except PermissionError:
        raise InputError(f"{path} may not be read; check its permissions") from None


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise InputError(f"unknown encoding {encoding!r}; expected a name such as utf-8, cp1250, cp1254") from None


def _encoding(path: Path) -> tuple[str, bool]:
    with path.open("rb") as handle:
        head = handle.read(4096)
    if head.count(b"\0") > len(head) // 4 and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(
            f"{path} looks like UTF-16 without a byte order mark; save it as UTF-8 (or name it with --encoding)"
        )
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig", True
    return ("utf-16", False) if head.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8", False)


class _Record:
    """Feeds lines to the csv reader, and keeps those of the record being read, to notice a quote left open."""

    def __init__(self, handle: IO[str]) -> None:
        self._handle = handle
        self.number = 0
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

    def complaint(self) -> str:
        first = self.number - len(self.lines) + 1
        return f"line {first}: a quoted cell begins here and is never closed; add the missing quote and start again"


def _delimited(handle: IO[str], path: Path, kind: Format, size: int, bom: bool) -> Source:
    delimiter = "\t" if kind == "tsv" else _sniff(handle)
    lines = _Record(handle)
    limit = csv.field_size_limit(_LONGEST_CELL)
    try:
        reader = csv.reader(lines, delimiter=delimiter)
        header = next(reader, [])
    finally:
        csv.field_size_limit(limit)
    if not any(cell.strip() for cell in header):
        raise InputError(f"{path}: the first line is blank; expected the names of the columns")
    columns = _unique(header)
    return Source(columns, _csv_blocks(reader, lines, columns, size), kind, delimiter, bom)


def _sniff(handle: IO[str]) -> str:
    """The separator that the header line has most of, outside quotes; Excel here writes semicolons."""
    first = handle.readline()
    handle.seek(0)
    outside = "".join(first.split('"')[::2])
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


def _csv_blocks(reader: Iterator[list[str]], lines: _Record, columns: list[str], size: int) -> Iterator[Block]:
    width = len(columns)
    while True:
        rows: list[dict[str, Any]] = []
        broken: dict[int, str] = {}
        limit = csv.field_size_limit(_LONGEST_CELL)  # a global of the csv module: put back before others run
        try:
            lines.lines.clear()
            for cells in islice(reader, size):
                last, lines.lines = lines.lines, []
                if not cells:
                    continue
                row = dict(zip(columns, cells, strict=False))
                if len(cells) != width:
                    surplus = f", surplus {json.dumps(cells[width:], ensure_ascii=False)}" if len(cells) > width else ""
                    broken[len(rows)] = f"bad_row: {len(cells)} cells for {width} columns{surplus}"
                    row.update(dict.fromkeys(columns[len(cells) :], ""))
                rows.append(row)
                if len(last) > 1 and "".join(last).count('"') % 2:
                    lines.lines = last
                    raise InputError(lines.complaint())
        finally:
            csv.field_size_limit(limit)
        if not rows:
            return
        yield Block(rows, broken)


def _jsonl(handle: IO[str], path: Path, size: int) -> Source:
    blocks = _json_blocks(handle, size)
    first = next(blocks, None)
    if first is None:
        raise InputError(f"{path} holds no line; expected one JSON object a line")
    columns = list(dict.fromkeys(key for row in first.rows for key in row if key != EXTRA))
    if not columns:
        raise InputError(f'{path}, line 1: expected one JSON object a line, such as {{"text": "…"}}')

    def chained() -> Iterator[Block]:
        yield first
        yield from blocks

    return Source(columns, chained(), "jsonl")


def _json_blocks(handle: IO[str], size: int) -> Iterator[Block]:
    while lines := list(islice(handle, size)):
        rows: list[dict[str, Any]] = []
        broken: dict[int, str] = {}
        for line in lines:
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if not isinstance(row, dict):
                broken[len(rows)] = "bad_row: not a JSON object"
                row = {EXTRA: line.rstrip("\n")}
            rows.append(row)
        yield Block(rows, broken)


@contextmanager
def _open_parquet(path: Path, size: int) -> Iterator[Source]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path} is not a readable Parquet file ({type(error).__name__}); export it anew") from None

    def blocks() -> Iterator[Block]:
        try:
            for batch in file.iter_batches(size):
                yield Block([], {}, batch)
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{path} is damaged ({type(error).__name__}); export it anew") from None

    with file:
        yield Source(list(file.schema_arrow.names), blocks(), "parquet", schema=file.schema_arrow)


def same_file(source: Path, target: Path) -> None:
    """Refuse to write over the file being read.

    Raises:
        OutputError: Both names lead to one file.
    """
    if source.resolve() == target.resolve() or (source.exists() and target.exists() and source.samefile(target)):
        raise OutputError(f"{target} is the input itself; choose another name for the output")
