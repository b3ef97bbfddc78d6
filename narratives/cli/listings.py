"""``narratives languages`` and ``narratives models``: what is at hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]


def languages(as_json: _Json = False) -> None:
    """List the languages that are read, with the codes for --lang."""
    from narratives.languages import BCMS, LANGUAGES

    known = [*LANGUAGES.values(), BCMS]
    if as_json:
        for lang in known:
            typer.echo(json.dumps(asdict(lang), ensure_ascii=False))
        return
    rows = [(lang.code, lang.name, lang.native, ", ".join(lang.scripts), lang.group) for lang in known]
    typer.echo(_table(("code", "name", "own name", "scripts", "scored as"), rows))


def models(as_json: _Json = False) -> None:
    """List the models that are installed."""
    from narratives import resources

    found = [resources.find(f"models/{name}") for name in resources.listing("models")]
    cards = [_model(folder) for folder in found if (folder / "config.json").is_file()]
    if not cards:
        roots = ", ".join(str(root / "models") for root in resources.roots())
        typer.echo(f"narratives: no model in {roots}; reinstall narratives or set NARRATIVES_HOME", err=True)
        raise typer.Exit(1)
    for card in cards:
        if as_json:
            typer.echo(json.dumps(card, ensure_ascii=False))
        else:
            typer.echo("\n".join(f"{key:9}  {_plain(value)}" for key, value in card.items() if value) + "\n")
    if any("problem" in card for card in cards):
        raise typer.Exit(1)


def _model(folder: Path) -> dict[str, Any]:
    """What ``config.json`` and ``SHA256SUMS`` of a model folder say; ``problem`` where the folder is damaged."""
    from narratives import resources
    from narratives.errors import NarrativesError

    card: dict[str, Any] = {"name": folder.name, "path": str(folder)}
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        card |= {
            "name": config["name"],
            "version": config["version"],
            "heads": list(config["heads"]),
            "languages": _codes({group for groups in config["calibration"].values() for group in groups}),
            "bytes": sum(file.stat().st_size for file in folder.iterdir() if file.is_file()),
            "sha256": resources.checked(folder),
        }
    except NarrativesError as error:
        card["problem"] = str(error)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        card["problem"] = f"config.json cannot be read ({type(error).__name__}); copy or install the model anew"
    return card


def _codes(groups: set[str]) -> list[str]:
    from narratives.languages import LANGUAGES

    return [lang.code for lang in LANGUAGES.values() if lang.group in groups]


def _plain(value: object) -> str:
    if isinstance(value, int):
        return f"{value / 1e6:,.1f} MB" if value >= 1e5 else f"{value:,}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return "\n".join("  ".join(f"{c:{w}}" for c, w in zip(row, widths, strict=True)).rstrip() for row in (head, *rows))


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(languages)
    app.command()(models)
