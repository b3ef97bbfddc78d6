"""``narratives.json``: what the labels of a foreign classifier mean for our heads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from narratives.errors import MissingFileError, ModelError, unknown
from narratives.taxonomy import NARRATIVES, STANCES, TARGETS

FILE = "narratives.json"

KNOWN_HEADS: tuple[str, ...] = (
    *("offensive", "hate", "hostile"),
    *(f"narrative.{id}" for id in NARRATIVES),
    *(f"mention.{id}" for id in NARRATIVES),
    *(f"stance.{id}" for id in STANCES),
    *(f"target.{id}" for id in TARGETS),
)
"""Heads that a label may be mapped to: asserted and mentioned narratives, stances, targets."""

_STANCE = {head for head in KNOWN_HEADS if head.startswith("stance.")}


class LabelFile(BaseModel):
    """What the file may hold; ``calibration`` and ``training`` are written by our own training."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    labels: dict[str, str | list[str] | None]
    multi_label: bool | None = None
    name: str | None = None
    version: str | None = None
    calibration: dict[str, dict[str, Any]] | None = None
    training: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class LabelMap:
    """Labels of a classifier, read as our heads.

    Attributes:
        heads: Our heads, in the order of :data:`KNOWN_HEADS`.
        columns: By head, the columns of the classifier's labels that mean it.
        multi_label: ``True`` where each label is a yes or no of its own (sigmoid), ``False`` where one label is chosen
            (softmax).
    """

    heads: tuple[str, ...]
    columns: Mapping[str, tuple[int, ...]]
    multi_label: bool

    def logits(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """Log-odds of our heads from the raw scores of the labels.

        Of labels that exclude each other, the probabilities that mean a head are added up; of independent ones the
        strongest speaks.

        Args:
            scores: (texts, labels) raw scores.

        Returns:
            (texts, heads) log-odds.

        >>> labels = LabelMap(("hate",), {"hate": (1, 2)}, multi_label=False)
        >>> labels.logits(np.zeros((1, 4), np.float32)).round(3).tolist()  # two of four: even odds
        [[0.0]]
        """
        out = np.empty((len(scores), len(self.heads)), np.float32)
        for i, head in enumerate(self.heads):
            columns = list(self.columns[head])
            if self.multi_label:
                out[:, i] = scores[:, columns].max(axis=1)
            else:
                others = [c for c in range(scores.shape[1]) if c not in columns]
                out[:, i] = np.logaddexp.reduce(scores[:, columns], axis=1)
                out[:, i] -= np.logaddexp.reduce(scores[:, others], axis=1)
        return out


def read_labels(
    source: Path | Mapping[str, Any] | None, names: Sequence[str], where: Path
) -> tuple[LabelMap, LabelFile]:
    """Read a mapping and check it against the labels of a classifier.

    Args:
        source: The file, its content, or just ``{label: head}``; ``None`` for :data:`FILE` in the model folder.
        names: Labels of the classifier, in column order.
        where: The model folder.

    Returns:
        The mapping, and all that the file says.

    Raises:
        MissingFileError: There is none; the message holds a template to fill in.
        ModelError: It is not a mapping, names an unknown head, or does not fit the classifier's labels.
    """
    if isinstance(source, Mapping):
        content: Any = source if "labels" in source else {"format": 1, "labels": dict(source)}
        place = "the label mapping"
    else:
        path = where / FILE if source is None else Path(source)
        place = str(path)
        if not path.is_file():
            raise MissingFileError(
                f"{path} is missing: it says which of the model's labels mean which of our heads "
                f"(offensive, hate, narrative.invasion_flood …). Check this template, save it as {FILE} in the model "
                f"folder or pass it as labels=: {template(names)}"
            )
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelError(f"{path} cannot be read ({type(error).__name__}); expected JSON") from None
    try:
        file = LabelFile.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise ModelError(
            f"{place}, {'.'.join(map(str, first['loc'])) or 'top'}: {first['msg']}; expected, for example, "
            f"{template(names)}"
        ) from None
    return _checked(file, names, place), file


def _checked(file: LabelFile, names: Sequence[str], place: str) -> LabelMap:
    if set(file.labels) != set(names):
        raise ModelError(
            f"{place} maps the labels {', '.join(sorted(file.labels))}; the model has {', '.join(names)}: name each "
            "of them once, with null where it means none of our heads"
        )
    columns: dict[str, tuple[int, ...]] = {}
    for column, name in enumerate(names):
        said = file.labels[name]
        for head in [said] if isinstance(said, str) else said or ():
            if head not in KNOWN_HEADS:
                raise ModelError(f"{place} maps {name!r} to {head!r}; {unknown('head', head, list(KNOWN_HEADS))}")
            columns[head] = (*columns.get(head, ()), column)
    needed = {"offensive", "hate"} | (_STANCE | {"hostile"} if _STANCE & set(columns) else set())
    if lacking := sorted(needed - set(columns)):
        raise ModelError(
            f"{place} maps no label to {', '.join(lacking)}; a decision needs offensive and hate (an attack on people "
            "for who they are, which is offensive too), and with stances all five of them and hostile"
        )
    multi = len(names) == 1 if file.multi_label is None else file.multi_label
    full = [head for head, found in columns.items() if not multi and len(set(found)) == len(names)]
    if full:
        raise ModelError(f"{place} maps every label to {full[0]!r}; one label must mean that it is absent")
    return LabelMap(tuple(h for h in KNOWN_HEADS if h in columns), columns, multi)


def template(names: Sequence[str]) -> str:
    """A first guess at a mapping, for a person to check.

    >>> template(["neutral", "hateful"])
    '{"format": 1, "labels": {"neutral": null, "hateful": ["offensive", "hate"]}}'
    """
    return json.dumps({"format": 1, "labels": {name: _guess(name) for name in names}}, ensure_ascii=False)


def _guess(name: str) -> str | list[str] | None:
    low = name.lower()
    if any(no in low for no in ("not", "non", "no_", "neutral", "acceptable", "normal")):
        return None
    if any(word in low for word in ("hate", "racis", "label_1")):
        return ["offensive", "hate"]
    return "offensive" if any(word in low for word in ("offens", "toxic", "abus", "insult", "prof")) else None
