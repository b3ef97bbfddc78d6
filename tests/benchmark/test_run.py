"""A whole run on small data: what stands in a result, that it comes out the same, and what is made of it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from narratives.benchmark import stories
from narratives.benchmark.bench import Settings
from narratives.benchmark.evidence import agreement, faithfulness, read_sequences, span_f1
from narratives.benchmark.functional import BENIGN, read_suite
from narratives.benchmark.peers.base import Answers
from narratives.benchmark.peers.given import Function
from narratives.benchmark.peers.ours import Ours
from narratives.benchmark.plans import plan_of
from narratives.benchmark.report import page, to_json, write
from narratives.benchmark.robustness import changes, folded, noise, other_script, robustness
from narratives.benchmark.run import digest, evaluate
from narratives.benchmark.tables import latex, markdown
from narratives.errors import InputError
from narratives.languages import LANGUAGES
from narratives.resources import find
from narratives.results import LanguageGuess, ModelInfo, PostScore, Stance


@pytest.fixture(scope="module")
def result(plan, data, tiny):
    said: list[str] = []
    settings = Settings(data, ("hurtlex", "tfidf-lr", "ldnoobw"), 100, 0, say=said.append)
    out = evaluate(plan, tiny, "tiny", settings, extra=[Function(lambda t: [0.5] * len(t), "coin")])
    assert any("a place to get it" in line for line in said)
    return out


def test_a_result_says_what_was_measured_and_what_was_not(result):
    (found,) = result["sets"]
    assert [(p["head"], p["slice"]) for p in found["parts"][:2]] == [("offensive", "all"), ("offensive", "migrants")]
    assert set(found["parts"][0]["models"]) == {"tiny", "hurtlex", "tfidf-lr", "coin"}
    assert found["parts"][0]["models"]["tfidf-lr"]["macro_f1"][0] > 0.9
    assert result["skipped"][0]["name"] == "xhate-hr"
    assert result["absent"][0]["model"] == "ldnoobw"
    assert "versus" in found["parts"][0]["models"]["hurtlex"]
    assert {"macro_f1", "same_answer"} <= set(found["robustness"]["models"]["tiny"]["noise 10%"])
    assert set(result["suite"]["models"]["tiny"]["false_positives"]) == set(BENIGN)
    assert result["suite"]["models"]["tiny"]["stories"] == {
        "why": "this model has no heads for narratives, stance and targets"
    }
    assert result["versions"]["narratives"]
    json.dumps(result)


def test_the_same_numbers_twice(result, plan, data, tiny):
    settings = Settings(data, ("hurtlex", "tfidf-lr", "ldnoobw"), 100, 0)
    again = evaluate(plan, tiny, "tiny", settings, extra=[Function(lambda t: [0.5] * len(t), "coin")])
    assert again["digest"] == result["digest"] == digest(result)
    assert digest({**again, "seconds": 0, "machine": ""}) == again["digest"] != digest({**again, "seed": 1})


def test_tiers_stay_apart(result):
    text = markdown({**result, "sets": [{**result["sets"][0], "tier": t} for t in ("real", "translated", "authored")]})
    assert [line for line in text.splitlines() if line.startswith("## ")][:3] == [
        "## Real posts", "## Translated posts", "## Posts written for testing"
    ]  # fmt: skip
    assert "average" not in re.sub("average precision", "", text).lower()


class _Reader(HTMLParser):
    """Collects what a screen reader and a network monitor would look for."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_the_page_asks_for_nothing_and_can_be_read_aloud(result):
    text = page(result)
    reader = _Reader()
    reader.feed(text)
    tags = [tag for tag, _ in reader.tags]
    assert not {"script", "link", "iframe", "img", "object"} & set(tags)
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//|@import|url\(""", text)
    assert {"header", "nav", "main", "footer", "h1"} <= set(tags)
    assert all("scope" in attrs for tag, attrs in reader.tags if tag == "th")
    assert tags.count("svg") == tags.count("desc") > 3
    labelled = [attrs["aria-labelledby"] for tag, attrs in reader.tags if tag == "svg"]
    ids = [attrs["id"] for _, attrs in reader.tags if attrs.get("id")]
    assert len(set(ids)) == len(ids)
    assert all(set(names.split()) <= set(ids) for names in labelled)
    assert "prefers-color-scheme:dark" in text


def test_failures_are_listed_masked(result):
    cases = {case.id: case for case in read_suite(find("datasets/functional/hr.jsonl"))}
    wrong = [cases[i] for i, _ in result["suite"]["models"]["tiny"]["failures"]]
    assert wrong
    text = page(result)
    for case in wrong[:20]:
        assert case.id in text
        assert case.text not in text


def test_files_are_written_whole(result, tmp_path):
    place = write(result, tmp_path / "tiny", latex=True)
    assert sorted(p.name for p in place.parent.iterdir()) == ["hr.html", "hr.json", "hr.md", "hr.tex"]
    assert json.loads((tmp_path / "tiny" / "hr.json").read_text(encoding="utf-8")) == json.loads(to_json(result))
    assert (tmp_path / "tiny" / "hr.json").stat().st_size < 300_000
    tex = latex(result)
    assert tex.count("\\begin{tabular}") == tex.count("\\end{tabular}") == 1
    assert not re.search(r"(?<!\\)[%_#]", tex)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_a_plan_and_a_sound_suite(lang):
    plan = plan_of(lang)
    assert plan.lang == lang
    assert plan.sets or "No labelled real" in plan.note
    cases = read_suite(find(f"datasets/functional/{lang}.jsonl"))
    assert len({case.id for case in cases}) == len(cases) > 250
    known = {f for kinds in BENIGN.values() for f in kinds}
    assert known <= {case.functionality for case in cases}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_is_typed_in_other_ways(lang, tiny):
    cases = read_suite(find(f"datasets/functional/{lang}.jsonl"))[:40]
    ways = changes(lang)
    assert ("other script" in ways) == (lang in {"bs", "cnr", "sr", "mk"})
    assert ("upper case, plain keyboard" in ways) == (lang == "tr")
    for name, change in ways.items():
        assert any(change(case.text) != case.text for case in cases), name
    gold = np.array([case.expected == "hostile" for case in cases], np.int64)
    found = robustness(Ours(tiny), [c.text for c in cases], [lang] * len(cases), gold, None)
    assert list(found) == ["as written", *ways]
    if "other script" in found:  # the text layer reads both alphabets alike
        assert found["other script"]["same_answer"] > 0.9


