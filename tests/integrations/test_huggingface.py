"""Our models where people expect transformers models."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("transformers", reason="needs the extra transformers")

import torch
from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer, pipeline

from narratives.errors import MissingFileError, OutputError
from narratives.integrations.huggingface import NarrativesModel, NarrativesTokenizer, text_of, with_widget
from narratives.languages import LANGUAGES
from narratives.scorer import load


@pytest.fixture(scope="session")
def saved(tiny_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hub") / "tiny"
    NarrativesModel.from_pretrained(tiny_folder).save_pretrained(folder)
    return folder


def test_a_folder_of_training_is_enough_for_a_pipeline(tiny_folder, tiny, spoken):
    _, text = spoken
    told = pipeline("text-classification", model=str(tiny_folder), top_k=None)([text])[0]
    score = tiny.score(text)
    assert {row["label"]: row["score"] for row in told} == {
        "offensive": pytest.approx(score.offensive, abs=1e-4),
        "hate": pytest.approx(score.hate, abs=1e-4),
    }


def test_batches_padding_and_odd_characters_change_nothing(saved, tiny):
    texts = ["dobar dan", "mirëdita 🐀 " * 40, "a\x00b", "<narratives-pad>", "\ud83d"]
    told = pipeline("text-classification", model=str(saved), batch_size=3, top_k=None)(texts)
    for row, expected in zip(told, tiny.predict_proba(texts), strict=True):
        found = {entry["label"]: entry["score"] for entry in row}
        assert [found["offensive"], found["hate"]] == pytest.approx(expected.tolist(), abs=1e-4)


@settings(max_examples=50)
@given(st.text())
def test_the_tokeniser_carries_every_text(text):
    ids = NarrativesTokenizer()(text)["input_ids"]
    assert text_of(ids) == text
    assert text_of([*ids, 0, 0]) == text


def test_the_auto_classes_know_our_folders(saved):
    config = AutoConfig.from_pretrained(saved)
    assert config.model_type == "narratives"
    assert config.id2label == {0: "offensive", 1: "hate"}
    assert config.problem_type == "multi_label_classification"
    assert isinstance(AutoTokenizer.from_pretrained(saved), NarrativesTokenizer)
    model = AutoModelForSequenceClassification.from_pretrained(saved)
    assert isinstance(model, NarrativesModel)
    batch = AutoTokenizer.from_pretrained(saved)(["dobar dan", "laku noć svima"], padding=True, return_tensors="pt")
    assert model(**batch).logits.shape == torch.Size([2, 2])


def test_what_is_saved_is_a_model_folder_again(saved, tiny):
    text = "Dobar dan svima"
    assert np.array_equal(load(saved).predict_proba([text]), tiny.predict_proba([text]))
    assert json.loads((saved / "tokenizer_config.json").read_text()) == {"tokenizer_class": "NarrativesTokenizer"}
    card = (saved / "README.md").read_text(encoding="utf-8")
    assert card.count("example_title: ") == len(LANGUAGES)
    assert with_widget(card) == card
    assert not list(saved.glob("*.bin"))
    with pytest.raises(OutputError, match="another folder"):
        NarrativesModel.from_pretrained(saved).save_pretrained(saved)


def test_a_tokeniser_of_the_model_itself_is_not_mistaken_for_ours(saved, tmp_path):
    folder = shutil.copytree(saved, tmp_path / "copy")
    (folder / "tokenizer_config.json").unlink()
    (folder / "tokenizer.json").write_text("{}")
    assert isinstance(AutoTokenizer.from_pretrained(folder), NarrativesTokenizer)


def test_a_card_keeps_its_front_matter():
    card = with_widget("---\nlicense: mit\n---\n\n# Model\n")
    assert card.startswith("---\nlicense: mit\nlibrary_name: narratives\n")
    assert card.endswith("\n---\n\n# Model\n")
    assert card.count("---\n") == 2


def test_pushing_uploads_card_and_checksums(tiny_folder, monkeypatch):
    seen = {}

    class Api:
        def __init__(self, token=None):
            seen["token"] = token

        def create_repo(self, repo_id, **options):
            seen["repo"] = repo_id, options

        def upload_folder(self, repo_id, folder_path, **options):
            seen["files"] = {path.name for path in folder_path.iterdir()}
            seen["scores"] = load(folder_path).score("Dobar dan svima").hate
            return f"https://hub/{repo_id}/commit/1"

    monkeypatch.setattr("huggingface_hub.HfApi", Api)
    model = NarrativesModel.from_pretrained(tiny_folder)
    assert model.push_to_hub("org/tiny", private=True, token="t") == "https://hub/org/tiny/commit/1"
    assert seen["repo"] == ("org/tiny", {"private": True, "exist_ok": True})
    assert {"README.md", "SHA256SUMS", "config.json", "model.safetensors", "tokenizer_config.json"} == seen["files"]
    assert seen["scores"] == load(tiny_folder).score("Dobar dan svima").hate


def test_a_folder_that_is_not_there():
    with pytest.raises(MissingFileError):
        NarrativesModel.from_pretrained("./not/there")
