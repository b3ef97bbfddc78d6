"""Train the encoder and all heads together, over all corpora, languages and label sets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from narratives.training import distil
from narratives.training.network import Attention, EncoderNet, filled, split_parameters
from narratives.training.tasks import HEADS, NAMES, Tasks

LONGEST = 80
_RARE = 4.0
_NEAR = 0.15
_TAUGHT = 0.5  # weight of what slow models say by the label cards beside what readers say
PER_CORPUS = 2
"""Heads, the first ones, whose meaning differs from corpus to corpus."""

_STANCE = [i for i, h in enumerate(HEADS) if h.startswith("stance.")]
_STORIES = [i for i, h in enumerate(HEADS) if h.startswith(("narrative.", "mention."))]
_TARGETS = [i for i, h in enumerate(HEADS) if h.startswith("target.")]
_HOSTILE = HEADS.index("hostile")


class HeadsNet(nn.Module):
    """The encoder with a hidden layer and the heads; ``offensive`` and ``hate`` get a correction for each corpus.

    Args:
        encoder: Changed in place; gets a layer of attention where it has none.
        sources: Number of corpora.
        hidden: Width of the hidden layer.
    """

    def __init__(self, encoder: EncoderNet, sources: int, hidden: int = 256) -> None:
        super().__init__()
        self.encoder = encoder
        if encoder.attention is None:
            encoder.attention = Attention(encoder.mix.in_features // 2)
        self.hidden = nn.Linear(encoder.mix.in_features, hidden)
        self.heads = nn.Linear(hidden, len(HEADS))
        self.corrections = nn.Parameter(torch.zeros(sources, PER_CORPUS, hidden))
        self.offsets = nn.Parameter(torch.zeros(sources, PER_CORPUS))
        self.wild: nn.Module | None = None  # the second readings, learnt afterwards (``training.wild``)

    def forward(self, ids: Tensor, source: Tensor, dropout: float = 0.0) -> Tensor:
        """Logits, (texts, heads), each text read as its own corpus means it."""
        x = self.encoder.pool(ids, dropout)
        x = functional.dropout(x, dropout, self.training)
        x = functional.relu(self.hidden(x))
        x = functional.dropout(x, 2 * dropout, self.training)
        out = self.heads(x)
        own = torch.einsum("nd,nhd->nh", x, self.corrections[source]) + self.offsets[source]
        return torch.cat([out[:, :PER_CORPUS] + own, out[:, PER_CORPUS:]], 1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how to train the heads.

    Attributes:
        epochs: Passes over as many texts as there are, drawn with balance.
        batch: Texts a batch.
        rate: Learning rate of the heads; the encoder's layers take ``slower`` of it.
        piece_rate: Learning rate of the embeddings.
        slower: See ``rate``.
        dropout: Share of features dropped; twice that in the hidden layer.
        dropped: Share of pieces dropped.
        evenness: 0 draws each text alike, 1 each source alike.
        card_weight: Weight of the label cards' loss beside that of ``offensive`` and ``hate``.
        smoothing: Labels are drawn this far towards .5.
        decay: Weight decay.
        seed: Of everything random.
    """

    epochs: float = 2.6
    batch: int = 256
    rate: float = 1e-3
    piece_rate: float = 1.5e-3
    slower: float = 0.5
    dropout: float = 0.15
    dropped: float = 0.1
    evenness: float = 0.5
    card_weight: float = 1.0
    smoothing: float = 0.02
    decay: float = 0.02
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Anchor:
    """Translations that are learnt on beside the posts, so that the encoder does not forget what sentences mean.

    Attributes:
        texts: Sentences in all languages, and which vector each belongs to.
        teacher: (vectors, width) of the English originals.
        weight: Of their loss.
        how: Size of the batches and their order; the rest is not used.
    """

    texts: distil.Texts
    teacher: NDArray[np.float16]
    weight: float = 1.0
    how: distil.Distillation = field(default_factory=lambda: distil.Distillation(batch=128))

    def batches(self) -> Iterator[NDArray[np.int64]]:
        """Endless batches."""
        return distil.batches(self.texts, self.how)

    def loss(self, encoder: EncoderNet, picks: NDArray[np.int64]) -> Tensor:
        """Weighted distance from the teacher."""
        ids = filled(self.texts.take(picks), encoder.padding, distil.LONGEST)
        rows = torch.from_numpy(self.texts.rows[picks])
        target = functional.normalize(torch.from_numpy(self.teacher[self.texts.rows[picks]].astype(np.float32)), dim=1)
        return self.weight * distil.loss_of(encoder(ids), target, rows, self.how.scale)


