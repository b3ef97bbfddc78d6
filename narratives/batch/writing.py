"""Writers for the four kinds of file, and the file that appears only when it is whole."""

from __future__ import annotations

import csv
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from narratives.batch.reading import EXTRA, Block, Format, Source
from narratives.errors import OutputError
from narratives.frames import added_names

Columns = Mapping[str, Sequence[Any]]


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

    Raises:
        OutputError: The folder does not exist or may not be written to, or the disk is full.
    """
    if not target.parent.is_dir():
        raise OutputError(f"the folder {target.parent} does not exist; make it first")
    if target.is_dir():
        raise OutputError(f"{target} is a folder; expected the name of a file")
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        part.touch()
        yield part
        with part.open("rb+") as handle:
            os.fsync(handle.fileno())
        part.replace(target)
    except PermissionError:
        raise OutputError(f"{target.parent} may not be written to; choose another folder") from None
    except OSError as error:
        # errors about the input carry their own type and pass through the last clause
        if error.errno is None:
            raise
        raise OutputError(f"{target} cannot be written: {error.strerror}; nothing was left there") from None
    finally:
        part.unlink(missing_ok=True)


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
    return block.arrow.to_pylist() if block.arrow is not None else block.rows


def as_text(value: object) -> str:
    """A value as one cell of text: strings as they are, nothing as nothing, the rest as JSON.

    >>> as_text("007"), as_text(None), as_text(True), as_text(["a"])
    ('007', '', 'true', '["a"]')
    """
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)


class _CsvWriter:
    """CSV or TSV; a CSV read with another separator or with a byte order mark is written with the same."""

    def __init__(self, path: Path, kind: Format, source: Source, names: Mapping[str, str]) -> None:
        same = source.format in {"csv", "tsv"} and kind == "csv"
        bom = source.bom and kind == "csv"
        self._handle: IO[str] = path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="", errors="replace")
        delimiter = "\t" if kind == "tsv" else source.delimiter if same and source.format == "csv" else ","
        self._writer = csv.writer(self._handle, delimiter=delimiter, lineterminator="\n")
        self._columns = columns_of(source)
        self._names = names
        self._writer.writerow([*self._columns, *names.values()])

    def write(self, block: Block, scores: Columns) -> None:
        rows = [[as_text(value) for value in _cells(row, self._columns)] for row in rows_of(block)]
        added = zip(*([as_text(v) for v in scores[name]] for name in self._names), strict=True)
        self._writer.writerows([*row, *more] for row, more in zip(rows, added, strict=True))

    def close(self) -> None:
        self._handle.close()


def _cells(row: Mapping[str, Any], columns: Sequence[str]) -> list[Any]:
    """The row's values in order; keys of a JSON object that came after the first block go into the surplus column."""
    known = [row.get(c) for c in columns]
    if len(row) > len(columns) or not row.keys() <= set(columns):
        surplus = {key: value for key, value in row.items() if key not in columns}
        if surplus and columns[-1] == EXTRA:
            known[-1] = surplus if known[-1] is None else known[-1]
    return known


class _JsonWriter:
    """One JSON object a line; values keep their JSON types."""

    def __init__(self, path: Path, names: Mapping[str, str]) -> None:
        self._handle: IO[str] = path.open("w", encoding="utf-8", newline="\n", errors="replace")
        self._names = names

    def write(self, block: Block, scores: Columns) -> None:
        for i, row in enumerate(rows_of(block)):
            added = {name: scores[column][i] for column, name in self._names.items()}
            self._handle.write(json.dumps({**row, **added}, ensure_ascii=False, default=str) + "\n")

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
        carried = source.schema if source.schema is not None else None
        self._columns = columns_of(source)
        fields = list(carried) if carried is not None else [pa.field(c, pa.string()) for c in self._columns]
        fields += [pa.field(name, self._kinds(column)) for column, name in names.items()]
        self._schema = pa.schema(fields, metadata=carried.metadata if carried is not None else None)
        self._names = names
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")

    def write(self, block: Block, scores: Columns) -> None:
        pa = self._pa
        if block.arrow is not None:
            arrays = list(block.arrow.columns)
        else:
            rows = [_cells(row, self._columns) for row in block.rows]
            texts = ([None if v is None else as_text(v) for v in column] for column in zip(*rows, strict=True))
            arrays = [pa.array(column, pa.string()) for column in texts]
        arrays += [pa.array(scores[column], self._kinds(column)) for column in self._names]
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


def redacted(block: Block, column: str, texts: Sequence[Any]) -> Block:
    """The block with other texts in a column."""
    if block.arrow is None:
        for row, text in zip(block.rows, texts, strict=True):
            if column in row:
                row[column] = text
        return block
    import pyarrow as pa

    place = block.arrow.schema.get_field_index(column)
    field = block.arrow.schema.field(place)
    return Block([], block.broken, block.arrow.set_column(place, field, pa.array(texts, field.type)))
