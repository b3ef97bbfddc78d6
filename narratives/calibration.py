"""From a model's raw score to a probability, a threshold and the band in which a person must decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from narratives.errors import ModelError

Verdict = Literal["above", "unsure", "below"]


@dataclass(frozen=True, slots=True)
class Calibration:
    """How one head's scores are read in one language group.

    Attributes:
        temperature: Raw scores are divided by it (Guo et al. 2017); above 1 where the model is too sure.
        offset: Added afterwards, since balanced training moves every score by about the log of the class ratio.
        threshold: Probability from which the head says yes.
        review: (low, high) probabilities around the threshold between which the answer is left to a person.
        rows: Number of labelled posts it was fitted on; none of them was trained on.
        pooled: True where the group has no labelled posts of its own and takes the figures of all groups together.
    """

    temperature: float
    offset: float
    threshold: float
    review: tuple[float, float]
    rows: int
    pooled: bool = False

    def __post_init__(self) -> None:
        low, high = self.review
        if not (self.temperature > 0 and 0 <= low <= self.threshold <= high <= 1):
            raise ModelError(
                f"calibration is not usable: temperature {self.temperature}, review {self.review}, threshold "
                f"{self.threshold}; expected temperature > 0 and 0 <= low <= threshold <= high <= 1"
            )

    def probabilities(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turn raw scores into probabilities, elementwise and in the same shape.

        >>> Calibration(1.0, 0.0, 0.5, (0.4, 0.6), 100).probabilities(np.zeros(1, np.float32))
        array([0.5], dtype=float32)
        """
        return _expit(logits / np.float32(self.temperature) + np.float32(self.offset))

    def verdict(self, probability: float) -> Verdict:
        """Say on which side of the threshold a probability lies, or that it is too close to tell.

        >>> Calibration(1.0, 0.0, 0.5, (0.4, 0.6), 100).verdict(0.45)
        'unsure'
        """
        low, high = self.review
        if low < probability < high:
            return "unsure"
        return "above" if probability >= self.threshold else "below"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for ``config.json``."""
        return {**asdict(self), "review": list(self.review)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Calibration:
        """Inverse of :meth:`to_dict`.

        Raises:
            ModelError: Keys are missing or unknown.
        """
        try:
            low, high = data["review"]
            return cls(**{**data, "review": (float(low), float(high))})
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"calibration entry is damaged ({error}); expected the keys of Calibration") from None


def _expit(x: NDArray[np.float32]) -> NDArray[np.float32]:
    # the tanh form neither overflows nor loses precision for large |x|
    return np.clip(np.asarray(0.5 * (1 + np.tanh(0.5 * x)), np.float32), 0, 1)  # single precision can overshoot
