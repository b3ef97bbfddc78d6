"""The Rabat worksheet: six factors for judging whether words reach the threshold of incitement.

A text can say something about one of them only, content and form. The other five are questions for a person who knows
the place, the speaker and the moment. The sheet never gives a verdict: a prosecutor or a court decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from narratives.errors import InputError, unknown
from narratives.results import PostScore
from narratives.taxonomy import NARRATIVES, SEVERITY, TARGETS, with_kosovo_note

FactorName = Literal["context", "speaker", "intent", "content_and_form", "extent", "likelihood"]
FACTORS: tuple[FactorName, ...] = get_args(FactorName)
"""The six factors of the Rabat Plan of Action, paragraph 29 (A/HRC/22/17/Add.4, appendix)."""

NO_VERDICT = (
    "This sheet is not a legal assessment and gives no verdict. Most hostile words do not reach the criminal "
    "threshold; only a prosecutor or a court decides whether something is an offence."
)

_QUESTIONS: Mapping[FactorName, tuple[str, str]] = {
    "context": (
        "Social and political context",
        "What was the situation when and where this was said: elections, tension, recent attacks, history?",
    ),
    "speaker": (
        "Speaker",
        "Who speaks: what office, following and authority do they have with those who read it? Never guess from text.",
    ),
    "intent": (
        "Intent",
        "What shows purpose: a pattern, a reaction to being corrected? Negligence and recklessness do not suffice.",
    ),
    "content_and_form": ("Content and form", "What do the words say, how directly, in what form?"),
    "extent": (
        "Extent",
        "How far did it reach: audience, repetition, medium, whether it can still be found?",
    ),
    "likelihood": (
        "Likelihood and imminence",
        "How likely was harm, how soon, and how vulnerable are the people aimed at?",
    ),
}
_MARKUP = re.compile(r"([\\`*_{}\[\]<>|#!~])")
_DOT = "•"


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of the test.

    Attributes:
        name: Which.
        title: Its title.
        question: What to ask.
        prefilled: What the reading of the post says; only content and form has any.
        answer: What a person has answered, or ``None``.
    """

    name: FactorName
    title: str
    question: str
    prefilled: tuple[str, ...]
    answer: str | None


@dataclass(frozen=True, slots=True)
class Worksheet:
    """The sheet.

    Attributes:
        factors: The six, in the order of the Rabat Plan.
        model: Name and version of the model whose reading is pre-filled.
        note: That it is no verdict.
    """

    factors: tuple[Factor, ...]
    model: str
    note: str = NO_VERDICT

    @property
    def open_questions(self) -> tuple[FactorName, ...]:
        """The factors that nobody has answered yet; a machine never answers them."""
        return tuple(f.name for f in self.factors if f.answer is None and f.name != "content_and_form")

    def to_dict(self) -> dict[str, Any]:
        """Plain values only, ready for JSON. Evidence stands as it was written."""
        return {
            "factors": [{**asdict(f), "prefilled": list(f.prefilled)} for f in self.factors],
            "open_questions": list(self.open_questions),
            "model": self.model,
            "note": self.note,
            "verdict": None,
        }

    def to_markdown(self, *, reveal: bool = False) -> str:
        """The sheet as Markdown, the note on resolution 1244 added where Kosovo is named.

        Args:
            reveal: Show the evidence as it was written; else each word keeps only its first letter.
        """
        rows = ["# Rabat worksheet", "", self.note, ""]
        for number, factor in enumerate(self.factors, 1):
            rows += [f"## {number}. {factor.title}", "", factor.question, ""]
            rows += [f"- {_plain(line if reveal else _masked(line))}" for line in factor.prefilled]
            rows += [""] if factor.prefilled else []
            rows += [f"**Answer:** {_plain(factor.answer) if factor.answer else '…'}", ""]
        rows.append(f"Pre-filled by {_plain(self.model)}; everything else is for a person.")
        return with_kosovo_note("\n".join(rows))


def worksheet(score: PostScore, answers: Mapping[str, str] | None = None) -> Worksheet:
    """Prepare a Rabat worksheet from the reading of a post.

    Args:
        score: The reading; its evidence is quoted, the post itself is not kept.
        answers: What a person has answered, by factor; ``content_and_form`` may be added to.

    Raises:
        UnknownNameError: There is no such factor.
        InputError: An answer is not text.

    >>> worksheet(PostScore.from_dict(dict(language=dict(code="en", group="en", script="Latn", confidence=1.0),
    ...     decision="clear", reasons=[], model=dict(name="m", version="1", sha256=""), labels=[],
    ...     language_severity=0, evidence=[]))).open_questions
    ('context', 'speaker', 'intent', 'extent', 'likelihood')
    """
    given = dict(answers or {})
    for name, answer in given.items():
        if name not in FACTORS:
            raise unknown("factor", name, list(FACTORS))
        if not isinstance(answer, str):
            raise InputError(f"the answer on {name} is a {type(answer).__name__}; expected text")
    factors = tuple(
        Factor(
            name,
            *_QUESTIONS[name],
            prefilled=_content(score) if name == "content_and_form" else (),
            answer=(given.get(name) or "").strip() or None,
        )
        for name in FACTORS
    )
    return Worksheet(factors, f"{score.model.name} {score.model.version}")


def _content(score: PostScore) -> tuple[str, ...]:
    """What the words themselves say, and how sure the reading is."""
    lines = []
    if score.labels:
        told = [f"{NARRATIVES[label].name}" if label in NARRATIVES else label for label in score.labels]
        lines.append(f"Read as: {', '.join(told)}.")
    else:
        lines.append("No narrative and no attack was read in it.")
    if score.stance is not None:
        lines.append(f"Stance of the writer: {score.stance.label}.")
    aimed = [TARGETS[id].name for id, p in (score.targets or {}).items() if p >= 0.5 and id in TARGETS]
    if aimed:
        lines.append(f"Aimed at: {', '.join(aimed)}.")
    if score.language_severity is not None:
        level = SEVERITY[score.language_severity]
        lines.append(f"Severity of the language: {level.level} of 4, {level.name}; never a legal judgement.")
    words: dict[str, dict[str, None]] = {}
    for span in score.evidence:
        words.setdefault(span.text, {})[span.label] = None
    lines += [f"Words: “{text}” ({', '.join(labels)})." for text, labels in words.items()]
    lines += ["The reading is unsure: a person must read the post."] if score.decision == "review" else []
    return tuple(lines)


def _masked(line: str) -> str:
    """The words of a line of evidence, each behind its first letter."""
    return re.sub(r"“(.*)”", lambda m: "“" + re.sub(r"(?<=\w)\w", _DOT, m[1]) + "”", line, flags=re.DOTALL)


def _plain(text: str) -> str:
    """One line in which nothing is markup."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
