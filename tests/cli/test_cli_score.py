from __future__ import annotations

import inspect
import json

import pytest

from narratives.results import PostScore
from narratives.scorer import Scorer

HOSTILE = "These people are pests and they should go."


def read(stdout):
    return [PostScore.from_dict(json.loads(line)) for line in stdout.splitlines()]


def test_json_is_one_score_a_line_and_nothing_else(run, scorer):
    result = run("score", "--json", HOSTILE, "Good morning, šta ima?")
    assert result.exit_code == 0
    assert [s.decision for s in read(result.stdout)] == ["flag", "clear"]
    assert read(result.stdout) == [scorer.read(HOSTILE, None, True), scorer.read("Good morning, šta ima?", None, True)]
    assert result.stderr == ""


def test_json_keeps_evidence_as_written(run, scorer):
    (score,) = read(run("score", "--json", HOSTILE).stdout)
    (span,) = score.evidence
    assert HOSTILE[span.start : span.end] == span.text == "pests"


def test_pretty_masks_hostile_words(run, scorer):
    result = run("score", HOSTILE)
    assert result.exit_code == 0
    assert "FLAG" in result.stdout
    assert "hate 0.90" in result.stdout
    assert "English" in result.stdout
    assert "Because." in result.stdout
    assert "‹p••••›" in result.stdout
    assert "pests" not in result.stdout
    assert "\x1b" not in result.stdout


def test_reveal_shows_them(run, scorer):
    assert "‹pests›" in run("score", "--reveal", HOSTILE).stdout


def test_pretty_does_not_echo_a_long_post(run, scorer):
    post = "first " + "words " * 100 + "pests " + "more " * 100 + "last"
    shown = run("score", post).stdout
    assert "‹p••••›" in shown
    assert "first" not in shown
    assert "last" not in shown
    assert max(map(len, shown.splitlines())) < 120


def test_options_reach_the_scorer(run, scorer):
    run("score", "--lang", "sr-Cyrl", "--no-evidence", "Добар дан")
    assert scorer.calls == [{"post": "Добар дан", "lang": "sr-Cyrl", "evidence": False}]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_standard_input_is_read_by_lines(run, scorer, end):
    data = b"\xef\xbb\xbf" + end.join([b"one", b"", "üç\u2028x".encode(), b"pests"])
    result = run("score", "--json", "-", input=data)
    assert [call["post"] for call in scorer.calls] == ["one", "", "üç\u2028x", "pests"]
    assert [s.decision for s in read(result.stdout)] == ["clear", "unsupported", "clear", "flag"]


def test_dash_keeps_its_place_among_posts(run, scorer):
    run("score", "before", "-", "after", input="within\n")
    assert [call["post"] for call in scorer.calls] == ["before", "within", "after"]


def test_posts_are_numbered_when_several(run, scorer):
    shown = run("score", "a", "b").stdout
    assert "1.  CLEAR" in shown
    assert "2.  CLEAR" in shown
    assert run("score", "a").stdout.startswith("CLEAR")


def test_empty_standard_input_is_nothing_done(run, scorer):
    result = run("score", "-", input="")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == "narratives: nothing to score on standard input\n"


def test_input_in_another_encoding_is_refused_with_the_remedy(run, scorer):
    result = run("score", "-", input="ok\nšta ima\n".encode("cp1250"))
    assert result.exit_code == 2
    assert "line 2" in result.stderr
    assert "iconv" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_an_unknown_language_lists_the_known_ones_before_anything_is_loaded(run, monkeypatch):
    result = run("score", "--lang", "xx", HOSTILE)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("narratives: unknown language 'xx'; known: en, sq")
    assert len(result.stderr.splitlines()) == 1
    assert HOSTILE not in result.stderr


def test_an_unexpected_error_does_not_print_the_post(run, scorer, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("bug")

    monkeypatch.setattr(scorer, "score_many", broken)
    result = run("score", HOSTILE)
    assert isinstance(result.exception, RuntimeError)
    assert HOSTILE not in result.output


def test_stopping_from_the_keyboard(run, scorer, monkeypatch):
    def stopped(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(scorer, "score_many", stopped)
    result = run("score", "x")
    assert result.exit_code == 130
    assert result.stderr == "narratives: stopped\n"


def test_an_operating_system_error_is_one_line(run, scorer, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device", "out.csv")

    monkeypatch.setattr(scorer, "score_many", full)
    result = run("score", "x")
    assert result.exit_code == 1
    assert result.stderr == "narratives: No space left on device: out.csv\n"


def test_a_model_folder_is_scored_with_in_every_language(run, tiny, tiny_folder, spoken):
    code, post = spoken
    result = run("score", "--json", "--model", tiny_folder, "--lang", code, post)
    assert result.exit_code == 0
    assert read(result.stdout) == [tiny.score(post, code)]
    assert run("score", "--model", tiny_folder, post).exit_code == 0


def test_the_stand_in_takes_what_the_real_scorer_takes(scorer):
    real, fake = (inspect.signature(kind.score_many).parameters for kind in (Scorer, type(scorer)))
    assert [(p.name, p.kind, p.default) for p in fake.values()] == [(p.name, p.kind, p.default) for p in real.values()]


def test_no_post_at_all_is_a_usage_error(run, scorer):
    assert run("score").exit_code == 2
