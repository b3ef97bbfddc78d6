"""Several processes: the same rows in the same order, nothing left running, and a clear word when one is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from narratives.batch import engines, score_file
from narratives.errors import InputError, ModelError, WorkerError


@pytest.fixture
def source(tmp_path):
    lines = [
        json.dumps({"id": i, "text": f"rečenica {chr(97 + i % 26)} o gradu {i % 70}", "l": "hr"}) for i in range(200)
    ]
    lines[7], lines[9] = '{"text": null}', '{"text": ["da"]}'
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_two_processes_write_what_one_does_and_a_lost_one_is_told(source, tmp_path, tiny_folder, monkeypatch):
    """One test, since each start of a process costs seconds."""
    options = {"model": tiny_folder, "batch_size": 16, "lang_column": "l"}
    one = score_file(source, tmp_path / "one.csv", **options)
    two = score_file(source, tmp_path / "two.csv", jobs=2, **options)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    assert (one.rows, one.repeats, one.kinds) == (two.rows, two.repeats, two.kinds)

    started = []
    real = engines.subprocess.Popen

    def popen(*args, **kwargs):
        started.append(real(*args, **kwargs))
        return started[-1]

    monkeypatch.setattr(engines.subprocess, "Popen", popen)

    def kill(done, total):
        started[0].kill()
        started[1].kill()

    with pytest.raises(WorkerError, match=r"signal 9; .* lower --jobs\. \d+ rows are kept: start again with --resume"):
        score_file(source, tmp_path / "three.csv", jobs=2, progress=kill, **options)
    assert all(process.returncode is not None for process in started)
    summary = score_file(source, tmp_path / "three.csv", resume=True, **options)
    assert summary.resumed > 0
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "three.csv").read_bytes()


def test_a_model_that_cannot_be_loaded_is_told_as_ever(source, tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    with pytest.raises(ModelError, match="no SHA256SUMS"):
        score_file(source, tmp_path / "out.csv", model=folder, jobs=2)
    assert {p.name for p in tmp_path.iterdir()} == {"in.jsonl", "model"}


def test_a_scorer_cannot_be_shared_with_other_processes(source, tmp_path, cheap):
    with pytest.raises(InputError, match="need model="):
        score_file(source, tmp_path / "out.csv", scorer=cheap, jobs=2)
    with pytest.raises(InputError, match="jobs is 0"):
        score_file(source, tmp_path / "out.csv", jobs=0)


@pytest.mark.skipif(os.name == "nt", reason="signals of another kind")
@pytest.mark.parametrize("moment", ["start-up", "work"])
def test_ctrl_c_is_one_line_without_a_child_s_traceback(tmp_path, tiny_folder, moment):
    """The whole foreground group gets the signal, as from a terminal."""
    path = tmp_path / "in.csv"
    path.write_text("text\n" + "".join(f"rečenica o gradu i danu {i}\n" for i in range(100_000)), encoding="utf-8")
    command = [sys.executable, "-m", "narratives", "batch", str(path), str(tmp_path / "out.csv"), "-j", "2",
               "--model", str(tiny_folder), "--batch-size", "32", "--lang", "hr"]  # fmt: skip
    run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    journal = tmp_path / ".out.csv.unfinished" / "journal.jsonl"
    for _ in range(12_000):
        if moment == "work" and journal.exists() and journal.read_bytes().count(b"\n") > 2:
            break
        if moment == "start-up" and psutil.Process(run.pid).children():
            time.sleep(0.2)  # in the middle of its imports
            break
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGINT)
    said = run.communicate(timeout=60)[1]
    assert run.returncode == 130
    assert said.count("\n") == 1
    assert said.startswith("narratives: stopped")
    assert ("--resume" in said) == (moment == "work")


def test_repeats_are_scored_once(score, cheap, source):
    summary, _ = score(source, scorer=cheap, batch_size=16, lang="hr")
    assert len(cheap.seen) == len(set(cheap.seen)) + 1  # the list is no text, and is read as an empty post too
    assert summary.repeats == 200 - len(cheap.seen)
