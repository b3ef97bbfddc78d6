"""``narratives taxonomy``: what the library looks for, and what it leaves alone."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Annotated, Any

import typer

from narratives.errors import unknown

_HIDDEN = {"id", "level", "name", "definition"}
_TITLES = {
    "inclusion": "counts",
    "exclusion": "does not count",
    "sets_label": "makes a label",
    "un_strategy": "UN Strategy tier",
    "cm_rec": "CM/Rec(2022)16 paragraph 3",
    "near_misses": "near misses",
    "media_frames": "Media Frames Corpus",
    "mendelsohn": "Mendelsohn et al.",
    "stereotypes": "StereoImmigrants, DETESTS",
    "disinformation": "EPC, EUvsDisinfo",
    "form": "HateCheck, ECRI",
}


def taxonomy(
    id: Annotated[
        str | None, typer.Argument(help="A narrative, target, stance or severity level; all if left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the narratives, targets, stances and severity levels."""
    from narratives.taxonomy import GLOBAL_EXCLUSIONS, NARRATIVES, SEVERITY, STANCES, TARGETS, with_kosovo_note

    tables: dict[str, dict[str, Any]] = {
        "narratives": dict(NARRATIVES),
        "targets": dict(TARGETS),
        "stances": dict(STANCES),
        "severity": {str(level): entry for level, entry in SEVERITY.items()},
    }
    if id is not None:
        entries = {key: entry for table in tables.values() for key, entry in table.items()}
        if id not in entries:
            raise unknown("taxonomy entry", id, list(entries))
        card = asdict(entries[id])
        shown = json.dumps(card, ensure_ascii=False, indent=2) if as_json else with_kosovo_note(_card(entries[id]))
    elif as_json:
        everything = {name: [asdict(entry) for entry in table.values()] for name, table in tables.items()}
        shown = json.dumps({**everything, "global_exclusions": GLOBAL_EXCLUSIONS}, ensure_ascii=False, indent=2)
    else:
        shown = with_kosovo_note(_overview(tables, GLOBAL_EXCLUSIONS))
    typer.echo(shown)


def _overview(tables: dict[str, dict[str, Any]], exclusions: tuple[str, ...]) -> str:
    rows = []
    for title, table in tables.items():
        width = max(map(len, table))
        rows += [title.upper(), *(f"  {key:{width}}  {entry.definition}" for key, entry in table.items()), ""]
    return "\n".join([*rows, "NEVER A HIT", *(f"  - {line}" for line in exclusions)])


def _card(entry: Any) -> str:
    rows = [f"{getattr(entry, 'id', None) or entry.level}: {entry.name}", entry.definition]
    for field in fields(entry):
        if field.name not in _HIDDEN:
            rows += _field(field.name, getattr(entry, field.name))
    return "\n".join(rows)


def _field(name: str, value: Any) -> list[str]:
    title = _TITLES.get(name, name)
    if isinstance(value, bool):
        return [f"{title}: {'yes' if value else 'no'}"]
    if isinstance(value, str):
        return [f"{title}: {value}"]
    if isinstance(value, tuple):
        return [f"{title}:", *(f"  - {item}" for item in value)] if value else []
    lines = [(_TITLES[f.name], getattr(value, f.name)) for f in fields(value)]
    return [f"{title}:", *(f"  {scheme}: {', '.join(labels) or 'none'}" for scheme, labels in lines)]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(taxonomy)
