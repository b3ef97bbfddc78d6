"""The few words of a post that a report may show: the evidence alone, hostile words masked, names taken out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from narratives.errors import NarrativesError
from narratives.languages import LANGUAGES
from narratives.report.masked import masked
from narratives.scorer import Scorer
from narratives.text.redact import redact

_LETTERS = re.compile(r"[^\W\d_]{4,}")
_MOST_SPANS = 4
_LONGEST = 90


class Shown(NamedTuple):
    """What may be shown of a post: pieces of it, and whether they are the evidence or nearly all letters are masked."""

    pieces: tuple[str, ...]
    evidence: bool


def shown(text: str, lang: str, scorer: Scorer | None) -> Shown:
    """The words of a post that counted, masked.

    Args:
        text: The post.
        lang: Language it was read in.
        scorer: The model that scored it; ``None`` where it is not at hand.

    >>> shown("Oni su gamad, svi do jednog!", "bs", None)
    Shown(pieces=('Oni su g••••, svi do j•••••!',), evidence=False)
    """
    text = _tame(redact(text).text)
    if scorer is not None:
        known = lang if lang in LANGUAGES or lang == "bcms" else None
        try:
            spans = scorer.score(text, lang=known, evidence=True).evidence
        except NarrativesError:
            spans = ()
        if spans:
            plain = masked(text, lang)
            places = _joined([(span.start, span.end) for span in spans])[:_MOST_SPANS]
            return Shown(tuple(plain[a:b][:_LONGEST] for a, b in places), True)
    cut = text[:_LONGEST] + ("…" if len(text) > _LONGEST else "")
    return Shown((_LETTERS.sub(lambda m: m[0][0] + "•" * (len(m[0]) - 1), masked(cut, lang)),), False)


def _joined(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches that touch or overlap as one, in order."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if out and start <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def _tame(text: str) -> str:
    """Blank out line breaks, controls and direction overrides, one for one."""
    return "".join(" " if unicodedata.category(c)[0] in "CZ" and c not in "\u200c\u200d" else c for c in text)
