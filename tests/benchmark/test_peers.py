"""Adapters: what they answer, and what they say when something is missing."""

from __future__ import annotations

import json

import numpy as np
import pytest

from narratives.benchmark.peers.base import Context
from narratives.benchmark.peers.checkpoints import Checkpoint, Detoxify, hostile_labels
from narratives.benchmark.peers.given import AnswerFile, Function, function
from narratives.benchmark.peers.ours import Ours
from narratives.benchmark.peers.registry import expand, make_peers
from narratives.corpora import text_key
from narratives.errors import InputError, MissingExtraError, MissingFileError, UnknownNameError

TEXTS = ["Gamad jedna, van s njima", "Dobar dan svima", "Svi su lopovi"]
LANGS = ["hr"] * 3


def test_a_word_list_answers_and_shows_where(data):
    (model,), missing = make_peers(["hurtlex"], Context("hr", data))
    assert not missing
    given = model.answer(TEXTS, LANGS)
    assert given.said["hate"].tolist() == [1, 0, 0]  # lopovi stands at the inclusive level only
    assert [TEXTS[0][a:b] for a, b in model.spans(TEXTS[0])] == ["Gamad"]


@pytest.mark.parametrize("lang", ["en", "sq", "bs", "hr", "cnr", "sr", "mk", "ro", "tr"])
def test_what_is_missing_is_said_and_left_out(lang, tmp_path):
    models, missing = make_peers(["hurtlex", "ldnoobw"], Context(lang, tmp_path))
    assert not models
    assert [row["model"] for row in missing] == ["hurtlex", "ldnoobw"]
    assert all("get it from" in row["why"] and str(tmp_path) not in row["why"] for row in missing)


def test_baselines_learn_from_the_named_corpus_alone(data):
    models, _ = make_peers(["linear", "tfidf-svm"], Context("hr", data))
    for model in models:
        assert not model.answer(TEXTS, LANGS).said  # no corpus, nothing to say
        given = model.answer(["Svi oni su isti, van s njima", "Lijep članak, hvala autoru"], LANGS[:2], "frenk-hr")
        assert given.said["hate"].tolist() == [1, 0]
        assert given.probabilistic == (model.name == "tfidf-lr")


def test_hatesonar_and_profanity_check_run_here():
    pytest.importorskip("hatesonar")
    pytest.importorskip("profanity_check")
    models, missing = make_peers(["hatesonar", "profanity-check"], Context("en"))
    assert [m.name for m in models] == ["hatesonar", "profanity-check"], missing
    for model in models:
        given = model.answer(["shut up you dumbass", "The library opens on Monday"], ["en", "en"])
        assert given.said["offensive"].tolist() == [1, 0]
        assert 0 <= given.scores["hate"].min() <= given.scores["hate"].max() <= 1
        assert "English only" in model.note


def test_hatesonar_gives_the_same_with_and_without_the_locale():
    pytest.importorskip("hatesonar")
    from narratives.benchmark.peers.english import HateSonar

    texts = ["You Stupid IDIOT", "the library opens on Monday", "GO away"]
    first = HateSonar().answer(texts, ["en"] * 3)
    lowered = HateSonar().answer([t.lower() for t in texts], ["en"] * 3)
    assert np.allclose(first.scores["hate"], lowered.scores["hate"])


def test_any_callable_will_do():
    given = Function(lambda texts: [0.9, 0.1, 0.5]).answer(TEXTS, LANGS)
    assert given.said["hate"].tolist() == given.said["offensive"].tolist() == [1, 0, 1]
    two = Function(lambda texts: [[0.9, 0.1]] * 3).answer(TEXTS, LANGS)
    assert two.said["offensive"].tolist() == [1, 1, 1]
    assert two.said["hate"].tolist() == [0, 0, 0]
    for wrong in (lambda texts: [0.1], lambda texts: [2.0] * 3, lambda texts: [float("nan")] * 3):
        with pytest.raises(InputError, match="expected"):
            Function(wrong).answer(TEXTS, LANGS)
    with pytest.raises(InputError, match="module:function"):
        function("nowhere:nothing")


