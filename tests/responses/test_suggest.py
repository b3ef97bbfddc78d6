from __future__ import annotations

import json
import re
import time

import pytest

from narratives import resources
from narratives.errors import InputError, UnknownNameError
from narratives.languages import LANGUAGES
from narratives.responses.draft import check_draft
from narratives.responses.draft.law import claims_elsewhere
from narratives.responses.norms import COUNTRIES, rights_for, withheld_for
from narratives.responses.suggest import suggest
from narratives.responses.templates import LOCAL_LANGUAGE, STRATEGIES
from narratives.results import Span
from narratives.taxonomy import KOSOVO_NOTE, NARRATIVES
from narratives.text.normalise import fold

ANSWERABLE = [id for id in NARRATIVES if id != "violence_incitement"]
HOME = {"en": "XK", "sq": "AL", "bs": "BA", "hr": "BA", "cnr": "ME", "sr": "RS", "mk": "MK", "ro": "MD", "tr": "TR"}


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_norm_that_does_not_bind_is_never_cited(ready, country):
    for lang in ready:
        for narrative in ANSWERABLE:
            held = {norm.citation for norm in withheld_for(narrative, country)}
            for channel in ("comment", "post", "statement"):
                found = suggest(narrative, country=country, lang=lang, channel=channel, n=9)
                for reply in found:
                    assert reply.rights
                    assert all(norm.country == country for norm in reply.rights)
                    assert all(norm.binding or "guidance" in norm.text() for norm in reply.rights)
                    assert not held & {norm.citation for norm in reply.rights}
                    assert not claims_elsewhere(reply.text, lang, country)


def test_turkiye_is_never_told_that_the_istanbul_convention_binds(ready):
    for lang in ready:
        for narrative in ("gendered_threat", "misogyny_women", "anti_gender"):
            for reply in suggest(narrative, country="TR", lang=lang, n=9):
                assert not any(norm.id.startswith("istanbul") for norm in reply.rights)


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_footnote_goes_with_every_answer_that_names_kosovo(ready, country):
    lang = LOCAL_LANGUAGE[country] if LOCAL_LANGUAGE[country] in ready else "en"
    for narrative in NARRATIVES:
        found = suggest(narrative, country=country, lang=lang)
        assert (found.footnote == KOSOVO_NOTE) == (country == "XK") or "osov" in repr(found.replies)
        for reply in (*found, *found.protocol):
            named = re.search("(?i)kosov|косов", reply.text)
            assert (KOSOVO_NOTE in reply.publishable) == bool(named)


@pytest.mark.parametrize("country", COUNTRIES)
def test_severity_four_gets_no_reply_but_a_protocol_and_routes(reading, ready, country):
    lang = LOCAL_LANGUAGE[country] if LOCAL_LANGUAGE[country] in ready else "en"
    for narrative in NARRATIVES:
        found = suggest(reading(lang, (narrative,), 4), country=country)
        assert not found
        assert found.triage.action == "protect"
        assert found.routes
        assert found.why_empty
        assert all(reply.use == "protocol" for reply in found.protocol)
        assert len(found.protocol) >= 2
    assert not suggest("violence_incitement", country=country, lang=lang)
    assert not suggest("welfare_burden", country=country, lang=lang, severity=4)


@pytest.mark.parametrize("risk", [{"child": True}, {"named_person": True}, {"post": "Samir Haddad again, of course."}])
def test_a_child_or_a_named_person_gets_no_reply(reading, risk):
    found = suggest(reading("en", ("welfare_burden",)), country="RS", **risk)
    assert not found
    assert found.triage.action == "protect"
    assert suggest(reading("en", ("welfare_burden",)), country="RS", **{**risk, "child": False, "named_person": False})


@pytest.mark.parametrize(
    ("score", "reason"),
    [
        ({"labels": ("hate",), "severity": None, "stance": None}, "person must read|does not say which|named"),
        ({"severity": 0, "decision": "clear"}, "nothing to answer"),
        ({"severity": None, "decision": "unsupported"}, "could not be read"),
        ({"severity": 1, "stance": "countered"}, "stance: countered"),
        ({"severity": 1, "stance": "self"}, "stance: self"),
    ],
)
def test_an_empty_answer_says_why(reading, score, reason):
    found = suggest(reading(**score), country="RS")
    assert len(found) == 0
    assert re.search(reason, found.why_empty)


def test_a_model_without_narratives_can_be_helped_by_a_person(reading):
    linear = reading("sr", ("hate",), None, stance=None)
    assert len(suggest(linear, country="RS", narrative="welfare_burden")) == 3


def test_ranking_is_the_same_each_time_and_diverse(lang):
    for narrative in ANSWERABLE:
        first = suggest(narrative, country="RS", lang=lang)
        assert first == suggest(narrative, country="RS", lang=lang)
        strategies = [reply.strategy for reply in first]
        assert len(set(strategies)) == len(strategies)
        assert suggest(narrative, country="RS", lang=lang, n=1)[0] == first[0]


def test_strategy_audience_and_channel_are_kept():
    for reply in suggest("welfare_burden", country="TR", strategy="empathy", n=9):
        assert reply.strategy == "empathy"
    assert {reply.strategy for n in ANSWERABLE for reply in suggest(n, country="TR", n=99)} <= set(STRATEGIES[:6])
    humour = suggest("welfare_burden", country="TR", strategy="humour")
    assert not humour
    assert "another strategy" in humour.why_empty
    first = suggest("welfare_burden", country="TR", audience="decision", channel="statement")[0]
    assert first.channel == "statement"
    assert len(first.text) <= 2500


