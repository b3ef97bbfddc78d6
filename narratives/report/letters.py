"""Posts as streams of bare letters, and fingerprints of those: many posts at a time, without a loop over them.

Two posts that differ only in case, accents, spacing, digits, emoji, links or names called have the same letters.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

GRAM = 5
"""Letters a gram."""

SHORTEST = 30
"""Letters from which a post is long enough to be called a copy of another: shorter ones agree by chance."""

HASHES = 24
BANDS = 6
"""A copy with nine grams in ten unchanged shares a band with its model in 99 of 100 cases, one with half in 32."""

_FORGOTTEN = r"https?://\S+|www\.\S+|@\w+"
_ALIKE = str.maketrans("đıłøß", "dilos")
_Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Prints:
    """Fingerprints of n posts.

    Attributes:
        whole: (n,) the same for the same letters; 0 for posts of fewer than ``GRAM`` letters.
        long: (n,) whether a post has at least ``SHORTEST`` letters.
        rows: (m,) positions of the posts that ``minhash`` is of.
        minhash: (m, HASHES) least hash values; equal in as many places as the posts' grams overlap (Broder 1997).
        bands: (m, BANDS) one number for each run of hash values.
    """

    whole: _Words
    long: NDArray[np.bool_]
    rows: NDArray[np.intp]
    minhash: _Words
    bands: _Words


@lru_cache(maxsize=1)
def _table() -> NDArray[np.uint16]:
    """Code point to its bare letter, 0 where it is none; whatever lies outside the basic plane is none."""
    table = np.zeros(0x10000, np.uint16)
    for code in range(0x10000):
        char = chr(code)
        if char.isalpha():
            bare = unicodedata.normalize("NFKD", char.lower().translate(_ALIKE))[0]
            table[code] = ord(bare) if ord(bare) < 0x10000 else 0
    return table


@lru_cache(maxsize=1)
def _factors() -> _Words:
    return np.random.default_rng(1997).integers(1, 2**63, HASHES, dtype=np.uint64) * np.uint64(2) + np.uint64(1)


def mixed(values: _Words) -> _Words:
    """Scatter whole numbers over 64 bits (the finaliser of SplitMix64)."""
    x = values * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def fingerprints(texts: Any, wanted: NDArray[np.bool_]) -> Prints:
    """Fingerprint posts.

    Args:
        texts: Arrow array of n strings without nulls.
        wanted: (n,) which of them need ``minhash``; only those long enough get it.

    >>> import pyarrow as pa
    >>> found = fingerprints(pa.array(["Dobar dan!", "dobar  DAN 1", "Laku noć"]), np.zeros(3, bool))
    >>> bool(found.whole[0] == found.whole[1]), bool(found.whole[0] == found.whole[2])
    (True, False)
    """
    import pyarrow.compute as pc

    n = len(texts)
    texts = pc.replace_substring_regex(texts, _FORGOTTEN, " ")
    ends = np.cumsum(pc.utf8_length(texts).to_numpy(zero_copy_only=False), dtype=np.int64)
    codes = np.frombuffer("".join(texts.to_pylist()).encode("utf-32-le"), np.uint32)
    bare = _table()[np.where(codes < 0x10000, codes, 0)]
    kept = bare > 0
    before = np.concatenate([[0], np.cumsum(kept)])
    ends = before[ends]
    starts = np.concatenate([[0], ends[:-1]])
    letters = np.concatenate([bare[kept], np.zeros(GRAM, np.uint16)]).astype(np.uint64)
    grams = np.zeros(len(letters) - GRAM + 1, np.uint64)
    for i in range(GRAM):
        grams = grams * np.uint64(0x10001) + letters[i : len(letters) - GRAM + 1 + i]
    grams = mixed(grams)
    lengths = ends - starts
    some = np.flatnonzero(lengths >= GRAM)
    whole = np.zeros(n, np.uint64)
    if len(some):
        whole[some] = mixed(_over(np.add, grams, starts[some], ends[some]) + lengths[some].astype(np.uint64))
    long = lengths >= SHORTEST
    rows = np.flatnonzero(long & wanted)
    minhash = np.empty((len(rows), HASHES), np.uint64)
    if len(rows):
        taken = _only(grams, starts[rows], ends[rows])
        sizes = lengths[rows] - GRAM + 1
        first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        for k, factor in enumerate(_factors()):
            minhash[:, k] = np.minimum.reduceat(taken * factor, first)
    parts = mixed(minhash).reshape(len(rows), BANDS, HASHES // BANDS)
    weights = np.arange(1, HASHES // BANDS + 1, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    bands = mixed((parts * weights).sum(axis=2, dtype=np.uint64) + np.arange(BANDS, dtype=np.uint64))
    return Prints(whole, long, rows, minhash, bands)


def _over(ufunc: np.ufunc, grams: _Words, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> _Words:
    """Fold the grams that lie wholly inside each post, which must hold one at least."""
    places = np.column_stack([starts, ends - GRAM + 1]).ravel()
    found: _Words = ufunc.reduceat(grams, np.minimum(places, len(grams) - 1))[::2]
    return found


def _only(grams: _Words, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> _Words:
    """The grams of some posts, one post after the other."""
    sizes = ends - starts - GRAM + 1
    offsets = np.repeat(starts - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
    taken: _Words = grams[offsets + np.arange(sizes.sum())]
    return taken
