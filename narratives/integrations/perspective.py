"""For code written for Perspective's Comment Analyzer: the same requests, answered on this machine.

Perspective ends after 2026. Two of its attributes have a counterpart here: ``TOXICITY`` (our ``offensive``) and
``IDENTITY_ATTACK`` (our ``hate``). The figures are ours: thresholds chosen for Perspective do not carry over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from narratives.errors import InputError, ModelError, unknown
from narratives.integrations.opened import opened
from narratives.results import PostScore
from narratives.scorer import Scorer

ATTRIBUTES: Mapping[str, str] = {"TOXICITY": "offensive", "IDENTITY_ATTACK": "hate"}
"""Attributes that can be asked for, with our heads."""


@dataclass(frozen=True, slots=True)
class Perspective:
    """Answers ``comments.analyze`` requests.

    Attributes:
        scorer: The model that answers.

    >>> client = build()
    >>> request = {"comment": {"text": "Dobar dan svima, danas je lijep dan"}, "requestedAttributes": {"TOXICITY": {}}}
    >>> answer = client.comments().analyze(body=request).execute()
    >>> answer["attributeScores"]["TOXICITY"]["summaryScore"]["type"]
    'PROBABILITY'
    """

    scorer: Scorer

    def comments(self) -> Perspective:
        """The resource, as the Google client names it."""
        return self

    def analyze(self, body: Mapping[str, Any]) -> Answer:
        """Answer a request.

        Args:
            body: ``comment.text`` and ``requestedAttributes`` as for Perspective; ``languages`` (the first counts),
                ``spanAnnotations``, ``clientToken`` and ``scoreThreshold`` are heeded. Nothing is ever stored.

        Raises:
            InputError: There is no text or no attribute, or the language is not read.
            UnknownNameError: An attribute has no counterpart, or a language is unknown.
        """
        return Answer(self._answer(body))

    def _answer(self, body: Mapping[str, Any]) -> dict[str, Any]:
        try:
            text, asked = body["comment"]["text"], dict(body["requestedAttributes"])
        except (KeyError, TypeError, ValueError):
            raise InputError("the request lacks comment.text or requestedAttributes; expected both") from None
        if not isinstance(text, str) or not asked:
            raise InputError("the request has no text or asks for no attribute; expected both")
        for name in asked:
            if name not in ATTRIBUTES:
                raise unknown("attribute", name, list(ATTRIBUTES))
        named = list(body.get("languages") or [])
        spans = bool(body.get("spanAnnotations"))
        post = self.scorer.score(text, lang=named[0] if named else None, evidence=spans)
        if post.decision == "unsupported":
            raise InputError(f"the comment cannot be read: {post.reasons[0]}")
        told = {name: _attribute(name, asked[name] or {}, post, len(text), spans) for name in asked}
        out: dict[str, Any] = {
            "attributeScores": {name: scores for name, scores in told.items() if scores is not None},
            "languages": named or [post.language.code],
            "detectedLanguages": [post.language.code],
        }
        return out | ({"clientToken": body["clientToken"]} if "clientToken" in body else {})


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that waits to be fetched, as the Google client's requests do."""

    content: Mapping[str, Any]

    def execute(self) -> dict[str, Any]:
        """The answer."""
        return dict(self.content)


def build(model: Scorer | str | Path | None = None, *_: Any, **__: Any) -> Perspective:
    """In the place of ``googleapiclient.discovery.build``; whatever else that was given is not needed.

    Args:
        model: What :func:`narratives.load` takes, or a scorer; ``"commentanalyzer"`` means the default.
    """
    return Perspective(opened(None if model == "commentanalyzer" else model))


def _attribute(
    name: str, wanted: Mapping[str, Any], post: PostScore, length: int, spans: bool
) -> dict[str, Any] | None:
    head = ATTRIBUTES[name]
    value = post.offensive if head == "offensive" else post.hate
    if value is None:
        raise ModelError(f"the model {post.model.name} has no head {head!r}, which {name} needs; use another model")
    if value < wanted.get("scoreThreshold", 0.0):
        return None
    places = [(s.start, s.end) for s in post.evidence if s.label == head] if spans else []
    score = {"value": value, "type": "PROBABILITY"}
    return {
        "spanScores": [{"begin": b, "end": e, "score": score} for b, e in _whole(places, length)],
        "summaryScore": score,
    }


def _whole(places: Sequence[tuple[int, int]], length: int) -> Sequence[tuple[int, int]]:
    return places or [(0, length)]