def test_ways_of_typing():
    assert other_script(other_script("Добар дан, људи", "sr"), "sr") == "Добар дан, људи"
    assert folded("Şişli'de ığdır", "tr") == "Sisli'de igdir"
    assert noise("ista rečenica", 0.5, 1) == noise("ista rečenica", 0.5, 1) != noise("ista rečenica", 0.5, 2)
    long = "ovo je neka rečenica o vremenu " * 40
    changed = sum(a != b for a, b in zip(long.split(), noise(long, 0.05).split(), strict=False))
    assert changed > 0


def _reading(labels=(), mentioned=(), stance="none", decision="clear"):
    return PostScore(
        LanguageGuess("en", "en", "Latn", 1.0), decision, (), ModelInfo("m", "0", "x"), 0.1, 0.1,
        narratives={"invasion_flood": 0.9}, stance=Stance(stance, {stance: 1.0}), targets={"migrants_general": 0.9},
        labels=tuple(labels),
    )  # fmt: skip


def _story(stance, narratives=(), hostile=False):
    return stories.Story("i", "t", "en", hostile, stance, narratives, (), ("migrants_general",), "k")


def test_narratives_and_stance_are_counted():
    items = [
        _story("asserted", ["invasion_flood"], True),
        _story("countered"),
        _story("asserted", ["dehumanisation"], True),
    ]
    posts = [_reading(["hate", "invasion_flood"], stance="asserted"), _reading(stance="reported"),
             _reading(["invasion_flood"], stance="asserted", decision="flag")]  # fmt: skip
    out = stories.measure(items, Answers({}, posts=posts), resamples=50, seed=0)
    assert out["narratives"]["micro_f1"][0] == 0.5  # one hit, one too many, one missed
    assert out["narratives"]["labels"]["invasion_flood"] == {"precision": 0.5, "recall": 1.0, "f1": 0.6667, "n": 1}
    assert out["first_narrative_recall"][0] == 0.5
    assert out["targets"]["micro_f1"][0] == 1.0
    assert out["stance"]["labels"] == ["asserted", "countered", "reported"]
    assert out["stance"]["confusion"] == [[2, 0, 0], [0, 0, 1], [0, 0, 0]]
    assert stories.wrongly_flagged([_story("none")], [_reading(decision="flag")]) == ["i"]


def test_annotated_real_posts_are_joined_to_their_corpus(data, tmp_path, kit):
    from narratives.benchmark.rows import read_set

    rows = read_set(kit.FRENK, data)
    base = {"corpus": "frenk-hr", "lang": "hr", "narratives": {"invasion_flood": 1.0}, "mentioned": {},
            "stance": {"asserted": 1.0}, "targets": {}, "severity": 2.0, "readers": ["A", "B"], "origin": "annotated",
            "version": 1}  # fmt: skip
    lines = [{**base, "key": rows.keys[0], "hostile": 1.0}, {**base, "key": rows.keys[1], "hostile": 0.5},
             {**base, "key": "0" * 16, "hostile": 0.0}]  # fmt: skip
    path = tmp_path / "hr.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    found, counts = stories.annotated(path, data)
    assert [s.text for s in found] == [rows.texts[0]]
    assert counts == {
        "labelled": 3, "used for training": 0, "readers disagree": 1, "text missing": 1, "measured": 1
    }  # fmt: skip


def test_evidence_is_set_against_random_words(tiny):
    cases = read_suite(find("datasets/functional/hr.jsonl"))
    texts = [case.text for case in cases if case.expected == "hostile"][:40]
    first, second = (faithfulness(tiny, texts, ["hr"] * len(texts), resamples=100) for _ in range(2))
    assert first == second
    assert first["n"] >= 10
    # the words shown carry the greatest weights of the tiny model, so the score falls more without them
    assert first["comprehensiveness"]["evidence"] > first["comprehensiveness"]["random"]


def test_spans_are_compared_by_character(tmp_path):
    assert span_f1([(0, 3)], [(0, 3)]) == 1
    assert span_f1([], []) == 1
    assert span_f1([(0, 2)], []) == 0
    place = tmp_path / "ro-offense-sequences"
    place.mkdir()
    head = "id,text,offensive_substrings,offensive_sequences\n"
    (place / "train.csv").write_text(head + '1,taci prostule,"[\'prostule\']","[(5, 13)]"\n2,bine scris,[],[]\n')
    (place / "validation.csv").write_text(head)
    rows, dropped = read_sequences(tmp_path, frozenset())
    assert dropped == 0
    assert agreement(rows, lambda text: [(5, 13)], resamples=50)["span_f1"][0] == 1
    assert agreement(rows, lambda text: [], resamples=50) == {"n": 1, "span_f1": [0.0, 0.0, 0.0], "silent": 1.0}
    (place / "train.csv").write_text(head + "1,text,[],broken\n")
    with pytest.raises(InputError, match="row 2"):
        read_sequences(tmp_path, frozenset())
