"""The review and calibrate commands from a pipe; the keyboard is tried in a terminal of its own below."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time

import pytest

from narratives.batch import score_file
from narratives.scorer import load
from narratives.text import redact

HOSTILE = "rečenica o gamadi i hordi, kaže @ana"


@pytest.fixture
def scored(tmp_path, tiny_folder):
    """Forty posts scored by the tiny model, whose flags are as good as random."""
    lines = [f"{i},{HOSTILE if i == 3 else f'rečenica {chr(97 + i % 26)}{i} o danu i gradu'},hr" for i in range(40)]
    (tmp_path / "in.csv").write_text(
        "id,text,l\n"
        + "\n".join(f'{line.split(",")[0]},"{line[line.index(",") + 1 : -3]}",hr' for line in lines)
        + "\n",
        encoding="utf-8",
    )
    score_file(tmp_path / "in.csv", tmp_path / "scored.csv", model=tiny_folder, lang_column="l")
    return tmp_path / "scored.csv"


def decisions(scored):
    path = scored.with_name("scored.decisions.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def test_counts_come_first_and_no_text_unasked(run, scored):
    result = run("review", scored, input="q")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("40 posts, scored by tiny 0 ")
    assert "clear" in lines[1]
    assert "rečenica" not in result.stdout
    assert decisions(scored) == []


def test_only_counts_asks_nothing(run, scored):
    result = run("review", scored, "--only-counts")
    assert "Keys" not in result.stdout
    assert result.exit_code == 0


def test_decisions_are_saved_and_gone_on_with(run, scored):
    first = run("review", scored, "--max-items", 4, input="fcus")
    assert "3 decisions saved" in first.stdout
    assert [d["verdict"] for d in decisions(scored)] == ["flag", "clear", "unsure"]
    run("review", scored, "--max-items", 4, input="f")
    rows = [d["row"] for d in decisions(scored)]
    assert len(rows) == len(set(rows)) == 4


def test_labels_are_typed_and_a_wrong_one_is_explained(run, scored):
    result = run("review", scored, "--max-items", 2, input="lnonsense\nlinvasion_flood hate\nf")
    assert "unknown label nonsense; known:" in result.stdout
    assert decisions(scored)[0]["labels"] == ["invasion_flood", "hate"]


def test_opened_text_is_masked_and_redacted(run, tmp_path, tiny_folder):
    score = load(tiny_folder).score(HOSTILE, lang="hr")
    row = {"text": "ti si cigančina, kaže @ana i još mnogo drugih", "lang": "hr", "hate": 0.9, "decision": "flag"}
    row |= {"labels": ["hate"], "model": "tiny 0 x", "row_status": "ok"}
    path = tmp_path / "scored.jsonl"
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    result = run("review", path, "--model", tiny_folder, input="oohq")
    assert "cigan" not in result.stdout
    assert "c•••••" in result.stdout
    assert "@ana" not in result.stdout
    assert score.language.code == "hr"


def test_the_model_is_loaded_on_the_first_look_and_that_is_told_before(run, scored, tiny_folder):
    result = run("review", scored, "--max-items", 2, "--model", tiny_folder, input="oohosoq")
    assert result.stdout.count("loading the model") == 1
    assert "loading the model" not in run("review", scored, "--max-items", 2, input="q").stdout


def test_it_is_about_me_hides_and_helps(run, scored):
    result = run("review", scored, "--max-items", 3, input="mq")
    assert "narratives routes" in result.stdout
    assert decisions(scored) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--without", "floods"), "unknown narrative 'floods'"), (("--max-items", "0"), "max-items")],
)
def test_wrong_options_are_one_line(run, scored, arguments, said):
    result = run("review", scored, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_file_that_was_not_scored_is_told(run, tmp_path):
    (tmp_path / "in.csv").write_text("text\nda\n", encoding="utf-8")
    result = run("review", tmp_path / "in.csv")
    assert result.exit_code == 2
    assert "expected a scored file: narratives batch in.csv OUT" in result.stderr


def judge(path, verdicts):
    """Decisions about every row, as ``review`` writes them."""
    from narratives.batch.scored import read_scored
    from narratives.review import Decisions, Item
    from narratives.review.queue import digest

    out = Decisions(path.with_name("reviewed.jsonl"))
    for row in read_scored(path):
        item = Item(row.number, row.text, "other", row.scores, 1, digest(row.text))
        out.add(item, verdicts(row), None)
    return out.path


def test_calibrate_writes_a_model_that_decides_as_people_did(run, tmp_path, tiny_folder):
    lines = [f'"rečenica {redact(str(i)).text} {chr(97 + i % 26)} o danu i gradu {i * 7}"' for i in range(300)]
    (tmp_path / "in.csv").write_text("text\n" + "\n".join(lines) + "\n", encoding="utf-8")
    scored = tmp_path / "scored.parquet"
    score_file(tmp_path / "in.csv", scored, model=tiny_folder, lang="hr")
    from narratives.batch.scored import read_scored

    p = sorted(row.scores["hate"] for row in read_scored(scored))
    line = p[len(p) // 4]
    assert line != pytest.approx(0.5, abs=0.02)
    reviewed = judge(scored, lambda row: "flag" if row.scores["hate"] >= line else "clear")
    result = run("calibrate", scored, reviewed, "--model", tiny_folder)
    assert result.exit_code == 0
    assert "| hate | bcms | 300 | 0.500 → " in result.stdout
    assert "nothing was written" in result.stderr
    folder = tmp_path / "mine"
    assert run("calibrate", scored, reviewed, "--model", tiny_folder, "-o", folder).exit_code == 0
    new, old = load(folder), load(tiny_folder)
    assert new.info.version == "0+refitted"
    assert new.info.sha256 != old.info.sha256
    threshold = new.backend.calibration["hate"]["bcms"].threshold
    assert abs(threshold - line) < abs(0.5 - line)
    assert new.backend.calibration["hate"]["tr"] == old.backend.calibration["hate"]["tr"]
    again = run("calibrate", scored, reviewed, "--model", tiny_folder, "-o", folder)
    assert again.exit_code == 2
    assert "is there already" in again.stderr
    other = run("calibrate", scored, reviewed, "--model", folder)
    assert other.exit_code == 2
    assert "was scored by tiny 0 " in other.stderr


def test_calibrate_changes_nothing_on_few_decisions(run, scored, tiny_folder):
    run("review", scored, "--max-items", 5, input="fcfcf")
    result = run(
        "calibrate",
        scored,
        scored.with_name("scored.decisions.jsonl"),
        "--model",
        tiny_folder,
        "-o",
        scored.with_name("m"),
    )
    assert result.exit_code == 1
    assert "unchanged: 5 decisions" in result.stdout
    assert not scored.with_name("m").exists()


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
def test_the_keyboard_in_a_real_terminal(scored, tiny_folder):
    """Single keys, no Enter; an arrow key does nothing; what was shown is gone from the screen at the end."""
    name = f"narratives-{os.getpid()}"
    command = f"{sys.executable} -m narratives review {scored} --max-items 3 --model {tiny_folder}; sleep 600"

    def tmux(*arguments):
        return subprocess.run(["tmux", "-L", name, *arguments], capture_output=True, text=True, check=False).stdout

    def wait(for_):
        for _ in range(600):
            if for_ in (shown := tmux("capture-pane", "-p")):
                return shown
            time.sleep(0.1)
        raise AssertionError(tmux("capture-pane", "-p"))

    try:
        tmux("new-session", "-d", "-x", "150", "-y", "50", command)
        assert "rečenica" not in wait("[1/3,")
        tmux("send-keys", "Up")
        tmux("send-keys", "o")
        tmux("send-keys", "o")
        wait("@USER")
        tmux("send-keys", "f")
        assert "@USER" not in wait("[2/3,")
        tmux("send-keys", "c")
        wait("[3/3,")
        tmux("send-keys", "Escape")
        shown = wait("2 decisions saved")
        assert "@USER" not in shown + tmux("capture-pane", "-p", "-S", "-")
        assert [d["verdict"] for d in decisions(scored)] == ["flag", "clear"]
    finally:
        tmux("kill-server")
