"""What is measured for a model on labelled rows: one dictionary, ready for JSON, every figure with its interval.

Point values come from scikit-learn; the vectorised resampling agrees with them to 1e-9 (tested).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from narratives.benchmark.needs import need
from narratives.benchmark.resampling import (
    RESAMPLES,
    Floats,
    Interval,
    Ints,
    accuracy,
    f1_by_class,
    interval,
    macro_f1,
    of_rows,
    of_table,
    resampled,
    tables,
    weighted_average_precision,
    weighted_roc_auc,
)

BINS = 10
"""Equal-width bins of the reliability diagram."""

_COVERAGES = np.linspace(0.05, 1.0, 20)


def binary(
    gold: Ints, said: Ints, scores: Floats | None, *, resamples: int = RESAMPLES, seed: int = 0
) -> dict[str, Any]:
    """Measure yes/no answers.

    Args:
        gold: (rows,) 0 or 1.
        said: (rows,) 0 or 1.
        scores: (rows,) higher is more positive, or ``None`` where a model only answers.
        resamples: Bootstrap resamples.
        seed: For them.

    Returns:
        ``macro_f1``, ``accuracy``, ``precision``, ``recall``, ``f1`` (by class 0, 1), ``confusion`` (gold by row) and,
        with scores, ``average_precision`` and ``roc_auc``. Intervals are ``[value, low, high]``.
    """
    need("sklearn")
    from sklearn.metrics import average_precision_score, precision_recall_fscore_support, roc_auc_score

    table = tables(gold, said)
    precision, recall, f1, _ = precision_recall_fscore_support(gold, said, labels=[0, 1], zero_division=0)
    spread = f1_by_class(resampled(table, resamples, seed))
    out: dict[str, Any] = {
        "macro_f1": rounded(of_table(macro_f1, table, resamples, seed)),
        "accuracy": rounded(of_table(accuracy, table, resamples, seed)),
        "precision": [short(v) for v in precision],
        "recall": [short(v) for v in recall],
        "f1": [rounded(interval(f1[c], spread[:, c])) for c in (0, 1)],
        "confusion": table.tolist(),
    }
    if scores is not None and 0 < gold.sum() < gold.size:
        auc, ap = of_rows(
            lambda w: np.stack([weighted_roc_auc(gold, scores, w), weighted_average_precision(gold, scores, w)]),
            gold.size,
            resamples,
            seed,
        )
        out["roc_auc"] = rounded(interval(float(roc_auc_score(gold, scores)), auc))
        out["average_precision"] = rounded(interval(float(average_precision_score(gold, scores)), ap))
    return out


def calibration(gold: Ints, p: Floats) -> dict[str, Any]:
    """How far stated probabilities can be believed.

    Args:
        gold: (rows,) 0 or 1.
        p: (rows,) probabilities.

    Returns:
        ``ece`` (Naeini et al. 2015), ``brier``, and ``reliability``: ``[mean stated, observed share, rows]`` a bin.

    >>> calibration(np.array([0, 1]), np.array([0.0, 1.0]))["ece"]
    0.0
    """
    p = np.clip(p, 0.0, 1.0)  # peers may overshoot in the last digit
    need("sklearn")
    from sklearn.metrics import brier_score_loss

    from narratives.training.calibrate import expected_calibration_error

    place = np.minimum((p * BINS).astype(int), BINS - 1)
    size = np.bincount(place, minlength=BINS)
    stated, seen = np.bincount(place, p, BINS), np.bincount(place, gold.astype(float), BINS)
    return {
        "ece": short(expected_calibration_error(p, gold, BINS)),
        "brier": short(float(brier_score_loss(gold, p, pos_label=1))),
        "reliability": [[short(stated[i] / n), short(seen[i] / n), int(n)] for i, n in enumerate(size) if n],
    }


def risk_coverage(gold: Ints, said: Ints, confidence: Floats) -> dict[str, Any]:
    """How many errors remain when the least sure rows are left to a person (El-Yaniv & Wiener 2010).

    Args:
        gold: (rows,) 0 or 1.
        said: (rows,) 0 or 1.
        confidence: (rows,) higher is surer; ties are taken in row order.

    Returns:
        ``curve``: ``[coverage, error rate]``, and ``aurc``, the mean error rate over all coverages.

    >>> risk_coverage(np.array([1, 0]), np.array([1, 1]), np.array([0.9, 0.1]))["aurc"]
    0.25
    """
    order = np.argsort(-confidence, kind="stable")
    risk = np.cumsum(gold[order] != said[order]) / np.arange(1, gold.size + 1)
    rows = np.unique(np.maximum(1, np.round(_COVERAGES * gold.size).astype(int)))
    return {
        "aurc": short(float(risk.mean())),
        "curve": [[short(n / gold.size), short(float(risk[n - 1]))] for n in rows],
    }


def multiclass(
    gold: Sequence[str], said: Sequence[str], *, resamples: int = RESAMPLES, seed: int = 0
) -> dict[str, Any]:
    """Measure answers of several classes, the classes being those that gold or answers have.

    >>> multiclass(["a", "b"], ["a", "b"], resamples=50)["macro_f1"]
    [1.0, 1.0, 1.0]
    """
    need("sklearn")
    from sklearn.metrics import precision_recall_fscore_support

    names = sorted(set(gold) | set(said))
    place = {name: i for i, name in enumerate(names)}
    g, s = (np.array([place[x] for x in column], np.int64) for column in (gold, said))
    table = tables(g, s, len(names))
    precision, recall, f1, support = precision_recall_fscore_support(g, s, labels=range(len(names)), zero_division=0)
    return {
        "macro_f1": rounded(of_table(macro_f1, table, resamples, seed)),
        "accuracy": rounded(of_table(accuracy, table, resamples, seed)),
        "classes": {
            name: {
                "precision": short(precision[i]),
                "recall": short(recall[i]),
                "f1": short(f1[i]),
                "n": int(support[i]),
            }
            for i, name in enumerate(names)
        },
        "labels": names,
        "confusion": table.tolist(),
    }


def multilabel(
    gold: Floats, said: Floats, names: Sequence[str], *, resamples: int = RESAMPLES, seed: int = 0
) -> dict[str, Any]:
    """Measure answers of any number of labels a row.

    Args:
        gold: (rows, labels) 0 or 1.
        said: (rows, labels) 0 or 1.
        names: Of the labels.
        resamples: Bootstrap resamples.
        seed: For them.

    Returns:
        ``micro_f1``, ``macro_f1`` (over labels that gold has), and ``labels`` with precision, recall, F1 and count.
    """
    hit, over, missed = gold * said, (1 - gold) * said, gold * (1 - said)
    there = gold.sum(0) > 0

    def scores(weights: Floats) -> tuple[Floats, Floats]:
        tp, wrong = weights @ hit, weights @ (over + missed)
        f1 = np.divide(2 * tp, 2 * tp + wrong, out=np.zeros_like(tp), where=2 * tp + wrong > 0)
        all_tp, all_wrong = tp.sum(1), wrong.sum(1)
        micro = np.divide(2 * all_tp, 2 * all_tp + all_wrong, out=np.zeros_like(all_tp), where=all_tp + all_wrong > 0)
        return micro, f1[:, there].mean(1) if there.any() else np.zeros(len(tp))

    rows = len(gold)
    point = scores(np.ones((1, rows)))
    draws = of_rows(lambda w: np.stack(scores(w)), rows, resamples, seed)
    tp, fp, fn = hit.sum(0), over.sum(0), missed.sum(0)
    return {
        "micro_f1": rounded(interval(float(point[0][0]), draws[0])),
        "macro_f1": rounded(interval(float(point[1][0]), draws[1])),
        "labels": {
            name: {
                "precision": short(tp[i] / max(tp[i] + fp[i], 1)),
                "recall": short(tp[i] / max(tp[i] + fn[i], 1)),
                "f1": short(2 * tp[i] / max(2 * tp[i] + fp[i] + fn[i], 1)),
                "n": int(gold[:, i].sum()),
            }
            for i, name in enumerate(names)
        },
    }


def suspicions(gold: Ints, scores: Sequence[Floats]) -> list[str]:
    """What looks wrong with a gold column, judged by models that had no part in it.

    Args:
        gold: (rows,) 0 or 1.
        scores: (rows,) of each model that has learnt the task.

    Returns:
        Sentences; empty where nothing looks wrong. A column in random order agrees with no model, a column with its
        labels swapped agrees with them upside down.
    """
    if not scores or not 0 < gold.sum() < gold.size or gold.size < 40:
        return []
    areas = [
        interval(
            float(weighted_roc_auc(gold, s, np.ones((1, gold.size)))[0]),
            of_rows(lambda w, s=s: weighted_roc_auc(gold, s, w), gold.size, 400, 0),  # type: ignore[misc]
        )
        for s in scores
    ]
    if sum(a.high < 0.5 for a in areas) > len(areas) / 2:
        return ["most models rank the gold labels upside down: are the classes swapped?"]
    if all(a.low <= 0.5 for a in areas):
        return ["no model does better than chance: is the gold column in another order than the texts?"]
    return []


def short(value: float) -> float:
    """A figure as it is stored: four decimals."""
    return round(float(value), 4)


def rounded(figure: Interval) -> list[float | None]:
    """``[value, low, high]`` as stored; ``None`` where a figure is not a number."""
    return [None if np.isnan(v) else short(v) for v in figure]
