"""Names of groups are taken out of texts: which group is named changes whom a post is about, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narratives.backends.names import STAND_IN, _names, names_map, without_names
from narratives.backends.words import spread
from narratives.languages import GROUPS, LANGUAGES
from narratives.lexicon import lexicon
from narratives.text import fold

PLACES = ["any", *GROUPS]
TWO = {
    "en": ("The {} are stealing our jobs", "Syrians", "Nigerians"),
    "sq": ("Na pushtuan {} kudo", "afganët", "pakistanezët"),
    "bs": ("Preplavili su nas {} i uništili grad", "Afganistanci", "Nepalci"),
    "hr": ("Preplavili su nas {} i uništili grad", "Sirijci", "Pakistanci"),
    "cnr": ("Preplavili su nas {} i uništili grad", "Rusi", "Sirijci"),
    "sr": ("Преплавили су нас {} и уништили град", "Авганистанци", "Сиријци"),
    "mk": ("Нè преплавија {} и го уништија градот", "Авганци", "Пакистанци"),
    "ro": ("Ne-au invadat {} și ne-au distrus orașul", "sirienii", "pakistanezii"),
    "tr": ("{} ülkemizi istila etti, gitsinler", "Suriyeliler", "Afganlar"),
}
"""Every language: a sentence and two names that fit into it."""


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("model", ["tiny", "tiny_deep"])
def test_the_name_of_a_group_changes_nothing_but_whom_it_is_about(lang, model, request):
    scorer = request.getfixturevalue(model)
    sentence, *names = TWO[lang]
    texts = [fold(sentence.format(name), lang) for name in names]
    first, second = scorer.backend.logits(texts, [LANGUAGES[lang].group] * 2)
    about = np.array([head.startswith("target.") for head in scorer.backend.heads])
    assert np.array_equal(first[~about], second[~about])
    assert not about.any() or not np.array_equal(first[about], second[about])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_list_names_its_groups(lang):
    group = LANGUAGES[lang].group
    for target, names in lexicon(lang).groups.items():
        if "defenders" not in target:
            assert [name for name in names if without_names(spread(fold(name, lang)), group)[0] != STAND_IN] == []


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "the curds and the romance of the blackboard"),
        ("hr", "ruševina, stranka i iracionalno"),
        ("sr", "турпија и странице"),
        ("mk", "романот и странките"),
        ("ro", "romanul și românii"),
        ("sq", "në romanin e tij"),
        ("tr", "kurtuldu, roman okuyor"),
    ],
)
def test_words_that_only_begin_like_a_name_stay(lang, text):
    seen = spread(fold(text, lang))
    assert without_names(seen, LANGUAGES[lang].group) == (seen, "")


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=60) | st.sampled_from(["¬ syrians ¬", "refugees syrians, and ¬", "¬"]),
    st.sampled_from(PLACES),
)
def test_places_of_what_is_left_lead_back_to_the_text(text, group):
    seen = spread(text)
    rest, places, names = names_map(seen, group)
    assert rest == without_names(seen, group)[0]
    assert places.shape == (len(rest), 2)
    assert all(a < b for a, b in places)
    assert np.all(places[1:, 0] >= places[:-1, 1])
    named = iter(names)
    for letter, (start, end) in zip(rest, places.tolist(), strict=True):
        assert (start, end) == next(named) if letter == STAND_IN else seen[start:end] == letter


@pytest.mark.parametrize("head", ["hate", "hostile", "target.syrians", "narrative.invasion_flood"])
def test_what_the_n_grams_say_is_shared_out_among_words_and_names(tiny_deep, head):
    backend, text = tiny_deep.backend, "oh, syrian refugees"
    column, own = backend.heads.index(head), len(backend.wide.heads)
    share = backend.blend["en"][0, column]
    silent = replace(backend, blend={"en": backend.blend["en"] * np.array([[1], [0], [0]], np.float32)})
    seen = silent.read([text], ["en"])
    cards, experts = backend.cards, backend.wide.experts["en"]
    if column < own:
        bias = experts.bias.reshape(own + 1, -1)[column] @ experts.blend(experts.scores(seen.rows))[1][0, column]
    else:
        bias, wild = cards.bias[column - own], np.flatnonzero(cards.wild == column - own)
        if wild.size:
            gate = 1 / (1 + np.exp(-(seen.folded @ cards.table[:, -1] + cards.bias[-1])))[0]
            bias = gate * cards.bias[len(backend.heads) - own + wild[0]] + (1 - gate) * bias
    said = silent.attribute(text, "en", head)
    assert said.sum() + share * bias == pytest.approx(float(silent.judge(seen, ["en"])[0, column]), abs=1e-3)
    assert np.count_nonzero(said[4:]) >= len("syrianrefugees")


def test_a_word_list_without_names_takes_nothing_out(tmp_path, monkeypatch):
    folder = tmp_path / "datasets/lexicons"
    folder.mkdir(parents=True)
    for lang in LANGUAGES:
        head = f'lang = "{lang}"\nversion = 1\nstatus = "draft"\nsentences = ["{{}}"]\n'
        content = head + "names = []\ncue = []\n[groups]\n"
        (folder / f"{lang}.toml").write_text(content, encoding="utf-8")
    monkeypatch.setenv("NARRATIVES_HOME", str(tmp_path))
    lexicon.cache_clear()
    _names.cache_clear()
    try:
        assert without_names("hello my dear friends", "en") == ("hello my dear friends", "")
    finally:
        lexicon.cache_clear()
        _names.cache_clear()
