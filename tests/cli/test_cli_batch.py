from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from narratives.errors import InputError, MissingFileError, WorkerError


@pytest.fixture
def files(monkeypatch):
    """Stands in for ``narratives.batch``: remembers what it was asked for."""
    seen = SimpleNamespace(
        asked=None,
        error=None,
        summary={
            **{"rows": 3, "flag": 1, "review": 0, "clear": 1, "unsupported": 0, "errors": 1, "kinds": {"truncated": 1}},
            **{"repeats": 0, "resumed": 0, "preset": None, "authors": (), "rejects": None},
        },
    )

    def score_file(source, target, **options):
        if seen.error:
            raise seen.error
        seen.asked = {"source": source, "target": target, **options}
        if options["progress"]:
            options["progress"](2, 3)
            options["progress"](3, 3)
        return SimpleNamespace(**seen.summary, seconds=0.5)

    monkeypatch.setitem(sys.modules, "narratives.batch", SimpleNamespace(score_file=score_file))
    return seen


def test_defaults(run, scorer, files):
    result = run("batch", "in.csv", "out.csv")
    assert result.exit_code == 0
    assert files.asked == {
        "source": Path("in.csv"),
        "target": Path("out.csv"),
        "model": None,
        "jobs": 1,
        "limit": None,
        "sample": None,
        "seed": 0,
        "authors": "hash",
        "author_columns": None,
        "salt": None,
        "raw_cells": False,
        "resume": False,
        "restart": False,
        "overwrite": False,
        "text": None,
        "lang": None,
        "lang_column": None,
        "format": None,
        "redact": False,
        "batch_size": 1024,
        "progress": None,
        "observe": None,
        "encoding": None,
    }


def test_options(run, scorer, files):
    run("batch", "a", "b", "--text", "body", "--lang-column", "l", "--format", "tsv", "--redact", "--batch-size", 7)
    asked = files.asked
    assert (asked["text"], asked["lang_column"], asked["format"]) == ("body", "l", "tsv")
    assert type(asked["format"]) is str
    assert (asked["redact"], asked["batch_size"]) == (True, 7)


def test_summary_goes_to_standard_error(run, scorer, files):
    result = run("batch", "in.csv", "out.csv")
    assert result.stdout == ""
    assert result.stderr == (
        "3 rows in 0.5 s, 6 a second: 1 flag, 0 review, 1 clear, 0 unsupported; written to out.csv\n"
        "1 row was not taken as it stands: 1 truncated\n"
    )


def test_summary_says_what_was_recognised_hidden_repeated_and_resumed(run, scorer, files):
    files.summary |= {"preset": "Telegram", "authors": ("from", "from_id"), "repeats": 2, "resumed": 1}
    files.summary |= {"errors": 2, "kinds": {"bad_row": 1, "null_text": 1}, "rejects": Path("out.rejects.jsonl")}
    told = run("batch", "in.csv", "out.csv").stderr
    assert "3 rows (1 of them by the run before) in 0.5 s, 4 a second" in told
    assert "read as an export of Telegram" in told
    assert "2 rows repeat a post" in told
    assert "author columns hidden: from, from_id" in told
    assert "2 rows were not taken as they stand: 1 bad_row, 1 null_text; listed in out.rejects.jsonl" in told


def test_several_processes_load_the_model_themselves(run, scorer, files):
    run("batch", "in.csv", "out.csv", "--jobs", 2, "--model", "some/folder", "--resume", "--authors", "drop")
    assert (files.asked["jobs"], files.asked["model"], files.asked["resume"]) == (2, "some/folder", True)
    assert files.asked["authors"] == "drop"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt("5 rows are kept: start again with --resume"), 130, "stopped; 5 rows are kept"),
        (KeyboardInterrupt(), 130, "stopped; nothing was left there"),
        (WorkerError("a process that scores was ended by signal 9. 5 rows are kept"), 1, "signal 9. 5 rows are kept"),
    ],
)
def test_an_interrupted_run_says_how_to_go_on(run, scorer, files, error, code, said):
    files.error = error
    result = run("batch", "in.csv", "out.csv")
    assert result.exit_code == code
    assert said in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("flag", "review", "clear", "unsupported", "code"),
    [(0, 0, 0, 0, 1), (0, 0, 0, 3, 1), (1, 0, 0, 2, 0), (0, 1, 0, 0, 0), (0, 0, 1, 5, 0)],
)
def test_exit_code_says_whether_anything_was_scored(run, scorer, files, flag, review, clear, unsupported, code):
    counts = {"flag": flag, "review": review, "clear": clear, "unsupported": unsupported}
    # every row may carry a status, such as `truncated`, and be scored all the same
    rows = sum(counts.values())
    files.summary |= {**counts, "rows": rows, "errors": rows}
    assert run("batch", "in.csv", "out.csv").exit_code == code


