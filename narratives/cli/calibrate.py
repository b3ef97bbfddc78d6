"""``narratives calibrate``: thresholds fitted to reviewed posts, into a model folder of one's own."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from narratives.batch.scored import ScoredRow
    from narratives.review.decisions import Decision


def calibrate(
    scored: Annotated[Path, typer.Argument(metavar="SCORED", help="File written by narratives batch.")],
    reviewed: Annotated[Path, typer.Argument(metavar="REVIEWED", help="Decisions written by narratives review.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FOLDER", help="Model folder to write; else only the table.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Model that scored; the default if not given.")] = None,
    text: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of the posts; else guessed.")] = None,
) -> None:
    """Fit thresholds anew to what people decided, and show what that changes.

    The model itself never changes: with --out a copy with the new thresholds is written, to be used by --model FOLDER.
    Exit code 1 means that nothing changes.
    """
    from narratives.backends.base import model_folder, open_model
    from narratives.batch.scored import read_scored
    from narratives.errors import InputError
    from narratives.review.decisions import read_decisions
    from narratives.training.refit import refit, table, write_refitted

    backend = open_model(model)
    decisions = {decision.row: decision for decision in read_decisions(reviewed)}
    if not decisions:
        raise InputError(f"{reviewed} holds no decision; make some with narratives review {scored.name}")
    points = _Points(backend.calibration)
    info = f"{backend.info.name} {backend.info.version} {backend.info.sha256[:8]}"
    for row in read_scored(scored, text=text):
        if row.scores["model"] != info and row.scores["row_status"] == "ok":
            raise InputError(
                f"{scored} was scored by {row.scores['model']}, not by {info}; name that model with --model, "
                "or score anew"
            )
        points.add(row, decisions.get(row.number))
    changes = [refit(head, group, judged, backend.calibration[head][group]) for head, group, judged in points.judged()]
    if not changes:
        raise InputError(f"no decision of {reviewed} is about a post of {scored}; expected those of that very file")
    typer.echo(table(changes))
    if points.strangers:
        typer.echo(f"{points.strangers} decisions are about other posts than those of {scored}; left out", err=True)
    if all(change.after is change.before for change in changes):
        raise typer.Exit(1)
    if out is None:
        typer.echo("nothing was written; --out FOLDER writes a model with these thresholds", err=True)
        return
    write_refitted(model_folder(model), out, changes)
    typer.echo(f"written to {out}: narratives batch … --model {out}", err=True)


class _Points:
    """Collects, head by head and group by group, what the model and the person said."""

    def __init__(self, calibration: Mapping[str, Mapping[str, Any]]) -> None:
        self._calibration = calibration
        self._all: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 10)
        self._judged: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
        self.strangers = 0

    def add(self, row: ScoredRow, decision: Decision | None) -> None:
        from narratives.review.queue import digest

        said = row.scores
        if decision is not None and decision.digest != digest(row.text):
            self.strangers += 1
            decision = None
        if said["hate"] is None:
            return
        group = _group(said["lang"])
        table = (said["probabilities"] or {}).get("narratives") or {}
        for head in self._calibration:
            if group not in self._calibration[head]:
                continue
            p = said[head] if head in {"hate", "offensive"} else table.get(head, 0.0) if table else None
            if p is None:
                continue
            self._all[head, group][min(int(p * 10), 9)] += 1
            gold = _gold(head, decision)
            if gold is not None:
                self._judged[head, group].append((p, gold))

    def judged(self) -> Iterator[tuple[str, str, Any]]:
        import numpy as np

        from narratives.training.refit import Judged

        for (head, group), pairs in sorted(self._judged.items()):
            p, gold = zip(*pairs, strict=True)
            yield head, group, Judged(np.array(p), np.array(gold, np.int64), np.array(self._all[head, group]))


def _gold(head: str, decision: Decision | None) -> int | None:
    """What the person said about a head; ``None`` where she did not."""
    if decision is None or decision.verdict == "unsure":
        return None
    if head == "hate":
        return int(decision.verdict == "flag")
    return None if decision.labels is None else int(head in decision.labels)


def _group(lang: str) -> str:
    from narratives.languages import LANGUAGES

    return LANGUAGES[lang].group if lang in LANGUAGES else lang


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(calibrate)
