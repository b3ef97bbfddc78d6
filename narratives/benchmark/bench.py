"""What every part of a run shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from narratives import resources
from narratives.benchmark.peers.base import Model
from narratives.benchmark.plan import Plan
from narratives.benchmark.resampling import RESAMPLES
from narratives.benchmark.rows import training_keys
from narratives.errors import MissingFileError
from narratives.scorer import Scorer


@dataclass(frozen=True, slots=True)
class Settings:
    """How a run is done.

    Attributes:
        data: Data folder, with the corpora in their authors' layout.
        against: Names of peers.
        resamples: Bootstrap resamples.
        seed: For everything drawn.
        hub: Whether corpora and weights may be fetched from the hub.
        say: Told what is being done and what is missing.
    """

    data: Path | None = None
    against: tuple[str, ...] = ()
    resamples: int = RESAMPLES
    seed: int = 0
    hub: bool = False
    say: Callable[[str], None] = field(default=lambda _: None)


@dataclass(frozen=True)
class Bench:
    """A plan, the models under test (ours first), and how they are measured."""

    plan: Plan
    scorer: Scorer
    models: Sequence[Model]
    settings: Settings

    @property
    def options(self) -> dict[str, int]:
        """Arguments of every resampled figure."""
        return {"resamples": self.settings.resamples, "seed": self.settings.seed}

    @cached_property
    def posts(self) -> Path | None:
        """Folder of the authored posts, which a wheel does not carry."""
        return shipped("datasets/posts")

    @cached_property
    def learnt(self) -> frozenset[str]:
        """Keys of texts that a model may have learnt from."""
        return training_keys(self.plan.lang, self.settings.data, self.posts)


def shipped(name: str) -> Path | None:
    """A shipped folder, or ``None`` where this installation has none."""
    try:
        return resources.find(name)
    except MissingFileError:
        return None
