"""What a file of posts is made of, whatever its kind: columns, and blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

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
