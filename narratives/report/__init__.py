"""Reports: what a scored file says, as one HTML page that a campaign team can use."""

from __future__ import annotations

import os
from datetime import date as _date
from pathlib import Path

from narratives.errors import InputError, OutputError, unknown

BY = ("week", "platform", "lang")
"""What a report may put first."""


def write_report(
    scored: str | Path,
    target: str | Path,
    *,
    by: str = "week",
    title: str | None = None,
    events: str | Path | None = None,
    lang: str = "en",
    country: str | None = None,
    text: str | None = None,
    date: str | None = None,
    platform: str | None = None,
    model: str | Path | None = None,
    today: _date | None = None,
) -> int:
    """Write a report on a scored file. The file is read once, in bounded memory.

    Args:
        scored: CSV, TSV, JSONL or Parquet file written by ``narratives batch``.
        target: HTML file to write.
        by: ``week``, ``platform`` or ``lang``: what comes first.
        title: Title of the page.
        events: CSV file ``date,label`` of events to mark.
        lang: Language of headings and explanations, one of the nine; ``sr-Latn`` for Serbian in Latin letters.
        country: Country whose rights suggested answers rest on; else that of the language, where that says.
        text: Column of the posts; without one, copies are not looked for.
        date: Column of the time of posting.
        platform: Column of the platform.
        model: Model that scored the file, where it is not a shipped one: it shows the words that counted.
        today: Day of the report.

    Returns:
        Rows read.

    Raises:
        MissingFileError: A file does not exist.
        InputError: The file is not a scored one, is damaged or empty; ``by`` is not known.
        UnknownNameError: A column, language or country does not exist.
        OutputError: The page cannot be written, or would overwrite what it is made from.

    >>> write_report("scored.csv", "report.html")
    Traceback (most recent call last):
    narratives.errors.MissingFileError: there is no file scored.csv; expected a file written by `narratives batch`
    """
    from narratives.report.events import read_events
    from narratives.report.page import model_of, render
    from narratives.report.reading import layout, tables
    from narratives.report.tally import tally
    from narratives.report.wording import words
    from narratives.responses.norms import country_code
    from narratives.responses.templates import LOCAL_COUNTRY

    source, page = Path(scored), Path(target)
    if by not in BY:
        raise unknown("order", by, list(BY))
    said = words(lang)
    place = country_code(country) if country is not None else LOCAL_COUNTRY.get(said.lang)
    calendar = read_events(Path(events)) if events is not None else []
    found = layout(source)
    for read in (source, *([Path(events)] if events is not None else [])):
        if page.exists() and page.samefile(read):
            raise OutputError(f"{page} is what the report is made from; choose another name for the page")
    counts = tally(tables(source, found, text=text, date=date, platform=platform))
    if not counts.rows:
        raise InputError(f"{source} has no rows; expected scored posts")
    html = render(
        counts,
        said,
        source=source.name,
        title=title,
        by=by,
        events=calendar,
        model=model_of(counts.models, model),
        country=place,
        today=today or _date.today(),
    )
    partial = page.with_name(f"{page.name}.{os.getpid()}.part")
    try:
        partial.write_text(html, encoding="utf-8", errors="replace")
        partial.replace(page)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutputError(f"{page} cannot be written: {error.strerror}") from None
    return counts.rows


__all__ = ["BY", "write_report"]
