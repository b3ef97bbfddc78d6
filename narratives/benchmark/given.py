"""Anybody's predictions against anybody's labels, from two CSV files."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from narratives.benchmark import metrics
from narratives.benchmark.resampling import RESAMPLES, holm, paired
from narratives.errors import InputError, MissingFileError
from narratives.resources import sha256

_NEGATIVE = {"0", "no", "not", "none", "false", "neither", "clear", "non-hateful", "harmless", "0.0"}


def read_column(path: Path, *, what: str) -> tuple[dict[str, str], dict[str, float]]:
    """Labels, and probabilities where the file has them, by id.

    Raises:
        MissingFileError: There is no such file.
        InputError: A column is missing, an id stands twice, or a probability is none.
    """
    if not path.is_file():
        raise MissingFileError(f"{path} does not exist; expected a CSV file of {what} with columns id and label")
    labels: dict[str, str] = {}
    probabilities: dict[str, float] = {}
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle, restval="")
        columns = reader.fieldnames or []
        if "id" not in columns or not {"label", "probability"} & set(columns):
            raise InputError(f"{path.name} has columns {', '.join(columns) or '(none)'}; expected id and label")
        for number, row in enumerate(reader, start=2):
            if row["id"] in labels:
                raise InputError(f"{path.name}, line {number}: id {row['id']} stands there twice")
            p = _probability(path, number, row.get("probability", ""))
            if p is not None:
                probabilities[row["id"]] = p
            label = (row.get("label") or "").strip()
            if not label and p is None:
                raise InputError(f"{path.name}, line {number}: no label")
            labels[row["id"]] = label or str(int((p or 0) >= 0.5))
    return labels, probabilities


def _probability(path: Path, number: int, text: str) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise InputError(f"{path.name}, line {number}: probability is no number between 0 and 1")
    return value


def measure_files(
    predictions: Sequence[Path], gold: Path, *, resamples: int = RESAMPLES, seed: int = 0
) -> dict[str, Any]:
    """Measure one or more files of predictions on the same labels.

    Args:
        predictions: CSV files with ``id``, ``label`` and, for two classes, ``probability`` of the positive one.
        gold: CSV file with ``id`` and ``label``.
        resamples: Bootstrap resamples.
        seed: For them.

    Returns:
        Figures by file, comparisons with the first file, digests, and ``warnings`` (ids that do not match, labels that
        look shuffled or swapped).

    Raises:
        InputError: A file cannot be read, or the two have no id in common.
    """
    truth, _ = read_column(gold, what="labels")
    out: dict[str, Any] = {"gold": gold.name, "sha256": {gold.name: sha256(gold)}, "models": {}, "warnings": []}
    classes = sorted(set(truth.values()))
    two = len(classes) == 2
    positive = _positive(classes) if two else ""
    if two:
        out["positive"] = positive
    first: tuple[list[str], np.ndarray[Any, np.dtype[np.int64]]] | None = None
    for path in predictions:
        said, p = read_column(path, what="predictions")
        out["sha256"][path.name] = sha256(path)
        ids = [i for i in truth if i in said]
        if not ids:
            raise InputError(f"{path.name} and {gold.name} have no id in common; the ids join the two files")
        for count, which in ((len(truth) - len(ids), f"of {gold.name} are not in {path.name}"),
                             (len(said) - len(ids), f"of {path.name} are not in {gold.name}")):  # fmt: skip
            if count:
                out["warnings"].append(f"{count} ids {which} and are left out")
        strange = sorted({said[i] for i in ids} - set(classes))
        if strange and two:
            raise InputError(f"{path.name} has labels {', '.join(strange)}; {gold.name} has {', '.join(classes)}")
        if two:
            g = np.array([truth[i] == positive for i in ids], np.int64)
            s = np.array([said[i] == positive for i in ids], np.int64)
            scores = np.array([p[i] for i in ids]) if len(p) == len(said) else None
            row = metrics.binary(g, s, scores, resamples=resamples, seed=seed)
            if scores is not None:
                row["calibration"] = metrics.calibration(g, scores)
                row["risk_coverage"] = metrics.risk_coverage(g, s, np.abs(scores - 0.5))
            out["warnings"] += [
                f"{path.name}: {w}" for w in metrics.suspicions(g, [s.astype(np.float64) if scores is None else scores])
            ]
            if first is None:
                first = ids, s
            elif first[0] == ids:
                row["versus"] = paired(g, first[1], s, resamples, seed)._asdict()
        else:
            row = metrics.multiclass([truth[i] for i in ids], [said[i] for i in ids], resamples=resamples, seed=seed)
        out["models"][path.stem] = {"n": len(ids), **row}
    compared = [row["versus"] for row in out["models"].values() if "versus" in row]
    for row, q in zip(compared, holm([r["p"] for r in compared]), strict=True):
        row["holm_p"] = q
    return out


def _positive(classes: Sequence[str]) -> str:
    """The class that is not a word for no; the later one where neither or both are."""
    hostile = [c for c in classes if c.lower() not in _NEGATIVE]
    return hostile[0] if len(hostile) == 1 else classes[-1]
