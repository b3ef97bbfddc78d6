"""From probabilities to a decision: the stance gate, the labels, the severity, and the sentences that say why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from narratives.calibration import Calibration
from narratives.results import Decision
from narratives.taxonomy import NARRATIVES

Gate = Literal["asserted", "answered", "unsure"]

ANSWERED = ("countered", "reported", "self")
"""Stances of somebody who takes a narrative up without telling it as their own."""

_LEAD = 0.5  # of "asserted" over the answering stances; a false flag is the worst error, see models/ATTEMPTS.md
_SURE = 0.6  # probability from which a post counts as countering, reporting or speaking of itself
_NEAR = 0.35  # share of its threshold that the likeliest narrative needs where none is above
_MOST_LABELS = 4  # a post that tells more stories at once is told by its strongest


_STORIES = {kind: tuple((n, f"{kind}.{n}") for n in NARRATIVES) for kind in ("narrative", "mention")}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What follows from the probabilities of one post.

    Attributes:
        decision: ``flag``, ``review`` or ``clear``.
        labels: Heads and narratives that a flag or a review rests on, the likeliest narrative first.
        mentioned: Narratives that are taken up but not asserted.
        severity: 0 to 4 by the taxonomy's table; ``None`` for a model without narratives.
        reasons: Plain sentences.
    """

    decision: Decision
    labels: tuple[str, ...]
    mentioned: tuple[str, ...]
    severity: int | None
    reasons: tuple[str, ...]


def rule(p: Mapping[str, float], calibration: Mapping[str, Calibration]) -> Ruling:
    """Decide about one post.

    Args:
        p: Calibrated probability by head.
        calibration: By head, of the post's language group.
    """
    if "stance.asserted" not in p:
        return _without_cards(p, calibration)
    if "hostile" not in p:  # a user's own model may have learnt some of the label cards only
        p, calibration = {**p, "hostile": p["hate"]}, {**calibration, "hostile": calibration["hate"]}
    verdicts = {head: calibration[head].verdict(p[head]) for head in ("hate", "hostile")}
    told = _above(p, calibration, "narrative")
    present = _above(p, calibration, "mention")
    gate = stance_gate(p)
    attack = "above" in verdicts.values() or bool(told)
    near = "unsure" in verdicts.values()
    abusive = p["offensive"] >= calibration["offensive"].threshold
    labels: tuple[str, ...] = ()
    decision: Decision = "clear"
    if gate == "answered":
        decision = (
            "review" if p["hostile"] >= calibration["hostile"].review[1] and verdicts["hate"] == "above" else decision
        )
    elif attack:
        # two readings that disagree, or a writer who may only be quoting, are for a person to settle
        sure = gate == "asserted" and verdicts["hostile"] != "below"
        decision = "flag" if sure else "review"
    elif near:
        decision = "review"
    if decision == "flag" or (decision == "review" and gate != "answered"):
        # somebody who reads it wants to know which story it may be, even where no story is sure
        labels = (*(told or _likeliest(p, calibration)), *(("hate",) if verdicts["hate"] == "above" else ()))
    labels = (*labels, *(("offensive",) if abusive else ()))
    mentioned = tuple(n for n in present if n not in labels) if decision != "flag" else ()
    severity = _severity(told, p, calibration) if decision == "flag" else 0
    return Ruling(decision, labels, mentioned, severity, _reasons(decision, gate, p, calibration, told, present))


def stance_gate(p: Mapping[str, float]) -> Gate:
    """Whether the writer tells what is told as their own.

    >>> stance_gate({"stance.asserted": 0.8, "stance.countered": 0.1, "stance.reported": 0.1, "stance.self": 0.0})
    'asserted'
    """
    answered = sum(p[f"stance.{s}"] for s in ANSWERED)
    if p["stance.asserted"] - answered >= _LEAD:
        return "asserted"
    return "answered" if answered >= _SURE else "unsure"


