"""Packages that training needs and scoring does not."""

from __future__ import annotations

from importlib import import_module

from narratives.errors import MissingExtraError


def need(extras: str, *modules: str) -> None:
    """Check that modules can be imported.

    Args:
        extras: The extras that bring them, with commas between.
        modules: Names of modules.

    Raises:
        MissingExtraError: One is not installed; the message gives the line that installs it.

    >>> need("train", "json")
    >>> need("train", "no_such_module")
    Traceback (most recent call last):
    ...
    narratives.errors.MissingExtraError: training needs the extra train: pip install "narratives[train]"
    """
    try:
        for module in modules:
            import_module(module)
    except ImportError:
        raise missing(extras) from None


def need_transformer() -> None:
    """Check that a transformer can be fine-tuned.

    Raises:
        MissingExtraError: One of the packages is not installed.
    """
    need("transformers,train", "accelerate", "datasets", "sklearn", "torch", "transformers")


def missing(extras: str) -> MissingExtraError:
    """The error that says which extras to install."""
    named = f"{'extras' if ',' in extras else 'extra'} {extras.replace(',', ' and ')}"
    return MissingExtraError(f'training needs the {named}: pip install "narratives[{extras}]"')