@pytest.mark.parametrize("error", [InputError("no column 'x'; columns: a, b"), MissingFileError("in.csv is not there")])
def test_a_mistake_of_the_callers_is_one_line(run, scorer, files, error):
    files.error = error
    result = run("batch", "in.csv", "out.csv")
    assert result.exit_code == 2
    assert result.stderr == f"narratives: {error}\n"
    assert result.stdout == ""


@pytest.mark.parametrize(
    "wrong",
    [
        ("--lang", "sr", "--lang-column", "l"),
        ("--format", "xlsx"),
        ("--batch-size", "0"),
        ("--lang", "xx"),
        *(("--engine", "ray", *more) for more in (["--redact"], ["--overwrite"], ["--limit", "3"], ["--resume"])),
    ],
)
def test_wrong_options_are_refused_before_anything_is_read(run, scorer, files, wrong):
    result = run("batch", "in.csv", "out.csv", *wrong)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert files.asked is None


def test_a_cluster_is_asked_to_hide_authors_as_this_machine_does(run, monkeypatch):
    asked = {}

    def score_dataset(source, target, **options):
        asked.update(options)
        return 1200

    monkeypatch.setitem(sys.modules, "narratives.batch", SimpleNamespace(score_dataset=score_dataset))
    result = run(
        "batch", "in", "out", "--engine", "ray", "-j", 4, "--authors", "hash", "--author", "writer", "--salt", "one"
    )
    assert result.exit_code == 0
    assert (asked["actors"], asked["authors"], asked["author_columns"], asked["salt"]) == (4, "hash", ["writer"], "one")
    assert "1,200 rows; written to out" in result.stderr
    assert "--authors keep" in result.stderr
    run("batch", "in", "out", "--engine", "ray")
    assert (asked["authors"], asked["author_columns"], asked["salt"]) == ("hash", None, None)


def test_a_finished_output_is_not_replaced_unasked(run, tmp_path, tiny_folder):
    (tmp_path / "in.csv").write_text("text\nDobar dan svima\n", encoding="utf-8")
    out = tmp_path / "out.csv"
    out.write_text("hours of work\n", encoding="utf-8")
    result = run("batch", tmp_path / "in.csv", out, "--model", tiny_folder)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "--overwrite" in result.stderr
    assert out.read_text(encoding="utf-8") == "hours of work\n"
    assert run("batch", tmp_path / "in.csv", out, "--overwrite", "--model", tiny_folder).exit_code == 0
    assert out.read_text(encoding="utf-8").startswith("text,")


def test_a_bar_is_shown_to_somebody_at_a_terminal(capsys, monkeypatch):
    from narratives.cli import batch

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with batch._progress() as report:
        report(500, 2000)
        report(2000, 2000)
    shown = capsys.readouterr().err
    assert "100%" in shown
    assert "2000/2000" in shown
    assert "posts/s" in shown


def test_preview_shows_some_posts_masked_and_in_order(run, tmp_path, tiny, monkeypatch):
    monkeypatch.setattr("narratives.scorer.load", lambda model=None: tiny)
    source = tmp_path / "in.csv"
    source.write_text("text\n" + "".join(f"objava broj {i} o vremenu\n" for i in range(50)) + "\n", encoding="utf-8")
    result = run("batch", source, tmp_path / "out.csv", "--preview", 5)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    numbers = [int(line.split("broj ")[1].split()[0]) for line in lines]
    assert len(numbers) == 5
    assert numbers == sorted(numbers)
    assert "50 rows in" in result.stderr
