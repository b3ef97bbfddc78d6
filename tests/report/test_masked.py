"""Harsh words behind their first letter, names of groups in plain sight, in every language."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narratives.cli.show import excerpt
from narratives.languages import LANGUAGES
from narratives.lexicon import lexicon, matches
from narratives.report.masked import masked
from narratives.report.shown import shown
from narratives.results import LanguageGuess, ModelInfo, PostScore, Span
from narratives.text import fold

TAGS = [None, "und", "bcms", *LANGUAGES]


@settings(deadline=None)  # lists are read on first use
@given(st.text(max_size=200), st.sampled_from(TAGS))
def test_every_offset_is_kept(text, lang):
    plain = masked(text, lang)
    assert len(plain) == len(text)
    assert all(a in (b, "•") for a, b in zip(plain, text, strict=True))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_names_of_groups_and_plain_sentences_stay_readable(lang):
    words = lexicon(lang)
    for i, name in enumerate(name for names in words.groups.values() for name in names):
        text = words.sentences[i % len(words.sentences)].format(name)
        assert masked(text, lang) == text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_slurs_and_hostile_words_do_not(lang):
    found = [c.stem + c.endings[0] for c in lexicon(lang).cue if c.tone in ("S", "H") and " " not in c.stem]
    group = LANGUAGES[lang].group
    found = [w for w in found if w.isalpha() and any(m.cue.tone in ("S", "H") for m in matches(fold(w, lang), group))]
    assert len(found) > 20
    for word in found:
        hidden = word[0] + "•" * (len(word) - 1)
        assert masked(f"x {word}!", lang) == f"x {hidden}!"
        assert masked(f"x {word}!", group) == f"x {hidden}!"


def test_loaded_words_stay():
    for lang in LANGUAGES:
        loaded = [c.stem + c.endings[0] for c in lexicon(lang).cue if c.tone == "L" and len(c.stem) > 4]
        assert any(masked(word, lang) == word for word in loaded)


@pytest.mark.parametrize("word", ["Šiptari", "шиптарите", "Çingeneler", "ÇİNGENE", "țiganii", "maxhupët"])
def test_slurs_are_hidden_where_the_language_is_not_known(word):
    assert masked(f"x {word}.") == f"x {word[0]}{'•' * (len(word) - 1)}."


@pytest.mark.parametrize(
    "word", ["Pakistan", "pakistanski", "ciorba", "arapski", "Roma", "hohote", "migranti", "мигранти"]
)
def test_ordinary_words_are_not(word):
    assert masked(word) == word


class Marks:
    """A scorer that marks every word, for a head of hostility."""

    def score(self, text, lang=None, evidence=True):
        spans = [Span(*m.span(), m[0], "dehumanisation", "model") for m in re.finditer(r"\w+", text)]
        info = ModelInfo("marks", "0", "0" * 64)
        return PostScore(LanguageGuess("sr", "bcms", "Latn", 1.0), "flag", ("",), info, 0.9, 0.9, evidence=tuple(spans))


def test_report_and_command_line_show_the_same_words():
    text = "migranti su gamad"
    score = Marks().score(text)
    assert shown(text, "sr", Marks()).pieces == ("migranti su g••••",)
    assert excerpt(text, score.evidence, lang="sr").replace("‹", "").replace("›", "") == "migranti su g••••"
