"""What every integration starts with: a model by name, and the package it serves."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from narratives.errors import MissingExtraError
from narratives.scorer import Scorer, load


def opened(model: Scorer | str | Path | None) -> Scorer:
    """A scorer as it is, or the one of a name or folder; the same name opens a model once.

    Args:
        model: What :func:`narratives.load` takes, or a scorer.

    >>> opened(None) is opened(None)
    True
    """
    return model if isinstance(model, Scorer) else _by_name(model)


@lru_cache(maxsize=2)
def _by_name(model: str | Path | None) -> Scorer:
    return load(model)


def require(package: str, extra: str) -> Any:
    """Import a package that an extra brings.

    Raises:
        MissingExtraError: It is not installed; the message is the line that installs it.
    """
    try:
        return import_module(package)
    except ImportError:
        raise MissingExtraError(f'this needs the extra {extra}: pip install "narratives[{extra}]"') from None
