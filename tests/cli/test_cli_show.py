from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives.cli import show
from narratives.results import Span


@st.composite
def posts(draw):
    """A post with spans that may touch, overlap or repeat."""
    text = draw(st.text(max_size=200))
    places = draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=4))
    labels = st.sampled_from(["hate", "offensive", "dehumanisation", "welfare_burden"])
    return text, [Span(min(p), max(p), text[min(p) : max(p)], draw(labels), "model") for p in places]


@given(posts())
def test_masking_keeps_every_offset(post):
    text, spans = post
    masked = show.mask(text, spans)
    assert len(masked) == len(text)
    assert all(a in (b, "•") for a, b in zip(masked, text, strict=True))


@given(posts(), st.booleans())
def test_an_excerpt_is_one_short_line_without_control_characters(post, reveal):
    text, spans = post
    shown = show.excerpt(text, spans, reveal=reveal, width=40)
    assert len(shown.replace("‹", "").replace("›", "")) <= 42
    assert not [c for c in shown if unicodedata.category(c)[0] == "C" and c not in "\u200c\u200d"]
    assert len(shown.splitlines()) <= 1


def test_a_terminal_escape_in_a_post_has_no_effect():
    assert show.excerpt("a\x1b[31mred\u202eback\nnext", []) == "a [31mred back next"


def test_first_letter_and_dots():
    spans = [Span(5, 22, "#bad pests, d'une", "dehumanisation", "cue")]
    assert show.mask("They #bad pests, d'une go", spans) == "They #b•• p••••, d'••• go"


def test_story_evidence_stays_readable():
    assert show.mask("free flats", [Span(0, 4, "free", "welfare_burden", "model")]) == "free flats"


@pytest.mark.parametrize("word", ["Šiptari", "шиптарите", "Çingeneler", "ÇİNGENE", "țiganii", "maxhupët"])
def test_known_slurs_are_masked_without_evidence(word):
    assert show.mask(f"x {word}.", []) == f"x {word[0]}{'•' * (len(word) - 1)}."


@pytest.mark.parametrize("word", ["Pakistan", "pakistanski", "ciorba", "arapski", "Roma", "hohote"])
def test_ordinary_words_are_not(word):
    assert show.mask(word, []) == word


def test_overlapping_evidence_is_marked_once():
    spans = [Span(0, 5, "pests", "hate", "model"), Span(0, 5, "pests", "offensive", "model")]
    assert show.excerpt("pests out", spans, reveal=True) == "‹pests› out"


@pytest.mark.parametrize(
    ("tty", "env", "coloured"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_colour_only_on_a_terminal_that_wants_it(monkeypatch, tty, env, coloured):
    monkeypatch.setattr(show.sys, "stdout", type("Stream", (), {"isatty": lambda self: tty})())
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    marked = show.excerpt("pests", [Span(0, 5, "pests", "offensive", "model")])
    assert marked == ("\x1b[4mp••••\x1b[0m" if coloured else "‹p••••›")
