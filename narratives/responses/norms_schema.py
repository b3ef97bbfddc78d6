"""The shape of ``datasets/norms.toml``: what it must hold, and what must agree with what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from narratives.languages import LANGUAGES
from narratives.taxonomy import NARRATIVES

Status = Literal["binding", "domestic_law", "signed", "not_party", "withdrawn", "non_binding"]
Nature = Literal["treaty", "declaration", "commitment", "interpretation", "recommendation", "judgment"]

COUNTRIES: Mapping[str, str] = MappingProxyType(
    {
        "AL": "Albania",
        "BA": "Bosnia and Herzegovina",
        "XK": "Kosovo",
        "MD": "Moldova",
        "ME": "Montenegro",
        "MK": "North Macedonia",
        "RS": "Serbia",
        "TR": "Türkiye",
    }
)
"""The eight places the data cover: ISO 3166-1 code (``XK`` as commonly used) and English name."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Applies(_Strict):
    countries: tuple[str, ...] = Field(min_length=1)
    status: Status
    carried_by: str = ""
    condition: str = ""
    note: str = ""
    since: date | None = None
    verified: bool = False

    @model_validator(mode="after")
    def _law_is_named(self) -> Self:
        if (self.status == "domestic_law") != bool(self.carried_by):
            raise ValueError("carried_by names the domestic law, and goes with status domestic_law only")
        return self


class _Reservation(_Strict):
    country: str
    articles: tuple[str, ...] = Field(min_length=1)
    effect: Literal["qualified", "excluded"]
    text: str = Field(min_length=1)
    verified: bool = False


class Instrument(_Strict):
    """An instrument, and where it applies."""

    name: str = Field(min_length=1)
    short: str = Field(min_length=1)
    reference: str = Field(min_length=1)
    nature: Nature
    verified: bool = False
    applicability: tuple[_Applies, ...]
    reservations: tuple[_Reservation, ...] = ()

    @model_validator(mode="after")
    def _covers_each_country_once(self) -> Self:
        listed = [code for entry in self.applicability for code in entry.countries]
        if sorted(listed) != sorted(COUNTRIES):
            raise ValueError(f"applicability must name each of {', '.join(COUNTRIES)} once, not {', '.join(listed)}")
        for entry in self.applicability:
            if self.nature == "treaty" and entry.status == "non_binding":
                raise ValueError("a treaty binds, or is signed, not_party or withdrawn; it is not non_binding")
            if self.nature != "treaty" and entry.status in ("binding", "signed"):
                raise ValueError(f"a {self.nature} does not bind by itself: {entry.status} is for treaties")
        return self

    def applies(self, country: str) -> _Applies:
        """How it stands in a country."""
        return next(entry for entry in self.applicability if country in entry.countries)


class _Norm(_Strict):
    instrument: str
    article: str
    plain: str
    verified: bool = False


class Answer(_Strict):
    """What answers a narrative, and what the answer must not pretend."""

    norms: tuple[str, ...] = Field(min_length=1)
    over_claim: str = Field(min_length=1)
    over_claim_in: dict[str, str] = {}


class NormsFile(_Strict):
    """The whole file."""

    format: Literal[1]
    always: tuple[str, ...]
    plain: dict[str, dict[str, str]]
    instruments: dict[str, Instrument]
    norms: dict[str, _Norm]
    narratives: dict[str, Answer]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if set(self.narratives) != set(NARRATIVES):
            raise ValueError(f"narratives must be exactly {', '.join(NARRATIVES)}")
        for key, sentences in self.plain.items():
            if set(sentences) != set(LANGUAGES) or not all(sentences.values()):
                raise ValueError(f"plain.{key} needs one sentence in each of {', '.join(LANGUAGES)}")
        cited = [*self.always, *(id for answer in self.narratives.values() for id in answer.norms)]
        used = (
            ("norm", set(cited), set(self.norms)),
            ("instrument", {norm.instrument for norm in self.norms.values()}, set(self.instruments)),
            ("plain sentence", {norm.plain for norm in self.norms.values()}, set(self.plain)),
        )
        for kind, wanted, known in used:
            if wanted != known:
                raise ValueError(f"{kind}: used but not written, or written but not used: {sorted(wanted ^ known)}")
        places = {r.country for i in self.instruments.values() for r in i.reservations}
        places |= {code for answer in self.narratives.values() for code in answer.over_claim_in}
        if not places <= set(COUNTRIES):
            raise ValueError(f"unknown countries {sorted(places - set(COUNTRIES))}")
        for key, instrument in self.instruments.items():
            articles = {id.partition(".")[2] for id, norm in self.norms.items() if norm.instrument == key}
            for reservation in instrument.reservations:
                if not set(reservation.articles) <= articles:
                    raise ValueError(f"instruments.{key}: a reservation names an article that no norm has")
        return self
