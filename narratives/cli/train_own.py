"""``narratives train heads | linear | encoder``: the default model with posts of one's own, and its parts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from narratives.cli.train import Data, Label, Lang, LangColumn, Out, Text, group


@group.command()
def heads(
    data: Data,
    label: Label,
    out: Out,
    text: Text = "text",
    lang: Lang = None,
    lang_column: LangColumn = None,
    base: Annotated[str | None, typer.Option(metavar="FOLDER", help="Model to start from; else the default.")] = None,
    seed: Annotated[int, typer.Option(help="Of the intervals.")] = 0,
) -> None:
    """Correct the default model with labelled posts of your own; a few dozen are enough to begin with."""
    from narratives.languages import resolve
    from narratives.training.adapt import adapt

    if lang is not None:
        resolve(lang)
    changes = adapt(
        data,
        out,
        labels=label,
        text=text,
        base=base,
        lang=lang,
        lang_column=lang_column,
        seed=seed,
        say=lambda line: typer.echo(line, err=True),
    )
    typer.echo("| head | language | posts | before | after |\n|---|---|---|---|---|")
    for change in changes:
        typer.echo(change.row())
    typer.echo(f"written to {out}; score with it: narratives score --model {out} ...", err=True)


@group.command()
def linear(
    data: Data,
    label: Label,
    out: Out,
    text: Text = "text",
    lang: Lang = None,
    lang_column: LangColumn = None,
) -> None:
    """Train a model of n-grams on labelled posts of your own alone: the floor to compare anything with."""
    from narratives.languages import resolve
    from narratives.training.own_linear import train_linear

    if lang is not None:
        resolve(lang)
    for line in train_linear(data, out, labels=label, text=text, lang=lang, lang_column=lang_column):
        typer.echo(line)
    typer.echo(f"written to {out}; score with it: narratives score --model {out} ...", err=True)


@group.command()
def encoder(
    parallel: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of en-XX.tsv.gz files of translations.")],
    work: Annotated[Path, typer.Option(metavar="FOLDER", help="Where everything is kept; continues what is there.")],
    posts: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Corpora, for the vocabulary.")] = None,
    steps: Annotated[int, typer.Option(min=1, help="Batches in all.")] = 12_000,
    seed: Annotated[int, typer.Option(help="Of the choice of pairs and their order.")] = 0,
) -> None:
    """Distil the multilingual encoder from translations; stopped or killed, the same command goes on where it was."""
    from narratives.training.needs import need

    need("train", "torch", "sklearn")
    from narratives.training.distil import Distillation
    from narratives.training.encoder_recipe import distil_encoder, training_posts

    how = Distillation(steps=steps, seed=seed)
    texts = training_posts(posts) if posts is not None else ()
    distil_encoder(parallel, texts, work, how, seed=seed, say=lambda line: typer.echo(line, err=True))
    typer.echo(str(work / "encoder.pt"))
