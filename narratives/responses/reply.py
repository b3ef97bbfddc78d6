"""What suggesting returns: frozen dataclasses that turn into plain dictionaries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

from narratives.responses.norms import CitedNorm, WithheldNorm
from narratives.responses.routes import Route
from narratives.responses.triage import Triage

DRAFT = "draft: no native and no migrant-led reader has signed this text"
"""The mark on every text that is not reviewed."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One text to say instead.

    Attributes:
        template: Id of the template.
        narrative: Which narrative it answers.
        lang: Tag of language and script.
        strategy: How it answers.
        channel: For what length of text it was asked for.
        text: The text; a slot that was not filled stands as a gap such as ``[contact]``.
        footnote: The note on resolution 1244 where the text names Kosovo, else empty; publish it with the text.
        use: ``thread`` (one reply for bystanders), ``own_page`` (publish it elsewhere), or ``protocol`` (for people at
            risk and for officials, never an answer to the author).
        rights: The norms it rests on that may be cited in the country, law before guidance.
        why: Why this one.
        avoid: What to beware of.
        notes: What else to know: gaps to fill, gender, whose voice it suits.
        status: ``reviewed``, or ``DRAFT``.
    """

    template: str
    narrative: str
    lang: str
    strategy: str
    channel: str
    text: str
    footnote: str
    use: str
    rights: tuple[CitedNorm, ...]
    why: str
    avoid: tuple[str, ...]
    notes: tuple[str, ...]
    status: str

    @property
    def publishable(self) -> str:
        """The text with the footnote it needs."""
        return f"{self.text}\n\n{self.footnote}" if self.footnote else self.text

    def to_dict(self) -> dict[str, Any]:
        """Plain values only, ready for JSON, rights in the language of the text."""
        out = {name: getattr(self, name) for name in self.__slots__}
        out |= {"rights": [norm.to_dict(self.lang) for norm in self.rights]}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in out.items()}


@dataclass(frozen=True, slots=True)
class Suggestion(Sequence[Reply]):
    """Ranked replies, and what to do besides: a sequence of :class:`Reply`.

    Attributes:
        triage: Whether to answer at all, and the steps.
        narrative: Which narrative is answered; ``None`` where none is known.
        country: Code of the country.
        lang: Tag of the language and script.
        replies: Ranked texts, each of another strategy as far as there are any.
        why_empty: Why there is no reply; empty where there is one.
        over_claim: What an answer must not pretend.
        withheld: Norms that would answer the narrative but may not be cited in the country, with the reason.
        protocol: Texts for people at risk and for officials, where there is no reply because somebody is at risk.
        routes: Where to turn.
        notes: What else to know.
        footnote: The note on resolution 1244 where Kosovo is named anywhere, else empty.
    """

    triage: Triage
    narrative: str | None
    country: str
    lang: str
    replies: tuple[Reply, ...] = ()
    why_empty: str = ""
    over_claim: str = ""
    withheld: tuple[WithheldNorm, ...] = ()
    protocol: tuple[Reply, ...] = ()
    routes: tuple[Route, ...] = ()
    notes: tuple[str, ...] = ()
    footnote: str = ""

    def __len__(self) -> int:
        return len(self.replies)

    @overload
    def __getitem__(self, index: int) -> Reply: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Reply, ...]: ...
    def __getitem__(self, index: int | slice) -> Reply | tuple[Reply, ...]:
        return self.replies[index]

    def __iter__(self) -> Iterator[Reply]:
        return iter(self.replies)

    def __bool__(self) -> bool:
        return bool(self.replies)

    def to_dict(self) -> dict[str, Any]:
        """Plain values only, ready for JSON."""
        return {
            "triage": self.triage.to_dict(),
            "narrative": self.narrative,
            "country": self.country,
            "lang": self.lang,
            "replies": [reply.to_dict() for reply in self.replies],
            "why_empty": self.why_empty,
            "over_claim": self.over_claim,
            "withheld": [{name: getattr(norm, name) for name in norm.__slots__} for norm in self.withheld],
            "protocol": [reply.to_dict() for reply in self.protocol],
            "routes": [route.to_dict() for route in self.routes],
            "notes": list(self.notes),
            "footnote": self.footnote,
        }
