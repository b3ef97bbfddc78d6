"""Parquet as a stream of blocks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from narratives.batch.blocks import Block, Source
from narratives.errors import InputError

_BUFFER = 1 << 17  # bytes of a column read at once: a row group may hold the whole file


@contextmanager
def open_parquet(path: Path, size: int) -> Iterator[Source]:
    """The rows of a Parquet file, in record batches; types stay.

    Args:
        path: The file.
        size: Rows a block.

    Raises:
        InputError: The file is not Parquet, is damaged, or has two columns of one name.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path} is not a readable Parquet file ({type(error).__name__}); export it anew") from None
    schema = file.schema_arrow
    names = list(schema.names)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"{path} has more than one column named {', '.join(twice)}; rename them")

    def blocks() -> Iterator[Block]:
        try:
            # threads would not make it faster here, but each keeps memory of its own
            for batch in file.iter_batches(size, use_threads=False):
                yield Block([], arrow=batch)
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{path} is damaged ({type(error).__name__}); export it anew") from None

    with file:
        yield Source(names, blocks(), "parquet", [f.name for f in schema if is_text(f.type)], schema=schema)


def is_text(kind: Any) -> bool:
    """Whether an Arrow type holds text, as such or as a dictionary."""
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
