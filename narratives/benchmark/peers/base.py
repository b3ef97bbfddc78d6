"""What a model under test must offer, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from narratives.results import PostScore

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a model says of some texts.

    Attributes:
        said: By head, (texts,) 0 or 1 at the model's own threshold; a head it does not know is absent.
        scores: By head, (texts,) higher is more positive; absent where it only answers yes or no.
        probabilistic: Whether scores are meant as probabilities, so that calibration can be judged.
        sure: By head, (texts,) higher is surer; for risk and coverage.
        review: (texts,) whether the model leaves the text to a person.
        posts: Whole readings, from our own models.
        unanswered: Texts it gave no answer for; they count as no.
    """

    said: Mapping[str, Ints]
    scores: Mapping[str, Floats] = field(default_factory=dict)
    probabilistic: bool = False
    sure: Mapping[str, Floats] = field(default_factory=dict)
    review: NDArray[np.bool_] | None = None
    posts: Sequence[PostScore] | None = None
    unanswered: int = 0

    def flagged(self) -> NDArray[np.bool_]:
        """(texts,) whether it would be flagged: hate where the model knows that head, else abuse.

        >>> Answers({"hate": np.array([1, 0])}).flagged().tolist()
        [True, False]
        """
        if self.posts is not None:
            return np.array([post.decision == "flag" for post in self.posts], bool)
        return np.asarray(self.said["hate" if "hate" in self.said else "offensive"] == 1, bool)

    def left(self) -> NDArray[np.bool_]:
        """(texts,) whether it is left to a person."""
        if self.review is not None:
            return self.review
        return np.zeros(len(next(iter(self.said.values()))), bool)

    def ranking(self) -> Floats | None:
        """(texts,) the score behind :meth:`flagged`, if there is one."""
        return self.scores.get("hate", None if "hate" in self.said else self.scores.get("offensive"))


class Model(Protocol):
    """A model under test. It never sees a gold label of the rows it is measured on."""

    @property
    def name(self) -> str:
        """Short name for tables."""
        ...

    @property
    def note(self) -> str:
        """What a reader must know to compare fairly: version, languages, what is missing."""
        ...

    def answer(self, texts: Sequence[str], langs: Sequence[str], train_on: str | None = None) -> Answers:
        """Answer texts.

        Args:
            texts: Posts as written.
            langs: Language code of each.
            train_on: Corpus whose training rows a baseline learns from; ignored by models that come trained.

        Returns:
            The answers; with no head in ``said`` where the model has nothing to say here.
        """
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What an adapter may need.

    Attributes:
        lang: Language under test.
        folder: Data folder, with the word lists in it.
        seed: For whatever is fitted.
        hub: Whether weights may be fetched from the hub.
    """

    lang: str
    folder: Path | None = None
    seed: int = 0
    hub: bool = False


def both(said: Ints, scores: Floats | None = None) -> tuple[dict[str, Ints], dict[str, Floats]]:
    """The same answer for both heads, for systems that do not tell abuse from hate."""
    heads = ("offensive", "hate")
    return dict.fromkeys(heads, said), {} if scores is None else dict.fromkeys(heads, scores)
