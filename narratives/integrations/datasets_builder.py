"""The project's own data as Hugging Face datasets, with features and splits; and scoring inside ``Dataset.map``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from narratives import resources
from narratives.corpora import read_posts, split_of, text_key
from narratives.errors import InputError, unknown
from narratives.frames import COLUMNS, added_names, check_options, flat, score_rows
from narratives.integrations.opened import opened, require
from narratives.languages import LANGUAGES
from narratives.scorer import Scorer
from narratives.taxonomy import STANCES

Name = Literal["posts", "functional"]
_NAMES: tuple[Name, ...] = ("posts", "functional")

_SHARED = ("id", "lang", "script", "text", "narratives", "mentioned", "stance", "targets", "origin", "version")
_OWN: Mapping[str, tuple[str, ...]] = {
    "posts": ("variety", "severity", "kind", "annotators"),
    "functional": ("functionality", "expected", "ref"),
}
_LISTS = {"narratives", "mentioned", "targets", "annotators"}
_WHOLE = {"version", "severity"}
_CLASSES = {"lang": list(LANGUAGES), "stance": list(STANCES), "expected": ["hostile", "harmless"]}


def datasets_builder(name: Name = "posts", *, lang: str | None = None, folder: Path | None = None) -> Any:
    """Build a ``datasets.DatasetDict`` of the authored posts or of the functional suites.

    Args:
        name: ``posts`` (splits ``train``, ``calibration`` and ``dev``, by digest of the folded text, the same as in
            training) or ``functional`` (one split, ``test``: never train on it).
        lang: Code of one language; all when ``None``.
        folder: Folder of ``<lang>.jsonl`` files; the project's own when ``None``.

    Returns:
        The splits. ``lang``, ``stance`` and ``expected`` are class labels; lists of ids are lists of strings.

    Raises:
        UnknownNameError: There is no such data, or no file of that language.
        MissingFileError: The files are not here: they come with the repository, not with every installation.
        MissingExtraError: The package ``datasets`` is not installed.

    >>> datasets_builder("post")
    Traceback (most recent call last):
    ...
    narratives.errors.UnknownNameError: unknown data set 'post'; known: posts, functional. Did you mean 'posts'?
    """
    if name not in _NAMES:
        raise unknown("data set", name, list(_NAMES))
    hub = require("datasets", "transformers")
    place = folder or resources.find(f"datasets/{name}")
    files = {path.stem: path for path in sorted(place.glob("*.jsonl"))}
    if lang is not None and lang not in files:
        raise unknown("language file", lang, list(files))
    rows: dict[str, list[dict[str, Any]]] = {
        s: [] for s in (("train", "calibration", "dev") if name == "posts" else ("test",))
    }
    for path in files.values() if lang is None else [files[lang]]:
        for split, row in _posts(path) if name == "posts" else _cases(path):
            rows[split].append(row)
    shape = features(name)
    columns = {split: {key: [row[key] for row in some] for key in shape} for split, some in rows.items()}
    return hub.DatasetDict({s: hub.Dataset.from_dict(c, features=shape, split=s) for s, c in columns.items()})


def features(name: Name) -> Any:
    """The ``datasets.Features`` of a data set, for ``load_dataset("json", data_files=…, features=…)`` too."""
    hub = require("datasets", "transformers")
    kinds: dict[str, Any] = {}
    for key in (*_SHARED, *_OWN[name]):
        plain = hub.Value("int64" if key in _WHOLE else "string")
        kinds[key] = (
            hub.List(plain) if key in _LISTS else hub.ClassLabel(names=_CLASSES[key]) if key in _CLASSES else plain
        )
    return hub.Features(kinds)


def _posts(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for post in read_posts(path):
        row = post.model_dump()
        yield split_of(text_key(post.text, post.lang)), {key: row[key] for key in (*_SHARED, *_OWN["posts"])}


def _cases(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    wanted = (*_SHARED, *_OWN["functional"])
    with path.open(encoding="utf-8") as handle:
        for number, line in enumerate(handle, start=1):
            try:
                row = json.loads(line)
                yield "test", {key: row[key] for key in wanted}
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(
                    f"{path.name}, line {number}: {type(error).__name__}; expected a case with {', '.join(wanted)}"
                ) from None


@dataclass(frozen=True, slots=True)
class ScoreColumns:
    """For ``dataset.map(…, batched=True)``, also of a streamed dataset or in several processes.

    Attributes:
        model: What :func:`narratives.load` takes, or a scorer. A name keeps what is sent to other processes small.
        text: Column of the posts.
        lang: Language of all posts; detected when ``None``.

    >>> sorted(ScoreColumns()({"text": ["Dobar dan svima"]}))[:2]
    ['decision', 'hate']
    """

    model: Scorer | str | Path | None = None
    text: str = "text"
    lang: str | None = None

    def __call__(self, rows: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
        """Columns of :data:`narratives.frames.COLUMNS` for a batch of rows, renamed where the names are taken.

        Raises:
            UnknownNameError: There is no such column, or ``lang`` is not known.
        """
        if self.text not in rows:
            raise unknown("column", self.text, list(rows))
        check_options(self.lang, None, 1)
        names = added_names(rows)
        columns, _ = score_rows(opened(self.model), list(rows[self.text]), self.lang, 256)
        return {names[c]: flat(columns)[c] for c in COLUMNS}
