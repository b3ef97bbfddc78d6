"""Language identification on sentences written for this test."""

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narratives.errors import UnknownNameError
from narratives.languages import GROUPS
from narratives.text import detect, detect_many, to_latin

SENTENCES = {
    "en": "My neighbours moved here last spring and opened a small bakery",
    "sq": "Fqinjët e mi erdhën këtu pranverën e kaluar dhe hapën një furrë të vogël",
    "bcms": "Moji susjedi su došli ovdje prošlog proljeća i otvorili malu pekaru",
    "mk": "Моите соседи дојдоа тука минатата пролет и отворија мала пекарница",
    "ro": "Vecinii mei au venit aici primăvara trecută și au deschis o brutărie mică",
    "tr": "Komşularım geçen bahar buraya taşındı ve küçük bir fırın açtı",
}


@pytest.mark.parametrize("group", GROUPS)
def test_sentences(group):
    guess = detect(SENTENCES[group])
    assert (guess.group, guess.code) == (group, group)
    assert 0.5 < guess.confidence < 1


@pytest.mark.parametrize(
    ("text", "group", "script"),
    [
        ("Нашим комшијама треба помоћ", "bcms", "Cyrl"),
        ("Ништа нам нису узели", "bcms", "Cyrl"),
        ("ђаци", "bcms", "Cyrl"),
        ("ќе видиме", "mk", "Cyrl"),
        ("sta kazes covece, sve je u redu", "bcms", "Latn"),
        ("cka po thot ky njeri", "sq", "Latn"),
        ("nu stiu ce sa mai zic", "ro", "Latn"),
        ("cok guzel bir gun oldu", "tr", "Latn"),
        ("faleminderit", "sq", "Latn"),
        ("değil mi?", "tr", "Latn"),
        ("hvala", "bcms", "Latn"),
        ("BUNU NEDEN YAPIYORSUNUZ", "tr", "Latn"),
        ("@marija https://t.co/x Nemam vremena za to 🙂 #nista", "bcms", "Latn"),
    ],
)
def test_short_and_untidy_posts(text, group, script):
    guess = detect(text)
    assert (guess.group, guess.script) == (group, script)


def test_macedonian_in_latin_letters():
    assert detect(to_latin(SENTENCES["mk"])).group == "mk"
    assert detect("Ne znam zosto gi nema, toj vo selo e so site drugi lugje").group == "mk"


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("", "Zyyy"),
        ("12:30 !!! 🙂", "Zyyy"),
        ("https://example.org @ana", "Zyyy"),
        ("Οι γείτονές μας ήρθαν εδώ", "Grek"),
        ("جيراننا جاءوا إلى هنا", "Arab"),
        ("Unsere Nachbarn sind im letzten Frühling hierher gezogen", "Latn"),
        ("Nuestros vecinos llegaron aquí la primavera pasada", "Latn"),
        ("Наши соседи приехали сюда прошлой весной и открыли пекарню", "Cyrl"),
        ("Нашите съседи дойдоха тук миналата пролет и отвориха малка пекарна", "Cyrl"),
    ],
)
def test_und_rather_than_a_guess(text, script):
    guess = detect(text)
    assert (guess.code, guess.group, guess.script, guess.confidence) == ("und", "und", script, 0.0)


@pytest.mark.parametrize(
    ("lang", "code", "group", "script"),
    [
        ("hr", "hr", "bcms", "Latn"),
        ("sr-Cyrl", "sr", "bcms", "Latn"),
        ("cnr", "cnr", "bcms", "Latn"),
        ("sh", "bcms", "bcms", "Latn"),
    ],
)
def test_the_caller_names_the_variety(lang, code, group, script):
    guess = detect(SENTENCES["bcms"], lang)
    assert (guess.code, guess.group, guess.script, guess.confidence) == (code, group, script, 1.0)


def test_named_script_counts_where_there_are_no_letters():
    assert detect("123", "sr-Cyrl").script == "Cyrl"


def test_unknown_language_is_an_error():
    with pytest.raises(UnknownNameError, match="known: en"):
        detect("text", "klingon")


def test_many_keeps_order_and_lengths_must_agree():
    texts = list(SENTENCES.values())
    assert [guess.group for guess in detect_many(texts)] == list(SENTENCES)
    assert [guess.code for guess in detect_many(texts[:2], ["hr", None])] == ["hr", "sq"]
    assert [guess.code for guess in detect_many(texts[:2], "hr")] == ["hr", "hr"]
    with pytest.raises(ValueError, match="zip"):
        detect_many(texts, ["hr"])


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gets_an_answer(text):
    guess = detect(text)
    assert guess.group in {*GROUPS, "und"}
    assert (guess.confidence == 0) == (guess.group == "und")


@pytest.mark.parametrize("piece", ["ж", "a b ", "@a ", "🙂", "\u0301", "the "])
def test_a_very_long_text_takes_no_longer_than_reading_it(piece):
    detect("warm up, please, the model is loaded now")
    start = time.perf_counter()
    detect(piece * (2_000_000 // len(piece)))
    assert time.perf_counter() - start < 0.5


def test_importing_loads_no_model():
    code = "import sys, narratives.text; assert not {'py3langid', 'ftfy', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
