"""The folded twin: lower case, Latin, no diacritics, so that every way of typing a word gives one form.

Choices, all for recall (a folded match is weaker evidence than an exact one):

* đ becomes d. In the group bcms ``dj`` becomes d too, so ``đubre``, ``djubre``, ``ђубре`` and shaved ``dubre`` meet.
  Real d + j (``nadjačati``, ``podjela``) folds the same way in word lists and in posts, so they still find each other,
  and ``djeca``/``deca`` meet, ijekavian and ekavian, which is welcome.
* In Macedonian ``gj``, ``kj`` (chat for ѓ, ќ) become g, k and ``sh``, ``zh``, ``ch`` (ш, ж, ч) become s, z, c: the
  sequences гј, кј, сх, зх, цх are all but absent from the language.
* ı becomes i, so that Turkish capitals typed without dots meet the rest.
* Cyrillic of other languages is spelled out in ASCII by a plain table.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from narratives.text.offsets import Rewrite, SameLength, Step, Table

_CYRILLIC = dict(
    zip(
        "абвгдежзијклмнопрстћуфхцчшђќѓіѐѝёєыйъґўэ",
        "abvgdezzijklmnoprstcufhccsdkgieieeijague",
        strict=True,
    )
) | {"ѕ": "dz", "љ": "lj", "њ": "nj", "џ": "dz", "щ": "st", "ю": "ju", "я": "ja", "ї": "ji", "ь": "", "ӂ": "g"}
_LATIN = {
    "đ": "d",
    "ð": "d",
    "ı": "i",
    "ł": "l",
    "ø": "o",
    "æ": "ae",
    "œ": "oe",
    "ß": "ss",
    "þ": "th",
    "ς": "σ",
    "ə": "a",
}


class _Folding(dict[int, str]):
    """Fills itself: every character asked for is worked out once."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        new = _CYRILLIC.get(char) if char in _CYRILLIC else _LATIN.get(char)
        if new is None:
            new = char
            if code < 0x530 or 0x1E00 <= code < 0x2000:  # Latin, Greek, Cyrillic: the letter under the marks
                new = "".join(c for c in unicodedata.normalize("NFD", char) if not "\u0300" <= c <= "\u036f")
                new = new.translate(self) if new != char else new
        self[code] = new
        return new


FOLD = Table(_Folding())
"""Letters to their plain twins."""

DIGRAPHS: dict[str, Rewrite] = {
    "bcms": Rewrite(re.compile("dj+"), lambda _: "d", lambda text: "dj" in text),
    "mk": Rewrite(re.compile("([gk])j+|([szc])h+"), lambda m: m[1] or m[2]),
}
"""Group to the digraphs that stand for one letter, on folded text."""


def _lower(text: str) -> str:
    return text.replace("İ", "i").lower()


def _lower_turkic(text: str) -> str:
    return text.replace("İ", "i").replace("I", "ı").lower()


def lower_step(turkic: bool) -> Step:
    """Lower-casing that keeps the length (İ is i, not i with a loose dot)."""
    function: Callable[[str], str] = _lower_turkic if turkic else _lower
    return SameLength(function)


ROMANIAN = Rewrite(re.compile("[şţŞŢãÃ]"), lambda m: {"ş": "ș", "ţ": "ț", "Ş": "Ș", "Ţ": "Ț", "ã": "ă", "Ã": "Ă"}[m[0]])
"""Legacy cedilla letters and ã, only where the text is known to be Romanian: ş is right in Turkish."""
