"""The language table, and looking a language up."""

from __future__ import annotations

import pytest

from narratives.errors import UnknownNameError
from narratives.languages import GROUPS, LANGUAGES, resolve


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("sr-Cyrl", "sr-Cyrl"),
        ("SR_latn", "sr-Latn"),
        ("srp", "sr"),
        ("sr-Cyrl-RS", "sr-Cyrl"),
        ("ro-MD", "ro"),
        ("mo", "ro"),
        ("sh", "bcms"),
        ("hbs-Latn", "bcms-Latn"),
        ("Montenegrin", "cnr"),
        (" tr ", "tr"),
        ("sq-419", "sq"),
    ],
)
def test_resolve_reads_the_usual_ways_of_writing_a_tag(tag, expected):
    assert resolve(tag).tag == expected


@pytest.mark.parametrize("tag", ["xx", "", "sr-Arab", "tr-Cyrl", "sr-cyrillic-nonsense", 7, None])
def test_an_unknown_tag_lists_the_known_ones(tag):
    with pytest.raises(UnknownNameError, match="known: "):
        resolve(tag)


def test_a_near_miss_is_suggested():
    with pytest.raises(UnknownNameError, match="Did you mean 'cnr'"):
        resolve("cnrr")


def test_every_row_is_complete_and_consistent(spoken):
    code, sentence = spoken
    language = LANGUAGES[code]
    assert resolve(language.name).language is language
    assert language.group in GROUPS
    letters = {c for c in sentence.lower() if c.isalpha() and not c.isascii()}
    if "Cyrl" not in language.scripts or code in {"bs", "cnr", "ro"}:
        assert letters <= set(language.folding), "the folding table lacks a letter of its own language"


def test_the_table_is_closed():
    assert GROUPS == ("en", "sq", "bcms", "mk", "ro", "tr")
    assert list(LANGUAGES) == ["en", "sq", "bs", "hr", "cnr", "sr", "mk", "ro", "tr"]
