"""A run as files: JSON to keep, a page to read, Markdown and LaTeX for papers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from narratives import resources
from narratives.benchmark import tables
from narratives.benchmark.charts import Charts, Estimate
from narratives.benchmark.functional import Case, read_suite
from narratives.languages import LANGUAGES

_HERE = Path(__file__).parent
_INNER = re.compile(r"\[\s+((?:[^\[\]{}]|\[[^\[\]{}]*\])*?)\s+\]")
_LETTERS = re.compile(r"[^\W\d_]{4,}")


def to_json(result: Mapping[str, Any]) -> str:
    """A result as JSON with one line an innermost list, so that a change of one figure is one changed line.

    >>> print(to_json({"a": [0.5, 0.25]}), end="")
    {
     "a": [0.5, 0.25]
    }
    """
    text = json.dumps(result, indent=1, ensure_ascii=False)
    return _INNER.sub(lambda m: "[" + re.sub(r"\s*\n\s*", " ", m[1]) + "]", text) + "\n"


def masked(text: str) -> str:
    """A post with longer words cut to their first letter: enough to find it, not enough to spread it.

    >>> masked("They all lie again.")
    'T••• all lie a••••.'
    """
    return _LETTERS.sub(lambda m: m[0][0] + "•" * (len(m[0]) - 1), text)


def write(result: Mapping[str, Any], folder: Path, *, latex: bool = False) -> Path:
    """Write ``LANG.json``, ``LANG.html``, ``LANG.md`` and, if asked, ``LANG.tex``.

    Returns:
        Path of the page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lang = str(result["lang"])
    _put(folder / f"{lang}.json", to_json(result))
    _put(folder / f"{lang}.md", tables.markdown(result))
    if latex:
        _put(folder / f"{lang}.tex", tables.latex(result))
    return _put(folder / f"{lang}.html", page(result))


def write_given(result: Mapping[str, Any], folder: Path, *, latex: bool = False) -> Path:  # noqa: ARG001
    """Write the figures for files of predictions: ``predictions.json`` and ``predictions.md``."""
    folder.mkdir(parents=True, exist_ok=True)
    _put(folder / "predictions.json", to_json(result))
    return _put(folder / "predictions.md", tables.given_markdown(result))


def _put(path: Path, text: str) -> Path:
    partial = path.with_name(path.name + ".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
    return path


def page(result: Mapping[str, Any]) -> str:
    """The result as one HTML page that asks for nothing from outside."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"figure": tables.figure, "short": tables.short, "masked": masked}
    charts = Charts()
    sections = [
        {"tier": tier, "heading": heading, "sets": found}
        for tier, heading in tables.TIERS.items()
        if (found := [_set(result, s, charts) for s in result["sets"] if s["tier"] == tier])
    ]
    ours = result["model"]["name"]
    suite = result["suite"]["models"]
    alarms = [
        _estimate(f"{kind}, {name}", row["rate"], "ours" if name == ours else "peer")
        for kind in dict.fromkeys(k for r in suite.values() for k in r["false_positives"])
        for name, r in suite.items()
        if (row := r["false_positives"].get(kind))
    ]
    told = [_estimate(n, r["hostile_found"], "ours" if n == ours else "peer") for n, r in suite.items()]
    return environment.get_template("page.html.j2").render(
        result=result,
        language=LANGUAGES[result["lang"]].name,
        ours=ours,
        sections=sections,
        alarms=charts.forest("Harmless cases that are flagged, by kind", alarms),
        found=charts.forest("Hostile cases that are flagged or left to a person", told),
        failures=_failures(result, ours),
        labels=_stories(result, ours),
    )


def _estimate(label: str, value: Sequence[float | None], group: str) -> Estimate:
    point, low, high = (float("nan") if v is None else v for v in value)
    return Estimate(label, point, low, high, group)


def _set(result: Mapping[str, Any], found: Mapping[str, Any], charts: Charts) -> dict[str, Any]:
    ours = result["model"]["name"]
    parts = []
    for part in found["parts"]:
        name = f"{found['name']}, {part['head']}" + ("" if part["slice"] == "all" else f", {part['slice']}")
        rows = [_estimate(m, r["macro_f1"], "ours" if m == ours else "peer") for m, r in part["models"].items()]
        rows += [
            _estimate(f"{p['system'][:20]}, published", [p["value"]] * 3, "published")
            for p in result["published"]
            if (p["corpus"], p["head"]) == (found["name"], part["head"])
            if p["metric"] == "macro-F1" and part["slice"] == "all"
        ]
        own = part["models"].get(ours, {})
        curves = []
        if "calibration" in own:
            curves.append(charts.reliability(f"Reliability of {ours}: {name}", own["calibration"]["reliability"]))
            curves.append(charts.risk_coverage(f"Risk and coverage of {ours}: {name}", own["risk_coverage"]["curve"]))
        parts.append({**part, "name": name, "forest": charts.forest(f"Macro-F1: {name}", rows), "curves": curves})
    return {**found, "parts": parts, "published": [p for p in result["published"] if p["corpus"] == found["name"]]}


def _failures(result: Mapping[str, Any], ours: str) -> list[tuple[Case, str]]:
    wrong = dict(result["suite"]["models"].get(ours, {}).get("failures", ()))
    cases = read_suite(resources.find(f"datasets/functional/{result['lang']}.jsonl")) if wrong else []
    return [(case, wrong[case.id]) for case in cases if case.id in wrong]


def _stories(result: Mapping[str, Any], ours: str) -> list[dict[str, Any]]:
    """Narratives and stance wherever they are measured, each under its own tier."""
    places = (
        ("Functional suite (authored)", result["suite"]),
        ("Authored posts not trained on (authored)", result["authored"]),
        ("Annotated real posts (real)", result["annotated"]),
    )
    out = []
    for heading, block in places:
        found = block.get("models", {}).get(ours, {}).get("stories", {})
        if found:
            out.append({"heading": heading, "n": block["n"], **found})
    return out
