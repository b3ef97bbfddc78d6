from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narratives import resources
from narratives.errors import InputError, UnknownNameError
from narratives.languages import LANGUAGES
from narratives.responses.draft import CHECKLIST, LEVELS, check_draft
from narratives.responses.draft.names import people_named
from narratives.responses.draft.words import _read, lists
from narratives.results import Span
from narratives.taxonomy import KOSOVO_NOTE

HALVES = ("tune", "held_out")
PARTS = (*HALVES, "later")  # written when the lists were done
GOOD = "We all want to get home safely. Let us ask the council for lamps together."


def codes(text, lang="en", **more):
    return check_draft(text, lang, **more).codes


def drafts(lang):
    path = resources.find("datasets/drafts") / f"{lang}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def found(row):
    return codes(row["text"], row["lang"], country=row.get("country"), post_severity=row.get("post_severity"))


@pytest.mark.checkout
def test_planted_faults_are_found_and_good_drafts_left_alone():
    """The figures of the issue, on the half that the lists were tuned on and on the half that they were not."""
    rows = [row for lang in LANGUAGES for row in drafts(lang)]
    assert {row["origin"] for row in rows} == {"authored"}
    assert sum(bool(row["plant"]) for row in rows) >= 300
    assert sum(not row["plant"] for row in rows) >= 100
    for half in PARTS:
        planted = [(row["plant"][0] in found(row)) for row in rows if row["plant"] and row["half"] == half]
        alarms = [bool(found(row)) for row in rows if not row["plant"] and row["half"] == half]
        assert sum(planted) / len(planted) >= 0.90, half
        assert sum(alarms) <= 0.05 * len(alarms), half


@pytest.mark.checkout
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_check_has_two_drafts_in_every_language(lang):
    rows = drafts(lang)
    assert len({row["id"] for row in rows}) == len(rows)
    for code in LEVELS:
        assert {row["half"] for row in rows if row["plant"] == [code]} >= set(HALVES)
    hits = [row["plant"][0] in found(row) for row in rows if row["plant"]]
    assert sum(hits) / len(hits) >= 0.85


@pytest.mark.parametrize("lang", LANGUAGES)
def test_lists_are_folded_and_complete(lang):
    file = _read(lang)
    assert set(file.better) == set(LEVELS)
    assert set(lists("en").words) - set(lists(lang).words) <= {"bad_deed"}  # Turkish denies with a suffix
    for name, entries in file.words.items():
        for entry in entries.split(","):
            letters = "".join(c if c.isalnum() else " " for c in entry.replace("\\w", " "))
            assert letters.isascii(), (name, entry)
            assert letters == letters.lower(), (name, entry)


@pytest.mark.parametrize("text", ["", "  \n", None, 5])
def test_an_empty_draft_is_refused(text):
    with pytest.raises(InputError, match="expected a text"):
        check_draft(text, "en")


def test_an_unknown_language_is_refused():
    with pytest.raises(UnknownNameError, match="cnr"):
        check_draft("Zdravo", "sl")


