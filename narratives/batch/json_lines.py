"""JSON lines as a stream of blocks. Values keep their JSON types; a line that is no object is kept as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from narratives.batch.blocks import EXTRA, Block, Source
from narratives.errors import InputError


def open_json_lines(handle: IO[str], path: Path, size: int) -> Source:
    r"""The rows of an open file of JSON lines; its columns are the keys of the first block. Blank lines are not rows.

    Args:
        handle: The file, opened with ``newline="\n"``.
        path: Its name, for complaints.
        size: Rows a block.

    Raises:
        InputError: There is no line, or no object in the first block.
    """
    blocks = _blocks(handle, size)
    first = next(blocks, None)
    if first is None:
        raise InputError(f"{path} holds no line; expected one JSON object a line")
    columns = list(dict.fromkeys(key for row in first.rows for key in row if key != EXTRA))
    if not columns:
        raise InputError(f'{path}, line 1: expected one JSON object a line, such as {{"text": "…"}}')
    strings = [c for c in columns if any(isinstance(row.get(c), str) for row in first.rows)]
    return Source(columns, chain([first], blocks), "jsonl", strings)


def _blocks(handle: IO[str], size: int) -> Iterator[Block]:
    filled = (line for line in handle if not line.isspace())
    while lines := list(islice(filled, size)):
        rows: list[dict[str, Any]] = []
        broken: dict[int, str] = {}
        for line in lines:
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if not isinstance(row, dict):
                broken[len(rows)] = "bad_row: not a JSON object"
                row = {EXTRA: line.rstrip("\r\n")}
            rows.append(row)
        yield Block(rows, broken)
