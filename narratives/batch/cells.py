"""Values on their way out of a file and into a cell."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from narratives.errors import InputError
from narratives.text import redact

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?%?")
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_QUOTED = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def as_text(value: object) -> str:
    """A value as one cell of text: strings as they are, nothing as nothing, lists and numbers as JSON.

    >>> as_text("007"), as_text(None), as_text(True), as_text(["a"]), as_text(b"a")
    ('007', '', 'true', '["a"]', 'a')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool | int | float | list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=plain)
    return plain(value)


def plain(value: object) -> str:
    """What JSON has no word for, as a string: bytes as UTF-8 text or else in hexadecimal, a date in ISO 8601."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value.hex()
    return str(value)


def encodable(text: str | None) -> str | None:
    r"""The text with halves of surrogate pairs, which no file can hold, spelled out as ``\ud800``."""
    return None if text is None else text.encode("utf-8", "backslashreplace").decode()


def listed(column: Any) -> list[Any]:
    """An Arrow column as plain values; dates and decimals exactly, as strings; text that is not UTF-8 with U+FFFD.

    Raises:
        InputError: The values have no plain form.
    """
    import pyarrow as pa

    kind = column.type
    try:
        if pa.types.is_temporal(kind) or pa.types.is_decimal(kind):
            column = column.cast(pa.string())
        return list(column.to_pylist())
    except UnicodeDecodeError:
        raw = column.cast(pa.large_binary() if pa.types.is_large_string(kind) else pa.binary()).to_pylist()
        return [None if value is None else value.decode("utf-8", "replace") for value in raw]
    except (pa.ArrowException, ValueError):
        raise InputError(f"a column of type {kind} cannot be turned into plain values; cast or drop it") from None


def redacted(value: Any) -> Any:
    """The value with names, links, addresses and numbers hidden in every text inside it.

    >>> redacted(["@ana", 1])
    ['@USER', 1]
    """
    if isinstance(value, str):
        return redact(value).text
    if isinstance(value, bytes):
        return redact(value.decode("utf-8", "replace")).text.encode()
    if isinstance(value, list | tuple):
        return [redacted(v) for v in value]
    if isinstance(value, Mapping):
        return {key: redacted(v) for key, v in value.items()}
    return value


def redacted_line(line: str) -> str:
    r"""The same for a broken line of JSON, its escapes resolved first: ``\u0040ana`` is a name too."""
    return redact(_ESCAPE.sub(_unescaped, line)).text


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else _CONTROL.get(match[2], match[2])


def harmless(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula: an apostrophe goes before it; plain numbers stay.

    >>> harmless("=1+1"), harmless("-5.3"), harmless("@ana, zdravo")
    ("'=1+1", '-5.3', "'@ana, zdravo")
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def as_written(cell: str) -> str:
    """Inverse of :func:`harmless`.

    >>> as_written("'=1+1"), as_written("'tis")
    ('=1+1', "'tis")
    """
    return cell[1:] if _QUOTED.match(cell) else cell
