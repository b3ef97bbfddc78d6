"""The encoder as torch sees it; ``backends.encoder`` computes the same in numpy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

TAPS = (5, 3)
"""Window of each convolution, in pieces."""

HEADS, HEAD_WIDTH = 2, 32
"""Heads of the attention, and the width of each: wider ones cost more time than they were worth."""

FARTHEST = 32
"""Relative position, in pieces, from which on attention tells positions apart no more; direction counts."""


class Attention(nn.Module):
    """One layer of self-attention over a text, added to what it reads: a negation reaches words far from it.

    It begins as nothing (its last matrix is zero), so that a distilled encoder stays what it is until heads need more.

    Args:
        width: Width of a piece.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * HEADS * HEAD_WIDTH)
        self.output = nn.Linear(HEADS * HEAD_WIDTH, width)
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)
        self.relative = nn.Parameter(torch.zeros(HEADS, 2 * FARTHEST + 1))

    def forward(self, x: Tensor, here: Tensor) -> Tensor:
        """What is added to ``x``, (texts, width, pieces), where ``here``, (texts, 1, pieces), says a piece stands."""
        seen = self.norm(x.transpose(1, 2))
        texts, pieces = seen.shape[:2]
        cut = self.qkv(seen).view(texts, pieces, 3, HEADS, HEAD_WIDTH).permute(2, 0, 3, 1, 4)
        place = torch.arange(pieces)
        bias = self.relative[:, (place[None] - place[:, None]).clamp(-FARTHEST, FARTHEST) + FARTHEST]
        mask = bias[None] + torch.where(here[:, None], 0.0, -1e4)
        said = functional.scaled_dot_product_attention(cut[0], cut[1], cut[2], attn_mask=mask)
        back: Tensor = self.output(said.transpose(1, 2).reshape(texts, pieces, HEADS * HEAD_WIDTH))
        return back.transpose(1, 2)


class EncoderNet(nn.Module):
    """Pieces to one vector a text: two residual convolutions, attention once there are heads, sum and maximum.

    A convolution is a sum of one matrix a tap, so that scoring can apply the first one's matrices once for each
    different piece of a block instead of once for each piece.

    Args:
        pieces: Size of the vocabulary; piece 0 stands for the unknown one.
        width: Width of a piece.
        out: Width of the teacher's vectors.
        first: Initial embeddings, (pieces, width).
    """

    def __init__(self, pieces: int, width: int, out: int, first: Tensor | None = None) -> None:
        super().__init__()
        self.pieces = nn.Embedding(pieces + 1, width, padding_idx=pieces, sparse=True)
        if first is not None:
            with torch.no_grad():
                self.pieces.weight[:pieces] = first
        self.convolutions = nn.ModuleList(nn.Conv1d(width, width, taps, padding=taps // 2) for taps in TAPS)
        self.attention: Attention | None = None
        self.mix = nn.Linear(2 * width, 2 * width)
        self.project = nn.Linear(2 * width, out)

    @property
    def padding(self) -> int:
        """Index that fills texts up to the longest of a batch."""
        return self.pieces.num_embeddings - 1

    def pool(self, ids: Tensor, dropout: float = 0.0) -> Tensor:
        """Features of texts.

        Args:
            ids: (texts, pieces) indices, filled up with :attr:`padding`.
            dropout: Share of the pieces' numbers that is dropped.

        Returns:
            (texts, 2 * width).
        """
        here = (ids != self.padding).unsqueeze(1)
        x = functional.dropout(self.pieces(ids), dropout, self.training).transpose(1, 2)
        for convolution in self.convolutions:
            x = (x + functional.relu(convolution(x))) * here
        if self.attention is not None:
            x = (x + self.attention(x, here)) * here
        length = here.sum(2).clamp(min=1)
        total = x.sum(2) / length.sqrt()
        highest = x.masked_fill(~here, -1e4).amax(2).clamp(min=-1e3)
        pooled = torch.cat([total, highest], 1)
        return pooled + functional.relu(self.mix(pooled))

    def forward(self, ids: Tensor) -> Tensor:
        """Unit vectors in the teacher's space, (texts, out)."""
        return functional.normalize(self.project(self.pool(ids)), dim=1)


def distilled(folder: Path) -> EncoderNet:
    """The encoder that a distillation wrote (``encoder.pt``)."""
    state = torch.load(folder / "encoder.pt", weights_only=True)["net"]
    pieces, width = state["pieces.weight"].shape
    net = EncoderNet(pieces - 1, width, state["project.weight"].shape[0])
    net.load_state_dict(state)
    return net


def filled(rows: list[list[int]], padding: int, longest: int) -> Tensor:
    """Texts of pieces as one tensor, cut at ``longest`` and filled up with ``padding``; an empty text gets one."""
    most = max(1, min(longest, max(map(len, rows), default=1)))
    out = torch.full((len(rows), most), padding, dtype=torch.long)
    for row, ids in zip(out, rows, strict=True):
        row[: min(len(ids), most)] = torch.tensor(ids[:most], dtype=torch.long)
    return out


def split_parameters(net: nn.Module) -> tuple[list[Any], list[Any]]:
    """Parameters with sparse gradients (the pieces), and all others."""
    sparse = [m.weight for m in net.modules() if isinstance(m, nn.Embedding) and m.sparse]
    known = {id(p) for p in sparse}
    return sparse, [p for p in net.parameters() if id(p) not in known]
