"""Scores as columns, and tables in, tables out: pandas, Polars, Arrow, Hugging Face."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from math import isnan
from numbers import Number
from typing import Any, TypeVar, cast

from narratives.errors import InputError, UnknownNameError, unknown
from narratives.languages import resolve
from narratives.results import PostScore
from narratives.scorer import LONGEST, Scorer, load

FrameT = TypeVar("FrameT")

COLUMNS = (
    "lang",
    "script",
    "lang_confidence",
    "offensive",
    "hate",
    "decision",
    "labels",
    "mentioned",
    "stance",
    "targets",
    "language_severity",
    "probabilities",
    "reasons",
    "row_status",
    "model",
)
"""Columns that scoring adds, in order, the same whatever heads the model has; ``mentioned``, ``stance``, ``targets``
and ``probabilities`` are empty (``None``) where it has no such heads. One that the table already has is added as
``narratives_<name>``, and where that is taken too, as ``narratives_<name>_2`` and so on."""

LISTED = 0.05
"""Probabilities of narratives and targets below this are left out of the column ``probabilities``."""

_TARGET = 0.5  # probability from which a target stands in the column `targets`

# floating point for the severity too: pandas has no plain integer column with gaps
_NUMBERS = {"lang_confidence", "offensive", "hate", "language_severity"}


def added_names(existing: Iterable[str]) -> dict[str, str]:
    """Names of the added columns in a table that has others already.

    >>> added_names(["text", "lang"])["lang"]
    'narratives_lang'
    """
    taken = set(existing)
    names = {}
    for name in COLUMNS:
        new, number = name, 1
        while new in taken:
            new, number = (f"narratives_{name}" if number == 1 else f"narratives_{name}_{number}"), number + 1
        names[name] = new
    return names


def score_rows(
    scorer: Scorer, texts: Sequence[object], langs: Sequence[object] | str | None, batch_size: int
) -> tuple[dict[str, list[Any]], list[str]]:
    """Score a block of rows, whatever stands in them.

    Args:
        scorer: The scorer.
        texts: Posts; ``None``, NaN and blank ones get the status ``null_text`` and no scores, lists and the like
            ``not_text``.
        langs: One language for all, or one a row; an unknown one is detected instead, and the status says so.
        batch_size: Posts scored together.

    Returns:
        One list a column of :data:`COLUMNS`, and the status of each row (``ok`` where nothing was amiss).
    """
    status = ["ok"] * len(texts)
    posts: list[str] = []
    tags: list[str | None] = []
    for i, text in enumerate(texts):
        post = text if isinstance(text, str) else _post(text)
        if post is None:
            post, status[i] = "", "not_text"
        elif not post or post.isspace():
            status[i] = "null_text"
        elif len(post) > LONGEST:
            status[i] = "truncated"
        tag, known = _tag(langs if langs is None or isinstance(langs, str) else langs[i])
        if not known and status[i] == "ok":
            status[i] = "unknown_lang"
        posts.append(post)
        tags.append(tag)
    scores = scorer.score_many(posts, lang=tags, batch_size=batch_size)
    return to_columns(list(scores), status), status


def _post(value: object) -> str | None:
    """What is not a string as one: nothing as nothing, numbers and bytes as text; ``None`` for lists and the like."""
    if _missing(value):
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value) if isinstance(value, Number | date) else None


def _missing(value: object) -> bool:
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:  # of pandas, which may not be there
        return True
    return isinstance(value, float) and isnan(value)


def _tag(value: object) -> tuple[str | None, bool]:
    return (None, True) if _missing(value) else _known_tag(str(value))


@lru_cache(maxsize=1024)
def _known_tag(value: str) -> tuple[str | None, bool]:
    """The tag of a language and whether it is known; nothing and ``und`` mean that it is to be detected."""
    if value.strip().lower() in {"", "und"}:
        return None, True
    try:
        return resolve(value).tag, True
    except UnknownNameError:
        return None, False


def to_columns(scores: Sequence[PostScore], status: Sequence[str]) -> dict[str, list[Any]]:
    """Readings as columns, one list each; absent figures are ``None``, labels and reasons are lists (:func:`flat`)."""
    return {
        "lang": [s.language.code for s in scores],
        "script": [s.language.script for s in scores],
        "lang_confidence": [round(s.language.confidence, 3) for s in scores],
        "offensive": [_rounded(s.offensive) for s in scores],
        "hate": [_rounded(s.hate) for s in scores],
        "decision": [s.decision for s in scores],
        "labels": [list(s.labels) for s in scores],
        # a model without narratives says nothing about mentions, which is not the same as finding none
        "mentioned": [None if s.narratives is None else list(getattr(s, "mentioned", ())) for s in scores],
        "stance": [None if s.stance is None else s.stance.label for s in scores],
        "targets": [None if s.targets is None else [t for t, p in s.targets.items() if p >= _TARGET] for s in scores],
        "language_severity": [s.language_severity for s in scores],
        "probabilities": [_listed(s) for s in scores],
        "reasons": [list(s.reasons) for s in scores],
        "row_status": list(status),
        "model": [f"{s.model.name} {s.model.version} {s.model.sha256[:8]}" for s in scores],
    }


def _listed(score: PostScore) -> dict[str, dict[str, float]] | None:
    """Probabilities by head and id, to three places; those of no account are left out (:data:`LISTED`)."""
    tables = {
        "narratives": score.narratives,
        "stance": None if score.stance is None else score.stance.probabilities,
        "targets": score.targets,
    }
    least = {"stance": 0.0}
    out = {
        head: {name: round(p, 3) for name, p in table.items() if p >= least.get(head, LISTED)}
        for head, table in tables.items()
        if table is not None
    }
    return out or None


def flat(columns: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """The same for a table without lists: ids joined with semicolons, reasons as one paragraph, figures as JSON."""
    joined = ("labels", "mentioned", "targets")
    return {
        **columns,
        **{name: [None if ids is None else ";".join(ids) for ids in columns[name]] for name in joined},
        "probabilities": [
            None if p is None else json.dumps(p, separators=(",", ":")) for p in columns["probabilities"]
        ],
        "reasons": [" ".join(reasons) for reasons in columns["reasons"]],
    }


def check_options(lang: str | None, lang_column: str | None, batch_size: int) -> None:
    """Refuse what cannot be meant, before anything is read.

    Raises:
        UnknownNameError: ``lang`` is not a known language.
        InputError: Both ``lang`` and ``lang_column`` are given, or ``batch_size`` is below 1.
    """
    if lang is not None:
        resolve(lang)
        if lang_column is not None:
            raise InputError("lang and lang_column are both given; give one language for all, or a column of them")
    if batch_size < 1:
        raise InputError(f"batch_size is {batch_size}; expected at least 1")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def score_frame(
    frame: FrameT,
    text: str = "text",
    *,
    lang: str | None = None,
    lang_column: str | None = None,
    scorer: Scorer | None = None,
    batch_size: int = 1024,
) -> FrameT:
    """Add scores to a table and give back the kind it was given.

    Args:
        frame: pandas or Polars ``DataFrame``, ``pyarrow.Table``, or Hugging Face ``datasets.Dataset``.
        text: Column of the posts.
        lang: Language of all posts; detected when ``None``.
        lang_column: Column with a language a row; empty cells are detected. Not together with ``lang``.
        scorer: Scorer to use; the default model when ``None``.
        batch_size: Posts scored together.

    Returns:
        The table with the columns of :data:`COLUMNS` added, rows and index as they were.

    Raises:
        UnknownNameError: A column does not exist (the message lists those that do), or ``lang`` is not known.
        InputError: The table is of another kind, or has two columns of one name; options that exclude each other.

    >>> import pyarrow as pa
    >>> score_frame(pa.table({"text": ["Dobar dan svima, danas je lijepo vrijeme"]}))["decision"].to_pylist()
    ['clear']
    """
    check_options(lang, lang_column, batch_size)
    if scorer is None:
        scorer = load()
    hub = sys.modules.get("datasets")
    if hub is not None and isinstance(frame, getattr(hub, "Dataset", ())):
        return cast("FrameT", _score_dataset(frame, text, lang, lang_column, scorer, batch_size))
    import narwhals as nw

    try:
        table: Any = nw.from_native(cast("Any", frame), eager_only=True)
        existing = list(table.columns)
        _check(existing, text, lang_column)
        posts = table[text].to_list()
        langs = table[lang_column].to_list() if lang_column else lang
    except nw.exceptions.DuplicateError:
        raise InputError("several columns of the table have the same name; rename them") from None
    except TypeError:
        kind = type(frame).__name__
        raise InputError(
            f"{kind} is not a table score_frame knows; expected a pandas or Polars DataFrame, a pyarrow Table or a "
            "datasets.Dataset (collect a lazy frame first)"
        ) from None
    columns, _ = score_rows(scorer, posts, langs, batch_size)
    names = added_names(existing)
    made = [
        nw.new_series(names[c], values, dtype=_dtype(c, nw), backend=table.implementation)
        for c, values in flat(columns).items()
    ]
    return cast("FrameT", table.with_columns(*made).to_native())


def _dtype(column: str, nw: Any) -> Any:
    return nw.Float64 if column in _NUMBERS else nw.String


def _check(columns: Sequence[str], *wanted: str | None) -> None:
    for name in wanted:
        if name is not None and name not in columns:
            raise unknown("column", name, [str(c) for c in columns])


def _score_dataset(
    frame: Any, text: str, lang: str | None, lang_column: str | None, scorer: Scorer, batch_size: int
) -> Any:
    _check(frame.column_names, text, lang_column)
    names = added_names(frame.column_names)

    def add(rows: Any) -> dict[str, Sequence[Any]]:
        langs = list(rows[lang_column]) if lang_column else lang
        return {names[c]: v for c, v in flat(score_rows(scorer, list(rows[text]), langs, batch_size)[0]).items()}

    # nothing is stored: no cache file is written or read, and the fingerprint does not need the model's bytes
    options = {"keep_in_memory": True, "load_from_cache_file": False, "new_fingerprint": uuid.uuid4().hex}
    value = sys.modules["datasets"].Value
    kinds = {c: "float64" if c in _NUMBERS else "string" for c in COLUMNS}
    features = frame.features.copy()
    features.update({names[c]: value(kind) for c, kind in kinds.items()})
    if not len(frame):  # map would add no column to no rows
        return sys.modules["datasets"].Dataset.from_dict({name: [] for name in features}, features=features)
    return frame.map(add, batched=True, batch_size=batch_size, features=features, **options)
