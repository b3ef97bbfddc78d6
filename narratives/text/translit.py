"""Cyrillic and Latin for Bosnian, Montenegrin, Serbian and Macedonian, and Moldovan Cyrillic.

Cyrillic to Latin is exact. Latin to Cyrillic is not (``nj`` may be њ or н + ј), so a list of word beginnings settles
the known cases: use it to make twins of templates, never to read posts. Addresses, e-mails and @names are left alone.

Sources: the official orthographies; for Macedonian the standard romanisation with ǵ, ḱ, dz.
"""

from __future__ import annotations

import re

from narratives.text.offsets import Rewrite
from narratives.text.patterns import PROTECTED

# ---------------------------------------------------------------- Cyrillic to Latin

_SINGLE = dict(zip("абвгдђежзијклмнопрстћуфхцчшѓќѐѝ", "abvgdđežzijklmnoprstćufhcčšǵḱèì", strict=True))
_DOUBLE = {"љ": "lj", "њ": "nj", "џ": "dž", "ѕ": "dz"}
_SINGLE |= {cyr.upper(): lat.upper() for cyr, lat in _SINGLE.items()}
_TABLE = str.maketrans(_SINGLE)
_LOWER_DOUBLE = str.maketrans(_DOUBLE)
_CAPITAL = re.compile("[ЉЊЏЅ]")
_MONTENEGRIN = {"с\u0301": "ś", "з\u0301": "ź", "С\u0301": "Ś", "З\u0301": "Ź"}
_ACUTE = re.compile("[сзСЗ]\u0301")
_CYRILLIC_WORD = re.compile(f"{PROTECTED}|(?P<word>[\u0400-\u052f\u0301]+)")


def _capital(word: str, at: int) -> str:
    """``Lj`` or ``LJ``, by the next letter or, at the end of a word, the one before."""
    latin = _DOUBLE[word[at].lower()]
    beside = word[at + 1 : at + 2] or (word[at - 1] if at else "")
    return latin.upper() if beside.isupper() else latin.capitalize()


def _latin_word(match: re.Match[str]) -> str:
    word = match["word"]
    if word is None:
        return match[0]
    if _CAPITAL.search(word):
        word = _CAPITAL.sub(lambda m: _capital(m.string, m.start()), word)
    word = _ACUTE.sub(lambda m: _MONTENEGRIN[m[0]], word) if "\u0301" in word else word
    return word.translate(_LOWER_DOUBLE).translate(_TABLE)


LATIN_STEP = Rewrite(_CYRILLIC_WORD, _latin_word)
"""Serbo-Croatian and Macedonian Cyrillic to Latin; letters of other alphabets stay."""

# ---------------------------------------------------------------- Moldovan Cyrillic

_MOLDOVAN = dict(zip("абвгдежзийклмнопрстуфхцшщъыьэюя", "abvgdejziiclmnoprstufhțș_ăâiă__", strict=True))
_MOLDOVAN |= {"щ": "șt", "ю": "iu", "я": "ia", "ч": "ci", "ӂ": "gi", "ё": "io"}
_MOLDOVAN_WORD = re.compile(f"{PROTECTED}|(?P<word>[\u0400-\u04ff]+)")
_FRONT = set("еиьэю") - set("эю")
_CONSONANTS = set("бвгджзклмнпрстфхцчшщӂ")


def _moldovan_letter(word: str, at: int) -> str:
    char, after, before = word[at], word[at + 1 : at + 2], word[at - 1 : at]
    front = after in _FRONT and after != ""
    if char in "кг" and (front or after in ("я", "ю")):
        return {"к": "ch", "г": "gh"}[char]
    if char in "чӂ":  # the i is only written where no front vowel follows
        soft = {"ч": "c", "ӂ": "g"}[char]
        return soft if front or after in ("я", "ю") else soft + "i"
    if char == "я" and before in _CONSONANTS and before:
        return "ea"
    if char == "ы" and (at == 0 or at == len(word) - 1):
        return "î"
    return _MOLDOVAN.get(char, char)


def _moldovan_word(match: re.Match[str]) -> str:
    word = match["word"]
    if word is None:
        return match[0]
    lower = word.lower()
    out = [_moldovan_letter(lower, i) for i in range(len(lower))]
    if word.isupper() and len(word) > 1:
        return "".join(out).upper()
    return "".join(new.capitalize() if old.isupper() else new for old, new in zip(word, out, strict=True))


