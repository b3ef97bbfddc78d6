"""The one table of the languages this library reads; everything that differs by language is looked up here.

Bosnian, Croatian, Montenegrin and Serbian form the group ``bcms``: no detector tells them apart in a short text, so
they are recognised and scored as one group, and only the caller can name the variety.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from narratives.errors import unknown

Casing = Literal["default", "turkic"]
PluralRule = Literal["one_other", "slavic", "romanian", "macedonian"]


@dataclass(frozen=True, slots=True)
class Language:
    """One language (or the macro-language ``bcms``) and what sets it apart.

    Attributes:
        code: ISO 639-1 code, or 639-3 where none exists (``cnr``).
        name: English name.
        native: The language's own name for itself.
        scripts: ISO 15924 codes, the commoner one first.
        group: Scoring group: ``bcms`` for the four varieties, else the code itself.
        casing: ``turkic`` where I/ı and İ/i are pairs, else ``default``.
        folding: Letters a plain keyboard lacks, with what people type instead (the first spelling is the folded
            form; others are accepted in word lists).
        plural: CLDR plural rule family, for counted phrases.
        spacy: The spaCy language code whose tokeniser serves best.
    """

    code: str
    name: str
    native: str
    scripts: tuple[str, ...]
    group: str
    casing: Casing
    folding: Mapping[str, tuple[str, ...]]
    plural: PluralRule
    spacy: str


@dataclass(frozen=True, slots=True)
class Variety:
    """A language and, where the caller named one, the script it is written in."""

    language: Language
    script: str | None

    @property
    def tag(self) -> str:
        """BCP 47 tag: ``sr-Cyrl`` or ``hr``."""
        return f"{self.language.code}-{self.script}" if self.script else self.language.code


_BCMS = {"č": ("c",), "ć": ("c",), "š": ("s",), "ž": ("z",), "đ": ("d", "dj")}
_CNR = {**_BCMS, "ś": ("s",), "ź": ("z",)}
_MK = {"č": ("c",), "š": ("s",), "ž": ("z",), "ǵ": ("g", "gj"), "ḱ": ("k", "kj"), "dž": ("dz",)}
_SQ = {"ë": ("e",), "ç": ("c",), "â": ("a",), "ê": ("e",), "î": ("i",)}
_RO = {"ă": ("a",), "â": ("a",), "î": ("i",), "ș": ("s",), "ț": ("t",)}
_TR = {"ı": ("i",), "ş": ("s",), "ğ": ("g",), "ç": ("c",), "ö": ("o",), "ü": ("u",)}

LANGUAGES: Mapping[str, Language] = {
    lang.code: lang
    for lang in (
        Language("en", "English", "English", ("Latn",), "en", "default", {}, "one_other", "en"),
        Language("sq", "Albanian", "shqip", ("Latn",), "sq", "default", _SQ, "one_other", "sq"),
        Language("bs", "Bosnian", "bosanski", ("Latn", "Cyrl"), "bcms", "default", _BCMS, "slavic", "hr"),
        Language("hr", "Croatian", "hrvatski", ("Latn",), "bcms", "default", _BCMS, "slavic", "hr"),
        Language("cnr", "Montenegrin", "crnogorski", ("Latn", "Cyrl"), "bcms", "default", _CNR, "slavic", "hr"),
        Language("sr", "Serbian", "српски / srpski", ("Cyrl", "Latn"), "bcms", "default", _BCMS, "slavic", "sr"),
        Language("mk", "Macedonian", "македонски", ("Cyrl", "Latn"), "mk", "default", _MK, "macedonian", "mk"),
        Language("ro", "Romanian", "română", ("Latn", "Cyrl"), "ro", "default", _RO, "romanian", "ro"),
        Language("tr", "Turkish", "Türkçe", ("Latn",), "tr", "turkic", _TR, "one_other", "tr"),
    )
}
"""The nine languages by code, in the order used in every table of the project."""

BCMS = Language(
    "bcms",
    "Bosnian/Croatian/Montenegrin/Serbian",
    "bosanski/hrvatski/crnogorski/srpski",
    ("Latn", "Cyrl"),
    "bcms",
    "default",
    _CNR,
    "slavic",
    "hr",
)
"""The macro-language that ``detect`` answers when the caller names no variety."""

GROUPS: tuple[str, ...] = tuple(dict.fromkeys(lang.group for lang in LANGUAGES.values()))
"""The scoring groups: en, sq, bcms, mk, ro, tr."""

_ALIASES = {
    "eng": "en",
    "sqi": "sq",
    "alb": "sq",
    "als": "sq",
    "aln": "sq",
    "bos": "bs",
    "hrv": "hr",
    "srp": "sr",
    "scr": "hr",
    "scc": "sr",
    "mkd": "mk",
    "mac": "mk",
    "ron": "ro",
    "rum": "ro",
    "mo": "ro",
    "mol": "ro",
    "tur": "tr",
    "sh": "bcms",
    "hbs": "bcms",
}
_SCRIPTS = {"latn": "Latn", "latin": "Latn", "cyrl": "Cyrl", "cyrillic": "Cyrl"}


def resolve(tag: str) -> Variety:
    """Look up a language by tag: ``"sr"``, ``"sr-Cyrl"``, ``"sr_Latn"``, ``"srp"``, ``"bcms"``, any case.

    A region after the language (``"sr-RS"``) is accepted and ignored.

    Args:
        tag: A BCP 47-like tag, an ISO 639 code, or the English name of the language.

    Returns:
        The language and the script, ``None`` where the tag names none.

    Raises:
        UnknownNameError: The tag names no known language, or a script the language is not written in; the message
            lists the known ones.

    >>> resolve("sr-Cyrl").tag
    'sr-Cyrl'
    >>> resolve("sh").language.group
    'bcms'
    """
    known = [*LANGUAGES, "bcms"]
    if not isinstance(tag, str):
        raise unknown("language", tag, known)
    head, *rest = tag.strip().replace("_", "-").split("-")
    code = _ALIASES.get(head.lower(), head.lower())
    by_name = {lang.name.lower(): lang for lang in LANGUAGES.values()}
    language = BCMS if code == "bcms" else LANGUAGES.get(code) or by_name.get(code)
    if language is None:
        raise unknown("language", tag, known)
    script = None
    for part in rest:
        if part.lower() in _SCRIPTS:
            script = _SCRIPTS[part.lower()]
        elif not (len(part) == 2 and part.isalpha()) and not (len(part) == 3 and part.isdigit()):
            raise unknown(f"script of {language.name}", part, list(language.scripts))
    if script is not None and script not in language.scripts:
        raise unknown(f"script of {language.name}", script, list(language.scripts))
    return Variety(language, script)
