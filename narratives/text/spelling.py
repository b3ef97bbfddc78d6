"""Spellings that posts play with: digits for letters, drawn-out words, hashtags."""

from __future__ import annotations

import re

from narratives.text.offsets import Rewrite
from narratives.text.patterns import LATIN, PROTECTED

_LEET = {"4": "a", "3": "e", "0": "o", "1": "i", "$": "s", "@": "a"}
_LEET_UPPER = {sign: letter.upper() for sign, letter in _LEET.items()}
_LETTERS = re.compile(f"[{LATIN}]")
_NOT_LEET = re.compile(
    rf"[{LATIN}][013$4@]*[256789]|[256789][013$4@]*[{LATIN}]|([013$4@])(?!\1)[013$4@]|([013$4@])\2\2"
)
_INSIDE = re.compile(rf"(?<=[{LATIN}])[013$4@]{{1,2}}(?=[{LATIN}])|^\$(?=[{LATIN}]{{3}})")


def _read_leet(match: re.Match[str]) -> str:
    word = match[0]
    if match["word"] is None or len(_LETTERS.findall(word)) < 4 or _NOT_LEET.search(word):
        return word
    table = _LEET_UPPER if word.isupper() else _LEET
    read = _INSIDE.sub(lambda m: "".join(table[sign] for sign in m[0]), word)
    if read != word and read[-1] in "0134$" and read[-2].isalpha():  # "m1gr4nt1": the last sign is meant like the rest
        read = read[:-1] + table[read[-1]]
    return read


LEET = Rewrite(
    re.compile(rf"{PROTECTED}|(?P<word>(?<![\w$@])[{LATIN}0-9$@]{{5,40}}(?![\w$@]))"),
    _read_leet,
    re.compile("[A-Za-z\u00c0-\u024f][0134$@][0134$@]?[A-Za-z\u00c0-\u024f]|\\$[A-Za-z]").search,
)
"""Digits and signs that stand for letters inside a Latin word: 4 a, 3 e, 0 o, 1 i, $ s, @ a.

Only between letters, in words of four letters and more, and only where every sign in the word can be read: "covid19",
"4x4", "b2b", "2023" stay.
"""

REPEATS = Rewrite(
    re.compile(rf"{PROTECTED}|(?P<run>(?P<char>[^\s\d])(?P=char){{2,}})"),
    lambda m: m[0] if m["run"] is None else m["char"] * 2,
    re.compile(r"([^\s\d])\1\1").search,
)
"""Three and more of a letter, sign or emoji become two; digits stay ("1000")."""


def _split_hashtag(match: re.Match[str]) -> str:
    tag = match["tag"]
    if tag is None:
        return match[0]
    out: list[str] = []
    for i, char in enumerate(tag):
        before, after = tag[i - 1] if i else "", tag[i + 1] if i + 1 < len(tag) else ""
        hump = char.isupper() and (before.islower() or (before.isupper() and after.islower() and i > 1))
        year = char.isdigit() and before.isalpha() and tag[i : i + 3].isdigit() and len(tag[i : i + 3]) == 3
        unit = char.isupper() and before.isdigit()
        if hump or year or unit or (char == "_" and out and out[-1] != " "):
            out.append(" ")
        if char != "_":
            out.append(char)
    words = "".join(out).strip()
    return words if " " in words else match[0]


HASHTAGS = Rewrite(
    re.compile(rf"{PROTECTED}|(?<!&)#(?P<tag>\w+)"),
    _split_hashtag,
    lambda text: "#" in text,
)
"""``#StopNaseljavanje`` as words: split before capitals, years and at underscores; ``#migranti`` stays."""
