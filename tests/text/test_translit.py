"""Cyrillic to Latin and back."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from narratives.text import to_cyrillic, to_latin

SERBIAN = "абвгдђежзијклљмнњопрстћуфхцчџш"


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("инјекција", "injekcija"),
        ("надживети", "nadživeti"),
        ("оджалити", "odžaliti"),
        ("конјунктура", "konjunktura"),
        ("Танјуг", "Tanjug"),
        ("ЉУБАВ", "LJUBAV"),
        ("Љубав", "Ljubav"),
        ("Његош и ЊЕГОШ", "Njegoš i NJEGOŠ"),
        ("џеп Џеп ЏЕП", "džep Džep DŽEP"),
        ("КОЊ", "KONJ"),
        ("Ђорђе Ћирић", "Đorđe Ćirić"),
        ("с\u0301утра, из\u0301ести", "śutra, iźesti"),
    ],
)
def test_serbian_both_ways(cyrillic, latin):
    assert to_latin(cyrillic, "sr") == latin
    assert to_cyrillic(latin, "sr") == cyrillic


@pytest.mark.parametrize(
    ("cyrillic", "latin"), [("Ѓорѓи", "Ǵorǵi"), ("ноќ", "noḱ"), ("ЅВЕЗДА", "DZVEZDA"), ("џам", "džam")]
)
def test_macedonian_both_ways(cyrillic, latin):
    assert to_latin(cyrillic, "mk") == latin
    assert to_cyrillic(latin, "mk") == cyrillic


@pytest.mark.parametrize(
    "kept", ["@пера_92", "https://пример.срб/љубав", "www.primer.rs/њ", "a.b@example.org", "Ελλάδα", "12 %"]
)
def test_addresses_and_names_stay(kept):
    assert to_latin(f"Ево {kept} овде") == f"Evo {kept} ovde"
    if kept.isascii():
        assert to_cyrillic(f"Evo {kept} ovde") == f"Ево {kept} овде"


def test_foreign_words_stay_latin():
    assert to_cyrillic("gledam Netflix i Twitter") == "гледам Netflix и Twitter"


@given(st.text(alphabet=SERBIAN + SERBIAN.upper() + " ,.!", max_size=40))
def test_round_trip_of_serbian_cyrillic(text):
    assume(not any(pair in text.lower() for pair in ("нј", "лј", "дж")))
    assert to_cyrillic(to_latin(text, "sr"), "sr") == text


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("Молдова", "Moldova"),
        ("лимба молдовеняскэ", "limba moldovenească"),
        ("чине", "cine"),
        ("ши кине", "și chine"),
        ("ынтребаре", "întrebare"),
    ],
)
def test_moldovan_cyrillic(cyrillic, latin):
    assert to_latin(cyrillic, "ro") == latin


@given(st.text(max_size=60))
def test_never_raises(text):
    for lang in ("sr", "mk"):
        to_latin(to_cyrillic(text, lang), lang)
    assert to_latin(to_latin(text, "ro"), "ro") == to_latin(text, "ro")
