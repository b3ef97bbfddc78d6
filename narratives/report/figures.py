"""The statistics of a report: shares with intervals, and which narratives have grown by more than chance explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import NamedTuple

_Z = 1.959963984540054  # 97.5 % point of the normal distribution

LEAST_WEEKS = 4
LEAST_POSTS = 50
LEAST_TOLD = 5
ALPHA = 0.05
_BEFORE = 12


class Share(NamedTuple):
    """A share with its 95 % interval; all zero where there is nothing to share."""

    value: float
    low: float
    high: float
    hits: int
    of: int


def wilson(hits: int, of: int) -> Share:
    """A share with its Wilson (1927) score interval, which holds near 0 and 1 too.

    >>> [round(x, 3) for x in wilson(5, 50)[:3]]
    [0.1, 0.043, 0.214]
    """
    if of == 0:
        return Share(0.0, 0.0, 0.0, 0, 0)
    p, z2 = hits / of, _Z * _Z
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z * sqrt(p * (1 - p) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return Share(p, 0.0 if hits == 0 else middle - half, 1.0 if hits == of else middle + half, hits, of)


class Growth(NamedTuple):
    """A narrative that is told more than before.

    Attributes:
        id: Narrative.
        before: Share of posts that told it in the weeks before.
        now: Share in the latest weeks.
        p: One-sided p-value, corrected for the number of narratives (Holm).
        new: Whether it was not told at all before.
    """

    id: str
    before: Share
    now: Share
    p: float
    new: bool


class Comparison(NamedTuple):
    """Latest weeks against those before: which weeks, and what has grown, the surest first."""

    now: tuple[int, int]
    before: tuple[int, int]
    tested: int
    grown: tuple[Growth, ...]


def comparison(totals: Mapping[int, int], told: Mapping[str, Mapping[int, int]]) -> Comparison | None:
    """Look for narratives that grew in the latest week, or the latest two where there are ten weeks or more.

    Shares are compared, not numbers. Weeks differ by more than chance alone (events, who collected what), so both
    sides are made smaller by the variance between the earlier weeks over what chance explains (McCullagh and Nelder
    1989, section 4.5); then Fisher's exact test, one-sided, and Holm's correction over all narratives tested.

    Args:
        totals: Posts of each week.
        told: For each narrative, how many of them told it.

    Returns:
        ``None`` where fewer than four weeks have 50 posts or more.
    """
    weeks = sorted(week for week, n in totals.items() if n >= LEAST_POSTS)
    if len(weeks) < LEAST_WEEKS:
        return None
    size = 2 if len(weeks) >= 10 else 1
    now, before = weeks[-size:], weeks[-size - _BEFORE : -size]
    n_now, n_before = sum(totals[w] for w in now), sum(totals[w] for w in before)
    found = []
    for id, counts in told.items():
        k_now, k_before = (sum(counts.get(w, 0) for w in part) for part in (now, before))
        if k_now + k_before < LEAST_TOLD:
            continue
        spread = _spread([counts.get(w, 0) for w in before], [totals[w] for w in before])
        p = _fisher(k_now, n_now, k_before, n_before, spread)
        found.append(Growth(id, wilson(k_before, n_before), wilson(k_now, n_now), p, k_before == 0))
    corrected = holm([g.p for g in found])
    grown = [g._replace(p=p) for g, p in zip(found, corrected, strict=True)]
    grown = sorted(
        (g for g in grown if g.p < ALPHA and g.now.hits >= LEAST_TOLD), key=lambda g: (g.p, -g.now.value, g.id)
    )
    return Comparison((now[0], now[-1]), (before[0], before[-1]), len(found), tuple(grown))


def _spread(hits: Sequence[int], of: Sequence[int]) -> float:
    """Variance between weeks over what chance explains (Pearson), at least 1."""
    p = sum(hits) / sum(of)
    if not 0 < p < 1 or len(of) < 2:
        return 1.0
    chi = sum((k - n * p) ** 2 / (n * p * (1 - p)) for k, n in zip(hits, of, strict=True))
    return max(1.0, chi / (len(of) - 1))


def _fisher(k_now: int, n_now: int, k_before: int, n_before: int, spread: float) -> float:
    """Fisher's exact test that the share is larger now, on counts divided by the spread; fractions go to the rest."""
    from scipy.stats import hypergeom

    k, n = int(k_now / spread), round(n_now / spread)
    earlier, of = -int(-k_before // spread), round(n_before / spread)
    return float(hypergeom.sf(k - 1, n + of, min(k + earlier, n + of), n))


def holm(p: Sequence[float]) -> list[float]:
    """Holm's (1979) step-down correction, in the order given.

    >>> [round(x, 2) for x in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p)), key=lambda i: p[i])
    out, worst = [1.0] * len(p), 0.0
    for rank, i in enumerate(order):
        worst = max(worst, min(1.0, (len(p) - rank) * p[i]))
        out[i] = worst
    return out
