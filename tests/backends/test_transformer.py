"""A transformers checkpoint read as one of our models."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("transformers", reason="needs the extra transformers")

from narratives.backends.labels import KNOWN_HEADS, LabelMap
from narratives.errors import InputError, MissingFileError, ModelError
from narratives.scorer import load


@pytest.fixture(scope="session")
def scorer(tiny_checkpoint):
    return load(tiny_checkpoint, batch_size=3)


@pytest.fixture
def copy(tiny_checkpoint, tmp_path):
    return shutil.copytree(tiny_checkpoint, tmp_path / "copy")


def reference(folder, texts):
    """What the library's own pipeline says, label by label."""
    from transformers import pipeline

    told = pipeline("text-classification", model=str(folder), top_k=None)(texts, truncation=True)
    return [{entry["label"]: entry["score"] for entry in row} for row in told]


def test_every_language_gets_what_the_pipeline_says(scorer, tiny_checkpoint, spoken):
    lang, text = spoken
    said = reference(tiny_checkpoint, [text])[0]
    score = scorer.score(text, lang=lang, evidence=False)
    assert score.hate == pytest.approx(said["hateful"], abs=1e-4)
    assert score.offensive == pytest.approx(said["hateful"] + said["offensive"], abs=1e-4)
    assert score.model.version == "local"
    assert score.narratives is None


TEXTS = st.lists(st.text(alphabet="abcčšđабвж .,!", max_size=60), max_size=9)


@settings(max_examples=20, deadline=None)
@given(TEXTS)
def test_order_is_kept_and_company_does_not_matter(scorer, texts):
    together = scorer.backend.logits(texts, ["bcms"] * len(texts))
    assert together.shape == (len(texts), 2)
    assert scorer.backend.encode(texts).shape == (len(texts), 32)
    for text, row in zip(texts, together, strict=True):
        assert np.allclose(scorer.backend.logits([text], ["bcms"])[0], row, atol=1e-4)


def test_no_more_tokens_are_computed_than_the_pipeline_computes_at_the_same_batch(tiny_checkpoint, monkeypatch):
    """What makes scoring no slower: rows padded to their batch, and batches of like length."""
    from transformers import pipeline

    texts = ["dobar dan", "dobar dan svima, danas je lijepo vrijeme u našoj ulici"] * 16
    plain = pipeline("text-classification", model=str(tiny_checkpoint), batch_size=8, top_k=None)
    ours = load(tiny_checkpoint, batch_size=8, device="cpu").backend

    def shapes(model, run):
        seen, forward = [], model.forward

        def noting(*args, **inputs):
            seen.append(tuple(inputs["input_ids"].shape))
            return forward(*args, **inputs)

        monkeypatch.setattr(model, "forward", noting)
        run()
        return seen

    theirs = shapes(plain.model, lambda: plain(texts))
    mine = shapes(ours.model, lambda: ours.logits(texts, ["bcms"] * 32))
    assert len(theirs) == len(mine) == 4  # equal batches
    counted = [sum(rows * tokens for rows, tokens in found) for found in (theirs, mine)]
    assert counted[1] < 0.7 * counted[0]


def test_a_long_post_is_read_in_part_and_says_so(scorer):
    short, long = "Biblioteka u našoj ulici", "Biblioteka u našoj ulici ponovo se otvara. " * 60
    assert not any("only in part" in reason for reason in scorer.score(short, lang="bs").reasons)
    reasons = scorer.score(long, lang="bs").reasons
    rest = scorer.backend.unread([short, long.rstrip()])
    assert f"The model read the post only in part: the last {rest[1]:,} characters are beyond its reach." in reasons
    assert rest[0] == 0
    cut = long[: len(long.rstrip()) - rest[1]]
    assert np.allclose(scorer.backend.logits([cut], ["bcms"]), scorer.backend.logits([long], ["bcms"]), atol=1e-4)


def test_attributions_belong_to_words(scorer):
    text = "grozni ljudi, dobar dan"
    share = scorer.backend.attribute(text, "bcms", "hate")
    assert share.shape == (len(text),)
    assert share[12] == share[13] == 0  # comma and blank
    whole, less = scorer.backend.logits([text, text.replace("grozni", "")], ["bcms"] * 2)[:, 1]
    assert share[:6].sum() == pytest.approx(whole - less, abs=1e-4)
    assert not scorer.backend.attribute("", "bcms", "hate").size


