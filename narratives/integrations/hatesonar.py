"""For code written for HateSonar: the same ``ping``, in nine languages.

Its three classes exclude each other, our two heads do not: ``hate_speech`` is our ``hate``, ``offensive_language`` what
``offensive`` has above it, ``neither`` the rest; they sum to 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import nan
from pathlib import Path
from typing import Any

from narratives.errors import InputError
from narratives.integrations.opened import opened
from narratives.results import PostScore
from narratives.scorer import Scorer


@dataclass(frozen=True, slots=True)
class Sonar:
    """Scores a text in HateSonar's shape.

    Attributes:
        model: What :func:`narratives.load` takes, or a scorer.

    >>> Sonar().ping(text="Dobar dan svima, danas je lijep dan")["top_class"]
    'neither'
    """

    model: Scorer | str | Path | None = None
    _scorer: Scorer = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_scorer", opened(self.model))

    def ping(self, text: str) -> dict[str, Any]:
        """Score one text.

        Returns:
            ``text``, ``top_class`` and ``classes`` with name and confidence, the order HateSonar has; ``top_class`` is
            ``None`` and the confidences are NaN where the text is in no language that is read.

        Raises:
            InputError: The text is not a string.
        """
        if not isinstance(text, str):
            raise InputError(f"ping was given {type(text).__name__}; expected one text")
        confidence = _confidence(self._scorer.score(text, evidence=False))
        top = max(confidence, key=lambda name: confidence[name]) if confidence["neither"] >= 0 else None
        classes = [{"class_name": name, "confidence": value} for name, value in confidence.items()]
        return {"text": text, "top_class": top, "classes": classes}


def _confidence(post: PostScore) -> dict[str, float]:
    if post.hate is None:
        return dict.fromkeys(("hate_speech", "offensive_language", "neither"), nan)
    either = max(post.hate, post.offensive or 0.0)
    return {"hate_speech": post.hate, "offensive_language": either - post.hate, "neither": 1.0 - either}
