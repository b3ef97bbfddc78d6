"""Where to turn in a country, from ``datasets/routes.toml``: who, for what, by when, and what to beware of.

Order is a safety rule, not taste: help that is not known to be the state comes first and police come last, because
contact with police may expose people without secure status to detention or removal (ECRI General Policy
Recommendation 16). Entries that nobody has checked within twelve months say so. Nothing here is legal advice.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from narratives.errors import InputError, unknown
from narratives.resources import find
from narratives.responses.norms import COUNTRIES, country_code, kosovo_footnote

Kind = Literal[
    "help_line",
    "legal_aid",
    "civil_society",
    "equality_body",
    "ombuds",
    "court",
    "media_body",
    "un",
    "council_of_europe",
    "osce",
    "prosecution",
    "police",
]
Need = Literal[
    "danger",
    "support",
    "legal_aid",
    "violence_women",
    "asylum",
    "removal",
    "hate_crime",
    "hate_speech",
    "discrimination",
    "public_bodies",
    "media",
    "defenders",
    "monitoring",
]
Authority = Literal["none", "unknown", "office", "police"]
NEEDS: tuple[Need, ...] = get_args(Need)
"""What a person may look for."""

LAWYER_FIRST = "Without secure status, speak to an organisation you trust or a lawyer before any authority."
"""Attached to every public body."""

POLICE_RISK = (
    "Contact with police or prosecution may expose people without secure status to detention or removal. "
    "In immediate danger to life, that person's own choice comes first."
)
"""Attached to police and prosecution."""

WHO_RUNS_IT = "It is not recorded who runs this: ask before you give a name or say anything about residence status."
"""Attached where nobody has found out whether the state is behind it."""

SPECIAL_CARE: Mapping[str, str] = {
    "TR": "Türkiye needs special care: reporting can put residence or temporary protection at risk."
}
"""Attached to every public body of the country."""

NOT_CHECKED = "Nobody has confirmed this entry: check it with the body before you pass it on."
UNSURE = "It is not certain that this route is open for this place: ask before you rely on it."

_ABROAD: frozenset[Kind] = frozenset({"un", "council_of_europe", "osce"})


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    kind: Kind
    countries: tuple[str, ...]
    unsure: tuple[str, ...] = ()
    needs: tuple[Need, ...] = Field(min_length=1)
    for_what: str = Field(min_length=1)
    who: str = Field(min_length=1)
    deadline: str = ""
    contact: str = ""
    legal_hook: str = ""
    authority: Authority
    verified: bool = False
    verified_on: dt.date | None = None
    source_age: str = ""

    @model_validator(mode="after")
    def _places_and_risk(self) -> Self:
        places = [*self.countries, *self.unsure]
        if not places or len(set(places)) != len(places) or not set(places) <= set(COUNTRIES):
            raise ValueError(f"countries and unsure must name each place at most once, out of {', '.join(COUNTRIES)}")
        if (self.kind in ("police", "prosecution")) != (self.authority == "police"):
            raise ValueError("police and prosecution, and only they, have authority = 'police'")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    routes: dict[str, _Entry]


@lru_cache(maxsize=1)
def _data() -> _File:
    path = find("datasets/routes.toml")
    try:
        return _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise InputError(f"{path} is not a valid file of routes: {error}; restore the shipped file") from None


@dataclass(frozen=True, slots=True)
class Route:
    """One place to turn to.

    Attributes:
        id: Stable name.
        country: Code of the country it was looked up for.
        name: Name of the body or procedure.
        kind: What it is: ``help_line``, ``equality_body``, ``un`` …
        needs: What it serves.
        for_what: What it deals with.
        who: Who may use it.
        deadline: By when; empty where none is recorded.
        contact: A number or address; empty where none was found, never guessed.
        legal_hook: Articles of criminal law to ask a lawyer about; never a statement that something is a crime.
        safety: What people without secure status must know first.
        warnings: What is uncertain about this entry: its age, whether it applies here.
        verified: Whether a source was found when the list was drawn up.
        verified_on: ISO date on which a person checked it, or ``None``.
        footnote: The note on resolution 1244 where Kosovo is named, else empty.
    """

    id: str
    country: str
    name: str
    kind: Kind
    needs: tuple[Need, ...]
    for_what: str
    who: str
    deadline: str
    contact: str
    legal_hook: str
    safety: tuple[str, ...]
    warnings: tuple[str, ...]
    verified: bool
    verified_on: str | None
    footnote: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values only, ready for JSON."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


def age_warning(verified_on: dt.date | None, today: dt.date) -> str:
    """What to say about the age of an entry; empty where it was checked within twelve months.

    Args:
        verified_on: When a person checked it; ``None`` if nobody did.
        today: The day to count from.

    >>> age_warning(dt.date(2025, 3, 1), dt.date(2026, 3, 1))
    ''
    >>> age_warning(dt.date(2025, 3, 1), dt.date(2026, 3, 2))
    'Last checked on 2025-03-01, more than twelve months ago: check it again before you pass it on.'
    """
    if verified_on is None:
        return NOT_CHECKED
    if verified_on > today:
        return f"Recorded as checked on {verified_on}, which is still to come: check it before you pass it on."
    year_later = (verified_on.year + 1, verified_on.month, verified_on.day)  # compared as a tuple: 29 February is safe
    if (today.year, today.month, today.day) > year_later:
        return f"Last checked on {verified_on}, more than twelve months ago: check it again before you pass it on."
    return ""


def _safety(entry: _Entry, country: str) -> tuple[str, ...]:
    if entry.authority == "none":
        return ()
    if entry.authority == "unknown":
        return (WHO_RUNS_IT, *([SPECIAL_CARE[country]] if country in SPECIAL_CARE else []))
    texts = [POLICE_RISK] if entry.authority == "police" else []
    texts.append(LAWYER_FIRST)
    if country in SPECIAL_CARE:
        texts.append(SPECIAL_CARE[country])
    return tuple(texts)


def _route(id: str, entry: _Entry, country: str, today: dt.date) -> Route:
    warnings = [
        UNSURE if country in entry.unsure else "",
        age_warning(entry.verified_on, today),
        f"The source was {entry.source_age}." if entry.source_age else "",
    ]
    return Route(
        id=id,
        country=country,
        name=entry.name,
        kind=entry.kind,
        needs=entry.needs,
        for_what=entry.for_what,
        who=entry.who,
        deadline=entry.deadline,
        contact=entry.contact,
        legal_hook=entry.legal_hook,
        safety=_safety(entry, country),
        warnings=tuple(text for text in warnings if text),
        verified=entry.verified,
        verified_on=entry.verified_on.isoformat() if entry.verified_on else None,
        footnote=kosovo_footnote(COUNTRIES[country], entry.name, entry.for_what),
    )


def _order(entry: _Entry) -> tuple[int, int]:
    """Near help that is not known to be the state, public bodies, routes abroad, police; then by kind."""
    if entry.authority == "police":
        tier = 3
    elif entry.kind in _ABROAD:
        tier = 2
    else:
        tier = int(entry.authority == "office")
    return tier, get_args(Kind).index(entry.kind)


def routes_for(country: str, *, need: str | None = None, today: dt.date | None = None) -> tuple[Route, ...]:
    """Where to turn in a country: near help first, then public bodies, then routes abroad, police last.

    Args:
        country: Code or English name of one of the eight places.
        need: One of ``NEEDS``; all routes without it.
        today: The day from which the age of an entry is counted; the current day without it.

    Returns:
        Never empty without ``need``. Routes that the country has not accepted are left out; where that is not
        certain, the route says so.

    Raises:
        UnknownNameError: There is no such country or need; the message lists the known ones.
        InputError: The data file is damaged.

    >>> [route.id for route in routes_for("MK", need="hate_crime")][0], routes_for("MK", need="danger")[-1].kind
    ('mk_helsinki', 'police')
    >>> "ecthr" in [route.id for route in routes_for("XK")]
    False
    """
    code = country_code(country)
    if need is not None and need not in NEEDS:
        raise unknown("need", need, list(NEEDS))
    day = today or dt.date.today()
    chosen = [
        (id, entry)
        for id, entry in _data().routes.items()
        if code in (*entry.countries, *entry.unsure) and (need is None or need in entry.needs)
    ]
    chosen.sort(key=lambda pair: _order(pair[1]))  # stable: within a kind, the order of the file
    return tuple(_route(id, entry, code, day) for id, entry in chosen)
