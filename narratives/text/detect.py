"""Which language is a post in? py3langid on the languages of the region, helped by letters and everyday words.

py3langid (a naive Bayes model over byte n-grams) is asked among our languages and some twenty others, the letters and
the everyday words of :mod:`narratives.text.clues` add evidence on the same logarithmic scale, and ``und`` competes
like a language. Where the words alone settle it, the model is not asked at all. The weights below were chosen on rows
of ``evaluation/language_id.py`` for recall on real posts, with the text of other languages kept out; the measured
figures are in ``evaluation/results/language_id.md``.

Bosnian, Croatian, Montenegrin and Serbian are one answer, ``bcms``: nothing tells them apart in a post. Macedonian in
Latin letters, which no detector knows, is turned into Cyrillic and asked again.
"""

from __future__ import annotations

import copy
import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import repeat
from typing import Any

from narratives.languages import GROUPS, resolve
from narratives.results import LanguageGuess
from narratives.text.clues import BCMS_OR_MK, CLUES
from narratives.text.folding import FOLD
from narratives.text.script import letters_only, script_of
from narratives.text.translit import to_cyrillic

_LATIN_CODES = {"bs": "bcms", "hr": "bcms", "sr": "bcms", "en": "en", "sq": "sq", "ro": "ro", "tr": "tr"}
_LATIN_OTHERS = [
    "de",
    "fr",
    "it",
    "es",
    "pt",
    "ca",
    "pl",
    "cs",
    "sk",
    "sl",
    "hu",
    "nl",
    "sv",
    "da",
    "no",
    "fi",
    "et",
    "lv",
    "lt",
    "az",
    "id",
    "vi",
    "eu",
    "eo",
    "la",
]
_CYRILLIC_CODES = {"sr": "bcms", "mk": "mk"}
_CYRILLIC_OTHERS = ["ru", "uk", "bg", "be", "kk"]

# Letters that one language of the script has; und: letters that none of ours has.
_LETTERS = {
    **dict.fromkeys("đć", "bcms"),
    **dict.fromkeys("ë", "sq"),
    **dict.fromkeys("ășț", "ro"),
    **dict.fromkeys("ğıİ", "tr"),
    **dict.fromkeys("əőűłąęěřůľñõåøæßāēīūņšķļģėų".replace("š", ""), "und"),
    **dict.fromkeys("ђћ", "bcms"),
    **dict.fromkeys("ѓќѕ", "mk"),
    **dict.fromkeys("йщъьюяыэёіїєґў", "und"),
}
_LETTER_SET = frozenset(_LETTERS)
_OURS = frozenset("јљњџ")  # Cyrillic letters that only ours have

_WORD = 1.5  # what one everyday word adds to the log-probability of its group
_LETTER = 3.0  # what one telling letter adds
_CAP = 6  # no more than so many of either count
_OTHER = 0.14  # bias against other languages: posts are short, and users score posts in ours
_OTHERS = {"sl": 0.4, "bg": 0.3}  # but less against those nearest to ours
_LEAST = 0.4  # an answer less probable than this is und
_SPELLING = 0.7  # what one telling spelling adds or takes
_PLENTY = 3  # so many everyday words of one language, and hardly any of another, need no model
_RATIO = 3  # and so many times more than of any other
_ENOUGH = 80  # characters that the model is asked about; more cost time and change next to nothing
_PAIR = 1.3  # what one short word or article adds between bcms and mk
_LATIN_MK = 1.3  # how much better Macedonian must be before Latin text is called so

# Spellings of Albanian, and letters that are foreign to Serbo-Croatian and Macedonian however they are typed.
_ALBANIAN = re.compile(r"q(?!u)|xh|dh|gj|rr|nje")
_NOT_SLAVIC = re.compile(r"[qy]|[stdx]h")
# Definite articles, verb endings and cases that only one of the two has (folded; the commonest exceptions left out).
_MK_ENDING = re.compile(
    r"[a-z]{2,}(?:aat|[bcdgjklmnprtvz]ot|iot|uva[mst]?|oto|eto|ata|cii|jki|[bdmrstz]ea|iite|[aei]vme|[aei]vte"
    r"|[bdklnprstvz][aei]me|[dlnrtvz]ec|[dnrst][aeio]v)"
)
_BCMS_ENDING = re.compile(
    r"[a-z]{2,}(?:(?!lk)[a-z][bcdgjnprstvz]u|[^o]ao|io|ih|[^i]im|ima|om|og|iti|ati|ije|nje|lje|[aei]mo|uje[ms]?"
    r"|[drtz]em|[dlnrtvz]ac)"
)


