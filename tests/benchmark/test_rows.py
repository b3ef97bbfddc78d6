"""Rows come from the authors' layouts, each once, and never from what a model learnt."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from narratives.benchmark.functional import read_suite
from narratives.benchmark.plan import EvaluationSet, Hub, Plan, Published
from narratives.benchmark.rows import read_hub, read_set, training_keys, training_rows
from narratives.corpora import split_of, text_key
from narratives.corpora.held_out import HELD_OUT, any_corpus
from narratives.errors import InputError, MissingFileError, UnknownNameError

# corpus -> (file, header or None, separator, rows, gold of the first head)
LAYOUTS = {
    "xhate-hr": ("test/hr/XHate999-HR-Gao.txt", ["translation", "label"], "\t", [["Lijepo", "0"], ["Šuti", "1"]]),
    "xhate-en": ("test/en/XHate999-EN-Gao-test.txt", ["text", "label"], "\t", [["Nice", "0"], ["Shut up", "1"]]),
    "hatecheck-en": (
        "test_suite_cases.csv",
        ["functionality", "case_id", "test_case", "label_gold"],
        ",",
        [["ident_neutral_nh", "1", "I am a woman.", "non-hateful"], ["derog_h", "2", "They are all bad.", "hateful"]],
    ),
    "mhc-polish": (
        "hatecheck_cases_final_polish.csv",
        ["mhc_case_id", "functionality", "test_case", "label_gold"],
        ",",
        [["polish-1", "a_nh", "Dzień dobry", "non-hateful"], ["polish-2", "b_h", "Wszyscy są źli", "hateful"]],
    ),
    "hatemojicheck-en": (
        "HatemojiCheck.csv",
        ["case_id", "text", "target", "functionality", "label_gold"],
        ",",
        [["1", "I like 🐱", "none", "f", "0"], ["2", "They are all 🐀", "x", "f", "1"]],
    ),
    "mtconan-hate-en": (
        "Multitarget-CONAN.csv",
        ["INDEX", "HATE_SPEECH", "COUNTER_NARRATIVE", "TARGET", "VERSION"],
        ",",
        [["0", "They all lie.", "People differ.", "MIGRANTS", "V1"]],
    ),
    "mtconan-counter-en": (
        "Multitarget-CONAN.csv",
        ["INDEX", "HATE_SPEECH", "COUNTER_NARRATIVE", "TARGET", "VERSION"],
        ",",
        [["0", "They all lie.", "People differ.", "MIGRANTS", "V1"]],
    ),
    "hasoc-en": (
        "english_dataset.tsv",
        ["text_id", "text", "task_1", "task_2", "task_3"],
        "\t",
        [["1", "Good morning", "NOT", "NONE", "NONE"], ["2", "You fool", "HOF", "OFFN", "TIN"]],
    ),
    "coroseof-ro": (
        "coroseof.csv",
        ["id", "text", "majority"],
        ",",
        [["1", "Bună dimineața", "non-sexist_non-offensive"], ["2", "Femeile nu știu", "sexist_descriptive"]],
    ),
    "abcoser-sr": ("abcoser.csv", ["id", "text", "label"], ",", [["1", "Dobar dan", "0"], ["2", "Ćuti budalo", "1"]]),
    "shaj-sq": ("shaj.csv", ["id", "text", "subtask_a"], ",", [["1", "mirëdita", "NOT"], ["2", "hesht ti", "OFF"]]),
    "offenseval-tr": ("offenseval-tr-training-v1.tsv", None, "\t", [["1", "Günaydın", "NOT"], ["2", "Sus be", "OFF"]]),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_authors_layouts_are_read(name, tmp_path, kit):
    corpus = HELD_OUT[name]
    file, header, delimiter, rows = LAYOUTS[name]
    assert file in corpus.files
    for other in corpus.files:
        place = tmp_path / (corpus.folder or corpus.name) / other
        kit.write_csv(place, header or [], rows if other == file else [], delimiter)
        if header is None:
            place.write_text("\n".join("\t".join(row) for row in rows) + "\n", encoding="utf-8")
    head = "hate" if "hate" in name or "conan" in name or "mhc" in name else "offensive"
    head = "offensive" if name.startswith("xhate") else head
    wanted = EvaluationSet(
        name=name, corpora=(name,), tier="real", task="hate", annotators="ourselves", revision="1", where="the authors",
        split="all", heads=(head,),
    )  # fmt: skip
    found = read_set(wanted, tmp_path)
    expected = {"mtconan-hate-en": [1], "mtconan-counter-en": [0]}.get(name, [0, 1])
    assert found.gold[head].tolist() == expected
    assert set(found.digests) == {f"{corpus.folder or corpus.name}/{f}" for f in corpus.files}
    assert all(len(digest) == 64 for digest in found.digests.values())


def test_every_suite_and_held_out_corpus_is_kept_from_training():
    from narratives.corpora import CORPORA

    assert not set(HELD_OUT) & set(CORPORA)
    with pytest.raises(UnknownNameError, match="known"):
        any_corpus("nothing")


def test_only_the_dev_split_of_a_corpus_we_train_on_is_measured(data, kit):
    rows = read_set(kit.FRENK, data)
    assert {split_of(key) for key in rows.keys} == {"dev"}
    assert rows.dropped["used for training"] + len(rows) == 800
    assert rows.where({"topic": ("MIGRANTS",)}).sum() == sum(r["topic"] == "migrants" for r in rows.records)
    texts, gold = training_rows("frenk-hr", "hate", data)
    assert not {text_key(t, "hr") for t in texts} & set(rows.keys)
    assert 0.4 < gold.mean() < 0.6


def test_a_planted_leak_is_dropped_and_counted(data, tmp_path, kit):
    trained = [row[1] for row in kit.frenk_rows() if split_of(text_key(row[1], "hr")) == "train"][:7]
    fresh = [f"Sasvim nova rečenica broj {i} o vremenu" for i in range(5)]
    kit.write_frenk(tmp_path, kit.frenk_rows())
    for file in HELD_OUT["xhate-hr"].files:
        # re-posts differ in names, links and case, and are the same text all the same
        rows = [[f"@netko {t.upper()} https://primer.example", "1"] for t in trained] + [[t, "0"] for t in fresh]
        kit.write_csv(tmp_path / "xhate-999" / file, ["translation", "label"], rows if "Gao" in file else [], "\t")
    found = read_set(kit.XHATE, tmp_path, training_keys("hr", tmp_path, None))
    assert found.dropped == {"overlaps with training rows": 7}
    assert list(found.texts) == fresh


def test_a_missing_corpus_says_where_to_get_it_and_names_no_path_of_this_machine(tmp_path, kit):
    with pytest.raises(MissingFileError, match="a place to get it") as caught:
        read_set(kit.XHATE, tmp_path)
    assert str(tmp_path) not in str(caught.value)


def test_data_sets_of_the_hub_are_read_with_class_names(tmp_path):
    library = pytest.importorskip("datasets")
    features = library.Features(
        {"text": library.Value("string"), "subtask_a": library.ClassLabel(names=["OFF", "NOT"])}
    )
    rows = {"text": ["mirëdita", "hesht ti"], "subtask_a": [1, 0]}
    library.Dataset.from_dict(rows, features=features).to_parquet(str(tmp_path / "train.parquet"))
    hub = Hub(id=str(tmp_path), split="train", revision="main")
    found = list(read_hub(hub))
    assert [row["text"] for row in found] == rows["text"]
    wanted = EvaluationSet(
        name="shaj", corpora=("shaj-sq",), tier="real", task="abuse", annotators="ourselves", revision="1",
        where="the hub", split="all", heads=("offensive",), hub=hub,
    )  # fmt: skip
    assert read_set(wanted, None, from_hub=True).gold["offensive"].tolist() == [0, 1]
    with pytest.raises(MissingFileError, match="cannot be had"):
        list(read_hub(Hub(id=str(tmp_path / "nothing"), split="train", revision="main")))


@pytest.mark.parametrize(
    "change",
    [{"tier": "real-ish"}, {"heads": ()}, {"revision": ""}, {"split": "all"}, {"corpora": ("nothing",)},
     {"train_on": "xhate-hr"}, {"annotators": ""}],
)  # fmt: skip
def test_unsound_metadata_is_refused(change, kit):
    with pytest.raises((ValidationError, UnknownNameError)):
        EvaluationSet(**{**kit.FRENK.model_dump(), **change})


def test_a_plan_must_hang_together(kit):
    with pytest.raises(ValidationError, match="no evaluation set"):
        Plan(lang="hr", published=(Published(corpus="x", system="y", metric="F1", value=0.5, cite="somewhere"),))
    with pytest.raises(ValidationError, match="same name"):
        Plan(lang="hr", sets=(kit.FRENK, kit.FRENK))
    with pytest.raises(ValidationError):
        Published(corpus="frenk-hr", system="y", metric="F1", value=82.3, cite="somewhere")


def test_a_damaged_suite_is_named_by_line_never_by_text(tmp_path):
    (tmp_path / "hr.jsonl").write_text('{"id": "x", "text": "tajna"}\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 1") as caught:
        read_suite(tmp_path / "hr.jsonl")
    assert "tajna" not in str(caught.value)


def test_labels_that_annotators_disagree_on_are_no_gold():
    from narratives.benchmark.rows import stated

    assert stated([0.0, 0.05, 0.3, 0.66, 1.0, None]).tolist() == [0, 0, -1, 1, 1, -1]
    assert isinstance(stated([]), np.ndarray)
