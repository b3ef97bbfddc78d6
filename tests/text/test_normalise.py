"""Normalising: what is undone, what must stay, and the map back to the original."""

import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from narratives.errors import UnknownNameError
from narratives.languages import LANGUAGES
from narratives.text import fold, normalise, normalise_text, to_latin

LANGS = [None, "und", "bcms", *LANGUAGES]

# Pieces that make the steps meet: marks, lookalikes, entities, leet, hashtags, digraphs, broken bytes, halves of emoji.
PIECES = [
    *("dj", "gj", "kj", "sh", "#", "@", "&amp;", "&", "amp;", "lt;", "aaa", "İ", "I", "ı", "ÃŸ", "Ã¶", "Å¡", "c", "с"),
    *("\u0301", "\u030c", "\u0345", "\u200d", "\ud83d", "\udc00", "\xa0", "\x85", "а", "a", "љ", "Ǆ", "ﬁ", "𝐌", "🐀"),
    *(
        "4",
        "0",
        "$",
        "1",
        "StopX",
        "www.",
        "http://",
        ".com",
        "_",
        "2023",
        "ş",
        "ţ",
        "ã",
        "дж",
        "я",
        "к",
        "Ð",
        "ё",
        "ΐ",
    ),
    *("ς", "Σ", "&#38;", "#38;", ";", "ß", "ẞ", "Ⓐ", "ªº", "ſ", "K", "Å", "đ", "j", "jj", "h", "ĳ", "m1gr4", " ", "\n"),
]
strange = st.one_of(
    st.text(max_size=30),
    st.lists(st.one_of(st.sampled_from(PIECES), st.characters()), max_size=14).map("".join),
    st.text(alphabet=st.characters(max_codepoint=0x530), max_size=30),
)


@settings(max_examples=300, deadline=None)
@given(strange, st.sampled_from(LANGS))
@example("", None)
@example("\u200b", None)
@example("&amp;lt;b&amp;gt;", "en")
@example("#0Ǆa", None)
def test_properties_of_any_text(text, lang):
    post = normalise(text, lang)

    assert (post.original, post.text, post.folded) == (text, normalise_text(text, lang), fold(text, lang)), (
        "fast = traced"
    )
    again = normalise(post.text, lang)
    assert (again.text, again.folded) == (post.text, post.folded), "twice = once"
    assert fold(post.folded, lang) == post.folded
    assert len(post.lower) == len(post.text)
    assert unicodedata.is_normalized("NFC", post.text)
    post.text.encode()  # no half characters are left
    for span, twin in ((post.span, post.text), (post.folded_span, post.folded)):
        assert span(0, len(twin)) == (0, len(text))
        before = (0, 0)
        for i in range(len(twin)):
            start, end = span(i, i + 1)
            assert 0 <= start <= end <= len(text)
            if len(twin) > 1:
                assert (start, end) >= before
                assert end >= before[1]
            before = (start, end)


@pytest.mark.parametrize(
    ("lang", "typed", "plain"),
    [
        ("en", "They STEAL our ＪＯＢＳ", "they steal our jobs"),
        ("sq", "Nuk duam më shumë premtime boshe", "nuk duam me shume premtime boshe"),
        ("bs", "Čuvajmo prijatelje i komšije", "cuvajmo prijatelje i komsije"),
        ("hr", "ŠTO ĆE BITI S ĐACIMA", "sto ce biti s dacima"),
        ("cnr", "Śutra će i źenica", "sutra ce i zenica"),
        ("sr", "Ђаци љубе Његоша и џем", "daci ljube njegosa i dzem"),
        ("mk", "Ѓубрето и ноќта", "gubreto i nokta"),
        ("ro", "Ştiinţă şi pâine", "stiinta si paine"),
        ("tr", "ISPARTA'DA ILIK ŞİİR", "isparta'da ilik siir"),
    ],
)
def test_folded_twin_of_every_language(lang, typed, plain):
    assert fold(typed, lang) == plain
    assert fold(plain.upper(), lang) == plain


@pytest.mark.parametrize(
    ("lang", "spellings"),
    [
        ("bcms", ["đubre", "djubre", "ђубре", "DJUBRE", "dubre", "Ðubre", "\u200bđu\u00adbre"]),
        ("bcms", ["ǉubav", "љубав", "ljubav", "LJUBAV"]),
        ("bcms", ["migranti", "мигранти", "m1granti", "mіgrаnti", "𝐦𝐢𝐠𝐫𝐚𝐧𝐭𝐢", "MIGRANTI"]),
        ("mk", ["ноќ", "nokj", "noḱ", "nok"]),
        ("mk", ["луѓе", "lugje", "luǵe"]),
        ("mk", ["жена", "zhena", "žena", "zena"]),
        ("tr", ["sığınmacı", "siginmaci", "SIĞINMACI", "SIGINMACI", "sıg\u0306ınmacı"]),
        ("ro", ["țară", "ţară", "tara", "țarã", "ŢARĂ"]),
    ],
)
def test_ways_of_typing_a_word_meet(lang, spellings):
    assert len({fold(spelling, lang) for spelling in spellings}) == 1


