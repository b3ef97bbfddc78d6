"""Thresholds fitted anew to what people decided about posts of their own, into a model folder of their own.

Only the threshold and the band left to a person move; weights, temperature and offset stay. People judge what a queue
shows them, not a fair sample of a file; so each decision is weighted by how many posts of the file its score stands
for (post-stratification by probability). Few decisions move a threshold little: the old one counts as much as
``PRIOR`` decisions.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narratives import resources
from narratives.calibration import Calibration
from narratives.errors import InputError, ModelError, OutputError

FEWEST = 20
"""Decisions about one head in one language group below which nothing is changed."""

PRIOR = 50
"""Decisions that the old threshold counts for."""

_FEWEST_OF_A_CLASS = 6
_BINS = 10
_FOLDS = 5
_AS_GOOD = 0.005  # macro-F1 within which cuts count as equally good


@dataclass(frozen=True, slots=True)
class Judged:
    """Posts of one head and language group that people decided about.

    Attributes:
        probability: (n,) what the model said.
        gold: (n,) 0 or 1, what the person said.
        everything: (bins,) posts of the whole file by probability, in equal bins from 0 to 1.
    """

    probability: NDArray[np.float64]
    gold: NDArray[np.int64]
    everything: NDArray[np.int64]

    def weights(self) -> NDArray[np.float64]:
        """(n,) how many posts of the file each decision stands for, with mean 1."""
        place = bins(self.probability)
        asked = np.bincount(place, minlength=_BINS)
        weight = np.maximum(self.everything[place], 1) / asked[place]
        return np.asarray(weight / weight.mean(), np.float64)


def bins(probability: NDArray[np.float64]) -> NDArray[np.int64]:
    """The bin of each probability."""
    return np.minimum((np.asarray(probability, np.float64) * _BINS).astype(np.int64), _BINS - 1)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the table before and after.

    Attributes:
        head: The head.
        group: The language group.
        decisions: Decisions used.
        before: The calibration as it was.
        after: As it is now; the same object where nothing was changed.
        scores_before: Precision, recall and macro-F1 at the old threshold, as the weighted decisions have it.
        scores_after: The same at thresholds fitted on the other four fifths of the decisions, so that no decision
            measures a threshold it helped to choose; ``None`` where there were too few.
        why: Why nothing was changed, where that is so.
    """

    head: str
    group: str
    decisions: int
    before: Calibration
    after: Calibration
    scores_before: tuple[float, float, float]
    scores_after: tuple[float, float, float] | None
    why: str = ""


def refit(head: str, group: str, judged: Judged, before: Calibration, seed: int = 0) -> Change:
    """Fit the threshold of one head in one group.

    Args:
        head: Name of the head.
        group: Language group.
        judged: The decisions.
        before: The calibration in force.
        seed: For the folds.

    Returns:
        What changes, and whether it helps.

    >>> p = np.array([0.2, 0.7] * 40); gold = np.array([0, 1] * 40)
    >>> change = refit("hate", "tr", Judged(p, gold, np.ones(10, int)), Calibration(1.0, 0.0, 0.9, (0.8, 0.95), 99))
    >>> round(change.after.threshold, 2), change.scores_before[1], change.scores_after[1]
    (0.62, 0.0, 1.0)
    """
    p, gold, weight = judged.probability, judged.gold, judged.weights()
    old = _scores(p >= before.threshold, gold, weight)
    few = min(int(gold.sum()), int((1 - gold).sum()))
    if gold.size < FEWEST or few < _FEWEST_OF_A_CLASS:
        why = f"{gold.size} decisions, {few} of the rarer kind; needs {FEWEST} and {_FEWEST_OF_A_CLASS}"
        return Change(head, group, int(gold.size), before, before, old, None, why)
    fold = np.random.default_rng(seed).permutation(gold.size) % _FOLDS
    said = np.zeros(gold.size, bool)
    for number in range(_FOLDS):
        rest = fold != number
        said[~rest] = p[~rest] >= _cut(p[rest], gold[rest], weight[rest], before.threshold)
    new = _scores(said, gold, weight)
    if new[2] <= old[2]:
        return Change(head, group, int(gold.size), before, before, old, new, "no better on decisions kept apart")
    cut = _cut(p, gold, weight, before.threshold)
    low, high = (float(np.clip(cut + edge - before.threshold, 0, 1)) for edge in before.review)
    after = replace(before, threshold=cut, review=(min(low, cut), max(high, cut)), rows=int(gold.size), pooled=False)
    return Change(head, group, int(gold.size), before, after, old, new)


