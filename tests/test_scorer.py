"""Scoring: shapes, order, laziness, decisions. The tiny model's scores mean nothing; the shipped one is in golden."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import narratives
from narratives.errors import InputError, UnknownNameError
from narratives.results import PostScore
from narratives.scorer import LONGEST


def test_one_text_gives_one_score_and_a_list_gives_a_list(tiny):
    assert isinstance(tiny.score("Dobar dan svima"), PostScore)
    assert [type(s) for s in tiny.score_many(["Dobar dan svima"])] == [PostScore]
    assert list(tiny.score_many([])) == []
    assert tiny.predict_proba([]).shape == (0, 2)


def test_every_language_is_read_and_evidence_points_into_the_post(tiny, spoken):
    code, sentence = spoken
    score = tiny.score(sentence, lang=code)
    assert score.language.code == code
    assert 0 <= score.hate <= 1
    assert 0 <= score.offensive <= 1
    for span in score.evidence:
        assert sentence[span.start : span.end] == span.text
        assert span.text.strip()


def test_every_language_is_recognised_as_its_group(tiny, spoken):
    code, sentence = spoken
    assert tiny.score(sentence).language.group == narratives.resolve(code).language.group


@settings(max_examples=40)
@given(st.lists(st.text(max_size=60), max_size=9), st.integers(1, 4))
def test_batches_change_nothing(tiny, posts, size):
    one_by_one = [tiny.score(p, evidence=False) for p in posts]
    together = list(tiny.score_many(posts, batch_size=size))
    assert [s.decision for s in together] == [s.decision for s in one_by_one]
    for a, b in zip(together, one_by_one, strict=True):
        assert a.language == b.language
        if a.hate is not None:
            assert a.hate == pytest.approx(b.hate, abs=1e-5)


def test_a_generator_is_read_one_batch_ahead_only(tiny):
    read = []

    def posts():
        for i in range(1000):
            read.append(i)
            yield f"objava broj {i} o vremenu"

    next(iter(tiny.score_many(posts(), batch_size=10)))
    assert len(read) == 10
    read.clear()
    next(iter(tiny.score_many(posts(), batch_size=1)))  # a live stream gets its answer at once
    assert len(read) == 1


def test_what_was_read_before_a_mistake_is_still_scored(tiny):
    scores = tiny.score_many(["jedan dan", "drugi dan", 3], batch_size=2)
    assert [next(scores).decision for _ in range(2)]
    with pytest.raises(InputError, match="is int"):
        next(scores)


def test_a_post_without_letters_is_not_taken_for_an_unknown_language(tiny):
    assert [tiny.score(post).reasons[0][:9] for post in ("🙂 👍", "2026 12:30", "صباح الخير")] == [
        "There are",
        "There are",
        "The langu",
    ]


@pytest.mark.parametrize(
    "post", ["", "   ", "🙂🙂", "https://primer.example", "12345", "Это совсем другой язык, друзья мои"]
)
def test_what_cannot_be_read_is_unsupported_and_has_no_scores(tiny, post):
    score = tiny.score(post)
    assert score.decision == "unsupported"
    assert score.hate is None
    assert score.offensive is None
    assert score.reasons


def test_probabilities_have_a_column_a_head_and_no_gaps(tiny):
    table = tiny.predict_proba(["Dobar dan svima, kako ste", "", "Это другой язык"])
    assert table.shape == (3, len(tiny.heads))
    assert table.dtype == np.float32
    assert np.isfinite(table).all()


def test_one_language_for_each_post(tiny):
    scores = tiny.score_many(["dobar dan", "merhaba arkadaşlar"], lang=["sr-Latn", "tr"])
    assert [s.language.code for s in scores] == ["sr", "tr"]
    with pytest.raises(InputError, match="fewer languages"):
        list(tiny.score_many(["a", "b"], lang=["sr"]))


@pytest.mark.parametrize("call", [lambda s: list(s.score_many("text")), lambda s: s.predict_proba("text")])
def test_a_bare_string_is_not_a_list_of_posts(tiny, call):
    with pytest.raises(InputError, match="one string"):
        call(tiny)


def test_a_post_that_is_no_string_is_refused_without_being_quoted(tiny):
    with pytest.raises(InputError, match="post 1 of a batch is NoneType"):
        list(tiny.score_many(["dobar dan", None]))
    with pytest.raises(InputError, match="batch_size is 0"):
        list(tiny.score_many(["a"], batch_size=0))


def test_an_unknown_language_lists_the_known_ones(tiny):
    with pytest.raises(UnknownNameError, match="known: en, sq"):
        tiny.score("dobar dan", lang="xx")


def test_transfer_is_said(tiny):
    reasons = tiny.score("Добар ден на сите во градот", lang="mk").reasons
    assert any("No real labelled Macedonian posts" in r for r in reasons)


def test_a_very_long_post_is_read_by_its_beginning(tiny):
    long = "dobar dan svima " * (LONGEST // 16 + 5)
    assert tiny.score(long[:LONGEST]).hate == tiny.score(long + "nešto sasvim drugo").hate
