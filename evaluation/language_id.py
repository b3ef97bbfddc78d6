"""Measure language identification: ``python evaluation/language_id.py --data FOLDER --out evaluation/results``.

``FOLDER`` holds ``parallel/`` and ``tatoeba-dev/`` (tab-separated English, translation, source) and the labelled
corpora in their authors' own layout; no row of theirs is written out. Every row is asked twice: of
``narratives.text.detect``, and of plain py3langid with all its languages as a peer. An answer is right when it names
the row's scoring group; for languages the library does not read, the right answer is ``und``.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import platform
import random
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Literal

from narratives.languages import LANGUAGES
from narratives.text import detect, fold, normalise, to_latin

Rows = list[str]
SHORT = {"ntrex128_EVAL", "tatoeba_laser_test", "tatoeba_srp", "tatoeba_tur_manythings"}
# Longer prose: election reports, encyclopaedia, news, novels, scripture. The words of text/clues.py were counted on a
# part of it.
LONG = {"rosetta_balcanica_osce", "xquad", "ud_tr_pud", "books_en_sr_MT", "bible_sword", "quran_tanzil_NC", "ro_sts"}
GROUP = {**{code: lang.group for code, lang in LANGUAGES.items()}, "sr_Latn": "bcms"}
# What plain py3langid may answer for each group.
PEER = {
    "bcms": {"bs", "hr", "sr", "sh", "cnr", "srl"},
    "en": {"en"},
    "sq": {"sq"},
    "mk": {"mk"},
    "ro": {"ro"},
    "tr": {"tr"},
}


def parallel(data: Path, name: str, long: bool = False) -> Rows:
    """Sentences of one language: Tatoeba (user interfaces for cnr), or longer prose of 12 words and more."""
    rows: Rows = []
    with gzip.open(data / "parallel" / f"en-{name}.tsv.gz", "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            _, text, source = line.rstrip("\n").split("\t")
            if long:
                if source in LONG and text.count(" ") >= 11:
                    rows.append(text)
            elif source in SHORT or (name == "cnr" and text.count(" ") >= 3):
                rows.append(text)
    dev = data / "tatoeba-dev" / f"en-{name}.tsv"
    if dev.exists() and not long:
        rows += [line.split("\t")[1] for line in dev.read_text(encoding="utf-8").splitlines()]
    return rows


def english(data: Path) -> Rows:
    """The English side of the development sets."""
    files = sorted((data / "tatoeba-dev").glob("*.tsv"))
    return sorted({line.split("\t")[0] for file in files for line in file.read_text(encoding="utf-8").splitlines()})


def column(path: Path, index: int, delimiter: str = ",", header: bool = True) -> Rows:
    """One column of a CSV or TSV file."""
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if delimiter == "," else csv.QUOTE_NONE
    with path.open(encoding="utf-8-sig", errors="surrogatepass", newline="") as handle:
        rows = [row[index] for row in csv.reader(handle, delimiter=delimiter, quoting=quoting) if len(row) > index]
    return rows[header:]


def posts(data: Path) -> Iterator[tuple[str, str, Rows]]:
    """Name, group and texts of each corpus of real posts."""
    yield "frenk-hr", "bcms", column(data / "frenk-hr" / "train.tsv", 1, "\t", header=False)
    yield "stop-sr", "bcms", column(data / "stop-sr" / "single_sentence_hate_speech_offenses.csv", 1)
    yield "hatespeech-al", "sq", column(data / "hatespeech-al" / "merged_labeled_dataset.csv", 0)
    yield "ro-offense", "ro", column(data / "ro-offense" / "train.csv", 1)
    yield "offenseval-tr", "tr", column(data / "offenseval-tr" / "offenseval-tr-training-v1.tsv", 1, "\t", header=False)
    yield "ishate-en", "en", column(data / "ishate-en" / "ishate.csv", 1)
    yield "edos-en", "en", column(data / "edos-en" / "edos_labelled_aggregated.csv", 1)


def foreign(data: Path) -> Iterator[tuple[str, Rows]]:
    """Texts in languages the library does not read."""
    for code in ("de", "ru"):
        files = sorted((data / "xhate-999" / "test" / code).glob("*.txt"))
        yield f"xhate-{code}", [text for file in files for text in column(file, 0, "\t")]
    both = [data / "stereoimmigrants-es" / f"{name}.csv" for name in ("stereotypes", "non-stereotypes")]
    yield "stereoimmigrants-es", [text for file in both for text in column(file, 1)]


def shave(text: str) -> str:
    """Without diacritics, as typed on a plain keyboard."""
    text = text.replace("đ", "dj").replace("Đ", "Dj").replace("ı", "i")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not "\u0300" <= c <= "\u036f")


def first_words(count: int) -> Callable[[str], str]:
    """Cut a text after so many words."""
    return lambda text: " ".join(text.split()[:count])


def conditions(data: Path, limit: int, seed: int) -> Iterator[tuple[str, str, str, Rows]]:
    """Every measured set: condition, name, right answer, texts."""
    draw = random.Random(seed)  # noqa: S311

    def some(rows: Iterable[str]) -> Rows:
        rows = sorted({row for row in rows if re.search(r"[^\W\d_]", row)})
        return draw.sample(rows, limit) if len(rows) > limit else rows

    sentences = {"en": some(english(data))}
    for name in ("sq", "bs", "hr", "cnr", "sr", "sr_Latn", "mk", "ro", "tr"):
        sentences[name] = some(parallel(data, name))
    for name, rows in sentences.items():
        yield "sentence", name, GROUP[name], rows
        for count in (6, 3, 2):
            yield f"{count} words", name, GROUP[name], [first_words(count)(row) for row in rows]
        if name not in {"en", "sr", "mk"}:
            yield "no diacritics", name, GROUP[name], [shave(row) for row in rows]
            yield "6 words, no diacritics", name, GROUP[name], [shave(first_words(6)(row)) for row in rows]
    for name in ("sq", "bs", "hr", "sr", "sr_Latn", "mk", "ro", "tr"):
        sentences[f"{name} long"] = rows = some(parallel(data, name, long=True))
        yield "long sentence", name, GROUP[name], rows
        if name not in {"sr", "mk"}:
            yield "long, no diacritics", name, GROUP[name], [shave(row) for row in rows]
    for length, name in (("sentence", "mk"), ("long sentence", "mk long")):
        latin = [to_latin(row) for row in sentences[name]]
        yield f"{length}, Latin", "mk", "mk", latin
        yield f"{length}, Latin, no diacritics", "mk", "mk", [shave(row) for row in latin]
    for name, group, rows in posts(data):
        kept = some(rows[1::2])  # the words of text/clues.py were counted on the other rows
        yield "posts", name, group, kept
        yield "posts of 4 words and more", name, group, [row for row in kept if len(re.findall(r"[^\W\d_]+", row)) >= 4]
    for name, rows in foreign(data):
        kept = some(rows)
        yield "other language", name, "und", kept
        yield "other language, 6 words", name, "und", [first_words(6)(row) for row in kept]


def measure(data: Path, limit: int, seed: int) -> list[dict[str, Any]]:
    """Accuracy on every set, with the share of ``und`` and the commonest wrong answers."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    peer = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    out = []
    for condition, name, group, rows in conditions(data, limit, seed):
        if not rows:
            continue
        answers = Counter(detect(row).group for row in rows)
        others = Counter(peer.classify(row)[0] for row in rows)
        known = {code for codes in PEER.values() for code in codes}
        right = sum(n for code, n in others.items() if (code not in known if group == "und" else code in PEER[group]))
        wrong = {code: n for code, n in answers.most_common() if code not in {group, "und"}}
        out.append(
            {
                "condition": condition,
                "set": name,
                "expected": group,
                "rows": len(rows),
                "accuracy": round(answers[group] / len(rows), 4),
                "und": round(answers["und"] / len(rows), 4),
                "wrong": wrong,
                "py3langid_accuracy": round(right / len(rows), 4),
            }
        )
    return out


