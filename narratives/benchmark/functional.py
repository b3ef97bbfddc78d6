"""The functional suites (``datasets/functional``): one thing a detector must or must not do, one number."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, model_validator

from narratives.benchmark.metrics import rounded, short
from narratives.benchmark.resampling import wilson
from narratives.corpora.lines import checked_lines
from narratives.languages import LANGUAGES
from narratives.taxonomy import NARRATIVES, STANCES, TARGETS

BENIGN = {
    "counter-speech": ("counter_quote", "counter_plain", "negated"),
    "news and figures": ("news_report", "statistics", "reported_threat", "legal_academic"),
    "policy criticism": ("policy_criticism",),
    "self": ("self_description",),
    "traps": ("trap_word",),
    "neutral identity": ("neutral_identity",),
    "one person's act": ("individual_complaint",),
}
"""Kinds of harmless posts, with the functionalities that test them."""


class Case(BaseModel):
    """One case of a suite; the fields are those of the suites' card."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: str
    lang: str
    script: Literal["Latn", "Cyrl"]
    functionality: str
    text: str
    narratives: list[str]
    mentioned: list[str]
    stance: str
    targets: list[str]
    expected: Literal["hostile", "harmless"]
    ref: str | None
    origin: Literal["authored"]
    version: int

    @model_validator(mode="after")
    def _known(self) -> Self:
        for what, given, known in (
            ("lang", [self.lang], LANGUAGES),
            ("narratives", self.narratives + self.mentioned, NARRATIVES),
            ("stance", [self.stance], STANCES),
            ("targets", self.targets, TARGETS),
        ):
            strange = sorted(set(given) - set(known))
            if strange:
                raise ValueError(f"{what}: unknown {', '.join(strange)}")
        if unicodedata.normalize("NFC", self.text) != self.text:
            raise ValueError("text is not NFC")
        return self


def read_suite(path: Path) -> list[Case]:
    """Read and check a suite.

    Raises:
        InputError: A line is no case; the message names file, line and field, never the text.
    """
    return list(checked_lines(path, Case, "case"))


def answered(cases: Sequence[Case], flagged: NDArray[np.bool_], review: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(cases,) whether the answer is right: hostile cases flagged or left to a person, harmless ones not flagged."""
    hostile = np.array([case.expected == "hostile" for case in cases])
    return np.where(hostile, flagged | review, ~flagged)


def by_functionality(
    cases: Sequence[Case], flagged: NDArray[np.bool_], review: NDArray[np.bool_]
) -> dict[str, dict[str, Any]]:
    """Share of right answers, of flags and of reviews for each functionality, with Wilson intervals."""
    right = answered(cases, flagged, review)
    out: dict[str, dict[str, Any]] = {}
    for name in dict.fromkeys(case.functionality for case in cases):
        here = np.array([case.functionality == name for case in cases])
        out[name] = {
            "n": int(here.sum()),
            "right": rounded(wilson(int(right[here].sum()), int(here.sum()))),
            "flag": short(flagged[here].mean()),
            "review": short(review[here].mean()),
        }
    return out


def false_positives(
    kinds: Mapping[str, Sequence[str]], functionality: Sequence[str], flagged: NDArray[np.bool_]
) -> dict[str, dict[str, Any]]:
    """Share of harmless posts that are flagged, by kind, with Wilson intervals.

    >>> false_positives({"self": ("s",)}, ["s", "s", "x"], np.array([True, False, True]))["self"]["n"]
    2
    """
    names = np.array(functionality, dtype=object)
    out = {}
    for kind, members in kinds.items():
        here = np.isin(names, list(members))
        if here.any():
            hits = int(flagged[here].sum())
            out[kind] = {"n": int(here.sum()), "flagged": hits, "rate": rounded(wilson(hits, int(here.sum())))}
    return out


def group_swap(cases: Sequence[Case], score: NDArray[np.float64], flagged: NDArray[np.bool_]) -> dict[str, Any]:
    """How much the answer hangs on which group is named: the same sentence with the names exchanged.

    Args:
        cases: A suite.
        score: (cases,) the head ``hate``.
        flagged: (cases,) whether it is flagged.

    Returns:
        For harmless and hostile sets: mean absolute change of the score from the first of the set, its greatest
        change, and the share of cases whose decision differs from the first's.
    """
    place = {case.id: i for i, case in enumerate(cases)}
    out: dict[str, Any] = {}
    for expected in ("harmless", "hostile"):
        pairs = [
            (i, place[case.ref])
            for i, case in enumerate(cases)
            if case.functionality == "group_swap" and case.expected == expected and case.ref in place
            if case.ref != case.id
        ]
        if pairs:
            one, first = (np.array(side) for side in zip(*pairs, strict=True))
            change = np.abs(score[one] - score[first])
            out[expected] = {
                "n": len(pairs),
                "mean_absolute_change": short(change.mean()),
                "greatest_change": short(change.max()),
                "decision_differs": short(np.mean(flagged[one] != flagged[first])),
            }
    return out


def bare_names(cases: Sequence[Case], score: NDArray[np.float64], flagged: NDArray[np.bool_]) -> dict[str, Any]:
    """What a model says of a group's name and nothing else; ideally nothing."""
    bare = np.array([case.functionality == "neutral_identity" and case.ref is None for case in cases])
    if not bare.any():
        return {}
    return {
        "n": int(bare.sum()),
        "flagged": int(flagged[bare].sum()),
        "rate": rounded(wilson(int(flagged[bare].sum()), int(bare.sum()))),
        "mean_score": short(score[bare].mean()),
        "greatest_score": short(score[bare].max()),
        "flagged_targets": sorted(
            {t for c, b, f in zip(cases, bare, flagged, strict=True) if b and f for t in c.targets}
        ),
    }
