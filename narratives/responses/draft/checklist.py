"""What no rule can check: the human rights-based approach (PANEL) and gender, as questions for people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the checklist.

    Attributes:
        principle: The PANEL principle, ``gender``, or ``reach``.
        text: The question.
    """

    principle: str
    text: str


CHECKLIST: tuple[Question, ...] = (
    Question("participation", "Did people on the move, women and young people among them, shape this message?"),
    Question("accountability", "Does it say who must act, and where people can complain?"),
    Question("non-discrimination", "Whom does it leave out or hurt? Read it again with another group's name."),
    Question("empowerment", "Do the people it speaks of act in it, or are they only acted upon?"),
    Question("legality", "Which right carries it, and does that right bind in this country?"),
    Question("gender", "Who speaks and who is shown? Are women only mothers or victims, men only threats?"),
    Question("gender", "Were women's organisations asked first? Could it expose a survivor?"),
    Question("gender", "Does it serve women without papers? Are LGBTI+ people safe in this text?"),
    Question("gender", "Is sexual violence used as an argument? Are men invited as allies?"),
    Question("reach", "Has it a twin in the other script or language, and text for every picture?"),
)
"""In the order in which to ask them; the principles are those of PANEL."""
