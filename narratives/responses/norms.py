"""Which rights answer a narrative in a country, from ``datasets/norms.toml``.

A norm that does not bind in the chosen country is withheld, with the reason; one that never binds (a recommendation,
a general comment) is marked as guidance; reservations and conditions travel with the citation. The file is checked
against its schema, and against itself, on first use.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from pydantic import ValidationError

from narratives.errors import InputError, unknown
from narratives.languages import resolve
from narratives.resources import find
from narratives.responses.norms_schema import COUNTRIES, Answer, NormsFile, Status
from narratives.taxonomy import KOSOVO_NOTE, narrative, with_kosovo_note
from narratives.text.translit import to_cyrillic, to_latin

__all__ = [
    "COUNTRIES",
    "CitedNorm",
    "WithheldNorm",
    "binds",
    "cite",
    "common_rights",
    "country_code",
    "kosovo_footnote",
    "norm_ids",
    "over_claim",
    "rights_for",
    "withheld_for",
]

_CITABLE: frozenset[Status] = frozenset({"binding", "domestic_law", "non_binding"})
_WHY_WITHHELD: Mapping[Status, str] = {
    "signed": "signed but not ratified, so it does not bind there",
    "not_party": "not in force there",
    "withdrawn": "no longer in force there",
}


def country_code(country: str) -> str:
    """The code of a country given by code or English name, in any case.

    Raises:
        UnknownNameError: It is none of the eight places; the message lists them.

    >>> country_code("rs"), country_code("Moldova")
    ('RS', 'MD')
    """
    given = country.strip().casefold() if isinstance(country, str) else ""
    for code, name in COUNTRIES.items():
        if given in (code.casefold(), name.casefold()):
            return code
    known = [f"{code} ({name})" for code, name in COUNTRIES.items()]
    raise unknown("country", country, known)


def kosovo_footnote(*texts: str) -> str:
    """The footnote on resolution 1244 if any of the texts names Kosovo, else an empty string.

    >>> kosovo_footnote("Tirana"), kosovo_footnote("Tirana", "Kosovë").endswith("1244.")
    ('', True)
    """
    return KOSOVO_NOTE if any(with_kosovo_note(text) != text or KOSOVO_NOTE in text for text in texts) else ""


@lru_cache(maxsize=1)
def _data() -> NormsFile:
    path = find("datasets/norms.toml")
    try:
        return NormsFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise InputError(f"{path} is not a valid file of norms: {error}; restore the shipped file") from None


# ------------------------------------------------------------------------------------------------------ what returns


@dataclass(frozen=True, slots=True)
class CitedNorm:
    """A norm as it may be cited in one country.

    Attributes:
        id: Stable name, such as ``iccpr.20.2``.
        country: Code of the country it is cited for.
        instrument: Full name of the instrument.
        citation: Short exact citation, with the condition or the domestic law that carries it where there is one.
        reference: Date and series of the instrument, for a formal text.
        status: ``binding`` (treaty in force), ``domestic_law`` (applied through the law that the citation names), or
            ``non_binding`` (guidance, never to be presented as an obligation).
        plain: One plain sentence by language code; the project's own words, not a quotation.
        cautions: Reservations, conditions and notes, in English.
        since: From when the status holds, where it is recorded.
        verified: Whether the norm, and its standing in the country, were both checked against a source.
        footnote: The note on resolution 1244 where Kosovo is named, else empty.
    """

    id: str
    country: str
    instrument: str
    citation: str
    reference: str
    status: Status
    plain: Mapping[str, str]
    cautions: tuple[str, ...]
    since: date | None
    verified: bool
    footnote: str

    @property
    def binding(self) -> bool:
        """Whether it is law in the country: by treaty or through domestic law."""
        return self.status != "non_binding"

    def sentence(self, lang: str = "en") -> str:
        """The plain sentence in a language, in the script of the tag where it names one.

        Raises:
            UnknownNameError: The language or script is not known.
        """
        variety = resolve(lang)
        code = variety.language.code
        text = self.plain["bs" if code == "bcms" else code]  # the group has no sentence of its own
        if variety.script == "Latn":
            return to_latin(text)
        if variety.script == "Cyrl" and variety.language.group == "bcms":
            return to_cyrillic(text)  # words outside the list of seams do not occur in these sentences
        return text

    def text(self, lang: str = "en") -> str:
        """Sentence, citation and standing in one line, ready to print; the footnote follows where it must."""
        standing = "" if self.binding else " (guidance, not binding)"
        line = f"{self.sentence(lang)} — {self.citation}{standing}"
        return f"{line}\n\n{self.footnote}" if self.footnote else line

    def to_dict(self, lang: str = "en") -> dict[str, Any]:
        """Plain values only, ready for JSON, with the sentence in one language."""
        return {
            "id": self.id,
            "country": self.country,
            "sentence": self.sentence(lang),
            "citation": self.citation,
            "instrument": self.instrument,
            "reference": self.reference,
            "status": self.status,
            "binding": self.binding,
            "cautions": list(self.cautions),
            "since": self.since.isoformat() if self.since else None,
            "verified": self.verified,
            "footnote": self.footnote,
        }


@dataclass(frozen=True, slots=True)
class WithheldNorm:
    """A norm that would answer the narrative but may not be cited in the country, and why.

    Attributes:
        id: Stable name.
        country: Code of the country.
        citation: Short exact citation, for explaining only.
        status: ``signed``, ``not_party``, ``withdrawn``, or ``reserved`` where a reservation takes the article out.
        reason: Why, in English.
        footnote: The note on resolution 1244 where Kosovo is named, else empty.
    """

    id: str
    country: str
    citation: str
    status: Status | Literal["reserved"]
    reason: str
    footnote: str


def _read(id: str, country: str) -> CitedNorm | WithheldNorm:
    norm = _data().norms[id]
    instrument = _data().instruments[norm.instrument]
    applies = instrument.applies(country)
    own = [r for r in instrument.reservations if r.country == country and id.partition(".")[2] in r.articles]
    citation = f"{instrument.short}, {norm.article}" if norm.article else instrument.short
    excluded = [r.text for r in own if r.effect == "excluded"]
    if applies.status not in _CITABLE or excluded:
        reason = "; ".join(excluded) or applies.note or _WHY_WITHHELD[applies.status]
        note = kosovo_footnote(COUNTRIES[country], citation, reason)
        return WithheldNorm(id, country, citation, "reserved" if excluded else applies.status, reason, note)
    ways = [f"through {applies.carried_by}" if applies.carried_by else "", applies.condition]
    cautions = tuple(text for text in (applies.condition, applies.note, *(r.text for r in own)) if text)
    qualified = "; ".join(way for way in (*ways, *(r.text for r in own)) if way)
    return CitedNorm(
        id=id,
        country=country,
        instrument=instrument.name,
        citation=f"{citation} ({qualified})" if qualified else citation,
        reference=instrument.reference,
        status=applies.status,
        plain=MappingProxyType(_data().plain[norm.plain]),
        cautions=cautions,
        since=applies.since,
        # guidance binds nowhere, so there is no standing to check, only what the text says
        verified=norm.verified and (instrument.nature != "treaty" or applies.verified) and all(r.verified for r in own),
        footnote=kosovo_footnote(COUNTRIES[country], citation, qualified),
    )


@lru_cache(maxsize=512)
def _split(ids: tuple[str, ...], country: str) -> tuple[tuple[CitedNorm, ...], tuple[WithheldNorm, ...]]:
    read = [_read(id, country) for id in ids]
    cited = sorted((n for n in read if isinstance(n, CitedNorm)), key=lambda n: not n.binding)  # stable: law first
    return tuple(cited), tuple(n for n in read if isinstance(n, WithheldNorm))


def rights_for(narrative: str, country: str) -> tuple[CitedNorm, ...]:
    """The norms that answer a narrative and may be cited in a country, law before guidance.

    Args:
        narrative: Id of one of the sixteen narratives.
        country: Code or English name of one of the eight places.

    Returns:
        At least one norm that is law there. Those that do not bind are left out (:func:`withheld_for` says why).

    Raises:
        UnknownNameError: There is no such narrative or country; the message lists the known ones.
        InputError: The data file is damaged.

    >>> [norm.id for norm in rights_for("gendered_threat", "TR")]
    ['cedaw.2.f', 'cedaw.5.a', 'icerd.5.b', 'cmrec_2019_1']
    >>> rights_for("security_threat", "RS")[0].citation
    'ICCPR, Article 14(2)'
    """
    return _split(_answer(narrative).norms, country_code(country))[0]


def withheld_for(narrative: str, country: str) -> tuple[WithheldNorm, ...]:
    """The norms that would answer a narrative but do not bind in a country, each with the reason.

    Raises:
        UnknownNameError: There is no such narrative or country.

    >>> withheld_for("welfare_burden", "XK")[0].status
    'not_party'
    """
    return _split(_answer(narrative).norms, country_code(country))[1]


def norm_ids() -> frozenset[str]:
    """Ids of all norms.

    >>> "echr.14" in norm_ids()
    True
    """
    return frozenset(_data().norms)


def cite(ids: tuple[str, ...], country: str) -> tuple[CitedNorm, ...]:
    """Those of some norms that may be cited in a country, law before guidance; the others are left out.

    Args:
        ids: Ids of norms, as in ``norm_ids()``.
        country: Code or English name of one of the eight places.

    Raises:
        UnknownNameError: There is no such norm or country.

    >>> [norm.id for norm in cite(("istanbul.12", "cedaw.5.a"), "TR")]
    ['cedaw.5.a']
    """
    for id in ids:
        if id not in _data().norms:
            raise unknown("norm", id, sorted(_data().norms))
    return _split(ids, country_code(country))[0]


def binds(instrument: str, country: str) -> bool:
    """Whether an instrument is law in a country, by treaty or through domestic law.

    Raises:
        UnknownNameError: There is no such instrument or country.

    >>> binds("istanbul", "RS"), binds("istanbul", "TR")
    (True, False)
    """
    if instrument not in _data().instruments:
        raise unknown("instrument", instrument, sorted(_data().instruments))
    return _data().instruments[instrument].applies(country_code(country)).status in ("binding", "domestic_law")


def common_rights(country: str) -> tuple[CitedNorm, ...]:
    """The norms that stand behind every answer: free speech and its limits, equality, and no incitement.

    Raises:
        UnknownNameError: There is no such country.

    >>> "echr.p12.1" in [norm.id for norm in common_rights("MD")]  # signed only
    False
    """
    return _split(_data().always, country_code(country))[0]


def over_claim(narrative: str, country: str | None = None) -> str:
    """What an answer to a narrative must not pretend, with what is special to a country.

    Raises:
        UnknownNameError: There is no such narrative or country.

    >>> over_claim("bogus_undeserving")
    'Some claims fail. The answer is a fair individual procedure, not that every claim is right.'
    """
    answer = _answer(narrative)
    special = answer.over_claim_in.get(country_code(country), "") if country is not None else ""
    return f"{answer.over_claim} {special}".strip()


def _answer(id: str) -> Answer:
    return _data().narratives[narrative(id).id]
