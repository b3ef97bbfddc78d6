"""Logistic regressions on hashed n-grams, one for each labelled corpus, blended by how much a post resembles each.

Corpora mean different things by "hate". One regression over all of them settles on a definition that is none of
theirs; so each corpus has its own expert, and a gate, a softmax over the corpora of the post's language group, says
whose reading applies (Jacobs et al. 1991, "Adaptive mixtures of local experts"). An expert's weights are the sum of
weights shared by all languages, a correction for its group and one for itself (Daumé 2007, "Frustratingly easy domain
adaptation"), added up when the model is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file
from scipy.sparse import csr_matrix

from narratives import resources
from narratives.backends.base import calibrations, read_config
from narratives.backends.ngrams import Grams, NgramHasher
from narratives.backends.words import spread, spread_map
from narratives.calibration import Calibration
from narratives.errors import ModelError
from narratives.results import ModelInfo


@dataclass(frozen=True, slots=True)
class Experts:
    """The experts of one language group.

    Attributes:
        weights: (buckets, (heads + 1) * experts) float32; the columns of each head, then those of the gate.
        bias: ((heads + 1) * experts,) float32.
        heard: (heads, experts) bool, whether an expert has learnt a head.
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    heard: NDArray[np.bool_]

    def blend(self, scores: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Raw scores of each head, and what each expert's say in it was.

        Args:
            scores: (texts, (heads + 1) * experts), n-grams times weights plus bias.

        Returns:
            Logits (texts, heads), and shares (texts, heads, experts) that sum to 1 over the experts.
        """
        heads, experts = self.heard.shape
        table = scores.reshape(-1, heads + 1, experts)
        gate = np.exp(table[:, heads] - table[:, heads].max(axis=1, keepdims=True))
        shares = gate[:, None, :] * self.heard
        shares /= np.maximum(shares.sum(axis=2, keepdims=True), np.float32(1e-30))
        return (table[:, :heads] * shares).sum(axis=2), shares


@dataclass(frozen=True, slots=True, repr=False)  # tables of a million numbers help nobody
class LinearBackend:
    """A linear model in memory; see :class:`narratives.backends.base.Backend`.

    Attributes:
        info: Name, version and digest.
        heads: Names of the scores, in column order.
        calibration: By head, then by language group.
        transferred: Groups scored with another group's experts, with the giver.
        hasher: The n-grams that are read.
        idf: (buckets,) float32, inverse document frequency.
        experts: By language group, ``any`` and the transferred groups included.
    """

    info: ModelInfo
    heads: tuple[str, ...]
    calibration: Mapping[str, Mapping[str, Calibration]]
    transferred: Mapping[str, str]
    hasher: NgramHasher
    idf: NDArray[np.float32]
    experts: Mapping[str, Experts]

    @classmethod
    def load(cls, folder: Path) -> LinearBackend:
        """Read a model folder written by ``narratives.training``.

        Raises:
            ModelError: The folder is incomplete or its files do not fit together.
        """
        config = read_config(folder, "linear")
        try:
            tensors = load_file(folder / "model.safetensors")
            hasher = NgramHasher(**config["features"])
            heads = tuple(config["heads"])
            transferred = dict(config["transferred"])
            info = ModelInfo(config["name"], config["version"], resources.sha256(folder / "SHA256SUMS"))
            experts = {
                group: Experts(
                    tensors[f"weights.{group}"].astype(np.float32),
                    tensors[f"bias.{group}"],
                    np.array([[head in expert["heads"] for expert in listed] for head in heads]),
                )
                for group, listed in config["experts"].items()
            }
            experts |= {group: experts[giver] for group, giver in transferred.items()}
            table, idf = calibrations(config), tensors["idf"].astype(np.float32)
        except (OSError, KeyError, TypeError, SafetensorError) as error:
            raise ModelError(f"{folder} is damaged ({type(error).__name__}); copy or install the model anew") from None
        shapes = [(e.weights.shape, (idf.size, (len(heads) + 1) * e.heard.shape[1])) for e in experts.values()]
        if idf.size != 2**hasher.bits or set(table) != set(heads) or any(a != b for a, b in shapes):
            raise ModelError(f"{folder}: the weights do not fit its config.json; retrain it")
        return cls(info, heads, table, transferred, hasher, idf, experts)

    def logits(self, texts: Sequence[str], groups: Sequence[str]) -> NDArray[np.float32]:
        """Raw scores, shape (texts, heads), of folded texts in the given language groups."""
        out = np.zeros((len(texts), len(self.heads)), np.float32)
        for group in dict.fromkeys(groups):
            rows = [i for i, g in enumerate(groups) if g == group]
            grams = self._grams([spread(texts[i]) for i in rows])
            out[rows] = self.experts[group].blend(self._scores(grams, self.experts[group]))[0]
        return out

    def attribute(self, text: str, group: str, head: str) -> NDArray[np.float32]:
        """What each character adds to a head's raw score, given the gate; with the bias they sum to it exactly.

        Each n-gram's share is divided over the places it stands at, and there over its characters.
        """
        seen, offsets = spread_map(text)
        share = np.zeros(len(seen) + 1, np.float64)
        grams, experts = self._grams([seen]), self.experts[group]
        if not grams.buckets.size:
            return np.zeros(len(text), np.float32)
        row, (heads, count) = self.heads.index(head), experts.heard.shape
        say = experts.blend(self._scores(grams, experts))[1][0, row]
        part = (experts.weights.reshape(-1, heads + 1, count)[grams.buckets, row] @ say) * grams.values
        found = self.hasher.occurrences([seen])
        entry = np.searchsorted(grams.buckets, found.buckets)
        each = part[entry] / np.bincount(entry, minlength=part.size)[entry]
        # the padding before and after a text carries no letter: its share goes to the first and the last one
        starts = np.clip(found.starts, 0, len(seen) - 1)
        ends = np.maximum(np.clip(found.ends, 1, len(seen)), starts + 1)
        np.add.at(share, starts, each / (ends - starts))
        np.add.at(share, ends, -each / (ends - starts))
        return np.bincount(offsets, np.cumsum(share)[: len(seen)], len(text)).astype(np.float32)

    def _grams(self, spread_texts: Sequence[str]) -> Grams:
        return weigh(self.hasher(spread_texts), self.idf)

    def _scores(self, grams: Grams, experts: Experts) -> NDArray[np.float32]:
        shape = (grams.indptr.size - 1, self.idf.size)
        rows = csr_matrix((grams.values, grams.buckets, grams.indptr), shape)
        return np.asarray(rows @ experts.weights + experts.bias, np.float32)


def weigh(grams: Grams, idf: NDArray[np.float32]) -> Grams:
    """Multiply n-gram weights by inverse document frequency and scale each row back to unit length.

    Args:
        grams: Rows as :class:`NgramHasher` gives them.
        idf: (buckets,) float32.

    Returns:
        Rows of the same shape.
    """
    values = grams.values * idf[grams.buckets]
    row = np.repeat(np.arange(grams.indptr.size - 1), np.diff(grams.indptr))
    length = np.sqrt(np.bincount(row, values * values, grams.indptr.size - 1)).astype(np.float32)
    values /= length[row]
    return Grams(grams.indptr, grams.buckets, values)
