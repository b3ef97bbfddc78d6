"""The stance gate: nobody is flagged for what they only quote, counter, report or lived through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives.calibration import Calibration
from narratives.decision import ANSWERED, rule
from narratives.taxonomy import NARRATIVES, STANCES, TARGETS

PLAIN = Calibration(1.0, 0.0, 0.5, (0.4, 0.6), 100)
HEADS = (
    "offensive",
    "hate",
    "hostile",
    *(f"narrative.{n}" for n in NARRATIVES),
    *(f"mention.{n}" for n in NARRATIVES),
    *(f"stance.{s}" for s in STANCES),
    *(f"target.{t}" for t in TARGETS),
)
TABLE = dict.fromkeys(HEADS, PLAIN)


def reading(stance="asserted", sure=0.9, **heads):
    p = dict.fromkeys(HEADS, 0.02)
    for name in STANCES:
        p[f"stance.{name}"] = sure if name == stance else (1 - sure) / (len(STANCES) - 1)
    return p | {k.replace("__", "."): v for k, v in heads.items()}


@pytest.mark.parametrize("stance", ANSWERED)
@given(level=st.floats(0, 1), narrative=st.sampled_from(list(NARRATIVES)))
def test_a_story_that_is_answered_reported_or_lived_is_never_flagged(stance, level, narrative):
    said = {f"narrative__{narrative}": level, f"mention__{narrative}": 0.9, "hostile": level, "hate": level}
    ruling = rule(reading(stance, **said), TABLE)
    assert ruling.decision in ("clear", "review")
    assert narrative in ruling.mentioned
    assert ruling.severity == 0
    assert not set(ruling.labels) & set(NARRATIVES)


@pytest.mark.parametrize("narrative", list(NARRATIVES))
def test_a_story_told_as_the_writers_own_is_flagged_with_its_name(narrative):
    ruling = rule(reading(hostile=0.9, **{f"narrative__{narrative}": 0.9, f"mention__{narrative}": 0.9}), TABLE)
    assert ruling.decision == "flag"
    assert ruling.labels == (narrative,)
    assert ruling.mentioned == ()
    assert NARRATIVES[narrative].name in " ".join(ruling.reasons)
    expected = {"violence_incitement": 4, "dehumanisation": 3, "expulsion_rights_denial": 3}.get(narrative, 1)
    assert ruling.severity == expected


def test_contempt_raises_a_story_to_denigration():
    said = reading(hostile=0.9, hate=0.9, offensive=0.9, narrative__welfare_burden=0.9)
    assert rule(said, TABLE).severity == 2


@given(hostile=st.floats(0, 1), hate=st.floats(0, 1))
def test_an_unsure_stance_is_left_to_a_person(hostile, hate):
    said = reading("none", 0.55, hostile=hostile, hate=hate, narrative__invasion_flood=0.9)
    assert rule(said, TABLE).decision == "review"


@given(st.fixed_dictionaries({head: st.floats(0, 0.39) for head in ("hate", "hostile")}), st.floats(0, 1))
def test_mere_abuse_never_flags(low, offensive):
    ruling = rule(reading("none", **low, offensive=offensive), TABLE)
    assert ruling.decision == "clear"
    assert ruling.labels == (("offensive",) if offensive >= 0.5 else ())
    assert ruling.severity == 0


@given(st.dictionaries(st.sampled_from(HEADS), st.floats(0, 1)))
def test_every_reading_gets_a_decision_with_a_reason(changed):
    ruling = rule(reading() | changed, TABLE)
    assert ruling.decision in ("flag", "review", "clear")
    assert ruling.reasons
    assert all(ruling.reasons)
    assert (ruling.decision == "flag") == bool(ruling.severity)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_model_without_label_cards_decides_by_hate_alone(hate, offensive):
    ruling = rule({"hate": hate, "offensive": offensive}, {"hate": PLAIN, "offensive": PLAIN})
    assert ruling.decision == {"above": "flag", "unsure": "review", "below": "clear"}[PLAIN.verdict(hate)]
    assert ruling.severity is None


def test_a_model_with_some_of_the_label_cards_still_decides():
    kept = ("offensive", "hate", "narrative.invasion_flood", *(f"stance.{s}" for s in STANCES))
    said = {head: p for head, p in reading(hate=0.9, narrative__invasion_flood=0.9).items() if head in kept}
    ruling = rule(said, dict.fromkeys(kept, PLAIN))
    assert ruling.decision == "flag"
    assert ruling.labels[0] == "invasion_flood"
    bare = {head: p for head, p in said.items() if not head.startswith("narrative.")}
    assert rule(bare, dict.fromkeys(bare, PLAIN)).labels == ("hate",)
