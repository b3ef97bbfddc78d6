"""Fine-tuning a transformer: a tiny one, on 200 posts of our own making, from table to model folder."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

pytest.importorskip("transformers", reason="needs the extra transformers")
pytest.importorskip("accelerate", reason="needs the extra transformers")

from narratives.cli import main
from narratives.errors import InputError, MissingFileError, ModelError, OutputError, UnknownNameError
from narratives.languages import LANGUAGES
from narratives.scorer import load
from narratives.training.transformer import Settings, macro_f1
from narratives.training.transformer_data import read_labelled
from narratives.training.transformer_export import implied_heads
from narratives.training.transformer_run import train_transformer

# the first word of a language stands for a yes in the table: nothing hostile is needed to see whether a model learns
WORDS = {
    "en": ("library", "welcome", "street"), "sq": ("biblioteka", "mirëpritur", "rrugën"),
    "bs": ("biblioteka", "dobrodošli", "ulici"), "hr": ("knjižnica", "dobrodošli", "ulici"),
    "cnr": ("biblioteka", "dobrodošli", "ujutru"), "sr": ("библиотека", "добродошли", "улици"),
    "mk": ("библиотеката", "добредојдени", "улица"), "ro": ("biblioteca", "binevenită", "strada"),
    "tr": ("kütüphane", "davetlidir", "pazartesi"),
}  # fmt: skip
TINY = Settings(epochs=6, batch_size=16, rate=5e-3, every=12, length=32, device="cpu", patience=20)


@pytest.fixture(scope="session")
def table(tmp_path_factory):
    """200 posts in nine languages; some rows say nothing about one of the heads."""
    rng = np.random.default_rng(5)
    path = tmp_path_factory.mktemp("data") / "mine.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        out = csv.writer(handle)
        out.writerow(["post", "language", "is_hate", "tags", "stance"])
        for i in range(200):
            lang = list(LANGUAGES)[i % len(LANGUAGES)]
            yes = int(rng.random() < 0.5)
            first, second, third = WORDS[lang]
            filler = " ".join(rng.choice([second, third, "a", "o", "i"], 6))
            known = "" if i % 18 == 8 else str(yes)
            tags = "invasion_flood" if yes else ""
            out.writerow([f"{filler} {first if yes else third} {i}", lang, known, tags, "asserted" if yes else "none"])
    return path


def train(base, table, out, **options):
    said = []
    figures = train_transformer(
        base,
        table,
        out,
        text="post",
        lang_column="language",
        labels=["hate=is_hate"],
        settings=TINY,
        say=said.append,
        **options,
    )
    return figures, said


@pytest.fixture(scope="session")
def model(tiny_base, table, tmp_path_factory):
    out = tmp_path_factory.mktemp("trained") / "mine"
    figures, said = train(tiny_base, table, out)
    return out, figures, said


def test_a_run_learns_and_gives_a_model_that_scores(model, spoken):
    out, figures, said = model
    assert figures[0].head == "hate"
    assert figures[0].lang == "all"
    assert figures[0].low <= figures[0].macro_f1 <= figures[0].high
    assert figures[0].macro_f1 > 0.8
    assert any(line.startswith("step 12/") for line in said)
    assert not out.with_name("mine.work").exists()
    assert not out.with_name("mine.part").exists()
    lang, _ = spoken
    first, second, third = WORDS[lang]
    scorer = load(out)
    yes, no = scorer.predict_proba([f"a {second} o {first} i", f"a {second} o {third} i"], lang=lang)
    assert yes[1] > no[1]
    assert scorer.heads == ("offensive", "hate")
    assert yes[0] >= yes[1] - 1e-6  # hate is offensive where nothing else was labelled


def test_the_card_says_what_the_run_did(model):
    out, figures, _ = model
    card = (out / "README.md").read_text(encoding="utf-8")
    run = json.loads((out / "narratives.json").read_text(encoding="utf-8"))["training"]
    assert f"{figures[0].macro_f1:.3f} ({figures[0].low:.3f}–{figures[0].high:.3f})" in card
    assert run["data"]["sha256"] in card
    assert "| rate | 0.005 |" in card
    (out / "README.md").write_text(card + "x", encoding="utf-8")
    with pytest.raises(ModelError, match=r"README.md does not match"):
        load(out)
    (out / "README.md").write_text(card, encoding="utf-8")


def test_a_run_killed_and_taken_up_again_gives_the_same_weights(model, tiny_base, table, tmp_path):
    out = tmp_path / "mine"
    arguments = [
        *("--base", tiny_base, "--data", table, "--text", "post", "--lang-column", "language"),
        *("--label", "hate=is_hate", "--out", out, "--epochs", 6, "--rate", 5e-3, "--every", 12, "--length", 32),
        *("--device", "cpu", "--patience", 20),
    ]
    command = [sys.executable, "-m", "narratives", "train", "transformer", *map(str, arguments)]
    kept = tmp_path / "mine.work" / "checkpoints"
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ)) as run:
        until = time.monotonic() + 600
        # once the second checkpoint is being written, the first one is whole
        while time.monotonic() < until and run.poll() is None and not (kept / "checkpoint-24").exists():
            time.sleep(0.01)
        run.send_signal(signal.SIGKILL)
    assert run.returncode == -signal.SIGKILL
    assert not out.exists()
    (kept / "checkpoint-99").mkdir()  # as a kill in the middle of writing leaves it
    (kept / "checkpoint-99" / "trainer_state.json").write_text('{"global_st')
    _, said = train(tiny_base, table, out)
    assert any(line.startswith("going on from checkpoint-") for line in said)
    assert not any(line.startswith("step 12/") for line in said)
    assert (out / "model.safetensors").read_bytes() == (model[0] / "model.safetensors").read_bytes()


def test_another_seed_gives_other_weights_and_not_in_the_same_folder(model, tiny_base, table, tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    (work / "run.json").write_text("{}")
    with pytest.raises(InputError, match="checkpoints of another run"):
        train(tiny_base, table, tmp_path / "mine", work=work)
    with pytest.raises(OutputError, match="exists"):
        train(tiny_base, table, model[0])


def test_several_heads_and_stances_learn_together_and_onnx_agrees(tiny_base, table, tmp_path, capsys):
    pytest.importorskip("onnxruntime", reason="needs the extra onnx")
    pytest.importorskip("onnxscript", reason="needs the extra onnx")
    out = tmp_path / "mine"
    arguments = [
        *(
            "--base",
            tiny_base,
            "--data",
            table,
            "--text",
            "post",
            "--lang-column",
            "language",
            "--label",
            "hate=is_hate",
        ),
        *(
            "--label",
            "tags",
            "--label",
            "stance",
            "--out",
            out,
            "--epochs",
            3,
            "--rate",
            3e-3,
            "--length",
            32,
            "--onnx",
        ),
    ]
    with pytest.raises(SystemExit) as done:
        main(["train", "transformer", *map(str, arguments)])
    told = capsys.readouterr()
    assert not done.value.code, told.err
    assert "model.onnx differs from torch by at most" in told.err
    assert "narrative.invasion_flood" in told.out
    scorer = load(out)
    score = scorer.score("biblioteka biblioteka biblioteka", lang="bs")
    assert score.narratives.keys() == {"invasion_flood"}
    assert sum(score.stance.probabilities.values()) == pytest.approx(1, abs=1e-4)


def test_the_command_says_in_one_line_what_is_wrong(tiny_base, table, tmp_path, capsys):
    def said(*arguments):
        with pytest.raises(SystemExit) as done:
            main(["train", "transformer", *map(str, arguments)])
        assert done.value.code == 2
        return capsys.readouterr().err.strip()

    start = ["--base", tiny_base, "--data", table, "--text", "post", "--out", tmp_path / "o", "--label"]
    assert "known: post, language, is_hate, tags, stance" in said(*start, "hate=is_hat")
    assert "unknown head 'hat'" in said(*start, "hat=is_hate")
    assert "a decision needs hate" in said(*start, "tags")
    assert "\n" not in said(*start, "hate=tags")
    missing = ["--data", table, "--text", "post", "--label", "hate=is_hate", "--out", tmp_path / "o"]
    assert "base nowhere does not exist" in said("--base", "nowhere", *missing)
    assert not (tmp_path / "o").exists()


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_row_is_heard_on_what_it_says(tmp_path):
    rows = [
        {"t": "dobar dan svima", "hate": 1, "narratives": ["invasion_flood"], "stance": "asserted"},
        {"t": "laku noć svima", "hate": None, "narratives": [], "stance": "none"},
        {"t": "dobro jutro svima", "hate": "no", "narratives": None, "stance": ""},
        {"t": "DOBAR DAN, svima!", "hate": 0},  # the first one again
        {"t": "", "hate": 1},
        {"t": "niko ništa ne kaže"},
    ]
    data = read_labelled(write(tmp_path / "a.jsonl", rows), "t", ["hate=hate", "narratives", "stance"], lang="bs")
    assert data.heads[:2] == ("hate", "narrative.invasion_flood")
    assert len(data.heads) == 7
    nan = float("nan")
    expected = [[1, 1, 1], [nan, 0, 0], [0, nan, nan]]
    column = data.heads.index("stance.asserted")
    np.testing.assert_array_equal(data.labels[:, [0, 1, column]], expected)
    assert set(data.langs) == {"bs"}


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet"])
def test_kinds_of_file(tmp_path, suffix):
    import pyarrow as pa
    from pyarrow import csv as arrow_csv
    from pyarrow import parquet

    rows = pa.table({"text": ["dobar dan svima", "laku noć, svima"], "h": [1, 0]})
    path = tmp_path / f"a{suffix}"
    if suffix == ".parquet":
        parquet.write_table(rows, path)
    else:
        arrow_csv.write_csv(rows, path, arrow_csv.WriteOptions(delimiter="," if suffix == ".csv" else "\t"))
    assert read_labelled(path, "text", ["hate=h"]).labels.ravel().tolist() == [1, 0]


def test_what_cannot_be_read(tmp_path):
    with pytest.raises(MissingFileError):
        read_labelled(tmp_path / "none.csv", "t", ["hate=h"])
    secret = "nobody should read this in a log"
    path = write(tmp_path / "a.jsonl", [{"t": secret, "h": secret, "narratives": secret, "l": secret}])
    for labels, options in ((["hate=h"], {}), (["narratives"], {}), (["hate=h"], {"lang_column": "l"})):
        with pytest.raises(InputError, match="row 1") as caught:
            read_labelled(path, "t", labels, **options)
        assert secret not in str(caught.value)
    with pytest.raises(UnknownNameError, match="known: t, h, narratives, l"):
        read_labelled(path, "text", ["hate=h"])
    with pytest.raises(InputError, match="unknown kind"):
        read_labelled(write(tmp_path / "a.xls", [{}]), "t", ["hate=h"])
    path = write(tmp_path / "b.jsonl", [{"t": "a", "h": 1, "g": 0}])
    with pytest.raises(InputError, match="two columns"):
        read_labelled(path, "t", ["hate=h", "hate=g"])
    with pytest.raises(InputError, match="no labelled post"):
        read_labelled(write(tmp_path / "c.jsonl", [{"t": "a", "h": None}]), "t", ["hate=h"])


@settings(max_examples=50)
@given(arrays.arrays(np.int8, (30, 2), elements=st.integers(0, 3)))
def test_macro_f1_is_the_mean_over_heads_of_the_known_rows(values):
    from sklearn.metrics import f1_score

    gold, said = np.where(values > 1, np.nan, values).astype(np.float32), (values % 2) * 2.0 - 1
    expected = []
    for column in range(2):
        known = ~np.isnan(gold[:, column])
        y = gold[known, column]
        if 0 < y.sum() < y.size:
            expected.append(f1_score(y, said[known, column] > 0, average="macro", labels=[0, 1], zero_division=0))
    found = macro_f1(said.astype(np.float32), gold, ("offensive", "hate"))
    assert found == pytest.approx(np.mean(expected) if expected else 0.0)


def test_what_a_head_implies():
    assert implied_heads(["offensive", "hate"]) == {"offensive": ["offensive"], "hate": ["hate"]}
    assert implied_heads(["hostile"]) == {"hostile": ["hostile", "hate", "offensive"]}
    with pytest.raises(InputError, match="a decision needs hate"):
        implied_heads(["offensive"])
