"""How often a model errs in a language: from the results of an evaluation, else from the model's card, else unknown."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from narratives.errors import MissingFileError
from narratives.languages import LANGUAGES
from narratives.resources import find, listing

_MOST = 5
_FEW = 20  # posts of one kind below which a share of them says nothing
_ROW = re.compile(
    r"^\| *(?P<lang>\w+) *\| *(?P<corpus>[\w-]+) *\| *(?P<head>\w+) *\| *(?P<n>[\d,]+) *\|[^|]*\| *"
    r"(?P<f1>[01]?\.\d+) *\((?P<low>[01]?\.\d+)[–-](?P<high>[01]?\.\d+)\) *\|",
    re.MULTILINE,
)
_HEADS = ("hate", "hostile")
_KINDS = (("counter", "counter_speech"), ("self", "self"), ("voice", "self"), ("news", "news"), ("report", "news"))


@dataclass(frozen=True, slots=True)
class Measured:
    """One set on which a model was measured.

    Attributes:
        corpus: Name of the set.
        head: What was asked.
        n: Posts.
        f1: Macro-F1 with its interval.
        right: Of what it flags, the share that is right; ``None`` where that was not measured.
        found: Of what it should flag, the share that it does.
        authored: Whether the posts were made up.
        annotated: Whether they are real and were labelled for this project, by a language model.
        harmless: Of harmless posts, the share that is flagged, with its interval.
        few: Whether there are so few of one kind that only ``harmless`` means anything.
    """

    corpus: str
    head: str
    n: int
    f1: tuple[float, float, float]
    right: float | None = None
    found: float | None = None
    authored: bool = False
    annotated: bool = False
    harmless: tuple[float, float, float] | None = None
    few: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What is known about a model in one language; nothing where nothing was measured.

    Attributes:
        lang: Code of the language.
        sets: Figures; those on posts annotated for this project come first, since they are what a flag is about, then
            other real posts, then made-up ones, the largest first.
        alarms: Share of harmless posts that are flagged, by kind.
    """

    lang: str
    sets: tuple[Measured, ...] = ()
    alarms: dict[str, float] = field(default_factory=dict)


def limits(lang: str, folder: Path, sha256: str) -> Limits:
    """Figures of a model in a language.

    Args:
        lang: One of the nine, or ``bcms``.
        folder: Folder of the model, whose card may hold figures.
        sha256: Digest of the model; results of another model are not used.
    """
    members = [code for code, entry in LANGUAGES.items() if lang in (code, entry.group)] or [lang]
    results = [found for code in members if (found := _result(code, sha256)) is not None]
    if results:
        sets = [m for result in results for m in _sets(result)]
        return Limits(lang, _ordered(sets), _alarms(results))
    return Limits(lang, _ordered(_card(folder, {lang, *members})))


def _ordered(sets: Sequence[Measured]) -> tuple[Measured, ...]:
    return tuple(
        sorted(sets, key=lambda m: (not m.annotated, m.authored, m.head not in _HEADS, -m.n, m.corpus))[:_MOST]
    )


def _result(lang: str, sha256: str) -> dict[str, Any] | None:
    for model in listing("evaluation/results"):
        try:
            found = json.loads(find(f"evaluation/results/{model}/{lang}.json").read_text(encoding="utf-8"))
        except (MissingFileError, ValueError):
            continue
        if isinstance(found, dict) and isinstance(found.get("model"), dict) and found["model"].get("sha256") == sha256:
            return found
    return None


def _sets(result: dict[str, Any]) -> list[Measured]:
    ours = result["model"].get("name")
    out = []
    for entry in result.get("sets", ()):
        for part in entry.get("parts", ()):
            row = part.get("models", {}).get(ours)
            if part.get("slice") != "all" or not row or None in row.get("macro_f1", (None,)):
                continue
            out.append(_measured(entry["name"], part["head"], part["n"], row, authored=entry.get("tier") != "real"))
    posts = result.get("authored") or {}
    row = posts.get("models", {}).get(ours, {}).get("binary")
    if row and None not in row.get("macro_f1", (None,)):
        out.append(_measured(f"authored-{result['lang']}", "hostile", posts["n"], row, authored=True))
    return [*_annotated(result), *out]


def _annotated(result: dict[str, Any]) -> list[Measured]:
    """Flags on real posts that were labelled by the label cards (``datasets/annotated``)."""
    posts = result.get("annotated") or {}
    row = posts.get("models", {}).get(result["model"].get("name"), {})
    if not row.get("binary") or None in row["binary"].get("macro_f1", (None,)):
        return []
    kinds = (posts["positive"], posts["n"] - posts["positive"])
    found = _measured(f"annotated-{result['lang']}", "hostile", posts["n"], row["binary"], authored=False)
    harmless = tuple(row["harmless_flagged"]) if row.get("harmless_flagged") else None
    return [replace(found, annotated=True, harmless=harmless, few=min(kinds) < _FEW)]


def _measured(corpus: str, head: str, n: int, row: dict[str, Any], *, authored: bool) -> Measured:
    right, found = (row[key][1] if len(row.get(key, ())) > 1 else None for key in ("precision", "recall"))
    f1, low, high = row["macro_f1"]
    return Measured(corpus, head, n, (f1, low, high), right, found, authored)


def _alarms(results: Sequence[dict[str, Any]]) -> dict[str, float]:
    sums: dict[str, list[int]] = {}
    for result in results:
        row = result.get("suite", {}).get("models", {}).get(result["model"].get("name"), {})
        for kind, entry in row.get("false_positives", {}).items():
            name = next((ours for part, ours in _KINDS if part in kind), "other")
            total = sums.setdefault(name, [0, 0])
            total[0] += entry["flagged"]
            total[1] += entry["n"]
    return {name: hits / of for name, (hits, of) in sums.items() if of}


def _card(folder: Path, langs: set[str]) -> list[Measured]:
    try:
        text = (folder / "README.md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    out = []
    for m in _ROW.finditer(text):
        if m["lang"] in langs:
            f1 = (float(m["f1"]), float(m["low"]), float(m["high"]))
            authored = m["corpus"].startswith("authored")
            out.append(Measured(m["corpus"], m["head"], int(m["n"].replace(",", "")), f1, authored=authored))
    return out
