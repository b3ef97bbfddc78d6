"""Put the n-gram part and the encoder part of the default model together, on posts neither was trained on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from narratives.training.tasks import HEADS, Tasks

CARD_BITS = 16
"""Buckets of the label cards' n-grams, as a power of two: the posts with these labels are few."""

_CORPORA = 0.3  # weight of a corpus' hate where it stands in for hostility
_NAMES = 2.0  # weight of a plain mention of a group beside that of a post
_FEWEST = 12  # posts with a label below which its n-grams are not worth a regression


def kind_of(head: str) -> str:
    """The part of a head's name before the dot; heads of a kind are blended alike.

    >>> kind_of("narrative.invasion_flood")
    'narrative'
    """
    return head.partition(".")[0]


def fit_cards(
    features: sparse.csr_matrix, tasks: Tasks, first: int, strength: float, say: Callable[[str], None] = print
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Logistic regressions of the label cards' heads on n-grams; shares of readers count as weights.

    Args:
        features: (rows, buckets) weighed n-grams of all rows.
        tasks: Their labels.
        first: Heads before this column are not of the label cards.
        strength: Inverse of the L2 penalty.
        say: Told about progress.

    Returns:
        Table (2**CARD_BITS, heads - first) and bias (heads - first,).
    """
    folded = fold_buckets(features)
    table = np.zeros((2**CARD_BITS, len(HEADS) - first), np.float32)
    bias = np.full(len(HEADS) - first, -4.0, np.float32)
    training = tasks.splits == "train"
    carded = ~np.isnan(tasks.column("stance.none"))  # else weak labels are too many and too coarse for this
    for column in range(first, len(HEADS)):
        y = tasks.labels[:, column]
        rows = np.flatnonzero(training & (carded | (HEADS[column] == "hostile")) & ~np.isnan(y))
        share = y[rows].astype(np.float64)
        if share.sum() < _FEWEST:
            continue
        yes, no = rows[share > 0], rows[share < 1]
        x = sparse.vstack([folded[yes], folded[no]])
        target = np.r_[np.ones(yes.size), np.zeros(no.size)]
        # a name alone has few n-grams, so each must weigh more than a post for them not to be taken for the attack
        own = np.where(np.char.startswith(tasks.sources[np.r_[yes, no]], "names"), _NAMES, 1.0)
        own *= np.where(carded[np.r_[yes, no]], 1.0, _CORPORA)
        weight = np.r_[share[share > 0], 1 - share[share < 1]] * own
        # one post in a hundred tells a given story: unbalanced, a regression would hardly learn it
        ratio = float(weight[target == 0].sum() / max(weight[target == 1].sum(), 1.0))
        weight *= np.where(target == 1, ratio, 1.0)
        model = LogisticRegression(C=strength, max_iter=150, tol=1e-6).fit(x, target, sample_weight=weight)
        table[:, column - first], bias[column - first] = model.coef_[0], model.intercept_[0]
    say(f"label cards on n-grams: {len(HEADS) - first} heads")
    return table, bias


def fold_buckets(features: sparse.csr_matrix) -> sparse.csr_matrix:
    """The same rows over 2**CARD_BITS buckets."""
    rows, size = features.shape[0], 2**CARD_BITS
    return sparse.csr_matrix((features.data, features.indices % size, features.indptr), (rows, size))


def fit_blend(
    wide: NDArray[np.float32],
    deep: NDArray[np.float32],
    tasks: Tasks,
    rows: NDArray[np.bool_],
    own: Sequence[str],
    penalty: float = 0.02,
) -> dict[str, NDArray[np.float32]]:
    """Weights of the two parts.

    ``offensive`` and ``hate`` get their own for each language group, every other kind of head the same over all
    languages and labels, since posts with those labels are few.

    Args:
        wide: (rows, heads) logits of the n-grams.
        deep: (rows, heads) logits of the encoder.
        tasks: Labels.
        rows: (rows,) which to fit on; none may have been trained on.
        own: Heads that are fitted by group.
        penalty: Pull towards equal weights.

    Returns:
        Group to (3, heads): weight of wide, weight of deep, offset.
    """
    groups = [str(g) for g in dict.fromkeys(tasks.groups)]
    out = {g: np.zeros((3, len(HEADS)), np.float32) for g in (*groups, "any")}
    kinds: dict[str, list[int]] = {}
    for column, head in enumerate(HEADS):
        kinds.setdefault(kind_of(head), []).append(column)
    for kind, columns in kinds.items():
        # the n-grams of `offensive` and `hate` have seen annotated posts that are held out for the label cards alone
        usable = rows & ~tasks.real if kind in own else rows
        pooled = _weights(wide, deep, tasks, usable, columns, penalty)
        for group, table in out.items():
            if kind in own and group != "any":
                fitted = _weights(wide, deep, tasks, usable & (tasks.groups == group), columns, penalty, pooled)
            else:
                fitted = pooled
            table[:, columns] = np.array(fitted)[:, None]
    return out


def _weights(
    wide: NDArray[np.float32],
    deep: NDArray[np.float32],
    tasks: Tasks,
    rows: NDArray[np.bool_],
    columns: Sequence[int],
    penalty: float,
    start: tuple[float, float, float] = (0.5, 0.5, 0.0),
) -> tuple[float, float, float]:
    a, b, y, w = [], [], [], []
    for column in columns:
        known = np.flatnonzero(rows & ~np.isnan(tasks.labels[:, column]))
        if not known.size:
            continue
        _, source, size = np.unique(tasks.sources[known], return_inverse=True, return_counts=True)
        a.append(wide[known, column])
        b.append(deep[known, column])
        y.append(tasks.labels[known, column])
        w.append(size[source] ** -0.5)  # corpora evened out in part
    if not y:
        return start
    left, right, gold = (np.concatenate(part).astype(np.float64) for part in (a, b, y))
    weight = np.concatenate(w)
    weight /= weight.sum()
    positive = float(np.clip((weight * gold).sum(), 0.02, 0.98))
    weight *= np.where(gold >= 0.5, 0.5 / positive, 0.5 / (1 - positive))
    origin = np.array(start)

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = point[0] * left + point[1] * right + point[2]
        p = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
        value = float(weight @ (np.logaddexp(0, z) - gold * z)) + penalty * float(((point - origin)[:2] ** 2).sum())
        slope = weight * (p - gold)
        gradient = np.array([slope @ left, slope @ right, slope.sum()])
        gradient[:2] += 2 * penalty * (point - origin)[:2]
        return value, gradient

    found = minimize(loss, origin, jac=True, method="L-BFGS-B", bounds=[(0, 3), (0, 3), (-10, 10)])
    return float(found.x[0]), float(found.x[1]), float(found.x[2])


def blended(
    wide: NDArray[np.float32],
    deep: NDArray[np.float32],
    groups: NDArray[np.str_],
    blend: Mapping[str, NDArray[np.float32]],
) -> NDArray[np.float32]:
    """(rows, heads) logits of both parts together."""
    out = np.empty_like(wide)
    for group in dict.fromkeys(groups.tolist()):
        at = groups == group
        share, part, offset = blend[group]
        out[at] = share * wide[at] + part * deep[at] + offset
    return out
