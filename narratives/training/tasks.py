"""All that is known of each training text, in the columns of all heads; what a source does not say is masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from narratives.backends.names import without_names
from narratives.corpora import (
    AUTHORED,
    CORPORA,
    Annotated,
    Example,
    Post,
    read_annotated,
    read_examples,
    read_posts,
)
from narratives.corpora.base import split_of, text_key
from narratives.corpora.posts import labels as authored_labels
from narratives.errors import MissingFileError
from narratives.languages import LANGUAGES
from narratives.taxonomy import NARRATIVES, STANCES, TARGETS
from narratives.text import fold
from narratives.training.data import TRANSFERRED

HEADS: tuple[str, ...] = (
    "offensive",
    "hate",
    "hostile",
    *(f"narrative.{n}" for n in NARRATIVES),
    *(f"mention.{n}" for n in NARRATIVES),
    *(f"stance.{s}" for s in STANCES),
    *(f"target.{t}" for t in TARGETS),
)
"""Columns: abuse of any kind, hate as the corpora have it, hostility by the label cards; narratives as asserted, and as
present at all (asserted, countered, reported or told of oneself); what the writer does with them; whom it is about."""

_COLUMN = {head: i for i, head in enumerate(HEADS)}
NAMES = "names"
"""Source of bare names and plain mentions of groups, which must score as harmless (Dixon et al. 2018)."""


_HOSTILE_TOO = {
    "frenk-hr", "stop-sr", "news-ro-offense", "siu2023-nst-tr", "mayda-tr", "teknofest-tr", "ishate-en",
    "hatexplain-en", "crowdcounter-en", "ro-fb-offense",
}  # fmt: skip
"""Corpora whose hate is near enough to hostility by the label cards to teach it where nobody has read the post."""


@dataclass(frozen=True, slots=True)
class Tasks:
    """Training texts with their labels, row by row.

    Attributes:
        spread: Texts as the models see them (folded, ``backends.words.spread``, names of groups taken out).
        named: The names that were taken out of each.
        langs: (rows,) language codes.
        groups: (rows,) group whose weights read the text.
        sources: (rows,) corpus name, ``authored-<group>`` or ``names-<group>``.
        splits: (rows,) ``train``, ``calibration`` or ``dev``.
        labels: (rows, heads) float32 probabilities, NaN where the source is silent.
        real: (rows,) whether readers labelled the row for this project.
        taught: (rows,) whether slow models judged it by the label cards, since no reader has (``training.teachers``).
    """

    spread: Sequence[str]
    named: Sequence[str]
    folded: Sequence[str]
    langs: NDArray[np.str_]
    groups: NDArray[np.str_]
    sources: NDArray[np.str_]
    splits: NDArray[np.str_]
    labels: NDArray[np.float32]
    real: NDArray[np.bool_]
    taught: NDArray[np.bool_]

    def take(self, rows: NDArray[np.int64]) -> Tasks:
        """Some rows."""
        return Tasks(
            [self.spread[i] for i in rows],
            [self.named[i] for i in rows],
            [self.folded[i] for i in rows],
            self.langs[rows],
            self.groups[rows],
            self.sources[rows],
            self.splits[rows],
            self.labels[rows],
            self.real[rows],
            self.taught[rows],
        )

    def column(self, head: str) -> NDArray[np.float32]:
        """(rows,) labels of one head."""
        return self.labels[:, _COLUMN[head]]


_Row = tuple[str, str, str, str, NDArray[np.float32], bool, bool]
"""Text, language, source, split, labels, whether readers labelled it, whether slow models did."""

Judged = Mapping[tuple[str, str], NDArray[np.float32]]
"""Corpus and key of a text to labels by slow models, (heads,), NaN where they say nothing."""


def blank() -> NDArray[np.float32]:
    """A row that says nothing."""
    return np.full(len(HEADS), np.nan, np.float32)


def of_post(post: Post) -> NDArray[np.float32]:
    """What an authored post says about every head."""
    row = blank()
    for head, value in (authored_labels(post) or {}).items():
        row[_COLUMN[head]] = value
    row[_COLUMN["hostile"]] = float(post.stance == "asserted")
    told = dict.fromkeys(post.narratives, 1.0)
    _cards(row, told, dict.fromkeys(post.mentioned, 1.0) | told, {post.stance: 1.0}, dict.fromkeys(post.targets, 1.0))
    if post.kind == "hate":  # told of other groups than migrants, the acts may occur all the same
        for act in (n.id for n in NARRATIVES.values() if n.kind == "act"):
            row[_COLUMN[f"narrative.{act}"]] = row[_COLUMN[f"mention.{act}"]] = np.nan
    return row


def of_example(example: Example) -> NDArray[np.float32]:
    """What a corpus says about one of its texts."""
    row = blank()
    for head, value in {**example.labels, **example.weak}.items():
        row[_COLUMN[head]] = value
    if example.corpus in _HOSTILE_TOO:
        row[_COLUMN["hostile"]] = example.labels.get("hate", np.nan)
    if example.corpus == "crowdcounter-en":  # every row is a human answer to a hateful post
        for stance in STANCES:
            row[_COLUMN[f"stance.{stance}"]] = {"countered": 0.85, "none": 0.15}.get(stance, 0.0)
    return row


def of_mention(target: str) -> NDArray[np.float32]:
    """What a plain mention of a group says: nothing but whom it is about; others may be meant as well."""
    row = blank()
    for head in HEADS:
        if not head.startswith("target."):
            row[_COLUMN[head]] = float(head == "stance.none")
    row[_COLUMN[f"target.{target}"]] = 1.0
    return row


def of_annotated(label: Annotated, row: NDArray[np.float32]) -> NDArray[np.float32]:
    """Add what readers said about a real post to what its corpus says."""
    row = row.copy()
    row[_COLUMN["hostile"]] = label.hostile
    present = {n: min(1.0, label.narratives.get(n, 0.0) + label.mentioned.get(n, 0.0)) for n in NARRATIVES}
    _cards(row, label.narratives, present, label.stance, label.targets)
    return row


def _cards(
    row: NDArray[np.float32],
    narratives: Mapping[str, float],
    present: Mapping[str, float],
    stance: Mapping[str, float],
    targets: Mapping[str, float],
) -> None:
    for kind, known, said in (
        ("narrative", NARRATIVES, narratives),
        ("mention", NARRATIVES, present),
        ("stance", STANCES, stance),
        ("target", TARGETS, targets),
    ):
        for name in known:
            row[_COLUMN[f"{kind}.{name}"]] = said.get(name, 0.0)


def gather_tasks(
    data: Path,
    datasets: Path,
    *,
    names: Iterable[tuple[str, str, str]] = (),
    judged: Judged | None = None,
    say: Callable[[str], None] = print,
) -> Tasks:
    """Read everything there is to learn from.

    Args:
        data: Folder of the corpora in their authors' layout.
        datasets: The project's own ``datasets`` folder.
        names: (text, language, target) of plain mentions of groups.
        judged: What slow models say about texts that nobody has read; only texts of split ``train`` take it.
        say: Told what each source gave.
    """
    texts: list[_Row] = []
    seen: set[tuple[str, str]] = set()
    annotated = {(a.corpus, a.key): a for path in sorted((datasets / "annotated").glob("*.jsonl"))
                 for a in read_annotated(path)}  # fmt: skip
    for name, corpus in CORPORA.items():
        try:
            examples = list(read_examples(corpus, data))
        except MissingFileError as error:
            say(f"skipped: {error}")
            continue
        for e in examples:
            if (e.lang, e.key) in seen:
                continue
            seen.add((e.lang, e.key))
            label = annotated.get((name, e.key))
            row = of_example(e) if label is None else of_annotated(label, of_example(e))
            soft = (judged or {}).get((name, e.key)) if label is None and e.split == "train" else None
            if soft is not None:
                row = np.where(np.isnan(soft), row, soft)
            texts.append((e.text, e.lang, name, e.split, row, label is not None, soft is not None))
        say(f"{name}: {len(examples)} texts")
    for path in sorted((datasets / "posts").glob("*.jsonl")):
        for post in read_posts(path):
            key = text_key(post.text, post.lang)
            texts.append((post.text, post.lang, AUTHORED, split_of(key), of_post(post), False, False))
    texts += [(text, lang, NAMES, "train", of_mention(target), False, False) for text, lang, target in names]
    groups = [TRANSFERRED.get(g, g) for g in (LANGUAGES[lang].group for _, lang, *_ in texts)]
    folded = [fold(text, lang) for text, lang, *_ in texts]
    parts = [without_names(text, LANGUAGES[row[1]].group) for text, row in zip(folded, texts, strict=True)]
    own = {AUTHORED, NAMES}
    return Tasks(
        [rest for rest, _ in parts],
        [taken for _, taken in parts],
        folded,
        np.array([lang for _, lang, *_ in texts]),
        np.array(groups),
        np.array([f"{t[2]}-{g}" if t[2] in own else t[2] for t, g in zip(texts, groups, strict=True)]),
        np.array([t[3] for t in texts]),
        np.stack([t[4] for t in texts]),
        np.array([t[5] for t in texts]),
        np.array([t[6] for t in texts]),
    )


__all__ = ["HEADS", "NAMES", "Judged", "Tasks", "gather_tasks"]
