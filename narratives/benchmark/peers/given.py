"""Systems that are not ours to run: any callable, and answers that a language model wrote into a file."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from narratives.benchmark.peers.base import Answers, both
from narratives.corpora import text_key
from narratives.errors import InputError, MissingFileError

_YES = {"yes", "hate", "hateful", "hostile", "true", "offensive", "toxic", "1", "flag"}
_NO = {"no", "not hate", "non-hateful", "not hateful", "harmless", "false", "neither", "0", "clear", "not offensive"}


class Function:
    """Any callable from a list of texts to probabilities, shape (texts,) or (texts, 2) with offensive and hate."""

    def __init__(self, function: Callable[[list[str]], Any], name: str = "callable", note: str = "") -> None:
        self._function, self.name = function, name
        self.note = note or "yes from probability .5"

    def answer(self, texts: Sequence[str], langs: Sequence[str], train_on: str | None = None) -> Answers:  # noqa: ARG002
        """Call it once with all texts.

        Raises:
            InputError: It returns another number of rows, or values that are no probabilities.
        """
        p = np.asarray(self._function(list(texts)), np.float64)
        if p.ndim not in {1, 2} or len(p) != len(texts) or (p.ndim == 2 and p.shape[1] != 2):
            raise InputError(f"{self.name} returned shape {p.shape} for {len(texts)} texts; expected (n,) or (n, 2)")
        if p.size and not (np.isfinite(p).all() and p.min() >= 0 and p.max() <= 1):
            raise InputError(f"{self.name} returned values outside 0 to 1; expected probabilities")
        if p.ndim == 1:
            return Answers(*both((p >= 0.5).astype(np.int64), p), probabilistic=True)
        scores = {"offensive": p[:, 0], "hate": p[:, 1]}
        return Answers({h: (s >= 0.5).astype(np.int64) for h, s in scores.items()}, scores, probabilistic=True)


def function(place: str) -> Function:
    """A callable named as ``module:name``; importing it runs that module's code.

    Raises:
        InputError: There is no such module or name.

    >>> function("narratives.languages:resolve").name
    'resolve'
    """
    module, _, name = place.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise InputError(f"{place}: {error}; expected module:function on the Python path") from None
    if not callable(found):
        raise InputError(f"{place} is {type(found).__name__}; expected a callable from texts to probabilities")
    return Function(found, name, f"callable {place}; yes from probability .5")


class AnswerFile:
    """Answers from JSON lines, one text each: ``key`` or ``text``, and ``answer`` or ``hate`` and ``offensive``.

    ``answer`` is a word (yes, no, hateful, …), a number between 0 and 1 or a truth value, and holds for both heads.
    Whatever else stands there (a refusal, an essay) is counted as unanswered and taken as no.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        if not path.is_file():
            raise MissingFileError(f"{path} is missing; expected JSON lines with key or text, and answer")
        self.name = name or path.stem
        self._found: dict[tuple[str, str], float] = {}
        self._by_text: dict[tuple[str, str], float] = {}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.strip():
                self._read(path, number, line)
        self.note = f"answers from {path.name}, {len(self._found) + len(self._by_text):,} of them readable"

    def _read(self, path: Path, number: int, line: str) -> None:
        try:
            row = json.loads(line)
            place = row.get("key"), row.get("text")
        except (ValueError, AttributeError):
            raise InputError(
                f"{path.name}, line {number}: not a JSON object; expected key or text, and answer"
            ) from None
        if not isinstance(place[0] or place[1], str):
            raise InputError(f"{path.name}, line {number}: neither key nor text; write one of them and answer")
        for head in ("offensive", "hate"):
            value = reading(row.get(head, row.get("answer")))
            if value is not None:
                table = self._found if place[0] else self._by_text
                table[str(place[0] or place[1]), head] = value

    def answer(self, texts: Sequence[str], langs: Sequence[str], train_on: str | None = None) -> Answers:  # noqa: ARG002
        """The answers on file; a text without one counts as no."""
        values: dict[str, list[float | None]] = {"offensive": [], "hate": []}
        for text, lang in zip(texts, langs, strict=True):
            key = text_key(text, lang)
            for head, column in values.items():
                column.append(self._found.get((key, head), self._by_text.get((text, head))))
        scores = {h: np.array([0.0 if v is None else v for v in c]) for h, c in values.items() if set(c) != {None}}
        missing = max((sum(v is None for v in values[h]) for h in scores), default=len(texts))
        return Answers({h: (s >= 0.5).astype(np.int64) for h, s in scores.items()}, scores, unanswered=missing)


def reading(value: object) -> float | None:
    """An answer as a number between 0 and 1, or ``None`` where it is none.

    >>> reading("Hateful."), reading(0.2), reading("I cannot help with that.")
    (1.0, 0.2, None)
    """
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        return float(value) if 0 <= value <= 1 else None
    if isinstance(value, str):
        word = value.strip().strip(".!\"'").lower()
        return 1.0 if word in _YES else 0.0 if word in _NO else None
    return None
