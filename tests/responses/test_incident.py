from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives.errors import InputError, MissingFileError, UnknownNameError
from narratives.responses.incident import incident, to_csv
from narratives.responses.norms import COUNTRIES
from narratives.taxonomy import KOSOVO_NOTE

WHEN = dt.datetime(2026, 5, 1, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))
BASE = {"what": "Threats under a post", "when": WHEN, "where": "a public group", "country": "RS"}


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_copy_is_kept_by_its_digest_and_the_post_is_not(tmp_path, reading):
    copy = tmp_path / "shot.png"
    copy.write_bytes(b"picture")
    score = reading("sr", ("violence_incitement", "hate"), 4)
    sheet = incident(**BASE, copy=copy, score=score, routes_tried=["platform", "ombuds"], consent="yes")
    assert sheet.sha256 == hashlib.sha256(b"picture").hexdigest()
    assert (sheet.copy, sheet.when) == ("shot.png", "2026-05-01T07:30:00Z")
    assert (sheet.narrative, sheet.severity, sheet.language) == ("violence_incitement", "4", "sr")
    assert sheet.routes_tried == "platform; ombuds"
    assert sheet.read_by == "by hand 1"
    assert str(tmp_path) not in json.dumps(sheet.to_dict())


def test_what_a_person_says_wins_over_the_reading(reading):
    sheet = incident(**BASE, score=reading("sr", ("welfare_burden",), 2), narratives=["dehumanisation"], severity=3)
    assert (sheet.narrative, sheet.severity) == ("dehumanisation", "3")
    assert incident(**BASE).read_by == "person"


@pytest.mark.parametrize("country", COUNTRIES)
def test_kosovo_carries_its_footnote(country):
    sheet = incident(**{**BASE, "country": country})
    assert (sheet.footnote == KOSOVO_NOTE) == (country == "XK")
    assert (KOSOVO_NOTE in sheet.to_markdown()) == (country == "XK")
    assert (KOSOVO_NOTE in to_csv([sheet])) == (country == "XK")


def test_without_consent_the_sheet_says_so():
    assert "Do not pass this on" in incident(**BASE).to_markdown()
    assert "Do not pass this on" not in incident(**BASE, consent="yes").to_markdown()


@given(st.text(min_size=1, max_size=60).filter(str.strip))
def test_csv_gives_back_what_was_put_in_and_runs_nothing(text):
    sheet = incident(**{**BASE, "what": text})
    back = rows(to_csv([sheet, sheet]))
    assert len(back) == 2
    assert back[0]["what"].removeprefix("'") == sheet.what.removeprefix("'")
    assert not back[0]["what"].startswith(("=", "+", "-", "@"))
    lines = sheet.to_markdown().splitlines()
    assert sum(line.startswith("# ") for line in lines) == 1


@pytest.mark.parametrize(
    ("change", "error", "reason"),
    [
        ({"what": " "}, InputError, "what is empty"),
        ({"when": dt.datetime(2026, 5, 1)}, InputError, "time zone"),
        ({"country": "HR"}, UnknownNameError, "XK"),
        ({"consent": "maybe"}, UnknownNameError, "not_asked"),
        ({"narratives": ["aliens"]}, UnknownNameError, "welfare_burden"),
        ({"targets": ["aliens"]}, UnknownNameError, "syrians"),
        ({"severity": 5}, InputError, "0 to 4"),
    ],
)
def test_a_wrong_field_is_refused(change, error, reason):
    with pytest.raises(error, match=reason):
        incident(**{**BASE, **change})


def test_a_missing_copy_is_refused(tmp_path):
    with pytest.raises(MissingFileError, match="preserved copy"):
        incident(**BASE, copy=tmp_path / "none.png")
