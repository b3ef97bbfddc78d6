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


class Authors(StrEnum):
    """What to do with columns that point at the author."""

    HASH = "hash"
    KEEP = "keep"
    DROP = "drop"


class EngineName(StrEnum):
    """Where the work is done."""

    LOCAL = "local"
    RAY = "ray"


def batch(
    source: Annotated[Path, typer.Argument(metavar="IN", help="File of posts.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="File to write; other columns are carried through.")],
    text: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of the posts; else guessed.")] = None,
    lang_column: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of the language codes.")] = None,
    lang: Annotated[str | None, typer.Option(help="Language of all posts; else detected post by post.")] = None,
    format: Annotated[Format | None, typer.Option(help="Kind of both files; else told by their suffixes.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes that score.")] = 1,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an interrupted run, where there is one.")
    ] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Drop an interrupted run and begin anew.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT if it is there already.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Score the first N rows only.")] = None,
    sample: Annotated[int | None, typer.Option(min=1, metavar="N", help="Score N rows drawn at random.")] = None,
    seed: Annotated[int, typer.Option(help="For --sample.")] = 0,
    redact: Annotated[bool, typer.Option("--redact", help="Hide names, links and numbers in the output.")] = False,
    authors: Annotated[Authors, typer.Option(help="Columns that point at the author.")] = Authors.HASH,
    author: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="Such a column, if not known by its name; repeatable.")
    ] = None,
    salt: Annotated[
        str | None, typer.Option(envvar="NARRATIVES_SALT", help="Secret that makes author codes the same in every run.")
    ] = None,
    raw_cells: Annotated[
        bool, typer.Option("--raw-cells", help="Leave CSV cells that a spreadsheet runs as formulas as they are.")
    ] = False,
    batch_size: Annotated[int, typer.Option(min=1, help="Posts scored, written and kept together.")] = 1024,
    encoding: Annotated[str | None, typer.Option(help="Encoding of IN where it is not UTF-8, such as cp1250.")] = None,
    preview: Annotated[int, typer.Option(min=0, metavar="N", help="Show N scored posts at the end, masked.")] = 0,
    model: Annotated[str | None, typer.Option(help="Name of a shipped model, or a model folder.")] = None,
    engine: Annotated[
        EngineName, typer.Option(help="This machine, or a Ray cluster (Parquet folders).")
    ] = EngineName.LOCAL,
    partition_by: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="With --engine ray: a folder a value; repeatable.")
    ] = None,
) -> None:
    """Score a file of posts into another file.

    Exports of CrowdTangle, Brandwatch, Meltwater, Apify and Telegram are recognised by their columns. Rows that could
    not be taken as they stand are marked in OUT and listed in OUT's name with .rejects.jsonl. An OUT that is there
    already is replaced only with --overwrite or --restart.

    Exit code 1 means that no row was scored, or that the run could not be finished.
    """
    from narratives.languages import resolve

    if lang is not None and lang_column is not None:
        raise typer.BadParameter("give --lang or --lang-column, not both")
    if lang is not None:
        resolve(lang)
    if engine is EngineName.RAY:
        local = {
            "--format": format, "--resume": resume, "--restart": restart, "--overwrite": overwrite, "--limit": limit,
            "--sample": sample, "--redact": redact, "--raw-cells": raw_cells, "--encoding": encoding,
            "--preview": preview,
        }  # fmt: skip
        if given := [name for name, value in local.items() if value]:
            raise typer.BadParameter(f"{', '.join(given)} cannot be had with --engine ray")
        _on_ray(
            source,
            target,
            model=model,
            actors=jobs,
            text=text,
            lang=lang,
            lang_column=lang_column,
            batch_size=batch_size,
            partition_by=partition_by or [],
            authors=authors.value,
            author_columns=author or None,
            salt=salt,
        )
        return
    if partition_by:
        raise typer.BadParameter("--partition-by needs --engine ray")
    from narratives.batch import score_file
    from narratives.errors import WorkerError

    sample_ = _Sample(preview) if preview else None
    if resume and not restart and not (target.parent / f".{target.name}.unfinished").exists():
        typer.echo("narratives: no unfinished run is there; beginning anew", err=True)
    try:
        with _progress() as report:
            summary = score_file(
                source,
                target,
                model=model,
                jobs=jobs,
                text=text,
                lang=lang,
                lang_column=lang_column,
                format=None if format is None else format.value,
                redact=redact,
                batch_size=batch_size,
                encoding=encoding,
                limit=limit,
                sample=sample,
                seed=seed,
                authors=authors.value,
                author_columns=author or None,
                salt=salt,
                raw_cells=raw_cells,
                resume=resume,
                restart=restart,
                overwrite=overwrite,
                progress=report,
                observe=sample_.observe if sample_ else None,
            )
    except KeyboardInterrupt as stop:
        typer.echo(f"narratives: stopped; {str(stop) or 'nothing was left there'}", err=True)
        raise typer.Exit(130) from None
    except WorkerError as error:
        typer.echo(f"narratives: {error}", err=True)
        raise typer.Exit(1) from None
    if sample_:
        sample_.show()
    for line in _told(summary, target):
        typer.echo(line, err=True)
    if not summary.flag + summary.review + summary.clear:
        raise typer.Exit(1)


def _on_ray(source: Path, target: Path, **options: Any) -> None:
    from narratives.batch import score_dataset

    rows = score_dataset(source, target, **options)
    typer.echo(f"{_rows(rows)}; written to {target}", err=True)
    if options["authors"] != Authors.KEEP:
        typer.echo("author columns, where there are any, hidden (--authors keep leaves them)", err=True)


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
    words = excerpt("" if text is None else str(text), (), lang=row["lang"])
    return f"{mark_decision(row['decision'])} {hate}  {row['lang']:4}  {words}"


def _told(summary: BatchSummary, target: Path) -> Iterator[str]:
    done = summary.rows - summary.resumed
    rate = f", {done / summary.seconds:,.0f} a second" if summary.seconds > 0 else ""
    kinds = ("flag", "review", "clear", "unsupported")
    counts = ", ".join(f"{getattr(summary, kind):,} {kind}" for kind in kinds)
    before = f" ({summary.resumed:,} of them by the run before)" if summary.resumed else ""
    yield f"{_rows(summary.rows)}{before} in {summary.seconds:.1f} s{rate}: {counts}; written to {target}"
    if summary.preset:
        yield f"read as an export of {summary.preset}"
    if summary.repeats:
        verbs = "repeats a post and was" if summary.repeats == 1 else "repeat a post and were"
        yield f"{_rows(summary.repeats)} {verbs} not scored again"
    if summary.authors:
        yield f"author columns hidden: {', '.join(summary.authors)} (--authors keep leaves them)"
    if summary.errors:
        bad = ", ".join(f"{count:,} {kind}" for kind, count in sorted(summary.kinds.items()))
        where = f"; listed in {summary.rejects}" if summary.rejects else ""
        verb = "was not taken as it stands" if summary.errors == 1 else "were not taken as they stand"
        yield f"{_rows(summary.errors)} {verb}: {bad}{where}"


def _rows(n: int) -> str:
    return f"{n:,} row{'' if n == 1 else 's'}"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(batch)
