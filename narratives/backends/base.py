"""What a model must offer to be scored with, and how a model folder is opened."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeGuard

import numpy as np
from numpy.typing import NDArray

from narratives import resources
from narratives.calibration import Calibration
from narratives.errors import InputError, MissingFileError, ModelError, unknown
from narratives.results import ModelInfo

ANY = "any"
"""Group key for posts in no known language: the pooled weights and calibration."""

FORMAT = 2
"""Of model folders; raised when an older one would be read wrongly (2: names of groups are taken out of texts)."""


class Backend(Protocol):
    """A model that turns folded texts into raw scores."""

    @property
    def info(self) -> ModelInfo:
        """Name, version and digest."""
        ...

    @property
    def heads(self) -> tuple[str, ...]:
        """Names of the scores, in column order."""
        ...

    @property
    def calibration(self) -> Mapping[str, Mapping[str, Calibration]]:
        """By head, then by language group; every head has an entry for ``any``."""
        ...

    @property
    def transferred(self) -> Mapping[str, str]:
        """Groups scored with another group's weights for want of labelled data, with the giver."""
        ...

    def logits(self, texts: Sequence[str], groups: Sequence[str]) -> NDArray[np.float32]:
        """Raw scores, shape (texts, heads), for texts folded by ``narratives.text.fold``; groups may be ``any``."""
        ...

    def attribute(self, text: str, group: str, head: str) -> NDArray[np.float32]:
        """What each character of a folded text adds to a head's raw score, shape (len(text),)."""
        ...


class AsWritten(Backend, Protocol):
    """A backend that reads posts as ``narratives.text.normalise_text`` gives them, case and diacritics kept."""

    def unread(self, texts: Sequence[str]) -> list[int]:
        """Characters at the end of each text that lie beyond the backend's reach."""
        ...


def as_written(backend: Backend) -> TypeGuard[AsWritten]:
    """Whether a backend reads normalised instead of folded texts."""
    return hasattr(backend, "unread")


def read_config(folder: Path, backend: str) -> dict[str, Any]:
    """Read and check ``config.json`` of a model folder.

    Raises:
        ModelError: It is missing, not JSON, of another format or for another backend.
    """
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder / 'config.json'} cannot be read ({type(error).__name__}); expected JSON") from None
    if not isinstance(config, dict) or config.get("format") != FORMAT or config.get("backend") != backend:
        wanted = f"a model of format {FORMAT} for backend {backend!r}"
        raise ModelError(f"{folder} is not {wanted}; retrain it or update narratives")
    return config


def calibrations(config: Mapping[str, Any]) -> dict[str, dict[str, Calibration]]:
    """The calibration table of a ``config.json``."""
    return {
        head: {group: Calibration.from_dict(entry) for group, entry in groups.items()}
        for head, groups in config["calibration"].items()
    }


def _linear() -> Callable[[Path], Backend]:
    from narratives.backends.linear import LinearBackend

    return LinearBackend.load


def _wide_deep() -> Callable[[Path], Backend]:
    from narratives.backends.wide_deep import WideDeepBackend

    return WideDeepBackend.load


BACKENDS: Mapping[str, Callable[[], Callable[[Path], Backend]]] = {"linear": _linear, "wide_deep": _wide_deep}
"""Loaders by the ``backend`` key of ``config.json``; each is imported only when a folder asks for it."""


def model_folder(name: str | Path | None) -> Path:
    """Where a model stands: a folder given by path, or a shipped one by name.

    Raises:
        UnknownNameError: Neither a folder nor the name of a shipped model; the message lists those.
        MissingFileError: A path was given and there is nothing.
    """
    name = "default" if name is None else name
    if isinstance(name, Path) or "/" in name or "\\" in name or Path(name).is_dir():
        if not Path(name).is_dir():
            raise MissingFileError(f"model folder {name} does not exist; shipped models: {', '.join(_shipped())}")
        return Path(name)
    if name not in _shipped():
        raise unknown("model", name, _shipped())
    return resources.find(f"models/{name}")


def _shipped() -> list[str]:
    return resources.listing("models")


def open_model(name: str | Path | None = None, **options: Any) -> Backend:
    """Open a model, checking every file against ``SHA256SUMS``.

    Args:
        name: A folder, the name of a shipped model, ``hf:organisation/model`` for one of the Hugging Face hub, or
            ``None`` for the default. A folder with a transformers checkpoint needs no ``SHA256SUMS``.
        options: For transformers checkpoints: see :meth:`narratives.backends.transformer.TransformerBackend.load`.

    Raises:
        InputError: Options were given for a model that takes none.
        ModelError: The folder is incomplete, damaged or of an unknown backend.
        UnknownNameError: No shipped model has that name.
        MissingFileError: The folder does not exist.
    """
    version = None
    if isinstance(name, str) and name.startswith("hf:"):
        from narratives.backends.hub import fetch

        folder, version = fetch(name)
    else:
        folder = model_folder(name)
    if _is_checkpoint(folder):
        from narratives.backends.transformer import TransformerBackend

        if (folder / "SHA256SUMS").is_file():
            resources.checked(folder)
        return TransformerBackend.load(folder, **_named(name, version), **options)
    if options:
        raise InputError(f"{folder} takes no options; {', '.join(options)} are for transformers checkpoints")
    resources.checked(folder)
    try:
        kind = json.loads((folder / "config.json").read_text(encoding="utf-8"))["backend"]
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelError(f"{folder / 'config.json'} names no backend; expected one of {', '.join(BACKENDS)}") from None
    if kind not in BACKENDS:
        raise ModelError(f"{folder} needs backend {kind!r}; this version has {', '.join(BACKENDS)}")
    return BACKENDS[kind]()(folder)


def _is_checkpoint(folder: Path) -> bool:
    """Whether a folder holds a transformers model instead of one of our own."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(config, dict) and "model_type" in config and "backend" not in config


def _named(name: str | Path | None, version: str | None) -> dict[str, Any]:
    return {} if version is None else {"name": str(name).removeprefix("hf:").partition("@")[0], "version": version}
