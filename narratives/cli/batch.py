"""``narratives batch``: whole files."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from narratives.batch import BatchSummary


class Format(StrEnum):
    """Kinds of file that can be read and written."""

    CSV = "csv"
    TSV = "tsv"
    JSONL = "jsonl"
    PARQUET = "parquet"


def batch(
    source: Annotated[Path, typer.Argument(metavar="IN", help="File of posts.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="File to write; other columns are carried through.")],
    text: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of the posts; else guessed.")] = None,
    lang_column: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of the language codes.")] = None,
    lang: Annotated[str | None, typer.Option(help="Language of all posts; else detected post by post.")] = None,
    format: Annotated[Format | None, typer.Option(help="Kind of both files; else told by their suffixes.")] = None,
    redact: Annotated[bool, typer.Option("--redact", help="Hide names, links and numbers in the output.")] = False,
    batch_size: Annotated[int, typer.Option(min=1, help="Posts scored together.")] = 1024,
    encoding: Annotated[str | None, typer.Option(help="Encoding of IN where it is not UTF-8, such as cp1250.")] = None,
    preview: Annotated[int, typer.Option(min=0, metavar="N", help="Show N scored posts at the end, masked.")] = 0,
    model: Annotated[str | None, typer.Option(help="Name of a shipped model, or a model folder.")] = None,
) -> None:
    """Score a file of posts into another file.

    Exit code 1 means that no row could be scored; rows with errors are marked in the output.
    """
    from narratives.languages import resolve

    if lang is not None and lang_column is not None:
        raise typer.BadParameter("give --lang or --lang-column, not both")
    if lang is not None:
        resolve(lang)
    from narratives.batch import score_file
    from narratives.scorer import load

    scorer = load(model)
    sample = _Sample(preview) if preview else None
    with _progress() as report:
        summary = score_file(
            source,
            target,
            scorer=scorer,
            text=text,
            lang=lang,
            lang_column=lang_column,
            format=None if format is None else format.value,
            redact=redact,
            batch_size=batch_size,
            encoding=encoding,
            progress=report,
            observe=sample.observe if sample else None,
        )
    if sample:
        sample.show()
    typer.echo(_told(summary, target), err=True)
    if not summary.flag + summary.review + summary.clear:
        raise typer.Exit(1)


@contextmanager
def _progress() -> Iterator[Callable[[int, int | None], None] | None]:
    """A bar on standard error with rate and time left, where somebody is there to see it."""
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    with tqdm(unit=" posts", file=sys.stderr, dynamic_ncols=True) as bar:

        def report(done: int, total: int | None) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield report


class _Sample:
    """Keeps a few rows, each as likely as any other, however many come (Vitter 1985, algorithm R)."""

    def __init__(self, size: int) -> None:
        self._size, self._seen = size, 0
        self._kept: dict[int, tuple[int, str]] = {}
        self._random = Random(0)  # noqa: S311 (a choice of examples, nothing secret)

    def observe(self, texts: Sequence[Any], scores: Mapping[str, Sequence[Any]]) -> None:
        for i, text in enumerate(texts):
            place = self._seen if self._seen < self._size else self._random.randrange(self._seen + 1)
            if place < self._size:
                self._kept[place] = (self._seen, _line(text, {name: values[i] for name, values in scores.items()}))
            self._seen += 1

    def show(self) -> None:
        for _, line in sorted(self._kept.values()):
            typer.echo(line)


def _line(text: Any, row: Mapping[str, Any]) -> str:
    """One post in one line: decision, score, language and a short masked excerpt."""
    from narratives.cli.show import excerpt, mark_decision

    hate = "         " if row["hate"] is None else f"hate {row['hate']:.2f}"
    return f"{mark_decision(row['decision'])} {hate}  {row['lang']:4}  {excerpt('' if text is None else str(text), ())}"


def _told(summary: BatchSummary, target: Path) -> str:
    rate = f", {summary.rows / summary.seconds:,.0f} a second" if summary.seconds > 0 else ""
    kinds = ("flag", "review", "clear", "unsupported", "errors")
    counts = ", ".join(f"{getattr(summary, kind):,} {kind}" for kind in kinds)
    return f"{summary.rows:,} rows in {summary.seconds:.1f} s{rate}: {counts}; written to {target}"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(batch)
