"""The model card of a fine-tuned transformer, written from what its run wrote down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from narratives.backends import ANY
from narratives.training.transformer_data import Labelled


@dataclass(frozen=True, slots=True)
class Measured:
    """How a head does on posts that neither training nor calibration saw.

    Attributes:
        head: Its name.
        lang: Language code, or ``all``.
        n: Posts.
        positive: Of them positive.
        macro_f1: At the calibrated threshold.
        low: Lower end of its 95 % bootstrap interval.
        high: Upper end.
    """

    head: str
    lang: str
    n: int
    positive: int
    macro_f1: float
    low: float
    high: float


def card(labels: dict[str, Any], figures: Sequence[Measured], data: Labelled) -> str:
    """The model card, from what the run wrote down."""
    run = labels["training"]
    langs = ", ".join(f"{lang} {int((data.langs == lang).sum()):,}" for lang in dict.fromkeys(data.langs.tolist()))
    sizes = ", ".join(f"{split} {len(data.rows(split)):,}" for split in ("train", "calibration", "dev"))
    table = "\n".join(
        f"| {f.head} | {f.lang} | {f.n:,} | {f.positive:,} | {f.macro_f1:.3f} ({f.low:.3f}–{f.high:.3f}) |"
        for f in figures
    )
    rated = [head for head, groups in labels["calibration"].items() if groups[ANY]["rows"]]
    settings = "\n".join(f"| {key} | {value} |" for key, value in run["settings"].items())
    measured = (
        f"| head | language | n | positive | macro-F1 (95 % interval) |\n|---|---|---|---|---|\n{table}"
        if figures
        else "Too few posts were kept apart to measure anything: nothing is known about how good this model is."
    )
    return f"""---
language: [{", ".join(dict.fromkeys(c for c in data.langs.tolist() if c not in {"und", "bcms"}))}]
pipeline_tag: text-classification
tags: [hate-speech, migration, narratives]
---

# {labels["name"]}

`{run["base"]}`, fine-tuned with `narratives train transformer` on `{run["data"]["name"]}`.
Heads: {", ".join(data.heads)}. The licence of the base and of the data hold for these weights.

**For**: a first reading of posts, by people who then read what is flagged. **Not for**: deciding about a person,
moderation without a human, legal judgements, languages it was not trained on.

## Data
{run["data"]["rows"]:,} posts after leaving out re-posts ({langs}); {sizes}, chosen by digest of the text.
SHA-256 of the file: `{run["data"]["sha256"]}`.
Who labelled them, and how well they agree, is for the owner of the data to say.

## Figures
Posts of the split `dev`, which neither training nor calibration saw, at the calibrated threshold:

{measured}

Calibrated (temperature, offset, threshold, review band):
{", ".join(rated) or "nothing, for want of posts; the threshold is .5"}.

## Making it
{run["steps"]:,} steps; macro-F1 {run["macro_f1_when_stopped"]:.3f} on the posts that stopping watched.
A post is read up to {run["length"]} tokens. Versions: {", ".join(f"{k} {v}" for k, v in run["versions"].items())}.

| setting | |
|---|---|
{settings}
"""
