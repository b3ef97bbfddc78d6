"""The incident sheet for monitoring bodies: what, when, where, with the hash of a preserved copy. Never the post."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from narratives import resources
from narratives.errors import InputError, MissingFileError, unknown
from narratives.responses.norms import COUNTRIES, country_code, kosovo_footnote
from narratives.results import PostScore
from narratives.taxonomy import NARRATIVES, SEVERITY, TARGETS, with_kosovo_note

Consent = Literal["yes", "no", "not_asked"]
CONSENTS: tuple[Consent, ...] = get_args(Consent)
"""Whether the person concerned agrees to the report being passed on."""

_MARKUP = re.compile(r"([\\`*_{}\[\]<>|#!~])")
_TITLES = {"sha256": "SHA-256 of the copy", "when": "When (UTC)", "recorded": "Recorded (UTC)"}


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident.

    Attributes:
        what: What happened, in a person's words; not the post.
        when: ISO date and time in UTC.
        where: Platform and address, or place.
        country: Code of the country.
        copy: Name of the file that keeps the copy; empty where there is none.
        sha256: Hex digest of that file; empty where there is none.
        narrative: Ids of the narratives, between semicolons.
        target: Ids of the people aimed at, between semicolons.
        severity: Severity of the language, 0 to 4; empty where it is not known.
        consent: ``yes``, ``no`` or ``not_asked``.
        routes_tried: Where it has been reported, between semicolons.
        language: Code of the language of the post.
        read_by: The model that read the post, or ``person``.
        recorded: ISO date and time in UTC at which the sheet was made.
        footnote: The note on resolution 1244 where Kosovo is named, else empty.
    """

    what: str
    when: str
    where: str
    country: str
    copy: str
    sha256: str
    narrative: str
    target: str
    severity: str
    consent: str
    routes_tried: str
    language: str
    read_by: str
    recorded: str
    footnote: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values only, ready for JSON."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def to_markdown(self) -> str:
        """The sheet as Markdown."""
        rows = ["# Incident sheet", ""]
        for field in fields(self):
            if field.name != "footnote":
                title = _TITLES.get(field.name, field.name.replace("_", " ").capitalize())
                value = _MARKUP.sub(r"\\\1", getattr(self, field.name)) or "–"
                rows.append(f"- **{title}:** {value}")
        if self.consent != "yes":
            rows += ["", "Do not pass this on before the person concerned has agreed."]
        return with_kosovo_note("\n".join([*rows, "", self.footnote]).rstrip())


def incident(
    *,
    what: str,
    when: dt.datetime,
    where: str,
    country: str,
    copy: Path | None = None,
    score: PostScore | None = None,
    narratives: Sequence[str] = (),
    targets: Sequence[str] = (),
    severity: int | None = None,
    consent: str = "not_asked",
    routes_tried: Sequence[str] = (),
    now: dt.datetime | None = None,
) -> Incident:
    """Make an incident sheet.

    Args:
        what: What happened, in your own words.
        when: When, with a time zone.
        where: Platform and address, or place.
        country: Code or English name of one of the eight places.
        copy: The preserved copy, such as a screenshot; only its name and digest go into the sheet.
        score: The reading of the post, where there is one; what a person gives wins over it.
        narratives: Ids of narratives.
        targets: Ids of targets.
        severity: 0 to 4.
        consent: ``yes``, ``no`` or ``not_asked``.
        routes_tried: Where it has been reported so far.
        now: The moment of recording; the clock without it.

    Raises:
        UnknownNameError: The country, a narrative, a target or the answer on consent is not known.
        InputError: A text is empty, a time has no time zone, or the severity is not 0 to 4.
        MissingFileError: There is no such copy.

    >>> sheet = incident(what="Threats under a post", when=dt.datetime(2026, 5, 1, 9, tzinfo=dt.UTC),
    ...                  where="a public group", country="RS", severity=4)
    >>> sheet.when, sheet.severity, sheet.consent
    ('2026-05-01T09:00:00Z', '4', 'not_asked')
    """
    for name, text in (("what", what), ("where", where)):
        if not isinstance(text, str) or not text.strip():
            raise InputError(f"{name} is empty; expected a few words")
    if consent not in CONSENTS:
        raise unknown("consent", consent, list(CONSENTS))
    for kind, ids, known in (("narrative", narratives, NARRATIVES), ("target", targets, TARGETS)):
        for id in ids:
            if id not in known:
                raise unknown(kind, id, list(known))
    level = severity if severity is not None else score.language_severity if score else None
    if level is not None and (type(level) is not int or level not in SEVERITY):
        raise InputError(f"severity is {level!r}; expected 0 to 4")
    if score is not None:
        narratives = narratives or [label for label in score.labels if label in NARRATIVES]
        targets = targets or [id for id, p in (score.targets or {}).items() if p >= 0.5]
    place = country_code(country)
    name, digest = _preserved(copy)
    routes = [_line(route) for route in routes_tried]
    return Incident(
        what=_line(what),
        when=_utc(when, "when"),
        where=_line(where),
        country=place,
        copy=name,
        sha256=digest,
        narrative="; ".join(narratives),
        target="; ".join(targets),
        severity="" if level is None else str(level),
        consent=consent,
        routes_tried="; ".join(routes),
        language=score.language.code if score else "",
        read_by=f"{score.model.name} {score.model.version}" if score else "person",
        recorded=_utc(now or dt.datetime.now(dt.UTC), "now"),
        footnote=kosovo_footnote(COUNTRIES[place], what, where, *routes),
    )


def to_csv(incidents: Iterable[Incident], *, header: bool = True) -> str:
    """Incidents as CSV, one a row; a value that a spreadsheet would run as a formula gets an apostrophe in front.

    >>> to_csv([]).split(",")[:3]
    ['what', 'when', 'where']
    """
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    if header:
        rows.writerow(field.name for field in fields(Incident))
    for entry in incidents:
        rows.writerow(_cell(str(value)) for value in entry.to_dict().values())
    return out.getvalue()


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t")) else value


def _line(text: str) -> str:
    return " ".join(text.split())


def _utc(moment: dt.datetime, name: str) -> str:
    if not isinstance(moment, dt.datetime) or moment.tzinfo is None:
        raise InputError(f"{name} has no time zone; give it one, such as 2026-05-01T09:00+02:00")
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _preserved(copy: Path | None) -> tuple[str, str]:
    if copy is None:
        return "", ""
    path = Path(copy)
    if not path.is_file():
        raise MissingFileError(f"there is no file {path}; give the preserved copy, such as a screenshot")
    return path.name, resources.sha256(path)
