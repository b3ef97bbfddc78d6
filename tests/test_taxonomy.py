from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives import taxonomy
from narratives.errors import UnknownNameError
from narratives.taxonomy import (
    GLOBAL_EXCLUSIONS,
    KOSOVO_NOTE,
    NARRATIVES,
    SEVERITY,
    STANCES,
    TARGETS,
    narrative,
    target,
    with_kosovo_note,
)

ENTRIES = [*NARRATIVES.values(), *TARGETS.values(), *STANCES.values(), *SEVERITY.values()]


def test_sizes_and_order():
    assert len(NARRATIVES) == 16
    assert [n.kind for n in NARRATIVES.values()] == ["story"] * 13 + ["act"] * 3
    assert len(TARGETS) == 21
    assert list(STANCES) == ["asserted", "countered", "reported", "self", "none"]
    assert list(SEVERITY) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("table", [NARRATIVES, TARGETS, STANCES])
def test_keys_are_ids_that_files_and_columns_can_hold(table):
    for key, entry in table.items():
        assert key == entry.id
        assert key.isascii()
        assert key.isidentifier()
        assert key == key.lower()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_entry_says_what_counts_and_what_does_not(entry):
    for field in dataclasses.fields(entry):
        value = getattr(entry, field.name)
        # a string where a tuple is meant (a forgotten comma) would be read letter by letter
        assert isinstance(value, str) or not field.type.startswith("str")
        if field.type.startswith("tuple"):
            assert isinstance(value, tuple)
            assert all(isinstance(item, str) and item.strip() == item != "" for item in value)
            assert len(set(value)) == len(value)
    assert entry.definition.endswith(".")
    assert entry.inclusion
    assert entry.exclusion
    assert not set(entry.inclusion) & set(entry.exclusion)


@pytest.mark.parametrize("entry", NARRATIVES.values(), ids=lambda entry: entry.id)
def test_every_narrative_has_cues_a_near_miss_and_a_place_among_other_schemes(entry):
    assert entry.cues
    assert len(entry.examples) == 2
    assert entry.near_misses
    assert entry.crosswalk.form
    for field in dataclasses.fields(entry.crosswalk):
        assert isinstance(getattr(entry.crosswalk, field.name), tuple)


def test_entries_and_tables_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        narrative("invasion_flood").name = "x"
    with pytest.raises(TypeError):
        NARRATIVES["x"] = narrative("invasion_flood")
    assert not hasattr(narrative("invasion_flood"), "__dict__")


def test_facets():
    faceted = {n.id: n.facets for n in NARRATIVES.values() if n.facets}
    assert faceted == {
        "orchestrated_plot": ("antisemitic_trope",),
        "misogyny_women": ("migrant_women", "women_defenders", "lgbtiq"),
    }


def test_only_asserted_makes_a_label_and_only_defenders_are_unprotected():
    assert [s.id for s in STANCES.values() if s.sets_label] == ["asserted"]
    assert [t.id for t in TARGETS.values() if not t.protected] == ["defenders_ngos"]


@pytest.mark.parametrize(("lookup", "table"), [(narrative, NARRATIVES), (target, TARGETS)])
def test_lookup(lookup, table):
    for key in table:
        assert lookup(key) is table[key]
    with pytest.raises(UnknownNameError) as error:
        lookup("replacemnt")
    assert all(key in str(error.value) for key in table)


def test_counter_speech_and_self_description_are_excluded_everywhere():
    assert "counter-speech" in GLOBAL_EXCLUSIONS
    assert "people describing themselves" in GLOBAL_EXCLUSIONS


def test_public_names_exist():
    for name in taxonomy.__all__:
        assert hasattr(taxonomy, name)


@pytest.mark.parametrize(
    "text",
    [
        "Kosovo",
        "në Kosovë",
        "Kosova'da",
        "KOSOVA",
        "kosovski",
        "Косово",
        "косовските",
        "#Kosovo",
        "a_Kosovo",
        "(Kosovo)",
    ],
)
def test_note_follows_wherever_kosovo_is_named(text):
    assert with_kosovo_note(text) == f"{text}\n\n{KOSOVO_NOTE}"


@pytest.mark.parametrize("text", ["", "Tirana", "Makosovo", "kos ovo", "Прикосово"])
def test_no_note_elsewhere(text):
    assert with_kosovo_note(text) == text


@given(st.text() | st.lists(st.sampled_from(["Kosovo", " ", "Косово", "x", KOSOVO_NOTE, "\n"])).map("".join))
def test_note_is_appended_at_most_once(text):
    once = with_kosovo_note(text)
    assert once.startswith(text)
    assert with_kosovo_note(once) == once
