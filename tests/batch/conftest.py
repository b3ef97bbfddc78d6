from __future__ import annotations

from pathlib import Path

import pytest

from narratives.batch import score_file


@pytest.fixture
def score(tiny, tmp_path):
    """Scores a file into the test's folder; gives back the summary and the path of the output."""

    def call(source: Path, target: str = "out.csv", **options):
        return score_file(source, tmp_path / target, **{"scorer": tiny, **options}), tmp_path / target

    return call
