"""The words that carry a decision: what the model weighs, joined with cues of the word lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from narratives.backends import Backend, as_written
from narratives.backends.names import names_a_group
from narratives.errors import MissingFileError
from narratives.lexicon import Match, matches
from narratives.results import LanguageGuess, Span
from narratives.text import normalise

MOST_SPANS = 5
"""Words shown for each label at most."""

_SHORTEST_WORD = 3  # letters; particles carry weight in a model, but tell a reader nothing
_SPAN_SHARE = 0.1  # a word is shown when it carries at least this share of what speaks for the label
_TELLING = ("H", "S", "L")


def find_evidence(backend: Backend, text: str, guess: LanguageGuess, labels: Sequence[str]) -> tuple[Span, ...]:
    """Spans of the original post that speak for its labels, in order.

    Args:
        backend: The model.
        text: The post.
        guess: What it was read as.
        labels: Heads or narratives to look for; a cue alone never makes a label, it only joins one.
    """
    normal = normalise(text, guess.code)
    plain = as_written(backend)
    seen, span_of = (normal.text, normal.span) if plain else (normal.folded, normal.folded_span)
    words = [(start, end) for start, end in word_spans(seen) if end - start >= _SHORTEST_WORD]
    cues: list[Match] = []
    if not plain:
        # that a group is named is no evidence against anybody
        words = [(start, end) for start, end in words if not names_a_group(seen[start:end], guess.group)]
        cues = list(_cues(normal.folded, guess.group))
    found: dict[tuple[int, int, str], str] = {}
    for label in labels:
        head = label if label in backend.heads else f"narrative.{label}"
        share = backend.attribute(seen, guess.group, head)
        weight = [(float(share[start:end].sum()), start, end) for start, end in words]
        total = sum(w for w, _, _ in weight if w > 0)
        top = sorted((w for w in weight if w[0] > _SPAN_SHARE * total), reverse=True)[:MOST_SPANS]
        found |= {(start, end, label): "model" for _, start, end in top}
        for match in (m for m in cues if _speaks_for(m, label)):
            inside = [key for key in found if key[2] == label and key[0] < match.end and match.start < key[1]]
            for key in inside:
                del found[key]
            start, end = min([match.start, *(k[0] for k in inside)]), max([match.end, *(k[1] for k in inside)])
            found[start, end, label] = "both" if inside else "cue"
    spans = ((*span_of(start, end), label, kind) for (start, end, label), kind in found.items())
    return tuple(Span(a, b, text[a:b], label, kind) for a, b, label, kind in sorted(spans) if a < b)


def _speaks_for(match: Match, label: str) -> bool:
    """Whether a cue may stand beside a label: one of its narratives, or open hostility for ``hate``."""
    return label in match.cue.narratives or (label in ("hate", "hostile") and match.cue.tone in ("H", "S"))


def _cues(folded: str, group: str) -> Iterator[Match]:
    try:
        yield from (m for m in matches(folded, group) if m.cue.tone in _TELLING)
    except MissingFileError:  # a model folder can be used without the word lists
        return


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of the words of a text.

    >>> list(word_spans("ne, to nije"))
    [(0, 2), (4, 6), (7, 11)]
    """
    start = None
    for i, c in enumerate(text):
        if c.isalnum():
            start = i if start is None else start
        elif start is not None:
            yield start, i
            start = None
    if start is not None:
        yield start, len(text)
