"""Names of groups of people, taken out of a text before anything is weighed: a name must not count as an attack.

A detector that has met a name mostly in attacks takes the name for the attack (Dixon et al. 2018). Here every name of
the word lists reads alike, so that which group is named changes nothing but whom a post is said to be about. Slurs are
no names and stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from narratives.backends.words import spread
from narratives.languages import LANGUAGES
from narratives.lexicon import Lexicon, lexicon
from narratives.text import fold

STAND_IN = "¬"
"""What stands in a name's place. The encoder has a piece for it; where a post holds it itself, it is left out."""

_DEFENDERS = {"defenders_ngos", "women_defenders"}
"""Targets that are named by their work, which is itself what is attacked."""

_LONGEST_ENDING = 9
"""Letters that ``*`` stands for at most: in "#SuriyelileriIstemiyorum" the name is the smaller part."""

_AND = {",", "/", "&", "+", "and", "or", "i", "ili", "dhe", "e", "ose", "apo", "si", "sau", "ve", "veya", "ile"}
"""What stands between names that are listed, folded: a list of groups reads as one name."""

_REMEMBERED = 1 << 15
"""Words of which it is kept whether they are names, about 3 MB a group."""


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of a language group, as folded words.

    Attributes:
        words: Single words.
        stems: Beginnings of single words.
        lengths: Lengths that stems have.
        phrases: By their first word, names of several words, longest first; the last may be a beginning (``*``).
    """

    words: frozenset[str]
    stems: frozenset[str]
    lengths: tuple[int, ...]
    phrases: dict[str, list[tuple[str, ...]]]
    _known: dict[str, bool] = field(default_factory=dict, compare=False)

    def none_in(self, tokens: list[str]) -> bool:
        """Whether no token is a name, begins one, or is the sign itself: true of most posts, and quick to say."""
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        return not any(map(self._counts, tokens))

    def _counts(self, token: str) -> bool:
        found = self._known.get(token)
        if found is None:
            found = self._known[token] = token == STAND_IN or token in self.phrases or self._single(token)
        return found

    def at(self, tokens: list[str], place: int) -> int:
        """How many tokens the name has that begins at a place; 0 where none does."""
        if not self._counts(tokens[place]):
            return 0
        for phrase in self.phrases.get(tokens[place], ()):
            following = tokens[place : place + len(phrase)]
            if following[:-1] == list(phrase[:-1]) and _fits(following[-1], phrase[-1], len(following) == len(phrase)):
                return len(phrase)
        return int(self._single(tokens[place]))

    def _single(self, word: str) -> bool:
        return word in self.words or any(
            word[:length] in self.stems for length in self.lengths if len(word) - length <= _LONGEST_ENDING
        )


def _fits(word: str, wanted: str, whole: bool) -> bool:
    return whole and (word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted)


def _listed(words: Lexicon) -> Iterator[str]:
    yield from words.names
    for target, names in words.groups.items():
        if target not in _DEFENDERS:
            yield from names


@lru_cache
def _names(group: str) -> _Names:
    """Names of the languages of a group; of all languages where the group is none of ours."""
    langs = [code for code, language in LANGUAGES.items() if language.group == group] or list(LANGUAGES)
    words, stems, phrases = set(), set(), dict[str, set[tuple[str, ...]]]()
    for lang in langs:
        for name in _listed(lexicon(lang)):
            tokens = spread(fold(name.removesuffix("*"), lang)).split()
            if name.endswith("*"):
                tokens[-1] += "*"
            if len(tokens) > 1:
                phrases.setdefault(tokens[0], set()).add(tuple(tokens))
            elif name.endswith("*"):
                stems.add(tokens[0][:-1])
            else:
                words.add(tokens[0])
    ordered = {first: sorted(found, key=len, reverse=True) for first, found in phrases.items()}
    return _Names(frozenset(words), frozenset(stems), tuple(sorted({len(stem) for stem in stems})), ordered)


def _parts(tokens: list[str], group: str) -> Iterator[tuple[int, int, bool]]:
    """(first token, token after the last, whether it is a name) of each piece of a text; names in a row are one."""
    names, place, begun = _names(group), 0, -1
    while place < len(tokens):
        length = names.at(tokens, place)
        if length:
            begun = place if begun < 0 else begun
            place += length
            if place + 1 < len(tokens) and tokens[place] in _AND and names.at(tokens, place + 1):
                place += 1
            continue
        if begun >= 0:
            yield begun, place, True
            begun = -1
        if tokens[place] != STAND_IN:
            yield place, place + 1, False
        place += 1
    if begun >= 0:
        yield begun, place, True


def without_names(text: str, group: str) -> tuple[str, str]:
    """A text as the models see it (``backends.words.spread``), without the names of groups of people; and those names.

    Args:
        text: Folded text.
        group: Its language group; the names of all languages are taken out where it is none of ours.

    Raises:
        MissingFileError: A word list is not shipped.
        InputError: A word list is not valid.

    >>> without_names("syrian refugees and women opened a bakery near the roma", "en")
    ('¬ opened a bakery near the ¬', 'syrian refugees and women roma')
    """
    seen = spread(text)
    tokens = seen.split(" ") if seen else []
    if _names(group).none_in(tokens):
        return seen, ""
    rest: list[str] = []
    taken: list[str] = []
    for start, end, name in _parts(tokens, group):
        rest.append(STAND_IN if name else tokens[start])
        if name:
            taken += tokens[start:end]
    return " ".join(rest), " ".join(taken)


def names_a_group(word: str, group: str) -> bool:
    """Whether a folded word is a name by itself.

    >>> names_a_group("syrians", "en"), names_a_group("bakery", "en")
    (True, False)
    """
    return without_names(word, group)[0] == STAND_IN


def names_map(seen: str, group: str) -> tuple[str, NDArray[np.int64], list[tuple[int, int]]]:
    """The text without names, where each of its characters comes from, and where the names stood.

    Returns:
        The text; (characters, 2) start and end in ``seen`` of what each stands for, the whole name for the sign that
        stands in its place; start and end in ``seen`` of each name.
    """
    tokens = seen.split(" ") if seen else []
    starts = np.cumsum([0, *(len(token) + 1 for token in tokens)]).tolist()
    rest: list[str] = []
    places: list[tuple[int, int]] = []
    names: list[tuple[int, int]] = []
    for start, end, name in _parts(tokens, group):
        span = starts[start], starts[end] - 1
        if rest:
            rest.append(" ")
            places.append((span[0] - 1, span[0]))
        rest.append(STAND_IN if name else tokens[start])
        places += [span] if name else [(i, i + 1) for i in range(*span)]
        if name:
            names.append(span)
    return "".join(rest), np.array(places, np.int64).reshape(-1, 2), names
