"""Transformer classifiers: any Hugging Face checkpoint from a folder (or the hub, if asked), and Detoxify."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from narratives.benchmark.needs import need
from narratives.benchmark.peers.base import Answers, both
from narratives.errors import InputError, MissingFileError

_BATCH = 32
_TOKENS = 256
_HOSTILE = re.compile(
    r"hat|toxic|offen|abus|insult|racis|sexis|threat|profan|\bhof\b|\boff\b|label_1|^1$", re.IGNORECASE
)
_HARMLESS = re.compile(r"^(not|non|no)[ _-]|neutral|normal|acceptable|^neither|label_0|^0$|^not$", re.IGNORECASE)


def hostile_labels(labels: Mapping[int, str]) -> list[int]:
    """Which outputs of a classifier speak of hostility, by their names.

    Raises:
        InputError: None does, or all do; the message lists the names.

    >>> hostile_labels({0: "neutral", 1: "hateful"})
    [1]
    """
    found = [i for i, name in labels.items() if _HOSTILE.search(name) and not _HARMLESS.search(name)]
    if not found or (len(found) == len(labels) and len(labels) == 2):
        names = ", ".join(labels.values())
        raise InputError(f"cannot tell which labels are hostile among {names}; name them: hf:FOLDER#label,label")
    return found


class Checkpoint:
    """A sequence classifier; the score is the probability of its hostile labels together."""

    def __init__(self, place: str, *, hub: bool = False) -> None:
        folder, _, named = place.partition("#")
        if not hub and not Path(folder).is_dir():
            raise MissingFileError(f"checkpoint folder {folder} does not exist; download it first, or allow the hub")
        transformers, self._torch = need("transformers"), need("torch")
        options: dict[str, Any] = {"local_files_only": not hub}
        try:
            self._tokens = transformers.AutoTokenizer.from_pretrained(folder, **options)
            self._model = transformers.AutoModelForSequenceClassification.from_pretrained(folder, **options).eval()
        except (OSError, ValueError) as error:
            raise MissingFileError(f"checkpoint {folder} cannot be opened ({type(error).__name__})") from None
        labels = {int(i): str(n) for i, n in self._model.config.id2label.items()}
        wanted = [n.strip() for n in named.split(",") if n.strip()]
        self._hostile = [i for i, n in labels.items() if n in wanted] if wanted else hostile_labels(labels)
        if wanted and len(self._hostile) < len(wanted):
            raise InputError(f"{named}: no such labels; {folder} has {', '.join(labels.values())}")
        self._many = self._model.config.problem_type == "multi_label_classification"
        self.name = Path(folder).name
        self.note = f"checkpoint {self.name}, hostile: {', '.join(labels[i] for i in self._hostile)}; both heads alike"

    def answer(self, texts: Sequence[str], langs: Sequence[str], train_on: str | None = None) -> Answers:  # noqa: ARG002
        """Yes from probability .5."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))  # little padding
        p = np.zeros(len(texts))
        with self._torch.inference_mode():
            for start in range(0, len(order), _BATCH):
                rows = order[start : start + _BATCH]
                given = self._tokens(
                    [texts[i] for i in rows], padding=True, truncation=True, max_length=_TOKENS, return_tensors="pt"
                )
                logits = self._model(**given).logits
                if self._many:
                    p[rows] = self._torch.sigmoid(logits)[:, self._hostile].max(1).values.numpy()
                else:
                    p[rows] = self._torch.softmax(logits, 1)[:, self._hostile].sum(1).numpy()
        p = np.clip(p, 0.0, 1.0)
        return Answers(*both((p >= 0.5).astype(np.int64), p), probabilistic=True)


class Detoxify:
    """Detoxify (Hanu & Unitary team 2020) from a checkpoint file, or from the hub if allowed."""

    name = "detoxify"

    def __init__(self, place: str, *, hub: bool = False) -> None:
        module = need("detoxify")
        if not place and not hub:
            raise MissingFileError("detoxify: no weights; give detoxify:FILE.ckpt, or allow the hub")
        if place and not Path(place).is_file():
            raise MissingFileError(f"detoxify: {place} does not exist; expected its checkpoint file")
        self._model = module.Detoxify(checkpoint=place) if place else module.Detoxify("multilingual")
        self.note = "Detoxify, toxicity from probability .5; both heads alike"

    def answer(self, texts: Sequence[str], langs: Sequence[str], train_on: str | None = None) -> Answers:  # noqa: ARG002
        """Toxic from probability .5."""
        p = [
            x
            for i in range(0, len(texts), _BATCH)
            for x in self._model.predict(list(texts[i : i + _BATCH]))["toxicity"]
        ]
        scores = np.array(p, np.float64)
        return Answers(*both((scores >= 0.5).astype(np.int64), scores), probabilistic=True)