def test_severity_one_and_three_are_answered_elsewhere(reading):
    for severity in (1, 3):
        found = suggest(reading("tr", ("dehumanisation",), severity), country="TR")
        assert found
        assert {reply.use for reply in found} == {"own_page"}
    assert {reply.use for reply in suggest(reading("tr", ("welfare_burden",), 2), country="TR")} == {"thread"}


def test_a_named_narrative_that_is_not_answered_is_told(reading):
    post = reading("tr", ("expulsion_rights_denial",), 3)
    found = suggest(post, country="TR", narrative="invasion_flood", audience="base")
    assert found.narrative == "expulsion_rights_denial"
    assert found.notes[0].startswith("No text for invasion_flood is meant for words as heavy")
    assert "No text for" not in " ".join(suggest(post, country="TR").notes)


def test_the_language_is_that_of_the_post_then_of_the_country(reading):
    assert suggest("welfare_burden", country="RS").lang == "sr"
    assert suggest(reading("tr", ("welfare_burden",)), country="RS").lang == "tr"
    assert suggest(reading("sr", ("welfare_burden",), script="Latn"), country="RS").lang == "sr-Latn"
    latin = suggest(reading("bcms", ("welfare_burden",), script="Latn"), country="RS")
    assert latin.lang == "sr-Latn"
    assert not re.search("[\u0400-\u04ff]", latin[0].text)
    assert suggest(reading("bcms", ("welfare_burden",)), country="BA").lang == "bs-Latn"
    assert suggest("welfare_burden", country="ME", lang="en").lang == "en"


def test_a_reply_shares_no_hashtag_name_or_cue_with_the_post(reading):
    plain = suggest("invasion_flood", country="TR", n=9)
    word = next(w for w in re.findall(r"\b[A-ZÇĞİÖŞÜ]\w{4,}", " ".join(r.text for r in plain)[1:]))
    tagged = suggest("invasion_flood", country="TR", n=9, post=f"Hayır #{word}")
    named = suggest("invasion_flood", country="TR", n=9, post=f"hep bu {word} yüzünden", named_person=False)
    cue = reading("tr", ("invasion_flood",), evidence=(Span(0, len(word), word, "invasion_flood", "cue"),))
    for found in (tagged, named, suggest(cue, country="TR", n=9)):
        assert len(found) < len(plain)
        assert all(fold(word, "tr")[:6] not in fold(reply.text, "tr").split() for reply in found)


def test_every_text_says_that_it_is_a_draft_and_turns_into_json():
    found = suggest("gendered_threat", country="XK", lang="tr")
    assert all(reply.status.startswith("draft") for reply in found)
    out = json.loads(json.dumps(found.to_dict(), ensure_ascii=False))
    assert out["replies"][0]["text"] == found[0].text
    assert out["footnote"] == KOSOVO_NOTE
    assert all(norm["status"] != "not_party" for norm in out["replies"][0]["rights"])


@pytest.mark.parametrize(
    ("change", "error", "reason"),
    [
        ({"country": "HR"}, UnknownNameError, "XK"),
        ({"audience": "all"}, UnknownNameError, "middle"),
        ({"channel": "tweet"}, UnknownNameError, "comment"),
        ({"strategy": "irony"}, UnknownNameError, "empathy"),
        ({"narrative": "aliens"}, UnknownNameError, "welfare_burden"),
        ({"n": 0}, InputError, "from 1"),
        ({"slots": {"fact": "9 of 10"}}, InputError, "source and date"),
        ({"severity": 7}, InputError, "0 to 4"),
    ],
)
def test_a_wrong_argument_is_refused(change, error, reason):
    with pytest.raises(error, match=reason):
        suggest("welfare_burden", **{"country": "RS", **change})


def test_a_suggestion_costs_less_than_a_millisecond(reading, ready):
    cases = [
        (reading(lang, (narrative,)), HOME[lang], f"Neki post broj {i} o ljudima #naslov sa Dunava, i jos malo teksta.")
        for lang in ready
        for i, narrative in enumerate(ANSWERABLE)
    ]
    for score, country, post in cases:
        suggest(score, country=country, post=post)
    times = []
    for score, country, post in cases:
        start = time.perf_counter()
        suggest(score, country=country, post=post)
        times.append(time.perf_counter() - start)
    assert sorted(times)[len(times) // 2] < 0.001


@pytest.mark.checkout
@pytest.mark.parametrize("lang", LANGUAGES)
def test_authored_hostile_posts(reading, ready, lang):
    """Thirty hostile posts a language: nothing hostile comes back, and nothing at all at severity 4."""
    if lang not in ready:
        pytest.skip(f"no templates for {lang} yet")
    try:
        path = resources.find(f"datasets/posts/{lang}.jsonl")
    except FileNotFoundError:
        pytest.skip(f"no posts in {lang} yet")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    hostile = [row for row in rows if row["stance"] == "asserted" and row["narratives"]]
    chosen = hostile[:: max(1, len(hostile) // 30)][:30] + [row for row in hostile if row["severity"] == 4][:5]
    answered = 0
    for row in chosen:
        post = row["text"]
        score = reading(lang, tuple(row["narratives"]), row["severity"], script=row["script"])
        found = suggest(score, country=HOME[lang], post=post, named_person=False)
        if row["severity"] == 4:
            assert not found
        answered += bool(found)
        marks = re.findall(r"[#@]\w+", post) + [w for w in re.findall(r"(?<=\w )\w{4,}", post) if w[0].isupper()]
        for reply in found:
            assert not any(fold(mark, lang)[:6] in fold(reply.text, lang).split() for mark in marks)
            assert not check_draft(reply.text, lang, country=HOME[lang], post=post).stopped
            allowed = {norm.id for n in NARRATIVES for norm in rights_for(n, HOME[lang])}
            assert all(norm.id in allowed or norm.binding for norm in reply.rights)
    assert answered >= 0.8 * sum(row["severity"] < 4 for row in chosen)
