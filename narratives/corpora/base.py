"""What a labelled corpus is, and how its files are read from the folder layout its authors gave it."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from narratives.corpora.weak import weak_targets
from narratives.errors import InputError, MissingFileError
from narratives.text import fold

Record = Mapping[str, str]
Labels = Mapping[str, float]
Labeller = Callable[[Record], Labels | None]

_MAX_CELL = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text.

    Attributes:
        text: The post as the corpus has it.
        lang: Language code.
        corpus: Name of the corpus it comes from.
        labels: Probability by head; a head that the corpus says nothing about is absent.
        weak: Probability by target head as far as the corpus says whom a text is about (``corpora.weak``).
        key: Digest of the folded text, the same for re-posts that differ only in names, links or spelling.
        split: ``train``, ``calibration`` or ``dev``; a function of the key alone.
    """

    text: str
    lang: str
    corpus: str
    labels: Labels
    key: str
    split: str
    weak: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A labelled corpus: where its files are, how to read them, and what its labels mean for our heads.

    Attributes:
        name: Folder name under the data folder.
        lang: Language code.
        files: File names in that folder; all are read.
        text: Column of the text (a name, or an index where the file has no header).
        label: From a record to probabilities by head; ``None`` leaves the record out.
        mapping: The same in words, for the card.
        licence: Licence as the authors state it.
        source: Citation.
        delimiter: Field separator; ``jsonl`` for JSON lines.
        header: Column names where the file has none.
        quoted: Whether double quotes wrap fields.
        folder: Folder under the data folder where it differs from the name; several corpora may share one.
    """

    name: str
    lang: str
    files: tuple[str, ...]
    text: str
    label: Labeller
    mapping: str
    licence: str
    source: str
    delimiter: str = ","
    header: tuple[str, ...] = field(default=())
    quoted: bool = True
    folder: str = ""


def read_records(corpus: Corpus, folder: Path) -> Iterator[Record]:
    """Yield the rows of a corpus as they stand in its files.

    Args:
        corpus: Which corpus.
        folder: The data folder that holds a folder of the corpus' name.

    Raises:
        MissingFileError: The corpus is not there; the message says which file was looked for.
        InputError: A file lacks the text column.
    """
    for name in corpus.files:
        path = folder / (corpus.folder or corpus.name) / name
        if not path.is_file():
            raise MissingFileError(f"corpus {corpus.name}: {path} is missing; see its source: {corpus.source}")
        with path.open(encoding="utf-8-sig", newline="") as handle:
            if corpus.delimiter == "jsonl":
                yield from (json.loads(line) for line in handle if line.strip())
                continue
            csv.field_size_limit(_MAX_CELL)
            quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if corpus.quoted else csv.QUOTE_NONE
            first = csv.reader(handle, delimiter=corpus.delimiter, quoting=quoting)
            header = list(corpus.header) or next(first, [])
            rows = csv.DictReader(handle, header, delimiter=corpus.delimiter, quoting=quoting, restval="")
            if corpus.text not in header:
                raise InputError(f"{path} has no column {corpus.text!r}; it has {', '.join(header)}")
            yield from rows


_NOISE = re.compile(r"https?://\S+|www\.\S+|@\w+|\burl\b|\buser\d*\b|\W+", re.IGNORECASE)


def text_key(text: str, lang: str) -> str:
    """Digest that re-posts share: names, links, punctuation, case, script and diacritics do not count."""
    return hashlib.blake2b(_NOISE.sub(" ", fold(text, lang)).strip().encode(), digest_size=8).hexdigest()


def split_of(key: str) -> str:
    """The split a key belongs to: 84 % ``train``, 6 % ``calibration``, 10 % ``dev``, by the digest alone."""
    bucket = int(key[:8], 16) % 100
    return "dev" if bucket < 10 else "calibration" if bucket < 16 else "train"


def read_examples(corpus: Corpus, folder: Path) -> Iterator[Example]:
    """Yield the labelled texts of a corpus, exact re-posts once (the first one's labels stand)."""
    seen: set[str] = set()
    for record in read_records(corpus, folder):
        text = (record.get(corpus.text) or "").strip()
        labels = corpus.label(record)
        if not text or labels is None:
            continue
        key = text_key(text, corpus.lang)
        if key not in seen:
            seen.add(key)
            yield Example(text, corpus.lang, corpus.name, labels, key, split_of(key), weak_targets(corpus.name, record))
