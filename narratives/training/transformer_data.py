"""A researcher's own labelled table: posts, our heads, and what each row says about them."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narratives.backends.labels import KNOWN_HEADS
from narratives.corpora import text_key
from narratives.errors import InputError, MissingFileError, unknown
from narratives.languages import resolve
from narratives.taxonomy import STANCES
from narratives.text import detect_many, normalise_text

Row = Mapping[str, Any]

_ANSWERS = {"1": 1.0, "1.0": 1.0, "true": 1.0, "yes": 1.0, "0": 0.0, "0.0": 0.0, "false": 0.0, "no": 0.0}
_NOTHING = {"", "null", "nan"}
_KINDS = {"narratives": "narrative", "mentioned": "mention", "targets": "target", "stance": "stance"}
_HELD_BACK = 15  # per cent for measuring, and as many for stopping and calibration


@dataclass(frozen=True, slots=True)
class Labelled:
    """Labelled posts, row by row, re-posts once.

    Attributes:
        heads: What was labelled, in the order of ``KNOWN_HEADS``.
        texts: The posts, normalised as they will be when scored.
        langs: (rows,) language codes.
        groups: (rows,) scoring groups.
        labels: (rows, heads) float32: 1, 0, or NaN where the row says nothing about the head.
        splits: (rows,) ``train``, ``calibration`` or ``dev``, by digest of the text alone. No post that this project
            keeps apart for measuring is ever in ``train``.
        digest: SHA-256 of the file.
    """

    heads: tuple[str, ...]
    texts: Sequence[str]
    langs: NDArray[np.str_]
    groups: NDArray[np.str_]
    labels: NDArray[np.float32]
    splits: NDArray[np.str_]
    digest: str

    def rows(self, split: str) -> NDArray[np.int64]:
        """Row numbers of a split."""
        return np.flatnonzero(self.splits == split)


def read_labelled(
    path: Path, text: str, labels: Sequence[str], *, lang: str | None = None, lang_column: str | None = None
) -> Labelled:
    """Read a labelled file.

    Args:
        path: CSV, TSV, JSON lines or Parquet.
        text: Column of the posts.
        labels: ``HEAD=COLUMN`` for a column of yes and no (1/0, true/false; empty says nothing), or the name of a
            column that lists ids of heads: a list, or semicolons between them, empty for none. In columns named
            ``narratives``, ``mentioned``, ``targets`` and ``stance`` ids of the taxonomy are enough.
        lang: Language of all posts.
        lang_column: Column of language codes; posts are detected where it is empty or there is none.

    Raises:
        MissingFileError: There is no such file.
        UnknownNameError: A column or a head is not known; the message lists those that are.
        InputError: A cell cannot be read (the message names the row, never what stands in it), or nothing is left.
    """
    every = _rows(path)
    specs = [_spec(label) for label in labels]
    known = list(every[0]) if every else []
    for column in (text, *(column for _, column in specs), *([lang_column] if lang_column else [])):
        if column not in known:
            raise unknown("column", column, known)
    found = _labels(every, specs)
    heads = tuple(head for head in KNOWN_HEADS if head in found)
    table = np.stack([found[head] for head in heads], axis=1) if heads else np.zeros((len(every), 0), np.float32)
    posts = [row[text] if isinstance(row[text], str) else "" for row in every]
    tags = [lang if lang_column is None else _tag(row[lang_column], lang, i) for i, row in enumerate(every, start=1)]
    guesses = detect_many(posts, tags)
    kept: dict[str, int] = {}
    for i, (post, guess) in enumerate(zip(posts, guesses, strict=True)):
        if post.strip() and not np.isnan(table[i]).all():
            kept.setdefault(text_key(post, guess.code), i)
    if not kept:
        raise InputError(f"{path} has no labelled post; expected a post and a label in some rows")
    rows = list(kept.values())
    return Labelled(
        heads,
        [normalise_text(posts[i], guesses[i].code) for i in rows],
        np.array([guesses[i].code for i in rows]),
        np.array([guesses[i].group for i in rows]),
        table[rows],
        np.array([_split(key) for key in kept]),
        hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def _rows(path: Path) -> list[Row]:
    if not path.is_file():
        raise MissingFileError(f"{path} does not exist; expected a file of labelled posts")
    kind = path.suffix.lower()
    try:
        if kind in {".csv", ".tsv"}:
            with path.open(encoding="utf-8-sig", newline="") as handle:
                return list(csv.DictReader(handle, delimiter="\t" if kind == ".tsv" else ",", restval=""))
        if kind in {".jsonl", ".ndjson"}:
            with path.open(encoding="utf-8-sig") as handle:
                return _filled([json.loads(line) for line in handle if line.strip()])
        if kind == ".parquet":
            from pyarrow import parquet

            return list(parquet.read_table(path).to_pylist())
    except (ValueError, csv.Error, OSError, AttributeError) as error:
        raise InputError(f"{path} cannot be read ({type(error).__name__}); expected a table in UTF-8") from None
    raise InputError(f"{path} is of an unknown kind; expected .csv, .tsv, .jsonl or .parquet")


def _filled(rows: list[dict[str, Any]]) -> list[Row]:
    """JSON lines with every key in every row."""
    keys = dict.fromkeys(key for row in rows for key in row)
    return [{key: row.get(key) for key in keys} for row in rows]


def _spec(label: str) -> tuple[str | None, str]:
    head, equals, column = label.partition("=")
    if not equals:
        return None, label
    if head not in KNOWN_HEADS:
        raise unknown("head", head, list(KNOWN_HEADS))
    return head, column


def _labels(rows: Sequence[Row], specs: Sequence[tuple[str | None, str]]) -> dict[str, NDArray[np.float32]]:
    out: dict[str, NDArray[np.float32]] = {}
    for head, column in specs:
        found = _listed(rows, column) if head is None else {head: _answers(rows, column)}
        twice = sorted(set(found) & set(out))
        if twice:
            raise InputError(f"{twice[0]} is labelled by two columns; give one of them")
        out |= found
    return out


def _answers(rows: Sequence[Row], column: str) -> NDArray[np.float32]:
    out = np.full(len(rows), np.nan, np.float32)
    for i, row in enumerate(rows):
        word = _word(row[column])
        if word not in _NOTHING:
            if word not in _ANSWERS:
                raise InputError(f"row {i + 1}, column {column}: expected 1, 0, true, false, yes, no or nothing")
            out[i] = _ANSWERS[word]
    return out


def _listed(rows: Sequence[Row], column: str) -> dict[str, NDArray[np.float32]]:
    kind = _KINDS.get(column, "narrative")
    told: list[set[str] | None] = []
    for i, row in enumerate(rows, start=1):
        value = row[column]
        listed = value if isinstance(value, list | tuple) else str("" if value is None else value).split(";")
        ids = {str(v).strip() for v in listed} - _NOTHING - ({"none"} if kind != "stance" else set())
        heads = {id if id in KNOWN_HEADS else f"{kind}.{id}" for id in ids}
        if not heads <= set(KNOWN_HEADS):
            raise InputError(
                f"row {i}, column {column}: not an id of a head; expected ids such as hate or invasion_flood with "
                f"semicolons between them, or write HEAD={column} for a column of yes and no"
            )
        # nothing at all in JSON, or no stance, says nothing; an empty list says none of them
        told.append(None if value is None or (kind == "stance" and not heads) else heads)
    used = {head for heads in told if heads for head in heads}
    used |= {f"stance.{id}" for id in STANCES} if kind == "stance" else set()
    if not used:
        raise InputError(f"column {column} names no head in any row")
    return {
        head: np.array([np.nan if heads is None else float(head in heads) for heads in told], np.float32)
        for head in sorted(used)
    }


def _word(value: Any) -> str:
    return "" if value is None else str(value).strip().lower()


def _tag(value: Any, lang: str | None, number: int) -> str | None:
    word = _word(value)
    if word in _NOTHING or word == "und":
        return lang
    try:
        return resolve(word).tag
    except KeyError:
        raise InputError(f"row {number}: the language is not one of those read; expected a code such as hr") from None


def _split(key: str) -> str:
    bucket = int(key[:8], 16) % 100
    return "dev" if bucket < _HELD_BACK else "calibration" if bucket < 2 * _HELD_BACK else "train"
