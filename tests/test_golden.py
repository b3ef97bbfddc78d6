"""What the shipped model decides on plain cases. A known failure is marked, and turns red when it starts to pass."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import narratives

CASES = json.loads((Path(__file__).parent / "golden" / "decisions.json").read_text(encoding="utf-8"))
ACCEPTED = {"caught": {"flag", "review"}, "left alone": {"clear", "review"}}


@pytest.fixture(scope="module")
def default():
    return narratives.load()


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{c['lang']}-{c['expect']}" for i, c in enumerate(CASES)])
@pytest.mark.parametrize("named", [True, False], ids=["named", "detected"])
def test_decision(default, case, named, request):
    if case.get("known_failure"):
        request.applymarker(pytest.mark.xfail(reason=case["known_failure"], strict=True))
    score = default.score(case["text"], lang=case["lang"] if named else None)
    assert score.language.group == narratives.resolve(case["lang"]).language.group
    assert score.decision in ACCEPTED[case["expect"]], f"hate {score.hate}"


def test_every_language_has_both_kinds():
    for code in narratives.LANGUAGES:
        assert {c["expect"] for c in CASES if c["lang"] == code} == set(ACCEPTED)


@pytest.mark.parametrize("noise", ["upper", "stretched", "other script"])
def test_a_way_of_typing_changes_little(default, noise):
    from narratives.text import to_latin

    twins = {
        "upper": lambda t: t.upper(),
        "stretched": lambda t: t.replace("a", "aaaa", 1),
        "other script": to_latin,
    }
    texts = [c["text"] for c in CASES]
    langs = [c["lang"] for c in CASES]
    plain = default.predict_proba(texts, lang=langs)
    typed = default.predict_proba([twins[noise](t) for t in texts], lang=langs)
    assert abs(plain - typed).mean() < 0.05
