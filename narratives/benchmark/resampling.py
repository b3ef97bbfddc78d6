"""Intervals and tests for figures of a few hundred to a few thousand rows, vectorised over the resamples.

Scores that hang on a table of counts alone are resampled as counts: drawing n rows with replacement and counting the
cells is one multinomial draw of the cells, exactly (Efron & Tibshirani 1993, chapter 6). Scores that hang on ranks are
resampled as integer weights of the rows, sorted once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
"""Bootstrap resamples of every interval."""

_CELLS_AT_ONCE = 4_000_000  # weights held in memory at a time

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Interval(NamedTuple):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def tables(gold: Ints, said: Ints, classes: int = 2) -> Ints:
    """Confusion table, shape (classes, classes), gold by row.

    >>> tables(np.array([0, 1, 1]), np.array([0, 1, 0])).tolist()
    [[1, 0], [1, 1]]
    """
    return np.bincount(gold * classes + said, minlength=classes * classes).reshape(classes, classes)


def resampled(counts: Ints, resamples: int, seed: int) -> Ints:
    """Draw tables of counts as they would come from rows drawn with replacement.

    Args:
        counts: Cells of any shape.
        resamples: How many.
        seed: For the draw.

    Returns:
        One table a resample along a new first axis; every draw has as many rows as ``counts``.
    """
    total = int(counts.sum())
    drawn = np.random.default_rng(seed).multinomial(total, counts.ravel() / max(total, 1), size=resamples)
    return drawn.reshape(resamples, *counts.shape)


def f1_by_class(table: NDArray[np.generic]) -> Floats:
    """F1 of each class from confusion tables, shape (..., classes, classes) to (..., classes); 0 where undefined."""
    table = np.asarray(table, np.float64)
    hit = np.diagonal(table, axis1=-2, axis2=-1)
    both = table.sum(-1) + table.sum(-2)
    return np.asarray(np.divide(2 * hit, both, out=np.zeros_like(both), where=both > 0), np.float64)


def macro_f1(table: NDArray[np.generic]) -> Floats:
    """Macro-F1 from confusion tables, shape (..., classes, classes) to (...).

    Classes that neither gold nor model has do not count, as in scikit-learn.

    >>> float(macro_f1(np.array([[1, 0], [1, 1]])))
    0.6666666666666666
    """
    there = (np.asarray(table).sum(-1) + np.asarray(table).sum(-2)) > 0
    return np.asarray(f1_by_class(table).sum(-1) / np.maximum(there.sum(-1), 1), np.float64)


def accuracy(table: NDArray[np.generic]) -> Floats:
    """Share of rows on the diagonal, shape (..., classes, classes) to (...)."""
    table = np.asarray(table, np.float64)
    return np.asarray(np.trace(table, axis1=-2, axis2=-1) / np.maximum(table.sum((-1, -2)), 1), np.float64)


def interval(value: float, draws: Floats) -> Interval:
    """The 95 % percentile interval of a figure; draws that are not a number (one class missing) are left out."""
    kept = draws[np.isfinite(draws)]
    low, high = np.quantile(kept, [0.025, 0.975]) if kept.size else (np.nan, np.nan)
    return Interval(float(value), float(low), float(high))


def of_table(score: Callable[[NDArray[np.generic]], Floats], table: Ints, resamples: int, seed: int) -> Interval:
    """A score of a confusion table with its interval.

    >>> of_table(accuracy, np.array([[50, 0], [0, 50]]), 100, 0)
    Interval(value=1.0, low=1.0, high=1.0)
    """
    return interval(float(score(table)), score(resampled(table, resamples, seed)))


def row_weights(rows: int, resamples: int, seed: int) -> Iterator[Floats]:
    """How often each row is drawn in each resample: blocks of shape (some, rows), the same for the same seed."""
    rng = np.random.default_rng(seed)
    block = max(1, _CELLS_AT_ONCE // max(rows, 1))
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        picks = rng.integers(0, rows, (size, rows)) + np.arange(size)[:, None] * rows
        yield np.bincount(picks.ravel(), minlength=size * rows).reshape(size, rows).astype(np.float64)


def _ranked(gold: Ints, scores: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Weight of positives and negatives with at least each distinct score, highest first: (draws, distinct)."""
    order = np.argsort(-scores, kind="stable")
    ends = np.append(
        np.flatnonzero(np.diff(scores[order])), scores.size - 1
    )  # rows of one score stand or fall together
    positive = np.cumsum(weights[:, order] * gold[order], axis=1)[:, ends]
    return positive, np.cumsum(weights[:, order] * (1 - gold[order]), axis=1)[:, ends]


