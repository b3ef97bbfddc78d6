"""Calibrate every head of the default model: corpora's heads by group, the label cards' heads over all languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from narratives.backends import ANY
from narratives.calibration import Calibration
from narratives.corpora import AUTHORED
from narratives.languages import GROUPS, LANGUAGES
from narratives.training.blend import kind_of
from narratives.training.calibrate import Scored, calibrate
from narratives.training.measure import binary
from narratives.training.tasks import HEADS, NAMES, Tasks

_ENOUGH = 40  # harmless posts by which a group's reading may be moved
_MICRO_GRID = np.linspace(0.15, 0.7, 56)


def calibrate_all(
    logits: NDArray[np.float32], tasks: Tasks, say: Callable[[str], None] = print
) -> tuple[dict[str, dict[str, Any]], float]:
    """Calibrations by head and group, and the temperature of the stance softmax.

    Args:
        logits: (rows, heads) blended.
        tasks: Labels; rows of split ``calibration`` are used, none of which was trained on.
        say: Told about progress.
    """
    held = tasks.splits == "calibration"
    table: dict[str, dict[str, Any]] = {}
    for column, head in enumerate(HEADS):
        if head in ("offensive", "hate"):
            table[head] = _by_group(logits[:, column], tasks, column, held, say)
    hostile = HEADS.index("hostile")
    pooled = calibrate(_sources(logits[:, hostile], tasks, hostile, held, by_kind=True), pooled=True)
    table["hostile"] = dict.fromkeys((ANY, *GROUPS), pooled.to_dict())
    say(f"hostile: {pooled}")
    for kind in ("narrative", "mention", "target"):
        entry = _pooled_kind(logits, tasks, kind, held).to_dict()
        say(f"{kind}: {entry}")
        table |= {head: dict.fromkeys((ANY, *GROUPS), entry) for head in HEADS if kind_of(head) == kind}
    stance = [i for i, h in enumerate(HEADS) if kind_of(h) == "stance"]
    temperature = _stance_temperature(logits[:, stance], tasks.labels[:, stance], held & ~_of(tasks, NAMES))
    plain = Calibration(temperature, 0.0, 0.5, (0.4, 0.6), int(held.sum()), True).to_dict()
    table |= {HEADS[i]: dict.fromkeys((ANY, *GROUPS), plain) for i in stance}
    return table, temperature


def _of(tasks: Tasks, prefix: str) -> NDArray[np.bool_]:
    return np.char.startswith(tasks.sources, prefix)


def _by_group(
    logits: NDArray[np.float32], tasks: Tasks, column: int, held: NDArray[np.bool_], say: Callable[[str], None]
) -> dict[str, Any]:
    # thresholds and probabilities answer to real posts alone
    real = held & ~_of(tasks, AUTHORED) & ~_of(tasks, NAMES)
    pooled = calibrate(_sources(logits, tasks, column, real), pooled=True)
    out = {ANY: pooled.to_dict()}
    for group in GROUPS:
        scored = _sources(logits, tasks, column, real & (tasks.groups == group))
        fitted = calibrate(scored) if any(s.usable for s in scored) else pooled
        out[group] = fitted.to_dict()
    out |= _levelled(logits, tasks, column, held, out)
    for group in GROUPS:
        say(f"{HEADS[column]} {group}: {out[group]}")
    return out


def _levelled(
    logits: NDArray[np.float32], tasks: Tasks, column: int, held: NDArray[np.bool_], table: Mapping[str, Any]
) -> dict[str, Any]:
    """Groups without real posts: the pooled reading, moved so that harmless authored posts pass as often as elsewhere.

    Where yes begins differs between languages by more than a pooled offset can serve; of harmless posts there are some
    in every language.
    """
    groups = np.array([LANGUAGES[lang].group for lang in tasks.langs.tolist()])
    harmless = held & _of(tasks, AUTHORED) & (tasks.labels[:, column] < 0.5)
    passed: list[bool] = []
    out = {}
    for group in GROUPS:
        reading = Calibration.from_dict(table[group])
        if not reading.pooled:
            passed += (reading.probabilities(logits[harmless & (groups == group)]) >= reading.threshold).tolist()
    share = sum(passed) / len(passed) if passed else 0.0
    for group in GROUPS:
        reading = Calibration.from_dict(table[group])
        z = logits[harmless & (groups == group)].astype(np.float64) / reading.temperature
        if reading.pooled and z.size >= _ENOUGH and share > 0:
            cut = np.log(reading.threshold / (1 - reading.threshold))
            out[group] = replace(reading, offset=float(cut - np.quantile(z, 1 - share))).to_dict()
    return out


def _sources(
    logits: NDArray[np.float32], tasks: Tasks, column: int, rows: NDArray[np.bool_], *, by_kind: bool = False
) -> list[Scored]:
    """Held-out posts source by source; with ``by_kind``, real posts with readers against authored ones."""
    stated, gold = binary(tasks.labels[:, column].astype(np.float64))
    names = (
        {"annotated": tasks.real, AUTHORED: _of(tasks, AUTHORED)}
        if by_kind
        else {str(s): tasks.sources == s for s in dict.fromkeys(tasks.sources[rows].tolist())}
    )
    picks = ((name, rows & stated & here) for name, here in names.items())
    return [Scored(name, logits[pick].astype(np.float64), gold[pick]) for name, pick in picks if pick.any()]


def _pooled_kind(logits: NDArray[np.float32], tasks: Tasks, kind: str, held: NDArray[np.bool_]) -> Calibration:
    """One temperature, offset and threshold for all heads of a kind: each alone has too few posts.

    The threshold maximises the mean of micro-F1 over real posts and over authored ones.
    """
    columns = [i for i, h in enumerate(HEADS) if kind_of(h) == kind]
    sets: list[tuple[NDArray[np.float64], NDArray[np.int64]]] = []
    for here in (tasks.real, _of(tasks, AUTHORED)):
        rows = held & here & ~np.isnan(tasks.labels[:, columns[0]])
        if rows.any():
            gold = (tasks.labels[rows][:, columns] >= 0.5).astype(np.int64)
            sets.append((logits[rows][:, columns].astype(np.float64).ravel(), gold.ravel()))
    fitted = calibrate([Scored(str(i), z, y) for i, (z, y) in enumerate(sets)], pooled=True)
    cut = _micro_cut(fitted, sets)
    return Calibration(
        fitted.temperature, fitted.offset, cut, (max(0.0, cut - 0.1), min(1.0, cut + 0.1)), fitted.rows, True
    )


def _micro_cut(fitted: Calibration, sets: Sequence[tuple[NDArray[np.float64], NDArray[np.int64]]]) -> float:
    scores = np.zeros(_MICRO_GRID.size)
    for z, y in sets:
        p = fitted.probabilities(z.astype(np.float32))
        for i, cut in enumerate(_MICRO_GRID):
            said = p >= cut
            hit = int((said & (y == 1)).sum())
            scores[i] += 2 * hit / max(int(said.sum() + y.sum()), 1)
    smooth = np.convolve(np.pad(scores, 3, mode="edge"), np.ones(7) / 7, "valid")
    return float(_MICRO_GRID[smooth >= smooth.max() - 0.005].mean())


def _stance_temperature(logits: NDArray[np.float32], labels: NDArray[np.float32], rows: NDArray[np.bool_]) -> float:
    known = rows & ~np.isnan(labels[:, 0])
    if not known.any():
        return 1.0
    gold = labels[known] / np.maximum(labels[known].sum(axis=1, keepdims=True), 1e-6)

    def loss(log_temperature: float) -> float:
        return float(-(gold * log_softmax(logits[known] / np.exp(log_temperature), axis=1)).sum(axis=1).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2, 2), method="bounded").x))
