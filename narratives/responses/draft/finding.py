"""What the draft check returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Literal

from narratives.responses.draft.checklist import CHECKLIST, Question
from narratives.responses.draft.words import Code

Level = Literal["stop", "warn", "fix", "info"]

LEVELS: Mapping[Code, Level] = MappingProxyType(
    {
        "AMPLIFY": "stop",
        "EXPOSE": "stop",
        "CONSENT": "stop",
        "COUNTER_HATE": "stop",
        "THREAT_REPLY": "stop",
        "NEGATED_FRAME": "warn",
        "HOSTILE_METAPHOR": "warn",
        "DESERVING": "warn",
        "PITY_ONLY": "warn",
        "GENDER_STEREO": "warn",
        "UNSOURCED": "warn",
        "LEGAL_CLAIM": "warn",
        "NO_VALUE": "warn",
        "NO_ACTION": "warn",
        "STATUS_RISK": "warn",
        "KOSOVO_NOTE": "fix",
        "ACCESS": "info",
    }
)
"""The seventeen checks: ``stop`` (do not publish), ``warn`` (think again), ``fix`` (done for you), ``info``."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at before publishing.

    Attributes:
        code: Which check.
        level: ``stop``, ``warn``, ``fix`` or ``info``.
        start: Offset of the first character in the draft.
        end: Offset after the last one; both 0 and the length of the draft where the whole is meant.
        text: The words themselves.
        reason: Why, in English.
        better: What to write instead, in the language of the draft.
    """

    code: Code
    level: Level
    start: int
    end: int
    text: str
    reason: str
    better: str


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """The result for one draft.

    Attributes:
        lang: Code of the language it was read in.
        findings: By weight, then by place.
        fixed: The draft with what can be mended without asking (the note on resolution 1244).
        checklist: Questions that only people can answer.
    """

    lang: str
    findings: tuple[Finding, ...]
    fixed: str
    checklist: tuple[Question, ...] = CHECKLIST

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes found, each once."""
        return tuple(dict.fromkeys(finding.code for finding in self.findings))

    @property
    def stopped(self) -> bool:
        """Whether something was found that must not be published."""
        return any(finding.level == "stop" for finding in self.findings)

    @property
    def passed(self) -> bool:
        """Whether there is neither a stop nor a warning."""
        return not any(finding.level in ("stop", "warn") for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """Plain values only, ready for JSON."""
        return {
            "lang": self.lang,
            "stopped": self.stopped,
            "passed": self.passed,
            "findings": [asdict(finding) for finding in self.findings],
            "fixed": self.fixed,
            "checklist": [asdict(question) for question in self.checklist],
        }