def per_post(function: Callable[[str], object], rows: Rows) -> float:
    """Microseconds a post on one core, the best of three passes."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for row in rows:
            function(row)
        best = min(best, time.perf_counter() - start)
    return round(best / len(rows) * 1e6, 1)


def speed(data: Path, seed: int) -> list[dict[str, Any]]:
    """Time a post of about 20 words takes, by language."""
    draw = random.Random(seed)  # noqa: S311
    out = []
    for name in ("en", "sq", "hr", "sr", "mk", "ro", "tr"):
        pool = english(data) if name == "en" else parallel(data, name)
        words = [word for row in draw.sample(pool, 500) for word in row.split()]
        rows = [" ".join(words[i : i + 20]) for i in range(0, len(words) - 20, 20)]
        times = {
            "fold": per_post(partial(fold, lang=name), rows),
            "detect": per_post(detect, rows),
            "normalise": per_post(partial(normalise, lang=name), rows),
        }
        out.append({"language": name, "posts": len(rows), "characters": sum(map(len, rows)) // len(rows), **times})
    return out


def table(report: dict[str, Any]) -> str:
    """The report as Markdown."""
    lines = [
        "# Language identification",
        "",
        "Share of rows whose scoring group was named; `und` where the library said it does not know. The peer is plain",
        "py3langid with all its languages, asked for the same rows. Most sentences are short ones of Tatoeba. "
        f"Up to {report['limit']} rows a set, seed {report['seed']}.",
        "",
        "The weights of `text/detect.py` were chosen on a sample of these sets, so this is no blind test; the posts",
        "are other rows than those its word lists were counted on.",
        "",
        "| condition | set | right answer | rows | accuracy | und | py3langid | wrong answers |",
        "|---|---|---|--:|--:|--:|--:|---|",
    ]
    for row in report["accuracy"]:
        wrong = ", ".join(f"{code} {n}" for code, n in row["wrong"].items())
        lines.append(
            f"| {row['condition']} | {row['set']} | {row['expected']} | {row['rows']} | {row['accuracy']:.3f} "
            f"| {row['und']:.3f} | {row['py3langid_accuracy']:.3f} | {wrong} |"
        )
    lines += [
        "",
        "## Speed",
        "",
        f"Microseconds a post of 20 words, one core, {report['machine']}.",
        "",
        "| language | characters | fold | detect | normalise |",
        "|---|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {row['language']} | {row['characters']} | {row['fold']} | {row['detect']} | {row['normalise']} |"
        for row in report["speed"]
    ]
    return "\n".join([*lines, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with parallel/, tatoeba-dev/ and the corpora")
    parser.add_argument("--out", type=Path, required=True, help="folder for language_id.json and language_id.md")
    parser.add_argument("--limit", type=int, default=2000, help="rows a set, drawn at random")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    report = {
        "limit": options.limit,
        "seed": options.seed,
        "machine": f"Python {platform.python_version()}, {platform.machine()}",
        "accuracy": measure(options.data, options.limit, options.seed),
        "speed": speed(options.data, options.seed),
    }
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, ensure_ascii=False, indent=1, sort_keys=True)
    (options.out / "language_id.json").write_text(text + "\n", encoding="utf-8")
    (options.out / "language_id.md").write_text(table(report), encoding="utf-8")
    sys.stdout.write(table(report))


if __name__ == "__main__":
    csv.field_size_limit(sys.maxsize)
    main()
