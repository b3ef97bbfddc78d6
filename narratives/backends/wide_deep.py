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
from narratives.backends.arithmetic import product
from narratives.backends.base import calibrations, read_config
from narratives.backends.cards import TARGET, Cards, fold_buckets, name_rows
from narratives.backends.encoder import Encoder
from narratives.backends.linear import LinearBackend
from narratives.backends.names import names_map, without_names
from narratives.backends.quantise import dequantised
from narratives.backends.threads import alone
from narratives.backends.words import spread, spread_map
from narratives.calibration import Calibration
from narratives.errors import ModelError
from narratives.results import ModelInfo

Floats = NDArray[np.float32]

_MOST_OCCLUDED = 60  # words of a post that are left out one by one to see what they say


@dataclass(frozen=True, slots=True, repr=False)
class Deep:
    """What stands on the encoder.

    Attributes:
        encoder: Texts to vectors.
        project: (width, out) and its bias: into the space where sentences of one meaning lie close.
        hidden: (width, hidden) and its bias.
        heads: (hidden, heads + wild) and its bias; the last columns are the second readings of some heads, learnt on
            posts found in the wild, as in :class:`Cards`.
        wild: (wild,) columns of the heads with two readings.
        own: Group to (hidden, own heads * experts) and bias, experts in the order of the wide part's.
    """

    encoder: Encoder
    project: tuple[Floats, Floats]
    hidden: tuple[Floats, Floats]
    heads: tuple[Floats, Floats]
    wild: NDArray[np.int64]
    own: Mapping[str, tuple[Floats, Floats]]

    def meaning(self, features: Floats) -> Floats:
        """Unit vectors, (texts, out), of the encoder's."""
        out = product(features, self.project[0]) + self.project[1]
        return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9), np.float32)

    def read(self, features: Floats) -> Floats:
        """Hidden layer, (texts, hidden), of the encoder's vectors."""
        return np.asarray(np.maximum(product(features, self.hidden[0]) + self.hidden[1], 0), np.float32)

    def judge(self, hidden: Floats, gate: Floats) -> Floats:
        """Raw scores, (texts, heads), of the hidden layer; ``gate``, (texts, 1), weighs the second readings."""
        out = product(hidden, self.heads[0]) + self.heads[1]
        count = out.shape[1] - self.wild.size
        out, wild = np.ascontiguousarray(out[:, :count]), out[:, count:]
        out[:, self.wild] = gate * wild + (1 - gate) * out[:, self.wild]
        return out

    def column(self, head: int, gate: float) -> Floats:
        """(hidden,) weights of a head."""
        weights, at = self.heads[0], np.flatnonzero(self.wild == head)
        if not at.size:
            return weights[:, head]
        second = weights[:, weights.shape[1] - self.wild.size + int(at[0])]
        return np.asarray(gate * second + (1 - gate) * weights[:, head], np.float32)


@dataclass(frozen=True, slots=True, repr=False)
class Seen:
    """What the heads of some texts stand on, names of groups taken out of them.

    Attributes:
        hidden: (texts, hidden) of the encoder.
        rows: (texts, buckets) weighed n-grams.
        folded: (texts, fewer buckets) the same as the label cards read them.
        names: (texts, fewer buckets) n-grams of the names that were taken out.
    """

    hidden: Floats
    rows: csr_matrix
    folded: csr_matrix
    names: csr_matrix


