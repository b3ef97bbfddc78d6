"""Beyond one machine: a folder of Parquet files scored by Ray Data, each actor with the model loaded once."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from narratives.batch.options import Authors, Options, Plan
from narratives.batch.people import hashed_batch, pseudonyms
from narratives.batch.rows import ScoreRows
from narratives.errors import InputError, MissingExtraError, MissingFileError, OutputError, WorkerError, unknown


def score_dataset(
    source: Path,
    target: Path,
    *,
    model: str | Path | None = None,
    actors: int = 1,
    text: str | None = None,
    lang: str | None = None,
    lang_column: str | None = None,
    batch_size: int = 1024,
    partition_by: Sequence[str] = (),
    authors: Authors = "hash",
    author_columns: Sequence[str] | None = None,
    salt: str | None = None,
) -> int:
    """Score a Parquet file, or a folder of them, into a folder of Parquet files.

    Uses the Ray cluster this process is connected to, the one ``RAY_ADDRESS`` names, or else one of its own on this
    machine. An actor that is lost is started again and its rows are scored again; rows and scores are those of
    ``score_file``; they are spread over several files, so carry an id where order matters. Both paths must mean the
    same on every machine of the cluster (a shared folder).
    The folder appears only when it is whole.

    Args:
        source: A Parquet file, or a folder of them, Hive-partitioned (``year=2026/…``) or not.
        target: Folder to write; must not exist.
        model: Name of a shipped model, or a model folder, on every machine; the default when ``None``.
        actors: Processes that score, over all machines.
        text: Column of the posts; told as in ``score_file`` when ``None``.
        lang: Language of all posts; detected when ``None``.
        lang_column: Column with a language a row. Not together with ``lang``.
        batch_size: Rows scored together.
        partition_by: Columns of the output, added ones too, whose values become folders.
        authors: What to do with columns that point at the author, as in ``score_file``; an actor does it, so that no
            name is written.
        author_columns: These columns; those of a known export, or named ``author``, ``username`` …, when ``None``.
        salt: Secret phrase for the codes of authors: the same codes as of ``score_file`` with that salt. Without one
            the run has a random one, which every actor gets and nobody keeps.

    Returns:
        Rows written.

    Raises:
        MissingExtraError: Ray is not installed.
        MissingFileError: The source does not exist.
        InputError: The source holds no Parquet, or its column of posts cannot be told; options that exclude each
            other.
        UnknownNameError: A column does not exist.
        OutputError: The target exists or its folder does not.
        WorkerError: The run failed on the cluster.
    """
    named = None if author_columns is None else tuple(author_columns)
    options = Options(text, lang, lang_column, batch_size=batch_size, authors=authors, author_columns=named, salt=salt)
    try:
        import ray.data
    except ImportError:
        raise MissingExtraError(
            'scoring on a cluster needs Ray Data; install it: pip install "narratives[ray]"'
        ) from None
    source, target = Path(source).absolute(), Path(target).absolute()
    schema = _schema(source)
    columns = _plan(schema, options)
    scored = ScoreRows(model, text=columns.text, lang=lang, lang_column=lang_column, batch_size=batch_size)
    kept = [name for name in schema.names if name not in columns.dropped]
    for name in partition_by:
        if name not in (known := [*kept, *scored.added(kept).values()]):
            raise unknown("column", name, known)
    if target.exists():
        raise OutputError(f"{target} is there already; name a folder that does not exist")
    if not target.parent.is_dir():
        raise OutputError(f"the folder {target.parent} does not exist; make it first")
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    actors = _connected(actors)
    context = ray.data.DataContext.get_current()
    before = context.execution_options.preserve_order, context.enable_progress_bars
    context.execution_options.preserve_order, context.enable_progress_bars = True, False
    try:
        rows = ray.data.read_parquet(str(source), partitioning=ray.data.datasource.Partitioning("hive"))
        rows = rows.map_batches(
            ScoreTable,
            fn_constructor_args=(scored, columns.hashed, columns.dropped, salt or secrets.token_hex(16)),
            batch_size=batch_size,
            batch_format="pyarrow",
            # Ray Data starts an actor that is lost again, and what it was about too
            compute=ray.data.ActorPoolStrategy(min_size=1, max_size=actors),
            num_cpus=1,  # Ray then gives each actor one thread of BLAS
        )
        rows.write_parquet(str(part), partition_cols=list(partition_by) or None)
        count = _rows(part)
        part.replace(target)
    except ray.exceptions.RayError as error:
        raise WorkerError(f"the run failed on the cluster ({type(error).__name__}); nothing was left there") from None
    finally:
        context.execution_options.preserve_order, context.enable_progress_bars = before
        shutil.rmtree(part, ignore_errors=True)
    return count


def _connected(actors: int) -> int:
    """Connect to a cluster or start one here, without usage reports; returns how many actors leave a CPU for reading.

    Where actors hold every CPU, Ray Data waits for ever for one to read the files with.
    """
    import ray

    if not ray.is_initialized():
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        own = {} if os.environ.get("RAY_ADDRESS") else {"num_cpus": max(os.cpu_count() or 1, actors + 1)}
        ray.init(log_to_driver=False, logging_level="ERROR", include_dashboard=False if own else None, **own)
    there = int(ray.cluster_resources().get("CPU", 0))
    if there < 2:
        raise InputError(f"the Ray cluster has {there} CPU; scoring needs one to read and one to score")
    return min(actors, there - 1)


class ScoreTable:
    """The actor: holds the model, scores tables and hides their authors."""

    def __init__(
        self, score: ScoreRows, hashed: Sequence[str] = (), dropped: Sequence[str] = (), salt: str = ""
    ) -> None:
        """Take what every actor of a run gets alike.

        Args:
            score: Scores a batch.
            hashed: Columns of the author that become codes.
            dropped: Columns of the author that are left out.
            salt: Secret of the codes.
        """
        self._score, self._hashed, self._dropped = score, hashed, list(dropped)
        self._name = pseudonyms(salt.encode())

    def __call__(self, table: Any) -> Any:
        """Add the columns to a ``pyarrow.Table``, with the types that ``score_file`` gives them."""
        import pyarrow as pa

        from narratives.batch.arrow import KINDS
        from narratives.batch.cells import listed
        from narratives.batch.encoding import strings

        table = hashed_batch(table.drop_columns(self._dropped), self._hashed, self._name)
        wanted = {self._score.text, self._score.lang_column} - {None}
        given: dict[str, Any] = {name: listed(table[name]) if name in wanted else [] for name in table.column_names}
        columns = self._score(given)
        for name, new in self._score.added(table.column_names).items():
            kind = KINDS.get(name)
            table = table.append_column(new, strings(columns[new]) if kind is None else pa.array(columns[new], kind))
        return table


def _schema(source: Path) -> Any:
    import pyarrow as pa
    import pyarrow.dataset as ds

    if not source.exists():
        raise MissingFileError(f"{source} does not exist")
    try:
        found = ds.dataset(str(source), format="parquet", partitioning="hive")
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{source} is not readable as Parquet ({type(error).__name__})") from None
    if not found.files:
        raise InputError(f"{source} holds no Parquet file; convert with narratives batch, or name another folder")
    return found.schema


def _plan(schema: Any, options: Options) -> Plan:
    from narratives.batch.blocks import Source
    from narratives.batch.options import plan
    from narratives.batch.parquet import is_text

    strings = [field.name for field in schema if is_text(field.type)]
    return plan(Source(list(schema.names), iter(()), "parquet", strings), options)


def _rows(folder: Path) -> int:
    import pyarrow.dataset as ds

    return int(ds.dataset(str(folder), format="parquet", partitioning="hive").count_rows()) if folder.exists() else 0
