"""What is taken out of a post, and what stays. All numbers are made up to fit or to miss a check digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives.text import redact


def jmbg(first: str) -> str:
    rest = 11 - sum(int(d) * w for d, w in zip(first, (7, 6, 5, 4, 3, 2) * 2, strict=True)) % 11
    return first + str(rest if rest < 10 else 0)


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("@pera_92 idi kuci", "@USER idi kuci"),
        ("vidi https://example.org/a?b=1#c odmah", "vidi [URL] odmah"),
        ("na www.primer.rs/put i blic.rs", "na [URL] i [URL]"),
        ("pisi ana.m+1@posta.example.org.", "pisi [EMAIL]."),
        ("zovi +381 64 123 45 67!", "zovi [PHONE]!"),
        ("tel 00389 70 123 456", "tel [PHONE]"),
        ("0532 123 45 67 numara", "[PHONE] numara"),
        ("(021) 555-333", "[PHONE]"),
        ("069/123-456, zovi", "[PHONE], zovi"),
        (f"JMBG {jmbg('010199071000')}", "JMBG [ID]"),
        ("OIB 69435151530", "OIB [ID]"),
        ("TC 10000000146", "TC [ID]"),
        ("CNP 1800101221144", "CNP [ID]"),
        ("IDNP 2000000000004", "IDNP [ID]"),
        ("NID J00101999W", "NID [ID]"),
    ],
)
def test_what_is_taken_out(text, redacted):
    assert redact(text).text == redacted


@pytest.mark.parametrize(
    "text",
    [
        "1234567890123",
        "OIB 69435151531",
        "NID J00101999X",
        "2023. godine 1.500.000 ljudi",
        "01.02.2023",
        "u 12:30, soba 064",
        "cijena 0,50 ili 100000000",
        "nema.Al to je to",
        "5 @ 3",
        "[URL] @USER [ID] [EMAIL] [PHONE]",
    ],
)
def test_what_stays(text):
    assert redact(text).text == text
    assert redact(text).spans == ()


def test_spans_point_into_the_text_as_given():
    text = "@ana, javi se na 064 123 45 67"
    found = [(text[start:end], kind) for start, end, kind in redact(text).spans]
    assert found == [("@ana", "USER"), ("064 123 45 67", "PHONE")]


@given(st.one_of(st.text(max_size=60), st.text(alphabet="0123456789+ /.-()@a[]:wW\n,J", max_size=60)))
def test_twice_is_once(text):
    once = redact(text)
    assert redact(once.text).text == once.text
    assert all(0 <= start < end <= len(text) for start, end, _ in once.spans)
