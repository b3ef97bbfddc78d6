"""Writers for the four kinds of file, and the file that appears only when it is whole."""

from __future__ import annotations

import csv
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol

from narratives.batch.blocks import EXTRA, Block, Format, Source
from narratives.batch.cells import as_text, encodable, listed, plain, redacted, redacted_line
from narratives.errors import OutputError
from narratives.frames import added_names, flat

Columns = Mapping[str, Sequence[Any]]

_GROUP_ROWS, _GROUP_BYTES = 1 << 15, 1 << 24


class Writer(Protocol):
    """Takes blocks of rows with their scores."""

    def write(self, block: Block, scores: Columns) -> None:
        """Append a block; ``scores`` has one sequence a column of ``frames.COLUMNS``."""
        ...

    def close(self) -> None:
        """Write what is still held back."""
        ...


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A path beside the target to write to; it becomes the target only if nothing goes wrong.

    A target that is a link is followed, not replaced.

    Raises:
        OutputError: The folder does not exist or may not be written to, or the disk is full.
    """
    part = None
    try:
        if not target.parent.is_dir():
            raise OutputError(f"the folder {target.parent} does not exist; make it first")
        if target.exists() and not target.is_file():
            what = "a folder" if target.is_dir() else "a device or a pipe"
            raise OutputError(f"{target} is {what}; expected the name of a file")
        final = target.resolve()
        part = final.with_name(f".{final.name}.{secrets.token_hex(4)}.part")
        part.touch()
        yield part
        with part.open("rb+") as handle:
            os.fsync(handle.fileno())
        part.replace(final)
    except PermissionError:
        raise OutputError(f"{target.parent} may not be written to; choose another folder") from None
    except OSError as error:
        if error.errno is None:  # one of our own, such as an error about the input
            raise
        raise OutputError(f"{target} cannot be written: {error.strerror}; nothing was left there") from None
    finally:
        if part is not None:
            with suppress(OSError):  # a folder that takes no file, or no name so long, answers the same here
                part.unlink()


def open_writer(path: Path, kind: Format, source: Source) -> Writer:
    """A writer of a kind, with the columns of a source."""
    names = added_names(columns_of(source))
    if kind == "parquet":
        return _ParquetWriter(path, source, names)
    if kind == "jsonl":
        return _JsonWriter(path, names)
    return _CsvWriter(path, kind, source, names)


def columns_of(source: Source) -> list[str]:
    """Columns a table made of a source has: a JSON file may show more keys than its first block had."""
    return [*source.columns, EXTRA] if source.format == "jsonl" else source.columns


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


class _CsvWriter:
    """CSV or TSV; a CSV read with another separator or with a byte order mark is written with the same."""

    def __init__(self, path: Path, kind: Format, source: Source, names: Mapping[str, str]) -> None:
        same = source.format == kind == "csv"
        bom = source.bom and kind == "csv"
        self._handle: IO[str] = path.open(
            "w", encoding="utf-8-sig" if bom else "utf-8", newline="", errors="backslashreplace"
        )
        delimiter = "\t" if kind == "tsv" else source.delimiter if same else ","
        # \r\n as the end of a line makes the csv module quote a cell with a lone \r in it; the file gets \n
        self._writer = csv.writer(_Shortened(self._handle), delimiter=delimiter, lineterminator="\r\n")
        self._columns = columns_of(source)
        self._known = frozenset(self._columns)
        self._names = names
        self._writer.writerow([*self._columns, *names.values()])

    def write(self, block: Block, scores: Columns) -> None:
        rows = [[as_text(value) for value in _cells(row, self._columns, self._known)] for row in rows_of(block)]
        columns = flat(scores)
        added = zip(*([_harmless(as_text(v)) for v in columns[name]] for name in self._names), strict=True)
        self._writer.writerows([*row, *more] for row, more in zip(rows, added, strict=True))

    def close(self) -> None:
        self._handle.close()


class _Shortened:
    """Takes one row a call, as the csv module gives it, and ends it with a line feed alone."""

    def __init__(self, handle: IO[str]) -> None:
        self._write = handle.write

    def write(self, row: str) -> int:
        return self._write(row[:-2] + "\n")


def _harmless(text: str) -> str:
    """A cell of ours that no spreadsheet runs as a formula; the name of a model is anybody's choice."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _cells(row: Mapping[str, Any], columns: Sequence[str], known: frozenset[str]) -> list[Any]:
    """The row's values in order; keys of a JSON object that came after the first block go into the surplus column."""
    if not row.keys() <= known:
        row = with_extra(row, {key: value for key, value in row.items() if key not in known})
    return [row.get(c) for c in columns]


