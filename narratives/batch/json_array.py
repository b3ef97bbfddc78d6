"""JSON as crawlers and Telegram write it: one array of objects, at the top or under ``messages``, read as a stream."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Any

from narratives.batch.blocks import EXTRA, Block, Source
from narratives.errors import InputError

_CHUNK = 1 << 16
_LONGEST = 1 << 26  # characters of one object; more is a broken file
_START = re.compile(r'\s*(?:\[|\{.*?"messages"\s*:\s*\[)', re.DOTALL)
_GAP = re.compile(r"[\s,]*")
_DECODE = json.JSONDecoder().raw_decode


def open_json_array(handle: IO[str], path: Path, size: int) -> Source:
    """The objects of an open JSON file; its columns are the keys of the first block.

    The text of a Telegram message, a list of pieces where it has links or bold words, becomes one string, and service
    messages ("joined the group") are rows without text.

    Args:
        handle: The file.
        path: Its name, for complaints.
        size: Rows a block.

    Raises:
        InputError: It is no array of objects, or breaks off; that may show as late as the row where it is.
    """
    blocks = _blocks(_objects(handle, path), size)
    first = next(blocks, None)
    if first is None:
        raise InputError(f'{path} holds no object; expected an array such as [{{"text": "…"}}]')
    columns = list(dict.fromkeys(key for row in first.rows for key in row if key != EXTRA))
    strings = [c for c in columns if any(isinstance(row.get(c), str) for row in first.rows)]
    return Source(columns, chain([first], blocks), "json", strings)


def _blocks(objects: Iterator[Any], size: int) -> Iterator[Block]:
    rows: list[dict[str, Any]] = []
    broken: dict[int, str] = {}
    for entry in objects:
        if isinstance(entry, dict):
            rows.append(_flattened(entry))
        else:
            broken[len(rows)] = "bad_row: not a JSON object"
            rows.append({EXTRA: json.dumps(entry, ensure_ascii=False)})
        if len(rows) == size:
            yield Block(rows, broken)
            rows, broken = [], {}
    if rows:
        yield Block(rows, broken)


def _flattened(row: dict[str, Any]) -> dict[str, Any]:
    pieces = row.get("text")
    if not isinstance(pieces, list) or "date" not in row or "type" not in row:
        return row
    words = [p if isinstance(p, str) else p.get("text", "") if isinstance(p, dict) else "" for p in pieces]
    return {**row, "text": "".join(map(str, words))}


def _objects(handle: IO[str], path: Path) -> Iterator[Any]:
    text = handle.read(_CHUNK)
    start = _START.match(text)
    if start is None:
        raise InputError(f"{path} is no array of posts; expected [{{…}}, …], a Telegram export, or JSON lines (.jsonl)")
    at, count, ended = start.end(), 0, False
    while True:
        at = _GAP.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty string too
        if text.startswith("]", at):
            return
        try:
            if at == len(text):
                raise ValueError
            entry, end = _DECODE(text, at)
            # a number at the end of what has been read may go on
            whole = end < len(text) or ended
        except (ValueError, RecursionError):
            whole = False
        if whole:
            count, at = count + 1, end
            yield entry
            continue
        if ended or len(text) - at > _LONGEST:
            raise InputError(f"{path}: entry {count + 1} is broken or the file breaks off there; export it anew")
        # twice as much each time, so that a long object is not parsed again and again
        more = handle.read(max(_CHUNK, len(text) - at))
        text, at, ended = text[at:] + more, 0, not more
