"""Standard input and output: UTF-8 whatever the locale, posts read line by line as they arrive."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

from narratives.errors import InputError

_CHUNK = 1 << 16


def utf8_streams() -> None:
    """Make standard output and error write UTF-8, also where the locale says ``C`` or a Windows code page.

    What cannot be written (half of a surrogate pair) becomes a backslash escape, which JSON understands.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def discard_output() -> None:
    """Send what is still to be written nowhere, once the reader of standard output has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    finally:
        os.close(nowhere)


def lines(source: BinaryIO) -> Iterator[list[str]]:
    r"""Read UTF-8 lines from a pipe or terminal, as many at a time as have arrived.

    A line ends with a line feed; a carriage return before it and a byte order mark at the beginning are dropped.

    Args:
        source: A binary stream.

    Yields:
        One or more lines, never waiting for more input when whole lines are at hand.

    Raises:
        InputError: A line is not UTF-8.

    >>> import io
    >>> list(lines(io.BytesIO(b"one\r\ntwo\n\nthree")))
    [['one', 'two', ''], ['three']]
    """
    rest: list[bytes] = []
    done = 0
    read = getattr(source, "read1", source.read)
    while chunk := read(_CHUNK):
        head, feed, tail = chunk.rpartition(b"\n")
        if not feed:
            rest.append(chunk)
            continue
        whole = b"".join([*rest, head]).split(b"\n")
        rest = [tail]
        yield [_decode(line, done + i) for i, line in enumerate(whole, 1)]
        done += len(whole)
    if last := b"".join(rest):
        yield [_decode(last, done + 1)]


def _decode(line: bytes, number: int) -> str:
    try:
        return line.removesuffix(b"\r").decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        raise InputError(
            f"line {number} of standard input is not UTF-8; convert it first, for example with "
            "`iconv -f cp1250 -t utf-8`"
        ) from None
