"""Word lists of loaded and hostile cues (``datasets/lexicons``): evidence for people, never a verdict."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from narratives.errors import InputError
from narratives.languages import LANGUAGES
from narratives.resources import find
from narratives.taxonomy import NARRATIVES, TARGETS
from narratives.text import fold

Tone = Literal["N", "L", "H", "S"]


class Cue(BaseModel):
    """One cue.

    Attributes:
        stem: Beginning of the word, or several words; folded when matched, so spelling and script do not matter.
        endings: What may follow the stem, each a whole ending; ``""`` for the bare stem. One cue, many cases.
        tone: ``register`` in the file: ``N`` neutral, ``L`` loaded, ``H`` hostile when aimed at people, ``S`` slur.
        narratives: Narratives it hints at.
        traps: Harmless phrases that hold the cue ("heat wave"); a match inside one does not count.
        note: For reviewers.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    stem: str
    endings: list[str] = [""]
    tone: Tone = Field(alias="register")
    narratives: list[str] = []
    traps: list[str] = []
    note: str = ""

    @field_validator("narratives")
    @classmethod
    def _known(cls, names: list[str]) -> list[str]:
        strange = sorted(set(names) - set(NARRATIVES))
        if strange:
            raise ValueError(f"unknown {', '.join(strange)}; known: {', '.join(NARRATIVES)}")
        return names


class Lexicon(BaseModel):
    """The word list of one language, one TOML file.

    Attributes:
        lang: Language code.
        version: Raised with every change.
        status: ``draft`` until a native speaker has reviewed it.
        groups: Target to names of the people it covers, as they stand in a plain sentence (plural first).
        sentences: Plain harmless sentences with ``{}`` in place of a name from ``groups``.
        names: Words that name groups of people and little else, no slurs; ``*`` at the end stands for any ending. The
            models read all of them alike.
        cue: The cues.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    lang: str
    version: int
    status: Literal["draft", "reviewed"]
    groups: dict[str, list[str]]
    sentences: list[str]
    names: list[str]
    cue: list[Cue]

    @field_validator("groups")
    @classmethod
    def _targets(cls, groups: dict[str, list[str]]) -> dict[str, list[str]]:
        strange = sorted(set(groups) - set(TARGETS))
        if strange:
            raise ValueError(f"unknown {', '.join(strange)}; known: {', '.join(TARGETS)}")
        return groups

    @field_validator("names")
    @classmethod
    def _words(cls, names: list[str]) -> list[str]:
        strange = [name for name in names if not re.fullmatch(r"\w+(?: \w+)*\*?", name)]
        if strange:
            raise ValueError(f"not a word with or without * at its end: {', '.join(strange)}")
        return names


@dataclass(frozen=True, slots=True)
class Match:
    """A cue found in a folded text, from ``start`` to before ``end``."""

    start: int
    end: int
    cue: Cue


@lru_cache
def lexicon(lang: str) -> Lexicon:
    """The word list of a language.

    Raises:
        MissingFileError: It is not shipped.
        InputError: Its file is not valid; the message names the field.

    >>> lexicon("hr").status
    'draft'
    """
    path = find(f"datasets/lexicons/{lang}.toml")
    try:
        return Lexicon.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path.name} is not TOML: {error}") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise InputError(f"{path.name}, {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


_GROUPS: Mapping[str, tuple[str, ...]] = {
    group: tuple(code for code, language in LANGUAGES.items() if language.group == group)
    for group in dict.fromkeys(language.group for language in LANGUAGES.values())
}


_KEY = 3
_START = re.compile(rf"\b\w{{1,{_KEY}}}")


@dataclass(frozen=True)
class _Pattern:
    """One cue, ready to match: of thousands a post needs a few, and compiling all of them would take seconds."""

    cue: Cue
    lang: str
    folded: str

    @cached_property
    def found(self) -> re.Pattern[str]:
        """The cue itself."""
        stem = r"\s+".join(re.escape(word) for word in self.folded.split())
        return re.compile(rf"{stem}(?:{_either(self.cue.endings, self.lang)})\b")

    @cached_property
    def traps(self) -> re.Pattern[str] | None:
        """Its harmless phrases, longest first."""
        return re.compile(_either(self.cue.traps, self.lang)) if self.cue.traps else None


@lru_cache
def _patterns(group: str) -> Mapping[str, tuple[_Pattern, ...]]:
    """Cues of a group by the first letters of their stem: of hundreds of cues a word is held against a few."""
    out: dict[str, list[_Pattern]] = {}
    for lang in _GROUPS.get(group, ()):
        for cue in lexicon(lang).cue:
            folded = fold(cue.stem, lang)
            start = _START.match(folded)
            if start is None:
                raise InputError(f"{lang}.toml, stem {cue.stem!r}: expected a letter at its beginning")
            out.setdefault(start[0], []).append(_Pattern(cue, lang, folded))
    return {key: tuple(patterns) for key, patterns in out.items()}


def _either(words: list[str], lang: str) -> str:
    return "|".join(sorted({re.escape(fold(word, lang)) for word in words}, key=len, reverse=True))


def matches(folded: str, group: str) -> Iterator[Match]:
    """Cues of a language group in a folded text (``text.fold``), in order, those inside a harmless phrase left out.

    >>> [folded_text[m.start:m.end] for folded_text in ["to je prava invazija"] for m in matches(folded_text, "bcms")]
    ['invazija']
    """
    patterns = _patterns(group)
    seen: set[tuple[int, int]] = set()
    safe: dict[str, list[tuple[int, int]]] = {}
    for word in _START.finditer(folded):
        for length in range(1, len(word[0]) + 1):
            for pattern in patterns.get(word[0][:length], ()):
                found = pattern.found.match(folded, word.start())
                if found is None or found.span() in seen or _inside(found.span(), pattern, folded, safe):
                    continue
                seen.add(found.span())
                yield Match(*found.span(), pattern.cue)


def _inside(span: tuple[int, int], pattern: _Pattern, folded: str, safe: dict[str, list[tuple[int, int]]]) -> bool:
    """Whether a match stands inside a harmless phrase; the phrases of a cue are looked for once a text."""
    if pattern.traps is None:
        return False
    spans = safe.get(pattern.traps.pattern)
    if spans is None:
        spans = safe[pattern.traps.pattern] = [trap.span() for trap in pattern.traps.finditer(folded)]
    before = bisect_right(spans, (span[0], len(folded)))  # spans do not overlap: the last to begin decides
    return before > 0 and span[1] <= spans[before - 1][1]
