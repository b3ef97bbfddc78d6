"""Texts that are posted again and again, with or without small changes: found in one pass, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narratives.report.letters import Prints, mixed

KNOWN = 40_000
"""Texts remembered at most. When there are more, those that were seen least, and longest ago, go first: a text posted
fewer than once in so many may be missed (lossy counting, Manku and Motwani 2002)."""

ALIKE = 0.7
"""Share of equal minhash values from which a post is a copy."""

_LONGEST = 1000  # characters kept of a text, of which a few words are ever shown
_NAMES = 50


@dataclass(slots=True, eq=False)
class Group:
    """One text and its copies.

    Attributes:
        text: The first of them, cut.
        minhash: Its fingerprint.
        bands: Its bands.
        count: How many there are.
        lang: Language it was read in.
        first: Earliest day, as an ordinal; ``None`` where none has a date.
        last: Latest day.
        platforms: Where they stand, with numbers.
        labels: What they were labelled as, with numbers.
        seen: When the last one was seen, in posts.
    """

    text: str
    minhash: NDArray[np.uint64]
    bands: list[int]
    lang: str
    count: int = 0
    first: int | None = None
    last: int | None = None
    platforms: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    seen: int = 0


class Copies:
    """Collects groups of near-duplicates from a stream of posts."""

    def __init__(self, known: int = KNOWN) -> None:
        self._known = known
        self._groups: list[Group] = []
        self._table: dict[int, Group] = {}
        self.looked_at = 0
        self.forgotten = 0

    def add(
        self,
        prints: Prints,
        texts: Any,
        days: Sequence[int | None],
        langs: Mapping[int, str],
        platforms: Mapping[int, str],
        labels: Mapping[int, str],
    ) -> None:
        """Take in the posts that ``prints`` holds minhash values of.

        Args:
            prints: Fingerprints of n posts.
            texts: Arrow array of the n posts.
            days: (n,) day of each as an ordinal.
            langs: Language by position, at least for the posts with minhash values.
            platforms: Platform, likewise.
            labels: Labels, likewise.
        """
        table = self._table
        for place, minhash, bands in zip(prints.rows.tolist(), prints.minhash, prints.bands.tolist(), strict=True):
            self.looked_at += 1
            group = None
            for band in bands:
                found = table.get(band)
                if found is not None and found is not group and np.mean(found.minhash == minhash) >= ALIKE:
                    group = found
                    break
            if group is None:
                group = Group(texts[place].as_py()[:_LONGEST], minhash.copy(), bands, langs[place])
                self._groups.append(group)
                for band in bands:
                    table.setdefault(band, group)
            self._count(group, days[place], platforms[place], labels[place])
            if len(self._groups) > self._known:
                self._forget()
                table = self._table

    def _count(self, group: Group, day: int | None, platform: str, labels: str) -> None:
        group.count += 1
        group.seen = self.looked_at
        if day is not None:
            group.first = day if group.first is None else min(group.first, day)
            group.last = day if group.last is None else max(group.last, day)
        for counter, name in ((group.platforms, platform), (group.labels, labels)):
            if name and (name in counter or len(counter) < _NAMES):
                counter[name] += 1

    def _forget(self) -> None:
        self._groups.sort(key=lambda g: (g.count, g.seen), reverse=True)
        self.forgotten += len(self._groups) - self._known // 2
        self._groups = self._groups[: self._known // 2]
        self._table = {}
        for group in self._groups:
            for band in group.bands:
                self._table.setdefault(band, group)

    def groups(self, least: int = 3) -> list[Group]:
        """Groups of at least so many posts, the largest first."""
        found = [g for g in self._groups if g.count >= least]
        return sorted(found, key=lambda g: (-g.count, g.first or 0, g.text))


class Seen:
    """Remembers which texts were seen in which week, in constant memory: a Bloom filter (Bloom 1970).

    With a million texts one in 300 fresh ones is taken for seen.
    """

    def __init__(self, bits: int = 25) -> None:
        self._mask = np.uint64(2**bits - 1)
        self._bits = np.zeros(2**bits, np.bool_)

    def fresh(self, whole: NDArray[np.uint64], weeks: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Whether each text is the first of its kind in its week; texts too short to tell always are.

        Args:
            whole: (n,) from :class:`~narratives.report.letters.Prints`.
            weeks: (n,) any number for the week.
        """
        keys = whole ^ mixed(weeks.astype(np.int64).view(np.uint64))
        out = np.zeros(len(keys), np.bool_)
        out[np.unique(keys, return_index=True)[1]] = True
        one, two = (keys & self._mask).astype(np.intp), ((keys >> np.uint64(32)) & self._mask).astype(np.intp)
        out &= ~(self._bits[one] & self._bits[two])
        self._bits[one] = True
        self._bits[two] = True
        out |= whole == 0
        return out
