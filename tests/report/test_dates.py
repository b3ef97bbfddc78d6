"""Days out of what exports write."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives.report.dates import NONE, day_of, monday, ordinals, weeks

DAY = date(2026, 9, 14)


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-14", "2026-09-14T07:46:41Z", "2026-09-14 07:46:41 CET", "14.09.2026", "14. 9. 2026. 08:00",
        "14/09/2026", "09/14/2026", "14-Sep-2026 08:15AM", "Mon Sep 14 20:19:24 +0000 2026",
        "Mon, 14 Sep 2026 10:00:00 +0200", "'2026-09-14",
    ],
)  # fmt: skip
def test_day(text):
    assert day_of(text) == DAY


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-45", "99.99.2026", "12", "0001-01-01", "2026"])
def test_no_day(text):
    assert day_of(text) is None


@given(st.datetimes(datetime(1991, 1, 1), datetime(2099, 1, 1)))
def test_seconds_and_milliseconds(when):
    seconds = int(when.replace(tzinfo=UTC).timestamp())
    if seconds >= 10**9:
        assert day_of(str(seconds)) == day_of(f"{seconds}000") == when.date()


@given(st.text(max_size=40))
def test_any_text_gives_a_day_or_none(text):
    found = day_of(text)
    assert found is None or date(1990, 1, 1) <= found


@given(st.dates(date(1990, 1, 1), date(2099, 1, 1)))
def test_monday(day):
    found = date.fromordinal(monday(day.toordinal()))
    assert found.weekday() == 0
    assert 0 <= (day - found).days < 7


def test_weeks_and_ordinals():
    assert weeks(DAY.toordinal(), DAY.toordinal() + 7) == [date(2026, 9, 14), date(2026, 9, 21)]
    assert ordinals(["2026-09-14T01:00", None, "?"]).tolist() == [DAY.toordinal(), NONE, NONE]
