"""Write models/default/README.md from what the evaluation measured. Run: python models/card.py.

Reads ``evaluation/results/default/<lang>.json`` (made by ``evaluation/run.py --against all``) and ``config.json``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from narratives.corpora import CORPORA
from narratives.languages import LANGUAGES

ROOT = Path(__file__).resolve().parents[1]
PEERS = ("tfidf-lr", "tfidf-svm", "hurtlex", "hatesonar")


def figure(values: list[Any] | None) -> str:
    """A value with its interval, without the leading zero."""
    if not values or values[0] is None:
        return "–"
    short = [f"{v:.3f}".replace("0.", ".", 1) if v is not None else "–" for v in values]
    return f"{short[0]} ({short[1]}–{short[2]})" if len(short) > 2 else short[0]


def table(heading: str) -> list[str]:
    """The first two lines of a table with these columns, separated by bars."""
    return [f"| {heading} |", "|" + "---|" * (heading.count("|") + 1)]


def corpora(results: dict[str, Any]) -> list[str]:
    """Macro-F1 on development rows of every corpus, beside peers on the same rows."""
    lines = table(f"language | corpus | head | n | macro-F1 | ROC-AUC | {' | '.join(PEERS)}")
    for lang, result in results.items():
        for part in result["sets"]:
            for rows in part["parts"]:
                ours = rows["models"].get("default")
                if ours is None or rows["slice"] != "all":
                    continue
                peers = [figure(rows["models"].get(p, {}).get("macro_f1", [])[:1]) for p in PEERS]
                lines.append(
                    f"| {lang} | {part['name']} | {rows['head']} | {rows['n']:,} | {figure(ours['macro_f1'])} | "
                    f"{figure(ours['roc_auc'][:1])} | {' | '.join(peers)} |"
                )
    return lines


def calibration(results: dict[str, Any]) -> list[str]:
    """Expected calibration error, Brier score and error rates at coverage, and what typing does."""
    lines = table(
        "language | corpus | head | ECE | Brier | area under risk-coverage | folded | noise 5 % | 10 % | 20 % "
        "| upper case"
    )
    for lang, result in results.items():
        for part in result["sets"]:
            typed = (part.get("robustness") or {}).get("models", {}).get("default", {})
            plain = typed.get("as written", {}).get("macro_f1")
            for rows in part["parts"]:
                ours = rows["models"].get("default")
                if ours is None or rows["slice"] != "all" or "calibration" not in ours:
                    continue
                change = [
                    f"{typed[kind]['macro_f1'] - plain:+.3f}"
                    if plain is not None and kind in typed and part["robustness"]["head"] == rows["head"]
                    else ""
                    for kind in ("folded", "noise 5%", "noise 10%", "noise 20%", "upper case")
                ]
                lines.append(
                    f"| {lang} | {part['name']} | {rows['head']} | {ours['calibration']['ece']:.3f} | "
                    f"{ours['calibration']['brier']:.3f} | {ours['risk_coverage']['aurc']:.3f} | {' | '.join(change)} |"
                )
    return lines


def suites(results: dict[str, Any]) -> list[str]:
    """The functional suites: what is found, what is wrongly flagged."""
    lines = table(
        "language | n | right | hostile found | counter-speech flagged | own words flagged | neutral names flagged"
    )
    for lang, result in results.items():
        suite = result["suite"]
        row = suite["models"]["default"]
        false = row["false_positives"]
        cells = [figure(false.get(kind, {}).get("rate")) for kind in ("counter-speech", "self", "neutral identity")]
        lines.append(
            f"| {lang} | {suite['n']} | {figure(row['right'])} | {figure(row['hostile_found'])} | {' | '.join(cells)} |"
        )
    return lines


def stories(results: dict[str, Any], part: str) -> list[str]:
    """Hostility, narratives, stance and targets on authored or on annotated real posts."""
    lines = table(
        "language | n | hostile, flag | harmless flagged | narratives micro-F1 | macro-F1 | stance macro-F1 "
        "| targets micro-F1"
    )
    for lang, result in results.items():
        row = result.get(part, {}).get("models", {}).get("default")
        if row is None or "stories" not in row:
            continue
        told = row["stories"]
        cells = [
            figure(told["narratives"]["micro_f1"]),
            figure(told["narratives"]["macro_f1"]),
            figure(told["stance"]["macro_f1"]),
            figure(told["targets"]["micro_f1"]),
        ]
        lines.append(
            f"| {lang} | {result[part]['n']} | {figure(row['binary']['macro_f1'])} | "
            f"{figure(row['harmless_flagged'])} | {' | '.join(cells)} |"
        )
    return lines


def swaps(results: dict[str, Any]) -> list[str]:
    """What exchanging the name of a group changes, and what a bare name scores."""
    lines = table(
        "language | pairs | change of `hate`, harmless | hostile | decision differs | bare names | mean `hate` "
        "| greatest | flagged"
    )
    for lang, result in results.items():
        row = result["suite"]["models"]["default"]
        harmless, hostile = (row["group_swap"].get(kind, {}) for kind in ("harmless", "hostile"))
        bare = row["bare_names"]
        differs = [part["decision_differs"] * part["n"] for part in (harmless, hostile) if part]
        n = harmless.get("n", 0) + hostile.get("n", 0)
        lines.append(
            f"| {lang} | {n} | {harmless['mean_absolute_change']:.3f} | {hostile['mean_absolute_change']:.3f} | "
            f"{sum(differs):.0f} | {bare['n']} | {bare['mean_score']:.3f} | {bare['greatest_score']:.3f} | "
            f"{bare['flagged']} |"
        )
    return lines


def transfer() -> list[str]:
    """The encoder part with and without the posts of a language group."""
    path = ROOT / "evaluation" / "results" / "leave_one_out.json"
    if not path.is_file():
        return ["Not measured for this model."]
    lines = table(
        "group | its posts | rows | n | hostile ROC-AUC with | without | stories | likeliest right with | without"
    )
    for group, entry in json.loads(path.read_text(encoding="utf-8"))["groups"].items():
        for kind in ("authored", "annotated"):
            if kind in entry:
                one, other = entry[kind]["with"], entry[kind]["without"]
                lines.append(
                    f"| {group} | {entry['posts']:,} | {kind} | {one['n']} | {figure(one['hostile_roc_auc'])} | "
                    f"{figure(other['hostile_roc_auc'])} | {one['stories']} | {figure(one['likeliest_right'])} | "
                    f"{figure(other['likeliest_right'])} |"
                )
    return lines


def sources() -> list[str]:
    """What it was trained on, with licences."""
    lines = table("corpus | language | licence | source | what its labels mean here")
    lines += [f"| {c.name} | {c.lang} | {c.licence} | {c.source} | {c.mapping} |" for c in CORPORA.values()]
    return lines


def main() -> None:
    """Fill the template beside this file."""
    folder = ROOT / "models" / "default"
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    results = {}
    for lang in LANGUAGES:
        path = ROOT / "evaluation" / "results" / "default" / f"{lang}.json"
        if path.is_file():
            results[lang] = json.loads(path.read_text(encoding="utf-8"))
    text = (ROOT / "models" / "card.md").read_text(encoding="utf-8")
    for name, lines in {
        "CORPORA": corpora(results),
        "CALIBRATION": calibration(results),
        "SUITES": suites(results),
        "ANNOTATED": stories(results, "annotated"),
        "AUTHORED": stories(results, "authored"),
        "SWAPS": swaps(results),
        "TRANSFER": transfer(),
        "SOURCES": sources(),
        "LANGUAGES": [", ".join(LANGUAGES)],
        "HEADS": [str(len(config["heads"]))],
    }.items():
        text = text.replace(f"@{name}@", "\n".join(lines))
    (folder / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
