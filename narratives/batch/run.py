"""Score a file of posts into another file."""

from __future__ import annotations

import json
import secrets
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from narratives.batch.blocks import Block, Source, chosen, first
from narratives.batch.cells import listed
from narratives.batch.encoding import open_encoder
from narratives.batch.engines import Columns, Engine, InProcess, Processes, wire
from narratives.batch.options import Options, Plan, plan
from narratives.batch.people import hashed, hidden, without
from narratives.batch.reading import Unchanged, count_rows, kind_of, open_source, same_file
from narratives.batch.repeats import EPOCH, Repeats
from narratives.batch.work import Work, may_replace
from narratives.errors import InputError, WorkerError

if TYPE_CHECKING:
    from narratives.scorer import Scorer

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
        seconds: Time taken, by this run alone, once the model is loaded.
        kinds: The errors by kind.
        repeats: Rows whose post had been scored before and was not scored again.
        resumed: Rows that an interrupted run had done already.
        preset: The tool whose export the file was recognised as.
        authors: Columns of the author, hashed or dropped.
        rejects: List of the rows with a status other than ``ok``, where there are any.
    """

    rows: int
    flag: int
    review: int
    clear: int
    unsupported: int
    errors: int
    seconds: float
    kinds: Mapping[str, int] = field(default_factory=dict)
    repeats: int = 0
    resumed: int = 0
    preset: str | None = None
    authors: tuple[str, ...] = ()
    rejects: Path | None = None


def score_file(
    source: Path,
    target: Path,
    *,
    scorer: Scorer | None = None,
    model: str | Path | None = None,
    jobs: int = 1,
    text: str | None = None,
    lang: str | None = None,
    lang_column: str | None = None,
    format: str | None = None,
    redact: bool = False,
    batch_size: int = 1024,
    encoding: str | None = None,
    limit: int | None = None,
    sample: int | None = None,
    seed: int = 0,
    authors: str = "hash",
    author_columns: Sequence[str] | None = None,
    salt: str | None = None,
    raw_cells: bool = False,
    resume: bool = False,
    restart: bool = False,
    overwrite: bool = False,
    progress: Progress | None = None,
    observe: Observer | None = None,
) -> BatchSummary:
    """Score a file of posts into another file, in constant memory.

    The output has every row of the input, in order, with all its columns, then the columns of ``frames.COLUMNS``. It
    appears only when it is whole; one that was there before stays, unless ``overwrite`` allows to replace it, and then
    until the new one is whole. Until then the rows stand in a
    folder ``.NAME.unfinished`` beside it, from which an interrupted run is gone on with (``resume``).

    The column ``row_status`` says what was amiss with a row: ``null_text`` (no words; not scored), ``not_text`` (a
    list, an object …; not scored), ``truncated`` (only the first ``frames.LONGEST`` characters were read),
    ``unknown_lang`` (detected instead), ``bad_row: …`` (a CSV row with more or fewer cells than the header, surplus
    cells quoted, scored on what stands in the column of the posts; a line that is no JSON object, kept in
    ``_extra``), else ``ok``. Such rows are listed in ``NAME.rejects.jsonl`` too. Blank lines of a text file are not
    rows. From CSV and JSON to Parquet all carried columns become strings.

    Args:
        source: CSV, TSV, JSON lines, a JSON array (also Telegram's) or Parquet; UTF-8, or UTF-16 with a byte order
            mark.
        target: The same kinds but a JSON array; another kind than the source's converts.
        scorer: A scorer to use in this process; not together with ``jobs`` above 1.
        model: Name of a shipped model, or a model folder, where no scorer is given.
        jobs: Processes that score; each loads the model.
        text: Column of the posts; when ``None``, that of a known export (``presets.PRESETS``), else the one named
            ``text``, ``post``, ``message`` … if there is just one, else the only column of text.
        lang: Language of all posts; detected when ``None``.
        lang_column: Column with a language a row; an empty cell or ``und`` is detected, an unknown code too, with a
            status. Not together with ``lang``.
        format: Kind of both files, where their suffixes do not say.
        redact: Hide names, links, addresses and numbers in the text column of the output, and in what is kept of
            broken rows. Other columns stay.
        batch_size: Rows scored, written and kept together.
        encoding: Encoding of a text file that is not UTF-8, such as ``cp1250``.
        limit: Score the first rows only.
        sample: Score so many rows drawn at random, in their order.
        seed: For the draw.
        authors: What to do with columns that point at the author: ``hash``, ``keep`` or ``drop``. Broken rows are
            kept as they came, so that a name may still stand in them.
        author_columns: These columns; those of a known export, or named ``author``, ``username`` …, when ``None``.
        salt: Secret phrase for the codes of authors, so that they are the same in another run; random when ``None``.
        raw_cells: Write cells of CSV and TSV as they are, also those that a spreadsheet would run as a formula;
            otherwise an apostrophe goes before them.
        resume: Go on with an interrupted run, where there is one; the output is the same, byte for byte.
        restart: Drop an interrupted run, and replace what stands at the target.
        overwrite: Replace a target that has something in it; so does going on with a run that was begun so.
        progress: Called after each block with the rows done and, where it is known, their total.
        observe: Called after each block with its posts and the columns of ``frames.COLUMNS``.

    Returns:
        Counts.

    Raises:
        MissingFileError: The source does not exist.
        InputError: The source cannot be read, changed under the run, or differs from the one of the run that is to be
            gone on with; the message says what to do.
        UnknownNameError: A column does not exist.
        ModelError: The model cannot be loaded.
        OutputError: The target cannot be written, is the source, or is there already.
        WorkerError: A process that scores has ended; what is done so far is kept.
    """
    options = Options.of({**locals(), "author_columns": None if author_columns is None else tuple(author_columns)})
    if jobs < 1:
        raise InputError(f"jobs is {jobs}; expected at least 1")
    source, target = Path(source), Path(target)
    read_as, write_as = kind_of(source, format), kind_of(target, format)
    same_file(source, target)
    may_replace(target, overwrite or restart, resume)
    with open_source(source, read_as, options.batch_size, encoding) as opened:
        columns = plan(opened, options)
        encoder = open_encoder(write_as, opened, raw_cells)  # refuses what cannot be written, before a model loads
        unchanged = Unchanged(source)
        total = count_rows(source, read_as, options.batch_size, encoding) if sample is not None else None
        engine = _engine(scorer, model, jobs)
        began = time.monotonic()  # a rate with the loading of the model in it would say nothing
        work = None
        try:
            fingerprint = {
                "input": unchanged.digest,
                "output format": write_as,
                "model": engine.model,
                "version of narratives": _version(),
                **options.fingerprint(),
            }
            work = Work(target, fingerprint, salt or secrets.token_hex(16), resume, restart)
            with work:
                rows = _prepared(opened, options, columns, work.salt, total)
                encoder = open_encoder(write_as, rows, raw_cells)
                run = _Run(rows, columns.text, options, engine, work.blocks)
                resumed = work.counts["rows"]
                header = b"" if work.blocks else encoder.header()
                if progress:
                    total = _expected(source, read_as, options)
                for block, texts, scores in run if not work.complete else ():
                    data = header + encoder.encode(block, scores)
                    unchanged.check()
                    work.commit(data, _rejects(scores, work.counts["rows"]), _counts(scores, run.repeats))
                    header = b""
                    if observe:
                        observe(texts, scores)
                    if progress:
                        progress(work.counts["rows"], total)
                if header:
                    work.commit(header, b"", {})
                rejects = work.finish(_conversion(write_as))
        except WorkerError as error:
            raise WorkerError(f"{error}. {work.kept if work else ''}") from None
        except KeyboardInterrupt:
            raise KeyboardInterrupt(work.kept if work else "") from None
        finally:
            engine.close()
    counts = work.counts
    return BatchSummary(
        rows=counts["rows"],
        flag=counts["flag"],
        review=counts["review"],
        clear=counts["clear"],
        unsupported=counts["unsupported"],
        errors=counts["errors"],
        seconds=time.monotonic() - began,
        kinds={key.removeprefix("error "): n for key, n in counts.items() if key.startswith("error ")},
        repeats=counts["repeats"],
        resumed=resumed,
        preset=columns.roles.preset,
        authors=columns.hashed + columns.dropped,
        rejects=rejects,
    )


class _Run:
    """The blocks of a file with their scores, in order, from a given block on."""

    def __init__(self, source: Source, column: str, options: Options, engine: Engine, skip: int) -> None:
        self._source, self._column, self._options, self._engine = source, column, options, engine
        self._skip = skip
        self.repeats = 0
        """Rows of the block just given that were not scored again."""

    def __iter__(self) -> Iterator[tuple[Block, list[Any], dict[str, list[Any]]]]:
        waiting: deque[tuple[Any, ...]] = deque()
        seen = Repeats(self._engine.model, words=self._engine.words)
        for number, block in enumerate(self._source.blocks):
            if number % EPOCH == 0:
                seen.forget()
            if number < self._skip - self._skip % EPOCH:
                continue
            texts = _values(block, self._column)
            langs = self._langs(block)
            posts = [wire(text) for text in texts]
            todo = seen.plan(posts, langs)
            some = langs if langs is None or isinstance(langs, str) else [langs[i] for i in todo.fresh]
            answer = self._engine.submit([posts[i] for i in todo.fresh], some, self._options.batch_size)
            waiting.append((number, block, texts, todo, answer))
            while len(waiting) > self._engine.depth:
                yield from self._next(waiting)
        while waiting:
            yield from self._next(waiting)

    def _langs(self, block: Block) -> list[str | None] | str | None:
        if self._options.lang_column is None:
            return self._options.lang
        langs = map(wire, _values(block, self._options.lang_column))
        return [str(lang) if isinstance(lang, list) else lang for lang in langs]

    def _next(self, waiting: deque[tuple[Any, ...]]) -> Iterator[tuple[Block, list[Any], dict[str, list[Any]]]]:
        number, block, texts, todo, answer = waiting.popleft()
        scores = todo.fill(answer())
        if number < self._skip:  # scored again only because later posts of its epoch may repeat it
            return
        if self._options.redact:
            block = hidden(block, self._column, texts)
        scores["row_status"] = _with_complaints(scores["row_status"], block)
        self.repeats = todo.repeats
        yield block, texts, scores


def _version() -> str:
    # by way of the module table: an import of the root would count as one of all that it offers
    return str(sys.modules[__name__.partition(".")[0]].__version__)


def _engine(scorer: Scorer | None, model: str | Path | None, jobs: int) -> Engine:
    if jobs > 1:
        if scorer is not None:
            raise InputError("scorer and jobs are both given; other processes need model= (a name or a folder) instead")
        return Processes(model, jobs)
    if scorer is None:
        from narratives.scorer import load

        scorer = load(model)
    return InProcess(scorer)


def _prepared(source: Source, options: Options, columns: Plan, salt: str, total: int | None) -> Source:
    """The rows that are wanted, without what points at their authors."""
    blocks = source.blocks
    if options.limit is not None:
        blocks = first(blocks, options.limit)
    if options.sample is not None and total is not None:
        size = min(options.sample, total)
        places = sorted(Random(options.seed).sample(range(total), size))  # noqa: S311 (nothing secret)
        blocks = chosen(blocks, places, options.batch_size)
    source = replace(source, blocks=blocks)
    if options.authors == "drop" and (columns.dropped or columns.late):
        return without(source, columns.dropped, columns.late)
    if options.authors == "hash" and (columns.hashed or columns.late):
        return hashed(source, columns.hashed, salt.encode(), columns.late)
    return source


def _expected(path: Path, kind: str, options: Options) -> int | None:
    """Rows to come, for the progress bar only: line breaks inside quotes count too."""
    if kind == "parquet":
        import pyarrow.parquet as pq

        total = int(pq.read_metadata(path).num_rows)
    elif kind == "json":
        return options.limit or options.sample
    else:
        with path.open("rb") as handle:
            total = sum(chunk.count(b"\n") for chunk in iter(lambda: handle.read(1 << 20), b"")) - (kind != "jsonl")
    return max(min(total, options.limit or options.sample or total), 0)


def _conversion(kind: str) -> Callable[[Path, Path], None] | None:
    if kind != "parquet":
        return None
    from narratives.batch.arrow import to_parquet

    return to_parquet


def _counts(scores: Columns, repeats: int) -> Counter[str]:
    counts = Counter(scores["decision"])
    status = scores["row_status"]
    bad = Counter(f"error {s.partition(':')[0]}" for s in status if s != "ok")
    counts.update({"rows": len(status), "errors": bad.total(), "repeats": repeats, **bad})
    return counts


def _rejects(scores: Columns, before: int) -> bytes:
    """A line for each row with a status: its number, what was amiss, and what was decided all the same."""
    lines = [
        json.dumps({"row": before + i, "reason": reason, "decision": decision}, ensure_ascii=False) + "\n"
        for i, (reason, decision) in enumerate(zip(scores["row_status"], scores["decision"], strict=True), 1)
        if reason != "ok"
    ]
    return "".join(lines).encode("utf-8", "backslashreplace")


def _with_complaints(status: list[str], block: Block) -> list[str]:
    for i, complaint in block.broken.items():
        cells = block.surplus.get(i)
        status[i] = complaint if cells is None else f"{complaint}, surplus {json.dumps(cells, ensure_ascii=False)}"
    return status


def _values(block: Block, column: str) -> list[Any]:
    if block.arrow is not None:
        return listed(block.arrow.column(column))
    return [row.get(column) for row in block.rows]
