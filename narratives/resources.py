"""Where the shipped files are: ``$NARRATIVES_HOME``, then the wheel's bundle, then the checkout around the package."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from narratives.errors import MissingFileError, ModelError

_PACKAGE = Path(__file__).resolve().parent


def roots() -> list[Path]:
    """Folders that may hold ``models/`` and ``datasets/``, the first wins."""
    home = os.environ.get("NARRATIVES_HOME")
    return [*([Path(home)] if home else []), _PACKAGE / "_bundle", _PACKAGE.parent]


def find(relative: str) -> Path:
    """The path of a shipped file or folder, such as ``"models/default"``.

    Raises:
        MissingFileError: It stands in none of the roots; the message lists them.
    """
    places = roots()
    for root in places:
        if (root / relative).exists():
            return root / relative
    raise MissingFileError(
        f"{relative} is in none of {', '.join(map(str, places))}; reinstall narratives or set NARRATIVES_HOME to a "
        "folder that holds it"
    )


def listing(relative: str) -> list[str]:
    """Names of the folders under a shipped folder, over all roots, sorted."""
    names = {
        p.name for root in roots() if (root / relative).is_dir() for p in (root / relative).iterdir() if p.is_dir()
    }
    return sorted(names)


def sha256(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def checked(folder: Path) -> str:
    """Check every file that ``SHA256SUMS`` in a folder names, and return the digest of that list.

    Raises:
        ModelError: A listed file is missing or its bytes differ.
    """
    sums = folder / "SHA256SUMS"
    if not sums.is_file():
        raise ModelError(f"{folder} has no SHA256SUMS; expected a model folder written by models/train.py")
    for line in sums.read_text(encoding="utf-8").splitlines():
        digest, name = line.split(maxsplit=1)
        if not (folder / name).is_file():
            raise ModelError(f"{folder / name} is missing; the model folder is incomplete: copy or install it anew")
        if sha256(folder / name) != digest:
            raise ModelError(f"{folder / name} does not match SHA256SUMS; the file is damaged: copy or install it anew")
    return sha256(sums)
