"""What a person decided, one JSON object a line: about the post, never about the person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from narratives.errors import InputError, MissingFileError, OutputError
from narratives.review.queue import Item
from narratives.taxonomy import NARRATIVES

Verdict = Literal["flag", "clear", "unsure"]
_BROAD = ("hate", "offensive")


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of a file of decisions.

    Attributes:
        row: Position of the post in the scored file, from 1.
        digest: Code of the post, so that a row of another file is not taken for it.
        verdict: ``flag`` (an attack on people for who they are), ``clear`` or ``unsure``.
        labels: What applies in the person's eyes; ``None`` where she did not say.
    """

    row: int
    digest: str
    verdict: Verdict
    labels: tuple[str, ...] | None


class Decisions:
    """A file of decisions that grows line by line; what is written is safe if the session breaks off.

    It holds neither the post nor anything about who decided, when, or how fast.
    """

    def __init__(self, path: Path) -> None:
        """Open a file that may not exist yet.

        Args:
            path: JSON lines.

        Raises:
            InputError: It is there and not a file of decisions.
        """
        self.path = Path(path)
        self.done = {(d.row, d.digest) for d in read_decisions(self.path)} if self.path.exists() else set()

    def add(self, item: Item, verdict: Verdict, labels: tuple[str, ...] | None = None) -> None:
        """Append a decision.

        Raises:
            OutputError: The file cannot be written.
        """
        said = item.scores
        line = {
            "row": item.row,
            "digest": item.digest,
            "verdict": verdict,
            "labels": None if labels is None else list(labels),
            "copies": item.copies,
            "model": said["model"],
            "said": {key: said.get(key) for key in ("lang", "decision", "labels", "language_severity")},
        }
        try:
            with self.path.open("a", encoding="utf-8") as handle:
                handle.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise OutputError(f"{self.path} cannot be written: {error.strerror}; earlier decisions are kept") from None
        self.done.add((item.row, item.digest))


def check_labels(words: list[str]) -> tuple[str, ...]:
    """Ids a person typed, in the order of the taxonomy.

    Raises:
        InputError: One is unknown; the message lists those that are known.

    >>> check_labels(["hate", "invasion_flood"])
    ('invasion_flood', 'hate')
    """
    known = [*NARRATIVES, *_BROAD]
    if wrong := [word for word in words if word not in known]:
        raise InputError(f"unknown label {', '.join(wrong)}; known: {', '.join(known)}")
    return tuple(label for label in known if label in words)


def read_decisions(path: Path) -> Iterator[Decision]:
    """The decisions in a file, the later of two about one post last.

    Raises:
        MissingFileError: There is no such file.
        InputError: A line is no decision; it is named.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise MissingFileError(f"{path} does not exist") from None
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{path} cannot be read as UTF-8 text; expected decisions of narratives review") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _decision(json.loads(line))
            except (ValueError, KeyError, TypeError):
                raise InputError(f"{path}, line {number}: not a decision of narratives review") from None


def _decision(data: Mapping[str, Any]) -> Decision:
    if data["verdict"] not in get_args(Verdict):
        raise ValueError
    labels = data["labels"]
    return Decision(int(data["row"]), str(data["digest"]), data["verdict"], None if labels is None else tuple(labels))
