"""Second readings of the encoder part: hostility and stance, learnt on posts found in the wild.

The encoder's own heads serve posts written for this project and posts of corpora at once. A hidden layer beside theirs,
trained when the encoder is finished, sees only posts with readers, those that slow models judged, and plain mentions
of groups.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from narratives.training.blend import NAMES_WILD, TAUGHT, WILD, evened
from narratives.training.joint import HeadsNet
from narratives.training.network import filled
from narratives.training.tasks import HEADS, NAMES, Tasks

_LONGEST = 200
_COLUMNS = [HEADS.index(head) for head in WILD]


@dataclass(frozen=True, slots=True)
class Wild:
    """How the second readings are trained.

    Attributes:
        width: Of the hidden layer.
        epochs: Passes over the posts.
        batch: Posts a batch.
        rate: Learning rate at its height.
        dropout: Share of the hidden layer dropped; half of it of the encoder's features.
        decay: Weight decay.
        seed: Of everything random.
    """

    width: int = 128
    epochs: int = 6
    batch: int = 256
    rate: float = 1e-3
    dropout: float = 0.3
    decay: float = 0.05
    seed: int = 0


def add_wild(
    net: HeadsNet, tasks: Tasks, ids: Sequence[list[int]], how: Wild, say: Callable[[str], None] = print
) -> None:
    """Train the second readings on rows of split ``train`` and set ``net.wild``; nothing else of the net changes.

    Args:
        net: Trained.
        tasks: Texts and labels.
        ids: Their pieces, (rows,) lists.
        how: Settings.
        say: Told about progress.
    """
    plain = np.char.startswith(tasks.sources, NAMES)
    rows = np.flatnonzero((tasks.splits == "train") & (tasks.real | tasks.taught | plain))
    features = pooled(net, [ids[i] for i in rows.tolist()])
    labels = tasks.labels[rows][:, _COLUMNS]
    trust = np.where(plain, NAMES_WILD, np.where(tasks.real, 1.0, TAUGHT))
    even = evened(tasks, tasks.labels[:, _COLUMNS[0]].astype(np.float64), rows)
    weight = torch.from_numpy(np.where(plain, trust, trust * even)[rows].astype(np.float32))
    middle, spread = features.mean(0), features.std(0) + 1e-3
    torch.manual_seed(how.seed)
    first, last = nn.Linear(features.shape[1], how.width), nn.Linear(how.width, len(WILD))
    optimiser = torch.optim.AdamW([*first.parameters(), *last.parameters()], how.rate, weight_decay=how.decay)
    given, wanted = torch.from_numpy((features - middle) / spread), torch.from_numpy(labels)
    rng = np.random.default_rng(how.seed)
    steps, done = how.epochs * (rows.size // how.batch), 0
    for epoch in range(how.epochs):
        order, running = rng.permutation(rows.size), 0.0
        for at in range(0, rows.size - how.batch + 1, how.batch):
            picks = torch.from_numpy(order[at : at + how.batch])
            x = functional.dropout(given[picks], how.dropout / 2)
            x = functional.dropout(functional.relu(first(x)), how.dropout)
            loss = _loss(last(x), wanted[picks], weight[picks])
            optimiser.param_groups[0]["lr"] = how.rate * max(0.02, 1 - done / steps)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            running, done = running + loss.item(), done + 1
        say(f"second readings: pass {epoch + 1}/{how.epochs} loss {running / max(1, rows.size // how.batch):.3f}")
    with torch.no_grad():  # the features are read as they come from here on
        first.weight.div_(torch.from_numpy(spread))
        first.bias.sub_(first.weight @ torch.from_numpy(middle))
    net.wild = nn.Sequential(first, nn.ReLU(), last)


def pooled(net: HeadsNet, ids: Sequence[list[int]]) -> NDArray[np.float32]:
    """The encoder's features, (texts, width)."""
    net.eval()
    order = np.argsort([len(i) for i in ids], kind="stable")
    parts = []
    with torch.no_grad():
        for i in range(0, order.size, 512):
            some = [ids[j] for j in order[i : i + 512]]
            parts.append(net.encoder.pool(filled(some, net.encoder.padding, _LONGEST)).numpy())
    out: NDArray[np.float32] = np.concatenate(parts)[np.argsort(order)]
    return out


def _loss(logits: Tensor, labels: Tensor, weight: Tensor) -> Tensor:
    hostile = functional.binary_cross_entropy_with_logits(logits[:, 0], labels[:, 0], reduction="none")
    share = labels[:, 1:] / labels[:, 1:].sum(1, keepdim=True).clamp(min=1e-6)
    stance = -(share * logits[:, 1:].log_softmax(1)).sum(1)
    return ((hostile + 0.5 * stance) * weight).mean()


__all__ = ["Wild", "add_wild", "pooled"]
