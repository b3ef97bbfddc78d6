"""Days and weeks from the many ways in which exports write a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.] ?(\d{1,2})[-/.] ?(\d{4})(?!\d)")
_NAMED = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3})[a-z]*[- ](\d{4})")  # Meltwater
_TWITTER = re.compile(r"[A-Za-z]{3} ([A-Za-z]{3}) (\d{1,2}) [\d:]+ \+\d{4} (\d{4})")
_EPOCH = re.compile(r"(\d{10})(\d{3})?(?:\.\d+)?")
_MONTHS = {
    m: i
    for i, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)  # noqa: SIM905
}
_EARLIEST, _LATEST = date(1990, 1, 1), date(2100, 1, 1)

NONE = np.iinfo(np.int32).min
"""Stands for a day that cannot be read."""


def day_of(text: str) -> date | None:
    """The day that a time stands for; ``None`` where it cannot be told.

    Days come before months (``14/09/2026``) unless that is impossible. Times of day and zones are ignored.

    >>> day_of("2026-09-14T07:46:41Z"), day_of("14.09.2026"), day_of("yesterday")
    (datetime.date(2026, 9, 14), datetime.date(2026, 9, 14), None)
    """
    text = text.strip().lstrip("'")
    try:
        if match := _ISO.match(text):
            found = date(int(match[1]), int(match[2]), int(match[3]))
        elif match := _DAY_FIRST.match(text):
            day, month = int(match[1]), int(match[2])
            found = date(int(match[3]), *((day, month) if month > 12 else (month, day)))
        elif match := _NAMED.match(text):
            found = date(int(match[3]), _MONTHS[match[2].lower()], int(match[1]))
        elif match := _TWITTER.match(text):
            found = date(int(match[3]), _MONTHS[match[1].lower()], int(match[2]))
        elif match := _EPOCH.fullmatch(text):
            found = datetime.fromtimestamp(int(match[1]), UTC).date()
        else:
            found = parsedate_to_datetime(text).date()
    except (ValueError, TypeError, KeyError, OverflowError, IndexError):
        return None
    return found if _EARLIEST <= found < _LATEST else None


@lru_cache(maxsize=1 << 16)
def _ordinal(text: str) -> int:
    found = day_of(text)
    return NONE if found is None else found.toordinal()


def ordinals(texts: Sequence[str | None]) -> NDArray[np.int32]:
    """Days of a column as proleptic Gregorian ordinals, :data:`NONE` where there is none to be read.

    Args:
        texts: Times, (n,).

    Returns:
        (n,) whole numbers.
    """
    days = (NONE if text is None else _ordinal(text[:10] if text[4:5] == "-" else text) for text in texts)
    return np.fromiter(days, np.int32, len(texts))


def monday(ordinal: int) -> int:
    """The Monday of the week of a day, both as ordinals.

    >>> date.fromordinal(monday(date(2026, 9, 16).toordinal()))
    datetime.date(2026, 9, 14)
    """
    return ordinal - (ordinal - 1) % 7


def weeks(first: int, last: int) -> list[date]:
    """The Mondays from one day to another, both given as ordinals."""
    start = date.fromordinal(monday(first))
    return [start + timedelta(weeks=i) for i in range((monday(last) - monday(first)) // 7 + 1)]
