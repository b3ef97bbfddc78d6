from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives import resources
from narratives.errors import InputError, UnknownNameError
from narratives.languages import LANGUAGES
from narratives.responses import norms
from narratives.responses.norms import COUNTRIES, common_rights, kosovo_footnote, over_claim, rights_for, withheld_for
from narratives.taxonomy import KOSOVO_NOTE, NARRATIVES

PAIRS = [(narrative, country) for narrative in NARRATIVES for country in COUNTRIES]
TAGS = [*LANGUAGES, "sr-Latn", "sr-Cyrl", "bcms", "cnr-Cyrl"]
SHIPPED = resources.find("datasets/norms.toml")

# what may never be cited, kept here apart from the data file: (start of the id, country)
NEVER = [
    ("istanbul", "TR"),
    ("grevio", "TR"),
    ("echr.p4", "TR"),
    ("echr.p12", "TR"),
    ("echr.p12", "MD"),
    ("icescr", "XK"),
    ("smuggling", "XK"),
    ("gcm", "XK"),
    ("osce", "XK"),
    *(("icrmw", country) for country in ("XK", "MD", "ME", "MK", "RS")),
]


@given(st.sampled_from(PAIRS))
def test_nothing_that_does_not_bind_is_cited_as_if_it_did(pair):
    narrative, country = pair
    cited, withheld = rights_for(narrative, country), withheld_for(narrative, country)
    assert any(norm.binding for norm in cited)
    assert {norm.status for norm in cited} <= {"binding", "domestic_law", "non_binding"}
    assert {norm.status for norm in withheld} <= {"signed", "not_party", "withdrawn", "reserved"}
    assert not {norm.id for norm in cited} & {norm.id for norm in withheld}
    assert all(norm.reason for norm in withheld)
    for norm in cited:
        assert norm.country == country
        assert ("not binding" in norm.text()) != norm.binding
        # no treaty is in force in Kosovo as such: the citation names the law that carries it
        if country == "XK" and norm.binding:
            assert norm.status == "domestic_law"
            assert "through the" in norm.citation


@pytest.mark.parametrize(("start", "country"), NEVER)
def test_known_gaps_are_never_cited(start, country):
    for cited in [common_rights(country), *(rights_for(narrative, country) for narrative in NARRATIVES)]:
        assert not [norm.id for norm in cited if norm.id.startswith(start)]


@pytest.mark.parametrize(("narrative", "country"), PAIRS)
def test_the_same_norms_answer_everywhere_cited_or_withheld(narrative, country):
    def ids(code):
        return {norm.id for norm in (*rights_for(narrative, code), *withheld_for(narrative, code))}

    assert ids(country) == ids("AL")


@pytest.mark.parametrize("country", COUNTRIES)
def test_recommendations_and_case_law_are_always_guidance(country):
    soft = ("hrd", "women_hrd", "gcm", "hrc_", "cerd_", "cedaw_", "grevio", "cmrec", "ecri", "osce", "beizaras")
    seen = [norm for narrative in NARRATIVES for norm in rights_for(narrative, country) if norm.id.startswith(soft)]
    assert seen
    assert not any(norm.binding for norm in seen)


@pytest.mark.parametrize("narrative", NARRATIVES)
@pytest.mark.parametrize("country", COUNTRIES)
def test_law_comes_before_guidance(narrative, country):
    binding = [norm.binding for norm in rights_for(narrative, country)]
    assert binding == sorted(binding, reverse=True)


def test_conditions_travel_with_the_citation():
    turkish = [norm for norm in rights_for("bogus_undeserving", "TR") if norm.id.startswith("refugee")]
    assert turkish
    assert all("events in Europe" in norm.citation and norm.cautions for norm in turkish)
    kosovar = [norm for norm in rights_for("bogus_undeserving", "XK") if norm.id.startswith("refugee")]
    assert all("not in force here" in norm.citation for norm in kosovar)
    minority = next(norm for norm in rights_for("culture_religion_threat", "TR") if norm.id == "iccpr.27")
    assert "Lausanne" in minority.citation
    assert "refugee.21" not in [norm.id for norm in rights_for("labour_housing_competition", "MD")]


def test_dates_of_joining_and_leaving():
    moldovan = next(norm for norm in rights_for("gendered_threat", "MD") if norm.id == "istanbul.4.3")
    assert moldovan.since.isoformat() == "2022-05-01"
    assert moldovan.verified
    assert {norm.id for norm in withheld_for("gendered_threat", "TR")} == {
        "istanbul.3.a",
        "istanbul.4.3",
        "istanbul.12.1",
        "istanbul.12.5",
        "istanbul.42.1",
    }


def test_verified_needs_both_the_norm_and_its_standing():
    # the point of Article 4(3) was checked, that Serbia is bound was not; the article on religion was not
    serbian = {norm.id: norm.verified for norm in rights_for("gendered_threat", "RS")}
    moldovan = {norm.id: norm.verified for norm in rights_for("gendered_threat", "MD")}
    assert (serbian["istanbul.4.3"], moldovan["istanbul.4.3"], moldovan["istanbul.12.5"]) == (False, True, False)


