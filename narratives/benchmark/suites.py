"""Figures on functional suites, authored posts and annotated posts, and on the words that are shown as evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from narratives import resources
from narratives.benchmark import metrics, stories
from narratives.benchmark.bench import Bench, shipped
from narratives.benchmark.evidence import agreement, faithfulness, read_sequences
from narratives.benchmark.functional import (
    BENIGN,
    Case,
    answered,
    bare_names,
    by_functionality,
    false_positives,
    group_swap,
    read_suite,
)
from narratives.benchmark.peers.base import Model
from narratives.benchmark.peers.ours import Ours
from narratives.benchmark.resampling import wilson
from narratives.benchmark.robustness import robustness
from narratives.errors import MissingFileError

_WORST = 15

_POST_KINDS = {
    "counter-speech": ("counter_speech", "quote_to_condemn"),
    "news and figures": ("near_miss_news", "near_miss_statistics"),
    "policy criticism": ("near_miss_policy",),
    "self": ("self",),
    "traps": ("trap",),
    "neutral": ("neutral",),
}


def suite(bench: Bench) -> dict[str, Any]:
    """The functional suite of the language: right answers, false alarms, group names, robustness."""
    path = resources.find(f"datasets/functional/{bench.plan.lang}.jsonl")
    cases = read_suite(path)
    hostile = sum(case.expected == "hostile" for case in cases)
    out: dict[str, Any] = {
        "tier": "authored",
        "n": len(cases),
        "hostile": hostile,
        "sha256": resources.sha256(path),
        "models": {},
    }
    out["train_on"] = bench.plan.suite_train_on
    for model in bench.models:
        found = _suite_of(bench, model, cases)
        if found:
            out["models"][model.name] = found
    detected = Ours(bench.scorer, told=False).answer([c.text for c in cases], [])
    right = int(answered(cases, detected.flagged(), detected.left()).sum())
    out["language_not_told"] = metrics.rounded(wilson(right, len(cases)))
    return out


def _suite_of(bench: Bench, model: Model, cases: Sequence[Case]) -> dict[str, Any]:
    texts, langs = [c.text for c in cases], [c.lang for c in cases]
    train_on = bench.plan.suite_train_on
    given = model.answer(texts, langs, train_on)
    if not given.said:
        return {}
    flagged, left = given.flagged(), given.left()
    gold = np.array([case.expected == "hostile" for case in cases], np.int64)
    score = given.ranking()
    right = answered(cases, flagged, left)
    out: dict[str, Any] = {
        "right": metrics.rounded(wilson(int(right.sum()), len(cases))),
        "hostile_found": metrics.rounded(wilson(int((right & (gold == 1)).sum()), int(gold.sum()))),
        "binary": metrics.binary(gold, flagged.astype(np.int64), score, **bench.options),
        "by": by_functionality(cases, flagged, left),
        "false_positives": false_positives(BENIGN, [c.functionality for c in cases], flagged & (gold == 0)),
        "robustness": robustness(model, texts, langs, gold, None, train_on=train_on, seed=bench.settings.seed),
    }
    if score is not None:
        out["group_swap"] = group_swap(cases, score, flagged)
        out["bare_names"] = bare_names(cases, score, flagged)
    if given.posts is not None:
        items = [stories.of_case(case) for case in cases]
        out["stories"] = stories.measure(items, given, **bench.options)
        wrong = np.flatnonzero(~right)
        out["failures"] = [[cases[i].id, given.posts[i].decision] for i in wrong.tolist()]
    return out


def authored(bench: Bench) -> dict[str, Any]:
    """Authored posts that no model learnt from."""
    items = stories.authored_dev(bench.posts, bench.plan.lang) if bench.posts is not None else []
    return {"tier": "authored", **_stories(bench, items, _POST_KINDS)} if items else {}


def annotated(bench: Bench) -> dict[str, Any]:
    """Real posts that were labelled by id."""
    folder = shipped("datasets/annotated")
    path = folder / f"{bench.plan.lang}.jsonl" if folder is not None else None
    if path is None or not path.is_file():
        return {}
    items, counts = stories.annotated(path, bench.settings.data)
    if not items:
        return {"tier": "real", "counts": counts}
    return {"tier": "real", "counts": counts, **_stories(bench, items, {})}


def _stories(bench: Bench, items: Sequence[stories.Story], kinds: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    texts, langs = [s.text for s in items], [s.lang for s in items]
    gold = np.array([bool(s.hostile) for s in items], np.int64)
    out: dict[str, Any] = {"n": len(items), "positive": int(gold.sum()), "models": {}}
    for model in bench.models:
        given = model.answer(texts, langs, bench.plan.suite_train_on)
        if not given.said:
            continue
        flagged = given.flagged()
        row: dict[str, Any] = {
            "binary": metrics.binary(gold, flagged.astype(np.int64), given.ranking(), **bench.options),
            "harmless_flagged": metrics.rounded(wilson(int((flagged & (gold == 0)).sum()), int((gold == 0).sum()))),
        }
        if kinds:
            row["false_positives"] = false_positives(kinds, [s.kind for s in items], flagged & (gold == 0))
        if given.posts is not None:
            row["stories"] = stories.measure(items, given, **bench.options)
            row["wrongly_flagged"] = stories.wrongly_flagged(items, given.posts)[:_WORST]
        out["models"][model.name] = row
    return out


def evidence(bench: Bench) -> dict[str, Any]:
    """Faithfulness of the words shown, on the suite's hostile cases and the authored posts."""
    cases = read_suite(resources.find(f"datasets/functional/{bench.plan.lang}.jsonl"))
    items = [(c.text, c.lang) for c in cases if c.expected == "hostile"]
    if bench.posts is not None:
        items += [(s.text, s.lang) for s in stories.authored_dev(bench.posts, bench.plan.lang) if s.hostile]
    texts, langs = (list(column) for column in zip(*items, strict=True))
    return {"tier": "authored", **faithfulness(bench.scorer, texts, langs, **bench.options)}


def spans(bench: Bench) -> dict[str, Any]:
    """Words shown against words that people marked: Romanian has a corpus for it."""
    if bench.plan.lang != "ro" or bench.settings.data is None:
        return {}
    try:
        rows, dropped = read_sequences(bench.settings.data, bench.learnt)
    except MissingFileError as error:
        bench.settings.say(f"ro: corpus skipped: {error}")
        return {"why": str(error)}
    rows = rows[:600]
    posts = bench.scorer.score_many([text for text, _ in rows], lang="ro", evidence=True)
    shown = {
        text: [(s.start, s.end) for s in post.evidence if s.label == "offensive"]
        or [(s.start, s.end) for s in post.evidence]
        for (text, _), post in zip(rows, posts, strict=True)
    }
    finders: dict[str, Callable[[str], Any]] = {bench.models[0].name: lambda text: shown[text]}
    for model in bench.models:
        if hasattr(model, "spans"):
            finders[model.name] = model.spans
    finders["every word"] = lambda text: [(0, len(text))]
    found = {name: agreement(rows, finder, **bench.options) for name, finder in finders.items()}
    return {"tier": "real", "name": "ro-offense-sequences", "dropped": dropped, "models": found}
