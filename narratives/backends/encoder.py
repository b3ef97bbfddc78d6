"""The compact multilingual encoder in numpy: folded texts to vectors, without torch.

Pieces of words are looked up in a table, pass two residual convolutions over their neighbours and one layer of
attention over the whole text, and are summed up and maximised (``training.network`` is the same in torch). Texts of a
block share their pieces, so the first convolution is computed once for each different piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from narratives.backends.arithmetic import product
from narratives.backends.attention import Attention, Run
from narratives.backends.threads import side_by_side

LONGEST = 320
"""Pieces of a text that are read, about 200 words; a longer one is read by its beginning."""

_ROWS = 1024
"""Pieces that pass through the layers together, so that they stay in the processor's cache."""

_PIECES = 1 << 15
"""Pieces of one block of texts: their first convolution takes up to 150 MB."""

_REMEMBERED = 1 << 15
"""Words whose pieces are kept in memory, about 10 MB."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, repr=False)
class Encoder:
    """The encoder in memory.

    Attributes:
        tokenizer: Pieces of spread texts.
        pieces: (pieces, width) int8 table.
        scales: (pieces, 1) float32, what a step of the table is worth.
        first: (width, taps * width) matrices of the first convolution side by side.
        second: The same of the second one.
        attention: The layer over the whole text.
        mix: (2 * width, 2 * width) of the dense layer after pooling.
        biases: Of the two convolutions and the dense layer.
    """

    tokenizer: Tokenizer
    pieces: NDArray[np.int8]
    scales: Floats
    first: Floats
    second: Floats
    attention: Attention
    mix: Floats
    biases: tuple[Floats, Floats, Floats]
    _cut: dict[str, list[int]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, tokenizer: Tokenizer, tensors: Mapping[str, NDArray[Any]]) -> Encoder:
        """Build it from the tensors of a model folder (keys ``encoder.*``)."""
        t = {name.removeprefix("encoder."): value for name, value in tensors.items() if name.startswith("encoder.")}
        f = {name: np.ascontiguousarray(t[name], np.float32) for name in t if name != "pieces"}
        return cls(
            tokenizer,
            t["pieces"],
            f["scales"],
            f["first"],
            f["second"],
            Attention.of(f),
            f["mix"],
            (f["first_bias"], f["second_bias"], f["mix_bias"]),
        )

    @property
    def width(self) -> int:
        """Numbers in a text's vector."""
        return int(self.mix.shape[0])

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Pieces of spread texts (``backends.words.spread``); how a word is cut is remembered, as words return."""
        split = [text.split()[:LONGEST] for text in texts]
        pieces = self._cut
        if len(pieces) > _REMEMBERED:
            pieces.clear()
        words = list(dict.fromkeys(word for row in split for word in row if word not in pieces))
        found = self.tokenizer.encode_batch_fast(words, add_special_tokens=False)
        pieces.update((word, cut.ids) for word, cut in zip(words, found, strict=True))
        return [list(chain.from_iterable(pieces[word] for word in row))[:LONGEST] for row in split]

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors of spread texts, shape (texts, width); a text without pieces gets what no pieces give.

        The same text gives the same vector, whatever it is encoded with.
        """
        return self.pool(self.ids(texts))

    def pool(self, rows: Sequence[Sequence[int]]) -> Floats:
        """Vectors of texts given as pieces, shape (texts, width)."""
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        # as many texts at a time as bound the memory
        parts = [self._pool(rows[some], lengths[some]) for some, _ in _blocks(lengths, _PIECES)]
        return np.concatenate(parts) if parts else np.zeros((0, self.width), np.float32)

    def _pool(self, rows: Sequence[Sequence[int]], lengths: NDArray[np.int64]) -> Floats:
        half = self.first.shape[0]
        # texts of one length stand together, so that they pass through attention and pooling in one call
        order = np.argsort(lengths, kind="stable")
        lengths = lengths[order]
        pooled = np.zeros((len(rows), 2 * half), np.float32)
        pooled[:, half:] = -1e3  # the maximum over nothing, as in training
        flat = np.fromiter(chain.from_iterable(rows[i] for i in order), np.int64, int(lengths.sum()))
        if not flat.size:
            return self._mixed(pooled)
        distinct, place = np.unique(flat, return_inverse=True)
        table = np.zeros((distinct.size + 1, half), np.float32)  # the last row stands between texts
        table[:-1] = self.pieces[distinct] * self.scales[distinct]
        taps = np.empty((table.shape[0], self.first.shape[1]), np.float32)

        def first(rows: slice) -> None:
            taps[rows] = product(table[rows], self.first)

        side_by_side([partial(first, slice(i, i + _ROWS)) for i in range(0, table.shape[0], _ROWS)])
        side_by_side(
            [
                partial(self._layers, table, taps, place[cut], lengths[some], pooled[some])
                for some, cut in _blocks(lengths, _ROWS)
            ]
        )
        return self._mixed(pooled)[np.argsort(order)]

    def _layers(
        self, table: Floats, taps: Floats, place: NDArray[np.int64], lengths: NDArray[np.int64], out: Floats
    ) -> None:
        half = self.first.shape[0]
        gap = self.first.shape[1] // half // 2  # no window reaches from one text into the next
        starts = gap + np.concatenate([[0], np.cumsum(lengths[:-1] + gap)])
        line = np.full(int(starts[-1] + lengths[-1]) + gap, table.shape[0] - 1)
        real = np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(place.size)
        line[real] = place
        empty = np.ones(line.size, bool)
        empty[real] = False
        pieces = taps.reshape(table.shape[0], -1, half)
        x = _convolved(table[line], lambda tap, at: pieces[line[at], tap], pieces.shape[1], self.biases[0])
        x[empty] = 0
        second = product(x, self.second).reshape(line.size, -1, half)
        x = _convolved(x, lambda tap, at: second[at, tap], second.shape[1], self.biases[1])
        sizes, firsts, counts = np.unique(lengths, return_index=True, return_counts=True)  # shorter texts come first
        runs = [
            (slice(first, first + count), Run(int(starts[first]), count, size, size + gap))
            for size, first, count in zip(sizes.tolist(), firsts.tolist(), counts.tolist(), strict=True)
            if size
        ]
        x += self.attention.over(x, [run for _, run in runs])
        for at, run in runs:
            texts = run.of(x)
            np.divide(texts.sum(axis=1), np.float32(run.length**0.5), out=out[at, :half])
            texts.max(axis=1, out=out[at, half:])

    def _mixed(self, pooled: Floats) -> Floats:
        dense = product(pooled, self.mix) + self.biases[2]
        return np.asarray(pooled + np.maximum(dense, 0, out=dense), np.float32)


def _blocks(lengths: NDArray[np.int64], most: int) -> Iterator[tuple[slice, slice]]:
    """Texts in turn, as many as have ``most`` pieces together, or one that is longer; and where their pieces lie."""
    ends = np.concatenate([[0], np.cumsum(lengths)])
    begin = 0
    while begin < lengths.size:
        stop = max(begin + 1, int(np.searchsorted(ends, ends[begin] + most, side="right")) - 1)
        yield slice(begin, stop), slice(int(ends[begin]), int(ends[stop]))
        begin = stop


def _convolved(x: Floats, say: Callable[[int, slice], Floats], taps: int, bias: Floats) -> Floats:
    """``x`` plus the rectified sum of what each tap says of the rows it is shifted by.

    Args:
        x: (rows, width).
        say: From a tap and the rows it looks at to (rows, width).
        taps: Width of the window.
        bias: (width,).
    """
    rows = x.shape[0]
    total = np.repeat(bias[None], rows, axis=0)
    for tap in range(taps):
        shift = tap - taps // 2
        to, source = slice(max(0, -shift), rows - max(0, shift)), slice(max(0, shift), rows + min(0, shift))
        total[to] += say(tap, source)
    np.maximum(total, 0, out=total)
    total += x
    return total
