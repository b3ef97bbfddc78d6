"""``narratives score``: posts given as arguments or on standard input."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import Annotated

import typer


def score(
    texts: Annotated[list[str], typer.Argument(help="Posts to score; - reads them from standard input, one a line.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a post.")] = False,
    lang: Annotated[str | None, typer.Option(help="Language of the posts, such as sr-Cyrl; else detected.")] = None,
    model: Annotated[str | None, typer.Option(help="Name of a shipped model, or a model folder.")] = None,
    parent: Annotated[str | None, typer.Option(help="The post that these answer, if they are replies.")] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show hostile words unmasked.")] = False,
    evidence: Annotated[bool, typer.Option(help="Look for the words that speak for the labels.")] = True,
) -> None:
    """Score posts and say why.

    People see a short excerpt with hostile words masked. JSON carries evidence as written, whatever --reveal says.
    """
    from narratives.cli.show import render
    from narratives.languages import resolve

    if lang is not None:
        resolve(lang)  # before the model is read: a wrong code should not cost a second
    from narratives.scorer import load

    scorer = load(model)
    done = 0
    for posts in _posts(texts):
        parents = None if parent is None else [parent] * len(posts)
        scores = scorer.score_many(posts, lang=lang, parents=parents, evidence=evidence)
        for post, result in zip(posts, scores, strict=True):
            done += 1
            if as_json:
                typer.echo(json.dumps(result.to_dict(), ensure_ascii=False))
            else:
                several = texts != [post]
                typer.echo(render(post, result, reveal=reveal, number=done if several else None))
    if not done:
        typer.echo("narratives: nothing to score on standard input", err=True)
        raise typer.Exit(1)


def _posts(texts: list[str]) -> Iterator[list[str]]:
    from narratives.cli.streams import lines

    for text in texts:
        if text == "-":
            yield from lines(sys.stdin.buffer)
        else:
            # a plain locale hands over bytes it could not read as half surrogates: read them as UTF-8 after all
            yield [os.fsencode(text).decode("utf-8", "replace")]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(score)