def weighted_roc_auc(gold: Ints, scores: Floats, weights: Floats) -> Floats:
    """Area under the ROC curve for each row of weights; not a number where a draw has one class only.

    Args:
        gold: (rows,) 0 or 1.
        scores: (rows,) higher is more positive; ties count half.
        weights: (draws, rows).

    Returns:
        (draws,).
    """
    above, below = _ranked(gold, scores, weights)
    gained = np.diff(above, axis=1, prepend=0.0)
    # each positive beats the negatives after its group and half of those in it
    worse = below[:, -1:] - below + np.diff(below, axis=1, prepend=0.0) / 2
    pairs = above[:, -1] * below[:, -1]
    return np.asarray(np.divide((gained * worse).sum(1), pairs, out=np.full(len(pairs), np.nan), where=pairs > 0))


def weighted_average_precision(gold: Ints, scores: Floats, weights: Floats) -> Floats:
    """Average precision, the step-wise sum that scikit-learn uses, for each row of weights; shapes as above."""
    above, below = _ranked(gold, scores, weights)
    reached = above + below
    precision = np.divide(above, reached, out=np.zeros_like(above), where=reached > 0)
    total = above[:, -1]
    steps = (np.diff(above, axis=1, prepend=0.0) * precision).sum(1)
    return np.asarray(np.divide(steps, total, out=np.full(len(total), np.nan), where=total > 0))


def of_rows(score: Callable[[Floats], Floats], rows: int, resamples: int, seed: int) -> Floats:
    """Values of a score, a function of weights (draws, rows) to (..., draws), over all resamples."""
    return np.concatenate([score(weights) for weights in row_weights(rows, resamples, seed)], axis=-1)


def paired_tables(gold: Ints, one: Ints, other: Ints) -> Ints:
    """Counts of (gold, one's answer, other's answer), shape (2, 2, 2)."""
    return np.bincount(gold * 4 + one * 2 + other, minlength=8).reshape(2, 2, 2)


class Paired(NamedTuple):
    """Two models on the same rows: difference of macro-F1 (first minus second), and McNemar's exact test.

    ``only_one`` and ``only_other`` count the rows that one model gets right and the other wrong.
    """

    difference: float
    low: float
    high: float
    only_one: int
    only_other: int
    p: float


def paired(gold: Ints, one: Ints, other: Ints, resamples: int = RESAMPLES, seed: int = 0) -> Paired:
    """Compare two models' answers, 0 or 1, on the same rows.

    >>> paired(np.array([0, 1] * 20), np.array([0, 1] * 20), np.array([0, 0] * 20), 200).only_one
    20
    """
    from scipy.stats import binomtest

    counts = paired_tables(gold, one, other)
    drawn = resampled(counts, resamples, seed)
    value = float(macro_f1(counts.sum(2)) - macro_f1(counts.sum(1)))
    draws = macro_f1(drawn.sum(3)) - macro_f1(drawn.sum(2))
    first, second = int(np.sum((one == gold) & (other != gold))), int(np.sum((one != gold) & (other == gold)))
    p = float(binomtest(first, first + second, 0.5).pvalue) if first + second else 1.0
    between = interval(value, draws)
    return Paired(value, between.low, between.high, first, second, p)


def wilson(hits: int, rows: int) -> Interval:
    """A share with its 95 % Wilson interval; not a number where there are no rows.

    >>> wilson(0, 10).high < 0.31
    True
    """
    from scipy.stats import binomtest

    if not rows:
        return Interval(float("nan"), float("nan"), float("nan"))
    low, high = binomtest(hits, rows).proportion_ci(method="wilson")
    return Interval(hits / rows, float(low), float(high))


def holm(p: Sequence[float]) -> list[float]:
    """Holm's step-down adjustment of p-values, for many comparisons in one run.

    >>> [round(q, 6) for q in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    steps = np.asarray(p, np.float64)[order] * (len(p) - np.arange(len(p)))
    out = np.empty(len(p))
    out[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return [float(q) for q in out]
