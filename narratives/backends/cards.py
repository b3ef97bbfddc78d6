"""The label cards' heads on n-grams: narratives, stance, hostility, and whom a post is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from narratives.backends.ngrams import NgramHasher
from narratives.backends.quantise import dequantised

Floats = NDArray[np.float32]

TARGET = "target."
"""How the heads begin that say whom a post is about."""


@dataclass(frozen=True, slots=True, repr=False)
class Cards:
    """The heads of the label cards on n-grams.

    Posts found in the wild and posts written for this project sound so unlike each other that some heads have two
    readings, one learnt on each kind, weighed by which kind a post resembles (as ``backends.linear`` does for corpora).

    Attributes:
        table: (buckets, heads + wild + 1) float32: every head, then the readings learnt on posts found in the wild,
            then how much a post resembles those; as many buckets as a power of two below the n-grams' own.
        bias: (heads + wild + 1,) float32.
        wild: (wild,) columns of the heads with two readings.
        name_table: (name buckets, targets) float32, what the names of groups say about whom a post is about; as many
            buckets as a power of two below those of ``table``.
        targets: (targets,) columns of the heads that are read from names too.
    """

    table: Floats
    bias: Floats
    wild: NDArray[np.int64]
    name_table: Floats
    targets: NDArray[np.int64]

    @classmethod
    def of(cls, tensors: Mapping[str, NDArray[Any]], heads: Sequence[str], first: int, wild: Sequence[str]) -> Cards:
        """Build them from the tensors of a model folder (keys ``cards`` and ``cards.*``).

        Args:
            tensors: By name.
            heads: Of the model.
            first: Number of those that are not of the label cards; they come first.
            wild: Heads with two readings.

        Raises:
            KeyError: A tensor is missing.
            ValueError: The tensors do not fit together, or a head of ``wild`` is unknown.
        """
        own = list(heads[first:])
        out = cls(
            np.concatenate([dequantised(tensors, "cards"), dequantised(tensors, "cards.wild")], axis=1),
            np.concatenate([tensors["cards.bias"], tensors["cards.wild.bias"]]).astype(np.float32),
            np.array([own.index(head) for head in wild], np.int64),
            dequantised(tensors, "cards.names"),
            np.array([i for i, head in enumerate(own) if head.startswith(TARGET)], np.int64),
        )
        buckets, columns = out.table.shape
        fits = columns == len(own) + len(wild) + 1 == out.bias.size and out.name_table.shape[1] == out.targets.size
        if not fits or any(size & (size - 1) for size in (buckets, out.name_table.shape[0])):
            raise ValueError("tables of the label cards do not fit together")
        return out

    def read(self, rows: csr_matrix, names: csr_matrix) -> tuple[Floats, Floats]:
        """Raw scores, (texts, heads), of n-grams and of the n-grams of names, both over the buckets of ``table``.

        With them the weight, (texts, 1), of the readings learnt on posts found in the wild.
        """
        heads = self.table.shape[1] - self.wild.size - 1
        scores = np.asarray(rows @ self.table + self.bias, np.float32)
        out, wild = np.ascontiguousarray(scores[:, :heads]), scores[:, heads:-1]
        gate = _gate(scores[:, -1:])
        out[:, self.wild] = gate * wild + (1 - gate) * out[:, self.wild]
        out[:, self.targets] += fold_buckets(names, self.name_table.shape[0]) @ self.name_table
        return out, gate

    def gate(self, row: csr_matrix) -> Floats:
        """That weight for one text, (1,)."""
        return _gate(np.asarray(row @ self.table[:, -1] + self.bias[-1], np.float32))

    def column(self, row: csr_matrix, head: int) -> Floats:
        """(buckets,) what each n-gram of one text, (1, buckets), adds to a head, given what the text resembles."""
        own = self.table[:, head]
        if head not in self.wild:
            return own
        gate = self.gate(row)[0]
        heads = self.table.shape[1] - self.wild.size - 1
        wild = self.table[:, heads + int(np.flatnonzero(self.wild == head)[0])]
        return np.asarray(gate * wild + (1 - gate) * own, np.float32)

    def of_names(self, names: csr_matrix, head: int) -> float:
        """What the names of one text, (1, buckets), add to a target."""
        weights = self.name_table[:, np.flatnonzero(self.targets == head)[0]]
        return float((fold_buckets(names, weights.size) @ weights)[0])


def _gate(resemblance: Floats) -> Floats:
    """Weight of the reading learnt on posts found in the wild, elementwise."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * resemblance)), np.float32)


def fold_buckets(rows: csr_matrix, buckets: int) -> csr_matrix:
    """N-gram rows over fewer buckets, a power of two."""
    return csr_matrix((rows.data, rows.indices % buckets, rows.indptr), (rows.shape[0], buckets))


def name_rows(hasher: NgramHasher, names: Sequence[str], buckets: int) -> csr_matrix:
    """N-grams of the names of groups in each text, (texts, buckets), a power of two."""
    grams = replace(hasher, bits=buckets.bit_length() - 1)(names)
    return csr_matrix((grams.values, grams.buckets, grams.indptr), (len(names), buckets))
