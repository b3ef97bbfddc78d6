"""Anybody's predictions on anybody's labels, anybody's backend, and the command itself."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import f1_score

from narratives.benchmark import check_backend, measure_files
from narratives.cli import main
from narratives.errors import InputError, MissingFileError


@pytest.fixture
def files(tmp_path):
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 2, 200)
    p = np.clip(gold * 0.4 + rng.random(200) * 0.6, 0, 1)
    lines = ["id,label,probability", *(f"r{i},{int(v >= 0.5)},{v:.4f}" for i, v in enumerate(p))]
    (tmp_path / "preds.csv").write_text("\n".join(lines))
    (tmp_path / "gold.csv").write_text("\n".join(["id,label", *(f"r{i},{g}" for i, g in enumerate(gold))][::1]))
    return tmp_path, gold, p


def test_predictions_are_joined_by_id_and_measured(files):
    folder, gold, p = files
    rows = (folder / "gold.csv").read_text().splitlines()
    (folder / "gold.csv").write_text("\n".join([rows[0], *rows[:0:-1]]))  # the order of the rows is no matter
    out = measure_files([folder / "preds.csv"], folder / "gold.csv", resamples=200)
    expected = f1_score(gold, p.round(4) >= 0.5, average="macro")
    assert out["models"]["preds"]["macro_f1"][0] == pytest.approx(expected, abs=1e-4)
    assert out["warnings"] == []
    assert out["models"]["preds"]["calibration"]["reliability"]


@pytest.mark.parametrize(("damage", "told"), [("shuffle", "another order"), ("swap", "swapped")])
def test_a_damaged_gold_column_is_noticed(files, damage, told):
    folder, gold, _ = files
    damaged = np.random.default_rng(5).permutation(gold) if damage == "shuffle" else 1 - gold
    (folder / "gold.csv").write_text("\n".join(["id,label", *(f"r{i},{g}" for i, g in enumerate(damaged))]))
    out = measure_files([folder / "preds.csv"], folder / "gold.csv", resamples=200)
    assert told in out["warnings"][0]


def test_two_files_are_compared_and_ids_that_do_not_match_are_told(files):
    folder, *_ = files
    lines = ["id,label", *(f"r{i},0" for i in range(190)), "stranger,1"]
    (folder / "zeros.csv").write_text("\n".join(lines))
    out = measure_files([folder / "preds.csv", folder / "zeros.csv"], folder / "gold.csv", resamples=200)
    assert any("10 ids of gold.csv are not in zeros.csv" in w for w in out["warnings"])
    assert any("1 ids of zeros.csv" in w for w in out["warnings"])
    (folder / "zeros.csv").write_text("\n".join(["id,label", *(f"r{i},0" for i in range(200))]))
    out = measure_files([folder / "preds.csv", folder / "zeros.csv"], folder / "gold.csv", resamples=200)
    assert out["models"]["zeros"]["versus"]["difference"] > 0.3
    assert out["models"]["zeros"]["versus"]["holm_p"] < 0.001


def test_several_classes(tmp_path):
    (tmp_path / "g.csv").write_text("id,label\n1,a\n2,b\n3,c\n4,a\n")
    (tmp_path / "p.csv").write_text("id,label\n1,a\n2,b\n3,a\n4,a\n")
    row = measure_files([tmp_path / "p.csv"], tmp_path / "g.csv", resamples=50)["models"]["p"]
    assert row["accuracy"][0] == 0.75
    assert row["macro_f1"][0] == pytest.approx(f1_score(list("abca"), list("abaa"), average="macro"), abs=1e-4)


@pytest.mark.parametrize(
    ("text", "told"),
    [("id,label\n1,0\n1,1\n", "stands there twice"), ("number,label\n1,0\n", "expected id and label"),
     ("id,label\n1,\n", "no label"), ("id,probability\n1,1.5\n", "no number between 0 and 1"),
     ("id,label\nx,1\n", "no id in common")],
)  # fmt: skip
def test_mistakes_are_named(tmp_path, text, told):
    (tmp_path / "p.csv").write_text(text)
    (tmp_path / "g.csv").write_text("id,label\n1,0\n2,1\n")
    with pytest.raises(InputError, match=told):
        measure_files([tmp_path / "p.csv"], tmp_path / "g.csv")
    with pytest.raises(MissingFileError, match="does not exist"):
        measure_files([tmp_path / "nothing.csv"], tmp_path / "g.csv")


class _Broken:
    """A backend with one promise broken."""

    def __init__(self, inner, kind):
        self._inner, self._kind, self._calls = inner, kind, 0

    def __getattr__(self, name):
        if name == "heads" and self._kind == "heads":
            return ("offensive",)
        return getattr(self._inner, name)

    def logits(self, texts, groups):
        out = self._inner.logits(texts, groups)
        self._calls += 1
        if self._kind == "restless":
            return out + np.float32(self._calls)
        if self._kind == "batch":
            return out + np.float32(len(texts))
        return out[:, :1] if self._kind == "shape" else out * np.float32("nan") if self._kind == "nan" else out

    def attribute(self, text, group, head):
        if self._kind == "raises":
            raise RuntimeError("no")
        return self._inner.attribute(text, group, head)[: -1 if self._kind == "attribute" else None]


@pytest.mark.parametrize(
    ("kind", "told"),
    [("heads", "must be among them"), ("restless", "the second time"), ("batch", "scored alone"), ("shape", "shape"),
     ("nan", "finite"), ("attribute", "attribute gives"), ("raises", "RuntimeError")],
)  # fmt: skip
def test_a_backend_that_breaks_a_promise_is_told_so(tiny, kind, told):
    assert check_backend(tiny.backend) == []
    assert any(told in line for line in check_backend(_Broken(tiny.backend, kind)))


def run(*arguments) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(a) for a in arguments])
    return int(stopped.value.code or 0)


def test_the_command_writes_a_report(data, tiny_folder, tmp_path, capsys):
    args = ("evaluate", "mk", "--model", tiny_folder, "--data", data, "--resamples", 100)
    assert run(*args, "--against", "hurtlex", "ldnoobw", "--out", tmp_path) == 0
    told = capsys.readouterr()
    assert "ldnoobw_v2/mk.txt is not in the data folder" in told.err
    found = json.loads((tmp_path / tiny_folder.name / "mk.json").read_text(encoding="utf-8"))
    assert [row["model"] for row in found["absent"]] == ["hurtlex", "ldnoobw"]
    assert (tmp_path / tiny_folder.name / "mk.html").is_file()


def test_the_command_takes_predictions(files, capsys):
    folder, *_ = files
    assert run("evaluate", "--predictions", folder / "preds.csv", "--gold", folder / "gold.csv") == 0
    assert "| preds | 200 |" in capsys.readouterr().out


def test_the_command_writes_questions_that_can_be_answered(data, tmp_path, capsys):
    path = tmp_path / "q.jsonl"
    assert run("evaluate", "hr", "--data", data, "--questions", path) == 0
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert {"key", "lang", "text"} == set(rows[0])
    assert len({row["key"] for row in rows}) == len(rows) > 300


@pytest.mark.parametrize(
    ("args", "told"),
    [(("evaluate",), "no language given"), (("evaluate", "klingon"), "unknown language"),
     (("evaluate", "hr", "--data", "/nowhere/at/all"), "no folder"), (("evaluate", "--gold", "x.csv"), "go together"),
     (("evaluate", "mk", "--against", "hatesona"), "unknown peer")],
)  # fmt: skip
def test_a_mistake_is_one_line_and_exit_code_2(args, told, capsys):
    assert run(*args) == 2
    assert told in capsys.readouterr().err
