"""Figures for the model card: corpus by corpus, with intervals, beside a model trained on that corpus alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from narratives.training.needs import missing

try:
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import f1_score, roc_auc_score
except ImportError:
    raise missing("train") from None

_RESAMPLES = 1000
_FEWEST = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """How one head does on the development posts of one corpus.

    Attributes:
        corpus: Corpus name.
        lang: Language code.
        head: Head name.
        n: Posts measured; those whose label is between .05 and .65 are left out.
        positive: Share of them that are positive.
        macro_f1: At the default threshold.
        interval: 95 % bootstrap interval of it.
        roc_auc: Threshold-free.
        peer: Macro-F1 of the same n-grams with TF-IDF and logistic regression trained on this corpus alone.
        difference: 95 % paired bootstrap interval of ``macro_f1 - peer``.
    """

    corpus: str
    lang: str
    head: str
    n: int
    positive: float
    macro_f1: float
    interval: tuple[float, float]
    roc_auc: float
    peer: float
    difference: tuple[float, float]

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def binary(target: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Rows whose label the corpus states (at most .05 or at least .65), and all labels as 0 or 1.

    Values in between are annotators' disagreement or our own reading, which is no gold to measure on.
    """
    clear = (target <= 0.05) | (target >= 0.65)  # NaN compares false
    return clear, (target >= 0.65).astype(np.int64)


def figure(
    corpus: str,
    lang: str,
    head: str,
    gold: NDArray[np.int64],
    probability: NDArray[np.float32],
    said: NDArray[np.int64],
    peer: NDArray[np.int64],
    seed: int,
) -> Figure:
    """Measure one head on one corpus.

    Args:
        corpus: Corpus name.
        lang: Language code.
        head: Head name.
        gold: (n,) 0 or 1.
        probability: (n,) calibrated probabilities.
        said: (n,) 0 or 1 at the default thresholds.
        peer: (n,) what the corpus' own model says.
        seed: For the resamples.
    """
    rng = np.random.default_rng(seed)
    own, other = np.empty(_RESAMPLES), np.empty(_RESAMPLES)
    for i in range(_RESAMPLES):
        rows = rng.integers(0, gold.size, gold.size)
        own[i], other[i] = (fast_macro_f1(gold[rows], guess[rows]) for guess in (said, peer))
    low, high = np.quantile(own, [0.025, 0.975])
    less, more = np.quantile(own - other, [0.025, 0.975])
    return Figure(
        corpus,
        lang,
        head,
        int(gold.size),
        float(gold.mean()),
        float(f1_score(gold, said, average="macro")),
        (float(low), float(high)),
        float(roc_auc_score(gold, probability)),
        float(f1_score(gold, peer, average="macro")),
        (float(less), float(more)),
    )


def fast_macro_f1(gold: NDArray[np.int64], guess: NDArray[np.int64]) -> float:
    """Macro-F1 of two classes, as scikit-learn gives it, without its checks.

    >>> fast_macro_f1(np.array([0, 1, 1]), np.array([0, 1, 0]))
    0.6666666666666666
    """
    table = np.bincount(gold * 2 + guess, minlength=4)
    wrong = int(table[1] + table[2])
    scores = [2 * int(hit) / (2 * int(hit) + wrong) if hit or wrong else 0.0 for hit in (table[0], table[3])]
    return (scores[0] + scores[1]) / 2


def own_model(
    features: sparse.csr_matrix, gold: NDArray[np.int64], test: sparse.csr_matrix, seed: int
) -> NDArray[np.int64]:
    """What TF-IDF and logistic regression, trained on one corpus alone with the same n-grams, say of other rows.

    Args:
        features: (rows, buckets) of the training rows, before idf.
        gold: (rows,) 0 or 1.
        test: (n, buckets) before idf.
        seed: For the solver.

    Returns:
        (n,) 0 or 1, at probability .5 with balanced classes.
    """
    used = np.unique(features.indices)  # buckets no training row has cannot speak
    scale = TfidfTransformer().fit(features[:, used])
    model = LogisticRegression(C=4, class_weight="balanced", max_iter=200, random_state=seed)
    model.fit(scale.transform(features[:, used]), gold)
    return np.asarray(model.predict(scale.transform(test[:, used])), np.int64)


def measurable(gold: NDArray[np.int64]) -> bool:
    """Whether both classes have enough posts to say anything."""
    return min(int(gold.sum()), int(gold.size - gold.sum())) >= _FEWEST


def markdown(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| language | corpus | head | n | positive | macro-F1 (95 % interval) | ROC-AUC | own model | difference |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {f.lang} | {f.corpus} | {f.head} | {f.n:,} | {f.positive:.0%} | {_short(f.macro_f1)} "
        f"({_short(f.interval[0])}–{_short(f.interval[1])}) | {_short(f.roc_auc)} | {_short(f.peer)} | "
        f"{f.macro_f1 - f.peer:+.3f} ({f.difference[0]:+.3f} to {f.difference[1]:+.3f}) |"
        for f in figures
    ]
    return "\n".join(lines)


def _short(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def mean_difference(figures: Sequence[Figure]) -> float:
    """Mean of macro-F1 minus the own model's."""
    return float(np.mean([f.macro_f1 - f.peer for f in figures]))
