"""Results as tables for papers: Markdown and LaTeX, one table a tier, never an average over tiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from narratives.languages import LANGUAGES

TIERS = {
    "real": "Real posts",
    "translated": "Translated posts",
    "authored": "Posts written for testing",
}
"""Tier to heading; figures of different tiers are never averaged."""

Result = Mapping[str, Any]


def figure(value: Sequence[float | None] | None) -> str:
    """``.812 (.790-.834)`` from value, low, high.

    >>> figure([0.8123, 0.79, 0.834])
    '.812 (.790–.834)'
    """
    if not value or value[0] is None:
        return "–"
    low_high = "" if value[1] is None or value[2] is None else f" ({short(value[1])}–{short(value[2])})"
    return short(value[0]) + low_high


def short(value: float | None) -> str:
    """Three decimals without the leading nought.

    >>> short(0.5), short(-0.25), short(1.0)
    ('.500', '−.250', '1.000')
    """
    if value is None:
        return "–"
    return f"{value:.3f}".replace("-", "−").replace("0.", ".", 1) if abs(value) < 1 else f"{value:.3f}"


def rows_of(result: Result, tier: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Set and part of every table of a tier, in order."""
    for found in result["sets"]:
        if found["tier"] == tier:
            for part in found["parts"]:
                yield found, part


def name_of(found: Result, part: Result) -> str:
    """``frenk-hr, migrants``."""
    return found["name"] if part["slice"] == "all" else f"{found['name']}, {part['slice']}"


_HEADER = ("corpus", "head", "n", "positive", "model", "macro-F1", "ROC-AUC", "average precision", "ours minus it", "p")


def _cells(result: Result, tier: str) -> Iterator[list[str]]:
    for found, part in rows_of(result, tier):
        for model, row in part["models"].items():
            versus = row.get("versus")
            yield [
                name_of(found, part), part["head"], f"{part['n']:,}", f"{part['positive'] / part['n']:.0%}", model,
                figure(row["macro_f1"]), figure(row.get("roc_auc")), figure(row.get("average_precision")),
                figure(versus["difference"]) if versus else "", _p(versus),
            ]  # fmt: skip
        if part["slice"] == "all":
            for other in result["published"]:
                if (other["corpus"], other["head"]) == (found["name"], part["head"]):
                    note = f"; {other['note']}" if other["note"] else ""
                    what = f"{other['system']} ({other['cite']}{note})"
                    value = f"{short(other['value'])} {other['metric']}" + (
                        "" if other["same_rows"] else ", other rows"
                    )
                    yield [found["name"], other["head"], "", "", what, value, "", "", "", ""]


def _p(versus: Result | None) -> str:
    if not versus:
        return ""
    p = versus.get("holm_p", versus["mcnemar_p"])
    return "<.001" if p < 0.001 else short(p)


def markdown(result: Result) -> str:
    """The figures of a run as Markdown."""
    lang = LANGUAGES[result["lang"]].name
    lines = [f"# {lang}: {result['model']['name']}", ""]
    if result["note"]:
        lines += [result["note"], ""]
    for tier, heading in TIERS.items():
        cells = list(_cells(result, tier))
        if cells:
            lines += [f"## {heading}", "", *_table(_HEADER, cells), ""]
    lines += ["## Functional suite (authored)", "", *_table(*suite_cells(result)), ""]
    if result["skipped"] or result["absent"]:
        lines += ["## Not measured", ""]
        lines += [f"- {row['name']}: {row['why']}" for row in result["skipped"]]
        lines += [f"- {row['model']}: {row['why']}" for row in result["absent"]] + [""]
    lines += [
        f"95 % bootstrap intervals of {result['resamples']:,} resamples, seed {result['seed']}; p: McNemar's exact "
        "test with Holm's adjustment. `other rows`: published on rows that are not measured here. "
        f"Model {result['model']['sha256'][:12]}, digest {result['digest'][:12]}."
    ]
    return "\n".join(lines) + "\n"


def suite_cells(result: Result) -> tuple[tuple[str, ...], list[list[str]]]:
    """Header and rows of the suite's table: right answers, and false alarms by kind, model by model."""
    models = result["suite"]["models"]
    kinds = list(dict.fromkeys(kind for row in models.values() for kind in row["false_positives"]))
    cells = [
        [
            name,
            figure(row["right"]),
            figure(row["binary"]["macro_f1"]),
            figure(row["hostile_found"]),
            *(figure(row["false_positives"].get(kind, {}).get("rate")) for kind in kinds),
        ]
        for name, row in models.items()
    ]
    return ("model", "right", "macro-F1 of flags", "hostile found", *(f"flagged: {kind}" for kind in kinds)), cells


def _table(header: Sequence[str], cells: Sequence[Sequence[str]]) -> list[str]:
    def line(row: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"

    return [line(header), "|" + "---|" * len(header), *map(line, cells)]


_TEX = str.maketrans({"&": r"\&", "%": r"\%", "_": r"\_", "#": r"\#", "−": "$-$", "–": "--", "<": "$<$"})


def latex(result: Result) -> str:
    """The figures of a run as LaTeX tables (package booktabs), one a tier."""
    out = []
    for tier, heading in TIERS.items():
        cells = list(_cells(result, tier))
        if not cells:
            continue
        body = " \\\\\n".join(" & ".join(cell.translate(_TEX) for cell in row) for row in cells)
        header = " & ".join(name.translate(_TEX) for name in _HEADER)
        lang = LANGUAGES[result["lang"]].name
        out.append(
            "\\begin{table}\n\\centering\n\\begin{tabular}{ll" + "r" * 2 + "l" + "r" * 5 + "}\n\\toprule\n"
            f"{header} \\\\\n\\midrule\n{body} \\\\\n\\bottomrule\n\\end{{tabular}}\n"
            f"\\caption{{{lang}, {heading.lower()}; 95\\,\\% bootstrap intervals, {result['resamples']} resamples.}}\n"
            "\\end{table}\n"
        )
    return "\n".join(out)


def given_markdown(result: Result) -> str:
    """Figures for files of predictions."""
    header = ("predictions", "n", "macro-F1", "accuracy", "ROC-AUC", "average precision", "first minus it", "Holm p")
    cells = []
    for name, row in result["models"].items():
        versus = row.get("versus")
        cells.append(
            [name, f"{row['n']:,}", figure(row["macro_f1"]), figure(row["accuracy"]), figure(row.get("roc_auc")),
             figure(row.get("average_precision")),
             figure([versus["difference"], versus["low"], versus["high"]]) if versus else "",
             short(versus["holm_p"]) if versus else ""]
        )  # fmt: skip
    warnings = [f"- **warning**: {w}" for w in result["warnings"]]
    return "\n".join([f"# Predictions against {result['gold']}", "", *_table(header, cells), "", *warnings]) + "\n"
