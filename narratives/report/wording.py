"""The words of a report in nine languages: ``datasets/ui/<lang>.toml``, numbers, dates and plurals of each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from string import Template
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from narratives.errors import InputError, unknown
from narratives.languages import LANGUAGES, PluralRule, resolve
from narratives.resources import find
from narratives.text.translit import to_latin

Form = Literal["one", "few", "other"]

FORMS: Mapping[PluralRule, tuple[Form, ...]] = {
    "one_other": ("one", "other"),
    "macedonian": ("one", "other"),
    "slavic": ("one", "few", "other"),
    "romanian": ("one", "few", "other"),
}
"""Which forms of a counted word each rule needs."""

_SPACE = "\u00a0"  # between a number and what belongs to it


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Format(_Strict):
    thousands: str
    decimal: str
    percent: str
    day: str


class _File(_Strict):
    lang: str
    status: Literal["draft", "reviewed"]
    format: _Format
    counted: dict[str, dict[Form, str]]
    text: dict[str, str]
    decisions: dict[str, str]
    stances: dict[str, str]
    severity: dict[str, str]
    narratives: dict[str, str]
    targets: dict[str, str]
    languages: dict[str, str]
    countries: dict[str, str] = Field(min_length=8)


def plural_form(rule: PluralRule, n: int) -> Form:
    """Which form of a word a whole number takes (Unicode CLDR, cardinal rules).

    >>> [plural_form("slavic", n) for n in (1, 3, 5, 11, 12, 21, 104)]
    ['one', 'few', 'other', 'other', 'other', 'one', 'few']
    >>> [plural_form("romanian", n) for n in (1, 0, 19, 20, 101)]
    ['one', 'few', 'few', 'other', 'few']
    """
    n = abs(n)
    if rule == "one_other":
        return "one" if n == 1 else "other"
    if rule == "romanian":
        return "one" if n == 1 else "few" if n == 0 or 1 <= n % 100 <= 19 else "other"
    if n % 10 == 1 and n % 100 != 11:
        return "one"
    return "few" if rule == "slavic" and 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else "other"


class Words:
    """One language's words. Values are put in as they are: whoever prints them must escape them.

    Attributes:
        lang: Code of the language.
        tag: BCP 47 tag, for the page.
        draft: Whether no native speaker has signed the words yet.
    """

    def __init__(self, data: _File, tag: str) -> None:
        self._data = data
        self.lang, self.tag, self.draft = data.lang, tag, data.status != "reviewed"

    def __call__(self, key: str, **values: str) -> str:
        """A text, its slots filled in one pass; what a value holds is never read as a slot."""
        return Template(self._data.text[key]).substitute(values)

    def name(self, table: str, id: str) -> str:
        """The name of a narrative, target, stance …; the id itself where a newer model has one that is not known."""
        return str(getattr(self._data, table).get(id, id))

    def number(self, value: float, places: int = 0) -> str:
        """A number with this language's separators."""
        text = f"{value:,.{places}f}"
        thousands = _SPACE if self._data.format.thousands == " " else self._data.format.thousands
        if thousands == "." and abs(value) < 10_000:  # small numbers are not grouped where a dot would be misread
            text = text.replace(",", "")
        return text.translate({ord(","): thousands, ord("."): self._data.format.decimal})

    def share(self, value: float) -> str:
        """A share as a percentage: one decimal place below 10."""
        percent = 100 * value
        shown = self.number(percent, 0 if percent >= 99.95 or percent == 0 else 1)
        return Template(self._data.format.percent).substitute(n=shown).replace(" ", _SPACE)

    def interval(self, low: float, high: float) -> str:
        """Two ends of an interval of shares."""
        return self("to", low=self.share(low), high=self.share(high))

    def count(self, noun: str, n: int) -> str:
        """A counted noun: ``posts``, ``weeks`` or ``texts``."""
        form = plural_form(LANGUAGES[self.lang].plural, n)
        return Template(self._data.counted[noun][form]).substitute(n=self.number(n)).replace(" ", _SPACE)

    def day(self, value: date) -> str:
        """A date."""
        zero = "02d" if self.lang in {"en", "ro", "tr"} else "d"
        parts = {"y": f"{value.year:04d}", "m": f"{value.month:{zero}}", "d": f"{value.day:{zero}}"}
        return Template(self._data.format.day).substitute(parts).replace(" ", _SPACE)


@lru_cache(maxsize=16)
def _file(code: str) -> _File:
    path = find(f"datasets/ui/{code}.toml")
    try:
        return _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise InputError(f"{path} is not a file of words: {' '.join(str(error).split())[:300]}") from None


def words(tag: str = "en") -> Words:
    r"""The words of a language.

    Args:
        tag: One of the nine; ``sr-Latn`` for Serbian in Latin letters.

    Raises:
        UnknownNameError: The language is not one of the nine.
        InputError: The words are not there in that script.

    >>> words("ro").count("posts", 1_000_000).replace("\xa0", " "), words("sr").name("narratives", "invasion_flood")
    ('1.000.000 de postări', 'Инвазија и поплава')
    """
    variety = resolve(tag)
    code = variety.language.code
    if code not in LANGUAGES:
        raise unknown("language of the page", tag, list(LANGUAGES))
    data = _file(code)
    if variety.script is None or variety.script == LANGUAGES[code].scripts[0]:
        return Words(data, code if code != "sr" else "sr-Cyrl")
    if variety.script == "Latn":
        return Words(_File.model_validate(_latin(data.model_dump(), code)), variety.tag)
    raise InputError(f"the words of {tag} are there in Latin letters only; leave the script out")


def _latin(value: Any, lang: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _latin(entry, lang) for key, entry in value.items()}
    return to_latin(value, lang)


__all__ = ["FORMS", "Words", "plural_form", "words"]
