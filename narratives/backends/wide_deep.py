"""The default model: character n-grams (wide) and a compact multilingual encoder (deep), read together.

N-grams know the words of the languages they were trained in, slang and misspellings above all; the encoder knows what
a sentence means in any of the nine, and carries what one language taught to another (Cheng et al. 2016, "Wide & Deep
learning"). ``offensive`` and ``hate`` are read as each labelled corpus means them, blended by how much a post resembles
the corpora of its group (``backends.linear``); all other heads follow the label cards of the taxonomy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file
from scipy.sparse import csr_matrix
from tokenizers import Tokenizer

from narratives import resources
from narratives.backends.base import calibrations, read_config
from narratives.backends.encoder import Encoder, product
from narratives.backends.linear import LinearBackend
from narratives.backends.quantise import dequantised
from narratives.backends.threads import alone
from narratives.backends.words import spread
from narratives.calibration import Calibration
from narratives.errors import ModelError
from narratives.results import ModelInfo

Floats = NDArray[np.float32]

_MOST_OCCLUDED = 60  # words of a post that are left out one by one to see what they say


@dataclass(frozen=True, slots=True, repr=False)
class Cards:
    """The heads of the label cards on n-grams.

    Attributes:
        table: (buckets, heads) float32; as many buckets as a power of two below the n-grams' own.
        bias: (heads,) float32.
    """

    table: Floats
    bias: Floats

    def fold(self, rows: csr_matrix) -> csr_matrix:
        """N-gram rows over the buckets of the table."""
        shape = (rows.shape[0], self.table.shape[0])
        return csr_matrix((rows.data, rows.indices % self.table.shape[0], rows.indptr), shape)


@dataclass(frozen=True, slots=True, repr=False)
class Deep:
    """What stands on the encoder.

    Attributes:
        encoder: Texts to vectors.
        project: (width, out) and its bias: into the space where sentences of one meaning lie close.
        hidden: (width, hidden) and its bias.
        heads: (hidden, heads) and its bias.
        own: Group to (hidden, own heads * experts) and bias, experts in the order of the wide part's.
    """

    encoder: Encoder
    project: tuple[Floats, Floats]
    hidden: tuple[Floats, Floats]
    heads: tuple[Floats, Floats]
    own: Mapping[str, tuple[Floats, Floats]]

    def meaning(self, features: Floats) -> Floats:
        """Unit vectors, (texts, out), of the encoder's."""
        out = product(features, self.project[0]) + self.project[1]
        return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9), np.float32)

    def read(self, features: Floats) -> Floats:
        """Hidden layer, (texts, hidden), of the encoder's vectors."""
        return np.asarray(np.maximum(product(features, self.hidden[0]) + self.hidden[1], 0), np.float32)


@dataclass(frozen=True, slots=True, repr=False)
class Adapter:
    """What a user's own labelled posts changed (``narratives train heads``): a correction of some heads.

    Attributes:
        columns: (k,) columns of the heads.
        scale: (k,) factor of the score as it was.
        hidden: (hidden, k) weights of the hidden layer.
        grams: (buckets, k) weights of the n-grams, with as many buckets as :class:`Cards` has.
        bias: (k,).
    """

    columns: NDArray[np.int64]
    scale: Floats
    hidden: Floats
    grams: Floats
    bias: Floats

    @classmethod
    def of(cls, heads: Sequence[str], adapted: Sequence[str], tensors: Mapping[str, NDArray[Any]]) -> Adapter:
        """Build it from the tensors of a model folder (keys ``adapter.*``)."""
        parts = [tensors[f"adapter.{name}"].astype(np.float32) for name in ("scale", "hidden", "grams", "bias")]
        return cls(np.array([heads.index(head) for head in adapted]), *parts)

    def corrected(self, scores: Floats, hidden: Floats, grams: csr_matrix) -> Floats:
        """(texts, k) scores of the adapted heads."""
        more = product(hidden, self.hidden) + grams @ self.grams
        return np.asarray(scores[:, self.columns] * self.scale + more + self.bias, np.float32)