def _above(p: Mapping[str, float], calibration: Mapping[str, Calibration], kind: str) -> tuple[str, ...]:
    known = ((name, head) for name, head in _STORIES[kind] if head in p)
    above = [(-p[head], name) for name, head in known if p[head] >= calibration[head].threshold]
    return tuple(name for _, name in sorted(above)[:_MOST_LABELS])


def _likeliest(p: Mapping[str, float], calibration: Mapping[str, Calibration]) -> tuple[str, ...]:
    """The likeliest narrative, if it comes near its threshold."""
    p_best, name, head = max(
        ((p[head], name, head) for name, head in _STORIES["narrative"] if head in p), default=(0.0, "", "")
    )
    return (name,) if head and p_best >= _NEAR * calibration[head].threshold else ()


def _severity(told: tuple[str, ...], p: Mapping[str, float], calibration: Mapping[str, Calibration]) -> int:
    """The table of the taxonomy: acts by what they do, stories by whether contempt comes with them."""
    if "violence_incitement" in told:
        return 4
    if {"dehumanisation", "expulsion_rights_denial"} & set(told):
        return 3
    contempt = p["offensive"] >= calibration["offensive"].threshold and p["hate"] >= calibration["hate"].threshold
    return 2 if contempt or not told else 1


def _without_cards(p: Mapping[str, float], calibration: Mapping[str, Calibration]) -> Ruling:
    hate, offensive = calibration["hate"], calibration["offensive"]
    verdict = hate.verdict(p["hate"])
    decision: Decision = "flag" if verdict == "above" else "review" if verdict == "unsure" else "clear"
    abusive = p["offensive"] >= offensive.threshold
    labels = ("hate",) * (verdict == "above") + ("offensive",) * abusive
    return Ruling(decision, labels, (), None, tuple(_hate_sentences(decision, p, calibration)))


def _hate_sentences(decision: Decision, p: Mapping[str, float], calibration: Mapping[str, Calibration]) -> list[str]:
    h, hate, o, offensive = p["hate"], calibration["hate"], p["offensive"], calibration["offensive"]
    out = {
        "flag": f"Reads as an attack on people for who they are: hate {h:.2f}, threshold {hate.threshold:.2f}.",
        "review": f"Too close to call: hate {h:.2f} lies between {hate.review[0]:.2f} and {hate.review[1]:.2f}; "
        "a person should read it.",
        "clear": f"No attack on a group found: hate {h:.2f}, threshold {hate.threshold:.2f}.",
        "unsupported": "",
    }
    abuse = f"Abusive language (offensive {o:.2f}, threshold {offensive.threshold:.2f}) alone is not flagged."
    return [out[decision], *([abuse] if decision == "clear" and o >= offensive.threshold else [])]


def _reasons(
    decision: Decision,
    gate: Gate,
    p: Mapping[str, float],
    calibration: Mapping[str, Calibration],
    told: tuple[str, ...],
    present: tuple[str, ...],
) -> tuple[str, ...]:
    names = ", ".join(f"{NARRATIVES[n].name} ({p[f'narrative.{n}']:.2f})" for n in told)
    taken_up = ", ".join(NARRATIVES[n].name for n in present)
    stance = max(("asserted", *ANSWERED, "none"), key=lambda s: p[f"stance.{s}"])
    held = f"stance {stance}, {p[f'stance.{stance}']:.2f}"
    hostile = f"hostile {p['hostile']:.2f}, threshold {calibration['hostile'].threshold:.2f}"
    if decision == "flag":
        first = f"Tells as its own view: {names}." if told else "Reads as an attack on people for who they are."
        return (first, f"The writer seems to mean it ({held}; {hostile}).")
    if decision == "review":
        why = {
            "asserted": "Too close to call, or the readings disagree",
            "unsure": "It is unclear whether the writer means it",
            "answered": "The writer seems to answer or report, but the words are harsh",
        }[gate]
        return (f"{why} ({held}; {hostile}): a person should read it.", *([f"It may tell: {names}."] if names else []))
    out = [f"No attack on a group found ({hostile})."]
    if gate == "answered" and taken_up:
        out = [f"Takes up {taken_up} without asserting it ({held})."]
    return (*out, *_hate_sentences("clear", p, calibration)[1:])
