"""Who wrote it, hidden: names and numbers inside posts redacted, author columns hashed or dropped."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from narratives.batch.blocks import EXTRA, Block, Source
from narratives.batch.cells import listed, plain, redacted, redacted_line
from narratives.batch.encoding import strings


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


def pseudonyms(salt: bytes) -> Callable[[Any], str | None]:
    """A function that turns an author into the same short code each time, for one salt.

    Keyed BLAKE2b of 64 bits: without the salt nobody can try names until one fits. Empty values stay empty.

    Args:
        salt: Secret, at most 64 bytes.

    >>> name = pseudonyms(b"secret")
    >>> name("ana") == name("ana") != name("Ana"), name(""), len(name("ana"))
    (True, None, 18)
    """

    @lru_cache(maxsize=4096)
    def code(text: str) -> str:
        return "a_" + blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, key=salt).hexdigest()

    def name(value: Any) -> str | None:
        if value is None or value == "":
            return None
        return code(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=plain))

    return name


def without(source: Source, columns: Sequence[str], late: frozenset[str] = frozenset()) -> Source:
    """The source with some columns left out, and those named in ``late``, in lower case, wherever they show up."""
    gone = frozenset(columns)

    def stays(key: str) -> bool:
        return key not in gone and not (late and key.lower() in late)

    def blocks() -> Any:
        for block in source.blocks:
            if block.arrow is not None:
                yield replace(block, arrow=block.arrow.drop_columns(list(columns)))
            else:
                yield replace(block, rows=[{k: v for k, v in row.items() if stays(k)} for row in block.rows])

    schema = source.schema
    for column in columns if schema is not None else ():
        schema = schema.remove(schema.get_field_index(column))
    return replace(source, columns=[c for c in source.columns if c not in gone], blocks=blocks(), schema=schema)


def hashed(source: Source, columns: Sequence[str], salt: bytes, late: frozenset[str] = frozenset()) -> Source:
    """The source with the values of some columns as codes; see :func:`pseudonyms`.

    Args:
        source: What is read.
        columns: Columns of the author.
        salt: Secret.
        late: Names, in lower case, of columns to treat so too if they show up in a later row of a JSON file.
    """
    name = pseudonyms(salt)

    def blocks() -> Any:
        for block in source.blocks:
            if block.arrow is not None:
                yield replace(block, arrow=hashed_batch(block.arrow, columns, name))
                continue
            for row in block.rows:
                named = [key for key in row if key.lower() in late] if late else ()
                for column in {*columns, *named}:
                    if column in row:
                        row[column] = name(row[column])
            yield block

    schema = source.schema
    if schema is not None:
        import pyarrow as pa

        for column in columns:
            place = schema.get_field_index(column)
            schema = schema.set(place, pa.field(column, pa.string()))
    return replace(source, blocks=blocks(), schema=schema)


def hashed_batch(batch: Any, columns: Sequence[str], name: Callable[[Any], str | None]) -> Any:
    """An Arrow record batch or table with the values of some columns as codes, which are strings.

    Args:
        batch: Rows.
        columns: Columns of the author.
        name: Of :func:`pseudonyms`.
    """
    import pyarrow as pa

    for column in columns:
        place = batch.schema.get_field_index(column)
        values = strings([name(value) for value in listed(batch.column(place))])
        batch = batch.set_column(place, pa.field(column, pa.string()), values)
    return batch