def test_evidence_points_into_the_original_post(tiny_checkpoint):
    # a threshold of nothing flags every post, so that evidence is looked for
    labels = json.loads((tiny_checkpoint / "narratives.json").read_text())
    always = {"temperature": 1, "offset": 0, "threshold": 0.0, "review": [0, 0], "rows": 9}
    scorer = load(tiny_checkpoint, labels={**labels, "calibration": {"hate": {"any": always}}})
    post = "Gr0zni  lju\u200bdi su dо\u0161li"  # a digit, an invisible mark and a Cyrillic о
    spans = scorer.score(post, lang="hr").evidence
    assert spans
    assert all(post[span.start : span.end] == span.text for span in spans)


def test_precisions_agree(tiny_checkpoint, scorer):
    texts = ["grozni ljudi", "dobar dan svima"] * 4
    exact = scorer.backend.logits(texts, ["bcms"] * 8)
    for precision, far in (("bf16", 0.2), ("int8", 0.3)):
        told = load(tiny_checkpoint, precision=precision, device="cpu").backend.logits(texts, ["bcms"] * 8)
        assert told.dtype == np.float32
        assert np.abs(told - exact).max() < far
        assert not np.array_equal(told, exact)


@pytest.mark.parametrize(
    "options",
    [
        {"device": "toaster"},
        {"precision": "fp8"},
        {"batch_size": 0},
        {"length": 3},
        {"precision": "int8", "device": "meta"},
    ],
)
def test_options_that_cannot_be_meant(tiny_checkpoint, options):
    with pytest.raises(InputError):
        load(tiny_checkpoint, **options)


def test_our_own_models_take_no_options(tiny_folder):
    with pytest.raises(InputError, match="device are for transformers"):
        load(tiny_folder, device="cpu")


def test_a_missing_mapping_prints_one_to_start_from(copy):
    (copy / "narratives.json").unlink()
    with pytest.raises(MissingFileError) as caught:
        load(copy)
    start = json.loads(str(caught.value)[str(caught.value).index('{"format"') :])
    assert start["labels"] == {"neutral": None, "offensive": "offensive", "hateful": ["offensive", "hate"]}
    assert load(copy, labels=start).heads == ("offensive", "hate")


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"neutral": None}, "the model has neutral, offensive, hateful"),
        ({"neutral": None, "offensive": None, "hateful": "hatred"}, "unknown head 'hatred'; known: offensive, hate"),
        ({"neutral": None, "offensive": "offensive", "hateful": None}, "maps no label to hate; a decision needs"),
        ({"neutral": "hate", "offensive": ["hate", "offensive"], "hateful": "hate"}, "every label to 'hate'"),
        (
            {"neutral": "stance.none", "offensive": "offensive", "hateful": "hate"},
            "no label to hostile, stance.asserted",
        ),
        ({"format": 2, "labels": {}}, "format"),
        ({"format": 1, "labels": {}, "labls": {}}, "labls"),
    ],
)
def test_a_mapping_that_does_not_fit(copy, labels, message):
    with pytest.raises(ModelError, match=message):
        load(copy, labels=labels)


def test_no_pickle_is_opened(copy):
    import torch

    torch.save({"a": torch.zeros(1)}, copy / "pytorch_model.bin")
    (copy / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="never opened"):
        load(copy)


