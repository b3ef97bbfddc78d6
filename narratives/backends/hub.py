"""Models by name from the Hugging Face hub: the only place where this library may use the network, and only when asked.

One commit of a repository, its safetensors and plain-text files, and nothing that could run: no pickled weights, no
Python. What was fetched once is read from the cache; ``HF_HUB_OFFLINE=1`` never asks the hub at all.
"""

from __future__ import annotations

import re
from pathlib import Path

from narratives.errors import InputError, MissingExtraError, MissingFileError

PREFIX = "hf:"

_NAME = re.compile(r"hf:(?P<repo>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w./-]+))?")
_WANTED = ("*.json", "*.safetensors", "*.model", "vocab.txt", "merges.txt", "README.md", "SHA256SUMS")


def fetch(name: str) -> tuple[Path, str]:
    """Fetch a model repository, or find it in the cache.

    Args:
        name: ``hf:organisation/model``, with ``@revision`` (a commit, tag or branch) to hold on to one; the newest
            commit of the main branch otherwise. Every file is of that one commit.

    Returns:
        The folder, and the commit it is of.

    Raises:
        InputError: The name is not of that form.
        MissingExtraError: The extra ``transformers`` is not installed.
        MissingFileError: The hub has no such model or cannot be reached, and the cache does not hold it.

    >>> fetch("hf:just-a-name")
    Traceback (most recent call last):
    ...
    narratives.errors.InputError: 'hf:just-a-name' names no model of the hub; expected hf:organisation/model or \
hf:organisation/model@revision
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise InputError(
            f"{name!r} names no model of the hub; expected hf:organisation/model or hf:organisation/model@revision"
        )
    repo, revision = match["repo"], match["revision"]
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
    except ImportError:
        raise MissingExtraError(
            'models of the hub need the extra transformers: pip install "narratives[transformers]"'
        ) from None
    try:
        folder = Path(snapshot_download(repo, revision=revision, allow_patterns=list(_WANTED)))
    except LocalEntryNotFoundError:
        raise MissingFileError(
            f"{name} is not in the cache and the hub was not reached (offline, or HF_HUB_OFFLINE is set); connect "
            "once, or give a model folder"
        ) from None
    except (HfHubHTTPError, OSError) as error:
        raise MissingFileError(
            f"{name} cannot be had from the hub ({type(error).__name__}); check the name, the revision and, for a "
            "closed model, that you are logged in"
        ) from None
    return folder, folder.name  # the cache names the folder after the commit
