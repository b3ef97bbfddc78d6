"""What the tree promises: light imports, and folders that hide nobody's package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import narratives

ROOT = Path(__file__).resolve().parents[1]


def run(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_loads_nothing_heavy():
    heavy = {"numpy", "torch", "pyarrow", "pandas", "sklearn", "datasets"}
    loaded = run("-c", "import narratives, sys; print(*sys.modules)").split()
    assert not heavy & set(loaded)


def test_scoring_never_loads_a_training_library():
    code = "import narratives, sys; narratives.load().score('Dobar dan svima'); print(*sys.modules)"
    assert not {"torch", "transformers", "sklearn", "pandas", "datasets"} & set(run("-c", code).split())


def test_every_public_name_can_be_had():
    for name in narratives.__all__:
        assert getattr(narratives, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = narratives.nothing


@pytest.mark.checkout
@pytest.mark.parametrize("start", [("-c",), ("-P", "-c")])
def test_hugging_face_datasets_is_found_from_the_root(start):
    pytest.importorskip("datasets")
    assert "Dataset" in run(*start, "from datasets import Dataset; print(Dataset)")


@pytest.mark.checkout
@pytest.mark.parametrize("folder", ["datasets", "models", "evaluation", "tests"])
def test_no_folder_of_data_or_scripts_is_a_package(folder):
    assert not (ROOT / folder / "__init__.py").exists()
