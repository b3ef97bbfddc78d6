"""Hostile words behind their first letter and dots, wherever a post is shown to people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_DOT = "•"
_WORD = re.compile(r"[^\W_]+")

# Slurs of the region and of English, without diacritics; they are masked on sight even where the model marks nothing.
# A trailing asterisk stands for any ending. A harmless namesake (a crow, a surname) that gets masked does no harm.
# fmt: off
_SLURS = (
    "gabel*", "arixhi*", "magjup*", "maxhup*", "cigan*", "crncug*", "balij*", "siptar*", "ciorile", "cioara",
    "cioare*", "ciori", "tigan*", "jidan*", "hohol*", "araboi*", "cingene*", "zenci*", "циган*", "шиптар*",
    "балиј*", "хохл*", "хохол", "чурк*", "чурок", "raghead*", "towelhead*", "nigg*", "paki", "pakis",
)
# fmt: on
_KNOWN = re.compile("|".join(re.escape(s[:-1]) + r"\w*" if s.endswith("*") else re.escape(s) for s in _SLURS))
_PLAIN_KEYBOARD = str.maketrans("đıłø", "dilo")


def mask(text: str, places: Iterable[tuple[int, int]]) -> str:
    """Hide hostile words behind their first letter and dots, character for character.

    Args:
        text: The original post.
        places: Offsets (start, end) of what is to be hidden.

    Returns:
        A text of the same length, so that offsets stay valid. Known slurs are masked wherever they stand.

    >>> mask("Napolje s gamadi!", [(10, 16)])
    'Napolje s g•••••!'
    """
    slurs = [word.span() for word in _WORD.finditer(text) if _KNOWN.fullmatch(_plain(word[0]))]
    out = list(text)
    for start, end in (*places, *slurs):
        for word in re.finditer(r"\S+", text[start:end]):
            letters = [i for i, c in enumerate(word[0], start + word.start()) if unicodedata.category(c)[0] in "LNM"]
            for i in letters[1:]:
                out[i] = _DOT
    return "".join(out)


def _plain(word: str) -> str:
    """Lower case without diacritics, for looking up; ``đ`` and ``ı`` do not decompose by themselves."""
    bare = (c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
    return "".join(bare).translate(_PLAIN_KEYBOARD)