def test_answers_on_file_are_joined_by_key_or_text(tmp_path):
    rows = [{"key": text_key(TEXTS[0], "hr"), "answer": "Hateful."}, {"text": TEXTS[1], "hate": 0.2, "offensive": 0.7}]
    path = tmp_path / "llm.jsonl"
    path.write_text("\n".join(map(json.dumps, [*rows, {"text": TEXTS[2], "answer": "I cannot help with that"}])))
    given = AnswerFile(path).answer(TEXTS, LANGS)
    assert given.said["hate"].tolist() == [1, 0, 0]
    assert given.said["offensive"].tolist() == [1, 1, 0]
    assert given.unanswered == 1
    path.write_text('{"answer": "yes"}\n')
    with pytest.raises(InputError, match="line 1: neither key nor text"):
        AnswerFile(path)
    with pytest.raises(MissingFileError, match="expected JSON lines"):
        AnswerFile(tmp_path / "nothing.jsonl")


def test_a_checkpoint_in_a_folder_is_run(tmp_path):
    pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz", "##a", "##e", "##i"]
    (tmp_path / "vocab.txt").write_text("\n".join(words))
    config = transformers.BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        id2label={0: "neutral", 1: "hateful"}, label2id={"neutral": 0, "hateful": 1},
    )  # fmt: skip
    transformers.BertForSequenceClassification(config).save_pretrained(tmp_path)
    transformers.BertTokenizer(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    model = Checkpoint(str(tmp_path))
    given = model.answer(["a b c", "d", "e f g h i j"], ["en"] * 3)
    assert given.scores["hate"].shape == (3,)
    one = [model.answer([text], ["en"]).scores["hate"][0] for text in ("a b c", "d", "e f g h i j")]
    assert np.allclose(given.scores["hate"], one, atol=1e-5)  # the order within a batch changes nothing
    swapped = Checkpoint(f"{tmp_path}#neutral").answer(["a b c", "d", "e f g h i j"], ["en"] * 3)
    assert np.allclose(given.scores["hate"] + swapped.scores["hate"], 1, atol=1e-5)
    with pytest.raises(InputError, match="no such labels"):
        Checkpoint(f"{tmp_path}#kind")


def test_labels_of_checkpoints_are_read_by_name():
    assert hostile_labels({0: "NOT", 1: "HOF"}) == [1]
    assert hostile_labels({0: "toxic", 1: "severe_toxic", 2: "obscene", 3: "insult"}) == [0, 1, 3]
    assert hostile_labels({0: "LABEL_0", 1: "LABEL_1"}) == [1]
    assert hostile_labels({0: "non-hate", 1: "hate"}) == [1]
    with pytest.raises(InputError, match="cannot tell"):
        hostile_labels({0: "happy", 1: "sad"})


def test_weights_that_are_not_there_are_asked_for(tmp_path):
    with pytest.raises(MissingFileError, match="does not exist"):
        Checkpoint(str(tmp_path / "nothing"))
    with pytest.raises((MissingExtraError, MissingFileError)):
        Detoxify("")
    _, missing = make_peers([f"hf:{tmp_path / 'nothing'}", "detoxify"], Context("en"))
    assert len(missing) == 2


def test_names_of_peers():
    assert expand(["all"]) == expand(["all", "hurtlex", "linear"])
    with pytest.raises(UnknownNameError, match="known: hatesonar"):
        make_peers(["hatesona"], Context("en"))


def test_our_own_models_answer_like_the_scorer(tiny):
    model = Ours(tiny, "tiny")
    given = model.answer(TEXTS, LANGS)
    p = tiny.predict_proba(TEXTS, lang=LANGS)
    assert np.allclose(given.scores["hate"], p[:, list(tiny.heads).index("hate")])
    assert given.said["hate"].tolist() == [int(v >= 0.5) for v in given.scores["hate"]]
    assert given.flagged().tolist() == [post.decision == "flag" for post in given.posts]
    empty = model.answer(["", " "], ["hr", "hr"])
    assert empty.unanswered == 2
    assert not empty.flagged().any()
