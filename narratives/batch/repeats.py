"""Posts that occur more than once in a file, scored once.

What is known is forgotten at every ``EPOCH``-th block, so that a run that goes on from any block finds the same posts
known as an uninterrupted one: it need score no more than the blocks of that epoch again.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from narratives.batch.engines import Columns, Langs

EPOCH = 32
"""Blocks after which everything is forgotten."""

KNOWN = 1 << 16
"""Posts remembered at most."""


_WHOLE = 1800  # of longer posts language detection reads stretches by their place, so that lengths matter
_GAPS = re.compile(r"[ \t\r\n]+")
# Only what every step of reading takes for one link or one name, whatever stands around it: plain ASCII between blanks,
# without the characters that entities, addresses of e-mail or quotation marks are told by. A name has a letter, as a
# link has, since a post without any letter is told apart.
_LINK = r"https?://[A-Za-z0-9./_?=%~+-]+"
_NAME = r"@(?=[0-9_]*[A-Za-z])[A-Za-z0-9_]+"
_LINKS_AND_NAMES = re.compile(rf"(?<![^ ])(?:(?:{_LINK}|{_NAME}) )*(?:{_LINK}(?= |\Z)|{_NAME}(?=:?(?: |\Z)))")


def squeezed(text: str) -> str:
    r"""The form that posts share which a model of words cannot tell apart.

    Blanks and line ends count as one blank, and links and ``@names`` that stand together as one name. Language
    detection (``text.script.letters_only``) and models of words (``backends.words.spread``) read neither. Nothing
    else is touched, and posts longer than 1,800 characters not at all.

    Args:
        text: A post.

    >>> squeezed("@ana @iva  pogledajte\n https://a.example/1") == squeezed("@eva pogledajte https://b.example/2?x=3")
    True
    >>> squeezed("Da!") == squeezed("da!")
    False
    """
    if len(text) > _WHOLE:
        return text
    text = _GAPS.sub(" ", text).strip(" ")
    return _LINKS_AND_NAMES.sub("@n", text) if "@" in text or "://" in text else text


class _Reading:
    """The columns of one post, filled in when they come."""

    __slots__ = ("values",)

    def __init__(self) -> None:
        self.values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be scored of a block.

    Attributes:
        fresh: Positions of the posts to be scored.
        readings: For each row the reading that it takes.
    """

    fresh: list[int]
    readings: list[_Reading]

    @property
    def repeats(self) -> int:
        """Rows that need no scoring of their own."""
        return len(self.readings) - len(self.fresh)

    def fill(self, columns: Columns) -> dict[str, list[Any]]:
        """The columns of all rows, given those of the fresh ones; those of earlier blocks must be filled already."""
        for place, values in zip(self.fresh, zip(*columns.values(), strict=True), strict=True):
            self.readings[place].values = values
        if not self.readings:
            return {name: [] for name in columns}
        whole = zip(*(reading.values for reading in self.readings), strict=True)
        return {name: list(values) for name, values in zip(columns, whole, strict=True)}


class Repeats:
    """Finds posts that were seen before, in the same language and by the same model.

    >>> seen = Repeats("model", words=True)
    >>> [seen.plan(["da", "ne", " da "], None).fresh, seen.plan(["@ana ne", "@iva ne"], None).fresh]
    [[0, 1], [0]]
    """

    def __init__(self, model: str, *, words: bool = False, size: int = KNOWN) -> None:
        """Make an empty memory.

        Args:
            model: Digest of the model's files.
            words: Whether the model reads words alone, so that posts of one :func:`squeezed` form have one score;
                otherwise only the very same text is a repeat.
            size: Posts remembered at most; the one not seen for longest goes first.
        """
        self._words = words
        self._key = blake2b(model.encode()).digest()
        self._size = size
        self._known: OrderedDict[bytes, _Reading] = OrderedDict()

    def forget(self) -> None:
        """Empty the memory."""
        self._known.clear()

    def plan(self, texts: Sequence[Any], langs: Langs) -> Plan:
        """Which posts of a block have to be scored.

        Args:
            texts: Posts; what is neither text nor ``None`` is always scored.
            langs: One language for all, or one a row.
        """
        fresh: list[int] = []
        readings: list[_Reading] = []
        shared = langs is None or isinstance(langs, str)
        for i, text in enumerate(texts):
            digest = self._digest(text, None if shared else langs[i])  # type: ignore[index]
            reading = None if digest is None else self._known.get(digest)
            if reading is None:
                reading = _Reading()
                fresh.append(i)
            if digest is not None:
                self._known[digest] = reading
                self._known.move_to_end(digest)
                if len(self._known) > self._size:
                    self._known.popitem(last=False)
            readings.append(reading)
        return Plan(fresh, readings)

    def _digest(self, text: Any, lang: Any) -> bytes | None:
        if not (isinstance(text, str) or text is None):
            return None
        post = text or ""
        tagged = f"{lang!r}\0{squeezed(post) if self._words else post}"
        return blake2b(tagged.encode("utf-8", "surrogatepass"), digest_size=16, key=self._key).digest()
