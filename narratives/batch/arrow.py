"""Parquet on its way out: blocks as Arrow streams, each whole in itself, made into one Parquet file at the end.

A Parquet file cannot be gone on with once it is cut off; a row of Arrow streams can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from narratives.batch.blocks import Block, Source
from narratives.batch.cells import as_text
from narratives.batch.encoding import Columns, cells_of, columns_of, strings
from narratives.frames import flat

_GROUP_ROWS, _GROUP_BYTES = 1 << 15, 1 << 24

KINDS: Mapping[str, Any] = {
    "lang_confidence": pa.float32(),
    "offensive": pa.float32(),
    "hate": pa.float32(),
    "language_severity": pa.int8(),
}
"""Types of the columns of ``frames.COLUMNS`` in Parquet; the others are strings."""


class ArrowEncoder:
    """Columns of a Parquet source keep their types, those of other sources are strings."""

    def __init__(self, source: Source, names: Mapping[str, str]) -> None:
        carried = source.schema
        self._columns = columns_of(source)
        self._known = frozenset(self._columns)
        fields = list(carried) if carried is not None else [pa.field(c, pa.string()) for c in self._columns]
        fields += [pa.field(name, KINDS.get(column, pa.string())) for column, name in names.items()]
        self._schema = pa.schema(fields, metadata=carried.metadata if carried is not None else None)
        self._names = names

    def header(self) -> bytes:
        """A stream without rows, so that a file of a header alone has its columns."""
        return self._stream([])

    def encode(self, block: Block, scores: Columns) -> bytes:
        """The rows as one Arrow stream."""
        if block.arrow is not None:
            arrays = list(block.arrow.columns)
        else:
            rows = [cells_of(row, self._columns, self._known) for row in block.rows]
            arrays = [strings([None if v is None else as_text(v) for v in c]) for c in zip(*rows, strict=True)]
        columns = flat(scores)
        arrays += [_added(columns[column], KINDS.get(column)) for column in self._names]
        return self._stream([pa.record_batch(arrays, schema=self._schema)])

    def _stream(self, batches: Sequence[Any]) -> bytes:
        sink = pa.BufferOutputStream(memory_pool=pa.system_memory_pool())
        with pa.ipc.new_stream(sink, self._schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as stream:
            for batch in batches:
                stream.write_batch(batch)
        return bytes(sink.getvalue())


def _added(values: Sequence[Any], kind: Any) -> Any:
    return strings(values) if kind is None else pa.array(values, kind)


def to_parquet(streams: Path, target: Path) -> None:
    """Make a Parquet file of the streams in a file, in constant memory.

    Args:
        streams: What :class:`ArrowEncoder` gave, header first, one after the other.
        target: File to write.
    """
    with streams.open("rb") as handle:
        schema, batches = _read(handle)
        writer = pq.ParquetWriter(target, schema, compression="zstd", memory_pool=pa.system_memory_pool())
        held: list[Any] = []
        with writer:
            for batch in batches:
                held.append(batch)
                # one row group a block would make a file that is slow to read and twice as large
                if sum(b.num_rows for b in held) >= _GROUP_ROWS or sum(b.nbytes for b in held) >= _GROUP_BYTES:
                    writer.write_table(pa.Table.from_batches(held, schema))
                    held = []
            if held:
                writer.write_table(pa.Table.from_batches(held, schema))


def _read(handle: IO[bytes]) -> tuple[Any, Iterator[Any]]:
    pool = pa.system_memory_pool()
    with pa.ipc.open_stream(handle, memory_pool=pool) as header:
        schema = header.schema
        header.read_all()

    def batches() -> Iterator[Any]:
        while True:
            at = handle.tell()
            if not handle.read(1):
                return
            handle.seek(at)
            with pa.ipc.open_stream(handle, memory_pool=pool) as stream:
                yield from stream

    return schema, batches()
