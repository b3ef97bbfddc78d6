"""Whether to answer at all: reply, report, document, publish something else later, or rest.

The order of the questions is the safety rule: people at risk first, then the weight of the words, then who would read
an answer, and at any point below the first, rest is a valid output.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from narratives.errors import InputError
from narratives.taxonomy import SEVERITY

Action = Literal["protect", "report", "reply", "own_story", "rest", "leave", "ask_a_person"]

LOW_REACH = 100
"""Below this many likely readers a post counts as hardly seen: a design guess, not a measured threshold."""

_PRESERVE = (
    "Do not reply, quote or share.",
    "Preserve it: screenshot, address, time in UTC, and a hash of the file.",
    "Tell the person at risk, and let them choose what happens next.",
    "Bring in a lawyer or an organisation they trust.",
    "Go to the authorities only if the person at risk agrees; read the safety warnings of each route first.",
)


@dataclass(frozen=True, slots=True)
class Triage:
    """What to do with a post, before any wording is suggested.

    Attributes:
        action: ``protect`` (preserve, support, escalate), ``report`` (platform and record), ``reply`` (once, for
            bystanders), ``own_story`` (publish your own later), ``rest``, ``leave`` (nothing to answer), or
            ``ask_a_person`` (the severity is not known).
        why: One sentence.
        steps: What to do, in order.
        reply: Whether a reply in the thread may be suggested.
        needs: Which routes to show, in the words of ``routes.NEEDS``.
    """

    action: Action
    why: str
    steps: tuple[str, ...]
    reply: bool = False
    needs: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values only, ready for JSON."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


def triage(
    severity: int | None,
    *,
    named_person: bool = False,
    child: bool = False,
    reach: int | None = None,
    tired: bool = False,
) -> Triage:
    """Decide what to do about a post.

    Args:
        severity: ``PostScore.language_severity``, 0 to 4; ``None`` where it was not derived.
        named_person: The post names, shows or locates a person who could come to harm (name, address, photo).
        child: The post is about a child who can be recognised, or puts one at risk.
        reach: How many people are likely to see it; ``None`` where that is not known.
        tired: The reader has had enough for now.

    Returns:
        With severity 4, a named person or a child always ``protect``, whatever else holds, and never a reply.

    Raises:
        InputError: ``severity`` is not 0 to 4 or ``None``, or ``reach`` is negative or not a whole number.

    >>> triage(4).action, triage(2, reach=5000).action, triage(2, reach=5000, tired=True).action
    ('protect', 'reply', 'rest')
    >>> triage(1, child=True).reply
    False
    """
    if severity is not None and (type(severity) is not int or severity not in SEVERITY):  # no True, no 2.0
        raise InputError(f"severity is {severity!r}; expected 0 to 4, or None where it is not known")
    if reach is not None and (type(reach) is not int or reach < 0):
        raise InputError(f"reach is {reach!r}; expected a number of people, or None where it is not known")
    if severity == 4 or named_person or child:
        return _protect(severity, named_person, child, tired)
    if tired:
        return Triage(
            "rest",
            "You have had enough for now, and nobody named is at risk.",
            ("Close it.", "If it should not wait, hand it to a colleague.", "Come back after a break, or not at all."),
        )
    if severity is None:
        return Triage(
            "ask_a_person",
            "How heavy the words are is not known, so a person must read it first.",
            ("Have someone who knows the language and the context read it.", "Do not reply before that."),
        )
    return _by_weight(severity, reach)


def _protect(severity: int | None, named_person: bool, child: bool, tired: bool) -> Triage:
    reasons = [
        text
        for holds, text in (
            (severity == 4, "it carries cues of incitement"),
            (child, "a child is concerned"),
            (named_person, "a person can be identified"),
        )
        if holds
    ]
    steps = (*_PRESERVE, "Keep a child's identity out of every record.") if child else _PRESERVE
    handover = ("You are tired: hand this to a colleague now, with a short note, and rest.",)
    return Triage(
        "protect",
        f"No reply, because {' and '.join(reasons)}: preserve, support, escalate.",
        (*handover, *steps) if tired else steps,
        needs=("legal_aid", "support", "danger", "hate_crime"),
    )


def _by_weight(severity: int, reach: int | None) -> Triage:
    low = reach is not None and reach < LOW_REACH
    if severity == 0:
        return Triage("leave", "Nothing hostile is asserted, so there is nothing to answer.", ("Leave it.",))
    if severity == 3:
        return Triage(
            "report",
            "The words dehumanise, or call to expel or deny rights.",
            (
                "Report it to the platform.",
                "Record it for monitoring.",
                "Tell your own story elsewhere, not in that thread.",
            ),
            needs=("hate_speech", "discrimination", "monitoring"),
        )
    if severity == 2 and not low:
        check = ("First check that real people are reading: if hardly anyone is, do not feed it.",)
        answer = ("Write one calm reply for bystanders, and tag nobody.", "Then leave the thread.", "Report the post.")
        return Triage(
            "reply",
            "It insults a group, and bystanders may be reading.",
            answer if reach is not None else (*check, *answer),
            reply=True,
            needs=("hate_speech", "media"),
        )
    why = "Hardly anyone sees it, and an answer would carry it further." if low else "It only hints or hedges."
    later = ("Do not answer in the thread: it would feed it.", "Publish your own story later, in your own words.")
    return Triage("own_story", why, (*later, "Report the post.") if severity == 2 else later)
