"""One sitting: nothing more is shown than asked for, nothing is lost, nothing about the person is kept."""

from __future__ import annotations

import json

import pytest

from narratives.errors import InputError, MissingFileError, OutputError
from narratives.review import Decisions, Item, Session
from narratives.review.decisions import check_labels, read_decisions
from narratives.review.queue import CALM, UNLABELLED


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def item(number: int, label: str, labels=None, **said) -> Item:
    scores = {"labels": [label, "hate"] if labels is None else labels, "model": "m", "decision": "flag", **said}
    return Item(number, f"post {number}", label, scores, 2, f"d{number}")


@pytest.fixture
def sitting(tmp_path):
    clock = Clock()

    def begin(*items, minutes=25.0):
        return Session(items, Decisions(tmp_path / "d.jsonl"), minutes=minutes, clock=clock), clock

    return begin


def test_opening_goes_step_by_step_and_begins_anew_with_each_item(sitting):
    session, _ = sitting(item(1, "invasion_flood"), item(2, "invasion_flood"))
    assert [session.stage, session.open(), session.open(), session.open()] == [0, 1, 2, 2]
    session.skip()
    assert session.stage == 0
    assert session.place == (2, 2)


def test_leaving_out_a_narrative_leaves_the_others(sitting):
    items = [
        item(1, "invasion_flood"),
        item(2, "welfare_burden"),
        item(3, "invasion_flood"),
        item(4, UNLABELLED, ["hate"]),
    ]
    session, _ = sitting(*items, item(5, "welfare_burden", mentioned=["invasion_flood"]))
    told = session.opt_out()
    assert "2 further left out, 2 stay" in told
    assert [session.current.row, session.place] == [2, (2, 3)]


@pytest.mark.parametrize("label", [UNLABELLED, CALM])
def test_leaving_out_what_has_no_narrative_hides_that_item_alone(sitting, label):
    session, _ = sitting(*(item(i, label, ["hate"]) for i in range(1, 5)))
    assert "only it is left out" in session.opt_out()
    assert session.place == (2, 4)


def test_time_ends_a_sitting_on_the_calm_item(sitting):
    session, clock = sitting(item(1, "invasion_flood"), item(2, "invasion_flood"), item(3, CALM, []), minutes=2)
    assert session.minutes_left == 2
    clock.now = 121
    session.skip()
    assert session.current.row == 3
    session.skip()
    assert session.current is None


def test_decisions_hold_the_post_s_code_and_nothing_of_the_person(sitting, tmp_path):
    session, _ = sitting(item(1, "invasion_flood"), item(2, "welfare_burden"))
    session.decide("flag", ("invasion_flood",))
    session.decide("clear")
    lines = [json.loads(line) for line in (tmp_path / "d.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["row"], line["verdict"], line["labels"]) for line in lines] == [
        (1, "flag", ["invasion_flood"]),
        (2, "clear", None),
    ]
    assert set(lines[0]) == {"row", "digest", "verdict", "labels", "copies", "model", "said"}
    assert "post 1" not in json.dumps(lines)
    assert Decisions(tmp_path / "d.jsonl").done == {(1, "d1"), (2, "d2")}
    assert [d.labels for d in read_decisions(tmp_path / "d.jsonl")] == [("invasion_flood",), None]


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"row": 1}', '{"row": 1, "digest": "a", "verdict": "yes", "labels": null}']
)
def test_a_file_of_something_else_is_named_with_its_line(tmp_path, line):
    path = tmp_path / "d.jsonl"
    path.write_text('{"row": 1, "digest": "a", "verdict": "flag", "labels": []}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2: not a decision"):
        Decisions(path)
    with pytest.raises(MissingFileError):
        list(read_decisions(tmp_path / "none.jsonl"))


def test_a_folder_that_takes_no_file_is_told(tmp_path):
    with pytest.raises(OutputError, match="earlier decisions are kept"):
        Decisions(tmp_path / "no" / "d.jsonl").add(item(1, "invasion_flood"), "flag")


def test_labels_are_checked_and_put_in_order():
    assert check_labels(["hate", "dehumanisation", "invasion_flood"]) == ("invasion_flood", "dehumanisation", "hate")
    with pytest.raises(InputError, match="unknown label hat; known: security_threat"):
        check_labels(["hat"])
