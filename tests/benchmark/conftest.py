"""A data folder in the authors' layouts, with rows of our own."""

from __future__ import annotations

import csv
import random
from types import SimpleNamespace

import pytest

from narratives.benchmark.plan import EvaluationSet, Plan

HOSTILE = [
    "Svi oni su isti, van s njima",
    "Takvi nemaju što tražiti ovdje",
    "Gamad jedna, neka idu",
    "Svi su lopovi i lažu",
]
HARMLESS = [
    "Lijep članak, hvala autoru",
    "Danas je lijepo vrijeme u gradu",
    "Knjižnica radi do pet",
    "Dobar prijedlog zakona",
]


def frenk_rows(n: int = 800, seed: int = 0) -> list[list[str]]:
    """Rows in FRENK's layout: a hostile or a harmless line with random words after it, all different."""
    rng = random.Random(seed)
    words = ["grad", "ulica", "vlada", "škola", "posao", "zima", "more", "voda", "kruh", "selo", "most", "vlak", "put"]
    rows = []
    for i in range(n):
        hostile = i % 2 == 0
        text = f"{rng.choice(HOSTILE if hostile else HARMLESS)} {' '.join(rng.choices(words, k=6))} {i}"
        fine = "Background offensive" if hostile else "Acceptable speech"
        rows.append([str(i), text, fine, "", "", "migrants" if i % 4 < 2 else "lgbt"])
    return rows


def write_frenk(folder, rows) -> None:
    place = folder / "frenk-hr"
    place.mkdir(parents=True, exist_ok=True)
    for name, part in (("train.tsv", rows), ("dev.tsv", [])):
        (place / name).write_text("".join("\t".join(row) + "\n" for row in part), encoding="utf-8")


def write_csv(path, header, rows, delimiter=",") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(rows)


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    write_frenk(folder, frenk_rows())
    write_csv(
        folder / "hurtlex" / "hurtlex_HR.tsv",
        ["id", "pos", "category", "stereotype", "lemma", "level"],
        [["1", "n", "an", "no", "gamad", "conservative"], ["2", "n", "an", "no", "lopovi", "inclusive"]],
        "\t",
    )
    return folder


FRENK = EvaluationSet(
    name="frenk-hr", corpora=("frenk-hr",), tier="real", task="hate", annotators="ourselves", revision="1",
    where="tests/benchmark", split="dev", heads=("offensive", "hate"), slices={"migrants": {"topic": ("migrants",)}},
)  # fmt: skip
XHATE = EvaluationSet(
    name="xhate-hr", corpora=("xhate-hr",), tier="translated", task="abuse", annotators="ourselves", revision="1",
    where="a place to get it", split="all", heads=("offensive",), train_on="frenk-hr",
)  # fmt: skip


@pytest.fixture(scope="session")
def kit():
    """The helpers above, since tests cannot import each other's modules."""
    return SimpleNamespace(
        FRENK=FRENK, XHATE=XHATE, frenk_rows=frenk_rows, write_csv=write_csv, write_frenk=write_frenk
    )


@pytest.fixture(scope="session")
def plan():
    return Plan(lang="hr", sets=(FRENK, XHATE), suite_train_on="frenk-hr")
