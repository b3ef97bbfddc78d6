"""The words of the page: every key in every language, plurals, numbers, dates."""

import string
import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives.errors import InputError, UnknownNameError
from narratives.languages import LANGUAGES
from narratives.report.wording import FORMS, plural_form, words
from narratives.resources import find
from narratives.responses.norms import COUNTRIES
from narratives.results import DECISIONS
from narratives.taxonomy import NARRATIVES, SEVERITY, STANCES, TARGETS


def read(code):
    return tomllib.loads(find(f"datasets/ui/{code}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_key_is_there_with_the_same_slots(code):
    ours, english = read(code), read("en")
    assert ours["lang"] == code
    assert ours["status"] == "draft"
    assert ours.keys() == english.keys()
    for table in ours.keys() - {"lang", "status", "counted"}:
        assert ours[table].keys() == english[table].keys(), table
    slots = {k: set(string.Template(v).get_identifiers()) for k, v in ours["text"].items()}
    assert slots == {k: set(string.Template(v).get_identifiers()) for k, v in english["text"].items()}
    assert ours["counted"].keys() == english["counted"].keys()
    for noun, forms in ours["counted"].items():
        assert set(forms) == set(FORMS[LANGUAGES[code].plural]), noun
        assert all("$n" in form for form in forms.values())


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_id_has_a_name(code):
    data = read(code)
    assert set(data["narratives"]) == {*NARRATIVES, "hate", "offensive"}
    assert set(data["targets"]) == set(TARGETS)
    assert set(data["stances"]) == set(STANCES)
    assert set(data["severity"]) == {str(level) for level in SEVERITY}
    assert set(data["decisions"]) == set(DECISIONS)
    assert set(data["countries"]) == set(COUNTRIES)
    assert set(data["languages"]) == {*LANGUAGES, "bcms", "und"}


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_nothing_is_left_in_english(code):
    english = read("en")["text"]
    ours = read(code)["text"]
    # one word may be the same in two languages, a sentence is not
    assert [k for k, v in ours.items() if v == english[k] and len(v.split()) > 3 and "$" not in v] == []


def test_names_of_the_taxonomy_in_english_are_those_of_the_taxonomy():
    assert {id: n.name for id, n in NARRATIVES.items()} == {id: words("en").name("narratives", id) for id in NARRATIVES}


@pytest.mark.parametrize("code", ["sr", "mk"])
def test_cyrillic_pages_have_no_latin_words(code):
    allowed = {"narratives", "review", "Wilson", "Holm", "p", "F1", "SHA", "macro", "country", "LGBTIQ"}
    for value in read(code)["text"].values():
        for word in string.Template(value).safe_substitute().replace("$", " $").split():
            if not word.startswith("$"):
                bare = word.strip("().,:;„“-")
                assert bare.isascii() is False or not bare.isalpha() or bare in allowed, word


def test_serbian_in_latin_letters():
    latin = words("sr-Latn")
    assert latin.tag == "sr-Latn"
    assert latin("contents") == "Sadržaj"
    assert latin("scored", posts="$x") == "Ocenjeno: $x."


def test_unknown_language_and_script():
    with pytest.raises(UnknownNameError, match="known"):
        words("de")
    with pytest.raises(UnknownNameError):
        words("bcms")
    with pytest.raises(InputError, match="script"):
        words("bs-Cyrl")


@given(st.integers(0, 10**9), st.sampled_from(sorted(LANGUAGES)))
def test_a_form_exists_for_every_number(n, code):
    assert plural_form(LANGUAGES[code].plural, n) in FORMS[LANGUAGES[code].plural]
    assert any(c.isdigit() for c in words(code).count("posts", n))


@pytest.mark.parametrize(
    ("code", "n", "expected"),
    [
        ("en", 1, "1 post"),
        ("en", 1_000_000, "1,000,000 posts"),
        ("bs", 21, "21 objava"),
        ("hr", 2, "2 tjedna"),
        ("sr", 11, "11 недеља"),
        ("ro", 20, "20 de săptămâni"),
        ("ro", 19, "19 săptămâni"),
        ("mk", 21, "21 недела"),
        ("tr", 5, "5 hafta"),
        ("sq", 12_345, "12 345 postime"),
    ],
)
def test_counted(code, n, expected):
    noun = "weeks" if n < 20_000 and "post" not in expected and "objav" not in expected else "posts"
    assert words(code).count(noun, n).replace("\xa0", " ") == expected


def test_shares_and_days():
    assert words("tr").share(0.125) == "%12,5"
    assert words("bs").share(0.125) == "12,5\xa0%"
    assert words("en").share(1.0) == "100%"
    assert words("ro").day(date(2026, 3, 5)) == "05.03.2026"
    assert words("en").day(date(2026, 3, 5)) == "2026-03-05"


def test_values_are_never_read_as_slots():
    assert words("en")("scored", posts="$version ${posts}") == "Scored: $version ${posts}."
