"""Fit temperature, offset, threshold and review band of a head, on posts it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from narratives.calibration import Calibration
from narratives.training.measure import fast_macro_f1

REVIEW_SHARE = 0.10
"""Share of calibration posts, the nearest to the threshold, that is left to a person."""

_FEWEST = 8  # a class with fewer posts says nothing about a threshold
_TRUSTED = 60  # posts of a corpus from which it is half believed about where its yes begins
_GRID = np.linspace(-2.0, 2.0, 81)
_AS_GOOD = 0.005
_BOUNDS = ((-2.0, 4.0), (-12.0, 12.0))  # of log temperature and offset; separable posts would make either infinite
_SMOOTH = 9  # grid points averaged, so that a lucky peak does not set the threshold


@dataclass(frozen=True, slots=True)
class Scored:
    """Raw scores of one corpus with its labels.

    Attributes:
        corpus: Its name.
        logits: (n,) raw scores.
        gold: (n,) 0 or 1.
    """

    corpus: str
    logits: NDArray[np.float64]
    gold: NDArray[np.int64]

    @property
    def usable(self) -> bool:
        """Whether both classes have enough posts."""
        return min(int(self.gold.sum()), int((1 - self.gold).sum())) >= _FEWEST


def calibrate(scored: Sequence[Scored], pooled: bool = False) -> Calibration:
    """Fit one head in one group; every corpus of the group counts the same.

    Temperature and offset minimise log loss. The threshold maximises the mean of the corpora's macro-F1.

    Args:
        scored: Calibration posts, corpus by corpus; those with hardly any posts of a class are left out.
        pooled: Recorded in the result.

    Returns:
        The calibration; the identity with threshold .5 where nothing is usable.
    """
    usable = [s for s in scored if s.usable]
    if not usable:
        return Calibration(1.0, 0.0, 0.5, (0.45, 0.55), 0, True)
    z = np.concatenate([s.logits for s in usable])
    y = np.concatenate([s.gold for s in usable])
    even = np.concatenate([np.full(s.gold.size, 1 / s.gold.size) for s in usable]) / len(usable)

    def loss(point: NDArray[np.float64]) -> float:
        score = z * np.exp(-point[0]) + point[1]
        return float(even @ (np.logaddexp(0, score) - y * score))

    log_temperature, offset = minimize(loss, np.zeros(2), method="Nelder-Mead", bounds=_BOUNDS).x
    temperature = float(np.exp(log_temperature))
    cut = best_cut(usable)
    low, high = _band(z, even, cut)

    def probability(value: float) -> float:
        return float(np.clip(expit(value / temperature + offset), 0.0, 1.0))

    return Calibration(
        temperature, float(offset), probability(cut), (probability(low), probability(high)), int(y.size), pooled
    )


def best_cut(usable: Sequence[Scored]) -> float:
    """The raw score from which saying yes gives the best mean macro-F1 over corpora.

    Args:
        usable: Posts of both classes, corpus by corpus.
    """
    spread = float(np.std(np.concatenate([s.logits for s in usable])))
    grid = _GRID * spread
    gain = np.mean(
        [[fast_macro_f1(s.gold, (s.logits >= cut).astype(np.int64)) for cut in grid] for s in usable], axis=0
    )
    kernel = np.ones(_SMOOTH) / _SMOOTH
    smooth = np.convolve(np.pad(gain, _SMOOTH // 2, mode="edge"), kernel, "valid")
    # the middle of all that is about as good: the best point itself is mostly luck
    return float(grid[smooth >= smooth.max() - _AS_GOOD].mean())


def trusted_cut(scored: Scored) -> float:
    """The :func:`best_cut` of one corpus, drawn towards 0 where its posts are few."""
    return best_cut([scored]) * scored.gold.size / (scored.gold.size + _TRUSTED)


def _band(z: NDArray[np.float64], weight: NDArray[np.float64], cut: float) -> tuple[float, float]:
    """Scores around the cut that enclose REVIEW_SHARE of the weight, half on either side."""
    order = np.argsort(z)
    cumulative = np.cumsum(weight[order])
    at = float(np.interp(cut, z[order], cumulative))
    low, high = np.interp([at - REVIEW_SHARE / 2, at + REVIEW_SHARE / 2], cumulative, z[order])
    return min(float(low), cut), max(float(high), cut)


def expected_calibration_error(p: NDArray[np.float64], gold: NDArray[np.int64], bins: int = 10) -> float:
    """Mean gap between stated and observed rate over equal-width bins, weighted by size (Naeini et al. 2015).

    >>> expected_calibration_error(np.array([0.0, 1.0]), np.array([0, 1]))
    0.0
    """
    place = np.minimum((p * bins).astype(int), bins - 1)
    size = np.bincount(place, minlength=bins)
    gap = np.abs(np.bincount(place, p, bins) - np.bincount(place, gold.astype(float), bins))
    return float(gap.sum() / max(size.sum(), 1))