def test_code_that_comes_along_is_never_run(copy, tmp_path):
    config = json.loads((copy / "config.json").read_text())
    config |= {
        "model_type": "evil",
        "auto_map": {"AutoConfig": "evil.C", "AutoModelForSequenceClassification": "evil.M"},
    }
    (copy / "config.json").write_text(json.dumps(config))
    (copy / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(ModelError, match="never run"):
        load(copy)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_damaged_checkpoint_is_one_line(copy, name):
    (copy / name).write_bytes((copy / name).read_bytes()[:40])
    with pytest.raises(ModelError) as caught:
        load(copy)
    assert "\n" not in str(caught.value)


def test_a_checksum_is_kept_where_there_is_one(copy):
    (copy / "SHA256SUMS").write_text(f"{'0' * 64}  model.safetensors\n")
    with pytest.raises(ModelError, match="does not match"):
        load(copy)


def test_a_model_that_was_never_trained_to_classify(tiny_base, tiny_checkpoint):
    with pytest.raises(ModelError, match="never trained to classify"):
        load(tiny_base, labels={"LABEL_0": None, "LABEL_1": "hate"})


@given(st.integers(1, 6).flatmap(lambda n: st.lists(st.floats(-20, 20, width=32), min_size=n + 1, max_size=n + 1)))
def test_probabilities_of_labels_that_exclude_each_other_add_up(row):
    scores = np.array([row], np.float32)
    labels = LabelMap(("hate",), {"hate": tuple(range(1, len(row)))}, multi_label=False)
    p = np.exp(scores[0] - np.logaddexp.reduce(scores[0]))
    told = 1 / (1 + np.exp(-labels.logits(scores)[0, 0].astype(np.float64)))
    assert told == pytest.approx(p[1:].sum(), abs=1e-4)


def test_of_independent_labels_the_strongest_speaks():
    labels = LabelMap(("offensive", "hate"), {"offensive": (0, 2), "hate": (2,)}, multi_label=True)
    assert labels.logits(np.array([[1.0, 5.0, -1.0]], np.float32)).tolist() == [[1.0, -1.0]]
    assert {"offensive", "hate", "narrative.invasion_flood"} <= set(KNOWN_HEADS)


def run(code, cache, **env):
    full = {**os.environ, "HF_HOME": str(cache), "HF_HUB_DISABLE_TELEMETRY": "1", **env}
    done = subprocess.run([sys.executable, "-c", code], env=full, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_a_model_of_the_hub_is_read_from_the_cache_without_asking(tiny_checkpoint, tmp_path):
    repo = tmp_path / "hub" / "models--org--tiny"
    shutil.copytree(tiny_checkpoint, repo / "snapshots" / COMMIT)
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text(COMMIT)
    code = f"""
import narratives
for name in ("hf:org/tiny", "hf:org/tiny@{COMMIT}", "hf:org/other"):
    try:
        info = narratives.load(name).info
        print(info.name, info.version)
    except narratives.NarrativesError as error:
        print(type(error).__name__, error)
"""
    told = run(code, tmp_path, HF_HUB_OFFLINE="1")
    assert told[:2] == [f"org/tiny {COMMIT}"] * 2
    assert told[2].startswith("MissingFileError hf:org/other is not in the cache")


class Hub(BaseHTTPRequestHandler):
    """As much of the hub as a download needs."""

    folder: Path
    asked: list[str]

    def do_GET(self):
        self.asked.append(self.path)
        if self.path.startswith("/api/models/org/tiny/tree/"):
            files = [{"type": "file", "path": p.name, "size": p.stat().st_size, "oid": p.name} for p in self.files()]
            return self.answer(json.dumps(files).encode())
        if self.path.startswith("/api/models/org/tiny"):
            about = {"id": "org/tiny", "sha": COMMIT, "siblings": [{"rfilename": p.name} for p in self.files()]}
            return self.answer(json.dumps(about).encode())
        name = self.path.rsplit("/", 1)[-1]
        if self.path.startswith(f"/org/tiny/resolve/{COMMIT}/") and (self.folder / name).is_file():
            return self.answer((self.folder / name).read_bytes(), name)
        return self.send_error(404)

    def do_HEAD(self):
        self.do_GET()

    def files(self):
        return sorted(p for p in self.folder.iterdir() if p.is_file())

    def answer(self, body, etag="x"):
        self.send_response(200)
        for key, value in {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT, "Content-Length": str(len(body))}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *args):
        pass


def test_the_hub_is_asked_for_one_commit_and_nothing_that_could_run(copy, tmp_path):
    for name in ("pytorch_model.bin", "modeling.py", "training_args.pt", "model.onnx"):
        (copy / name).write_bytes(b"never wanted")
    Hub.folder, Hub.asked = copy, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        code = "from narratives.backends.hub import fetch; print(*fetch('hf:org/tiny'), sep='\\n')"
        folder, commit = run(code, tmp_path / "cache", HF_ENDPOINT=f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
    assert commit == COMMIT
    fetched = {path.name for path in Path(folder).iterdir()}
    assert fetched == {"config.json", "model.safetensors", "narratives.json", "tokenizer.json", "tokenizer_config.json"}
    assert (Path(folder) / "model.safetensors").read_bytes() == (copy / "model.safetensors").read_bytes()
    assert not any("never" in path or path.endswith((".bin", ".py", ".pt")) for path in Hub.asked)
