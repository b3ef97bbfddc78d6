"""Error rates: from results of the same model, else from its card, else unknown."""

import json

import pytest

from narratives.languages import LANGUAGES
from narratives.report.limits import limits
from narratives.report.page import _said
from narratives.report.wording import words

CARD = """
| language | corpus | head | n | positive | macro-F1 (95 % interval) | ROC-AUC | own model | difference |
|---|---|---|---|---|---|---|---|---|
| hr | some-hr | hate | 1,863 | 36% | .756 (.724–.785) | .835 | .777 | -0.021 (-0.042 to +0.001) |
| bcms | authored-bcms | offensive | 149 | 35% | .836 (.768–.898) | .907 | .877 | -0.041 (-0.095 to +0.009) |
"""
RESULT = {
    "model": {"name": "m", "sha256": "abc"},
    "sets": [
        {"name": "set-hr", "tier": "real", "parts": [
            {"head": "hate", "slice": "all", "n": 500, "models": {
                "m": {"macro_f1": [0.8, 0.7, 0.9], "precision": [0.9, 0.6], "recall": [0.8, 0.5]}}},
            {"head": "hate", "slice": "refugees", "n": 50, "models": {"m": {"macro_f1": [0.1, 0.0, 0.2]}}},
        ]},
    ],
    "suite": {"models": {"m": {"false_positives": {
        "counter-speech": {"n": 20, "flagged": 3, "rate": [0.15, 0.05, 0.36]},
        "traps": {"n": 10, "flagged": 0, "rate": [0, 0, 0.2]},
        "neutral identity": {"n": 10, "flagged": 1, "rate": [0.1, 0, 0.4]}}}}},
}  # fmt: skip


def test_from_the_card(tmp_path):
    (tmp_path / "README.md").write_text(CARD, encoding="utf-8")
    found = limits("bcms", tmp_path, "abc")
    assert [(m.corpus, m.n, m.f1[0], m.authored) for m in found.sets] == [
        ("some-hr", 1863, 0.756, False),
        ("authored-bcms", 149, 0.836, True),
    ]
    assert limits("hr", tmp_path, "abc").sets[0].corpus == "some-hr"
    assert limits("tr", tmp_path, "abc").sets == ()


@pytest.mark.parametrize("content", [None, "", "no table"])
def test_unknown(tmp_path, content):
    if content is not None:
        (tmp_path / "README.md").write_text(content, encoding="utf-8")
    assert all(limits(code, tmp_path, "abc").sets == () for code in LANGUAGES)


def test_from_results_of_the_same_model_only(tmp_path, monkeypatch):
    folder = tmp_path / "evaluation" / "results" / "m"
    folder.mkdir(parents=True)
    (folder / "hr.json").write_text(json.dumps(RESULT), encoding="utf-8")
    monkeypatch.setenv("NARRATIVES_HOME", str(tmp_path))
    found = limits("bcms", tmp_path, "abc")
    assert [(m.corpus, m.right, m.found) for m in found.sets] == [("set-hr", 0.6, 0.5)]
    assert found.alarms == {"counter_speech": 0.15, "other": 0.05}
    assert limits("bcms", tmp_path, "another").sets == ()


def test_the_results_of_the_shipped_model_are_found():
    from narratives.backends import open_model
    from narratives.backends.base import model_folder

    digest = open_model().info.sha256
    found = {code: limits(code, model_folder(None), digest) for code in LANGUAGES}
    assert all(limit.sets for limit in found.values())
    assert [(m.corpus, m.head, m.authored) for m in found["mk"].sets] == [("authored-mk", "hostile", True)]
    assert all(limit.alarms for limit in found.values())
    assert {code for code, limit in found.items() if limit.sets[0].annotated} >= {"en", "hr", "tr"}


@pytest.mark.parametrize(("positive", "few"), [(200, False), (2, True), (399, True)])
def test_figures_on_annotated_posts_come_first_and_few_posts_are_not_generalised(tmp_path, monkeypatch, positive, few):
    binary = {"macro_f1": [0.7, 0.6, 0.8], "precision": [0.8, 0.0], "recall": [0.9, 0.0]}
    row = {"binary": binary, "harmless_flagged": [0.12, 0.1, 0.15]}
    annotated = {"tier": "real", "n": 400, "positive": positive, "models": {"m": row}}
    folder = tmp_path / "evaluation" / "results" / "m"
    folder.mkdir(parents=True)
    (folder / "tr.json").write_text(json.dumps({**RESULT, "lang": "tr", "annotated": annotated}), encoding="utf-8")
    monkeypatch.setenv("NARRATIVES_HOME", str(tmp_path))
    first, second = limits("tr", tmp_path, "abc").sets
    assert (first.corpus, first.n, first.annotated, first.few) == ("annotated-tr", 400, True, few)
    assert not second.annotated
    for lang in LANGUAGES:
        w = words(lang)
        said = " ".join(_said(w, first))
        assert w("limits_harmless", n="12", interval=w("to", low="10", high="15")) in said
        assert (w.number(0.7, 2) in said) != few  # macro-F1 of two hostile posts would be no figure
        assert w("limits_annotated") not in said
