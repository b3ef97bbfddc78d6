"""What is measured for a language: corpora with where they come from, and what others have published on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from narratives.corpora import CORPORA, Corpus
from narratives.corpora.held_out import any_corpus
from narratives.languages import LANGUAGES

Tier = Literal["real", "translated", "authored"]
"""Where the texts come from; figures of different tiers are never averaged."""

Head = Literal["offensive", "hate"]


class Hub(BaseModel):
    """Where a corpus stands on the Hugging Face hub (or a local folder in that layout).

    Attributes:
        id: Data set id.
        split: Split to read.
        revision: Commit, so that the rows cannot change under a figure.
        config: Configuration, if the data set has several.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    split: str
    revision: str
    config: str | None = None


class Published(BaseModel):
    """A figure somebody else has published.

    Attributes:
        corpus: Name of the evaluation set it belongs beside.
        system: Which system.
        metric: As the authors call it.
        value: Between 0 and 1.
        cite: Where it is printed.
        head: Which of our heads it comes closest to.
        same_rows: Whether it was measured on the very rows measured here.
        note: What else differs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    corpus: str
    system: str
    metric: str
    value: float = Field(ge=0, le=1)
    cite: str = Field(min_length=3)
    head: Head = "offensive"
    same_rows: bool = False
    note: str = ""


class EvaluationSet(BaseModel):
    """Labelled rows that a model is measured on.

    Attributes:
        name: Shown in tables.
        corpora: Names of the corpora pooled in it, usually one.
        tier: Where the texts come from.
        task: What the annotators were asked, in a few words.
        annotators: Who labelled.
        revision: Version, commit or date of the copy.
        where: Where to get it.
        heads: Which heads it measures.
        split: ``dev``: the rows that the shipped models never learnt from, by digest; ``all`` for corpora held out.
        columns: Column to value that a row must have to be taken, such as the authors' own split.
        slices: Name to column to accepted values: subsets reported besides the whole.
        train_on: Corpus whose training rows the baselines learn from; the set's own if left out.
        by: Column whose values get an accuracy each, as functional suites report it.
        hub: Where it stands on the hub.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    corpora: tuple[str, ...] = Field(min_length=1)
    tier: Tier
    task: str = Field(min_length=3)
    annotators: str = Field(min_length=3)
    revision: str = Field(min_length=1)
    where: str = Field(min_length=5)
    heads: tuple[Head, ...] = Field(min_length=1)
    split: Literal["dev", "all"]
    columns: Mapping[str, tuple[str, ...]] = {}
    slices: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
    train_on: str | None = None
    by: str | None = None
    hub: Hub | None = None

    @property
    def sources(self) -> tuple[Corpus, ...]:
        """The corpora themselves."""
        return tuple(any_corpus(name) for name in self.corpora)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for corpus in self.sources:  # raises for an unknown name
            if not corpus.licence or not corpus.source:
                raise ValueError(f"{corpus.name} states no licence or source")
            if corpus.name in CORPORA and self.split != "dev":
                raise ValueError(f"{corpus.name} is trained on: only its dev split may be measured")
        if self.train_on is not None and self.train_on not in CORPORA:
            raise ValueError(f"train_on {self.train_on!r} is no corpus for training")
        return self


class Plan(BaseModel):
    """Everything measured for one language.

    Attributes:
        lang: Language code.
        sets: Evaluation sets.
        published: Other people's figures.
        suite_train_on: Corpus that baselines learn from when they answer the functional suite; ``None`` where the
            language has none.
        note: What a reader must know first.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    lang: str
    sets: tuple[EvaluationSet, ...] = ()
    published: tuple[Published, ...] = ()
    suite_train_on: str | None = None
    note: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.lang not in LANGUAGES:
            raise ValueError(f"unknown language {self.lang!r}; known: {', '.join(LANGUAGES)}")
        names = [s.name for s in self.sets]
        if len(set(names)) < len(names):
            raise ValueError("two evaluation sets have the same name")
        stray = sorted({p.corpus for p in self.published} - set(names) - {"suite", "elsewhere"})
        if stray:
            raise ValueError(f"published figures for {', '.join(stray)}, which is no evaluation set of the plan")
        return self
