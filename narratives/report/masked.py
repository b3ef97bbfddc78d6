"""Which words of a post stay behind their first letter: one rule for the command line, the review and the report.

Slurs, and what the word lists call slurs or hostile (``register`` ``S`` and ``H``), wherever they stand. What the model
weighs beside them is mostly plain words (``migrants``, ``they``, ``border``), which nobody needs to be spared and
without which a reader cannot follow.
"""

from __future__ import annotations

from collections.abc import Iterator

from narratives.errors import MissingFileError
from narratives.languages import GROUPS, LANGUAGES
from narratives.lexicon import matches
from narratives.text import normalise
from narratives.text.mask import mask

_HARSH = ("S", "H")


def masked(text: str, lang: str | None = None) -> str:
    """Hide slurs and hostile words behind their first letter and dots, character for character.

    Args:
        text: The post.
        lang: Language it was read in, or its group; where it is not one of ours, slurs alone are hidden.

    Returns:
        A text of the same length, so that offsets stay valid.

    >>> masked("Oni su gamad, svi ti migranti!", "bs")
    'Oni su g••••, svi ti migranti!'
    """
    return mask(text, _harsh(text, lang))


def _harsh(text: str, lang: str | None) -> Iterator[tuple[int, int]]:
    if lang is None or lang not in {*LANGUAGES, *GROUPS}:
        return
    group = LANGUAGES[lang].group if lang in LANGUAGES else lang
    normal = normalise(text, lang)
    try:
        for match in matches(normal.folded, group):
            if match.cue.tone in _HARSH:
                yield normal.folded_span(match.start, match.end)
    except MissingFileError:  # a model can be used without the word lists
        return
