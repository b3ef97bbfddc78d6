from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives import resources
from narratives.errors import InputError, UnknownNameError
from narratives.responses import routes
from narratives.responses.norms import COUNTRIES, kosovo_footnote
from narratives.responses.routes import (
    LAWYER_FIRST,
    NEEDS,
    NOT_CHECKED,
    POLICE_RISK,
    UNSURE,
    age_warning,
    routes_for,
)
from narratives.taxonomy import KOSOVO_NOTE

TODAY = dt.date(2026, 7, 1)
SHIPPED = resources.find("datasets/routes.toml")


def ids(country: str, need: str | None = None) -> list[str]:
    return [route.id for route in routes_for(country, need=need, today=TODAY)]


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_place_has_help_an_equality_body_and_a_way_out_of_danger(country):
    kinds = {route.kind for route in routes_for(country, today=TODAY)}
    assert {"equality_body", "police"} <= kinds
    assert kinds & {"help_line", "legal_aid", "civil_society"}
    for need in ("danger", "support", "discrimination", "hate_crime", "hate_speech", "violence_women", "defenders"):
        assert ids(country, need), need


@pytest.mark.parametrize("country", COUNTRIES)
def test_police_come_last_and_never_without_the_warning(country):
    listed = routes_for(country, today=TODAY)
    police = [route.kind in ("police", "prosecution") for route in listed]
    assert police == sorted(police)
    for route in listed:
        assert (POLICE_RISK in route.safety) == (route.kind in ("police", "prosecution"))
        if route.kind in ("equality_body", "ombuds", "court", "police", "prosecution"):
            assert LAWYER_FIRST in route.safety
        if country == "TR" and route.safety:
            assert any("Türkiye needs special care" in text for text in route.safety)


@pytest.mark.parametrize("country", COUNTRIES)
def test_near_help_comes_before_public_bodies_and_those_before_routes_abroad(country):
    kinds = [route.kind for route in routes_for(country, today=TODAY)]
    abroad = [kind in ("un", "council_of_europe", "osce") for kind in kinds if kind not in ("police", "prosecution")]
    assert abroad == sorted(abroad)
    assert kinds.index("equality_body") < kinds.index("un")
    near = [kind for kind in kinds if kind in ("help_line", "legal_aid", "civil_society")]
    assert kinds[0] == near[0]


@pytest.mark.parametrize(
    ("route", "closed"),
    [
        ("ecthr", {"XK"}),
        ("cerd_complaint", {"AL", "BA", "XK"}),
        ("iccpr_complaint", {"XK"}),
        ("cedaw_complaint", {"XK"}),
        ("cat_complaint", {"XK"}),
        ("grevio", {"XK", "TR"}),
        ("cmw_reports", {"XK", "MD", "ME", "MK", "RS"}),
        ("un_special_procedures", set()),
    ],
)
def test_a_route_that_is_closed_is_not_offered(route, closed):
    assert {country for country in COUNTRIES if route not in ids(country)} == closed


@pytest.mark.parametrize(
    ("route", "country"), [("cerd_complaint", "TR"), ("cat_complaint", "AL"), ("cat_complaint", "MK"), ("odihr", "XK")]
)
def test_doubt_about_a_route_is_said(route, country):
    found = next(r for r in routes_for(country, today=TODAY) if r.id == route)
    assert UNSURE in found.warnings


def test_what_odihr_and_the_court_need_to_be_told():
    found = {route.id: route for route in routes_for("RS", today=TODAY)}
    assert "hate speech and discrimination by themselves are left out" in found["odihr"].for_what
    assert "four months" in found["ecthr"].deadline
    assert "six months" in found["cerd_complaint"].deadline
    assert "no individual complaints" in found["grevio"].for_what


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("need", NEEDS)
def test_need_narrows_the_list(country, need):
    chosen = routes_for(country, need=need, today=TODAY)
    assert all(need in route.needs for route in chosen)
    assert [route.id for route in routes_for(country, today=TODAY) if need in route.needs] == [r.id for r in chosen]


@pytest.mark.parametrize("country", COUNTRIES)
def test_kosovo_is_never_named_without_the_footnote(country):
    for route in routes_for(country, today=TODAY):
        assert (route.footnote == KOSOVO_NOTE) == (country == "XK")
        assert kosovo_footnote(repr(route)) in ("", route.footnote)


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_entry_is_dated_or_warns(country):
    for route in routes_for(country, today=TODAY):
        checked = route.verified_on and dt.date.fromisoformat(route.verified_on)
        assert bool(age_warning(checked or None, TODAY)) == any("check it" in text for text in route.warnings)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 365))
def test_within_a_year_nothing_is_said(verified_on, days):
    assert age_warning(verified_on, verified_on + dt.timedelta(days)) == ""


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(367, 5000))
def test_after_a_year_the_date_is_said(verified_on, days):
    assert str(verified_on) in age_warning(verified_on, verified_on + dt.timedelta(days))


def test_ends_of_the_year():
    assert age_warning(dt.date(2024, 2, 29), dt.date(2025, 2, 28)) == ""
    assert age_warning(dt.date(2024, 2, 29), dt.date(2025, 3, 1)) != ""
    assert "still to come" in age_warning(dt.date(2026, 7, 2), TODAY)
    assert age_warning(None, TODAY) == NOT_CHECKED


@pytest.fixture
def edited(tmp_path, monkeypatch):
    """Ship the file with one stretch of it changed."""

    def write(old: str, new: str):
        text = SHIPPED.read_text(encoding="utf-8")
        assert old in text
        (tmp_path / "datasets").mkdir()
        (tmp_path / "datasets" / "routes.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
        monkeypatch.setenv("NARRATIVES_HOME", str(tmp_path))
        routes._data.cache_clear()

    yield write
    routes._data.cache_clear()


def test_a_checked_entry_loses_its_warning_for_a_year(edited):
    edited('contact = "tndinfo@odihr.pl"\n', 'contact = "tndinfo@odihr.pl"\nverified_on = 2026-06-01\n')

    def warnings(today):
        return next(r.warnings for r in routes_for("RS", today=today) if r.id == "odihr")

    assert warnings(TODAY) == ("The source was the calls for data of 2022 and 2023.",)
    assert any("2026-06-01" in text for text in warnings(dt.date(2027, 6, 2)))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('kind = "ombuds"', 'kind = "ombuds"\nurl = "x"', "Extra inputs"),
        ('kind = "ombuds"', 'kind = "friend"', "Input should be"),
        ('countries = ["AL"]', 'countries = ["HR"]', "each place at most once"),
        ('countries = ["AL"]', 'countries = ["AL"]\nunsure = ["AL"]', "each place at most once"),
        ('authority = "police"', 'authority = "none"', "police and prosecution"),
        ("format = 1", "format = 2", "not a valid file"),
    ],
)
def test_a_file_at_odds_with_itself_is_refused(edited, old, new, reason):
    edited(old, new)
    with pytest.raises(InputError, match=reason):
        routes_for("RS")


def test_unknown_names_list_the_known():
    with pytest.raises(UnknownNameError, match="XK \\(Kosovo\\)"):
        routes_for("HR")
    with pytest.raises(UnknownNameError, match="hate_crime"):
        routes_for("RS", need="hatecrime")


def test_routes_cannot_be_changed_and_turn_into_json():
    route = routes_for("XK", today=TODAY)[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        route.contact = "1"
    assert json.loads(json.dumps(route.to_dict()))["footnote"] == KOSOVO_NOTE
