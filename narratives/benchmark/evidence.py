"""Whether the words a model shows are the words it went by, and whether people would mark the same ones."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from narratives.benchmark.metrics import rounded, short
from narratives.benchmark.resampling import Floats, interval, of_rows
from narratives.corpora import text_key
from narratives.errors import InputError, MissingFileError
from narratives.results import PostScore
from narratives.scorer import Scorer

_WORD = re.compile(r"\w+")
_DRAWS = 3
_POSTS = 120
_SEQUENCES = "huggingface.co/datasets/readerbench/ro-offense-sequences"

Offsets = Sequence[tuple[int, int]]


def probability(post: PostScore, label: str) -> float:
    """What a reading says of a head or narrative; 0 where it says nothing."""
    if label in {"hate", "offensive"}:
        return getattr(post, label) or 0.0
    return (post.narratives or {}).get(label, 0.0)


def without(text: str, spans: Offsets) -> str:
    """A text with stretches taken out."""
    kept, at = [], 0
    for start, end in sorted(spans):
        kept.append(text[at:start])
        at = max(at, end)
    return "".join([*kept, text[at:]])


def only(text: str, spans: Offsets) -> str:
    """Nothing but the stretches, in order."""
    return " ".join(text[start:end] for start, end in sorted(spans))


def faithfulness(
    scorer: Scorer, texts: Sequence[str], langs: Sequence[str], *, resamples: int = 2000, seed: int = 0
) -> dict[str, Any]:
    """Comprehensiveness and sufficiency (DeYoung et al. 2020) of the evidence, against as many words drawn at random.

    Args:
        scorer: Model under test.
        texts: Posts; the first that have evidence are used.
        langs: Language code of each.
        resamples: Bootstrap resamples.
        seed: For the random words and the resamples.

    Returns:
        ``comprehensiveness``: how much the score falls without the evidence (higher is better); ``sufficiency``: how
        much it falls when nothing else is left (lower is better); both for evidence, for random words, and the
        difference with its interval. ``n`` posts.
    """
    posts = scorer.score_many(texts, lang=list(langs), evidence=True)
    chosen: list[tuple[str, str, str, float, list[tuple[int, int]]]] = []
    for text, lang, post in zip(texts, langs, posts, strict=True):
        labels = [span.label for span in post.evidence if span.kind == "model"]
        label = "hate" if "hate" in labels else labels[0] if labels else None
        spans = [(s.start, s.end) for s in post.evidence if s.label == label]
        words = [m.span() for m in _WORD.finditer(text)]
        if label is not None and len(words) > len(spans):
            chosen.append((text, lang, label, probability(post, label), spans))
    rng = np.random.default_rng(seed)
    if len(chosen) > _POSTS:
        chosen = [chosen[i] for i in sorted(rng.choice(len(chosen), _POSTS, replace=False))]
    if len(chosen) < 10:
        return {"n": len(chosen), "why": "fewer than 10 posts with evidence"}
    probes: list[str] = []
    for text, _, _, _, spans in chosen:
        words = [m.span() for m in _WORD.finditer(text)]
        picks = [spans] + [
            [words[i] for i in rng.choice(len(words), min(len(spans), len(words)), replace=False)]
            for _ in range(_DRAWS)
        ]
        probes += [part(text, pick) for pick in picks for part in (without, only)]
    each = 2 * (1 + _DRAWS)
    spoken = [row[1] for row in chosen for _ in range(each)]
    scored = list(scorer.score_many(probes, lang=spoken))
    p = np.array([[probability(scored[i * each + j], row[2]) for j in range(each)] for i, row in enumerate(chosen)])
    fall = np.array([row[3] for row in chosen])[:, None] - p
    out: dict[str, Any] = {"n": len(chosen)}
    for column, name in enumerate(("comprehensiveness", "sufficiency")):
        own, random = fall[:, column], fall[:, column + 2 :: 2].mean(1)
        out[name] = {
            "evidence": short(float(own.mean())),
            "random": short(float(random.mean())),
            "difference": mean_interval(own - random, resamples, seed),
        }
    return out


def mean_interval(values: Floats, resamples: int, seed: int) -> list[float | None]:
    """``[mean, low, high]`` of values, one a row."""
    draws = of_rows(lambda w: w @ values / values.size, values.size, resamples, seed)
    return rounded(interval(float(values.mean()), draws))


def span_f1(said: Offsets, gold: Offsets) -> float:
    """F1 over the characters of two sets of spans; 1 where both are empty (Pavlopoulos et al. 2021).

    >>> span_f1([(0, 4)], [(2, 6)])
    0.5
    """
    one = {i for start, end in said for i in range(start, end)}
    other = {i for start, end in gold for i in range(start, end)}
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0


def read_sequences(folder: Path, learnt: Collection[str]) -> tuple[list[tuple[str, Offsets]], int]:
    """RO-Offense-Sequences (ReaderBench): posts with the offensive stretches that people marked.

    Returns:
        Text and spans of each post that no model learnt from, and the number of those left out.

    Raises:
        MissingFileError: It is not in the folder.
        InputError: A row's spans cannot be read.
    """
    rows: list[tuple[str, Offsets]] = []
    place, dropped = folder / "ro-offense-sequences", 0
    for name in ("train.csv", "validation.csv"):
        if not (place / name).is_file():
            raise MissingFileError(f"{place.name}/{name} is not in the data folder; get it from {_SEQUENCES}")
        with (place / name).open(encoding="utf-8", newline="") as handle:
            for number, row in enumerate(csv.DictReader(handle), start=2):
                try:
                    spans = [(int(a), int(b)) for a, b in ast.literal_eval(row["offensive_sequences"])]
                except (ValueError, SyntaxError, TypeError, KeyError):
                    raise InputError(f"{name}, row {number}: offensive_sequences is no list of (start, end)") from None
                if text_key(row["text"], "ro") in learnt:
                    dropped += 1
                else:
                    rows.append((row["text"], spans))
    return rows, dropped


def agreement(
    rows: Sequence[tuple[str, Offsets]], finder: Callable[[str], Offsets], *, resamples: int = 2000, seed: int = 0
) -> dict[str, Any]:
    """Mean character F1 of spans that a system finds with those that people marked, over posts that have some."""
    marked = [(text, spans) for text, spans in rows if spans]
    found = [finder(text) for text, _ in marked]
    f1 = np.array([span_f1(said, spans) for said, (_, spans) in zip(found, marked, strict=True)])
    silent = [not said for said in found]
    out: dict[str, Any] = {
        "n": len(f1),
        "span_f1": mean_interval(f1, resamples, seed),
        "silent": short(float(np.mean(silent))),
    }
    if not all(silent):
        out["span_f1_where_any"] = short(float(f1[~np.array(silent)].mean()))
    return out
