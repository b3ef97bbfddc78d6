"""Hashed character and word n-grams of many posts at once, in numpy.

Character n-grams stay inside a word padded with one space on each side (scikit-learn's ``char_wb``, less those with
both spaces, which are whole words); words come as single words and pairs. A post is a row of unique buckets with the
weight ``1 + log(count)``, scaled to unit length, so that long and short posts weigh the same. Nothing loops over
characters in Python: the batch becomes one array of code points, and every n-gram length is one pass over it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_SPACE = 32


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of a batch in compressed sparse rows.

    Attributes:
        indptr: (rows + 1,) int64, where each row begins.
        buckets: (entries,) int64, hash bucket of each unique n-gram, ascending within a row.
        values: (entries,) float32, weights; each row has Euclidean length 1 (or 0 if it is empty).
    """

    indptr: NDArray[np.int64]
    buckets: NDArray[np.int64]
    values: NDArray[np.float32]


def _mix(hashes: NDArray[np.uint64], salt: int) -> NDArray[np.uint64]:
    """Spread the bits (the finaliser of SplitMix64), a different way for each salt."""
    hashes = (hashes + np.uint64(salt)) * _MULTIPLIER
    hashes ^= hashes >> np.uint64(29)
    hashes *= _MIX
    hashes ^= hashes >> np.uint64(32)
    return hashes


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every n-gram of a batch where it stands, before counting.

    Attributes:
        rows: (m,) int64, index of the text.
        buckets: (m,) int64, hash bucket.
        starts: (m,) int64, offset of the first character in its text; may be -1 for the padding before it.
        ends: (m,) int64, offset after the last character; may be one past the end of the text.
    """

    rows: NDArray[np.int64]
    buckets: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NgramHasher:
    """Turns folded texts into hashed n-grams.

    Attributes:
        bits: The number of buckets is ``2 ** bits``.
        smallest: Shortest character n-gram.
        largest: Longest character n-gram.
        words: Longest word n-gram, 0 for none.
        limit: Characters of a post that are read; what comes after is ignored.
    """

    bits: int = 20
    smallest: int = 2
    largest: int = 5
    words: int = 2
    limit: int = 4000

    def occurrences(self, texts: Sequence[str]) -> Occurrences:
        """Find every n-gram of every text.

        Args:
            texts: Folded texts; runs of white space count as one space for n-grams only if already squeezed.

        Returns:
            One entry for each place an n-gram stands at.
        """
        padded = [f" {text[: self.limit]} " for text in texts]
        lengths = np.fromiter(map(len, padded), np.int64, len(padded))
        # lone surrogates cannot be encoded strictly; they are letters of no language, so any stand-in will do
        points = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), np.uint32)
        row = np.repeat(np.arange(len(padded)), lengths)
        column = np.arange(points.size) - np.repeat(np.cumsum(lengths) - lengths, lengths) - 1
        codes = _mix(points.astype(np.uint64), 1)
        blank = points == _SPACE
        parts = [self._characters(codes, blank, row, n) for n in range(self.smallest, self.largest + 1)]
        if self.words:
            parts += self._words(codes, blank, row)
        mask = np.uint64(2**self.bits - 1)
        first = np.concatenate([p[0] for p in parts])
        last = np.concatenate([p[1] for p in parts])
        buckets = (np.concatenate([p[2] for p in parts]) & mask).astype(np.int64)
        return Occurrences(row[first], buckets, column[first], column[last] + 1)

    def __call__(self, texts: Sequence[str]) -> Grams:
        """Count the n-grams of each text.

        Args:
            texts: Folded texts.

        Returns:
            One sparse row for each text.
        """
        return count(self.occurrences(texts), len(texts), self.bits)

    @staticmethod
    def _characters(
        codes: NDArray[np.uint64], blank: NDArray[np.bool_], row: NDArray[np.int64], n: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint64]]:
        size = codes.size - n + 1
        if size <= 0:
            empty = np.empty(0, np.int64)
            return empty, empty, np.empty(0, np.uint64)
        hashes = np.zeros(size, np.uint64)
        broken = np.zeros(size, np.bool_)
        for k in range(n):
            hashes = hashes * _MULTIPLIER + codes[k : k + size]
            if 0 < k < n - 1:
                broken |= blank[k : k + size]
        broken |= (blank[:size] & blank[n - 1 :]) | (row[:size] != row[n - 1 :])
        first = np.flatnonzero(~broken)
        return first, first + (n - 1), _mix(hashes[first], n)

    def _words(
        self, codes: NDArray[np.uint64], blank: NDArray[np.bool_], row: NDArray[np.int64]
    ) -> list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint64]]]:
        edge = np.diff(np.concatenate([[True], blank, [True]]).astype(np.int8))
        first, last = np.flatnonzero(edge == -1), np.flatnonzero(edge == 1) - 1
        if not first.size:
            return []
        # a word's hash is the sum of its letters' codes, each turned by its place in the word
        letters = np.flatnonzero(~blank)
        place = letters - np.repeat(first, last - first + 1)
        turned = codes[letters] * _mix(place.astype(np.uint64), 2)
        begins = np.concatenate([[0], np.cumsum(last - first + 1)[:-1]])
        single = np.add.reduceat(turned, begins)
        found = [(first, last, _mix(single, 101))]
        hashes = single
        for n in range(2, self.words + 1):
            hashes = hashes[: max(first.size - n + 1, 0)] * _MULTIPLIER + single[n - 1 :]
            same = row[first[: hashes.size]] == row[first[n - 1 :]]
            found.append((first[: hashes.size][same], last[n - 1 :][same], _mix(hashes[same], 100 + n)))
        return found


def count(found: Occurrences, rows: int, bits: int) -> Grams:
    """Count occurrences into unit-length sparse rows.

    Args:
        found: The n-grams of ``rows`` texts.
        rows: Number of texts, those without n-grams included.
        bits: As in :class:`NgramHasher`.

    Returns:
        One sparse row for each text.
    """
    keys = np.sort((found.rows << bits) | found.buckets)
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    counts = np.diff(first, append=keys.size)
    unique = keys[first]
    row = unique >> bits
    values = (1 + np.log(counts)).astype(np.float32)
    length = np.sqrt(np.bincount(row, values * values, rows)).astype(np.float32)
    values /= length[row]
    indptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows))]).astype(np.int64)
    return Grams(indptr, unique & (2**bits - 1), values)
