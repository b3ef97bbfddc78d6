from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
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


@settings(deadline=None)
@given(posts(), st.booleans())
def test_an_excerpt_is_one_short_line_without_control_characters(post, reveal):
    text, spans = post
    shown = show.excerpt(text, spans, reveal=reveal, width=40)
    assert len(shown.replace("‹", "").replace("›", "")) <= 42
    assert not [c for c in shown if unicodedata.category(c)[0] == "C" and c not in "\u200c\u200d"]
    assert len(shown.splitlines()) <= 1


def test_a_terminal_escape_in_a_post_has_no_effect():
    assert show.excerpt("a\x1b[31mred\u202eback\nnext", []) == "a [31mred back next"


def test_evidence_of_plain_words_stays_readable_whatever_it_speaks_for():
    words = [(0, 8, "expulsion_rights_denial"), (9, 12, "offensive"), (13, 18, "dehumanisation")]
    text = "migranti oni gamad"
    shown = show.excerpt(text, [Span(a, b, text[a:b], label, "model") for a, b, label in words], lang="sr")
    assert shown == "‹migranti› ‹oni› ‹g••••›"


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
    marked = show.excerpt("gamad", [Span(0, 5, "gamad", "offensive", "model")], lang="hr")
    assert marked == ("\x1b[4mg••••\x1b[0m" if coloured else "‹g••••›")