def draw(tasks: Tasks, boosts: dict[str, float], how: Schedule, rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Endless batches of rows; small sources and annotated posts come more often than their number."""
    rng = np.random.default_rng(how.seed)
    _, source, size = np.unique(tasks.sources[rows], return_inverse=True, return_counts=True)
    chance = size[source] ** -how.evenness
    for prefix, factor in boosts.items():
        chance = chance * np.where(np.char.startswith(tasks.sources[rows], prefix), factor, 1.0)
    chance = chance * np.where(tasks.real[rows], boosts.get("annotated", 1.0), 1.0)
    chance = chance / chance.sum()
    while True:
        picks = rng.choice(rows, how.batch * 64, p=chance)
        lengths = np.array([len(tasks.spread[i]) for i in picks])
        picks = picks[np.argsort(lengths, kind="stable")]
        for at in rng.permutation(64):
            yield picks[at * how.batch : (at + 1) * how.batch]


def class_weights(tasks: Tasks, sources: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """(sources, 2, heads) weights that make yes and no of a source count alike for ``offensive`` and ``hate``."""
    out = np.ones((int(sources.max()) + 1, 2, len(HEADS)), np.float32)
    out[:, 1, _STORIES], out[:, 1, _TARGETS] = _RARE, _RARE / 2  # one post in fifty tells a given story
    for s in range(out.shape[0]):
        for h in range(PER_CORPUS):
            known = tasks.labels[rows[sources[rows] == s], h]
            known = known[~np.isnan(known)]
            if known.size:
                share = float(np.clip(known.mean(), 0.05, 0.95))
                two = bool((known < 0.5).any() and (known >= 0.5).any())
                out[s, 0, h], out[s, 1, h] = (0.5 / (1 - share), 0.5 / share) if two else (0.3, 0.3)
    return out


def loss_of(logits: Tensor, labels: Tensor, weights: Tensor, trust: Tensor, how: Schedule) -> Tensor:
    """Masked cross-entropy over all heads; stance is one choice of five.

    Args:
        logits: (texts, heads).
        labels: (texts, heads), NaN where unknown.
        weights: (texts, 2, heads) of no and yes.
        trust: (texts,) weight of what is said by the label cards.
        how: Settings.
    """
    known = ~torch.isnan(labels)
    target = torch.nan_to_num(labels) * (1 - 2 * how.smoothing) + how.smoothing
    weight = torch.where(torch.nan_to_num(labels) >= 0.5, weights[:, 1], weights[:, 0]) * known
    each = functional.binary_cross_entropy_with_logits(logits, target, reduction="none") * weight
    first = each[:, :PER_CORPUS].sum() / known[:, :PER_CORPUS].sum().clamp(min=1)
    # what a corpus calls hate is only near to hostility by the label cards: it counts little beside posts with readers
    near = torch.where(known[:, _STANCE[0]], trust, _NEAR) * known[:, _HOSTILE]
    hostile = (each[:, _HOSTILE] * near).sum() / near.sum().clamp(min=1)
    stories = (each[:, _STORIES].sum(1) * trust).sum() / (known[:, _STORIES[0]] * trust).sum().clamp(min=1)
    # corpora that only say whom a post is about (weak labels) count half
    full = torch.where(known[:, _STORIES[0]], 1.0, 0.5)
    targets = (each[:, _TARGETS].sum(1) * full).sum() / (known[:, _TARGETS[0]] * full).sum().clamp(min=1)
    said = known[:, _STANCE[0]]
    stance = logits.new_zeros(())
    if said.any():
        share = torch.nan_to_num(labels[:, _STANCE])
        share = share / share.sum(1, keepdim=True).clamp(min=1e-6)
        stance = -(share * functional.log_softmax(logits[:, _STANCE], 1)).sum(1)[said] @ trust[said] / trust[said].sum()
    return first + how.card_weight * (hostile + 0.5 * stance + 0.5 * stories + 0.15 * targets)


def train_heads(
    net: HeadsNet,
    tasks: Tasks,
    ids: Sequence[Sequence[list[int]]],
    names: Sequence[str],
    how: Schedule,
    checkpoint: Path,
    *,
    boosts: dict[str, float] | None = None,
    anchor: Anchor | None = None,
    until: int | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Train on the rows of split ``train``; continues from the checkpoint if there is one.

    Args:
        net: Changed in place.
        tasks: Texts and labels.
        ids: Ways of cutting the texts into pieces, each (rows,) lists; one is drawn for each batch.
        names: Sources in the order of ``net.corrections``.
        how: Settings.
        checkpoint: File to save to.
        boosts: Prefix of a source to how much more often it is drawn; ``annotated`` for posts with readers.
        anchor: Translations to learn on as well.
        until: Step after which to save and stop early; another call goes on from there.
        say: Told about progress.
    """
    rows = np.flatnonzero(tasks.splits == "train")
    sources = np.array([names.index(s) for s in tasks.sources])
    weights = torch.from_numpy(class_weights(tasks, sources, rows))
    labels = torch.from_numpy(tasks.labels)
    trust = torch.from_numpy(np.where(tasks.taught, _TAUGHT, 1.0).astype(np.float32))
    sparse, _ = split_parameters(net)
    trunk = [p for n, p in net.encoder.named_parameters() if not n.startswith("pieces")]
    top = [p for n, p in net.named_parameters() if not n.startswith("encoder.")]
    optimisers = [
        torch.optim.AdamW(
            [{"params": trunk, "share": how.slower}, {"params": top, "share": 1.0}], how.rate, weight_decay=how.decay
        ),
        torch.optim.SparseAdam(sparse, how.piece_rate),
    ]
    steps, done = int(how.epochs * rows.size / how.batch), 0
    if checkpoint.is_file():
        state = torch.load(checkpoint, weights_only=True)
        net.load_state_dict(state["net"])
        for optimiser, saved in zip(optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
        done = int(state["step"])
    readings = _readings(tasks, sources, names, how.seed)
    stream = draw(tasks, boosts or {}, how, rows)
    sentences = anchor.batches() if anchor else iter(())
    for _ in range(done):
        next(stream), next(sentences, None)
    net.train()
    began, running = time.monotonic(), 0.0
    for step in range(done, steps):
        torch.manual_seed(how.seed * 1_000_003 + step)
        share = min(1.0, (step + 1) / 200) * max(0.02, 1 - step / steps)
        for group in optimisers[0].param_groups:
            group["lr"] = how.rate * share * group["share"]
        optimisers[1].param_groups[0]["lr"] = how.piece_rate * share
        picks = next(stream)
        way = ids[step % len(ids)]
        batch = filled([way[i] for i in picks], net.encoder.padding, LONGEST)
        batch[(torch.rand(batch.shape) < how.dropped) & (batch != net.encoder.padding)] = net.encoder.padding
        read_as = torch.from_numpy(readings(picks, step))
        loss = loss_of(net(batch, read_as, how.dropout), labels[picks], weights[sources[picks]], trust[picks], how)
        if anchor:
            loss = loss + anchor.loss(net.encoder, next(sentences))
        for optimiser in optimisers:
            optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(trunk + top, 1.0)
        for optimiser in optimisers:
            optimiser.step()
        running += (loss.item() - running) / min(step - done + 1, 200)
        last = step + 1 in (steps, until)
        if (step + 1) % 500 == 0 or last:
            part = checkpoint.with_suffix(".part")
            state = {"net": net.state_dict(), "optimisers": [o.state_dict() for o in optimisers], "step": step + 1}
            torch.save(state, part)
            part.replace(checkpoint)
            say(f"step {step + 1}/{steps} loss {running:.3f} {time.monotonic() - began:.0f} s")
        if last:
            return


def _readings(
    tasks: Tasks, sources: NDArray[np.int64], names: Sequence[str], seed: int
) -> Callable[[NDArray[np.int64], int], NDArray[np.int64]]:
    """As which corpus a row is read: its own, but a plain mention of a group as any of its language group, in turn.

    Each corpus must learn that a name alone is harmless, above all one whose hateful posts were found by that name.
    """
    plain = np.char.startswith(tasks.sources, NAMES)
    of_group = {
        group: np.array(sorted({names.index(s) for s in tasks.sources[(tasks.groups == group) & ~plain]} or {0}))
        for group in dict.fromkeys(tasks.groups.tolist())
    }

    def read(picks: NDArray[np.int64], step: int) -> NDArray[np.int64]:
        out = sources[picks].copy()
        rng = np.random.default_rng((seed, step))
        for at in np.flatnonzero(plain[picks]):
            out[at] = rng.choice(of_group[str(tasks.groups[picks[at]])])
        return out

    return read


def predict(net: HeadsNet, ids: Sequence[list[int]]) -> tuple[NDArray[np.float32], ...]:
    """Logits: shared, (texts, heads); of every corpus, (texts, sources, PER_CORPUS); of the second readings.

    The last are (texts, wild), without columns where the net has no second readings.
    """
    net.eval()
    order = np.argsort([len(i) for i in ids], kind="stable")
    shared = np.zeros((len(ids), len(HEADS)), np.float32)
    own = np.zeros((len(ids), net.corrections.shape[0], PER_CORPUS), np.float32)
    wild: list[NDArray[np.float32]] = []
    with torch.no_grad():
        for i in range(0, order.size, 512):
            picks = order[i : i + 512]
            pooled = net.encoder.pool(filled([ids[j] for j in picks], net.encoder.padding, 320))
            x = functional.relu(net.hidden(pooled))
            out = net.heads(x)
            shared[picks] = out.numpy()
            more = torch.einsum("nd,shd->nsh", x, net.corrections) + net.offsets
            own[picks] = (out[:, None, :PER_CORPUS] + more).numpy()
            wild.append(net.wild(pooled).numpy() if net.wild is not None else np.zeros((picks.size, 0), np.float32))
    return shared, own, np.concatenate(wild)[np.argsort(order)]
