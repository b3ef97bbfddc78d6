"""Logistic regressions on hashed n-grams, one for each labelled corpus, blended by how much a post resembles each.

Corpora mean different things by "hate". One regression over all of them settles on a definition that is none of
theirs; so each corpus has its own expert, and a gate, a softmax over the corpora of the post's language group, says
whose reading applies (Jacobs et al. 1991, "Adaptive mixtures of local experts"). An expert's weights are the sum of
weights shared by all languages, a correction for its group and one for itself (Daumé 2007, "Frustratingly easy domain
adaptation"), added up when the model is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file
from scipy.sparse import csr_matrix

from narratives import resources
from narratives.backends.base import calibrations, read_config
from narratives.backends.names import names_map, without_names
from narratives.backends.ngrams import Grams, NgramHasher
from narratives.backends.quantise import dequantised
from narratives.backends.words import spread_map
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

    def scores(self, rows: csr_matrix) -> NDArray[np.float32]:
        """What :meth:`blend` takes, of weighed n-grams (texts, buckets)."""
        return np.asarray(rows @ self.weights + self.bias, np.float32)


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
            info = ModelInfo(config["name"], config["version"], resources.sha256(folder / "SHA256SUMS"))
            return cls.of(info, config, tensors, tuple(config["heads"]), calibrations(config))
        except ModelError:
            raise
        except (OSError, KeyError, IndexError, TypeError, ValueError, SafetensorError) as error:
            raise ModelError(f"{folder} is damaged ({type(error).__name__}); copy or install the model anew") from None

    @classmethod
    def of(
        cls,
        info: ModelInfo,
        config: Mapping[str, Any],
        tensors: Mapping[str, NDArray[Any]],
        heads: tuple[str, ...],
        table: Mapping[str, Mapping[str, Calibration]],
    ) -> LinearBackend:
        """Build it from the parts of a model folder.

        Raises:
            KeyError: A tensor or a key of the config is missing.
            ModelError: The parts do not fit together.
        """
        hasher = NgramHasher(**config["features"])
        transferred = dict(config["transferred"])
        experts = {
            group: _experts(tensors, group, np.array([[head in e["heads"] for e in listed] for head in heads], bool))
            for group, listed in config["experts"].items()
        }
        experts |= {group: experts[giver] for group, giver in transferred.items()}
        idf = tensors["idf"].astype(np.float32)
        shapes = [(e.weights.shape, (idf.size, (len(heads) + 1) * e.heard.shape[1])) for e in experts.values()]
        if idf.size != 2**hasher.bits or not set(table) >= set(heads) or any(a != b for a, b in shapes):
            raise ModelError(f"model {info.name}: the weights do not fit its config.json; retrain it")
        return cls(info, heads, table, transferred, hasher, idf, experts)

    def logits(self, texts: Sequence[str], groups: Sequence[str]) -> NDArray[np.float32]:
        """Raw scores, shape (texts, heads), of folded texts in the given language groups."""
        out = np.zeros((len(texts), len(self.heads)), np.float32)
        for group in dict.fromkeys(groups):
            at = [i for i, g in enumerate(groups) if g == group]
            experts = self.experts[group]
            seen = [without_names(texts[i], group)[0] for i in at]
            out[at] = experts.blend(experts.scores(self.rows(seen)))[0]
        return out

    def attribute(self, text: str, group: str, head: str) -> NDArray[np.float32]:
        """What each character adds to a head's raw score, given the gate; with the bias they sum to it exactly."""
        experts, row = self.experts[group], self.heads.index(head)
        seen = without_names(text, group)[0]
        say = experts.blend(experts.scores(self.rows([seen])))[1][0, row]
        heads, count = experts.heard.shape
        table = experts.weights.reshape(-1, heads + 1, count)
        return self.spread_over(text, group, lambda buckets: table[buckets, row] @ say)

    def spread_over(
        self, text: str, group: str, weight: Callable[[NDArray[np.int64]], NDArray[np.float32]]
    ) -> NDArray[np.float32]:
        """Divide what each n-gram of a folded text says over the places it stands at, and there over its characters.

        Args:
            text: Folded text.
            group: Its language group.
            weight: From buckets to what a unit of each is worth.

        Returns:
            (len(text),) float32.
        """
        whole, offsets = spread_map(text)
        seen, places, _ = names_map(whole, group)
        share = np.zeros(len(seen) + 1, np.float64)
        grams = self._grams([seen])
        if not grams.buckets.size:
            return np.zeros(len(text), np.float32)
        part = weight(grams.buckets) * grams.values
        found = self.hasher.occurrences([seen])
        entry = np.searchsorted(grams.buckets, found.buckets)
        each = part[entry] / np.bincount(entry, minlength=part.size)[entry]
        # the padding before and after a text carries no letter: its share goes to the first and the last one
        starts = np.clip(found.starts, 0, len(seen) - 1)
        ends = np.maximum(np.clip(found.ends, 1, len(seen)), starts + 1)
        np.add.at(share, starts, each / (ends - starts))
        np.add.at(share, ends, -each / (ends - starts))
        # what the sign in a name's place says is the name's, letter by letter
        wide = places[:, 1] - places[:, 0]
        letters = np.repeat(places[:, 0] - np.cumsum(wide) + wide, wide) + np.arange(wide.sum())
        each = np.repeat(np.cumsum(share)[: len(seen)] / wide, wide)
        return np.bincount(offsets[letters], each, len(text)).astype(np.float32)

    def rows(self, spread_texts: Sequence[str]) -> csr_matrix:
        """Weighed n-grams of spread texts without names, sparse of shape (texts, buckets)."""
        grams = self._grams(spread_texts)
        return csr_matrix((grams.values, grams.buckets, grams.indptr), (grams.indptr.size - 1, self.idf.size))

    def _grams(self, spread_texts: Sequence[str]) -> Grams:
        return weigh(self.hasher(spread_texts), self.idf)


def packed(weights: NDArray[Any], heard: NDArray[np.bool_]) -> NDArray[Any]:
    """The columns of :attr:`Experts.weights` that are ever read, as a model folder holds them."""
    return weights[:, _columns(heard)]


def _experts(tensors: Mapping[str, NDArray[Any]], group: str, heard: NDArray[np.bool_]) -> Experts:
    stored, columns = dequantised(tensors, f"weights.{group}"), _columns(heard)
    if stored.ndim != 2 or stored.shape[1] != columns.sum():
        raise ModelError(f"weights.{group} has not the columns that config.json lists; retrain the model")
    weights = np.zeros((stored.shape[0], columns.size), np.float32)
    weights[:, columns] = stored
    return Experts(weights, tensors[f"bias.{group}"], heard)


def _columns(heard: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which columns of all heads and of the gate are ever read."""
    return np.concatenate([heard.ravel(), np.ones(heard.shape[1], np.bool_)])


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
