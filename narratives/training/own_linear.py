"""A model of n-grams from one labelled file: one expert, no gate, no authored posts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narratives import __version__
from narratives.backends import ANY, FORMAT
from narratives.backends.linear import LinearBackend
from narratives.backends.names import without_names
from narratives.backends.ngrams import NgramHasher
from narratives.backends.quantise import quantised
from narratives.calibration import Calibration
from narratives.errors import InputError, OutputError
from narratives.languages import GROUPS
from narratives.text import fold
from narratives.training.adapt import bootstrapped
from narratives.training.calibrate import Scored, calibrate
from narratives.training.data import inverse_document_frequency, matrix
from narratives.training.export import write_model
from narratives.training.transformer_data import read_labelled

HEADS = ("offensive", "hate")
_FEWEST = 8


def train_linear(
    data: Path, out: Path, *, labels: Sequence[str], text: str = "text", lang: str | None = None,
    lang_column: str | None = None, bits: int = 16, seed: int = 0,
) -> list[str]:  # fmt: skip
    """Train on a labelled file alone.

    Args:
        data: Labelled posts.
        out: Folder to write; must not exist.
        labels: ``offensive=COLUMN`` and ``hate=COLUMN``; a head that is not given stays silent (never above .5).
        text: Column of the posts.
        lang: Language of all posts.
        lang_column: Column of language codes.
        bits: Buckets of the n-grams, as a power of two.
        seed: Of the intervals.

    Returns:
        A Markdown table of macro-F1 with intervals on the posts kept for measuring.

    Raises:
        OutputError: ``out`` exists.
        InputError: ``hate`` is not labelled, or a head has too few posts of an answer.
    """
    from sklearn.linear_model import LogisticRegression

    if out.exists():
        raise OutputError(f"{out} exists; give another folder, or remove it first")
    posts = read_labelled(data, text, labels, lang=lang, lang_column=lang_column)
    if "hate" not in posts.heads:
        raise InputError(f"{data}: no column for hate; a linear model decides by it: give --label hate=COLUMN")
    hasher = NgramHasher(bits=bits)
    texts = zip(posts.texts, posts.langs, posts.groups, strict=True)
    seen = [without_names(fold(text, code), group)[0] for text, code, group in texts]
    raw = matrix(hasher, seen)
    training = np.zeros(len(seen), bool)
    training[posts.rows("train")] = True
    idf = inverse_document_frequency(raw[training], posts.groups[training])
    features = matrix(hasher, seen, idf)
    weights, bias = np.zeros((2**bits, len(HEADS) + 1)), np.zeros(len(HEADS) + 1, np.float32)
    plain = Calibration(1.0, 0.0, 0.5, (0.45, 0.55), 0, True).to_dict()
    table = {head: dict.fromkeys((ANY, *GROUPS), plain) for head in HEADS}
    report = ["| head | posts | macro-F1 (95 % interval) |", "|---|---|---|"]
    bias[: len(HEADS)] = -4.0
    for column, head in enumerate(HEADS):
        if head not in posts.heads:
            continue
        gold = posts.labels[:, posts.heads.index(head)]
        rows = np.flatnonzero(training & ~np.isnan(gold))
        if min((gold[rows] == 1).sum(), (gold[rows] == 0).sum()) < _FEWEST:
            raise InputError(f"{data}: {head} has fewer than {_FEWEST} posts of an answer to learn from")
        model = LogisticRegression(C=4, class_weight="balanced", max_iter=300).fit(features[rows], gold[rows] == 1)
        weights[:, column], bias[column] = model.coef_[0], model.intercept_[0]
        logits = features @ weights[:, column] + bias[column]
        held = posts.rows("calibration")
        held = held[~np.isnan(gold[held])]
        scored = Scored(head, logits[held], (gold[held] == 1).astype(np.int64))
        entry = calibrate([scored]) if scored.usable else Calibration.from_dict(plain)
        table[head] = dict.fromkeys((ANY, *GROUPS), entry.to_dict())
        dev = posts.rows("dev")
        dev = dev[~np.isnan(gold[dev])]
        if dev.size:
            said = entry.probabilities(logits[dev].astype(np.float32)) >= entry.threshold
            value, low, high = bootstrapped((gold[dev] == 1).astype(np.int64), said.astype(np.int64), seed)
            report.append(f"| {head} | {dev.size:,} | {value:.3f} ({low:.3f} to {high:.3f}) |")
    experts = [{"corpus": "own", "heads": list(HEADS)}]
    config = {
        "format": FORMAT,
        "backend": "linear",
        "name": out.name,
        "version": __version__,
        "heads": list(HEADS),
        "experts": dict.fromkeys((ANY, *GROUPS), experts),
        "transferred": {},
        "features": {"bits": bits},
        "calibration": table,
        "posts_sha256": posts.digest,
    }
    tensors: dict[str, NDArray[Any]] = {"idf": idf.astype(np.float16)}
    for group in (ANY, *GROUPS):
        tensors |= quantised(weights, f"weights.{group}")
        tensors[f"bias.{group}"] = bias
    card = [f"# {out.name}", "", f"N-grams, trained on {int(training.sum()):,} posts.", "", *report, ""]
    part = out.with_name(f"{out.name}.part")
    write_model(part, config, tensors, "\n".join(card))
    LinearBackend.load(part)
    part.rename(out)
    return report
