"""Figures on corpora: each set, each head, each subset, each model, on the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narratives.benchmark import metrics
from narratives.benchmark.bench import Bench
from narratives.benchmark.peers.base import Answers, Ints
from narratives.benchmark.plan import EvaluationSet
from narratives.benchmark.resampling import holm, paired
from narratives.benchmark.robustness import robustness
from narratives.benchmark.rows import Rows, read_set
from narratives.errors import MissingFileError

_ROBUST_ROWS = 300
_FEWEST = 10  # of each class, to print a figure


def measure_sets(bench: Bench) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Measure every set of the plan.

    Returns:
        The figures, set by set, and the sets that could not be read, with the reason and where to get them.
    """
    found, skipped = [], []
    for wanted in bench.plan.sets:
        try:
            rows = read_set(wanted, bench.settings.data, bench.learnt, from_hub=bench.settings.hub)
        except (MissingFileError, ImportError) as error:
            skipped.append({"name": wanted.name, "why": str(error), "where": wanted.where})
            bench.settings.say(f"{bench.plan.lang}: corpus skipped: {wanted.name}: {error}")
            continue
        bench.settings.say(f"{bench.plan.lang}: {wanted.name}, {len(rows):,} rows")
        if len(rows):
            found.append(_set(bench, wanted, rows))
    _adjust(found)
    return found, skipped


def _set(bench: Bench, wanted: EvaluationSet, rows: Rows) -> dict[str, Any]:
    own = next((c.name for c in wanted.sources if wanted.split == "dev"), None)
    train_on = wanted.train_on or own
    answers = {model.name: model.answer(rows.texts, rows.langs, train_on) for model in bench.models}
    parts: list[dict[str, Any]] = []
    warnings: list[str] = []
    for head in wanted.heads:
        everything = rows.gold[head] >= 0
        subsets = {"all": everything, **{s: everything & rows.where(w) for s, w in wanted.slices.items()}}
        for name, where in subsets.items():
            gold = rows.gold[head][where]
            if min(int(gold.sum()), int((1 - gold).sum())) < _FEWEST:
                continue
            part = _part(bench, head, gold, where, answers, curves=name == "all")
            parts.append({"head": head, "slice": name, "n": len(gold), "positive": int(gold.sum()), "models": part})
            if name == "all":
                able = [a.scores[head][where] for a in answers.values() if a.posts is not None and head in a.scores]
                able += [a.scores[head][where] for n, a in answers.items() if n == "tfidf-lr" and head in a.scores]
                warnings += [f"{head}: {w}" for w in metrics.suspicions(gold, able)]
    for warning in warnings:
        bench.settings.say(f"{bench.plan.lang}: {wanted.name}: {warning}")
    corpora = wanted.sources
    return {
        "name": wanted.name, "tier": wanted.tier, "task": wanted.task, "annotators": wanted.annotators,
        "revision": wanted.revision, "where": wanted.where, "split": wanted.split, "train_on": train_on,
        "licence": "; ".join(dict.fromkeys(c.licence for c in corpora)),
        "source": "; ".join(dict.fromkeys(c.source for c in corpora)),
        "mapping": "; ".join(dict.fromkeys(c.mapping for c in corpora)),
        "rows": len(rows), "dropped": dict(rows.dropped), "sha256": dict(rows.digests), "warnings": warnings,
        "parts": parts, "unanswered": {n: a.unanswered for n, a in answers.items() if a.unanswered},
        "by": _by(wanted, rows, answers), "robustness": _robust(bench, wanted, rows, train_on),
    }  # fmt: skip


def _part(
    bench: Bench, head: str, gold: Ints, where: NDArray[np.bool_], answers: Mapping[str, Answers], curves: bool
) -> dict[str, Any]:
    out: dict[str, Any] = {}
    ours = answers[bench.models[0].name]
    for model, given in answers.items():
        if head not in given.said:
            continue
        said = given.said[head][where]
        scores = given.scores[head][where] if head in given.scores else None
        row = metrics.binary(gold, said, scores, **bench.options)
        if curves and given.probabilistic and scores is not None:
            row["calibration"] = metrics.calibration(gold, scores)
            sure = given.sure[head][where] if head in given.sure else np.abs(scores - 0.5)
            row["risk_coverage"] = metrics.risk_coverage(gold, said, sure)
        if given is not ours and head in ours.said:
            row["versus"] = _versus(gold, ours.said[head][where], said, **bench.options)
        out[model] = row
    return out


def _by(wanted: EvaluationSet, rows: Rows, answers: Mapping[str, Answers]) -> dict[str, Any]:
    """Accuracy by the values of a column, as functional suites are reported."""
    if wanted.by is None:
        return {}
    head = wanted.heads[0]
    values = np.array([str(r.get(wanted.by, "")) for r in rows.records], dtype=object)
    out: dict[str, Any] = {}
    for value in sorted(set(values.tolist())):
        here = (values == value) & (rows.gold[head] >= 0)
        if not here.any():
            continue
        right = {
            name: metrics.short(float(np.mean(a.said[head][here] == rows.gold[head][here])))
            for name, a in answers.items()
            if head in a.said
        }
        out[value] = {"n": int(here.sum()), "right": right}
    return out


def _robust(bench: Bench, wanted: EvaluationSet, rows: Rows, train_on: str | None) -> dict[str, Any]:
    """Only the first real set of a language: the rest would say the same at many times the cost."""
    if wanted is not next((s for s in bench.plan.sets if s.tier == "real" and s.split == "dev"), None):
        return {}
    head = wanted.heads[-1]
    pick = np.flatnonzero(rows.gold[head] >= 0)[:_ROBUST_ROWS]
    texts, langs = [rows.texts[i] for i in pick], [rows.langs[i] for i in pick]
    gold = rows.gold[head][pick]
    found = {
        model.name: robustness(model, texts, langs, gold, head, train_on=train_on, seed=bench.settings.seed)
        for model in bench.models
    }
    return {"head": head, "n": len(texts), "models": {name: row for name, row in found.items() if row}}


def _versus(gold: Ints, ours: Ints, other: Ints, **options: int) -> dict[str, Any]:
    found = paired(gold, ours, other, **options)
    return {
        "difference": [metrics.short(v) for v in (found.difference, found.low, found.high)],
        "only_ours_right": found.only_one,
        "only_other_right": found.only_other,
        "mcnemar_p": float(f"{found.p:.3g}"),
    }


def _adjust(sets: Sequence[Mapping[str, Any]]) -> None:
    """Holm's adjustment over all comparisons on whole sets of a run."""
    rows = [
        row["versus"]
        for found in sets
        for part in found["parts"]
        if part["slice"] == "all"
        for row in part["models"].values()
        if "versus" in row
    ]
    for row, p in zip(rows, holm([r["mcnemar_p"] for r in rows]), strict=True):
        row["holm_p"] = float(f"{p:.3g}")
