"""For code written for Detoxify: the same ``predict``, in nine other languages, without torch.

Two of its labels have a counterpart here: ``toxicity`` (our ``offensive``) and ``identity_attack`` (our ``hate``). The
figures are ours: thresholds chosen for Detoxify do not carry over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import nan
from pathlib import Path

from narratives.integrations.opened import opened
from narratives.results import PostScore
from narratives.scorer import Scorer

_NAMES = {"original", "unbiased", "multilingual", "original-small", "unbiased-small"}


@dataclass(frozen=True, slots=True)
class Detoxify:
    """Scores texts in Detoxify's shape.

    Attributes:
        model_type: What :func:`narratives.load` takes, or a scorer; Detoxify's own names mean the default model.
        device: Accepted and not needed.

    >>> Detoxify("multilingual").predict(["Dobar dan svima", "Mirëdita të gjithëve"]).keys()
    dict_keys(['toxicity', 'identity_attack'])
    """

    model_type: Scorer | str | Path | None = None
    device: str = "cpu"
    _scorer: Scorer = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ours = None if isinstance(self.model_type, str) and self.model_type in _NAMES else self.model_type
        object.__setattr__(self, "_scorer", opened(ours))

    def predict(self, text: str | Iterable[str]) -> dict[str, float] | dict[str, list[float]]:
        """Score one text or several.

        Args:
            text: One text gives a float a label, an iterable of texts a list a label, in order and in bounded memory.

        Returns:
            ``{"toxicity": …, "identity_attack": …}``; NaN where a text is in no language that is read, or the model
            lacks the head.
        """
        if isinstance(text, str):
            return {label: values[0] for label, values in self._columns([text]).items()}
        return self._columns(text)

    def _columns(self, texts: Iterable[str]) -> dict[str, list[float]]:
        out: dict[str, list[float]] = {"toxicity": [], "identity_attack": []}
        for post in self._scorer.score_many(texts):
            toxicity, attack = _values(post)
            out["toxicity"].append(toxicity)
            out["identity_attack"].append(attack)
        return out


def _values(post: PostScore) -> tuple[float, float]:
    return (nan if post.offensive is None else post.offensive, nan if post.hate is None else post.hate)
