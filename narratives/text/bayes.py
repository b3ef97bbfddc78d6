"""py3langid's model for many texts at once: the same answer as its ``rank``, in a fraction of the time.

py3langid (BSD licence) walks a text byte by byte in Python; here all texts of a block take each step together. Only the
walk and the sums are ours: the tables are those of the package, which ``tests/text/test_bayes.py`` compares with.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_LITTLE = 1e-6

ENOUGH = 240
"""Characters of a text that are read; more cost time and change next to nothing."""


class Ranker:
    """Probabilities of groups of languages.

    Args:
        weights: py3langid's language to (group, weight): what a language's probability adds to that of its group.
    """

    def __init__(self, weights: Mapping[str, tuple[str, float]]) -> None:
        self._walk, model = _tables()
        columns = [i for i, code in enumerate(model.nb_classes) if code in weights]
        self.groups = tuple(dict.fromkeys(group for group, _ in weights.values()))
        self._seen = np.ascontiguousarray(model.nb_ptc[:, columns], np.float32)
        self._prior = np.asarray(model.nb_pc[columns], np.float32)
        self._mass = np.zeros((len(columns), len(self.groups)), np.float32)
        for row, i in enumerate(columns):
            group, weight = weights[model.nb_classes[i]]
            self._mass[row, self.groups.index(group)] = weight

    def rank(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Of each text, group to the logarithm of its weighted probability (and a little)."""
        table = np.log(self(texts).astype(np.float64) + _LITTLE)
        return [dict(zip(self.groups, row, strict=True)) for row in table.tolist()]

    def __call__(self, texts: Sequence[str]) -> Floats:
        """Weighted probabilities of :attr:`groups`, shape (texts, groups); a text gets the same in any company."""
        coded = [_bytes(text[:ENOUGH]) for text in texts]
        met = self._walk(coded)
        scores = met @ self._seen + self._prior
        scores[np.diff(met.indptr) == 0] = 0  # nothing was recognised: every language is as likely
        scores /= np.sqrt(np.maximum([len(code) for code in coded], 1))[:, None]  # py3langid's own temperature
        scores = np.exp(scores - scores.max(axis=1, keepdims=True)).astype(np.float32)
        scores /= scores.sum(axis=1, keepdims=True)
        # not a matrix product: how BLAS adds up a row depends on how many there are
        return np.asarray((scores[:, :, None] * self._mass[None]).sum(axis=1), np.float32)


class _Walk:
    """The automaton over bytes: texts to logarithms of how often each n-gram was met."""

    def __init__(self, model: Any) -> None:
        self._next = np.asarray(model.tk_nextmove)  # an array.array: ten million small numbers, not copied
        self._base = np.asarray(model.tk_row, np.int64) << 8
        self._out = np.asarray(model.tk_output, np.int64)
        self._features = int(model.nb_ptc.shape[0])

    def __call__(self, coded: Sequence[bytes]) -> Any:
        """Sparse (texts, n-grams) float32."""
        from scipy.sparse import csr_matrix

        length = np.array([len(code) for code in coded], np.int64)
        order = np.argsort(-length, kind="stable")  # the longest first: those still walking are always the first ones
        longest = int(length.max(initial=0))
        letters = np.zeros((longest, len(coded)), np.uint8)
        for column, row in enumerate(order.tolist()):
            letters[: length[row], column] = np.frombuffer(coded[row], np.uint8)
        walking = np.searchsorted(-length[order], -np.arange(1, longest + 1), side="right")
        state = np.zeros(len(coded), np.int64)
        met = np.full((longest, len(coded)), -1, np.int64)
        for at, n in enumerate(walking.tolist()):
            state = self._next[self._base[state[:n]] + letters[at, :n]]
            met[at, :n] = self._out[state]
        steps, walker = np.nonzero(met >= 0)
        cells, times = np.unique(order[walker] * self._features + met[steps, walker], return_counts=True)
        return csr_matrix(
            (np.log1p(times.astype(np.float32)), (cells // self._features, cells % self._features)),
            shape=(len(coded), self._features),
        )


@lru_cache(maxsize=1)
def _tables() -> tuple[_Walk, Any]:
    """py3langid's tables, loaded on first use."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    return _Walk(model), model


def _bytes(text: str) -> bytes:
    """A text as py3langid reads it."""
    text = text.lower() if text.isupper() else text
    return unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")
