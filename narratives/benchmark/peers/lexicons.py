"""Word lists as detectors: HurtLex and LDNOOBW, read from the data folder."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from narratives.benchmark.peers.base import Answers, Context, both
from narratives.errors import MissingFileError

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LONGEST = 6  # words of an entry

# the varieties share lists: neither project has one for Bosnian or Montenegrin
_HURTLEX = {"en": "EN", "sq": "SQ", "bs": "HR", "hr": "HR", "cnr": "HR", "sr": "SR", "mk": "MK", "ro": "RO", "tr": "TR"}
_LDNOOBW = {"sq": "sq", "bs": "hr", "hr": "hr", "cnr": "hr", "sr": "sr", "mk": "mk", "ro": "ro", "tr": "tr", "en": "en"}


class Lexicon:
    """A text is hostile if it holds an entry, letter case aside; the score is the number of entries it holds."""

    def __init__(self, name: str, entries: Iterable[str], note: str) -> None:
        self.name, self.note = name, note
        split = (tuple(_WORD.findall(_lower(entry))) for entry in entries)
        self.entries = frozenset(words for words in split if 0 < len(words) <= _LONGEST)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where entries stand in a text, the longest at each place.

        >>> Lexicon("x", ["bad word"], "").spans("A Bad word!")
        [(2, 10)]
        """
        found, words = [], [(m.group(), m.start(), m.end()) for m in _WORD.finditer(_lower(text))]
        at = 0
        while at < len(words):
            for size in range(min(_LONGEST, len(words) - at), 0, -1):
                if tuple(w for w, _, _ in words[at : at + size]) in self.entries:
                    found.append((words[at][1], words[at + size - 1][2]))
                    at += size
                    break
            else:
                at += 1
        return found

    def answer(self, texts: Sequence[str], langs: Sequence[str], train_on: str | None = None) -> Answers:  # noqa: ARG002
        """Yes for both heads where the text holds an entry."""
        hits = np.array([len(self.spans(text)) for text in texts], np.float64)
        return Answers(*both((hits > 0).astype(np.int64), hits))


def _lower(text: str) -> str:
    low = text.lower()
    return low if len(low) == len(text) else "".join(unicodedata.normalize("NFC", c.lower())[:1] for c in text)


def _there(path: Path | None, name: str, where: str) -> Path:
    if path is None or not path.is_file():
        what = (
            "no data folder was given" if path is None else f"{path.parent.name}/{path.name} is not in the data folder"
        )
        raise MissingFileError(f"{name}: {what}; get it from {where}")
    return path


def hurtlex(context: Context) -> Lexicon:
    """HurtLex (Bassignana, Basile & Patti 2018), the entries of its conservative level.

    Raises:
        MissingFileError: The list is not in the data folder.
    """
    name = f"hurtlex_{_HURTLEX[context.lang]}.tsv"
    path = _there(context.folder and context.folder / "hurtlex" / name, "hurtlex", "github.com/valeriobasile/hurtlex")
    with path.open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        entries = [row["lemma"] for row in rows if row["level"] == "conservative"]
    return Lexicon(
        "hurtlex", entries, f"HurtLex {name}, conservative level, {len(entries):,} entries; both heads alike"
    )


def ldnoobw(context: Context) -> Lexicon:
    """The list of dirty, naughty, obscene and otherwise bad words, second version.

    Raises:
        MissingFileError: The list is not in the data folder.
    """
    name = f"{_LDNOOBW[context.lang]}.txt"
    path = _there(context.folder and context.folder / "ldnoobw_v2" / name, "ldnoobw", "github.com/LDNOOBWV2")
    entries = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return Lexicon("ldnoobw", entries, f"LDNOOBW v2 {name}, {len(entries):,} entries; both heads alike")
