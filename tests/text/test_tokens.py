"""Tokens and their offsets."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives.text import tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Türkiye'de kal!", [("Türkiye'de", "word"), ("kal", "word"), ("!", "punct")]),
        ("anti-migrant covid19", [("anti-migrant", "word"), ("covid19", "word")]),
        ("1.500 ljudi", [("1.500", "number"), ("ljudi", "word")]),
        ("@ana #azil", [("@ana", "mention"), ("#azil", "hashtag")]),
        ("https://example.org/x a@b.org", [("https://example.org/x", "url"), ("a@b.org", "email")]),
        ("🐀👍🏽", [("🐀", "emoji"), ("👍🏽", "emoji")]),
        ("с\u0301утра", [("с\u0301утра", "word")]),
        ("", []),
    ],
)
def test_kinds(text, expected):
    assert [(token.text, token.kind) for token in tokens(text)] == expected


@given(st.text(max_size=60))
def test_every_character_but_white_space_is_in_one_token(text):
    found = tokens(text)
    assert "".join(token.text for token in found) == "".join(text.split())
    assert all(text[token.start : token.end] == token.text for token in found)
    assert all(left.end <= right.start for left, right in pairwise(found))
