"""Labelled rows of an evaluation set, from a folder or the hub, without those that a model may have learnt from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narratives import resources
from narratives.benchmark.needs import need
from narratives.benchmark.plan import EvaluationSet, Hub
from narratives.corpora import CORPORA, Corpus, read_posts, read_records, split_of, text_key
from narratives.corpora.base import Record
from narratives.errors import InputError, MissingFileError
from narratives.languages import LANGUAGES

_YES, _NO = 0.65, 0.05  # between the two the annotators disagree, which is no gold


@dataclass(frozen=True, slots=True)
class Rows:
    """Labelled texts, row by row.

    Attributes:
        texts: The texts.
        langs: Language code of each.
        keys: Digest of each folded text.
        gold: By head, (rows,) 1, 0 or -1 where the corpus says nothing.
        records: The records as they stand in the file.
        dropped: Reason to number of rows left out.
        digests: File to SHA-256.
    """

    texts: Sequence[str]
    langs: Sequence[str]
    keys: Sequence[str]
    gold: Mapping[str, NDArray[np.int64]]
    records: Sequence[Record]
    dropped: Mapping[str, int] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.texts)

    def where(self, wanted: Mapping[str, Collection[str]]) -> NDArray[np.bool_]:
        """(rows,) whether a row's columns have one of the wanted values each; letter case does not count."""
        low = {column: {v.lower() for v in values} for column, values in wanted.items()}
        return np.array([all(str(r.get(c, "")).lower() in v for c, v in low.items()) for r in self.records], bool)


def read_hub(hub: Hub) -> Iterator[Record]:
    """Records of a data set on the Hugging Face hub; class labels come as their names.

    Raises:
        MissingExtraError: ``datasets`` is not installed.
        MissingFileError: It cannot be had: no network, no such data set, or access was not granted.
    """
    library = need("datasets")
    try:
        table = library.load_dataset(hub.id, hub.config, split=hub.split, revision=hub.revision)
    except (OSError, ValueError) as error:
        raise MissingFileError(
            f"data set {hub.id} cannot be had ({type(error).__name__}); check network and id"
        ) from None
    names = {c: f.names for c, f in table.features.items() if isinstance(f, library.ClassLabel)}
    for row in table:
        yield {
            column: names[column][value]
            if column in names and value is not None
            else ""
            if value is None
            else str(value)
            for column, value in row.items()
        }


def read_set(
    wanted: EvaluationSet, folder: Path | None, learnt: Collection[str] = frozenset(), *, from_hub: bool = False
) -> Rows:
    """Read the rows of an evaluation set.

    Args:
        wanted: Which set.
        folder: The data folder with the corpora in their authors' layout.
        learnt: Keys of texts that models may have learnt from; rows with one of them are dropped and counted.
        from_hub: Read from the hub instead.

    Returns:
        Each text once. Rows without a label, of another split or outside ``wanted.columns`` are counted in
        ``dropped`` too.

    Raises:
        MissingFileError: The corpus is not there; the message says where to get it.
    """
    texts: list[str] = []
    langs: list[str] = []
    keys: list[str] = []
    labels: list[Mapping[str, float]] = []
    records: list[Record] = []
    dropped: dict[str, int] = {}
    digests: dict[str, str] = {}

    def drop(reason: str) -> None:
        dropped[reason] = dropped.get(reason, 0) + 1

    seen: set[str] = set()
    for corpus in wanted.sources:
        for record in _records(wanted, corpus, folder, from_hub):
            text = (record.get(corpus.text) or "").strip()
            label = corpus.label(record) if text else None
            if any(str(record.get(c, "")) not in values for c, values in wanted.columns.items()):
                drop("other part of the corpus")
                continue
            if label is None:
                drop("no text or no label")
                continue
            key = text_key(text, corpus.lang)
            if key in seen:
                drop("repeated")
            elif wanted.split == "dev" and split_of(key) != "dev":
                drop("used for training")
            elif key in learnt:
                drop("overlaps with training rows")
            else:
                seen.add(key)
                texts.append(text)
                langs.append(corpus.lang)
                keys.append(key)
                labels.append(label)
                records.append(record)
        if folder is not None and not from_hub:
            digests |= _digests(corpus, folder)
    gold: dict[str, NDArray[np.int64]] = {head: stated([row.get(head) for row in labels]) for head in wanted.heads}
    return Rows(texts, langs, keys, gold, records, dropped, digests)


def _records(wanted: EvaluationSet, corpus: Corpus, folder: Path | None, from_hub: bool) -> Iterator[Record]:
    if from_hub and wanted.hub is not None:
        return read_hub(wanted.hub)
    if folder is None:
        raise MissingFileError(f"no data folder was given; get the corpus from {wanted.where}")
    place = corpus.folder or corpus.name
    missing = [f for f in corpus.files if not (folder / place / f).is_file()]
    if missing:  # results are published, so no path of this machine
        raise MissingFileError(f"{place}/{missing[0]} is not in the data folder; get it from {wanted.where}")
    return read_records(corpus, folder)


def _digests(corpus: Corpus, folder: Path) -> dict[str, str]:
    place = corpus.folder or corpus.name
    return {f"{place}/{name}": resources.sha256(folder / place / name) for name in corpus.files}


def stated(values: Iterable[float | None]) -> NDArray[np.int64]:
    """Labels as 1, 0, or -1 where the corpus says nothing or its annotators disagree.

    >>> stated([1.0, 0.0, None, 0.33]).tolist()
    [1, 0, -1, -1]
    """
    return np.array([-1 if v is None or _NO < v < _YES else int(v >= _YES) for v in values], np.int64)


@lru_cache(maxsize=8)
def training_keys(lang: str, folder: Path | None, authored: Path | None) -> frozenset[str]:
    """Keys of the texts that the shipped models learnt from or were calibrated on, in the language's group.

    Corpora that are not in the folder cannot be checked against; the run says so.
    """
    group = LANGUAGES[lang].group
    keys: set[str] = set()
    for corpus in CORPORA.values():
        if LANGUAGES[corpus.lang].group == group and folder is not None:
            try:
                found = {
                    text_key((r.get(corpus.text) or "").strip(), corpus.lang) for r in read_records(corpus, folder)
                }
            except (MissingFileError, InputError):
                continue
            keys |= found
    for path in sorted(authored.glob("*.jsonl")) if authored is not None else ():
        if path.stem in LANGUAGES and LANGUAGES[path.stem].group == group:
            keys |= {text_key(post.text, post.lang) for post in read_posts(path)}
    return frozenset(key for key in keys if split_of(key) != "dev")


def training_rows(name: str, head: str, folder: Path) -> tuple[list[str], NDArray[np.int64]]:
    """Texts and 0/1 labels that a baseline may learn from: the ``train`` split of one corpus, each text once.

    Raises:
        MissingFileError: The corpus is not there.
    """
    corpus = CORPORA[name]
    texts: dict[str, tuple[str, int]] = {}
    for record in read_records(corpus, folder):
        text, label = (record.get(corpus.text) or "").strip(), corpus.label(record)
        value = None if label is None else label.get(head)
        if not text or value is None or _NO < value < _YES:
            continue
        key = text_key(text, corpus.lang)
        if split_of(key) == "train":
            texts.setdefault(key, (text, int(value >= _YES)))
    return [t for t, _ in texts.values()], np.array([y for _, y in texts.values()], np.int64)


def plain(value: Any) -> Any:
    """Values as JSON has them: numpy numbers as Python's own."""
    return value.item() if isinstance(value, np.generic) else value
