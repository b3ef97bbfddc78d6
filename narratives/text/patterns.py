"""What a post holds that is not a word: addresses, @names, numbers, emoji. Every other module reads it from here.

Each pattern is linear: quantifiers are bounded, or can start at one place only (the look-behinds).
"""

from __future__ import annotations

import re

# Endings that are also words of our languages ("nema.Al", "Pusti.me") count only when a path follows.
_TLD = r"(?:com|org|net|info|gov|edu|rs|hr|mk|ro|md|tr|eu|ba(?=/)|me(?=/)|al(?=/)|co(?=/)|be(?=/)|tv(?=/)|ly(?=/))"

URL = (
    r"(?i:\b(?:https?://|www\.)[^\s<>\"\u201c\u201d\u00ab\u00bb]+)"
    rf"|(?<![\w@.-])(?:[a-zA-Z0-9-]{{1,63}}\.){{1,4}}{_TLD}(?![\w.-]*\w)(?:/[^\s<>\"]*)?"
)
EMAIL = r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}(?![\w-])"
MENTION = r"(?<![\w@])@\w[\w]*"

PROTECTED = rf"{EMAIL}|{URL}|{MENTION}"
"""Stretches that no step may rewrite, first alternative wins."""

EMOJI = (
    "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u231a-\u23ff\u25aa-\u25fe]"
    "[\ufe0f\u200d\U0001f3fb-\U0001f3ff\u20e3]*"
)

LATIN = "A-Za-zªº\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
CYRILLIC = "\u0400-\u0481\u048a-\u052f"
GREEK = "\u0370-\u03ff"

LATIN_RE = re.compile(f"[{LATIN}]")
CYRILLIC_RE = re.compile(f"[{CYRILLIC}]")
PROTECTED_RE = re.compile(PROTECTED)
EMOJI_RE = re.compile(EMOJI)
