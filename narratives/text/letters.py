"""Characters that are written one way and meant another: invisible marks, styled letters, lookalikes, broken bytes."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from narratives.text.offsets import Rewrite
from narratives.text.patterns import CYRILLIC, GREEK, LATIN, PROTECTED

# ---------------------------------------------------------------- one character at a time

_INVISIBLE = "\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_INVISIBLE += "\U000e0000-\U000e01ef"
_CONTROL = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_SPACE = "\x0b\x0c\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_ETH = {"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ"}  # typed for Đ; no language here writes eth
# Blocks whose letters and digits are other letters and digits in costume: digraph code points, modifier and
# superscript letters, letterlike, circled, Roman numerals, ligatures, full width, mathematical, squared.
_COSTUMES = (
    "ªºſ\u01c4-\u01cc\u01f1-\u01f3\u02b0-\u02b8\u1d2c-\u1d6a\u2071-\u208e\u2100-\u2149\u2160-\u217f\u2460-\u24ff"
    "\ufb00-\ufb06\uff01-\uff5e\U0001d400-\U0001d7ff\U0001f100-\U0001f189"
)
_KEEP = set("™℠№℡℻℉℃")  # signs, not disguised words


def _ordinary(char: str) -> str:
    if char in _ETH:
        return _ETH[char]
    if "\ud800" <= char <= "\udfff":
        return "\ufffd"  # half a character: tokenisers refuse it
    if char in _KEEP:
        return char
    code = ord(char)
    if 0x1F150 <= code <= 0x1F189:  # white letters on black: no decomposition in Unicode
        return (
            chr(0x41 + code - (0x1F150 if code <= 0x1F169 else 0x1F170))
            if code not in range(0x1F16A, 0x1F170)
            else char
        )
    new = unicodedata.normalize("NFKC", char)
    return new if any(map(str.isalnum, new)) or code >= 0xFF01 else char


def _character(match: re.Match[str]) -> str:
    return "".join(map(_ordinary, match[0]))


CONTROLS = Rewrite(re.compile(f"[{_CONTROL}]+"), lambda _: "")
"""Control characters other than tab and line ends, dropped."""

SURROGATES = Rewrite(
    re.compile("[\ud800-\udbff][\udc00-\udfff]"),
    lambda m: m[0].encode("utf-16", "surrogatepass").decode("utf-16"),
)
"""Emoji written as two halves (CESU-8 exports), put together."""

INVISIBLES = Rewrite(re.compile(f"[{_INVISIBLE}]+"), lambda _: "")
"""Zero-width marks, soft hyphens, variation selectors and direction marks, dropped."""

SPACES = Rewrite(re.compile(f"[{_SPACE}]"), lambda _: " ")
"""Every kind of space, as a plain one; line ends and tabs stay."""

COSTUMES = Rewrite(re.compile(f"[\ud800-\udfff{''.join(_ETH)}{_COSTUMES}]"), _character)
"""Letters in costume (NFKC), eth for Đ, lone surrogates."""

# ---------------------------------------------------------------- combining marks

_MARK = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u06d6-\u06dc\u06df-\u06ed\u0730-\u074a"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f"
)
PILES = Rewrite(re.compile(f"([{_MARK}]{{4}})[{_MARK}]+"), lambda m: m[1])
"""No language stacks more than four marks on a letter; more is decoration, and sorting it takes quadratic time."""

# Outside these ranges nothing composes or decomposes canonically, so most texts are done after one scan.
_UNSTABLE = re.compile(
    "[^\x00-\u02ff\u0400-\u0482\u048a-\u0590\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\U0001f000-\U0001faff]"
)
COMPOSE = Rewrite(
    # ASCII never composes with what stands before it, so runs of other characters are composed apart.
    re.compile("[\x00-\x7f]?[^\x00-\x7f]{1,256}"),
    lambda m: unicodedata.normalize("NFC", m[0]),
    _UNSTABLE.search,
)
"""Canonical composition (NFC)."""

# ---------------------------------------------------------------- broken encodings

# A lead byte of UTF-8 read as a Western, Central European or Turkish letter, and then a byte that is no word's letter.
_BROKEN = re.compile(
    "[\u00c2-\u00f4\u0102\u0103\u010e-\u0111\u0118-\u011b\u011e\u0130\u0139\u013a][\x80-\xbf\u0160-\u0192\u02c6-\u02dd\u2010-\u2122]"
)


def _repair(match: re.Match[str]) -> str:
    if _BROKEN.search(match[0]) is None:
        return match[0]
    from ftfy import TextFixerConfig, fix_encoding  # 20 ms, and few posts need it

    return fix_encoding(match[0], TextFixerConfig(uncurl_quotes=False, explain=False))


REPAIR = Rewrite(re.compile("[^\x00-\x20]{2,4000}"), _repair, _BROKEN.search)
"""Text decoded with the wrong code page ("kÃ¶y"), by ftfy, one stretch between spaces at a time."""

_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " "}


def _entity(match: re.Match[str]) -> str:
    name = match[1].lower()
    if name in _ENTITIES:
        return _ENTITIES[name]
    code = int(name[2:], 16) if name[1] == "x" else int(name[1:])
    char = chr(code) if 0x20 <= code <= 0x10FFFF else match[0]
    return match[0] if char in "#;&" or "\ud800" <= char <= "\udfff" else char


ENTITIES = Rewrite(
    re.compile(r"&(?:amp;|#38;)*(amp|lt|gt|quot|apos|nbsp|#\d{2,7}|#x[\da-f]{2,6});", re.IGNORECASE | re.ASCII),
    _entity,
    lambda text: "&" in text and ";" in text,
)
"""HTML entities that survive in exported posts, however often they were escaped."""

# ---------------------------------------------------------------- lookalikes

_CYR_LAT = dict(zip("аеорсухіјѕкһԁԛԝѵАВЕКМНОРСТУХІЈЅѐѝ", "aeopcyxijskhdqwvABEKMHOPCTYXIJSèì", strict=True))
_LAT_CYR = dict(zip("aeopcyxijskABEKMHOPCTYXIJSèì", "аеорсухіјѕкАВЕКМНОРСТУХІЈЅѐѝ", strict=True))
_GREEK_LAT = dict(zip("αοντρικυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aovtpikuABEZHIKMNOPTYX", strict=True))
_TO_LATIN = {**_CYR_LAT, **_GREEK_LAT}
_MIX = re.compile(f"[{LATIN}][\u0300-\u036f]*[{CYRILLIC}{GREEK}]|[{CYRILLIC}{GREEK}][\u0300-\u036f]*[{LATIN}]")
_IS_LATIN = re.compile(f"[{LATIN}]")
_IS_CYRILLIC = re.compile(f"[{CYRILLIC}]")


def _one_script(match: re.Match[str]) -> str:
    word = match[0]
    if match["word"] is None or _MIX.search(word) is None:
        return word
    letters = Counter(word)
    latin = sum(n for char, n in letters.items() if _IS_LATIN.match(char))
    cyrillic = sum(n for char, n in letters.items() if _IS_CYRILLIC.match(char))
    foreign = [char for char in letters if char.isalpha() and not _IS_LATIN.match(char)]
    native = [char for char in letters if _IS_LATIN.match(char)]
    can_latin = all(char in _TO_LATIN for char in foreign)
    can_cyrillic = cyrillic and all(char in _LAT_CYR for char in native)
    if can_latin and (latin >= cyrillic or not can_cyrillic):
        return "".join(_TO_LATIN.get(char, char) for char in word)
    if can_cyrillic and (cyrillic > latin or not can_latin):
        return "".join(_LAT_CYR.get(char, char) for char in word)
    return word


HOMOGLYPHS = Rewrite(re.compile(rf"{PROTECTED}|(?P<word>[\w\u0300-\u036f]+)"), _one_script, _MIX.search)
"""Lookalikes of another alphabet inside one word, turned to the script of most of its letters.

A word stays as it is where a letter of the lesser script has no lookalike ("COVIDом").
"""
