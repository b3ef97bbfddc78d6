"""A score as sentences that a person can read."""

from __future__ import annotations

from narratives.results import PostScore
from narratives.taxonomy import NARRATIVES, SEVERITY

_HEADLINES = {
    "flag": "Flagged",
    "review": "For a person to read",
    "clear": "Clear",
    "unsupported": "Not read",
}


def sentence(score: PostScore) -> str:
    """What a post was read as, why, and the words that made it so.

    Args:
        score: A score; words are named only if it was made with evidence.
    """
    parts = [f"{_HEADLINES[score.decision]}: {' '.join(score.reasons)}"]
    shown = list(dict.fromkeys(span.text for span in score.evidence))
    if shown:
        parts.append(f"Words that spoke for it: {', '.join(f'“{word}”' for word in shown)}.")
    if score.mentioned:
        parts.append(f"Taken up, not asserted: {', '.join(NARRATIVES[n].name for n in score.mentioned)}.")
    if score.language_severity:
        level = SEVERITY[score.language_severity]
        parts.append(f"Severity of the language {score.language_severity} of 4 ({level.name}): no legal judgement.")
    return " ".join(parts)
