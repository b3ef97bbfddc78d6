"""The spaCy component ``narratives``: ``doc._.narratives``, ``doc.cats`` and ``doc.spans["narratives"]``.

spaCy finds it by its entry point: ``nlp.add_pipe("narratives")`` works wherever this library is installed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from narratives.errors import MissingExtraError
from narratives.integrations.opened import opened
from narratives.languages import resolve
from narratives.results import PostScore

try:
    from spacy.language import Language
    from spacy.tokens import Doc, SpanGroup
except ImportError:
    raise MissingExtraError('the spaCy component needs the extra spacy: pip install "narratives[spacy]"') from None

KEY = "narratives"
"""Name of the component, of the extension attribute and of the group of spans."""


def reading(doc: Doc) -> PostScore | None:
    """The reading of a document; ``None`` where the component did not run.

    It is kept in ``doc.user_data`` as plain values, so that it survives ``doc.to_bytes`` and other processes.
    """
    kept = doc.user_data.get(KEY)
    return None if kept is None else PostScore.from_dict(kept)


Doc.set_extension(KEY, getter=reading, force=True)


class NarrativesComponent:
    """Scores documents. Holds the name of the model; the model itself is opened on first use in each process.

    Args:
        name: Name in the pipeline.
        model: What :func:`narratives.load` takes.
        lang: Language of the posts; detected post by post when ``None``, whatever the language of the pipeline.
        evidence: Whether to look for the words that speak for the labels; slower.

    Raises:
        UnknownNameError: ``lang`` is not known, or no shipped model has that name.
    """

    def __init__(self, name: str, model: str | None, lang: str | None, evidence: bool) -> None:
        if lang is not None:
            resolve(lang)
        self.name, self.model, self.lang, self.evidence = name, model, lang, evidence
        opened(model)  # a wrong name should show when the pipeline is built

    def __call__(self, doc: Doc) -> Doc:
        """Score one document."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 256) -> Iterator[Doc]:
        """Score documents in order, a batch at a time."""
        documents = iter(stream)
        while batch := list(islice(documents, batch_size)):
            texts = (doc.text for doc in batch)
            scores = opened(self.model).score_many(texts, lang=self.lang, evidence=self.evidence)
            for doc, score in zip(batch, scores, strict=True):
                yield attach(doc, score)

    # what spaCy writes of a pipeline is its config, which names the model; there is nothing else to keep
    def to_bytes(self, **_: Any) -> bytes:
        """Nothing: the settings stand in the config of the pipeline."""
        return b""

    def from_bytes(self, _: bytes, **__: Any) -> NarrativesComponent:
        """Inverse of :meth:`to_bytes`."""
        return self

    def to_disk(self, path: str | Path, **_: Any) -> None:
        """Write nothing: the settings stand in the config of the pipeline."""

    def from_disk(self, path: str | Path, **_: Any) -> NarrativesComponent:  # noqa: ARG002
        """Inverse of :meth:`to_disk`."""
        return self


def attach(doc: Doc, score: PostScore) -> Doc:
    """Put a reading on a document.

    ``doc.cats`` gets every probability by head or narrative id; ``doc.spans["narratives"]`` the evidence, widened to
    whole tokens.
    """
    doc.user_data[KEY] = score.to_dict()
    heads = {"offensive": score.offensive, "hate": score.hate, **(score.narratives or {})}
    doc.cats.update({head: float(p) for head, p in heads.items() if p is not None})
    spans = (doc.char_span(s.start, s.end, label=s.label, alignment_mode="expand") for s in score.evidence)
    doc.spans[KEY] = SpanGroup(doc, name=KEY, spans=[span for span in spans if span is not None])
    return doc


@Language.factory(  # type: ignore[untyped-decorator]
    KEY,
    default_config={"model": None, "lang": None, "evidence": True},
    assigns=["doc._.narratives", "doc.cats", "doc.spans"],
)
def make(nlp: Any, name: str, model: str | None, lang: str | None, evidence: bool) -> NarrativesComponent:  # noqa: ARG001
    """The component ``narratives``; see :class:`NarrativesComponent`."""
    return NarrativesComponent(name, model, lang, evidence)
