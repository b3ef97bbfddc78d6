"""Products of matrices whose rows come out the same, whatever stands beside them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_TILE = 64
"""Rows of one matrix product. Every product has the same shape, so a text gets the same bits in any company."""


def product(left: Floats, right: Floats) -> Floats:
    """Matrix product in tiles of one shape, the last one filled up: a row's result does not depend on the others."""
    rows = left.shape[0]
    full = -(-rows // _TILE) * _TILE
    padded = left if full == rows else np.concatenate([left, np.zeros((full - rows, left.shape[1]), np.float32)])
    out = np.matmul(padded.reshape(-1, _TILE, left.shape[1]), right)
    return np.asarray(out.reshape(full, right.shape[1])[:rows], np.float32)
