"""The words of a folded text as the n-gram models see them: links and names dropped, punctuation set apart."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

# links and names tell where a post was collected, not what it says
_TOKEN = re.compile(r"(?:https?://|www\.)\S+|@\w+|(\w+|[^\w\s])")


def spread(text: str) -> str:
    """Words and punctuation marks, one space between each.

    >>> spread("stop! @ana https://a.example tko su oni?")
    'stop ! tko su oni ?'
    """
    return " ".join(filter(None, _TOKEN.findall(text)))


def spread_map(text: str) -> tuple[str, NDArray[np.int64]]:
    """What :func:`spread` gives, and for each of its characters the offset in ``text`` it comes from.

    Returns:
        The spread text and an array of shape (len(spread text),); the space after a token counts to that token.
    """
    offsets: list[int] = []
    parts: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match[1]
        if token:
            offsets += [match.start(1) + i for i in range(len(token))] + [match.end(1) - 1]
            parts.append(token)
    return " ".join(parts), np.array(offsets[:-1], np.int64)
