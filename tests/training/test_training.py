"""Training: resumable, seeded, balanced; and a whole run on corpora of our own making."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from narratives.backends.ngrams import NgramHasher
from narratives.corpora import CORPORA
from narratives.errors import MissingFileError
from narratives.scorer import load
from narratives.training.calibrate import REVIEW_SHARE, Scored, calibrate, expected_calibration_error
from narratives.training.card import write_card
from narratives.training.data import balanced_weights, gather
from narratives.training.linear import Penalty, descend
from narratives.training.measure import fast_macro_f1
from narratives.training.recipe import Settings, train

LABELS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=50)


@given(LABELS)
def test_macro_f1_agrees_with_scikit_learn(pairs):
    gold, guess = (np.array(column) for column in zip(*pairs, strict=True))
    expected = f1_score(gold, guess, average="macro", labels=[0, 1], zero_division=0)
    assert fast_macro_f1(gold, guess) == pytest.approx(expected, abs=1e-12)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=60))
def test_calibration_error_is_a_share(rows):
    p, gold = (np.array(column) for column in zip(*rows, strict=True))
    assert 0 <= expected_calibration_error(p, gold) <= 1


def test_calibration_learns_scale_and_offset_and_keeps_a_tenth_for_people():
    rng = np.random.default_rng(3)
    z = rng.normal(0, 2, 4000)
    gold = (rng.random(4000) < 1 / (1 + np.exp(-(z / 2 - 1)))).astype(np.int64)  # temperature 2, offset -1
    found = calibrate([Scored("a", z, gold)])
    assert found.temperature == pytest.approx(2, rel=0.15)
    assert found.offset == pytest.approx(-1, abs=0.15)
    p = found.probabilities(z.astype(np.float32))
    low, high = found.review
    assert ((p > low) & (p < high)).mean() == pytest.approx(REVIEW_SHARE, abs=0.01)


def test_a_head_without_labels_gets_an_honest_default():
    found = calibrate([Scored("a", np.zeros(5), np.zeros(5, np.int64))])
    assert found.pooled
    assert found.rows == 0


@given(
    st.lists(st.sampled_from([0.0, 1.0, float("nan")]), min_size=4, max_size=40).filter(lambda t: {0.0, 1.0} <= set(t))
)
def test_weights_make_the_classes_of_a_corpus_even(target):
    y = np.array(target)
    weights = balanced_weights(y, np.array(["a"] * y.size), 0.5)
    assert (weights[np.isnan(y)] == 0).all()
    assert weights[y == 1].sum() == pytest.approx(weights[y == 0].sum())


def test_a_resumed_fit_takes_the_same_path(tmp_path):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(60, 40)), rng.normal(size=60)

    def loss(x):
        r = np.logaddexp(0, a @ x - b)
        return float(r.sum() + 0.05 * x @ x), a.T @ (1 / (1 + np.exp(-(a @ x - b)))) + 0.1 * x

    class StoppedError(Exception):
        pass

    def stop(message):
        raise StoppedError

    whole = descend(loss, 40, 120, None, lambda _: None)
    checkpoint = tmp_path / "point.npz"
    with pytest.raises(StoppedError):
        descend(loss, 40, 120, checkpoint.with_name("never.npz"), stop)
    for _ in range(3):  # one round a run, as if it were killed after each
        try:
            rounds = []
            descend(loss, 40, 120, checkpoint, lambda m, r=rounds: r.append(m) or (len(r) > 1 and stop(m)))
        except StoppedError:
            pass
    assert np.array_equal(descend(loss, 40, 120, checkpoint, lambda _: None), whole)


HARSH, MILD = ["grozni ljudi", "gamad svuda", "neka idu svi"], ["dobar dan", "lijepo vrijeme", "hvala susjedi"]


@pytest.fixture
def corpora(tmp_path):
    """Two corpora in their authors' layout, with words of ours that are easy to tell apart."""
    rng = np.random.default_rng(1)

    def text(bad, i):
        return f"{rng.choice(HARSH if bad else MILD)} {rng.choice(HARSH if bad else MILD)} broj {chr(97 + i % 26)}{i}"

    data = tmp_path / "data"
    (data / "frenk-hr").mkdir(parents=True)
    rows = [
        f"{i}\t{text(i % 2, i)}\t{'Background offensive' if i % 2 else 'Acceptable speech'}\tx\ty\tz"
        for i in range(700)
    ]
    (data / "frenk-hr" / "train.tsv").write_text("\n".join(rows[:600]) + "\n", encoding="utf-8")
    (data / "frenk-hr" / "dev.tsv").write_text("\n".join(rows[600:]) + "\n", encoding="utf-8")
    (data / "stop-sr").mkdir()
    lines = [f"{i},{text(i % 2, i)},{'1b' if i % 2 else '0'}" for i in range(1000, 1600)]
    (data / "stop-sr" / CORPORA["stop-sr"].files[0]).write_text(
        "ID,Text,Category\n" + "\n".join(lines), encoding="utf-8"
    )
    return data


def test_a_whole_run_learns_and_gives_the_same_bytes_twice(corpora, tmp_path):
    settings = Settings(name="tiny", hasher=NgramHasher(bits=12), penalty=Penalty(0.5, 0.5, 0.5, 0.5), iterations=20)
    said = []
    figures = train(corpora, tmp_path / "model", tmp_path / "work", settings, say=said.append)
    assert any(line.startswith("skipped: corpus ishate-en") for line in said)
    assert {f.corpus for f in figures} == {"frenk-hr", "stop-sr"}
    assert all(f.macro_f1 > 0.9 and f.n > 20 and f.interval[0] <= f.macro_f1 <= f.interval[1] for f in figures)
    scorer = load(tmp_path / "model")
    assert scorer.score("grozni ljudi, gamad svuda, neka idu svi", lang="hr").decision == "flag"
    assert scorer.score("dobar dan, lijepo vrijeme, hvala susjedi", lang="hr").decision == "clear"
    write_card(tmp_path / "model", tmp_path / "work" / "figures.json")
    assert "frenk-hr" in (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    load(tmp_path / "model")  # the card is in SHA256SUMS too
    weights = (tmp_path / "model" / "model.safetensors").read_bytes()
    train(corpora, tmp_path / "again", tmp_path / "other", settings, say=lambda _: None)
    assert (tmp_path / "again" / "model.safetensors").read_bytes() == weights
    config = json.loads((tmp_path / "again" / "config.json").read_text(encoding="utf-8"))
    assert config["calibration"]["hate"]["tr"]["pooled"]
    assert not config["calibration"]["hate"]["bcms"]["pooled"]


def test_no_corpus_at_all_is_an_error(tmp_path):
    with pytest.raises(MissingFileError, match="no corpus found"):
        gather(tmp_path, ["hate"], say=lambda _: None)
