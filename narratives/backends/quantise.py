"""Tables of weights as int8, with one step for each column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


def quantised(table: NDArray[Any], name: str) -> dict[str, NDArray[Any]]:
    """A table as int8 with one step a column, for ``model.safetensors``."""
    step = np.maximum(np.abs(table).max(axis=0), 1e-12) / 127
    return {name: np.rint(table / step).astype(np.int8), f"{name}.step": step.astype(np.float32)}


def dequantised(tensors: Mapping[str, NDArray[Any]], name: str) -> NDArray[np.float32]:
    """Inverse of :func:`quantised`, but for the rounding; a table stored without steps is taken as it is."""
    table = tensors[name].astype(np.float32)
    return table * tensors[f"{name}.step"] if table.size and f"{name}.step" in tensors else table
