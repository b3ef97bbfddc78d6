"""One sitting: what is shown, how much of it, and when it ends; independent of the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from narratives.review.decisions import Decisions, Verdict
from narratives.review.queue import CALM, UNLABELLED, Item
from narratives.taxonomy import NARRATIVES


class Session:
    """Goes through a queue, never showing more than was asked for.

    Attributes:
        stage: What of the current item is open: 0 nothing, 1 the words that decided, 2 the whole post.
    """

    def __init__(
        self, queue: Sequence[Item], decisions: Decisions, *, minutes: float, clock: Callable[[], float]
    ) -> None:
        """Begin.

        Args:
            queue: Items in order; the last one is shown before the end even if time is up, where it is calm.
            decisions: Takes what is decided.
            minutes: After so many the sitting ends at the next item.
            clock: Seconds from any point on.
        """
        self._queue = list(queue)
        self._decisions = decisions
        self._clock = clock
        self._end = clock() + 60 * minutes
        self._shown = 0
        self.stage = 0

    @property
    def current(self) -> Item | None:
        """The item in question; ``None`` when the sitting is over."""
        return self._queue[0] if self._queue else None

    @property
    def place(self) -> tuple[int, int]:
        """Number of the current item, and of all there will be."""
        return self._shown + 1, self._shown + len(self._queue)

    @property
    def minutes_left(self) -> int:
        """Whole minutes until the sitting ends."""
        return max(0, int(self._end - self._clock()) // 60)

    @property
    def time_is_up(self) -> bool:
        """Whether the sitting ends at the next item."""
        return self._clock() >= self._end

    def open(self) -> int:
        """Show one step more of the current item."""
        self.stage = min(self.stage + 1, 2)
        return self.stage

    def close(self) -> None:
        """Hide the current item again."""
        self.stage = 0

    def decide(self, verdict: Verdict, labels: tuple[str, ...] | None = None) -> None:
        """Note what the person says of the current item, and go on."""
        if self.current is not None:
            self._decisions.add(self.current, verdict, labels)
        self.skip()

    def skip(self) -> None:
        """Go on without a decision."""
        self.stage = 0
        self._queue = self._queue[1:]
        self._shown += 1
        if self.time_is_up and self._queue:
            self._queue = self._queue[-1:] if self._queue[-1].label == CALM else []

    def opt_out(self) -> str:
        """Leave out the narrative of the current item for the rest of the sitting; no reason is asked.

        Only a narrative can be left out so: were it ``hate`` or nothing in particular, no flagged post would be left.

        Returns:
            What was done, for the person.
        """
        item = self.current
        if item is None:
            return ""
        label = item.label
        self.skip()
        if label in {UNLABELLED, CALM}:
            return "This item has no narrative of its own: only it is left out. Others stay."
        before = len(self._queue)
        self._queue = [other for other in self._queue if label not in _all_labels(other)]
        left = before - len(self._queue)
        return f"No more items about '{NARRATIVES[label].name}': {left} further left out, {len(self._queue)} stay."


def _all_labels(item: Item) -> set[str]:
    return {item.label, *(item.scores.get("labels") or ()), *(item.scores.get("mentioned") or ())}
