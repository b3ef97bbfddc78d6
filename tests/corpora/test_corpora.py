"""Loaders read each corpus' own layout. The rows here are our own; no corpus text stands in the repository."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives.corpora import CORPORA, corpus, read_examples, split_of, text_key
from narratives.errors import InputError, MissingFileError, UnknownNameError

N, A, H = {"offensive": 0.0, "hate": 0.0}, {"offensive": 1.0, "hate": 0.0}, {"offensive": 1.0, "hate": 1.0}

# corpus -> (first line or None, rows as they would stand in the file, labels expected)
LAYOUTS = {
    "frenk-hr": (
        None,
        ["0\tDobar članak\tAcceptable speech\tAcceptable\tNo target\tmigrants",
         '1\t"Svi su isti\tBackground offensive\tOffensive\tTopic\tmigrants',
         "2\tMa šuti\tOther offensive\tOffensive\tCommenter\tlgbt"],
        [N, H, A],
    ),
    "stop-sr": (
        "ID,Text,Category",
        ["1,Lepo vreme danas.,0", '2,"Takvi su, svi odreda.","1b,U"', "3,Ti ćuti.,U", "4,Matori nek ćute.,5"],
        [N, H, A, {"offensive": 1.0}],
    ),
    "hatespeech-al": ("Comment,Label", ["shume mire,0", "hesht ti,1"], [N, {"offensive": 1.0}]),
    "ro-offense": (
        "id,text,label",
        ["1,Meci frumos,OTHER", "2,Taci din gură,INSULT", "3,Toți sunt la fel,ABUSE"],
        [N, A, {"offensive": 1.0}],
    ),
    "news-ro-offense": (
        "comment_id,comment_text,LABEL",
        ["1,Bine scris,0", "2,Prost scris,1", "3,Toți pleacă,2"],
        [N, A, H],
    ),
    "troff-tr": (
        "id\ttext\tlabel",
        ["1\tGüzel gün\tnon", "2\tSen sus\tind", "3\tHepsi aynı\tgrp"],
        [N, A, {"offensive": 1.0}],
    ),
    "siu2023-nst-tr": (
        "topic,tweet_id,text,HateSpeechExistence,HateSpeechStrength,HateSpeechCategory",
        ["refugee,1,Rapor yayımlandı,0,0,", "refugee,2,Gitsinler,1,3,2", "tr-gr,3,Komşuluk zor,,2,", "tr-gr,4,boş,,,"],
        [{"hate": 0.0}, H, H],
    ),
    "mayda-tr": (
        "ID,tweet,etiket,alt etiket,Keyword",
        ["1,Komşum iyi biri,hiçbiri,,suriyeli", "2,Hepsi aynı,nefret,etnik,suriyeli", "3,Sen sus,saldırgan,,arap"],
        [N, H, A],
    ),
    "edos-en": (
        "rewire_id,text,label_sexist,label_category,label_vector,split",
        ["1,Nice day,not sexist,none,none,train", "2,They all lie,sexist,2. derogation,2.1,train"],
        [{"hate": 0.0}, H],
    ),
    "hatexplain-en": (
        "id,annotators,unmasked_sentence",
        ["1,\"{'label': [1, 1, 0], 'annotator_id': [1, 2, 3]}\",some words"],
        [{"offensive": 1 / 3, "hate": 1 / 3}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_rows_become_labels(name, tmp_path):
    header, rows, expected = LAYOUTS[name]
    (tmp_path / name).mkdir()
    first, *rest = CORPORA[name].files
    lines = ([header] if header else []) + rows
    (tmp_path / name / first).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for other in rest:
        (tmp_path / name / other).write_text((header + "\n") if header else "", encoding="utf-8")
    assert [dict(e.labels) for e in read_examples(CORPORA[name], tmp_path)] == expected


def test_json_lines_are_read_and_reposts_count_once(tmp_path):
    (tmp_path / "crowdcounter-en").mkdir()
    lines = [{"counterspeech": t} for t in ("Nobody chooses war.", "@you nobody chooses WAR", "Be kind.")]
    for name in CORPORA["crowdcounter-en"].files:
        (tmp_path / "crowdcounter-en" / name).write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    examples = list(read_examples(CORPORA["crowdcounter-en"], tmp_path))
    assert [e.text for e in examples] == ["Nobody chooses war.", "Be kind."]


def test_labels_never_contradict_the_scheme():
    for name, (_, _, expected) in LAYOUTS.items():
        for labels in expected:
            assert labels.get("hate", 0.0) <= labels.get("offensive", 1.0), f"{name}: hate that is no abuse"


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(MissingFileError, match=r"frenk-hr: .*train\.tsv is missing"):
        list(read_examples(CORPORA["frenk-hr"], tmp_path))
    (tmp_path / "stop-sr").mkdir()
    (tmp_path / "stop-sr" / CORPORA["stop-sr"].files[0]).write_text("A,B\n1,2\n")
    with pytest.raises(InputError, match="no column 'Text'; it has A, B"):
        list(read_examples(CORPORA["stop-sr"], tmp_path))
    with pytest.raises(UnknownNameError, match="Did you mean 'frenk-hr'"):
        corpus("frenk_hr")


@given(st.text(alphabet="abčšđž Đ.,!?\n", max_size=50))
def test_a_repost_falls_into_the_same_split(text):
    key = text_key(text, "hr")
    assert text_key(f"@neko {text} https://primer.example/x", "hr") == key
    assert split_of(key) in {"train", "calibration", "dev"}


def test_functional_suites_are_not_for_training():
    assert not [name for name in CORPORA if "hatecheck" in name or "xhate" in name]
