"""Our own models behind the same adapter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from narratives.backends import ANY
from narratives.benchmark.peers.base import Answers
from narratives.scorer import Scorer

HEADS = ("offensive", "hate")
_BATCH = 512


@dataclass(frozen=True, slots=True)
class Ours:
    """A scorer under test.

    Attributes:
        scorer: The scorer.
        name: Short name for tables.
        told: Whether the model is told the language; else it detects it.
    """

    scorer: Scorer
    name: str = "default"
    told: bool = True

    @property
    def note(self) -> str:
        """Version and digest of the weights."""
        info = self.scorer.info
        return f"narratives model {info.name} {info.version}, {info.sha256[:12]}"

    def threshold(self, head: str, group: str) -> float:
        """Probability from which the model says yes."""
        table = self.scorer.backend.calibration.get(head, {})
        found = table.get(group, table.get(ANY))
        return 0.5 if found is None else found.threshold

    def answer(self, texts: Sequence[str], langs: Sequence[str], train_on: str | None = None) -> Answers:  # noqa: ARG002
        """Score texts; unsupported ones count as no and as unanswered."""
        given = list(langs) if self.told else None
        posts = list(self.scorer.score_many(texts, batch_size=_BATCH, lang=given))
        said, scores, sure = {}, {}, {}
        for head in HEADS:
            if head not in self.scorer.heads:
                continue
            p = np.array([getattr(post, head) or 0.0 for post in posts], np.float64)
            cut = np.array([self.threshold(head, post.language.group) for post in posts])
            said[head] = (p >= cut).astype(np.int64)
            scores[head] = p
            # thresholds are not at .5, so sureness is the share of the way from the threshold to 0 or 1
            sure[head] = np.where(p >= cut, (p - cut) / np.maximum(1 - cut, 1e-9), (cut - p) / np.maximum(cut, 1e-9))
        return Answers(
            said,
            scores,
            probabilistic=True,
            sure=sure,
            review=np.array([post.decision == "review" for post in posts], bool),
            posts=posts,
            unanswered=sum(post.decision == "unsupported" for post in posts),
        )
