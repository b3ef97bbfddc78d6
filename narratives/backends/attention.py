"""Attention over a text, in numpy (``training.network`` is the same in torch)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from narratives.backends.arithmetic import product

Floats = NDArray[np.float32]

_TENSORS = ("norm", "norm_bias", "qkv", "qkv_bias", "output", "output_bias", "relative")

_KEPT = 100
"""Pieces of the longest text whose table of distances is kept: 3 MB for all of them."""


@dataclass(frozen=True, slots=True)
class Run:
    """Texts of the same length that follow one another, each with the same empty rows after it.

    Attributes:
        start: Row of the first one.
        texts: How many.
        length: Rows of each.
        step: Rows from the beginning of one to that of the next.
    """

    start: int
    texts: int
    length: int
    step: int

    def of(self, x: Floats) -> Floats:
        """Their rows in ``x``, (..., rows, width), as a view: (..., texts, length, width)."""
        rows = x[..., self.start : self.start + self.texts * self.step, :]
        return rows.reshape(*x.shape[:-2], self.texts, self.step, x.shape[-1])[..., : self.length, :]


@dataclass(frozen=True, slots=True, repr=False)
class Attention:
    """Self-attention over a text (Vaswani et al. 2017), with a learnt bias for the relative position of two pieces.

    Attributes:
        norm: (width,) scale of the layer norm before it, and its bias.
        qkv: (width, 3 * inner) queries, keys and values side by side, and their bias.
        output: (inner, width), and its bias.
        relative: (heads, 2 * farthest + 1) bias by relative position; direction counts.
    """

    norm: Floats
    norm_bias: Floats
    qkv: Floats
    qkv_bias: Floats
    output: Floats
    output_bias: Floats
    relative: Floats
    _biases: dict[int, Floats] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, tensors: Mapping[str, Floats]) -> Attention:
        """Build it from tensors named like the attributes."""
        return cls(**{name: tensors[name] for name in _TENSORS})  # type: ignore[arg-type]

    def over(self, x: Floats, runs: Sequence[Run]) -> Floats:
        """What is added to the rows of each text; to rows between texts, nothing that is read.

        Args:
            x: (rows, width).
            runs: Where the texts' rows are.
        """
        heads, inner = self.relative.shape[0], self.output.shape[0]
        normed = x - x.mean(axis=1, keepdims=True)
        square = np.einsum("ij,ij->i", normed, normed)[:, None] / np.float32(x.shape[1])
        normed /= np.sqrt(square + np.float32(1e-5))
        normed *= self.norm
        normed += self.norm_bias
        qkv = (product(normed, self.qkv) + self.qkv_bias).reshape(len(x), 3, heads, inner // heads)
        qkv = np.ascontiguousarray(qkv.transpose(1, 2, 0, 3))  # (3, heads, rows, inner / heads)
        qkv[0] *= np.float32((inner // heads) ** -0.5)
        context = np.zeros((len(x), inner), np.float32)
        for run in runs:
            query, key, value = (run.of(part) for part in qkv)
            score = query @ key.swapaxes(2, 3)
            score += self._bias(run.length)[:, None]
            score -= score.max(axis=3, keepdims=True)
            np.exp(score, out=score)
            score /= score.sum(axis=3, keepdims=True)
            run.of(context)[:] = (score @ value).transpose(1, 2, 0, 3).reshape(run.texts, run.length, inner)
        return product(context, self.output) + self.output_bias

    def _bias(self, length: int) -> Floats:
        """(heads, length, length); kept, as lengths return."""
        found = self._biases.get(length)
        if found is None:
            far = self.relative.shape[1] // 2
            place = np.arange(length)
            found = self.relative[:, np.clip(place[None] - place[:, None], -far, far) + far]
            if length <= _KEPT:
                self._biases[length] = found
        return found
