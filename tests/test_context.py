"""What a reply copies from the post it answers is not its writer's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives.context import own_words
from narratives.text import to_cyrillic


@given(st.text(max_size=80), st.text(max_size=80))
def test_some_words_are_always_left_and_none_are_added(reply, parent):
    left = own_words(reply, parent, None)
    assert left == reply or set(left.split()) <= set(reply.split()) | {w[-1] for w in reply.split()}


def test_quoted_words_go_and_the_answer_stays(spoken):
    lang, parent = spoken
    answer = "xyz ! "
    assert own_words(f"{answer} {parent}", parent, lang).split() == answer.split()
    assert own_words(parent, parent, lang) == parent  # a mere repost is the writer's own


@pytest.mark.parametrize("lang", ["sr", "bs", "cnr"])
def test_the_other_script_is_still_a_copy(lang):
    parent = "ovo je samo jedan mali primer"
    assert own_words(f"ne: {to_cyrillic(parent, lang)}", parent, lang) == "ne:"


def test_parents_change_what_is_read(tiny_deep):
    parent = "one two three four five six"
    reply = f"no no {parent}"
    alone, answering = tiny_deep.score(reply, "en"), tiny_deep.score(reply, "en", parent=parent)
    assert answering.hostile == pytest.approx(tiny_deep.score("no no", "en").hostile, abs=1e-6)
    assert alone.narratives != answering.narratives
    assert alone.stance == answering.stance
