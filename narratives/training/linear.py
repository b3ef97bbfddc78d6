"""Fit the experts of one head, and the gate that chooses among them; see ``narratives.backends.linear``.

Both objectives are convex. L-BFGS runs in rounds that start afresh from the last point, so that a run resumed after
any whole round takes the very same path as one that was never stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit, log_softmax

_ROUND = 40

Loss = Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]]


@dataclass(frozen=True, slots=True)
class Penalty:
    """Strength of the L2 penalty on the shared weights, the groups' and the corpora's corrections, and the gate."""

    shared: float
    group: float
    corpus: float
    gate: float


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted head.

    Attributes:
        shared: (buckets,) weights shared by all.
        group: By group, (buckets,) its correction.
        corpus: By corpus, (buckets,) its correction.
        bias: By corpus, the intercept.
    """

    shared: NDArray[np.float64]
    group: Mapping[str, NDArray[np.float64]]
    corpus: Mapping[str, NDArray[np.float64]]
    bias: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Rows:
    """Training rows of one corpus, ready for the solver.

    Attributes:
        features: (rows, buckets).
        turned: The same, transposed: as many times faster for the gradient as it costs memory.
        target: (rows,) probabilities.
        weight: (rows,) importance.
    """

    features: sparse.csr_matrix
    turned: sparse.csr_matrix
    target: NDArray[np.float64]
    weight: NDArray[np.float64]

    @classmethod
    def of(cls, features: sparse.csr_matrix, target: NDArray[np.float64], weight: NDArray[np.float64]) -> Rows:
        """Prepare rows, those of no weight left out."""
        used = np.flatnonzero(weight > 0)
        block = features[used]
        return cls(block, block.T.tocsr(), target[used], weight[used])


def fit_head(
    rows: Mapping[str, Rows],
    group_of: Mapping[str, str],
    penalty: Penalty,
    iterations: int,
    checkpoint: Path | None = None,
    say: Callable[[str], None] = print,
) -> Fit:
    """Fit one head.

    Args:
        rows: Training rows by corpus.
        group_of: Language group by corpus.
        penalty: L2 strengths.
        iterations: L-BFGS iterations at most.
        checkpoint: File to keep the point in after every round; read first if it exists.
        say: Told about progress.

    Returns:
        The fitted weights.
    """
    corpora = list(rows)
    groups = list(dict.fromkeys(group_of[c] for c in corpora))
    buckets = next(iter(rows.values())).features.shape[1]
    tables = 1 + len(groups) + len(corpora)
    strength = np.array([penalty.shared] + [penalty.group] * len(groups) + [penalty.corpus] * len(corpora))
    places = [(1 + groups.index(group_of[c]), 1 + len(groups) + j) for j, c in enumerate(corpora)]

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        table, bias = point[: tables * buckets].reshape(tables, buckets), point[tables * buckets :]
        slope = np.empty_like(point)
        slopes, bias_slope = slope[: tables * buckets].reshape(tables, buckets), slope[tables * buckets :]
        np.multiply(strength[:, None], table, out=slopes)
        total = 0.5 * float((slopes * table).sum())
        for j, c in enumerate(corpora):
            part, (g, own) = rows[c], places[j]
            z = part.features @ (table[0] + table[g] + table[own]) + bias[j]
            total += float(part.weight @ (np.logaddexp(0, z) - part.target * z))
            residual = part.weight * (expit(z) - part.target)
            data_slope = part.turned @ residual
            for i in (0, g, own):
                slopes[i] += data_slope
            bias_slope[j] = residual.sum()
        return total, slope

    point = descend(loss, tables * buckets + len(corpora), iterations, checkpoint, say)
    table, bias = point[: tables * buckets].reshape(tables, buckets), point[tables * buckets :]
    return Fit(
        table[0],
        {group: table[1 + i] for i, group in enumerate(groups)},
        {c: table[own] for c, (_, own) in zip(corpora, places, strict=True)},
        {c: float(b) for c, b in zip(corpora, bias, strict=True)},
    )


def fit_gate(
    features: sparse.csr_matrix,
    classes: NDArray[np.int64],
    penalty: float,
    iterations: int,
    checkpoint: Path | None = None,
    say: Callable[[str], None] = print,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit the gate of one group: which corpus a text comes from.

    Args:
        features: (rows, buckets).
        classes: (rows,) index of the corpus.
        penalty: L2 strength.
        iterations: L-BFGS iterations at most.
        checkpoint: As for :func:`fit_head`.
        say: Told about progress.

    Returns:
        Weights (buckets, corpora) and bias (corpora,).
    """
    count, buckets, turned = int(classes.max()) + 1, features.shape[1], features.T.tocsr()
    sizes = np.bincount(classes, minlength=count)
    # a corpus ten times the size of another is not ten times likelier to be like a user's post
    weight = ((classes.size / count / sizes) ** 0.7)[classes]
    hot = np.eye(count)[classes]

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        table = point[: count * buckets].reshape(buckets, count)
        logp = log_softmax(features @ table + point[count * buckets :], axis=1)
        total = -float(weight @ (logp * hot).sum(axis=1)) + 0.5 * penalty * float((table * table).sum())
        residual = weight[:, None] * (np.exp(logp) - hot)
        return total, np.concatenate([(turned @ residual + penalty * table).ravel(), residual.sum(axis=0)])

    point = descend(loss, (buckets + 1) * count, iterations, checkpoint, say)
    return point[: count * buckets].reshape(buckets, count), point[count * buckets :]


def descend(
    loss: Loss, size: int, iterations: int, checkpoint: Path | None, say: Callable[[str], None]
) -> NDArray[np.float64]:
    """Minimise a convex function from zero with L-BFGS, in resumable rounds.

    Args:
        loss: Gives value and gradient.
        size: Number of parameters.
        iterations: At most so many.
        checkpoint: File to keep the point in after every round, or ``None``.
        say: Told about progress.

    Returns:
        The last point, shape (size,).
    """
    point, done = np.zeros(size), 0
    if checkpoint is not None and checkpoint.exists():
        with np.load(checkpoint) as saved:
            point, done = saved["point"], int(saved["done"])
    while done < iterations:
        options = {"maxiter": min(_ROUND, iterations - done), "maxcor": 6}
        result = minimize(loss, point, jac=True, method="L-BFGS-B", options=options)
        point, done = result.x, (iterations if result.success else min(done + _ROUND, iterations))
        say(f"{done} of {iterations} iterations, loss {result.fun:.1f}")
        if checkpoint is not None:
            part = checkpoint.with_suffix(".part.npz")
            np.savez(part, point=point, done=done)
            part.replace(checkpoint)
    return point