@given(st.sampled_from(PAIRS), st.sampled_from(TAGS))
def test_kosovo_is_never_named_without_the_footnote(pair, lang):
    for norm in (*rights_for(*pair), *withheld_for(*pair), *common_rights(pair[1])):
        assert kosovo_footnote(repr(norm)) in ("", norm.footnote)
        assert (norm.footnote == KOSOVO_NOTE) == (pair[1] == "XK")
    assert all(norm.text(lang).endswith(norm.footnote) for norm in rights_for(*pair))


@pytest.mark.parametrize("text", ["në Kosovë", "Косово", "Kosova'da", KOSOVO_NOTE])
def test_footnote_follows_any_spelling(text):
    assert kosovo_footnote("x", text) == KOSOVO_NOTE


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_norm_has_a_plain_sentence_in_every_language(lang):
    cyrillic = lang in ("sr", "mk")
    for narrative in NARRATIVES:
        for norm in (*rights_for(narrative, "AL"), *common_rights("AL")):
            sentence = norm.sentence(lang)
            assert sentence[0].isupper()
            assert sentence.endswith(".")
            assert len(sentence) <= 200
            assert any("Ѐ" <= letter <= "ӿ" for letter in sentence) == cyrillic
            assert lang == "en" or sentence != norm.sentence("en")


def test_twins_of_the_serbian_sentence():
    for narrative in NARRATIVES:
        for norm in rights_for(narrative, "RS"):
            assert not any("Ѐ" <= letter <= "ӿ" for letter in norm.sentence("sr-Latn"))
            assert norm.sentence("sr-Cyrl") == norm.sentence("sr")
            assert norm.sentence("bcms") == norm.sentence("bs")


@pytest.mark.parametrize("narrative", NARRATIVES)
def test_over_claim_line(narrative):
    plain = over_claim(narrative)
    assert plain.endswith(".")
    turkish = over_claim(narrative, "TR")
    leans_on_istanbul = [norm for norm in withheld_for(narrative, "TR") if norm.id.startswith("istanbul")]
    named = narrative in ("gendered_threat", "misogyny_women", "anti_gender")
    assert turkish.startswith(plain)
    assert ("left the Istanbul Convention" in turkish) == named
    assert not named or leans_on_istanbul


@pytest.mark.parametrize("given_name", ["rs", "RS", " Serbia ", "serbia"])
def test_a_country_by_code_or_name(given_name):
    assert rights_for("security_threat", given_name) == rights_for("security_threat", "RS")


@pytest.mark.parametrize("function", [rights_for, withheld_for, over_claim])
@pytest.mark.parametrize("country", ["HR", "", "Kosova", 3])
def test_unknown_country_lists_the_known(function, country):
    with pytest.raises(UnknownNameError) as error:
        function("security_threat", country)
    assert all(code in str(error.value) and name in str(error.value) for code, name in COUNTRIES.items())


def test_unknown_narrative_and_language_list_the_known():
    with pytest.raises(UnknownNameError, match="security_threat"):
        rights_for("crime", "RS")
    with pytest.raises(UnknownNameError, match="known: en"):
        rights_for("security_threat", "RS")[0].sentence("de")


def test_answers_cannot_be_changed_and_turn_into_json():
    norm = rights_for("misogyny_women", "XK")[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        norm.citation = "x"
    with pytest.raises(TypeError):
        norm.plain["en"] = "x"
    read = json.loads(json.dumps(norm.to_dict("sq")))
    assert read["sentence"] == norm.sentence("sq")
    assert read["binding"] is True
    assert read["footnote"] == KOSOVO_NOTE


@pytest.fixture
def damaged(tmp_path, monkeypatch):
    """Ship the file with one stretch of it changed."""

    def write(old: str, new: str):
        text = SHIPPED.read_text(encoding="utf-8")
        assert old in text
        (tmp_path / "datasets").mkdir()
        (tmp_path / "datasets" / "norms.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
        monkeypatch.setenv("NARRATIVES_HOME", str(tmp_path))
        norms._data.cache_clear()
        norms._split.cache_clear()

    yield write
    norms._data.cache_clear()
    norms._split.cache_clear()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('short = "UDHR"', 'short = "UDHR"\nlink = "x"', "Extra inputs"),
        ('countries = ["XK"], status = "domestic_law"', 'countries = ["RS"], status = "domestic_law"', "each of"),
        ('nature = "declaration"', 'nature = "treaty"', "not non_binding"),
        ('nature = "treaty"', 'nature = "recommendation"', "does not bind by itself"),
        (', carried_by = "the constitution, Article 22"', "", "carried_by"),
        ('plain = "dignity"', 'plain = "equality"', "plain sentence"),
        ('"udhr.11.1", "iccpr.14.2"', '"udhr.11.9", "iccpr.14.2"', "used but not written"),
        ("[narratives.invasion_flood]", "[narratives.invasion]", "narratives must be exactly"),
        ('articles = ["27"]', 'articles = ["28"]', "a reservation names an article"),
        ('tr = "Bütün', 'de = "Bütün', "one sentence in each"),
        ("format = 1", "format = ", "not a valid file"),
    ],
)
def test_a_file_at_odds_with_itself_is_refused(damaged, old, new, reason):
    damaged(old, new)
    with pytest.raises(InputError, match=reason):
        rights_for("security_threat", "RS")
