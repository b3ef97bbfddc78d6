"""The posts written for this project (``datasets/posts``): their schema, and what they mean for the heads."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from narratives.corpora.base import Example, Labels, split_of, text_key
from narratives.corpora.lines import checked_lines
from narratives.languages import LANGUAGES
from narratives.taxonomy import NARRATIVES, STANCES, TARGETS

AUTHORED = "authored"
"""Name that authored posts carry where corpora are listed."""

_NOT_WHO_THEY_ARE = {"defenders_ngos", "women_defenders"}  # attacked for what they do, which is abuse but not hate

Kind = Literal[
    "explicit",
    "implicit",
    "sarcastic",
    "question",
    "colloquial",
    "near_miss_policy",
    "near_miss_news",
    "near_miss_statistics",
    "counter_speech",
    "quote_to_condemn",
    "self",
    "trap",
    "neutral",
    "code_switched",
    "abuse",
    "hate",
]
"""``abuse``: insults or swearing at nobody's origin; ``hate``: an attack on a group that tells no narrative."""


class Post(BaseModel):
    """One labelled post of ours, one JSON object a line.

    Attributes:
        id: Unique over all files.
        lang: Language code.
        variety: BCP 47-like tag where a region shows, else ``None``.
        script: ``Latn`` or ``Cyrl``.
        text: The post, NFC.
        narratives: Narratives the writer asserts.
        mentioned: Narratives that occur but are countered, reported or quoted.
        stance: What the writer does with them.
        targets: Who the post is about.
        severity: 0 to 4; 0 unless asserted.
        kind: Form of a hostile post, or reason why it is none.
        origin: ``authored``: written for the project, not found.
        annotators: Who labelled it.
        version: Raised with every correction.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: str
    lang: str
    variety: str | None
    script: Literal["Latn", "Cyrl"]
    text: str
    narratives: list[str]
    mentioned: list[str]
    stance: str
    targets: list[str]
    severity: int
    kind: Kind
    origin: Literal["authored"]
    annotators: list[str]
    version: int

    @field_validator("text")
    @classmethod
    def _composed(cls, text: str) -> str:
        if not text.strip() or unicodedata.normalize("NFC", text) != text:
            raise ValueError("text is empty or not NFC")
        return text

    @model_validator(mode="after")
    def _known(self) -> Self:
        for what, given, known in (
            ("lang", [self.lang], LANGUAGES),
            ("narratives", self.narratives + self.mentioned, NARRATIVES),
            ("stance", [self.stance], STANCES),
            ("targets", self.targets, TARGETS),
        ):
            strange = sorted(set(given) - set(known))
            if strange:
                raise ValueError(f"{what}: unknown {', '.join(strange)}; known: {', '.join(known)}")
        asserted = self.stance == "asserted"
        told = bool(self.narratives) or self.kind == "hate"
        if told != asserted or (self.severity > 0) != asserted or not 0 <= self.severity <= 4:
            raise ValueError("narratives (or kind 'hate') and a severity of 1 to 4 go with stance 'asserted' alone")
        return self


def read_posts(path: Path) -> Iterator[Post]:
    """Read and check a file of posts.

    Raises:
        InputError: A line is not a post; the message names file, line and field, never the text.
    """
    yield from checked_lines(path, Post, "post")


def labels(post: Post) -> Labels | None:
    """What an authored post says about ``offensive`` and ``hate``.

    A narrative asserted at severity 2 or above is an attack on people for who they are, unless it is aimed at helpers
    only; at severity 1 it is a hint that people may judge either way, so hate counts .7 and abuse is left open.
    """
    if post.stance != "asserted":
        return {"offensive": float(post.kind == "abuse"), "hate": 0.0}
    if post.targets and set(post.targets) <= _NOT_WHO_THEY_ARE:
        return {"offensive": 1.0} if post.severity > 1 else None
    return {"offensive": 1.0, "hate": 1.0} if post.severity > 1 else {"hate": 0.7}


def authored_examples(folder: Path) -> Iterator[Example]:
    """The authored posts of a folder as labelled texts; those that say nothing about the heads are left out."""
    for path in sorted(folder.glob("*.jsonl")):
        for post in read_posts(path):
            said = labels(post)
            if said is not None:
                key = text_key(post.text, post.lang)
                yield Example(post.text, post.lang, AUTHORED, said, key, split_of(key))
