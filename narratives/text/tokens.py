"""Words, numbers, hashtags, @names, addresses, emoji and signs of a text, with their offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from narratives.text.patterns import EMAIL, EMOJI, MENTION, URL

Kind = Literal["word", "number", "hashtag", "mention", "url", "email", "emoji", "punct"]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text.

    Attributes:
        text: The characters, ``source[start:end]``.
        start: Offset of the first character.
        end: Offset after the last one.
        kind: What it is.
    """

    text: str
    start: int
    end: int
    kind: Kind


_MARKS = "\u0300-\u036f"
_TOKEN = re.compile(
    rf"(?P<email>{EMAIL})|(?P<url>{URL})|(?P<mention>{MENTION})|(?P<hashtag>#\w+)"
    r"|(?P<number>\d+(?:[.,]\d+)*(?![^\W_]))"
    rf"|(?P<word>\w[\w{_MARKS}]*(?:['’ʼ\-][^\W\d_][\w{_MARKS}]*)*)"
    rf"|(?P<emoji>{EMOJI})|(?P<punct>\S)"
)


def tokens(text: str) -> list[Token]:
    """Split a text into tokens; only white space is left out.

    A word keeps its inner apostrophes and hyphens ("Türkiye'de", "anti-migrant") and digits ("covid19").

    >>> [(t.text, t.kind) for t in tokens("@ana Stop! 3,5 #azil")]
    [('@ana', 'mention'), ('Stop', 'word'), ('!', 'punct'), ('3,5', 'number'), ('#azil', 'hashtag')]
    """
    return [Token(m[0], m.start(), m.end(), cast(Kind, m.lastgroup)) for m in _TOKEN.finditer(text)]
