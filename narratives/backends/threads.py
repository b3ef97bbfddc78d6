"""Arithmetic on several threads, each of which does its own products alone.

A BLAS that splits one product over the cores waits for the slowest of them; on a machine with anything else to do that
costs several times what it gains. Whole pieces of work side by side do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

_MOST = 4  # more threads than this gain nothing: the interpreter between the products runs one at a time


@lru_cache(maxsize=1)
def _blas() -> tuple[Any, int]:
    """The switch of the BLAS libraries in memory, and how many threads they were allowed (``OMP_NUM_THREADS`` …)."""
    import numpy as np
    from threadpoolctl import ThreadpoolController

    np.zeros((2, 2)) @ np.zeros((2, 2))  # the library is loaded
    controller = ThreadpoolController().select(user_api="blas")
    return controller, min((library["num_threads"] for library in controller.info()), default=1)


@contextmanager
def alone() -> Iterator[None]:
    """Inside, every product is done by the thread that asks for it."""
    with _blas()[0].limit(limits=1):
        yield


def side_by_side(pieces: Sequence[Callable[[], None]]) -> None:
    """Run pieces of work that write to different places, on as many threads as BLAS was allowed, and wait for all.

    The threads end with the call, so that a process may be forked between calls.
    """
    threads = min(_blas()[1], len(pieces), _MOST)
    with alone():
        if threads < 2:
            for piece in pieces:
                piece()
            return
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(piece) for piece in pieces]:
                done.result()
