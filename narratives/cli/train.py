"""``narratives train …``: models of your own. Each subcommand is a function; add more with ``group.command``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)

Data = Annotated[Path, typer.Option(metavar="FILE", help="Labelled posts: CSV, TSV, JSON lines or Parquet.")]
Text = Annotated[str, typer.Option(metavar="COLUMN", help="Column of the posts.")]
Label = Annotated[
    list[str],
    typer.Option(
        metavar="HEAD=COLUMN",
        help="A column of yes and no, such as hate=is_hate, or the name of one that lists ids; can be repeated.",
    ),
]
Out = Annotated[Path, typer.Option(metavar="FOLDER", help="Model folder to write; must not exist.")]
Lang = Annotated[str | None, typer.Option(help="Language of all posts; else detected post by post.")]
LangColumn = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of the language codes.")]


@group.callback()
def _root() -> None:
    """Train a model on labelled posts of your own."""


@group.command()
def transformer(
    base: Annotated[str, typer.Option(metavar="FOLDER|NAME", help="Checkpoint: a folder, or organisation/model.")],
    data: Data,
    label: Label,
    out: Out,
    text: Text = "text",
    lang: Lang = None,
    lang_column: LangColumn = None,
    work: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Checkpoints; else OUT.work.")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the data at most.")] = 10,
    batch_size: Annotated[int, typer.Option(min=1, help="Posts a step.")] = 16,
    rate: Annotated[float, typer.Option(min=0.0, help="Learning rate at its height.")] = 3e-5,
    patience: Annotated[int, typer.Option(min=1, help="Stop after so many measurements without a gain.")] = 3,
    every: Annotated[int | None, typer.Option(min=1, help="Steps between measurements; else an epoch.")] = None,
    length: Annotated[int, typer.Option(min=8, help="Tokens of a post that are read.")] = 256,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    device: Annotated[str, typer.Option(help="auto takes a GPU where there is one; or cpu.")] = "auto",
    onnx: Annotated[bool, typer.Option("--onnx", help="Write model.onnx too, checked against torch.")] = False,
) -> None:
    """Fine-tune a transformer. Stopped or killed, the same command goes on where it was."""
    from narratives.languages import resolve
    from narratives.training.needs import need_transformer

    need_transformer()
    if lang is not None:
        resolve(lang)
    if device not in {"auto", "cpu"}:
        raise typer.BadParameter("expected auto or cpu", param_hint="--device")
    from narratives.training.transformer import Settings
    from narratives.training.transformer_run import train_transformer

    settings = Settings(epochs, batch_size, rate, 0.1, patience, every, length, seed, device)
    figures = train_transformer(
        base,
        data,
        out,
        text=text,
        labels=label,
        settings=settings,
        lang=lang,
        lang_column=lang_column,
        work=work,
        onnx=onnx,
        say=lambda line: typer.echo(line, err=True),
    )
    for f in figures:
        typer.echo(f"{f.head:24} {f.lang:5} n {f.n:6,}  macro-F1 {f.macro_f1:.3f} ({f.low:.3f}-{f.high:.3f})")
    typer.echo(f"written to {out}; score with it: narratives score --model {out} ...", err=True)


def register(app: typer.Typer) -> None:
    """Add the group to the application."""
    app.add_typer(group, name="train")
