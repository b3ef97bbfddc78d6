"""Labels that readers gave to real posts (``datasets/annotated``): by corpus and digest, never with the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, field_validator

from narratives.corpora.base import Corpus, read_records, text_key
from narratives.corpora.lines import checked_lines
from narratives.corpora.table import CORPORA
from narratives.taxonomy import NARRATIVES, STANCES, TARGETS


class Annotated(BaseModel):
    """What readers said about one real post; shares of readers, so that disagreement is kept.

    Attributes:
        corpus: Corpus the post stands in.
        key: Digest of its folded text (``corpora.text_key``); the text itself is not here.
        lang: Language code.
        hostile: Share of readers who found it hostile to people for who they are.
        narratives: Narrative to share of readers who found it asserted.
        mentioned: Narrative to share of readers who found it countered, reported or told of oneself.
        stance: Stance to share.
        targets: Target to share.
        severity: Mean severity, 0 to 4.
        readers: Who labelled it.
        origin: ``annotated``: a real post with labels made for this project.
        version: Raised with every correction.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    corpus: str
    key: str
    lang: str
    hostile: float
    narratives: dict[str, float]
    mentioned: dict[str, float]
    stance: dict[str, float]
    targets: dict[str, float]
    severity: float
    readers: list[str]
    origin: Literal["annotated"]
    version: int

    @field_validator("narratives", "mentioned")
    @classmethod
    def _narratives(cls, given: dict[str, float]) -> dict[str, float]:
        return _known(given, NARRATIVES)

    @field_validator("stance")
    @classmethod
    def _stances(cls, given: dict[str, float]) -> dict[str, float]:
        return _known(given, STANCES)

    @field_validator("targets")
    @classmethod
    def _targets(cls, given: dict[str, float]) -> dict[str, float]:
        return _known(given, TARGETS)

    @field_validator("readers")
    @classmethod
    def _read(cls, readers: list[str]) -> list[str]:
        if not readers:
            raise ValueError("no reader is named")
        return readers

    def agreed(self) -> Self | None:
        """The same where all readers agree whether it is hostile, else ``None``."""
        return self if self.hostile in (0.0, 1.0) else None


def _known(given: dict[str, float], known: Mapping[str, object]) -> dict[str, float]:
    strange = sorted(set(given) - set(known))
    if strange:
        raise ValueError(f"unknown {', '.join(strange)}; known: {', '.join(known)}")
    if not all(0 <= share <= 1 for share in given.values()):
        raise ValueError("shares of readers lie between 0 and 1")
    return given


@dataclass(frozen=True, slots=True)
class AnnotatedPost:
    """Labels with the text they belong to, put together from the corpus at hand."""

    text: str
    labels: Annotated


def read_annotated(path: Path) -> Iterator[Annotated]:
    """Read and check a file of labels.

    Raises:
        InputError: A line is not valid; the message names file, line and field.
    """
    yield from checked_lines(path, Annotated, "line")


def join_texts(labels: list[Annotated], folder: Path) -> list[AnnotatedPost]:
    """Find the texts of annotated posts in the corpora at hand; those of a missing corpus are left out.

    Args:
        labels: From :func:`read_annotated`.
        folder: The data folder that holds a folder for each corpus.

    Raises:
        MissingFileError: A corpus that is named is not there.
    """
    out = []
    for name in dict.fromkeys(row.corpus for row in labels):
        corpus = CORPORA[name]
        texts = _texts(corpus, folder)
        out += [AnnotatedPost(texts[row.key], row) for row in labels if row.corpus == name and row.key in texts]
    return out


def _texts(corpus: Corpus, folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for record in read_records(corpus, folder):
        text = (record.get(corpus.text) or "").strip()
        if text:
            found.setdefault(text_key(text, corpus.lang), text)
    return found
