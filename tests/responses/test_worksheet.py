from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives.errors import InputError, UnknownNameError
from narratives.languages import LANGUAGES
from narratives.responses.worksheet import FACTORS, NO_VERDICT, worksheet
from narratives.results import Span
from narratives.taxonomy import KOSOVO_NOTE

HUMAN = [name for name in FACTORS if name != "content_and_form"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_only_content_and_form_is_filled_in(reading, lang):
    sheet = worksheet(reading(lang, ("dehumanisation",), 3))
    assert [factor.name for factor in sheet.factors] == list(FACTORS)
    for factor in sheet.factors:
        assert bool(factor.prefilled) == (factor.name == "content_and_form")
        assert factor.answer is None
        assert factor.question.count("?") >= 1
    assert list(sheet.open_questions) == HUMAN


def test_there_is_never_a_verdict(reading):
    sheet = worksheet(reading("en", ("violence_incitement",), 4), dict.fromkeys(FACTORS, "yes"))
    assert sheet.to_dict()["verdict"] is None
    assert sheet.open_questions == ()
    assert NO_VERDICT in sheet.to_markdown()
    assert json.loads(json.dumps(sheet.to_dict()))["note"] == NO_VERDICT


def test_answers_of_people_stand_beside_the_question(reading):
    sheet = worksheet(reading("en", ("dehumanisation",), 3), {"speaker": "a mayor", "extent": ""})
    assert sheet.open_questions == ("context", "intent", "extent", "likelihood")
    assert "**Answer:** a mayor" in sheet.to_markdown()


def test_evidence_is_masked_in_markdown_and_whole_in_json(reading):
    sheet = worksheet(reading("en", ("dehumanisation",), 3, evidence=(Span(0, 6, "vermin", "dehumanisation", "cue"),)))
    assert "vermin" not in sheet.to_markdown()
    assert "v•••••" in sheet.to_markdown()
    assert "vermin" in sheet.to_markdown(reveal=True)
    assert "vermin" in json.dumps(sheet.to_dict())


def test_kosovo_carries_its_footnote(reading):
    sheet = worksheet(reading("sq", ("dehumanisation",), 3), {"context": "elections in Kosovo"})
    assert sheet.to_markdown().endswith(KOSOVO_NOTE)
    assert KOSOVO_NOTE not in worksheet(reading("sq", ("dehumanisation",), 3)).to_markdown()


@given(st.text(max_size=80))
def test_an_answer_cannot_become_markup(answer):
    from narratives.results import LanguageGuess, ModelInfo, PostScore

    score = PostScore(LanguageGuess("en", "en", "Latn", 1.0), "flag", (), ModelInfo("m", "1", ""), labels=("hate",))
    rows = worksheet(score, {"context": f"x{answer}\n# Verdict: guilty <b>"}).to_markdown().splitlines()
    assert not any(row.startswith("# Verdict") for row in rows)
    assert not any("<b>" in row.replace("\\<b", "") for row in rows)


@pytest.mark.parametrize(
    ("answers", "error", "reason"),
    [({"guilt": "x"}, UnknownNameError, "likelihood"), ({"intent": 1}, InputError, "expected text")],
)
def test_a_wrong_answer_is_refused(reading, answers, error, reason):
    with pytest.raises(error, match=reason):
        worksheet(reading(), answers)


def test_a_sheet_cannot_be_changed(reading):
    with pytest.raises(dataclasses.FrozenInstanceError):
        worksheet(reading()).model = "x"
