"""``narratives evaluate``: measure a model on a language, or anybody's predictions on anybody's labels."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

_HELP_PEERS = (
    "Peers on the same rows: all, linear, tfidf-lr, tfidf-svm, hatesonar, profanity-check, hurtlex, ldnoobw, "
    "hf:FOLDER, detoxify:FILE, answers:FILE, python:MODULE:FUNCTION, a model folder. More may follow, apart by spaces."
)


def evaluate(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[LANGUAGE…|all]", help="Languages; peers may follow --against.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder of corpora in their authors' layout; NARRATIVES_DATA.")
    ] = None,
    model: Annotated[str, typer.Option(help="Name of a shipped model, or a model folder.")] = "default",
    against: Annotated[list[str] | None, typer.Option(metavar="PEER", help=_HELP_PEERS)] = None,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write MODEL/LANG.json, .html, .md here.")] = None,
    latex: Annotated[bool, typer.Option("--latex", help="Write LANG.tex too.")] = False,
    speed: Annotated[bool, typer.Option("--speed", help="Measure throughput and memory as well; slow.")] = False,
    hub: Annotated[bool, typer.Option("--hub", help="Allow corpora and weights to be fetched from the hub.")] = False,
    resamples: Annotated[int, typer.Option(min=100, help="Bootstrap resamples.")] = 2000,
    seed: Annotated[int, typer.Option(help="For everything drawn.")] = 0,
    questions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the rows as JSON lines to be answered (answers:FILE).")
    ] = None,
    predictions: Annotated[
        list[Path] | None, typer.Option(metavar="CSV", help="Predictions: id, label, probability. May be given twice.")
    ] = None,
    gold: Annotated[Path | None, typer.Option(metavar="CSV", help="Labels for --predictions: id, label.")] = None,
) -> None:
    """Measure a model on corpora and functional suites, with intervals and peers.

    Without --out the Markdown table goes to standard output. Corpora that are missing are named with where to get them.
    """
    if predictions or gold:
        _given(predictions or [], gold, out, latex, resamples, seed)
        return
    folder = data or (Path(os.environ["NARRATIVES_DATA"]) if os.environ.get("NARRATIVES_DATA") else None)
    if folder is not None and not folder.is_dir():
        raise typer.BadParameter(
            f"{folder} is no folder; expected the folder that holds the corpora", param_hint="--data"
        )
    langs, peers = _split(names or [], against or [])
    from narratives.benchmark.bench import Settings
    from narratives.benchmark.plans import plan_of
    from narratives.benchmark.report import write

    settings = Settings(folder, tuple(peers), resamples, seed, hub, _say)
    plans = [plan_of(lang) for lang in langs]
    if questions is not None:
        from narratives.benchmark.questions import write_questions

        typer.echo(f"{write_questions(plans, settings, questions):,} rows written to {questions}", err=True)
        return
    from narratives.benchmark.run import evaluate as run
    from narratives.scorer import load

    scorer = load(model)
    for plan in plans:
        result = run(plan, scorer, Path(model).name, settings)
        if speed and plan is plans[0]:
            from narratives.benchmark.peers.registry import expand
            from narratives.benchmark.speed import measure

            everyone = [model, *expand(peers), "bert-base"]
            result["speed"] = measure(everyone, plan.lang, folder, plan.suite_train_on)
        if out is None:
            from narratives.benchmark.tables import markdown

            typer.echo(markdown(result))
        else:
            place = write(result, out / Path(model).name, latex=latex)
            typer.echo(f"{plan.lang}: {place}", err=True)


def _split(names: Sequence[str], against: Sequence[str]) -> tuple[list[str], list[str]]:
    """Languages and peers: ``hr --against linear hurtlex`` reaches us with hurtlex among the languages."""
    from narratives.errors import UnknownNameError
    from narratives.languages import LANGUAGES, resolve

    langs: list[str] = []
    peers = list(against)
    for name in names:
        if name == "all" and not langs:
            langs += LANGUAGES
            continue
        try:
            langs.append(resolve(name).language.code)
        except UnknownNameError:
            if not against:
                raise
            peers.append(name)
    if not langs:
        raise typer.BadParameter(f"no language given; expected some of {', '.join(LANGUAGES)}, or all")
    return list(dict.fromkeys(langs)), peers


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _given(
    predictions: Sequence[Path], gold: Path | None, out: Path | None, latex: bool, resamples: int, seed: int
) -> None:
    if not predictions or gold is None:
        raise typer.BadParameter("--predictions and --gold go together")
    from narratives.benchmark.given import measure_files
    from narratives.benchmark.tables import given_markdown

    result: dict[str, Any] = measure_files(predictions, gold, resamples=resamples, seed=seed)
    for warning in result["warnings"]:
        _say(f"warning: {warning}")
    text = given_markdown(result)
    if out is None:
        typer.echo(text)
        return
    from narratives.benchmark.report import write_given

    typer.echo(str(write_given(result, out, latex=latex)), err=True)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(evaluate)
