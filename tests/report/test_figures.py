"""Intervals, and what counts as growth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives.report.figures import comparison, holm, wilson


@given(st.integers(1, 10**6), st.data())
def test_wilson_holds_the_share(of, data):
    hits = data.draw(st.integers(0, of))
    share = wilson(hits, of)
    assert 0 <= share.low <= share.value <= share.high <= 1


def test_wilson_against_scipy():
    from scipy.stats import binomtest

    expected = binomtest(37, 210).proportion_ci(method="wilson")
    assert wilson(37, 210)[1:3] == pytest.approx((expected.low, expected.high))
    assert wilson(0, 0).of == 0


def weeks(counts, start=739_257):
    return {start + 7 * i: n for i, n in enumerate(counts)}


def test_volume_alone_is_no_growth():
    assert comparison(weeks([100, 100, 100, 100, 5000]), {"a": weeks([10, 10, 10, 10, 500])}).grown == ()


def test_a_larger_share_is_growth():
    found = comparison(weeks([500] * 6), {"a": weeks([10, 11, 9, 10, 10, 60]), "b": weeks([10] * 6)})
    assert [g.id for g in found.grown] == ["a"]
    assert not found.grown[0].new
    assert found.tested == 2


def test_new_narratives_are_marked():
    found = comparison(weeks([500] * 6), {"a": weeks([0, 0, 0, 0, 0, 12])})
    assert found.grown[0].new


def test_weeks_that_differ_anyway_make_it_harder():
    steady = comparison(weeks([500] * 7), {"a": weeks([20, 20, 20, 20, 20, 20, 45])})
    wild = comparison(weeks([500] * 7), {"a": weeks([2, 45, 3, 50, 5, 15, 45])})
    assert [g.id for g in steady.grown] == ["a"]
    assert wild.grown == ()


def test_looking_at_many_makes_it_harder():
    alone = comparison(weeks([200] * 5), {"a": weeks([4, 4, 4, 4, 12])})
    among = comparison(weeks([200] * 5), {"a": weeks([4, 4, 4, 4, 12]), **{f"n{i}": weeks([4] * 5) for i in range(15)}})
    assert [g.id for g in alone.grown] == ["a"]
    assert among.grown == ()


@pytest.mark.parametrize("counts", [[], [100, 100, 100], [100, 100, 100, 49]])
def test_too_little_to_compare(counts):
    assert comparison(weeks(counts), {"a": weeks(counts)}) is None


def test_false_alarms_stay_below_the_level():
    import numpy as np

    rng = np.random.default_rng(3)
    alarms = 0
    for _ in range(200):
        totals = rng.integers(100, 2000, 12)
        told = {str(i): weeks(rng.binomial(totals, 0.02).tolist()) for i in range(8)}
        alarms += bool(comparison(weeks(totals.tolist()), told).grown)
    assert alarms <= 20  # 5 % of 200 are 10; 20 or more have probability .002


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_never_lowers_and_keeps_the_order(p):
    found = holm(p)
    assert all(b >= a for a, b in zip(p, found, strict=True))
    order = sorted(range(len(p)), key=lambda i: p[i])
    assert [found[i] for i in order] == sorted(found)