def test_a_good_draft_passes_with_questions_for_people():
    result = check_draft(GOOD, "en")
    assert result.passed
    assert not result.findings
    assert result.checklist == CHECKLIST
    panel = {"participation", "accountability", "non-discrimination", "empowerment", "legality", "gender"}
    assert panel <= {question.principle for question in CHECKLIST}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_finding_has_place_reason_and_better_wording(lang):
    text = "#StopInvasion @somebody 0691234567, 45% !!"
    result = check_draft(text, lang)
    assert result.stopped
    for finding in result.findings:
        assert finding.text == text[finding.start : finding.end]
        assert finding.reason
        assert finding.better
    assert json.loads(json.dumps(result.to_dict()))["stopped"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.findings[0].code = "ACCESS"


@given(st.text(min_size=1, max_size=200), st.sampled_from(list(LANGUAGES)))
@settings(max_examples=60, deadline=None)
def test_any_text_can_be_checked(text, lang):
    if not text.strip():
        return
    result = check_draft(text, lang)
    for finding in result.findings:
        assert 0 <= finding.start <= finding.end <= len(text)
        assert finding.text == text[finding.start : finding.end]
    assert KOSOVO_NOTE not in result.fixed or "KOSOVO_NOTE" in result.codes or KOSOVO_NOTE in text


class FlagsEverything:
    def __init__(self, reading, labels):
        self.reading, self.labels, self.asked = reading, labels, []

    def score(self, text, lang=None):
        self.asked.append(lang)
        return self.reading("sr", self.labels, 3, evidence=(Span(0, 4, text[:4], "hate", "model"),))


def test_a_scorer_stops_what_no_list_holds(reading):
    scorer = FlagsEverything(reading, ("hate",))
    result = check_draft("Добар дан комшије, видимо се сутра.", "sr", scorer=scorer)
    assert "COUNTER_HATE" in result.codes
    assert result.stopped
    assert scorer.asked == ["sr"]
    told = check_draft(GOOD, "en", score=reading("en", ("invasion_flood",)))
    assert told.codes == ("AMPLIFY",)
    assert check_draft(GOOD, "en", score=reading("en", (), 0, decision="clear")).passed
    assert check_draft(GOOD, "en", score=reading("en", ("hate",), 2, decision="review")).passed


def test_a_threat_is_not_answered(reading):
    assert "THREAT_REPLY" in codes(GOOD, post_severity=4)
    assert "THREAT_REPLY" in codes(GOOD, post_score=reading("en", ("violence_incitement",), 4))
    assert "THREAT_REPLY" not in codes(GOOD, post_score=reading("en", ("welfare_burden",), 2))


def test_consent_lets_a_story_through():
    story = 'We all want to be heard. "They beat me at the river and took my shoes," a woman told us. Sign with us.'
    assert "CONSENT" in codes(story)
    assert "CONSENT" not in codes(story, consent=True)


def test_hashtags_and_addresses_of_the_post_are_not_carried_further():
    post = "Enough! #OurTownFirst https://example.org/enough"
    text = f"{GOOD} #OurTownFirst https://example.org/enough"
    assert "AMPLIFY" in codes(text, post=post)
    assert "AMPLIFY" not in codes(f"{GOOD} #lamps https://example.org/lamps", post=post)


@pytest.mark.parametrize(
    ("text", "alarm"),
    [
        ("We share 45% of the costs. Come.", True),
        ("We share costs: 45% in 2023 according to the Statistics Office. Come.", False),
        ("Safe streets: we meet at 10:30 on 14.5.2026 at 12 Station Road. Come.", False),
        ("Safe streets: Article 26 and Protocol 12 protect us. Come.", False),
        ("Safe homes for 3,400 families. Come.", True),
        ("Our help line is 0800 123 456. Come, be safe.", False),
        ("Care: my aunt is 74 years old. Come and greet her.", False),
        ("Studies show that kindness works. Come.", True),
    ],
)
def test_only_figures_need_a_source(text, alarm):
    assert ("UNSOURCED" in codes(text)) == alarm


@pytest.mark.parametrize(
    ("text", "lang", "named"),
    [
        ("Our neighbour Samir Haddad cooks.", "en", True),
        ("Naša komšinica Olena Kovalenko peva.", "sr", True),
        ("Комшија Јусуф Хадад пева.", "sr", True),
        ("Vecina noastră Oksana Bondarenko cântă.", "ro", True),
        ("Komşumuz Ahmet Yılmaz geldi.", "tr", True),
        ("Fqinji ynë Arben Hoxhaj këndon.", "sq", True),
        ("We met in Banja Luka and Novi Pazar.", "en", False),
        ("The Council of Europe and the United Nations agree.", "en", False),
        ("Živimo u Banjoj Luci, a radimo u Novom Sadu.", "bs", False),
        ("Avrupa Konseyi karar verdi, Türkiye Büyük Millet Meclisi görüştü.", "tr", False),
    ],
)
def test_private_persons_are_found_and_places_are_not(text, lang, named):
    assert bool(people_named(text, lang)) == named


@pytest.mark.parametrize(
    ("text", "country", "alarm"),
    [
        ("The Istanbul Convention protects every woman.", "TR", True),
        ("The Istanbul Convention protects every woman.", "RS", False),
        ("Protocol 12 protects us.", "MD", True),
        ("Protocol 12 protects us.", "ME", False),
        ("The European Court of Human Rights hears us.", "XK", True),
        ("The European Court of Human Rights hears us.", "AL", False),
        ("The Digital Services Act protects us.", "RS", True),
        ("A court decides whether this is a crime.", "RS", False),
        ("This is a crime.", "RS", True),
    ],
)
def test_law_is_not_over_claimed(text, country, alarm):
    assert ("LEGAL_CLAIM" in codes(text, country=country)) == alarm


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_note_on_resolution_1244_is_added(lang):
    result = check_draft("Kosovo", lang)
    assert "KOSOVO_NOTE" in result.codes
    assert result.fixed.endswith(KOSOVO_NOTE)
    assert "KOSOVO_NOTE" not in check_draft(result.fixed, lang).codes


def test_both_scripts_of_serbian_are_read_alike():
    latin = "Pravda počinje istinom. Izbeglice nisu kriminalci."
    cyrillic = "Правда почиње истином. Избеглице нису криминалци."
    assert codes(latin, "sr-Latn") == codes(cyrillic, "sr-Cyrl") == codes(cyrillic, "sr")


@pytest.fixture
def edited(tmp_path, monkeypatch):
    """Ship the English list with one stretch of it changed."""
    from narratives.responses.draft import words

    folder = tmp_path / "datasets" / "draft_check"
    shipped = resources.find("datasets/draft_check/en.toml").read_text(encoding="utf-8")

    def write(old: str, new: str):
        assert old in shipped
        folder.mkdir(parents=True)
        (folder / "en.toml").write_text(shipped.replace(old, new, 1), encoding="utf-8")
        monkeypatch.setenv("NARRATIVES_HOME", str(tmp_path))
        words.lists.cache_clear()

    yield write
    words.lists.cache_clear()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("\nneg = ", "\nnegation = ", "no class"),
        ("\nneg = ", '\nneg = "(" #', "wrong entry"),
        ("[better]", "[best]", "not a valid word list"),
    ],
)
def test_a_damaged_list_is_refused(edited, old, new, reason):
    edited(old, new)
    with pytest.raises(InputError, match=reason):
        check_draft(GOOD, "en")
