"""Word lists of the draft check: ``datasets/draft_check/<lang>.toml``, compiled to patterns over folded words.

An entry is a word or a few words, folded (lower case, Latin, no diacritics). ``stem*`` stands for the stem and any
ending of up to nine letters; round brackets, ``?`` and ``|`` mean what they mean in regular expressions. A pattern is
made of entries, classes in curly brackets and ``~3`` for at most three words in between, all within one sentence.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from narratives.errors import InputError, unknown
from narratives.languages import LANGUAGES, resolve
from narratives.resources import find
from narratives.text.normalise import normalise

Code = Literal[
    "AMPLIFY",
    "EXPOSE",
    "CONSENT",
    "COUNTER_HATE",
    "THREAT_REPLY",
    "NEGATED_FRAME",
    "HOSTILE_METAPHOR",
    "DESERVING",
    "PITY_ONLY",
    "GENDER_STEREO",
    "UNSOURCED",
    "LEGAL_CLAIM",
    "NO_VALUE",
    "NO_ACTION",
    "STATUS_RISK",
    "KOSOVO_NOTE",
    "ACCESS",
]

_ENDING = r"[^ ]{0,9}"
_STEM = re.compile(r"(?<=[\w)])\*")
_GAP = re.compile(r"~(\d+)")
_CLASS = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"[^\W_]+")
# a sentence ends at . ! ? … or a line break; not at the full stop of a number or an abbreviation such as "br. 5"
_END = re.compile(r"[!?…\n]+|\.(?=\s+[^\W\d_]|\s*$|[\"”»“’])")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    extends: str = ""
    words: dict[str, str] = {}
    patterns: dict[Code, tuple[str, ...]] = {}
    better: dict[Code, str] = {}


class _Common(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    patterns: dict[Code, tuple[str, ...]]
    given_names: str
    places: str
    surname_endings: str


@dataclass(frozen=True)
class Lists:
    """What the check knows about one language.

    Attributes:
        words: Class name to a pattern that finds any of its entries.
        patterns: Code to the patterns that give it away.
        better: Code to an example of better wording, in the language.
    """

    words: Mapping[str, re.Pattern[str]]
    patterns: Mapping[Code, tuple[re.Pattern[str], ...]]
    better: Mapping[Code, str]


@dataclass(frozen=True)
class Sentence:
    """One sentence as folded words between blanks, with the way back to the draft.

    Attributes:
        joined: `` word word word ``, so that every word stands between blanks.
        places: Start and end in the draft of each word.
        starts: Where in ``joined`` each word starts.
        first: Whether it is one of the three sentences that open the draft.
    """

    joined: str
    places: tuple[tuple[int, int], ...]
    starts: tuple[int, ...]
    first: bool

    def span(self, match: re.Match[str]) -> tuple[int, int]:
        """Where in the draft a match on ``joined`` stands."""
        hit = [i for i, at in enumerate(self.starts) if match.start() <= at < match.end()]
        return (self.places[hit[0]][0], self.places[hit[-1]][1]) if hit else (0, 0)

    @property
    def whole(self) -> tuple[int, int]:
        """Where in the draft the sentence stands."""
        return self.places[0][0], self.places[-1][1]


def _entry(text: str) -> str:
    return r" +".join(_STEM.sub(_ENDING, part) for part in text.split())


def _compile(pattern: str, sources: Mapping[str, str]) -> re.Pattern[str]:
    # `~n` takes the blank before it: between two words there is one blank, and each word of the gap brings its own
    text = " ".join(pattern.split())
    out = []
    for part in re.findall(r"\{\w+\}|~\d+|[^\s{}~]+", text):
        if gap := _GAP.fullmatch(part):
            out.append(rf"(?:[^ ]+ ){{0,{gap[1]}}}")
        elif name := _CLASS.fullmatch(part):
            out.append(f"(?:{sources[name[1]]}) ")
        else:
            out.append(f"(?:{_entry(part)}) ")
    return re.compile("(?<= )" + "".join(out))


def _alternatives(entries: str) -> str:
    return "|".join(_entry(entry) for entry in sorted({e.strip() for e in re.split(r"[,\n]", entries)} - {""}))


def _read(name: str) -> _File:
    path = find(f"datasets/draft_check/{name}.toml")
    try:
        file = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        base = _read(file.extends) if file.extends else _File()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise InputError(f"{path} is not a valid word list: {error}; restore the shipped file") from None
    words = {key: f"{base.words.get(key, '')},{file.words.get(key, '')}" for key in {**base.words, **file.words}}
    return _File(words=words, patterns={**base.patterns, **file.patterns}, better={**base.better, **file.better})


@lru_cache(maxsize=1)
def common() -> _Common:
    """What holds for all languages: patterns, given names, place names."""
    path = find("datasets/draft_check/common.toml")
    try:
        return _Common.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise InputError(f"{path} is not a valid word list: {error}; restore the shipped file") from None


@lru_cache(maxsize=16)
def lists(code: str) -> Lists:
    """The compiled lists of a language.

    Raises:
        UnknownNameError: The language is not known.
        InputError: A file is damaged.
    """
    code = resolve(code).language.code
    if code == "bcms":
        code = "bs"
    if code not in LANGUAGES:
        raise unknown("language", code, list(LANGUAGES))
    file = _read(code)
    sources = {name: _alternatives(entries) for name, entries in file.words.items()}
    patterns = {**common().patterns, **file.patterns}
    try:
        return Lists(
            words={name: re.compile(f"(?<= )(?:{source}) ") for name, source in sources.items()},
            patterns={key: tuple(_compile(p, sources) for p in listed) for key, listed in patterns.items()},
            better=file.better,
        )
    except (KeyError, re.error) as error:
        raise InputError(f"the word list of {code} has no class or a wrong entry: {error}") from None


def sentences(text: str, code: str) -> list[Sentence]:
    """A draft cut into sentences of folded words.

    >>> [s.joined for s in sentences("Dobar dan. Kako ste?", "sr")]
    [' dobar dan ', ' kako ste ']
    """
    read = normalise(text, code)
    ends = [match.end() for match in _END.finditer(text)]
    groups: dict[int, list[tuple[str, tuple[int, int]]]] = {}
    for match in _WORD.finditer(read.folded):
        place = read.folded_span(*match.span())
        number = bisect_right(ends, place[0])
        groups.setdefault(number, []).append((match[0], place))
    return list(_joined(list(groups.values())))


def _joined(groups: list[list[tuple[str, tuple[int, int]]]]) -> Iterator[Sentence]:
    for number, words in enumerate(groups):
        starts, at = [], 1
        for word, _ in words:
            starts.append(at)
            at += len(word) + 1
        joined = f" {' '.join(word for word, _ in words)} "
        yield Sentence(joined, tuple(place for _, place in words), tuple(starts), number < 3)
