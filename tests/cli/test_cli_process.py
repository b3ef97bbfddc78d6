"""The command as its own process: what CliRunner cannot show."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

import narratives
from narratives.cli.streams import lines

COMMANDS = ["score", "batch", "languages", "taxonomy", "models"]
PLAIN = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}


def narratives_command(*args, env=None, **kwargs):
    return subprocess.run(
        [sys.executable, "-m", "narratives", *args],
        check=False,
        capture_output=True,
        env={**os.environ, **(env or {})},
        timeout=60,
        **kwargs,
    )


def test_version_loads_neither_numpy_nor_a_model():
    code = (
        "import sys; from narratives.cli import main\n"
        "try: main(['--version'])\n"
        "except SystemExit as end: print(end.code, sorted({'numpy', 'pyarrow', 'tqdm', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)
    assert done.stdout == f"narratives {narratives.__version__}\n0 []\n"
    assert done.stderr == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_help(run, command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"{command} [OPTIONS]" in result.stdout
    assert "--help" in result.stdout
    assert "--install-completion" not in result.stdout


def test_help_lists_the_commands(run):
    shown = run("--help").stdout
    assert all(f"\n  {command} " in shown for command in COMMANDS)


def test_a_plain_locale_still_gives_utf8():
    done = narratives_command("languages", env=PLAIN)
    assert done.returncode == 0
    assert "македонски" in done.stdout.decode("utf-8")
    assert done.stderr == b""


def test_a_plain_locale_still_reads_utf8(tiny_folder):
    done = narratives_command("score", "--lang", "hr", "--model", str(tiny_folder), "Šta ima", "Šta \udcff", env=PLAIN)
    assert done.returncode == 0
    assert done.stdout.decode("utf-8").count("Š") >= 2
    assert "�" in done.stdout.decode("utf-8")


def test_an_unknown_entry_is_one_line_and_exit_code_2():
    done = narratives_command("taxonomy", "čudno", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode("utf-8").startswith("narratives: unknown taxonomy entry 'čudno'; known: security_threat,")
    assert done.stderr.count(b"\n") == 1


def test_an_unknown_model_is_one_line_that_names_it():
    done = narratives_command("score", "x", "--model", "no-such-model", text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("narratives: unknown model 'no-such-model'")
    assert done.stderr.count("\n") == 1


def test_an_unknown_command_is_a_usage_error():
    done = narratives_command("scoer", text=True)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="no pipes of this kind")
def test_a_reader_that_leaves_is_not_an_error_message():
    end, start = os.pipe()
    os.close(end)
    with os.fdopen(start, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "narratives", "taxonomy"],
            check=False,
            stdout=pipe,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr == b""


class Slow(io.RawIOBase):
    """A pipe whose writer sends a few bytes at a time."""

    def __init__(self, *pieces):
        self.pieces = list(pieces)

    def read1(self, size):
        return self.pieces.pop(0) if self.pieces else b""


def test_lines_come_as_soon_as_they_are_whole():
    source = Slow(b"on", b"e\ntw", "oš\n".encode()[:2], "oš\n".encode()[2:], b"x\ny\nz")
    assert list(lines(source)) == [["one"], ["twoš"], ["x", "y"], ["z"]]
