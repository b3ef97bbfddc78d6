from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives import resources
from narratives.errors import InputError, UnknownNameError
from narratives.languages import LANGUAGES
from narratives.responses import templates as module
from narratives.responses.draft import check_draft
from narratives.responses.norms import COUNTRIES
from narratives.responses.suggest import suggest
from narratives.responses.templates import CHANNELS, SLOTS, checked_slots, fill, in_script, templates
from narratives.taxonomy import NARRATIVES

ANSWERABLE = [id for id in NARRATIVES if id != "violence_incitement"]
FILLED = {"contact": "0800 123 456", "fact": "1.204 persons", "source": "Statistics Office", "date": "2023"}


def test_all_nine_languages_have_templates():
    for code in LANGUAGES:
        assert resources.find(f"datasets/responses/{code}.toml").is_file()


def test_every_narrative_has_six_templates_and_three_strategies(lang):
    for narrative in NARRATIVES:
        own = [entry for entry in templates(lang) if entry.narrative == narrative]
        assert len(own) >= 6, narrative
        if narrative != "violence_incitement":
            assert len({entry.strategy for entry in own}) >= 3, narrative
        assert {entry.channel for entry in own} == set(CHANNELS), narrative


@pytest.mark.parametrize("channel", CHANNELS)
def test_coverage_two_drafts_of_different_strategy(lang, channel):
    for country in COUNTRIES:
        table = {n: [r.strategy for r in suggest(n, country=country, lang=lang, channel=channel)] for n in ANSWERABLE}
        thin = {narrative: found for narrative, found in table.items() if len(set(found)) < 2}
        assert not thin, f"{lang} {channel} {country}: {table}"


def test_no_template_over_its_channels_length_with_slots_filled(lang):
    for entry in templates(lang):
        text = fill(entry.body, {name: "x" * longest for name, longest in SLOTS.items()})
        assert len(text) <= CHANNELS[entry.channel], entry.id
        twin = in_script(entry.body, f"{lang}-Latn" if lang in ("sr", "mk") else lang)
        assert len(fill(twin, FILLED)) <= CHANNELS[entry.channel], entry.id


def test_every_template_passes_the_draft_check(lang):
    for entry in templates(lang):
        found = check_draft(fill(entry.body, FILLED), lang)
        assert [f for f in found.findings if f.level in ("stop", "warn")] == [], entry.id


def test_serbian_and_macedonian_have_a_latin_twin_in_latin_only():
    for lang in ("sr", "mk"):
        try:
            found = templates(lang)
        except FileNotFoundError:
            pytest.skip(f"no templates for {lang} yet")
        for entry in found:
            assert re.search("[а-я]", entry.body)
            twin = in_script(entry.body, f"{lang}-Latn")
            assert not re.search("[\u0400-\u04ff]", twin)
            assert re.findall(r"\$\{\w+\}", twin) == re.findall(r"\$\{\w+\}", entry.body)


@pytest.mark.parametrize("tag", ["bs-Cyrl", "cnr-Cyrl"])
def test_a_cyrillic_twin_keeps_its_slots(tag):
    assert in_script("Pomoć: ${contact}", tag) == "Помоћ: ${contact}"


HOSTILE = st.text(max_size=40) | st.sampled_from(
    ["${fact}", "$contact", "{0.__class__}", "%s%n", "{{7*7}}", "__import__('os')", "\\1\\g<0>", "\u202egnp.exe", "${"]
)


@given(HOSTILE)
def test_slot_values_neither_run_nor_reach_anything(value):
    try:
        values = checked_slots({"contact": value})
    except InputError:
        return
    text = fill("Call ${contact} about ${fact}.", values)
    assert text == f"Call {values['contact']} about [fact]."
    assert values["contact"].isprintable()


@given(HOSTILE)
def test_a_slot_value_changes_nothing_but_its_place(value):
    try:
        found = suggest("violence_incitement", country="RS", lang="tr", slots={"contact": value}).protocol
    except InputError:
        return
    bare = suggest("violence_incitement", country="RS", lang="tr").protocol
    clean = checked_slots({"contact": value})["contact"]
    for mine, theirs in zip(found, bare, strict=True):
        assert mine.text == theirs.text.replace("[contact]", clean)


@pytest.mark.parametrize(
    ("slots", "error", "reason"),
    [
        ({"name": "x"}, UnknownNameError, "contact"),
        ({"contact": "x" * 41}, InputError, "1 to 40"),
        ({"contact": " \n"}, InputError, "0 characters"),
        ({"contact": 5}, InputError, "int"),
    ],
)
def test_a_wrong_slot_is_refused(slots, error, reason):
    with pytest.raises(error, match=reason):
        checked_slots(slots)


@pytest.fixture
def edited(tmp_path, monkeypatch):
    """Ship the Turkish file with one stretch of it changed."""
    shipped = resources.find("datasets/responses/tr.toml").read_text(encoding="utf-8")

    def write(old: str, new: str):
        assert old in shipped
        (tmp_path / "datasets" / "responses").mkdir(parents=True)
        (tmp_path / "datasets" / "responses" / "tr.toml").write_text(shipped.replace(old, new, 1), encoding="utf-8")
        monkeypatch.setenv("NARRATIVES_HOME", str(tmp_path))
        module._data.cache_clear()

    yield write
    module._data.cache_clear()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('status = "draft"', 'status = "reviewed"', "names a native"),
        ('strategy = "empathy"', 'strategy = "mockery"', "Input should be"),
        ('strategy = "empathy"', 'strategy = "broadening"', "narrative.strategy.channel.number"),
        ('rights = ["udhr.11.1"', 'rights = ["udhr.99"', "no norms"),
        ("${contact}", "${kontakt}", "unknown slots"),
        ("${contact}", "${contact} #gitsinler", "no hashtag"),
        ("${contact}", "{contact}", "stray slot"),
        ('lang = "tr"', 'lang = "en"', "expected 'tr'"),
        ("severity_max = 2", "severity_max = 9", "less than or equal to 4"),
        ('tone = "warm"', 'tone = "warm"\nauthor = "x"', "Extra inputs"),
        ("${source}", "", "needs its source"),
    ],
)
def test_a_file_at_odds_with_its_schema_is_refused(edited, old, new, reason):
    edited(old, new)
    with pytest.raises(InputError, match=reason):
        templates("tr")


def test_the_group_has_no_templates_of_its_own():
    with pytest.raises(UnknownNameError, match="cnr"):
        templates("bcms")
