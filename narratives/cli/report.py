"""``narratives report``: what a scored file says, as one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    scored: Annotated[Path, typer.Argument(help="CSV, TSV, JSONL or Parquet file written by `narratives batch`.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="HTML file to write.")] = Path("report.html"),
    by: Annotated[str, typer.Option(help="What comes first: week, platform or lang.")] = "week",
    title: Annotated[str | None, typer.Option(help="Title of the page.")] = None,
    events: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Events to mark: a CSV file with the columns date,label.")
    ] = None,
    ui_lang: Annotated[str, typer.Option(help="Language of the page: en, sq, bs, hr, cnr, sr, mk, ro or tr.")] = "en",
    country: Annotated[
        str | None, typer.Option(help="Country whose rights suggested answers rest on, such as RS; see `routes`.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="Column of the posts; else by its name.")] = None,
    date: Annotated[str | None, typer.Option(help="Column of the time of posting; else by its name.")] = None,
    platform: Annotated[str | None, typer.Option(help="Column of the platform; else by its name.")] = None,
    model: Annotated[
        str | None, typer.Option(help="Model that scored the file, where it is not a shipped one.")
    ] = None,
) -> None:
    """Write a report on a scored file: one page that opens offline, counts first, words masked and folded.

    Narratives over time, about whom, by language and platform; counter-speech; what is growing; copied texts; what to
    say instead; how often the model errs. It never says that a post is illegal.
    """
    from narratives.batch.presets import TEXT_NAMES, roles
    from narratives.report import write_report
    from narratives.report.reading import layout

    columns = layout(scored).columns
    found = roles(columns)
    by_name = {name.strip().lower(): name for name in reversed(columns)}
    rows = write_report(
        scored,
        output,
        by=by,
        title=title,
        events=events,
        lang=ui_lang,
        country=country,
        text=text or found.text or next((by_name[name] for name in TEXT_NAMES if name in by_name), None),
        date=date or found.date,
        platform=platform or found.platform,
        model=model,
    )
    typer.echo(f"{rows:,} posts; report written to {output}", err=True)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(report)