def _cut(p: NDArray[np.float64], gold: NDArray[np.int64], weight: NDArray[np.float64], old: float) -> float:
    """The probability with the best weighted macro-F1, drawn towards the old threshold where decisions are few."""
    values = np.unique(p)
    grid = np.concatenate([[0.0], (values[1:] + values[:-1]) / 2, [1.0]])
    gain = np.array([_scores(p >= cut, gold, weight)[2] for cut in grid])
    good = grid[gain >= gain.max() - _AS_GOOD]
    # of all that is about as good, what is nearest to the old threshold is the smallest claim
    best = float(good[np.abs(good - old).argmin()]) if good.size else old
    return float((gold.size * best + PRIOR * old) / (gold.size + PRIOR))


def _scores(
    said: NDArray[np.bool_], gold: NDArray[np.int64], weight: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Weighted precision and recall of yes, and macro-F1."""
    yes = gold == 1
    hit, false, missed, right = (float(weight[m].sum()) for m in (said & yes, said & ~yes, ~said & yes, ~said & ~yes))

    def f1(true: float) -> float:
        return 2 * true / (2 * true + false + missed) if true + false + missed else 0.0

    precision = hit / (hit + false) if hit + false else 0.0
    recall = hit / (hit + missed) if hit + missed else 0.0
    return precision, recall, (f1(hit) + f1(right)) / 2


def write_refitted(model: Path, folder: Path, changes: Sequence[Change]) -> None:
    """Copy a model folder with the new thresholds; the original stays as it is.

    Args:
        model: Folder of the model that scored.
        folder: Folder to write; must not exist.
        changes: What :func:`refit` gave.

    Raises:
        OutputError: The folder exists, or cannot be written.
        InputError: Nothing changes.
        ModelError: The original is damaged.
    """
    changed = [c for c in changes if c.after is not c.before]
    if not changed:
        raise InputError("no threshold changes, so no model was written; the table says why")
    if folder.exists():
        raise OutputError(f"{folder} is there already; name a folder that does not exist")
    if not folder.parent.is_dir():
        raise OutputError(f"the folder {folder.parent} does not exist; make it first")
    resources.checked(model)
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir()
        names = [line.split(maxsplit=1)[1] for line in (model / "SHA256SUMS").read_text("utf-8").splitlines()]
        for name in names:
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(model / name, part / name)
        _patch(part / "config.json", changed)
        if "README.md" in names:
            with (part / "README.md").open("a", encoding="utf-8") as card:
                card.write(
                    f"\n## Thresholds fitted anew\nTo decisions of its user, on this machine.\n\n{table(changes)}\n"
                )
        sums = "".join(f"{resources.sha256(part / name)}  {name}\n" for name in names)
        (part / "SHA256SUMS").write_text(sums, encoding="utf-8")
        part.replace(folder)
    except OSError as error:
        if error.errno is None:
            raise
        raise OutputError(f"{folder} cannot be written: {error.strerror}; nothing was left there") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _patch(path: Path, changed: Sequence[Change]) -> None:
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for change in changed:
        groups: Mapping[str, Any] = config["calibration"].get(change.head, {})
        if change.group not in groups:
            raise ModelError(f"{path} has no calibration of {change.head} for {change.group}; it is another model")
        config["calibration"][change.head][change.group] = change.after.to_dict()
    config["version"] = f"{config['version']}+refitted"
    text = json.dumps(config, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    path.write_text(text, encoding="utf-8")


def table(changes: Sequence[Change]) -> str:
    """Before and after, as a Markdown table."""
    lines = [
        "| head | group | decisions | threshold | precision | recall | macro-F1 | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for c in changes:
        after = c.scores_after or c.scores_before
        figures = [f"{a:.2f} → {b:.2f}" for a, b in zip(c.scores_before, after, strict=True)]
        threshold = f"{c.before.threshold:.3f} → {c.after.threshold:.3f}"
        verdict = f"unchanged: {c.why}" if c.why else "changed"
        lines.append(f"| {c.head} | {c.group} | {c.decisions} | {threshold} | {' | '.join(figures)} | {verdict} |")
    return "\n".join(lines)
