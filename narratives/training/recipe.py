"""The recipe of the linear model, from a folder of corpora to a model folder with figures."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from narratives import __version__
from narratives.backends import ANY, FORMAT
from narratives.backends.linear import LinearBackend, packed
from narratives.backends.names import without_names
from narratives.backends.ngrams import NgramHasher
from narratives.backends.quantise import quantised
from narratives.calibration import Calibration
from narratives.corpora import AUTHORED, CORPORA
from narratives.languages import GROUPS, LANGUAGES
from narratives.text import fold
from narratives.training.calibrate import Scored, calibrate, expected_calibration_error, trusted_cut
from narratives.training.data import (
    TRANSFERRED,
    Dataset,
    balanced_weights,
    gather,
    inverse_document_frequency,
    matrix,
    two_classes,
)
from narratives.training.export import write_model
from narratives.training.linear import Fit, Penalty, Rows, fit_gate, fit_head
from narratives.training.measure import Figure, binary, figure, measurable, own_model
from narratives.training.mentions import plain_mentions
from narratives.training.noise import mistyped

HEADS = ("offensive", "hate")
Say = Callable[[str], None]

_NOISY = 3  # every such post is read a second time, with typing mistakes


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the linear model depends on besides the corpora.

    Attributes:
        name: Name of the model.
        hasher: N-grams and buckets.
        penalty: L2 strengths.
        iterations: L-BFGS iterations at most for each head and each gate.
        evenness: 0 weighs each text the same, 1 each corpus the same.
        plain: Weight of plain mentions of groups in each corpus, as a share of the weight of its posts.
        noise: Share of letters that are mistyped in a second reading of every third post.
        seed: For the peers and the resamples; fitting itself draws nothing at random.
    """

    name: str = "linear"
    hasher: NgramHasher = field(default_factory=lambda: NgramHasher(bits=18))
    penalty: Penalty = field(default_factory=lambda: Penalty(0.5, 0.5, 0.15, 0.5))
    iterations: int = 80
    evenness: float = 0.5
    plain: float = 0.05
    noise: float = 0.1
    seed: int = 0


