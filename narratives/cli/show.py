"""How a scored post looks on a terminal: a short excerpt, the words that count marked, slurs masked.

Less exposure beats softer exposure: the post is never shown whole, and hostile words keep only their first letter.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable

import typer

from narratives.languages import LANGUAGES
from narratives.report.masked import masked
from narratives.results import PostScore, Span

_WIDTH = 72
_COLOURS = {"flag": "red", "review": "yellow", "clear": "green", "unsupported": "bright_black"}


def excerpt(
    text: str, spans: Iterable[Span], *, lang: str | None = None, reveal: bool = False, width: int = _WIDTH
) -> str:
    """A short stretch of a post around its first evidence, with the evidence marked.

    Args:
        text: The original post.
        spans: Its evidence.
        lang: Language it was read in.
        reveal: Show hostile words as they were written.
        width: Most characters of the post to show.

    Returns:
        One line, free of control characters. Evidence is underlined on a terminal, else put between ``‹`` and ``›``.

    >>> excerpt("Napolje s gamadi!", [Span(10, 16, "gamadi", "offensive", "model")], lang="bcms")
    'Napolje s ‹g•••••›!'
    """
    spans = sorted(spans, key=lambda span: (span.start, span.end))
    shown = text if reveal else masked(text, lang)
    begin = max(0, min(spans[0].start - width // 4, len(text) - width)) if spans else 0
    end = min(len(text), begin + width)
    parts, at = ["…" if begin else ""], begin
    for span in spans:
        start, stop = max(span.start, at), min(span.end, end)
        if start < stop:
            parts += [_tame(shown[at:start]), _marked(_tame(shown[start:stop]))]
            at = stop
    return "".join([*parts, _tame(shown[at:end]), "…" if end < len(text) else ""]).strip()


def _tame(text: str) -> str:
    """Blank out line breaks, terminal escapes and direction overrides; joiners inside emoji stay."""
    return "".join(" " if unicodedata.category(c)[0] in "CZ" and c not in "\u200c\u200d" else c for c in text)


def colourful() -> bool:
    """Whether standard output is a terminal that may be coloured (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _marked(text: str) -> str:
    return typer.style(text, underline=True) if colourful() else f"‹{text}›"


def mark_decision(decision: str) -> str:
    """A decision in capitals, padded to one width, coloured on a terminal."""
    word = f"{decision.upper():11}"
    return typer.style(word, fg=_COLOURS.get(decision), bold=True) if colourful() else word


def render(text: str, score: PostScore, *, reveal: bool = False, number: int | None = None) -> str:
    """The reading of one post for people, a few lines.

    Args:
        text: The original post.
        score: Its reading.
        reveal: Show hostile words as they were written.
        number: Position of the post where there are several.
    """
    head = score.decision.upper()
    head = typer.style(head, fg=_COLOURS[score.decision], bold=True) if colourful() else head
    figures = [f"{name} {p:.2f}" for name in ("hate", "offensive") if (p := getattr(score, name)) is not None]
    if score.language_severity is not None:
        figures.append(f"severity {score.language_severity}")
    if score.labels:
        figures.append(f"labels: {', '.join(score.labels)}")
    rows = [
        "  ".join([*([f"{number}."] if number else []), head, *figures, _language(score)]),
        f"  {excerpt(text, score.evidence, lang=score.language.code, reveal=reveal)}",
        *(f"  - {reason}" for reason in score.reasons),
    ]
    if words := _evidence(text, score, reveal):
        rows.append(f"  evidence: {words}")
    return "\n".join(row.rstrip() for row in rows if row.strip())


def _language(score: PostScore) -> str:
    code = score.language.code
    name = LANGUAGES[code].name if code in LANGUAGES else {"und": "unknown language"}.get(code, code)
    return f"{name} ({score.language.script}, {score.language.confidence:.2f})"


def _evidence(text: str, score: PostScore, reveal: bool) -> str:
    shown = text if reveal else masked(text, score.language.code)
    labels: dict[tuple[int, int], list[str]] = {}
    for span in score.evidence:
        labels.setdefault((span.start, span.end), []).append(span.label)
    return ", ".join(f"{_tame(shown[start:end])} ({', '.join(said)})" for (start, end), said in sorted(labels.items()))
