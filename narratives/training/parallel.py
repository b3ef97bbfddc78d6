"""Pairs of an English sentence and its translation, from the folder of parallel texts, thinned by kind of source."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from narratives.errors import MissingFileError

PAIRS: Mapping[str, str] = {
    "sq": "en-sq",
    "bs": "en-bs",
    "hr": "en-hr",
    "cnr": "en-cnr",
    "sr": "en-sr",
    "sr-Latn": "en-sr_Latn",
    "sr-ijk": "en-sr_ijk",
    "sr-ijklat": "en-sr_ijklat",
    "mk": "en-mk",
    "ro": "en-ro",
    "tr": "en-tr",
}
"""Language tag to file name, without ``.tsv.gz``. Folding brings scripts together, so Serbian counts in both."""

_DICTIONARIES = ("DICT_",)
_RELIGIOUS = ("bible", "quran")
_PROSE = ("books", "tatoeba", "anki", "rosetta", "maidis", "xquad", "ud_", "ro_sts", "albanian_en", "xsid")
_HELD_BACK = ("ntrex", "tatoeba_laser_test")  # what retrieval is measured on


@dataclass(frozen=True, slots=True)
class Shares:
    """Share of the pairs that is kept, by kind of source; interface strings are many and say little.

    Attributes:
        dictionary: Words and short phrases.
        religious: Scripture.
        interface: Strings of programs, and whatever is not known to be prose.
        prose: Books, news, conversation.
        scarce: Interface share for languages with hardly any prose.
        most: Pairs a language at most.
    """

    dictionary: float = 0.08
    religious: float = 0.35
    interface: float = 0.2
    prose: float = 1.0
    scarce: float = 0.6
    most: int = 180_000

    def of(self, source: str, scarce: bool) -> float:
        """Share kept of one source."""
        if source.startswith(_DICTIONARIES):
            return self.dictionary
        if source.startswith(_RELIGIOUS):
            return self.religious
        if source.startswith(_PROSE):
            return self.prose
        return self.scarce if scarce else self.interface


_SCARCE = {"mk", "bs", "ro", "sq", "cnr"}


def read_pairs(folder: Path, lang: str) -> Iterator[tuple[str, str, str]]:
    """Yield (English, translation, source) of one language; what retrieval is measured on is left out.

    Raises:
        MissingFileError: The file of the language is not there.
    """
    path = folder / f"{PAIRS[lang]}.tsv.gz"
    if not path.is_file():
        raise MissingFileError(f"{path} is missing; expected lines of English, translation and source between tabs")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            if len(cells) == 3 and not cells[2].startswith(_HELD_BACK):
                yield cells[0], cells[1], cells[2]


def choose_pairs(folder: Path, shares: Shares, seed: int) -> list[tuple[str, str, str]]:
    """(English, translation, language) of all languages at hand, thinned and shuffled; the same for the same seed."""
    chosen = []
    for lang in PAIRS:
        draw = random.Random(f"{seed} {lang}")  # noqa: S311 - sampling, no secret
        kept = [
            (english, other, lang)
            for english, other, source in read_pairs(folder, lang)
            if 2 < len(english) < 400 and draw.random() < shares.of(source, lang in _SCARCE)
        ]
        draw.shuffle(kept)
        chosen += kept[: shares.most]
    random.Random(seed).shuffle(chosen)  # noqa: S311
    return chosen