MOLDOVAN = Rewrite(_MOLDOVAN_WORD, _moldovan_word, re.compile("[\u0400-\u04ff]").search)
"""Moldovan Cyrillic to Romanian Latin: close enough to read, spelling after 1989 is not restored (î/â in words)."""

# ---------------------------------------------------------------- Latin to Cyrillic

# Word beginnings where n + j, l + j, d + ž are two letters, in Latin; a dot marks the seam. From the orthographies
# (compounds with a prefix, loans from Latin), not exhaustive.
_SEAMS = [
    "in.jekci", "in.jekt", "kon.jug", "kon.junk", "tan.jug", "van.jezi", "nad.živ", "nad.ždr", "nad.žn", "nad.žup",
    "nad.žet", "od.žal", "od.živ", "od.žv", "od.žur", "od.žd", "od.žem", "pod.žup", "pod.žan", "pod.žig", "pod.žeg",
    "pred.živ", "pred.žet",
]  # fmt: skip
_SEAM_AT = {seam.replace(".", ""): seam.index(".") for seam in _SEAMS}
_SEAM = re.compile("|".join(_SEAM_AT), re.IGNORECASE)
_BACK = {latin: cyrillic for cyrillic, latin in _SINGLE.items()}
_TO_CYRILLIC = {
    "sr": str.maketrans({latin: cyrillic for latin, cyrillic in _BACK.items() if latin not in "ǵḱǴḰ"}),
    "mk": str.maketrans({latin: cyrillic for latin, cyrillic in _BACK.items() if latin not in "đćĐĆ"}),
}
_DIGRAPH = {
    "sr": re.compile("[Ll]j|LJ|[Nn]j|NJ|[Dd]ž|DŽ|[śźŚŹ]"),
    "mk": re.compile("[Ll]j|LJ|[Nn]j|NJ|[Dd]ž|DŽ|[Dd]z|DZ|[GgKk]j|GJ|KJ|[śźŚŹ]"),
}
_DIGRAPHS = {"lj": "љ", "nj": "њ", "dž": "џ", "dz": "ѕ", "gj": "ѓ", "kj": "ќ", "ś": "с\u0301", "ź": "з\u0301"}
_FOREIGN = re.compile("[qwxyQWXYáéíóúäöüâêîôûñëç]")
_LATIN_WORD = re.compile(f"{PROTECTED}|(?P<word>[A-Za-z\u00c0-\u024f\u1e30\u1e31]+)")


def _digraph(match: re.Match[str]) -> str:
    cyrillic = _DIGRAPHS[match[0].lower()]
    return cyrillic.upper() if match[0][0].isupper() else cyrillic


def to_cyrillic(text: str, lang: str = "sr") -> str:
    """Latin to Cyrillic, for making twins of our own texts.

    Args:
        text: Serbian, Bosnian, Montenegrin (``lang="sr"``) or Macedonian (``"mk"``) in Latin letters.
        lang: Which alphabet.

    Returns:
        The text in Cyrillic. Words with letters foreign to the language (q, w, x, y …), addresses and @names stay.
        For text in Serbian Cyrillic without the sequences нј, лј, дж outside the listed words,
        ``to_cyrillic(to_latin(text)) == text``.

    >>> to_cyrillic("Ljubav, injekcija i džep @pera")
    'Љубав, инјекција и џеп @pera'
    """
    key = "mk" if lang == "mk" else "sr"

    def convert(piece: str) -> str:
        return _DIGRAPH[key].sub(_digraph, piece).translate(_TO_CYRILLIC[key])

    def word(match: re.Match[str]) -> str:
        latin = match["word"]
        if latin is None or _FOREIGN.search(latin):
            return match[0]
        seam = _SEAM.match(latin)
        cut = _SEAM_AT[seam[0].lower()] if seam else 0
        return convert(latin[:cut]) + convert(latin[cut:])

    return _LATIN_WORD.sub(word, text)


def to_latin(text: str, lang: str | None = None) -> str:
    """Cyrillic to Latin as the language's own orthography has it.

    Args:
        text: Any text; Latin letters and letters of other alphabets stay, and so do addresses and @names.
        lang: ``"ro"`` for Moldovan Cyrillic; every other value reads Serbo-Croatian and Macedonian letters.

    >>> to_latin("ЉУБАВ, Његош, инјекција, ноќ")
    'LJUBAV, Njegoš, injekcija, noḱ'
    >>> to_latin("Лимба молдовеняскэ", "ro")
    'Limba moldovenească'
    """
    return (MOLDOVAN if lang == "ro" else LATIN_STEP).plain(text)