@lru_cache(maxsize=1)
def _identifiers() -> tuple[Any, Any]:
    """The model for Latin and for Cyrillic text: one set of tables, two choices of languages; loaded on first use."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    latin = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    cyrillic = copy.copy(latin)
    latin.set_languages([*_LATIN_CODES, *_LATIN_OTHERS])
    cyrillic.set_languages([*_CYRILLIC_CODES, *_CYRILLIC_OTHERS])
    return latin, cyrillic


@lru_cache(maxsize=1 << 15)
def _word_pair(word: str) -> float:
    known = BCMS_OR_MK.get(word)
    if known is not None:
        return known
    return float(_MK_ENDING.fullmatch(word) is not None) - float(_BCMS_ENDING.fullmatch(word) is not None)


def _pair(folded: set[str]) -> float:
    """Above zero where small words and endings are Macedonian, below where they are Serbo-Croatian."""
    score = sum(map(_word_pair, folded))
    return max(-_CAP, min(_CAP, score)) * _PAIR


def _model(words: str, script: str) -> dict[str, float]:
    """Group to the logarithm of what py3langid gives it; other languages together, held back, as ``und``."""
    latin, cyrillic = _identifiers()
    codes = _LATIN_CODES if script == "Latn" else _CYRILLIC_CODES
    mass = dict.fromkeys((*codes.values(), "und"), 1e-6)
    for code, probability in (latin if script == "Latn" else cyrillic).rank(words[:_ENOUGH]):
        mass[codes.get(code, "und")] += probability * (1.0 if code in codes else _OTHERS.get(code, _OTHER))
    return {group: math.log(value) for group, value in mass.items()}


def _certain(hits: Counter[str], marks: Counter[str], folded: set[str]) -> str | None:
    """The group that the everyday words have settled already, so that the model would only cost time."""
    if not hits:
        return None
    (first, most), (_, second) = (*hits.most_common(2), ("", 0))[:2]
    if most < _PLENTY or second * _RATIO > most or marks.keys() - {first}:
        return None
    if first in {"bcms", "mk"}:
        pair = _pair(folded)
        if pair > 0 if first == "bcms" else pair < 0:
            return None
    return first


def _probabilities(words: str, script: str) -> dict[str, float]:
    """Group (and ``und``) to probability, for text in Latin or Cyrillic letters."""
    lower = words.lower()
    folded = set((lower if lower.isascii() else FOLD.plain(lower)).split())
    hits = Counter([CLUES[word] for word in folded & CLUES.keys()])
    marks = Counter([_LETTERS[char] for char in _LETTER_SET.intersection(words if script == "Latn" else lower)])
    certain = _certain(hits, marks, folded)
    if certain is not None:
        return {certain: 1.0}
    score = _model(words, script)
    for group in score:
        score[group] += _WORD * min(hits[group], _CAP) + _LETTER * min(marks[group], _CAP)
    if script == "Cyrl":
        score["mk"] += _pair(folded)
        score["und"] -= _LETTER * len(_OURS.intersection(lower))
    else:
        score["sq"] += _SPELLING * min(len(_ALBANIAN.findall(lower)), _CAP)
        score["bcms"] -= _SPELLING * min(len(_NOT_SLAVIC.findall(lower)), _CAP)
        _latin_macedonian(score, lower, folded, hits["mk"])
    top = max(score.values())
    weight = {group: math.exp(value - top) for group, value in score.items()}
    total = sum(weight.values())
    return {group: value / total for group, value in weight.items()}


def _latin_macedonian(score: dict[str, float], lower: str, folded: set[str], hits: int) -> None:
    """Add ``mk`` to the scores of a Latin text, where something in it looks Macedonian."""
    pair = _pair(folded)
    if (
        hits + pair <= 0
        or "ć" in lower
        or "đ" in lower
        or max(score, key=lambda group: score[group]) not in {"bcms", "und"}
    ):
        return
    again = dict(_identifiers()[1].rank(to_cyrillic(lower, "mk")))
    better = math.log((again["mk"] + 1e-6) / (again["sr"] + 1e-6))
    score["mk"] = max(score["bcms"], score["und"] - 4) + better + pair + _WORD * min(hits, _CAP) - _LATIN_MK


def detect(text: str, lang: str | None = None) -> LanguageGuess:
    """Name the language of a post.

    Args:
        text: The post; any string.
        lang: Its language where the caller knows it (code, tag or name): the answer is then that language, with
            confidence 1. ``None`` or ``"und"``: find out.

    Returns:
        Code and group are ``und`` with confidence 0 where there is too little to go by, or another language.

    Raises:
        UnknownNameError: ``lang`` is no known language.

    >>> detect("Hajde da vidimo šta kažu ljudi").group, detect("Hajde da vidimo šta kažu ljudi", "sr").code
    ('bcms', 'sr')
    >>> detect("Bugün hava çok güzel").code, detect("12:30 🙂").code
    ('tr', 'und')
    """
    script, words = script_of(letters_only(text))
    if lang is not None and lang != "und":
        variety = resolve(lang)
        if script == "Zyyy" and variety.script:
            script = variety.script
        return LanguageGuess(variety.language.code, variety.language.group, script, 1.0)
    if script not in {"Latn", "Cyrl"} or len(words) < 2:
        return LanguageGuess("und", "und", script, 0.0)
    probabilities = _probabilities(words, script)
    group = max(probabilities, key=lambda name: probabilities[name])
    if group not in GROUPS or probabilities[group] < _LEAST:
        return LanguageGuess("und", "und", script, 0.0)
    return LanguageGuess(group, group, script, min(0.999, round(probabilities[group], 3)))


def detect_many(texts: Iterable[str], langs: str | Iterable[str | None] | None = None) -> list[LanguageGuess]:
    """:func:`detect` for many posts, in order.

    Args:
        texts: The posts.
        langs: One language for all of them, or one (or ``None``) for each.

    Raises:
        ValueError: ``langs`` is not as long as ``texts``.
        UnknownNameError: A language is not known.

    >>> [guess.code for guess in detect_many(["Nuk e di pse", "I do not know why"])]
    ['sq', 'en']
    """
    if langs is None or isinstance(langs, str):
        return [detect(text, lang) for text, lang in zip(texts, repeat(langs))]
    return [detect(text, lang) for text, lang in zip(texts, langs, strict=True)]
