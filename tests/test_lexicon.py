import re
import time

import pytest

from narratives.errors import InputError
from narratives.languages import LANGUAGES
from narratives.lexicon import Cue, lexicon, matches
from narratives.taxonomy import NARRATIVES, TARGETS
from narratives.text import fold, to_cyrillic, to_latin

EVERY = pytest.mark.parametrize("lang", list(LANGUAGES))


def pattern(cue: Cue, lang: str) -> re.Pattern[str]:
    """The cue alone, without its traps: stem, then one of its endings, then the end of the word."""
    stem = r"\s+".join(map(re.escape, fold(cue.stem, lang).split()))
    endings = "|".join(sorted((re.escape(fold(e, lang)) for e in cue.endings), key=len, reverse=True))
    return re.compile(rf"\b{stem}(?:{endings})\b")


def seen(text: str, lang: str) -> list[str]:
    folded = fold(text, lang)
    return [folded[m.start : m.end] for m in matches(folded, LANGUAGES[lang].group)]


@EVERY
def test_the_file_holds_names_for_every_target_and_sentences_that_take_them(lang):
    words = lexicon(lang)
    assert words.lang == lang
    assert set(words.groups) == set(TARGETS)
    assert all(len(names) == len(set(names)) > 1 for names in words.groups.values())
    assert len(words.sentences) >= 8
    assert all(sentence.count("{}") == 1 for sentence in words.sentences)


@EVERY
def test_a_plain_sentence_holds_no_loaded_or_hostile_cue(lang):
    words = lexicon(lang)
    names = [name for names in words.groups.values() for name in names]
    for i, name in enumerate(names):  # each name in one sentence, each sentence many times
        plain = words.sentences[i % len(words.sentences)].replace("{}", name)
        folded = fold(plain, lang)
        found = [m.cue.stem for m in matches(folded, LANGUAGES[lang].group) if m.cue.tone != "N"]
        assert not found, plain


@EVERY
def test_every_narrative_has_cues_and_every_register_but_slurs_is_there(lang):
    cues = lexicon(lang).cue
    assert len(cues) >= 90
    for narrative in NARRATIVES:
        assert sum(narrative in cue.narratives for cue in cues) >= 4, narrative
    assert {cue.tone for cue in cues} >= {"N", "L", "H"}
    assert all(bool(cue.narratives) == (cue.tone != "N") for cue in cues)


@EVERY
def test_a_cue_is_found_with_each_of_its_endings_and_no_other(lang):
    group = LANGUAGES[lang].group
    for cue in lexicon(lang).cue:
        hidden = "|".join(re.escape(fold(trap, lang)) for trap in cue.traps) or "(?!)"
        for ending in cue.endings:
            word = fold(cue.stem + ending, lang)
            if re.search(hidden, word):
                continue
            assert (0, len(word)) in [(m.start, m.end) for m in matches(word, group)], word
            for longer in (f"qq{word}", f"{word}qxq"):
                whole = (longer.index(word), longer.index(word) + len(word))
                assert whole not in [(m.start, m.end) for m in matches(longer, group)], longer


@EVERY
def test_a_trap_holds_its_cue_and_hides_it(lang):
    group = LANGUAGES[lang].group
    for cue in lexicon(lang).cue:
        for trap in cue.traps:
            folded = fold(trap, lang)
            assert pattern(cue, lang).search(folded), f"{trap!r} does not hold {cue.stem!r}: it can be left out"
            assert cue.stem not in [m.cue.stem for m in matches(folded, group) if m.cue == cue], trap


@EVERY
def test_plain_typing_finds_the_same_words(lang):
    shaved = str.maketrans("čćšžđśźëçăâîșțışğöüéĞİŞÇÖÜ", "ccszdszecaaistisgoueGISCOU")
    for cue in lexicon(lang).cue:
        word = cue.stem + cue.endings[0]
        assert seen(word.translate(shaved), lang) == seen(word, lang), word
        if lang != "tr":  # capitals without dots are ambiguous there; the next test has its own
            assert seen(word.upper(), lang) == seen(word, lang), word


def test_turkish_capitals_find_the_same_words():
    for cue in lexicon("tr").cue:
        word = cue.stem + cue.endings[0]
        assert seen(word.replace("i", "İ").replace("ı", "I").upper(), "tr") == seen(word, "tr"), word


@pytest.mark.parametrize("lang", ["bs", "cnr", "sr"])
def test_cyrillic_and_latin_twins_match_alike(lang):
    for cue in lexicon(lang).cue:
        word = cue.stem + cue.endings[0]
        assert seen(to_cyrillic(word), lang) == seen(to_latin(word), lang) == seen(word, lang), word


@pytest.mark.parametrize(
    ("lang", "twins"),
    [
        ("mk", ("наезда", "naezda", "NAEZDA")),
        ("mk", ("човечко ѓубре", "čovečko ǵubre", "chovechko gjubre")),
        ("ro", ("năvălitorii", "navalitorii", "нэвэлиторий")),
        ("ro", ("hoardă", "hoarda", "хоардэ")),
        ("sq", ("zëvendësim i popullsisë", "zevendesim i popullsise", "ZEVENDESIM I POPULLSISE")),
        ("tr", ("sığınmacı istilası", "siginmaci istilasi", "SIĞINMACI İSTİLASI")),
        ("sr", ("најезда", "najezda", "NAJEZDA")),
    ],
)
def test_ways_of_typing_one_cue_match_alike(lang, twins):
    first, *others = (seen(twin, lang) for twin in twins)
    assert first
    assert all(other == first for other in others)


@EVERY
def test_matching_stays_linear(lang):
    cues = lexicon(lang).cue
    unit = " ".join([*(cue.stem + cue.endings[-1] for cue in cues), *(t for cue in cues for t in cue.traps[:1])]) + " "
    text = fold(unit * (100_000 // len(unit) + 1), lang)[:100_000]

    def seconds(part: str) -> float:
        began = time.process_time()
        assert any(True for _ in list(matches(part, LANGUAGES[lang].group)))
        return time.process_time() - began

    seconds(text[:1000])  # the patterns are made once
    whole, part = (min(seconds(some) for _ in range(2)) for some in (text, text[:20_000]))
    assert whole < 16 * max(part, 0.01)  # five times the text


def test_a_strange_narrative_is_named(tmp_path, monkeypatch):
    folder = tmp_path / "datasets/lexicons"
    folder.mkdir(parents=True)
    (folder / "en.toml").write_text(
        'lang = "en"\nversion = 1\nstatus = "draft"\nsentences = ["{}"]\nnames = []\ngroups = {}\n'
        '[[cue]]\nstem = "x"\nregister = "H"\nnarratives = ["made_up"]\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("NARRATIVES_HOME", str(tmp_path))
    lexicon.cache_clear()
    with pytest.raises(InputError, match="made_up"):
        lexicon("en")
    lexicon.cache_clear()
