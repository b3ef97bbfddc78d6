"""Which script is a text in, and which of its words are in that script?"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from narratives.text.patterns import CYRILLIC, LATIN, PROTECTED_RE

_NOT_LETTERS = re.compile(r"[\W\d_]+")
_CYRILLIC_RUN = re.compile(f"[{CYRILLIC}]+")
_LATIN_RUN = re.compile(f"[{LATIN}\u0250-\u02af]+")
_OTHER_RUN = re.compile(f"[^ {LATIN}\u0250-\u02af]")
_SAMPLE = 600
_ISO_SCRIPT = {
    "GREEK": "Grek", "ARABIC": "Arab", "HEBREW": "Hebr", "ARMENIAN": "Armn", "GEORGIAN": "Geor", "CJK": "Hani",
    "HIRAGANA": "Hira", "KATAKANA": "Kana", "HANGUL": "Hang", "DEVANAGARI": "Deva", "THAI": "Thai",
    "BENGALI": "Beng", "ETHIOPIC": "Ethi", "TAMIL": "Taml", "SYRIAC": "Syrc",
}  # fmt: skip


def letters_only(text: str) -> str:
    """Words of the text without addresses, names, digits and signs; of a long text its beginning, middle and end."""
    if len(text) > 3 * _SAMPLE:
        middle = len(text) // 2
        text = " ".join((text[:_SAMPLE], text[middle : middle + _SAMPLE], text[-_SAMPLE:]))
    if "@" in text or "://" in text or "www." in text:
        text = PROTECTED_RE.sub(" ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return _NOT_LETTERS.sub(" ", text).strip()


def script_of(words: str) -> tuple[str, str]:
    """ISO 15924 code of most letters, and the words in that script where there are others beside it."""
    if words.isascii():
        return ("Latn" if words else "Zyyy"), words
    cyrillic = _CYRILLIC_RUN.findall(words)
    if not cyrillic and _OTHER_RUN.search(words) is None:
        return "Latn", words
    latin = _LATIN_RUN.findall(words)
    counts = {"Cyrl": sum(map(len, cyrillic)), "Latn": sum(map(len, latin))}
    script = max(counts, key=lambda name: counts[name])
    if counts[script] * 2 >= len(words) - words.count(" "):
        return script, " ".join(cyrillic if script == "Cyrl" else latin)
    names = Counter(unicodedata.name(char, "?").split()[0].split("-")[0] for char in words if char != " ")
    name = names.most_common(1)[0][0]
    return {"LATIN": "Latn", "CYRILLIC": "Cyrl"}.get(name) or _ISO_SCRIPT.get(name, "Zzzz"), words
