"""One reading of a post, whatever tricks of typing stand in the way, with the way back to the original.

``text`` keeps case and diacritics: repaired, composed, without invisible characters, lookalikes, digits for letters,
drawn-out words, and with hashtags split. ``lower`` is its lower case by the rules of the language. ``folded`` is the
plain twin (see :mod:`narratives.text.folding`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from narratives.languages import resolve
from narratives.text import emoji
from narratives.text.folding import DIGRAPHS, FOLD, ROMANIAN, lower_step
from narratives.text.letters import (
    COMPOSE,
    CONTROLS,
    COSTUMES,
    ENTITIES,
    HOMOGLYPHS,
    INVISIBLES,
    PILES,
    REPAIR,
    SPACES,
    SURROGATES,
)
from narratives.text.offsets import Step, Trace, settle, settle_traced
from narratives.text.spelling import HASHTAGS, LEET, REPEATS
from narratives.text.translit import MOLDOVAN

# Undoing one trick may show another beneath it; nobody nests more than a few, and a bound keeps the time linear.
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class _Recipe:
    """The steps for one language: ``text``, then ``fold`` (each with the few that plain ASCII needs)."""

    text: tuple[Step, ...]
    text_ascii: tuple[Step, ...]
    lower: Step
    fold: tuple[Step, ...]
    fold_ascii: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Normalised:
    """A post read: three twins of its text and the map back.

    Attributes:
        original: The post as given.
        text: Normalised, case and diacritics kept.
        lower: ``text`` in lower case; the same length, so :meth:`span` serves both.
        folded: The plain twin, lower case and ASCII as far as may be.
        cues: Tags of the emoji that carry one (``rat``, ``knife`` …), in order.
    """

    original: str
    text: str
    lower: str
    folded: str
    cues: tuple[str, ...]
    _text_map: tuple[Sequence[int], Sequence[int]] = field(repr=False, compare=False)
    _folded_map: tuple[Sequence[int], Sequence[int]] = field(repr=False, compare=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that ``text[start:end]`` stands for, offsets in characters.

        Offsets outside the text are clipped; the whole text stands for the whole original.

        >>> post = normalise("STOOOOP #PushBack")
        >>> post.text
        'STOOP Push Back'
        >>> start, end = post.span(6, 10)
        >>> post.original[start:end]
        'Push'
        """
        return _span(self._text_map, len(self.original), start, end)

    def folded_span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that ``folded[start:end]`` stands for."""
        return _span(self._folded_map, len(self.original), start, end)


def _span(maps: tuple[Sequence[int], Sequence[int]], length: int, start: int, end: int) -> tuple[int, int]:
    starts, ends = maps
    start, end = max(0, min(start, len(starts))), max(0, min(end, len(starts)))
    if start == 0 and end == len(starts):
        return 0, length
    if end <= start:
        here = starts[start] if start < len(starts) else length
        return here, here
    return starts[start], ends[end - 1]


@lru_cache(maxsize=256)
def _recipe(lang: str | None) -> _Recipe:
    language = None if lang in {None, "und"} else resolve(str(lang)).language
    group = language.group if language else "und"
    turkic = bool(language and language.casing == "turkic")
    spelling: tuple[Step, ...] = (LEET, REPEATS, HASHTAGS)
    text: tuple[Step, ...] = (
        ENTITIES,
        REPAIR,
        CONTROLS,
        SURROGATES,
        INVISIBLES,
        SPACES,
        COSTUMES,
        PILES,
        COMPOSE,
        HOMOGLYPHS,
    )
    if group == "ro":
        text = (*text, ROMANIAN)
    plain: tuple[Step, ...] = (ENTITIES, CONTROLS, SPACES)
    lower = lower_step(turkic)
    digraphs: tuple[Step, ...] = (DIGRAPHS[group],) if group in DIGRAPHS else ()
    cyrillic: tuple[Step, ...] = (MOLDOVAN,) if group == "ro" else ()
    return _Recipe(
        text=(*text, *spelling),
        text_ascii=(*plain, *spelling),
        lower=lower,
        fold=(lower, *cyrillic, emoji.EMOJI_TAGS, FOLD, *digraphs),
        fold_ascii=(lower, *([FOLD] if turkic else []), *digraphs),
    )


def normalise_text(text: str, lang: str | None = None) -> str:
    """``normalise(text, lang).text`` without the map: several times faster.

    >>> normalise_text("#StopNasilju i m1grаntima")
    'Stop Nasilju i migrantima'
    """
    recipe = _recipe(lang)
    return settle(recipe.text, recipe.text_ascii, text, _ROUNDS)


def fold(text: str, lang: str | None = None) -> str:
    """``normalise(text, lang).folded`` without the map: what scoring uses.

    >>> fold("Ђубре", "sr") == fold("djubre", "bcms") == fold("ĐUBRE", "hr") == "dubre"
    True
    """
    recipe = _recipe(lang)
    text = settle(recipe.text, recipe.text_ascii, text, _ROUNDS)
    for _ in range(_ROUNDS):
        for step in recipe.fold_ascii if text.isascii() else recipe.fold:
            text = step.plain(text)
        before = text
        text = settle(recipe.text, recipe.text_ascii, text, _ROUNDS)
        if text == before:
            break
    return text


def normalise(text: str, lang: str | None = None) -> Normalised:
    """Read a post: repair it, undo tricks of typing, and keep the way back to every character of it.

    Args:
        text: The post; any string, lone surrogates and control characters included.
        lang: Code, tag or group of its language (``"tr"``, ``"sr-Cyrl"``, ``"bcms"``); ``None`` or ``"und"`` where
            unknown: then nothing that holds for one language only is done.

    Returns:
        The twins and the map. Normalising ``.text`` or folding ``.folded`` again changes nothing.

    Raises:
        UnknownNameError: ``lang`` is no known language.

    >>> normalise("ΜIGRАNTI 🐀", "hr").folded
    'migranti  emoji_rat '
    >>> normalise("İSTİLA ILIK", "tr").lower
    'istila ılık'
    """
    recipe = _recipe(lang)
    trace = settle_traced(recipe.text, recipe.text_ascii, Trace.of(text), _ROUNDS)
    clean = trace
    for _ in range(_ROUNDS):
        for step in recipe.fold_ascii if trace.text.isascii() else recipe.fold:
            trace = step.traced(trace)
        before = trace.text
        trace = settle_traced(recipe.text, recipe.text_ascii, trace, _ROUNDS)
        if trace.text == before:
            break
    return Normalised(
        original=text,
        text=clean.text,
        lower=recipe.lower.plain(clean.text),
        folded=trace.text,
        cues=emoji.cues(clean.text),
        _text_map=(clean.starts, clean.ends),
        _folded_map=(trace.starts, trace.ends),
    )
