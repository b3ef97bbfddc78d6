"""Packages that measuring needs and scoring does not."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import Any

from narratives.errors import MissingExtraError

EXTRAS = {
    "sklearn": ("scikit-learn", "peers"),
    "hatesonar": ("hatesonar", "peers"),
    "profanity_check": ("alt-profanity-check", "peers"),
    "transformers": ("transformers", "transformers"),
    "torch": ("torch", "transformers"),
    "datasets": ("datasets", "transformers"),
}
"""Module to package and to the extra that brings it."""


def need(module: str) -> Any:
    """Import a module of an extra.

    Raises:
        MissingExtraError: It is not installed; the message gives the line that installs it.
    """
    package, extra = EXTRAS.get(module, (module, ""))
    if find_spec(module) is None:
        how = f'pip install "narratives[{extra}]"' if extra else f"pip install {package}"
        raise MissingExtraError(f"this needs the package {package}, which is not installed; {how}")
    return importlib.import_module(module)