def test_cyrillic_and_latin_twins_fold_alike():
    for text, lang in (("Његови ђаци су у џунгли, надживели су све", "sr"), ("Ѓорѓи и ќерка му, ѕвезда и џам", "mk")):
        assert fold(text, lang) == fold(to_latin(text, lang), lang)


@pytest.mark.parametrize(
    "text",
    [
        "covid19",
        "2023",
        "4x4",
        "b2b",
        "1000000",
        "@m1granti",
        "http://m1granti.example/aaa",
        "www.aaaa.rs",
        "G20",
        "US$",
    ],
)
def test_what_must_stay(text):
    assert normalise_text(text) == text


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("m1gr4nt1 d0laze", "migranti dolaze"),
        ("NOOOOO!!!!", "NOO!!"),
        ("#StopNaseljavanje", "Stop Naseljavanje"),
        ("#Izbori2024", "Izbori 2024"),
        ("#stop_nasilju", "stop nasilju"),
        ("#migranti", "#migranti"),
        ("kÃ¶y Å¡uma", "köy šuma"),
        ("a &amp;amp; b", "a & b"),
        ("paypаl", "paypal"),
        ("мигpaнти", "мигранти"),
        ("COVIDом", "COVIDом"),
        ("hr\u00advat\u200bska", "hrvatska"),
        ("\ud83d\udc00", "🐀"),
    ],
)
def test_what_is_undone(typed, read):
    assert normalise_text(typed) == read


def test_quotation_marks_are_kept():
    assert normalise_text("„Ne“, rekao je “on” i «ona»") == "„Ne“, rekao je “on” i «ona»"


def test_cedillas_turn_to_commas_in_romanian_only():
    assert normalise_text("şţ", "ro") == "șț"
    assert normalise_text("şţ", "tr") == normalise_text("şţ") == "şţ"


def test_lower_case_by_language():
    assert normalise("ILIK İL", "tr").lower == "ılık il"
    assert normalise("ILIK İL", "en").lower == "ilik il"


def test_emoji_give_cues_and_words_in_the_folded_twin():
    post = normalise("evo 🐀🐀 i 🔥", "hr")
    assert post.cues == ("rat", "rat", "flame")
    assert post.folded.split() == ["evo", "emoji_rat", "emoji_rat", "i", "emoji_flame"]
    assert post.text == "evo 🐀🐀 i 🔥"


@pytest.mark.parametrize(
    ("original", "word", "found"),
    [
        ("Baš je #TeškoStablo!!!", "Stablo", "Stablo"),
        ("Neeeeema \u200bмигранaта ovde", "ovde", "ovde"),
        ("su\u00adtra", "sutra", "su\u00adtra"),
        ("vidi ﬁlm sada", "sada", "sada"),
        ("kÃ¶y yolu", "yolu", "yolu"),
    ],
)
def test_spans_point_at_the_word_in_the_original(original, word, found):
    post = normalise(original, "bcms")
    for span, twin, needle in ((post.span, post.text, word), (post.folded_span, post.folded, fold(word, "bcms"))):
        at = twin.index(needle)
        start, end = span(at, at + len(needle))
        assert original[start:end] == found


def test_offsets_outside_the_text_are_clipped():
    post = normalise("abc")
    assert post.span(-5, 99) == (0, 3)
    assert post.span(2, 1) == (2, 2)
    assert post.span(7, 9) == (3, 3)


def test_unknown_language_is_an_error():
    with pytest.raises(UnknownNameError, match="known: en"):
        normalise("a", "xx")


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "a1",
        "#",
        "#Aa",
        "@a",
        "a.",
        "a@",
        "&amp;",
        "Ã¶",
        "e\u0301\u0323",
        "\u0301\u0323",
        "aа",
        "www.",
        "🐀",
        "a_B",
        "1 ",
        "к",
    ],
)
def test_time_is_linear(piece):
    def took(size):
        text = piece * (size // len(piece))
        start = time.perf_counter()
        fold(text, "bcms")
        return time.perf_counter() - start

    took(1_000)
    short = min(took(20_000) for _ in range(3))
    assert took(100_000) < 20 * max(short, 0.002)  # quadratic would be 25 times