def train(
    data: Path, out: Path, work: Path, settings: Settings, *, authored: Path | None = None, say: Say = print
) -> list[Figure]:
    """Train, calibrate, write and measure the linear model; resumes from ``work`` after an interruption.

    Args:
        data: Folder of the corpora.
        out: Model folder to write.
        work: Folder for checkpoints; keep it apart from ``out``.
        settings: See :class:`Settings`.
        authored: Folder of authored posts to learn from too.
        say: Told about progress.

    Returns:
        Figures on the development split, which neither fitting nor calibration has seen.
    """
    began = time.monotonic()
    work.mkdir(parents=True, exist_ok=True)
    dataset = gather(data, HEADS, authored=authored, say=say)
    training = dataset.splits == "train"
    raw = matrix(settings.hasher, dataset.spread)
    idf = inverse_document_frequency(raw[training], dataset.groups[training])
    features = matrix(settings.hasher, dataset.spread, idf)
    extra = _Extra.made(dataset, idf, settings)
    fits = {head: _fit(dataset, features, extra, head, work, settings, say) for head in HEADS}
    listed, tensors = _experts(dataset, features, fits, work, settings, say)
    tensors["idf"] = idf.astype(np.float16)
    config = _config(settings, listed)
    write_model(out, config, tensors)
    logits = LinearBackend.load(out).logits(dataset.folded, dataset.own_groups)
    _align(dataset, logits, listed, tensors)
    write_model(out, config, tensors)
    logits = LinearBackend.load(out).logits(dataset.folded, dataset.own_groups)  # the path users take
    config["calibration"], reliability = _calibrate(dataset, logits, say)
    config["seconds"] = round(time.monotonic() - began)
    write_model(out, config, tensors)
    figures = _measure(dataset, raw, logits, LinearBackend.load(out), settings.seed, say)
    report = {
        "figures": [f.to_dict() for f in figures],
        "reliability": reliability,
        "machine": {"python": platform.python_version(), "numpy": np.__version__},
    }
    (work / "figures.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return figures


@dataclass(frozen=True, slots=True)
class _Extra:
    """Rows that are learnt from beside the posts as they are written.

    Attributes:
        plain: By language group, n-grams of plain mentions of groups of people.
        noisy: (some, buckets) training posts with typing mistakes.
        of: (some,) the post that each of them is.
    """

    plain: Mapping[str, sparse.csr_matrix]
    noisy: sparse.csr_matrix
    of: NDArray[np.int64]

    @classmethod
    def made(cls, dataset: Dataset, idf: NDArray[np.float32], settings: Settings) -> _Extra:
        texts: dict[str, list[str]] = {}
        for text, lang, _ in plain_mentions(settings.seed):
            group = LANGUAGES[lang].group
            seen = without_names(fold(text, lang), group)[0]
            texts.setdefault(TRANSFERRED.get(group, group), []).append(seen)
        plain = {group: matrix(settings.hasher, found, idf) for group, found in texts.items()}
        of = np.flatnonzero(dataset.splits == "train")[::_NOISY]
        mistakes = [mistyped(dataset.spread[i], settings.noise, settings.seed) for i in of]
        return cls(plain, matrix(settings.hasher, mistakes, idf), of)


def _fit(
    dataset: Dataset,
    features: sparse.csr_matrix,
    extra: _Extra,
    head: str,
    work: Path,
    settings: Settings,
    say: Say,
) -> Fit:
    say(f"fitting {head}")
    target = dataset.targets[head]
    weights = np.where(dataset.splits == "train", balanced_weights(target, dataset.corpora, settings.evenness), 0.0)
    rows = {}
    for name in dataset.names:
        here = np.flatnonzero(dataset.corpora == name)
        if weights[here].any():
            mentions = extra.plain[dataset.group_of[name]]
            # every corpus must learn that a name alone is no hate, above all one that was collected by names
            each = settings.plain * weights[here].sum() / mentions.shape[0]
            noisy = np.flatnonzero(dataset.corpora[extra.of] == name)
            rows[name] = Rows.of(
                sparse.vstack([features[here], mentions, extra.noisy[noisy]]).tocsr(),
                np.r_[target[here], np.zeros(mentions.shape[0]), target[extra.of[noisy]]],
                np.r_[weights[here], np.full(mentions.shape[0], each), weights[extra.of[noisy]]],
            )
    checkpoint = work / f"{head}.npz"
    return fit_head(rows, dataset.group_of, settings.penalty, settings.iterations, checkpoint, say)


def _experts(
    dataset: Dataset, features: sparse.csr_matrix, fits: Mapping[str, Fit], work: Path, settings: Settings, say: Say
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, NDArray[Any]]]:
    """Add the weights up into one table for each group; the shared ones alone stand under ``any``."""
    buckets, heads = features.shape[1], len(HEADS)
    shared = np.stack([fits[h].shared for h in HEADS] + [np.zeros(buckets)], axis=1)
    middle = [float(np.mean(list(fits[h].bias.values()))) for h in HEADS]
    tensors: dict[str, NDArray[Any]] = {
        **quantised(shared, f"weights.{ANY}"),
        f"bias.{ANY}": np.array([*middle, 0.0], np.float32),
    }
    listed: dict[str, list[dict[str, Any]]] = {ANY: [{"corpus": ANY, "heads": list(HEADS)}]}
    for group in dict.fromkeys(dataset.group_of.values()):
        names = [n for n in dataset.names if dataset.group_of[n] == group and n in fits["hate"].corpus]
        heard = {h: [n for n in names if two_classes(dataset.targets[h][dataset.corpora == n])] for h in HEADS}
        names = [n for n in names if any(n in heard[h] for h in HEADS)]
        table, bias = np.zeros((buckets, heads + 1, len(names))), np.zeros((heads + 1, len(names)))
        for i, h in enumerate(HEADS):
            for j, n in enumerate(names):
                table[:, i, j] = fits[h].shared + fits[h].group.get(group, 0.0)
                # where no corpus of the group has both classes of a head, what other languages taught stands in
                table[:, i, j] += fits[h].corpus[n] if n in heard[h] else 0.0
                bias[i, j] = fits[h].bias[n] if n in heard[h] else middle[i]
        if len(names) > 1:
            rows = np.flatnonzero((dataset.splits == "train") & np.isin(dataset.corpora, names))
            classes = np.array([names.index(n) for n in dataset.corpora[rows]])
            say(f"fitting the gate of {group}")
            place = work / f"gate-{group}.npz"
            table[:, heads], bias[heads] = fit_gate(
                features[rows], classes, settings.penalty.gate, settings.iterations, place, say
            )
        listed[group] = [{"corpus": n, "heads": [h for h in HEADS if n in heard[h] or not heard[h]]} for n in names]
        learnt = np.array([[h in expert["heads"] for expert in listed[group]] for h in HEADS], bool)
        tensors |= quantised(packed(table.reshape(buckets, -1), learnt), f"weights.{group}")
        tensors[f"bias.{group}"] = bias.ravel().astype(np.float32)
    return listed, tensors


