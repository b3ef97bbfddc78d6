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

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import repeat
from typing import TYPE_CHECKING

from narratives.languages import GROUPS, resolve
from narratives.results import LanguageGuess
from narratives.text.clues import BCMS_OR_MK, CLUES
from narratives.text.folding import FOLD
from narratives.text.script import letters_only, script_of
from narratives.text.translit import to_cyrillic

if TYPE_CHECKING:
    from narratives.text.bayes import Ranker

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
def _rankers() -> dict[str, Ranker]:
    """The model for text in each script; loaded on first use."""
    from narratives.text.bayes import Ranker

    out = {}
    for script, ours, others in (("Latn", _LATIN_CODES, _LATIN_OTHERS), ("Cyrl", _CYRILLIC_CODES, _CYRILLIC_OTHERS)):
        foreign = {code: ("und", _OTHERS.get(code, _OTHER)) for code in others}
        out[script] = Ranker({**{code: (group, 1.0) for code, group in ours.items()}, **foreign})
    return out


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


@dataclass(slots=True)
class _Post:
    """A post in Latin or Cyrillic letters on its way to an answer.

    Attributes:
        words: Its words.
        script: ISO 15924 code.
        lower: The words in lower case.
        folded: The different words, folded.
        hits: Group to its everyday words among them.
        marks: Group to its telling letters.
        score: Group to a sum of logarithms, once the model has been asked.
    """

    words: str
    script: str
    lower: str
    folded: set[str]
    hits: Counter[str]
    marks: Counter[str]
    score: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, words: str, script: str) -> _Post:
        lower = words.lower()
        folded = set((lower if lower.isascii() else FOLD.plain(lower)).split())
        hits = Counter([CLUES[word] for word in folded & CLUES.keys()])
        marks = Counter([_LETTERS[char] for char in _LETTER_SET.intersection(words if script == "Latn" else lower)])
        return cls(words, script, lower, folded, hits, marks)

    def certain(self) -> str | None:
        """The group that the everyday words have settled already, so that the model would only cost time."""
        hits = self.hits
        if not hits or (len(hits) == 1 and next(iter(hits.values())) < _PLENTY):
            return None
        (first, most), (_, second) = (*hits.most_common(2), ("", 0))[:2]
        if most < _PLENTY or second * _RATIO > most or self.marks.keys() - {first}:
            return None
        if first in {"bcms", "mk"}:
            pair = _pair(self.folded)
            if pair > 0 if first == "bcms" else pair < 0:
                return None
        return first

    def weigh(self, model: dict[str, float]) -> None:
        """Add letters and words to what the model says."""
        score = self.score = model
        for group in score:
            score[group] += _WORD * min(self.hits[group], _CAP) + _LETTER * min(self.marks[group], _CAP)
        if self.script == "Cyrl":
            score["mk"] += _pair(self.folded)
            score["und"] -= _LETTER * len(_OURS.intersection(self.lower))
        else:
            score["sq"] += _SPELLING * min(len(_ALBANIAN.findall(self.lower)), _CAP)
            score["bcms"] -= _SPELLING * min(len(_NOT_SLAVIC.findall(self.lower)), _CAP)

    def maybe_macedonian(self) -> bool:
        """Whether something in a Latin text looks Macedonian, so that its Cyrillic form must be asked about."""
        if self.script != "Latn" or self.hits["mk"] + _pair(self.folded) <= 0:
            return False
        top = max(self.score, key=self.score.__getitem__)
        return top in {"bcms", "und"} and "ć" not in self.lower and "đ" not in self.lower

    def ask_again(self, cyrillic: dict[str, float]) -> None:
        """Add ``mk`` to the scores of a Latin text, given what the model says of its Cyrillic form."""
        better = cyrillic["mk"] - cyrillic["bcms"]
        clues = _pair(self.folded) + _WORD * min(self.hits["mk"], _CAP)
        self.score["mk"] = max(self.score["bcms"], self.score["und"] - 4) + better + clues - _LATIN_MK

    def answer(self) -> LanguageGuess:
        """The likeliest group, if it is likely enough."""
        top = max(self.score, key=self.score.__getitem__)
        highest = self.score[top]
        probability = 1 / sum(math.exp(value - highest) for value in self.score.values())
        if top not in GROUPS or probability < _LEAST:
            return LanguageGuess("und", "und", self.script, 0.0)
        return LanguageGuess(top, top, self.script, min(0.999, round(probability, 3)))


def _answers(posts: Sequence[_Post]) -> list[LanguageGuess]:
    sure = [post.certain() for post in posts]
    open_ = [post for post, group in zip(posts, sure, strict=True) if group is None]
    for script in ("Latn", "Cyrl"):
        asked = [post for post in open_ if post.script == script]
        if asked:
            for post, scores in zip(asked, _rankers()[script].rank([p.words[:_ENOUGH] for p in asked]), strict=True):
                post.weigh(scores)
    again = [post for post in open_ if post.maybe_macedonian()]
    if again:
        for post, scores in zip(
            again, _rankers()["Cyrl"].rank([to_cyrillic(p.lower, "mk") for p in again]), strict=True
        ):
            post.ask_again(scores)
    return [
        post.answer() if group is None else LanguageGuess(group, group, post.script, 0.999)
        for post, group in zip(posts, sure, strict=True)
    ]


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
    return detect_many([text], [lang])[0]


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
    tags = repeat(langs) if langs is None or isinstance(langs, str) else langs
    out: list[LanguageGuess | None] = []
    posts: list[_Post] = []
    for text, lang in zip(texts, tags, strict=not isinstance(tags, repeat)):
        script, words = script_of(letters_only(text))
        if lang is not None and lang != "und":
            variety = resolve(lang)
            script = variety.script if script == "Zyyy" and variety.script else script
            out.append(LanguageGuess(variety.language.code, variety.language.group, script, 1.0))
        elif script not in {"Latn", "Cyrl"} or len(words) < 2:
            out.append(LanguageGuess("und", "und", script, 0.0))
        else:
            posts.append(_Post.of(words, script))
            out.append(None)
    found = iter(_answers(posts))
    return [next(found) if guess is None else guess for guess in out]
