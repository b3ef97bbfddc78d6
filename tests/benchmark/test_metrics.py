"""Our metric code against scikit-learn and scipy, and what catches a damaged gold column."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn import metrics as sk

from narratives.benchmark import metrics, resampling

CLOSE = 1e-9


@st.composite
def answers(draw, least=2, classes=2):
    rows = draw(st.integers(least, 60))
    column = st.lists(st.integers(0, classes - 1), min_size=rows, max_size=rows)
    # few distinct scores, so that ties are common
    scores = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), min_size=rows, max_size=rows)
    return np.array(draw(column)), np.array(draw(column)), np.array(draw(scores))


@settings(max_examples=40, deadline=None)
@given(answers(classes=4))
def test_scores_of_tables_agree_with_scikit_learn(rows):
    gold, said, _ = rows
    table = resampling.tables(gold, said, 4)
    assert abs(resampling.macro_f1(table) - sk.f1_score(gold, said, average="macro", zero_division=0)) < CLOSE
    assert abs(resampling.accuracy(table) - sk.accuracy_score(gold, said)) < CLOSE
    by_class = sk.f1_score(gold, said, average=None, labels=range(4), zero_division=0)
    assert np.abs(resampling.f1_by_class(table) - by_class).max() < CLOSE


@settings(max_examples=40, deadline=None)
@given(answers(), st.integers(0, 5))
def test_ranks_agree_with_scikit_learn_on_any_resample(rows, seed):
    gold, _, scores = rows
    weights = next(resampling.row_weights(gold.size, 3, seed))
    auc = resampling.weighted_roc_auc(gold, scores, weights)
    ap = resampling.weighted_average_precision(gold, scores, weights)
    for i, w in enumerate(weights):
        drawn = np.repeat(np.arange(gold.size), w.astype(int))
        if 0 < gold[drawn].sum() < drawn.size:
            assert abs(auc[i] - sk.roc_auc_score(gold[drawn], scores[drawn])) < CLOSE
            assert abs(ap[i] - sk.average_precision_score(gold[drawn], scores[drawn])) < CLOSE
        else:
            assert np.isnan(auc[i])


@settings(max_examples=40, deadline=None)
@given(answers(), st.integers(0, 3))
def test_a_resample_has_as_many_rows_and_no_new_cells(rows, seed):
    gold, said, _ = rows
    table = resampling.tables(gold, said)
    drawn = resampling.resampled(table, 20, seed)
    assert (drawn.sum((1, 2)) == gold.size).all()
    assert not drawn[:, table == 0].any()


def test_resampling_counts_is_resampling_rows():
    rng = np.random.default_rng(1)
    gold, said = rng.integers(0, 2, 300), rng.integers(0, 2, 300)
    counts = resampling.macro_f1(resampling.resampled(resampling.tables(gold, said), 4000, 0))
    picks = rng.integers(0, 300, (4000, 300))
    slow = np.array([float(resampling.macro_f1(resampling.tables(gold[p], said[p]))) for p in picks])
    assert abs(counts.mean() - slow.mean()) < 0.003
    assert abs(counts.std() - slow.std()) < 0.002


@settings(max_examples=40, deadline=None)
@given(answers(least=5))
def test_calibration_agrees_with_scikit_learn(rows):
    gold, _, scores = rows
    out = metrics.calibration(gold, scores)
    assert abs(out["brier"] - sk.brier_score_loss(gold, scores, pos_label=1)) < 1e-4  # stored with four decimals
    assert sum(n for *_, n in out["reliability"]) == gold.size
    assert abs(sum(abs(a - b) * n for a, b, n in out["reliability"]) / gold.size - out["ece"]) < 2e-4


@settings(max_examples=40, deadline=None)
@given(answers())
def test_mcnemar_is_the_exact_binomial_test(rows):
    gold, one, _ = rows
    other = np.roll(one, 1)
    out = resampling.paired(gold, one, other, 50)
    b, c = int(((one == gold) & (other != gold)).sum()), int(((one != gold) & (other == gold)).sum())
    assert (out.only_one, out.only_other) == (b, c)
    assert abs(out.p - (binomtest(b, b + c).pvalue if b + c else 1.0)) < CLOSE
    back = resampling.paired(gold, other, one, 50)
    assert abs(out.difference + back.difference) < CLOSE


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40).flatmap(lambda n: st.lists(st.lists(st.integers(0, 1), min_size=6, max_size=6),
                                                     min_size=n, max_size=n)))  # fmt: skip
def test_many_labels_agree_with_scikit_learn(rows):
    table = np.array(rows, float)
    gold, said = table[:, :3], table[:, 3:]
    out = metrics.multilabel(gold, said, ["a", "b", "c"], resamples=20)
    assert abs(out["micro_f1"][0] - sk.f1_score(gold, said, average="micro", zero_division=0)) < 1e-4
    there = gold.sum(0) > 0
    by_label = sk.f1_score(gold, said, average=None, zero_division=0)
    assert abs(out["macro_f1"][0] - (by_label[there].mean() if there.any() else 0)) < 1e-4


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_never_lowers_a_p_value_and_keeps_the_order(p):
    adjusted = resampling.holm(p)
    assert all(a >= b - CLOSE for a, b in zip(adjusted, p, strict=True))
    assert max(adjusted) <= 1
    order = np.argsort(p, kind="stable")
    assert (np.diff(np.array(adjusted)[order]) >= -CLOSE).all()
    assert min(adjusted) == pytest.approx(min(1, min(p) * len(p)))


def test_an_interval_covers_the_truth_about_95_times_in_100():
    rng = np.random.default_rng(3)
    covered = 0
    for seed in range(200):
        gold = rng.integers(0, 2, 200)
        said = np.where(rng.random(200) < 0.8, gold, 1 - gold)
        figure = resampling.of_table(resampling.accuracy, resampling.tables(gold, said), 400, seed)
        covered += figure.low <= 0.8 <= figure.high
    assert 182 <= covered <= 200


def test_same_seed_same_numbers():
    rng = np.random.default_rng(0)
    gold, said, scores = rng.integers(0, 2, 80), rng.integers(0, 2, 80), rng.random(80)
    first, second = (metrics.binary(gold, said, scores, resamples=200, seed=5) for _ in range(2))
    assert first == second
    assert first != metrics.binary(gold, said, scores, resamples=200, seed=6)


@pytest.fixture
def learnt():
    rng = np.random.default_rng(2)
    gold = rng.integers(0, 2, 400)
    return gold, [np.clip(gold * 0.3 + rng.random(400) * 0.7, 0, 1) for _ in range(3)]


def test_a_shuffled_gold_column_is_noticed(learnt):
    gold, scores = learnt
    assert metrics.suspicions(gold, scores) == []
    shuffled = np.random.default_rng(0).permutation(gold)
    assert "another order" in metrics.suspicions(shuffled, scores)[0]


def test_swapped_labels_are_noticed(learnt):
    gold, scores = learnt
    assert "swapped" in metrics.suspicions(1 - gold, scores)[0]


def test_leaving_the_least_sure_to_a_person_lowers_the_risk():
    gold = np.array([1] * 50 + [0] * 50)
    p = np.linspace(1, 0, 100)
    said = (p >= 0.4).astype(int)
    curve = metrics.risk_coverage(gold, said, np.abs(p - 0.5))["curve"]
    assert curve[0][1] == 0
    assert curve[-1] == [1.0, pytest.approx(np.mean(gold != said))]