@dataclass(frozen=True, slots=True, repr=False)
class WideDeepBackend:
    """The model in memory; see :class:`narratives.backends.base.Backend`.

    Attributes:
        heads: ``offensive``, ``hate``, then those of the label cards.
        wide: The n-gram part with its experts for the first two heads.
        cards: The n-gram part of the other heads.
        deep: The encoder part.
        blend: Group to (3, heads): weight of wide, weight of deep, offset.
        adapter: What a user's own posts changed; ``None`` in the shipped model.
    """

    info: ModelInfo
    heads: tuple[str, ...]
    calibration: Mapping[str, Mapping[str, Calibration]]
    transferred: Mapping[str, str]
    wide: LinearBackend
    cards: Cards
    deep: Deep
    blend: Mapping[str, Floats]
    adapter: Adapter | None = None

    @classmethod
    def load(cls, folder: Path) -> WideDeepBackend:
        """Read a model folder written by ``narratives.training``.

        Raises:
            ModelError: The folder is incomplete or its files do not fit together.
        """
        config = read_config(folder, "wide_deep")
        try:
            tensors = load_file(folder / "model.safetensors")
            heads, transferred = tuple(config["heads"]), dict(config["transferred"])
            info = ModelInfo(config["name"], config["version"], resources.sha256(folder / "SHA256SUMS"))
            table = calibrations(config)
            wide = LinearBackend.of(info, config, tensors, heads[: len(config["own_heads"])], table)
            encoder = Encoder.of(Tokenizer.from_file(str(folder / "tokenizer.json")), tensors)
            project = dequantised(tensors, "project"), tensors["project.bias"].astype(np.float32)
            deep = Deep(encoder, project, _layer(tensors, "hidden"), _layer(tensors, "heads"), {
                group: _layer(tensors, f"own.{group}") for group in config["experts"]
            })  # fmt: skip
            cards = Cards(dequantised(tensors, "cards"), tensors["cards.bias"].astype(np.float32))
            blend = {group: tensors[f"blend.{group}"].astype(np.float32) for group in config["experts"]}
            blend |= {group: blend[giver] for group, giver in transferred.items()}
            adapter = Adapter.of(heads, config["adapted"], tensors) if config.get("adapted") else None
        except (OSError, KeyError, TypeError, ValueError, SafetensorError) as error:
            raise ModelError(f"{folder} is damaged ({type(error).__name__}); copy or install the model anew") from None
        except Exception as error:  # the tokenizers library raises bare exceptions
            raise ModelError(f"{folder / 'tokenizer.json'} cannot be read: {type(error).__name__}") from None
        if set(table) != set(heads) or any(b.shape != (3, len(heads)) for b in blend.values()):
            raise ModelError(f"{folder}: the weights do not fit its config.json; retrain it")
        return cls(info, heads, table, transferred, wide, cards, deep, blend, adapter)

    def logits(self, texts: Sequence[str], groups: Sequence[str]) -> Floats:
        """Raw scores, shape (texts, heads), of folded texts in the given language groups."""
        with alone():
            return self.judge(*self.read(texts), groups)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of folded texts, shape (texts, width): texts of like meaning lie close, in any language."""
        with alone():
            return self.deep.meaning(self.deep.encoder.encode([spread(text) for text in texts]))

    def read(self, texts: Sequence[str]) -> tuple[Floats, csr_matrix]:
        """What the heads of folded texts stand on: the hidden layer, (texts, hidden), and weighed n-grams."""
        seen = [spread(text) for text in texts]
        return self.deep.read(self.deep.encoder.encode(seen)), self.wide.rows(seen)

    def judge(self, hidden: Floats, rows: csr_matrix, groups: Sequence[str]) -> Floats:
        """Raw scores, (texts, heads), of what :meth:`read` gives."""
        own = len(self.wide.heads)
        folded = self.cards.fold(rows)
        wide = np.empty((rows.shape[0], len(self.heads)), np.float32)
        wide[:, own:] = folded @ self.cards.table + self.cards.bias
        deep = product(hidden, self.deep.heads[0]) + self.deep.heads[1]
        out = np.empty_like(wide)
        for group in dict.fromkeys(groups):
            at = np.flatnonzero([g == group for g in groups])
            experts = self.wide.experts[group]
            wide[at, :own], shares = experts.blend(experts.scores(rows[at]))
            weights, bias = self.deep.own[self.transferred.get(group, group)]
            mine = (product(hidden[at], weights) + bias).reshape(len(at), own, -1)
            deep[at, :own] = (mine * shares).sum(axis=2)
            share, part, offset = self.blend[group]
            out[at] = share * wide[at] + part * deep[at] + offset
        if self.adapter is not None:
            out[:, self.adapter.columns] = self.adapter.corrected(out, hidden, folded)
        return out

    def attribute(self, text: str, group: str, head: str) -> Floats:
        """What each character of a folded text adds to a head's raw score, shape (len(text),).

        Exact for the n-grams; for the encoder, what is lost when a word is left out, word by word.
        """
        column = self.heads.index(head)
        share, part, _ = self.blend[group][:, column]
        out = share * self._wide_attribution(text, group, head)
        if self.adapter is not None and column in self.adapter.columns:
            at = int(np.flatnonzero(self.adapter.columns == column)[0])
            factor, grams = self.adapter.scale[at], self.adapter.grams[:, at]
            more = self.wide.spread_over(text, lambda buckets: grams[buckets % grams.size])
            share, part, out = share * factor, part * factor, out * factor + more
        words = [m.span() for m in re.finditer(r"\w+", text)][:_MOST_OCCLUDED]
        if len(words) < 2 or not part:
            return np.asarray(out, np.float32)
        cuts = [text[:a] + " " + text[b:] for a, b in words]
        seen = [spread(t) for t in (text, *cuts)]
        hidden = self.deep.read(self.deep.encoder.encode(seen))
        scores = self._deep_column(hidden, seen[0], group, column)
        for (a, b), lost in zip(words, part * (scores[0] - scores[1:]), strict=True):
            out[a:b] += lost / (b - a)
        return np.asarray(out, np.float32)

    def _deep_column(self, hidden: Floats, seen: str, group: str, column: int) -> Floats:
        if column >= len(self.wide.heads):
            return np.asarray(hidden @ self.deep.heads[0][:, column], np.float32)
        experts = self.wide.experts[group]
        shares = experts.blend(experts.scores(self.wide.rows([seen])))[1]
        weights, bias = self.deep.own[self.transferred.get(group, group)]
        mine = (hidden @ weights + bias).reshape(len(hidden), len(self.wide.heads), -1)
        return np.asarray((mine[:, column] * shares[0, column]).sum(axis=1), np.float32)

    def _wide_attribution(self, text: str, group: str, head: str) -> Floats:
        if head in self.wide.heads:
            return self.wide.attribute(text, group, head)
        column = self.heads.index(head) - len(self.wide.heads)
        return self.wide.spread_over(
            text, lambda buckets: self.cards.table[buckets % self.cards.table.shape[0], column]
        )


def _layer(tensors: Mapping[str, NDArray[Any]], name: str) -> tuple[Floats, Floats]:
    return tensors[f"{name}.weight"].astype(np.float32), tensors[f"{name}.bias"].astype(np.float32)
