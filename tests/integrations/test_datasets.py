"""Our data as Hugging Face datasets, and scoring inside their ``map``."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("datasets", reason="needs the extra transformers")

import datasets

from narratives import resources
from narratives.corpora import authored_examples
from narratives.errors import InputError, MissingFileError, UnknownNameError
from narratives.frames import COLUMNS, flat, score_rows
from narratives.integrations.datasets_builder import ScoreColumns, datasets_builder, features

POST = {
    "id": "sr-1", "lang": "sr", "variety": None, "script": "Latn", "text": "Dobar dan svima.", "narratives": [],
    "mentioned": [], "stance": "none", "targets": [], "severity": 0, "kind": "neutral", "origin": "authored",
    "annotators": ["a"], "version": 1,
}  # fmt: skip
CASE = {
    "id": "sr-f-1", "lang": "sr", "script": "Latn", "functionality": "trap_word", "text": "Dobar dan svima.",
    "narratives": [], "mentioned": [], "stance": "none", "targets": [], "expected": "harmless", "ref": None,
    "origin": "authored", "version": 1,
}  # fmt: skip


def write(folder, name, row):
    (folder / f"{name}.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    return folder


def test_a_folder_of_posts_and_of_cases(tmp_path):
    posts = datasets_builder("posts", folder=write(tmp_path, "sr", POST))
    assert set(posts) == {"train", "calibration", "dev"}
    assert sum(len(part) for part in posts.values()) == 1
    cases = datasets_builder("functional", lang="sr", folder=write(tmp_path, "sr", CASE))
    row = cases["test"][0]
    assert cases["test"].features["expected"].int2str(row["expected"]) == "harmless"
    assert cases["test"].features["stance"].int2str(row["stance"]) == "none"
    assert row["text"] == CASE["text"]
    assert row["narratives"] == []


def test_mistakes_name_what_there_is(tmp_path):
    with pytest.raises(UnknownNameError, match="known: sr"):
        datasets_builder("functional", lang="hr", folder=write(tmp_path, "sr", CASE))
    with pytest.raises(InputError, match=r"sr.jsonl, line 1: KeyError"):
        datasets_builder("functional", folder=write(tmp_path, "sr", {"id": "x", "text": "secret"}))


def test_without_the_files_it_says_where_it_looked(monkeypatch, tmp_path):
    monkeypatch.setattr(resources, "roots", lambda: [tmp_path])
    with pytest.raises(MissingFileError, match="datasets/posts"):
        datasets_builder("posts")


@pytest.mark.checkout
def test_the_projects_own_posts_keep_the_splits_of_training():
    built = datasets_builder("posts", lang="tr")
    split = {e.text: e.split for e in authored_examples(resources.find("datasets/posts")) if e.lang == "tr"}
    found = {row["text"]: name for name, part in built.items() for row in part}
    assert len(split) > 100
    assert all(found[text] == name for text, name in split.items())


@pytest.mark.checkout
def test_load_dataset_reads_the_files_with_our_features(tmp_path):
    path = str(resources.find("datasets/functional") / "sq.jsonl")
    read = datasets.load_dataset(
        "json", data_files={"test": path}, features=features("functional"), cache_dir=str(tmp_path)
    )
    built = datasets_builder("functional", lang="sq")
    assert read["test"].features == built["test"].features
    assert read["test"][:] == built["test"][:]


@pytest.mark.parametrize("processes", [None, 2])
def test_scoring_inside_map(tiny_folder, tiny, processes):
    rows = {"text": ["Dobar dan svima", "", "Bună ziua tuturor", "Mirëdita"], "lang": ["x"] * 4}
    data = datasets.Dataset.from_dict(rows)
    out = data.map(ScoreColumns(str(tiny_folder)), batched=True, batch_size=2, num_proc=processes)
    expected = flat(score_rows(tiny, rows["text"], None, 8)[0])
    assert out["hate"][:] == [pytest.approx(h) for h in expected["hate"]]
    assert out["narratives_lang"][:] == list(expected["lang"])
    assert out["lang"][:] == ["x"] * 4
    assert set(COLUMNS) - {"lang"} <= set(out.column_names)


def test_scoring_a_stream(tiny):
    stream = datasets.Dataset.from_dict({"post": ["Dobar dan svima"] * 3}).to_iterable_dataset()
    out = list(stream.map(ScoreColumns(tiny, text="post"), batched=True, batch_size=2))
    assert [row["decision"] for row in out] == [tiny.score("Dobar dan svima").decision] * 3


def test_a_wrong_column_or_language_is_named(tiny):
    with pytest.raises(UnknownNameError, match="known: post"):
        ScoreColumns(tiny)({"post": ["a"]})
    with pytest.raises(UnknownNameError):
        ScoreColumns(tiny, lang="xx")({"text": ["a"]})
