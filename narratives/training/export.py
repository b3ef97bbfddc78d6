"""Write a model folder: safetensors, config.json, card, SHA256SUMS; never a pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from narratives import resources

_FILES = ("config.json", "model.safetensors", "tokenizer.json")  # not the card, which is written from what they give


def write_model(
    folder: Path, config: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]], card: str | None = None
) -> None:
    """Write or replace a model folder.

    Args:
        folder: Made if missing.
        config: Content of ``config.json``.
        tensors: Content of ``model.safetensors``.
        card: Model card in Markdown; an existing one stays when ``None``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / "model.safetensors"
    save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()}, weights)
    weights.chmod(0o644)  # safetensors makes it readable for its owner alone
    named = {"model_type": "narratives", "architectures": ["NarrativesModel"], **config}  # for transformers and the hub
    text = json.dumps(named, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (folder / "config.json").write_text(text, encoding="utf-8")
    if card is not None:
        (folder / "README.md").write_text(card, encoding="utf-8")
    write_sums(folder)


def write_sums(folder: Path) -> None:
    """Write ``SHA256SUMS`` over the files of a model folder."""
    names = [name for name in _FILES if (folder / name).is_file()]
    lines = [f"{resources.sha256(folder / name)}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
