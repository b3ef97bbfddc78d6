"""What a file of posts is made of, whatever its kind: columns, and blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Format = Literal["csv", "tsv", "jsonl", "json", "parquet"]
SUFFIXES: Mapping[str, Format] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
}
EXTRA = "_extra"
"""Where a JSON file's odds and ends go: the raw line that cannot be read; in a table, keys that show up after the
first block; in JSON, such a late key where scoring already uses its name."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a file.

    Attributes:
        rows: One mapping of column to value a row.
        broken: What is wrong with a row, by its position in the block.
        surplus: Cells for which there is no column, by the position of their row.
        arrow: The same rows as a ``pyarrow.RecordBatch`` where the file is Parquet, so that types stay.
    """

    rows: list[dict[str, Any]]
    broken: Mapping[int, str] = field(default_factory=dict)
    surplus: Mapping[int, Sequence[str]] = field(default_factory=dict)
    arrow: Any = None

    def __len__(self) -> int:
        """Rows."""
        return len(self.rows) if self.arrow is None else int(self.arrow.num_rows)

    def take(self, places: Sequence[int]) -> Block:
        """The rows at some positions, in that order."""
        if self.arrow is not None:
            import pyarrow as pa

            return Block([], arrow=self.arrow.take(pa.array(places, pa.int64())))
        new = {old: i for i, old in enumerate(places)}
        return Block(
            [self.rows[i] for i in places],
            {new[i]: why for i, why in self.broken.items() if i in new},
            {new[i]: cells for i, cells in self.surplus.items() if i in new},
        )


@dataclass(frozen=True, slots=True)
class Source:
    """An open file of posts.

    Attributes:
        columns: Names, as known before the first row is scored.
        blocks: The rows.
        format: Kind of file.
        strings: Columns known to hold text, where the kind of file tells text from the rest.
        delimiter: Field separator, for CSV and TSV.
        bom: Whether the file began with a UTF-8 byte order mark, as Excel writes it.
        schema: The ``pyarrow.Schema``, for Parquet.
    """

    columns: list[str]
    blocks: Iterator[Block]
    format: Format
    strings: Sequence[str] = ()
    delimiter: str = ","
    bom: bool = False
    schema: Any = None


def joined(parts: Sequence[Block]) -> Block:
    """Several blocks as one."""
    if len(parts) == 1:
        return parts[0]
    if parts[0].arrow is not None:
        import pyarrow as pa

        batches = pa.Table.from_batches([p.arrow for p in parts]).combine_chunks().to_batches()
        return Block([], arrow=batches[0])
    rows: list[dict[str, Any]] = []
    broken: dict[int, str] = {}
    surplus: dict[int, Sequence[str]] = {}
    for part in parts:
        broken |= {len(rows) + i: why for i, why in part.broken.items()}
        surplus |= {len(rows) + i: cells for i, cells in part.surplus.items()}
        rows += part.rows
    return Block(rows, broken, surplus)


def first(blocks: Iterator[Block], count: int) -> Iterator[Block]:
    """The first rows only."""
    for block in blocks:
        kept = block if len(block) <= count else block.take(range(count))
        count -= len(kept)
        yield kept
        if not count:
            return


def chosen(blocks: Iterator[Block], places: Sequence[int], size: int) -> Iterator[Block]:
    """The rows at some positions of the whole file, gathered into blocks of ``size``.

    Args:
        blocks: All rows.
        places: Ascending positions.
        size: Rows a block of the result.
    """
    at, done, held = 0, 0, list[Block]()
    for block in blocks:
        inside: list[int] = []
        while at < len(places) and places[at] < done + len(block):
            inside.append(places[at] - done)
            at += 1
        done += len(block)
        if inside:
            held.append(block.take(inside))
        if sum(map(len, held)) >= size or (held and at == len(places)):
            yield joined(held)
            held = []
        if at == len(places):
            return
