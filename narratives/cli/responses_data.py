"""``narratives routes``, ``norms`` and ``incident``: where to turn, which rights bind, and a sheet for monitoring."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from narratives.responses.norms import CitedNorm
    from narratives.responses.routes import Route

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Country = Annotated[str, typer.Option(help="One of the eight places, by code or English name.")]


def routes(
    country: _Country,
    need: Annotated[str | None, typer.Option(help="What for, such as hate_crime or legal_aid; else all.")] = None,
    as_json: _Json = False,
) -> None:
    """Show where to turn: near help first, police last, each with its warnings."""
    from narratives.responses.routes import routes_for

    found = routes_for(country, need=need)
    if as_json:
        typer.echo(json.dumps([route.to_dict() for route in found], ensure_ascii=False))
        return
    notes = list(dict.fromkeys(route.footnote for route in found if route.footnote))
    typer.echo("\n".join([*(line for route in found for line in route_lines(route)), *notes]))


def route_lines(route: Route) -> list[str]:
    """One route for people, a few lines."""
    rows = [f"{route.name} ({route.kind.replace('_', ' ')}): {route.for_what}", f"    who: {route.who}"]
    rows += [
        f"    {name}: {value}" for name, value in (("contact", route.contact), ("by when", route.deadline)) if value
    ]
    rows += [f"    ask a lawyer about: {route.legal_hook}"] if route.legal_hook else []
    rows += [f"    safety: {line}" for line in route.safety]
    return rows + [f"    warning: {line}" for line in route.warnings]


def norms(
    narrative: Annotated[str, typer.Option(help="Id of a narrative; `narratives taxonomy` lists them.")],
    country: _Country,
    lang: Annotated[str, typer.Option(help="Language of the plain sentences.")] = "en",
    as_json: _Json = False,
) -> None:
    """Show the norms that answer a narrative in a country, and those that must not be cited there."""
    from narratives.responses.norms import common_rights, over_claim, rights_for, withheld_for

    own, always, held = rights_for(narrative, country), common_rights(country), withheld_for(narrative, country)
    if as_json:
        out = {
            "norms": [norm.to_dict(lang) for norm in own],
            "always": [norm.to_dict(lang) for norm in always],
            "withheld": [{name: getattr(norm, name) for name in norm.__slots__} for norm in held],
            "over_claim": over_claim(narrative, country),
        }
        typer.echo(json.dumps(out, ensure_ascii=False))
        return
    rows = [*(_norm(norm, lang) for norm in own), "", "Behind every answer:", *(_norm(norm, lang) for norm in always)]
    rows += ["", f"Do not over-claim: {over_claim(narrative, country)}"]
    if held:
        rows += ["", "Never cite there:", *(f"  - {norm.citation}: {norm.reason}" for norm in held)]
    notes = dict.fromkeys([*(norm.footnote for norm in (*own, *always)), *(norm.footnote for norm in held)])
    notes.pop("", None)
    typer.echo("\n".join([*rows, *(["", *notes] if notes else [])]))


def _norm(norm: CitedNorm, lang: str) -> str:
    standing = "" if norm.binding else " (guidance, not binding)"
    checked = "" if norm.verified else " [not checked against a source]"
    return f"  - {norm.sentence(lang)} — {norm.citation}{standing}{checked}"


def incident(
    what: Annotated[str, typer.Option(help="What happened, in your own words; not the post.")],
    when: Annotated[str, typer.Option(help="When, with a time zone, such as 2026-05-01T09:00+02:00.")],
    where: Annotated[str, typer.Option(help="Platform and address, or place.")],
    country: _Country,
    copy: Annotated[Path | None, typer.Option(help="The preserved copy; only its name and digest are kept.")] = None,
    narrative: Annotated[list[str] | None, typer.Option(help="A narrative; may be given more than once.")] = None,
    target: Annotated[list[str] | None, typer.Option(help="Who is aimed at; may be given more than once.")] = None,
    severity: Annotated[int | None, typer.Option(min=0, max=4, help="Severity of the language.")] = None,
    consent: Annotated[str, typer.Option(help="yes, no or not_asked: may the report be passed on?")] = "not_asked",
    tried: Annotated[list[str] | None, typer.Option(help="Where it was reported; may be given more than once.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown instead of CSV.")] = False,
    header: Annotated[bool, typer.Option(help="Begin the CSV with the names of its columns.")] = True,
    as_json: _Json = False,
) -> None:
    """Make an incident sheet for monitoring bodies, with the SHA-256 of a preserved copy."""
    from narratives.errors import InputError
    from narratives.responses.incident import incident as make
    from narratives.responses.incident import to_csv

    try:
        moment = dt.datetime.fromisoformat(when)
    except ValueError:
        raise InputError(f"when is {when!r}; expected a date and time such as 2026-05-01T09:00+02:00") from None
    sheet = make(
        what=what,
        when=moment,
        where=where,
        country=country,
        copy=copy,
        narratives=narrative or (),
        targets=target or (),
        severity=severity,
        consent=consent,
        routes_tried=tried or (),
    )
    if as_json:
        typer.echo(json.dumps(sheet.to_dict(), ensure_ascii=False))
    elif markdown:
        typer.echo(sheet.to_markdown())
    else:
        typer.echo(to_csv([sheet], header=header), nl=False)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (routes, norms, incident):
        app.command()(command)
