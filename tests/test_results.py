"""Scores as plain values and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives.errors import InputError
from narratives.results import DECISIONS, LanguageGuess, ModelInfo, PostScore, Span, Stance

P = st.floats(0, 1)
TABLE = st.none() | st.dictionaries(st.sampled_from(["invasion_flood", "welfare_burden"]), P)
SCORES = st.builds(
    PostScore,
    language=st.builds(LanguageGuess, st.just("sr"), st.just("bcms"), st.sampled_from(["Latn", "Cyrl"]), P),
    decision=st.sampled_from(DECISIONS),
    reasons=st.lists(st.text(), max_size=2).map(tuple),
    model=st.just(ModelInfo("tiny", "0", "ab")),
    offensive=st.none() | P,
    hate=st.none() | P,
    narratives=TABLE,
    stance=st.none() | st.builds(Stance, st.just("asserted"), st.just({"asserted": 0.9, "none": 0.1})),
    targets=TABLE,
    labels=st.lists(st.sampled_from(["hate", "offensive"]), unique=True).map(tuple),
    language_severity=st.none() | st.integers(0, 4),
    evidence=st.lists(st.builds(Span, st.just(0), st.just(1), st.text(), st.just("hate"), st.just("model"))).map(tuple),
)


@given(SCORES)
def test_from_dict_undoes_to_dict_through_json(score):
    assert PostScore.from_dict(json.loads(json.dumps(score.to_dict()))) == score


@given(SCORES)
def test_heads_that_are_absent_are_left_out_and_never_zero(score):
    data = score.to_dict()
    for head in ("offensive", "hate", "narratives", "stance", "targets"):
        assert (head in data) == (getattr(score, head) is not None)


@pytest.mark.parametrize(
    "change", [{"decision": "ban"}, {"language": None}, {"evidence": [{"start": 0}]}, {"model": 3}]
)
def test_what_is_no_score_is_refused(change):
    score = PostScore(LanguageGuess("und", "und", "Zyyy", 0.0), "clear", (), ModelInfo("m", "0", "x")).to_dict()
    with pytest.raises(InputError):
        PostScore.from_dict({**score, **change})