@dataclass(frozen=True, slots=True, repr=False)
class Adapter:
    """What a user's own labelled posts changed (``narratives train heads``): a correction of some heads.

    Attributes:
        columns: (k,) columns of the heads.
        scale: (k,) factor of the score as it was.
        hidden: (hidden, k) weights of the hidden layer.
        grams: (buckets, k) weights of the n-grams, with as many buckets as :class:`Cards` has.
        bias: (k,).
        about: (k,) which of the heads say whom a post is about, and so are read from names too.
    """

    columns: NDArray[np.int64]
    scale: Floats
    hidden: Floats
    grams: Floats
    bias: Floats
    about: NDArray[np.bool_]

    @classmethod
    def of(cls, heads: Sequence[str], adapted: Sequence[str], tensors: Mapping[str, NDArray[Any]]) -> Adapter:
        """Build it from the tensors of a model folder (keys ``adapter.*``)."""
        parts = {n: tensors[f"adapter.{n}"].astype(np.float32) for n in ("scale", "hidden", "grams", "bias")}
        about = np.array([head.startswith(TARGET) for head in adapted])
        return cls(np.array([heads.index(head) for head in adapted]), **parts, about=about)

    def corrected(self, scores: Floats, seen: Seen) -> Floats:
        """(texts, k) scores of the adapted heads."""
        more = product(seen.hidden, self.hidden) + seen.folded @ self.grams
        more[:, self.about] += seen.names @ self.grams[:, self.about]
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
            encoder = Encoder.of(_tokenizer(folder / "tokenizer.json"), tensors)
            project = dequantised(tensors, "project"), tensors["project.bias"].astype(np.float32)
            wild = np.array([heads.index(head) for head in config.get("deep_wild_heads", ())], np.int64)
            deep = Deep(encoder, project, _layer(tensors, "hidden"), _layer(tensors, "heads"), wild, {
                group: _layer(tensors, f"own.{group}") for group in config["experts"]
            })  # fmt: skip
            cards = Cards.of(tensors, heads, len(config["own_heads"]), config["wild_heads"])
            blend = {group: tensors[f"blend.{group}"].astype(np.float32) for group in config["experts"]}
            blend |= {group: blend[giver] for group, giver in transferred.items()}
            adapter = Adapter.of(heads, config["adapted"], tensors) if config.get("adapted") else None
        except ModelError:
            raise
        except (OSError, KeyError, IndexError, TypeError, ValueError, SafetensorError) as error:
            raise ModelError(f"{folder} is damaged ({type(error).__name__}); copy or install the model anew") from None
        known = deep.heads[0].shape[1] == len(heads) + wild.size
        if not known or set(table) != set(heads) or any(b.shape != (3, len(heads)) for b in blend.values()):
            raise ModelError(f"{folder}: the weights do not fit its config.json; retrain it")
        return cls(info, heads, table, transferred, wide, cards, deep, blend, adapter)

    def logits(self, texts: Sequence[str], groups: Sequence[str]) -> Floats:
        """Raw scores, shape (texts, heads), of folded texts in the given language groups."""
        with alone():
            return self.judge(self.read(texts, groups), groups)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of folded texts, shape (texts, width): texts of like meaning lie close, in any language.

        Names are kept: whoever looks for posts of one meaning means those about one group.
        """
        with alone():
            return self.deep.meaning(self.deep.encoder.encode([spread(text) for text in texts]))

    def read(self, texts: Sequence[str], groups: Sequence[str]) -> Seen:
        """What the heads of folded texts in the given language groups stand on."""
        seen, names = [], []
        for text, group in zip(texts, groups, strict=True):
            rest, taken = without_names(text, group)
            seen.append(rest)
            names.append(taken)
        hidden = self.deep.read(self.deep.encoder.encode(seen))
        rows, buckets = self.wide.rows(seen), len(self.cards.table)
        return Seen(hidden, rows, fold_buckets(rows, buckets), name_rows(self.wide.hasher, names, buckets))

    def judge(self, seen: Seen, groups: Sequence[str]) -> Floats:
        """Raw scores, (texts, heads), of what :meth:`read` gives."""
        own, hidden, rows = len(self.wide.heads), seen.hidden, seen.rows
        wide = np.empty((rows.shape[0], len(self.heads)), np.float32)
        wide[:, own:], gate = self.cards.read(seen.folded, seen.names)
        deep = self.deep.judge(hidden, gate)
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
            out[:, self.adapter.columns] = self.adapter.corrected(out, seen)
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
            more = self.wide.spread_over(text, group, lambda buckets: grams[buckets % grams.size])
            share, part, out = share * factor, part * factor, out * factor + more
        words = [m.span() for m in re.finditer(r"\w+", text)][:_MOST_OCCLUDED]
        if len(words) < 2 or not part:
            return np.asarray(out, np.float32)
        cuts = [text[:a] + " " + text[b:] for a, b in words]
        seen = [without_names(t, group)[0] for t in (text, *cuts)]
        hidden = self.deep.read(self.deep.encoder.encode(seen))
        scores = self._deep_column(hidden, seen[0], group, column)
        for (a, b), lost in zip(words, part * (scores[0] - scores[1:]), strict=True):
            out[a:b] += lost / (b - a)
        return np.asarray(out, np.float32)

    def _deep_column(self, hidden: Floats, seen: str, group: str, column: int) -> Floats:
        if column >= len(self.wide.heads):
            row = fold_buckets(self.wide.rows([seen]), len(self.cards.table))
            return np.asarray(hidden @ self.deep.column(column, float(self.cards.gate(row)[0])), np.float32)
        experts = self.wide.experts[group]
        shares = experts.blend(experts.scores(self.wide.rows([seen])))[1]
        weights, bias = self.deep.own[self.transferred.get(group, group)]
        mine = (hidden @ weights + bias).reshape(len(hidden), len(self.wide.heads), -1)
        return np.asarray((mine[:, column] * shares[0, column]).sum(axis=1), np.float32)

    def _wide_attribution(self, text: str, group: str, head: str) -> Floats:
        if head in self.wide.heads:
            return self.wide.attribute(text, group, head)
        column = self.heads.index(head) - len(self.wide.heads)
        rest, names = without_names(text, group)
        weights = self.cards.column(fold_buckets(self.wide.rows([rest]), len(self.cards.table)), column)
        out = self.wide.spread_over(text, group, lambda buckets: weights[buckets % weights.size])
        if names and column in self.cards.targets:  # what the names say together, shared out evenly among them
            said = self.cards.of_names(name_rows(self.wide.hasher, [names], len(self.cards.table)), column)
            whole, offsets = spread_map(text)
            at = np.concatenate([offsets[start:end] for start, end in names_map(whole, group)[2]])
            np.add.at(out, at, said / at.size)
        return out


def _tokenizer(path: Path) -> Tokenizer:
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare exceptions
        raise ModelError(f"{path} cannot be read: {type(error).__name__}") from None


def _layer(tensors: Mapping[str, NDArray[Any]], name: str) -> tuple[Floats, Floats]:
    return tensors[f"{name}.weight"].astype(np.float32), tensors[f"{name}.bias"].astype(np.float32)