class _JsonWriter:
    """One JSON object a line; values keep their JSON types, and labels and reasons are lists."""

    def __init__(self, path: Path, names: Mapping[str, str]) -> None:
        # half a surrogate pair is written as \ud800, which is how JSON spells it
        self._handle: IO[str] = path.open("w", encoding="utf-8", newline="\n", errors="backslashreplace")
        self._names = names
        self._ours = frozenset(names.values())

    def write(self, block: Block, scores: Columns) -> None:
        added = zip(*(scores[column] for column in self._names), strict=True)
        for row, more in zip(rows_of(block), added, strict=True):
            if not self._ours.isdisjoint(row):
                row = with_extra(row, {key: row[key] for key in self._ours.intersection(row)})  # noqa: PLW2901
            whole = {**row, **dict(zip(self._names.values(), more, strict=True))}
            self._handle.write(json.dumps(whole, ensure_ascii=False, default=plain) + "\n")

    def close(self) -> None:
        self._handle.close()


class _ParquetWriter:
    """Parquet; columns of a Parquet source keep their types, those of other sources are strings."""

    def __init__(self, path: Path, source: Source, names: Mapping[str, str]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._pa = pa
        kinds: dict[str, Any] = {"lang_confidence": pa.float32(), "offensive": pa.float32(), "hate": pa.float32()}
        kinds["language_severity"] = pa.int8()
        self._kinds: Callable[[str], Any] = lambda column: kinds.get(column, pa.string())
        carried = source.schema
        self._columns = columns_of(source)
        self._known = frozenset(self._columns)
        fields = list(carried) if carried is not None else [pa.field(c, pa.string()) for c in self._columns]
        fields += [pa.field(name, self._kinds(column)) for column, name in names.items()]
        self._schema = pa.schema(fields, metadata=carried.metadata if carried is not None else None)
        self._names = names
        self._held: list[Any] = []
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd", memory_pool=pa.system_memory_pool())

    def write(self, block: Block, scores: Columns) -> None:
        pa = self._pa
        if block.arrow is not None:
            arrays = list(block.arrow.columns)
        else:
            rows = [_cells(row, self._columns, self._known) for row in block.rows]
            arrays = [self._strings([None if v is None else as_text(v) for v in c]) for c in zip(*rows, strict=True)]
        columns = flat(scores)
        arrays += [pa.array(columns[column], self._kinds(column)) for column in self._names]
        self._held.append(pa.record_batch(arrays, schema=self._schema))
        # one row group a block would make a file that is slow to read and twice as large
        if sum(b.num_rows for b in self._held) >= _GROUP_ROWS or sum(b.nbytes for b in self._held) >= _GROUP_BYTES:
            self._flush()

    def _strings(self, values: list[str | None]) -> Any:
        try:
            return self._pa.array(values, self._pa.string())
        except UnicodeEncodeError:
            return self._pa.array([encodable(v) for v in values], self._pa.string())

    def _flush(self) -> None:
        held, self._held = self._held, []
        if held:
            self._writer.write_table(self._pa.Table.from_batches(held, self._schema))

    def close(self) -> None:
        try:
            self._flush()
        finally:
            self._writer.close()


def hidden(block: Block, column: str, texts: Sequence[Any]) -> Block:
    """The block with names, links, addresses and numbers hidden in the column of the posts and in broken rows.

    Args:
        block: Rows as read; those of a text file are changed in place.
        column: Column of the posts.
        texts: Its values.
    """
    clean = [redacted(text) for text in texts]
    if block.arrow is not None:
        import pyarrow as pa

        place = block.arrow.schema.get_field_index(column)
        field = block.arrow.schema.field(place)
        return Block([], arrow=block.arrow.set_column(place, field, pa.array(clean, field.type)))
    for i, (row, text) in enumerate(zip(block.rows, clean, strict=True)):
        if column in row:
            row[column] = text
        elif i in block.broken and isinstance(row.get(EXTRA), str):
            row[EXTRA] = redacted_line(row[EXTRA])
    return Block(block.rows, block.broken, {i: redacted(cells) for i, cells in block.surplus.items()})
