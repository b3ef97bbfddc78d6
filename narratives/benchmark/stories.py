"""Posts labelled with narratives, stance and targets: the suites, our authored posts, annotated real posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from narratives.benchmark import metrics
from narratives.benchmark.functional import Case
from narratives.benchmark.peers.base import Answers, Floats
from narratives.benchmark.resampling import wilson
from narratives.corpora import (
    Annotated,
    AnnotatedPost,
    Post,
    join_texts,
    read_annotated,
    read_posts,
    split_of,
    text_key,
)
from narratives.errors import MissingFileError
from narratives.results import PostScore
from narratives.taxonomy import NARRATIVES, TARGETS


@dataclass(frozen=True, slots=True)
class Story:
    """One post with its labels.

    Attributes:
        id: Of the post, or its key.
        text: The post.
        lang: Language code.
        hostile: Whether it attacks a group or asserts a narrative against it; ``None`` where unknown.
        stance: Id of the stance.
        narratives: Asserted.
        mentioned: Countered, reported or told by those concerned.
        targets: Who it is about.
        kind: Functionality of a suite, kind of an authored post, or the corpus.
    """

    id: str
    text: str
    lang: str
    hostile: bool | None
    stance: str
    narratives: Sequence[str]
    mentioned: Sequence[str]
    targets: Sequence[str]
    kind: str


def of_case(case: Case) -> Story:
    """A case of a functional suite."""
    return Story(
        case.id, case.text, case.lang, case.expected == "hostile", case.stance, case.narratives, case.mentioned,
        case.targets, case.functionality,
    )  # fmt: skip


def of_post(post: Post) -> Story:
    """An authored post."""
    return Story(
        post.id, post.text, post.lang, post.stance == "asserted", post.stance, post.narratives, post.mentioned,
        post.targets, post.kind,
    )  # fmt: skip


def authored_dev(folder: Path, lang: str) -> list[Story]:
    """Authored posts of a language that no model learnt from."""
    path = folder / f"{lang}.jsonl"
    if not path.is_file():
        return []
    return [of_post(p) for p in read_posts(path) if split_of(text_key(p.text, p.lang)) == "dev"]


def annotated(path: Path, folder: Path | None) -> tuple[list[Story], dict[str, int]]:
    """Real posts whose readers agree whether they are hostile; their texts come from the corpora in the data folder.

    A narrative, mention or target counts where at least half of the readers saw it; the stance is the commonest.

    Returns:
        The posts of the dev split, and counts: ``labelled``, ``used for training``, ``readers disagree``,
        ``text missing``, ``measured``.

    Raises:
        InputError: A line is not valid.
    """
    counts = {"labelled": 0, "used for training": 0, "readers disagree": 0, "text missing": 0}
    wanted: dict[str, list[Annotated]] = {}
    for row in read_annotated(path):
        counts["labelled"] += 1
        if split_of(row.key) != "dev":
            counts["used for training"] += 1
        elif row.agreed() is None:
            counts["readers disagree"] += 1
        else:
            wanted.setdefault(row.corpus, []).append(row)
    stories: list[Story] = []
    for rows in wanted.values():
        try:
            found = join_texts(rows, folder) if folder is not None else []
        except MissingFileError:
            found = []
        counts["text missing"] += len(rows) - len(found)
        stories += [_of_annotated(post) for post in found]
    return stories, {**counts, "measured": len(stories)}


def _of_annotated(post: AnnotatedPost) -> Story:
    row = post.labels
    stance = max(row.stance, key=lambda s: row.stance[s]) if row.stance else "none"
    told, mentioned, targets = (
        [name for name, share in part.items() if share >= 0.5] for part in (row.narratives, row.mentioned, row.targets)
    )
    return Story(row.key, post.text, row.lang, row.hostile == 1.0, stance, told, mentioned, targets, row.corpus)


def measure(stories: Sequence[Story], answers: Answers, *, resamples: int, seed: int) -> dict[str, Any]:
    """Narratives, mentions, targets and stance of our readings against the labels.

    Returns:
        ``narratives`` and ``mentioned`` (micro and macro F1 and each label), ``first_narrative_recall``, ``targets``,
        ``stance`` (macro-F1 and confusion). A part that the model has no head for says ``why`` it is missing.
    """
    posts = answers.posts or ()
    if not posts or all(post.narratives is None for post in posts):
        return {"why": "this model has no heads for narratives, stance and targets"}
    out: dict[str, Any] = {}
    told = [tuple(label for label in post.labels if label in NARRATIVES) for post in posts]
    for name, gold, said in (
        ("narratives", [s.narratives for s in stories], told),
        ("mentioned", [s.mentioned for s in stories], [tuple(getattr(p, "mentioned", ())) for p in posts]),
    ):
        names = list(NARRATIVES)
        out[name] = metrics.multilabel(_table(gold, names), _table(said, names), names, resamples=resamples, seed=seed)
    firsts = [(s.narratives[0], t) for s, t in zip(stories, told, strict=True) if s.narratives]
    if firsts:
        hits = sum(first in said for first, said in firsts)
        out["first_narrative_recall"] = metrics.rounded(wilson(hits, len(firsts)))
    aimed = [i for i, p in enumerate(posts) if p.targets is not None and stories[i].targets]
    if aimed:
        gold_t = _table([stories[i].targets for i in aimed], list(TARGETS))
        said_t = _table([[t for t, v in (posts[i].targets or {}).items() if v >= 0.5] for i in aimed], list(TARGETS))
        out["targets"] = metrics.multilabel(gold_t, said_t, list(TARGETS), resamples=resamples, seed=seed)
    stances = [(s.stance, p.stance.label) for s, p in zip(stories, posts, strict=True) if p.stance is not None]
    if stances:
        gold_s, said_s = (list(column) for column in zip(*stances, strict=True))
        out["stance"] = metrics.multiclass(gold_s, said_s, resamples=resamples, seed=seed)
    return out


def _table(rows: Sequence[Sequence[str]], names: Sequence[str]) -> Floats:
    return np.array([[float(name in row) for name in names] for row in rows], np.float64).reshape(len(rows), len(names))


def wrongly_flagged(stories: Sequence[Story], posts: Sequence[PostScore]) -> list[str]:
    """Ids of harmless posts that a model flags: the worst error, listed one by one."""
    return [s.id for s, p in zip(stories, posts, strict=True) if s.hostile is False and p.decision == "flag"]
