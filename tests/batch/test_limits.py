"""What the machine refuses, what a spreadsheet runs, and how much memory a long file takes."""

from __future__ import annotations

import contextlib
import csv
import os
import shutil
import tempfile
import tracemalloc
from pathlib import Path

import pytest

import narratives
from narratives.errors import InputError, OutputError
from narratives.frames import COLUMNS, flat
from narratives.results import LanguageGuess, ModelInfo, PostScore


class Fixed:
    """A scorer that says the same of every post, so that only the handling of files costs anything."""

    def __init__(self, model: str = "fixed") -> None:
        language = LanguageGuess("hr", "bcms", "Latn", 1.0)
        self.answer = PostScore(language, "clear", ("No.",), ModelInfo(model, "0", "0" * 64), 0.1, 0.1)

    def score_many(self, posts, *, batch_size=256, lang=None):
        for _ in posts:
            yield self.answer


@pytest.fixture(scope="module")
def default():
    return narratives.load()


def test_the_default_model_says_the_same_of_a_file_as_of_a_post(score, default, spoken, tmp_path):
    code, post = spoken
    (tmp_path / "in.csv").write_text(f"text;l\n{post};{code}\n", encoding="utf-8")
    _, out = score(tmp_path / "in.csv", scorer=default, lang_column="l")
    with out.open(encoding="utf-8", newline="") as handle:
        row = next(csv.DictReader(handle, delimiter=";"))
    alone = default.score(post, lang=code)
    assert (row["lang"], row["decision"]) == (code, alone.decision)
    assert float(row["hate"]) == pytest.approx(alone.hate, abs=1e-4)
    assert row["reasons"] == " ".join(alone.reasons)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t"])
def test_no_cell_of_ours_runs_in_a_spreadsheet(score, tmp_path, sign):
    (tmp_path / "in.csv").write_bytes(b"text\ndobar dan\n")
    _, out = score(tmp_path / "in.csv", scorer=Fixed(f"{sign}cmd"))
    with out.open(encoding="utf-8", newline="") as handle:
        row = next(csv.DictReader(handle))
    assert f"{sign}cmd" in row["model"]
    assert not [name for name in COLUMNS if row[name].startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_a_longer_file_takes_no_more_memory(score, tmp_path, suffix):
    peaks = []
    for count in (2_000, 16_000):
        row = b"%d,dobar dan svima\n" if suffix == "csv" else b'{"id":%d,"text":"dobar dan svima"}\n'
        first = b"id,text\n" if suffix == "csv" else b""
        (tmp_path / f"in.{suffix}").write_bytes(first + b"".join(row % i for i in range(count)))
        tracemalloc.start()
        summary, _ = score(tmp_path / f"in.{suffix}", f"out.{suffix}", scorer=Fixed(), batch_size=256)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert summary.rows == count
    assert peaks[1] < peaks[0] + 200_000


@contextlib.contextmanager
def files_of_at_most(size: int):
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_no_room_leaves_the_old_output(score, tmp_path, suffix):
    (tmp_path / "in.csv").write_bytes(b"text\n" + b"dobar dan\n" * 500)
    (tmp_path / f"out.{suffix}").write_bytes(b"old")
    with files_of_at_most(900), pytest.raises(OutputError, match="cannot be written"):
        score(tmp_path / "in.csv", f"out.{suffix}", scorer=Fixed())
    assert (tmp_path / f"out.{suffix}").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2


@contextlib.contextmanager
def nobody():
    """The rights of an ordinary user, where the tests run as root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def open_folder():
    """A folder that every user may enter; that of pytest is for its owner alone."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for path in folder.iterdir():
        path.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights are another matter on Windows")
def test_files_without_permission_are_one_clear_line(score, open_folder):
    readable, secret, shut = (open_folder / name for name in ("a.csv", "b.csv", "shut"))
    readable.write_bytes(b"text\nda\n")
    secret.write_bytes(b"text\nda\n")
    secret.chmod(0)
    shut.mkdir()
    (shut / "c.csv").write_bytes(b"text\nda\n")
    for rights in (0o555, 0):
        shut.chmod(rights)
        with nobody(), pytest.raises(OutputError, match="may not be written to"):
            score(readable, str(shut / "out.csv"), scorer=Fixed())
    for source in (secret, shut / "c.csv"):
        with nobody(), pytest.raises(InputError, match="may not be read"):
            score(source, str(open_folder / "out.csv"), scorer=Fixed())


def test_a_name_that_no_file_can_have_is_refused(score, tmp_path):
    (tmp_path / "in.csv").write_bytes(b"text\nda\n")
    with pytest.raises(OutputError, match="cannot be written"):
        score(tmp_path / "in.csv", "x" * 250 + ".csv", scorer=Fixed())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on Windows")
def test_devices_and_pipes_are_not_replaced(score, tmp_path):
    (tmp_path / "in.csv").write_bytes(b"text\nda\n")
    os.mkfifo(tmp_path / "out.csv")
    with pytest.raises(OutputError, match="a device or a pipe"):
        score(tmp_path / "in.csv", scorer=Fixed())
    assert (tmp_path / "out.csv").is_fifo()


def test_a_link_to_an_output_stays_a_link(score, tmp_path):
    (tmp_path / "in.csv").write_bytes(b"text\nda\n")
    (tmp_path / "out.csv").symlink_to(tmp_path / "real.csv")
    score(tmp_path / "in.csv", scorer=Fixed())
    assert (tmp_path / "out.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes().startswith(b"text,lang")


def test_flat_joins_ids_and_tells_nothing_from_none():
    columns = {
        "labels": [["a", "b"], []],
        "mentioned": [None, []],
        "targets": [["x"], None],
        "probabilities": [{"stance": {"none": 1.0}}, None],
        "reasons": [["A.", "B."], []],
        "lang": ["hr", "tr"],
    }
    assert flat(columns) == {
        "labels": ["a;b", ""],
        "mentioned": [None, ""],
        "targets": ["x", None],
        "probabilities": ['{"stance":{"none":1.0}}', None],
        "reasons": ["A. B.", ""],
        "lang": ["hr", "tr"],
    }
