"""Spreading a folded text, and the way back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from narratives.backends.words import spread, spread_map


@given(st.text(alphabet="ab @/:.!_ čh\n", max_size=60))
def test_map_gives_the_same_text_and_leads_back_to_each_letter(text):
    seen, offsets = spread_map(text)
    assert seen == spread(text)
    assert len(offsets) == len(seen)
    for letter, offset in zip(seen, offsets, strict=True):
        assert letter in {" ", text[offset]}


def test_names_and_links_do_not_count():
    assert spread("@ana vidi https://primer.example/a?b=1 ovo") == "vidi ovo"
