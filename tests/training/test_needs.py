"""Without the packages of an extra, every training command says in one line which extra to install."""

from __future__ import annotations

import subprocess
import sys

import pytest

BLOCKED = """
import sys
for module in ("sklearn", "torch", "transformers", "datasets", "accelerate"):
    sys.modules[module] = None  # as if it were not installed
from narratives.cli import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize(
    ("command", "extras"),
    [("heads", "train"), ("linear", "train"), ("encoder", "train"), ("transformer", "transformers,train")],
)
def test_a_command_names_the_extra_it_needs(command, extras, tmp_path):
    options = ["--data", "mine.csv", "--label", "hate=h", "--out", "out", "--lang", "sr"]
    options += ["--base", "base"] if command == "transformer" else []
    if command == "encoder":
        options = ["--parallel", "folder", "--work", "work"]
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, "train", command, *options],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.strip().endswith(f'pip install "narratives[{extras}]"')
    assert "\n" not in done.stderr.strip()
    assert not list(tmp_path.iterdir())
