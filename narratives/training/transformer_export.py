"""A fine-tuned transformer as a model folder: calibrated, measured, with a card written from the run."""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narratives import __version__, resources
from narratives.backends import ANY
from narratives.backends.labels import FILE, LabelMap
from narratives.backends.transformer import TransformerBackend
from narratives.calibration import Calibration
from narratives.errors import InputError, OutputError
from narratives.languages import GROUPS
from narratives.training.calibrate import Scored, calibrate
from narratives.training.measure import fast_macro_f1, measurable
from narratives.training.transformer import Settings, Trained, plain_messages
from narratives.training.transformer_card import Measured, card
from narratives.training.transformer_data import Labelled

_RESAMPLES = 1000


def implied_heads(heads: Sequence[str]) -> dict[str, list[str]]:
    """Which of our heads each trained one speaks for: itself, and those it implies that have no label of their own.

    An attack on people for who they are (``hate``, ``hostile``) is offensive too.

    Raises:
        InputError: Neither ``hate`` nor ``hostile`` was labelled, without which nothing can be decided, or not all
            stances were.

    >>> implied_heads(["hate"])
    {'hate': ['hate', 'offensive']}
    """
    source = next((head for head in ("hate", "hostile") if head in heads), None)
    if source is None:
        raise InputError(f"{', '.join(heads)} labelled; a decision needs hate (or hostile): --label hate=COLUMN")
    stances = any(head.startswith("stance.") for head in heads)
    wanted = ("hate", "offensive", *(("hostile",) if stances else ()))
    return {h: [h, *(w for w in wanted if w not in heads)] if h == source else [h] for h in heads}


def write_transformer(
    out: Path, trained: Trained, data: Labelled, settings: Settings, *, base: str, name: str, source: str
) -> list[Measured]:
    """Calibrate, measure and write a model folder; it appears under its name only when it is whole.

    Args:
        out: Folder to write; must not exist.
        trained: What the run gave.
        data: The labelled posts.
        settings: Of the run.
        base: What was fine-tuned, for the card.
        name: Name of the model.
        source: File name of the data, for the card.

    Returns:
        Figures on the posts kept for measuring, for all languages together and one by one.

    Raises:
        OutputError: ``out`` exists.
    """
    if out.exists():
        raise OutputError(f"{out} exists; give another folder, or remove it first")
    part = out.with_name(out.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    with plain_messages():
        trained.model.save_pretrained(part)
        trained.tokenizer.save_pretrained(part)
    labels: dict[str, Any] = {
        "format": 1,
        "labels": {h: heads[0] if len(heads) == 1 else heads for h, heads in implied_heads(data.heads).items()},
        "multi_label": True,
        "name": name,
        "version": __version__,
    }
    _write(part / FILE, labels)
    backend = TransformerBackend.load(part, device="cpu", precision="fp32", length=settings.length)
    logits = backend.logits(data.texts, data.groups.tolist())
    labels["calibration"] = _calibration(backend.labels, data, logits)
    labels["training"] = {
        "base": base,
        "data": {"name": source, "sha256": data.digest, "rows": len(data.texts)},
        "settings": asdict(settings),
        "steps": trained.steps,
        "macro_f1_when_stopped": round(trained.macro_f1, 4),
        "length": backend.length,
        "versions": _versions(),
    }
    _write(part / FILE, labels)
    figures = _measure(backend.labels, labels["calibration"], data, logits, settings.seed)
    (part / "README.md").write_text(card(labels, figures, data), encoding="utf-8")
    seal(part)
    part.rename(out)
    return figures


def seal(folder: Path) -> None:
    """Write ``SHA256SUMS`` over all files of a model folder."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and path.name != "SHA256SUMS")
    lines = "".join(f"{resources.sha256(folder / name)}  {name}\n" for name in names)
    (folder / "SHA256SUMS").write_text(lines, encoding="utf-8")


def _calibration(labels: LabelMap, data: Labelled, logits: NDArray[np.float32]) -> dict[str, Any]:
    held = data.splits == "calibration"
    table: dict[str, Any] = {}
    for column, head in enumerate(labels.heads):
        if head.startswith("stance."):  # one choice of five: the scorer compares them
            continue
        gold = _gold(data, head)
        rows = held & ~np.isnan(gold)

        def fit(pick: NDArray[np.bool_], pooled: bool, column: int = column, gold: Any = gold) -> Calibration:
            scored = Scored("own", logits[pick, column].astype(np.float64), (gold[pick] >= 0.5).astype(np.int64))
            return calibrate([scored], pooled=pooled)

        every = fit(rows, True)
        table[head] = {ANY: every.to_dict()}
        for group in GROUPS:
            own = fit(rows & (data.groups == group), False)
            table[head][group] = (own if own.rows else every).to_dict()
    return table


def _gold(data: Labelled, head: str) -> NDArray[np.float32]:
    """Labels of a head; of one that is implied, those of the head that speaks for it."""
    spoken = {ours: h for h, heads in implied_heads(data.heads).items() for ours in heads}
    return data.labels[:, data.heads.index(spoken[head])]


def _measure(
    labels: LabelMap, calibration: dict[str, Any], data: Labelled, logits: NDArray[np.float32], seed: int
) -> list[Measured]:
    out = []
    dev = data.splits == "dev"
    for head in data.heads:
        column, gold = labels.heads.index(head), _gold(data, head)
        said = np.zeros(len(gold), np.int64)
        if head.startswith("stance."):
            stances = [i for i, name in enumerate(labels.heads) if name.startswith("stance.")]
            said = (logits[:, column] >= logits[:, stances].max(axis=1)).astype(np.int64)
        else:
            for group in set(data.groups.tolist()):
                fitted = Calibration.from_dict(calibration[head].get(group, calibration[head][ANY]))
                rows = data.groups == group
                said[rows] = fitted.probabilities(logits[rows, column]) >= fitted.threshold
        for lang in ("all", *dict.fromkeys(data.langs.tolist())):
            rows = dev & ~np.isnan(gold) & ((data.langs == lang) | (lang == "all"))
            yes = (gold[rows] >= 0.5).astype(np.int64)
            if measurable(yes):
                out.append(Measured(head, lang, yes.size, int(yes.sum()), *_interval(yes, said[rows], seed)))
    return out


def _interval(gold: NDArray[np.int64], said: NDArray[np.int64], seed: int) -> tuple[float, float, float]:
    rng = np.random.default_rng(seed)
    picks = rng.integers(0, gold.size, (_RESAMPLES, gold.size))
    low, high = np.quantile([fast_macro_f1(gold[rows], said[rows]) for rows in picks], [0.025, 0.975])
    return fast_macro_f1(gold, said), float(low), float(high)


def _versions() -> dict[str, str]:
    import torch
    import transformers

    return {
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "transformers": str(transformers.__version__),
        "narratives": __version__,
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
