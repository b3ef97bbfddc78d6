from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives.errors import InputError
from narratives.responses.routes import NEEDS
from narratives.responses.triage import LOW_REACH, triage
from narratives.taxonomy import SEVERITY

LEVELS = st.sampled_from([None, *SEVERITY])
REACH = st.none() | st.integers(0, 10**9)


@given(LEVELS, st.booleans(), st.booleans(), REACH, st.booleans())
def test_people_at_risk_come_before_everything(severity, named_person, child, reach, tired):
    found = triage(severity, named_person=named_person, child=child, reach=reach, tired=tired)
    at_risk = severity == 4 or named_person or child
    assert (found.action == "protect") == at_risk
    assert found.steps
    assert found.why.endswith(".")
    assert set(found.needs) <= set(NEEDS)
    assert found.reply == (found.action == "reply")
    if at_risk:
        text = " ".join(found.steps)
        places = [text.index(word) for word in ("Do not reply", "Preserve", "Tell the person", "lawyer", "authorities")]
        assert places == sorted(places)
        assert "only if the person at risk agrees" in text
    elif tired:
        assert found.action == "rest"


@pytest.mark.parametrize(
    ("severity", "reach", "action"),
    [
        (0, None, "leave"),
        (0, 10**6, "leave"),
        (1, None, "own_story"),
        (1, 10**6, "own_story"),
        (2, LOW_REACH - 1, "own_story"),
        (2, LOW_REACH, "reply"),
        (2, None, "reply"),
        (3, 0, "report"),
        (3, 10**6, "report"),
        (4, 0, "protect"),
        (None, 10**6, "ask_a_person"),
    ],
)
def test_ladder(severity, reach, action):
    assert triage(severity, reach=reach).action == action


def test_unknown_reach_asks_for_a_look_first():
    assert any("real people" in step for step in triage(2).steps)
    assert not any("real people" in step for step in triage(2, reach=LOW_REACH).steps)


def test_a_tired_reader_hands_over_when_somebody_is_at_risk():
    assert "colleague" in triage(4, tired=True).steps[0]
    assert "colleague" not in triage(4).steps[0]


def test_a_child_stays_out_of_the_record_and_the_reasons_are_named():
    assert any("identity out of every record" in step for step in triage(2, child=True).steps)
    why = triage(4, child=True, named_person=True).why
    assert all(word in why for word in ("incitement", "child", "identified"))


@pytest.mark.parametrize("severity", [-1, 5, True, 2.0, "2"])
def test_a_severity_outside_the_scale_is_refused(severity):
    with pytest.raises(InputError, match="expected 0 to 4"):
        triage(severity)


@pytest.mark.parametrize("reach", [-1, 1.5, True, "many"])
def test_a_reach_that_is_no_number_of_people_is_refused(reach):
    with pytest.raises(InputError, match="number of people"):
        triage(2, reach=reach)


def test_result_cannot_be_changed_and_turns_into_json():
    found = triage(3)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.reply = True
    assert json.loads(json.dumps(found.to_dict()))["needs"] == list(found.needs)