def _align(
    dataset: Dataset, logits: NDArray[np.float32], listed: Mapping[str, Any], tensors: dict[str, NDArray[Any]]
) -> None:
    """Move each expert's intercept so that its best cut on calibration posts is at 0, the same for all experts.

    Corpora differ in how much it takes to be called hate; one threshold for a group can serve them all only when their
    experts agree on where yes begins. Few posts move it little.
    """
    held = dataset.splits == "calibration"
    for i, head in enumerate(HEADS):
        for s in _scored(dataset, logits, head, held):
            group = dataset.group_of[s.corpus]
            names = [expert["corpus"] for expert in listed[group] if head in expert["heads"]]
            if s.usable and s.corpus in names:
                place = [expert["corpus"] for expert in listed[group]].index(s.corpus)
                bias = tensors[f"bias.{group}"].reshape(len(HEADS) + 1, -1)
                bias[i, place] -= trusted_cut(s)


def _config(settings: Settings, experts: Mapping[str, Any]) -> dict[str, Any]:
    identity = Calibration(1.0, 0.0, 0.5, (0.5, 0.5), 0, True).to_dict()  # until it is calibrated
    return {
        "format": FORMAT,
        "backend": "linear",
        "name": settings.name,
        "version": __version__,
        "heads": list(HEADS),
        "experts": dict(experts),
        "transferred": TRANSFERRED,
        "features": asdict(settings.hasher),
        "calibration": {head: dict.fromkeys((ANY, *GROUPS), identity) for head in HEADS},
        "recipe": {
            "penalty": asdict(settings.penalty),
            "iterations": settings.iterations,
            "evenness": settings.evenness,
            "plain": settings.plain,
            "noise": settings.noise,
            "seed": settings.seed,
        },
        "licence": "CC BY-NC-SA 4.0",
    }


def _scored(dataset: Dataset, logits: NDArray[np.float32], head: str, rows: NDArray[np.bool_]) -> list[Scored]:
    stated, gold = binary(dataset.targets[head])
    picks = [(name, rows & stated & (dataset.corpora == name)) for name in dataset.names]
    column = HEADS.index(head)
    return [Scored(name, logits[pick, column].astype(np.float64), gold[pick]) for name, pick in picks if pick.any()]


def _calibrate(
    dataset: Dataset, logits: NDArray[np.float32], say: Say
) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    held, dev = dataset.splits == "calibration", dataset.splits == "dev"
    table: dict[str, dict[str, Any]] = {}
    reliability: list[dict[str, Any]] = []
    for head in HEADS:
        # thresholds and probabilities answer to real posts alone
        held_real = held & ~np.char.startswith(dataset.corpora, AUTHORED)
        pooled = calibrate(_scored(dataset, logits, head, held_real), pooled=True)
        table[head] = {ANY: pooled.to_dict()}
        for group in GROUPS:
            of_group = _scored(dataset, logits, head, held_real & (dataset.groups == group))
            enough = any(s.usable for s in of_group)
            fitted = calibrate(of_group) if enough else pooled
            table[head][group] = fitted.to_dict()
            say(f"{head} {group}: {fitted}")
            for s in _scored(dataset, logits, head, dev & (dataset.groups == group)) if enough else ():
                p = fitted.probabilities(s.logits.astype(np.float32)).astype(np.float64)
                ece, brier = expected_calibration_error(p, s.gold), float(np.mean((p - s.gold) ** 2))
                reliability.append({"head": head, "group": group, "corpus": s.corpus, "ece": ece, "brier": brier})
    return table, reliability


def _measure(
    dataset: Dataset, raw: sparse.csr_matrix, logits: NDArray[np.float32], model: LinearBackend, seed: int, say: Say
) -> list[Figure]:
    out = []
    for column, head in enumerate(HEADS):
        stated, gold = binary(dataset.targets[head])
        for name in dataset.names:
            here = stated & (dataset.corpora == name)
            dev, training = here & (dataset.splits == "dev"), here & (dataset.splits == "train")
            if not (measurable(gold[dev]) and measurable(gold[training])):
                continue
            calibration = model.calibration[head][dataset.group_of[name]]
            p = calibration.probabilities(logits[dev, column])
            said = (p >= calibration.threshold).astype(np.int64)
            peer = own_model(raw[training], gold[training], raw[dev], seed)
            lang = CORPORA[name].lang if name in CORPORA else dataset.group_of[name]
            out.append(figure(name, lang, head, gold[dev], p, said, peer, seed))
            say(f"{head} {name}: {out[-1].macro_f1:.3f} auc {out[-1].roc_auc:.3f} (own {out[-1].peer:.3f})")
    return out
