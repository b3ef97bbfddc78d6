"""A run that is cut off, in any way, and gone on with: the same bytes as one that was not."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from narratives.batch import repeats, score_file
from narratives.batch.work import ChangedInputError, Work
from narratives.errors import InputError, OutputError

WORDS = ["dobar", "dan", "svima", "mirëdita", "bună", "ziua", "herkese", "günaydın", "здраво", "свима", "добро", "утро"]


def posts(count: int) -> list[str]:
    """Posts of which a third were there before, in part far back."""
    draw = random.Random(3)
    out: list[str] = []
    for _ in range(count):
        again = out and draw.random() < 0.33
        out.append(draw.choice(out) if again else " ".join(draw.choices(WORDS, k=5)) + f" {len(out)}")
    return out


@pytest.fixture
def score(cheap, tmp_path):
    def call(source: Path, target: str = "out.csv", **options):
        return score_file(
            source, tmp_path / target, **{"scorer": cheap, "overwrite": True, **options}
        ), tmp_path / target

    return call


@pytest.fixture
def source(tmp_path) -> Path:
    lines = [json.dumps({"id": i, "author": f"u{i % 5}", "text": t}) for i, t in enumerate(posts(400))]
    lines[77] = '{"text": '
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


class StopError(Exception):
    """Stands for whatever ends a run."""


def stop_after(rows: int):
    def progress(done, total):
        if done >= rows:
            raise StopError

    return progress


KINDS = ["csv", "tsv", "jsonl", "parquet"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_resumed_run_gives_the_very_bytes(score, source, tmp_path, kind, monkeypatch):
    monkeypatch.setattr(repeats, "EPOCH", 5)
    monkeypatch.setattr("narratives.batch.run.EPOCH", 5)
    options = {"batch_size": 16, "salt": "one", "lang": "hr"}
    whole, out = score(source, f"whole.{kind}", **options)
    for rows in (1, 90, 200, 380):  # each run gets a little further
        with pytest.raises(StopError):
            score(source, f"cut.{kind}", resume=True, progress=stop_after(rows), **options)
        assert not (tmp_path / f"cut.{kind}").exists()
    summary, cut = score(source, f"cut.{kind}", resume=True, **options)
    assert cut.read_bytes() == out.read_bytes()
    assert (tmp_path / "cut.rejects.jsonl").read_bytes() == (tmp_path / "whole.rejects.jsonl").read_bytes()
    assert 380 <= summary.resumed < 400
    same = ("rows", "flag", "review", "clear", "unsupported", "errors", "kinds", "repeats")
    assert [getattr(summary, name) for name in same] == [getattr(whole, name) for name in same]
    assert summary.rows == 400
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_whatever_a_crash_leaves_of_the_last_blocks_is_made_good(score, source, tmp_path, data):
    """Bytes beyond the journal, a torn journal line, rows that never reached the disk."""
    shutil.rmtree(tmp_path / ".cut.csv.unfinished", ignore_errors=True)
    options = {"batch_size": 16, "salt": "one", "lang": "hr"}
    _, out = score(source, "whole.csv", **options)
    with pytest.raises(StopError):
        score(source, "cut.csv", progress=stop_after(data.draw(st.integers(1, 399))), **options)
    folder = tmp_path / ".cut.csv.unfinished"
    for name in ("rows.part", "journal.jsonl"):
        raw = (folder / name).read_bytes()
        cut = data.draw(st.integers(0, len(raw)))
        (folder / name).write_bytes(raw[:cut] + data.draw(st.binary(max_size=40)))
    _, cut = score(source, "cut.csv", resume=True, **options)
    assert cut.read_bytes() == out.read_bytes()


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("step", ["_note", "replace"])
def test_a_stop_in_the_last_step_loses_nothing(score, source, tmp_path, monkeypatch, kind, step):
    options = {"batch_size": 64, "salt": "one", "lang": "hr"}
    _, out = score(source, f"whole.{kind}", **options)
    with monkeypatch.context() as patch:
        if step == "_note":  # all rows are there, but not the word that they are
            real = Work._note

            def stop(self, entry):
                if "complete" in entry:
                    raise StopError
                real(self, entry)

            patch.setattr(Work, "_note", stop)
        else:  # the list of rejects is in its place, the rows are not
            move = Path.replace

            def halt(self, target):
                if Path(target).name == f"cut.{kind}":
                    raise StopError
                return move(self, target)

            patch.setattr(Path, "replace", halt)
        with pytest.raises(StopError):
            score(source, f"cut.{kind}", **options)
    assert not (tmp_path / f"cut.{kind}").exists()
    summary, cut = score(source, f"cut.{kind}", resume=True, **options)
    assert cut.read_bytes() == out.read_bytes()
    assert summary.rows == 400
    assert not (tmp_path / f".cut.{kind}.unfinished").exists()


def test_an_unfinished_run_is_never_overwritten_unasked(score, source, tmp_path):
    with pytest.raises(StopError):
        score(source, progress=stop_after(64), batch_size=64)
    with pytest.raises(InputError, match=r"unfinished run .* --resume, or drop it by --restart"):
        score(source, batch_size=64)
    summary, _ = score(source, batch_size=64, restart=True)
    assert (summary.rows, summary.resumed) == (400, 0)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"redact": True}, "redact"),
        ({"batch_size": 32}, "batch_size"),
        ({"lang": "sr"}, "lang"),
        ({"limit": 3}, "limit"),
    ],
)
def test_another_option_is_refused_by_name(score, source, change, named):
    with pytest.raises(StopError):
        score(source, progress=stop_after(64), batch_size=64)
    with pytest.raises(InputError, match=f"started with another {named}; give it the same"):
        score(source, **{"batch_size": 64, "resume": True, **change})


def test_another_input_or_model_is_refused(score, source, tmp_path):
    with pytest.raises(StopError):
        score(source, progress=stop_after(64), batch_size=64)
    before = source.read_bytes()
    source.write_bytes(before.replace(b"dobar", b"dobra"))
    with pytest.raises(InputError, match="started with another input"):
        score(source, batch_size=64, resume=True)
    source.write_bytes(before)
    summary, _ = score(source, batch_size=64, resume=True)
    assert summary.resumed == 64


def test_an_input_that_changes_under_the_run_is_told_and_what_was_read_of_the_old_one_is_kept(score, source, tmp_path):
    before = source.read_bytes()

    def change(done, total):
        source.write_bytes(before + b'{"text": "late"}\n')

    with pytest.raises(ChangedInputError, match="changed while it was read; put back"):
        score(source, progress=change, batch_size=64, salt="one")
    source.write_bytes(before)
    summary, out = score(source, resume=True, batch_size=64, salt="one")
    assert summary.resumed == 64
    assert out.read_bytes() == score(source, "whole.csv", batch_size=64, salt="one")[1].read_bytes()


def test_a_new_date_of_the_same_input_is_no_change(score, source):
    summary, _ = score(source, progress=lambda *_: os.utime(source), batch_size=64)
    assert summary.rows == 400


def test_a_full_disk_keeps_the_rows_and_says_how_to_go_on(score, source, tmp_path):
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, limits[1]))
    try:
        with pytest.raises(OutputError, match=r"cannot be written: .*; \d+ rows are kept: start again with --resume"):
            score(source, batch_size=32, salt="one")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    summary, out = score(source, resume=True, batch_size=32, salt="one")
    assert summary.resumed > 0
    assert out.read_bytes() == score(source, "whole.csv", batch_size=32, salt="one")[1].read_bytes()


def test_a_mistake_in_the_input_leaves_nothing_to_go_on_with(score, tmp_path):
    (tmp_path / "in.csv").write_bytes(b"text,n\n" + b"dobar dan,1\n" * 100 + b'"open,1\nda,2\n')
    with pytest.raises(InputError, match="line 102: a quoted cell"):
        score(tmp_path / "in.csv", batch_size=16)
    assert [p.name for p in tmp_path.iterdir()] == ["in.csv"]


def test_two_runs_for_one_output_do_not_mix(score, source):
    pytest.importorskip("fcntl")

    def second(done, total):
        with pytest.raises(InputError, match="another run is writing"):
            score(source, resume=True, batch_size=64)

    summary, _ = score(source, progress=second, batch_size=64)
    assert summary.rows == 400


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_killed_at_random_moments(score, source, tiny_folder, tmp_path):
    """The command itself, killed without warning; nothing is left running, and the bytes are the same in the end."""
    score_file(source, tmp_path / "whole.csv", model=tiny_folder, batch_size=8, salt="one")
    command = [sys.executable, "-m", "narratives", "batch", str(source), str(tmp_path / "cut.csv"), "--model",
               str(tiny_folder), "--batch-size", "8", "--salt", "one", "--resume"]  # fmt: skip
    journal = tmp_path / ".cut.csv.unfinished" / "journal.jsonl"
    for blocks in (1, 20):
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(6000):
            if run.poll() is not None or (journal.exists() and journal.read_bytes().count(b"\n") > blocks):
                break
            time.sleep(0.01)
        run.send_signal(signal.SIGKILL)
        run.wait()
    subprocess.run(command, check=True, capture_output=True)
    assert (tmp_path / "cut.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_a_finished_output_is_replaced_only_where_that_is_asked_for(score, cheap, source, tmp_path, kind):
    options = {"batch_size": 16, "salt": "one", "lang": "hr", "overwrite": False}
    (tmp_path / f"out.{kind}").touch()  # empty: nothing is lost
    _, out = score(source, f"out.{kind}", **options)
    before, asked = out.read_bytes(), len(cheap.seen)
    for more in ({}, {"resume": True}, {"limit": 3}):
        with pytest.raises(OutputError, match="is there already; replace it with --overwrite"):
            score(source, f"out.{kind}", **options, **more)
    assert out.read_bytes() == before
    assert len(cheap.seen) == asked
    assert score(source, f"out.{kind}", **{**options, "overwrite": True, "limit": 3})[0].rows == 3
    assert score(source, f"out.{kind}", **options, restart=True)[0].rows == 400
    assert out.read_bytes() == before


def test_a_run_that_may_replace_is_gone_on_with_by_resume_alone(score, source, tmp_path):
    options = {"batch_size": 16, "salt": "one", "lang": "hr", "overwrite": False}
    (tmp_path / "out.csv").write_text("of before", encoding="utf-8")
    with pytest.raises(StopError):
        score(source, "out.csv", **{**options, "overwrite": True}, progress=stop_after(100))
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "of before"
    with pytest.raises(OutputError, match="is there already"):
        score(source, "out.csv", **options)
    summary, out = score(source, "out.csv", **options, resume=True)
    _, whole = score(source, "whole.csv", **options)
    assert summary.resumed >= 100
    assert out.read_bytes() == whole.read_bytes()
