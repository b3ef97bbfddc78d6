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

    def over(self, x: Floats, texts: Sequence[slice]) -> Floats:
        """What is added to the rows of each text; to rows between texts, nothing that is read.

        Args:
            x: (rows, width).
            texts: Where each text's rows are.
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
        for at in texts:
            if at.stop > at.start:
                score = qkv[0, :, at] @ qkv[1, :, at].transpose(0, 2, 1)
                score += self._bias(at.stop - at.start)
                score -= score.max(axis=2, keepdims=True)
                np.exp(score, out=score)
                score /= score.sum(axis=2, keepdims=True)
                context[at] = (score @ qkv[2, :, at]).transpose(1, 0, 2).reshape(-1, inner)
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
