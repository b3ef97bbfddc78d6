from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from narratives.batch import score_file
from narratives.results import LanguageGuess, ModelInfo, PostScore


class Cheap:
    """A scorer that costs nothing and says something else of each post; ``seen`` is what it was asked."""

    info = ModelInfo("cheap", "0", "c" * 64)

    def __init__(self) -> None:
        self.seen: list[str] = []

    def score_many(self, posts, *, batch_size=256, lang=None):
        for post in posts:
            self.seen.append(post)
            p = zlib.crc32(post.encode("utf-8", "surrogatepass")) % 1000 / 1000
            decision = "flag" if p > 0.6 else "review" if p > 0.5 else "clear"
            language = LanguageGuess("hr", "bcms", "Latn", 1.0)
            yield PostScore(language, decision if post else "unsupported", (f"{p:.2f}",), self.info, p, p)


@pytest.fixture
def cheap() -> Cheap:
    return Cheap()


@pytest.fixture
def score(tiny, tmp_path):
    """Scores a file into the test's folder; gives back the summary and the path of the output."""

    def call(source: Path, target: str = "out.csv", **options):
        return score_file(
            source, tmp_path / target, **{"scorer": tiny, "overwrite": True, **options}
        ), tmp_path / target

    return call
