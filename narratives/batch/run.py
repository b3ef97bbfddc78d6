"""Score a file of posts into another file."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narratives.batch.blocks import Block, Format, Source
from narratives.batch.cells import listed
from narratives.batch.reading import kind_of, open_source, same_file
from narratives.batch.writing import hidden, open_writer, whole_file
from narratives.errors import InputError, unknown
from narratives.frames import check_options, score_rows

if TYPE_CHECKING:
    from narratives.scorer import Scorer

_TEXT_NAMES = ("text", "post", "message", "content", "tweet", "full_text", "comment", "comment_text", "body", "caption")

Progress = Callable[[int, int | None], None]
Observer = Callable[[Sequence[Any], Mapping[str, Sequence[Any]]], None]


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """What became of the rows of a file.

    Attributes:
        rows: Rows read and written.
        flag: Rows flagged.
        review: Rows left to a person.
        clear: Rows with nothing found.
        unsupported: Rows in an unknown language or without words.
        errors: Rows with a status other than ``ok``; they are in the output too.
        seconds: Time taken.
    """

    rows: int
    flag: int
    review: int
    clear: int
    unsupported: int
    errors: int
    seconds: float


def score_file(
    source: Path,
    target: Path,
    *,
    scorer: Scorer,
    text: str | None = None,
    lang: str | None = None,
    lang_column: str | None = None,
    format: str | None = None,
    redact: bool = False,
    batch_size: int = 1024,
    encoding: str | None = None,
    progress: Progress | None = None,
    observe: Observer | None = None,
) -> BatchSummary:
    """Score a file of posts into another file, in constant memory.

    The output has every row of the input, in order, with all its columns, then the columns of ``frames.COLUMNS``. It
    appears only when it is whole; one that was there before is replaced only then.

    The column ``row_status`` says what was amiss with a row: ``null_text`` (no words; not scored), ``not_text`` (a
    list, an object …; not scored), ``truncated`` (only the first ``frames.LONGEST`` characters were read),
    ``unknown_lang`` (detected instead), ``bad_row: …`` (a CSV row with more or fewer cells than the header, surplus
    cells quoted; a line that is no JSON object, kept in ``_extra``), else ``ok``. Blank lines of a text file are not
    rows. From CSV and JSON to Parquet all carried columns become strings.

    Args:
        source: CSV, TSV, JSON lines or Parquet; UTF-8, or UTF-16 with a byte order mark.
        target: The same kinds; another kind than the source's converts.
        scorer: The scorer.
        text: Column of the posts; when ``None``, the one named ``text``, ``post``, ``message`` … if there is just
            one, else the only column of text.
        lang: Language of all posts; detected when ``None``.
        lang_column: Column with a language a row; an empty cell or ``und`` is detected, an unknown code too, with a
            status. Not together with ``lang``.
        format: Kind of both files, where their suffixes do not say.
        redact: Hide names, links, addresses and numbers in the text column of the output, and in what is kept of
            broken rows. Other columns stay.
        batch_size: Rows scored together.
        encoding: Encoding of a text file that is not UTF-8, such as ``cp1250``.
        progress: Called after each block with the rows done and, where it is known, their total.
        observe: Called after each block with its posts and the columns of ``frames.COLUMNS``.

    Returns:
        Counts.

    Raises:
        MissingFileError: The source does not exist.
        InputError: The source cannot be read; the message says what to do.
        UnknownNameError: A column does not exist.
        OutputError: The target cannot be written, or is the source.
    """
    began = time.monotonic()
    check_options(lang, lang_column, batch_size)
    source, target = Path(source), Path(target)
    read_as, write_as = kind_of(source, format), kind_of(target, format)
    same_file(source, target)
    counts: Counter[str] = Counter()
    with open_source(source, read_as, batch_size, encoding) as opened:
        column = _column(opened, text)
        if lang_column is not None and lang_column not in opened.columns:
            raise unknown("column", lang_column, opened.columns)
        total = _total(source, read_as) if progress else None
        with whole_file(target) as part:
            writer = open_writer(part, write_as, opened)
            try:
                for block in opened.blocks:
                    texts = _values(block, column)
                    langs: Sequence[Any] | str | None = _values(block, lang_column) if lang_column else lang
                    scores, status = score_rows(scorer, texts, langs, batch_size)
                    if redact:
                        block = hidden(block, column, texts)  # noqa: PLW2901
                    scores["row_status"] = status = _with_complaints(status, block)
                    writer.write(block, scores)
                    counts.update(scores["decision"])
                    counts["rows"] += len(status)
                    counts["errors"] += len(status) - status.count("ok")
                    if observe:
                        observe(texts, scores)
                    if progress:
                        progress(counts["rows"], total)
            finally:
                writer.close()
    return BatchSummary(
        counts["rows"],
        counts["flag"],
        counts["review"],
        counts["clear"],
        counts["unsupported"],
        counts["errors"],
        time.monotonic() - began,
    )


def _with_complaints(status: list[str], block: Block) -> list[str]:
    for i, complaint in block.broken.items():
        cells = block.surplus.get(i)
        status[i] = complaint if cells is None else f"{complaint}, surplus {json.dumps(cells, ensure_ascii=False)}"
    return status


def _column(source: Source, given: str | None) -> str:
    if given is not None:
        if given not in source.columns:
            raise unknown("column", given, source.columns)
        return given
    named = [name for name in source.columns if name.lower().strip() in _TEXT_NAMES]
    could = named or (source.columns if len(source.columns) == 1 else source.strings)
    if len(could) == 1:
        return could[0]
    names = ", ".join(source.columns)
    why = "several columns could hold the posts" if named else "no column is named like one that holds posts"
    raise InputError(f"{why}; columns: {names}. Name it with --text (text=)")


def _values(block: Block, column: str) -> list[Any]:
    if block.arrow is not None:
        return listed(block.arrow.column(column))
    return [row.get(column) for row in block.rows]


def _total(path: Path, kind: Format) -> int | None:
    """Rows of a file, for the progress bar only: line breaks inside quotes count too."""
    if kind == "parquet":
        import pyarrow.parquet as pq

        return int(pq.read_metadata(path).num_rows)
    with path.open("rb") as handle:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: handle.read(1 << 20), b""))
    return max(lines - (kind != "jsonl"), 0)
