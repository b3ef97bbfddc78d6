"""What scoring returns: frozen dataclasses that turn into plain dictionaries and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from narratives.errors import InputError

Decision = Literal["flag", "review", "clear", "unsupported"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """The language a post was read in.

    Attributes:
        code: A code of ``languages.LANGUAGES``, ``bcms`` where the variety was not named, or ``und``.
        group: Scoring group of that language, or ``und``.
        script: ISO 15924 code of most letters: ``Latn``, ``Cyrl``, another, or ``Zyyy`` where there are none.
        confidence: Between 0 and 1; 1 where the caller named the language.
    """

    code: str
    group: str
    script: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the original post that made the model say what it says.

    Attributes:
        start: Offset of the first character in the original text.
        end: Offset after the last one, so that ``post[start:end] == text``.
        text: The words themselves.
        label: The head or narrative the span speaks for.
        kind: Where it comes from: ``model`` (attribution), ``cue`` (word list) or ``both``.
    """

    start: int
    end: int
    text: str
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Stance:
    """What the writer does with a narrative: asserts it, counters it, reports it …, with the probability of each."""

    label: str
    probabilities: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model gave a score; ``sha256`` is the digest of its files."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PostScore:
    """The reading of one post. The post itself is not kept.

    Attributes:
        language: What the post was read as.
        decision: ``flag``, ``review`` (a person must decide), ``clear``, or ``unsupported`` (unknown language or
            nothing to read).
        reasons: Plain sentences that say why.
        model: Which model said so.
        offensive: Calibrated probability of abuse of any kind; ``None`` where the model has no such head or the post
            is unsupported.
        hate: Calibrated probability of an attack on people for who they are; ``None`` likewise.
        hostile: Calibrated probability that it attacks people for who they are by the label cards; ``None`` likewise.
        narratives: Probability by narrative id that the post asserts it; ``None`` where the model has no such heads.
        stance: What the writer does with the narrative; ``None`` likewise.
        targets: Probability by target id; ``None`` likewise.
        labels: Ids of the heads and narratives that a flag or a review rests on.
        mentioned: Narratives that are taken up, but countered, reported or told of oneself.
        language_severity: 0 to 4 (``taxonomy.SEVERITY``); never a legal judgement; ``None`` where not derived.
        evidence: Spans of the original post; empty unless asked for.
    """

    language: LanguageGuess
    decision: Decision
    reasons: tuple[str, ...]
    model: ModelInfo
    offensive: float | None = None
    hate: float | None = None
    hostile: float | None = None
    narratives: Mapping[str, float] | None = None
    stance: Stance | None = None
    targets: Mapping[str, float] | None = None
    labels: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()
    language_severity: int | None = None
    evidence: tuple[Span, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Plain values only, ready for JSON. Heads that the model lacks are absent, never zero."""
        out: dict[str, Any] = {"language": asdict(self.language)}
        for name in ("offensive", "hate", "hostile", "narratives", "stance", "targets"):
            value = getattr(self, name)
            if value is not None:
                out[name] = asdict(value) if isinstance(value, Stance) else _plain(value)
        out["labels"] = list(self.labels)
        out["mentioned"] = list(self.mentioned)
        out["language_severity"] = self.language_severity
        out["decision"] = self.decision
        out["reasons"] = list(self.reasons)
        out["evidence"] = [asdict(span) for span in self.evidence]
        out["model"] = asdict(self.model)
        return out

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PostScore:
        """Inverse of :meth:`to_dict`.

        Raises:
            InputError: A key is missing, unknown or of the wrong shape.
        """
        try:
            stance = data.get("stance")
            score = cls(
                language=LanguageGuess(**data["language"]),
                decision=data["decision"],
                reasons=tuple(data["reasons"]),
                model=ModelInfo(**data["model"]),
                offensive=data.get("offensive"),
                hate=data.get("hate"),
                hostile=data.get("hostile"),
                narratives=data.get("narratives"),
                stance=None if stance is None else Stance(**stance),
                targets=data.get("targets"),
                labels=tuple(data["labels"]),
                mentioned=tuple(data.get("mentioned", ())),  # absent in scores of the first version
                language_severity=data["language_severity"],
                evidence=tuple(Span(**span) for span in data["evidence"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError(
                f"not a scored post: {type(error).__name__} at {error}; expected PostScore.to_dict()"
            ) from None
        if score.decision not in DECISIONS:
            raise InputError(f"unknown decision {score.decision!r}; expected one of {', '.join(DECISIONS)}")
        return score


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
