"""The spaCy component: attributes, categories, spans, other processes, and back from the disk."""

from __future__ import annotations

import pytest

pytest.importorskip("spacy", reason="needs the extra spacy")

import spacy

from narratives.errors import UnknownNameError
from narratives.integrations.spacy import KEY, attach
from narratives.languages import LANGUAGES
from narratives.results import LanguageGuess, ModelInfo, PostScore, Span, Stance


@pytest.fixture(scope="module")
def nlp(tiny_folder):
    pipeline = spacy.blank("xx")
    pipeline.add_pipe("narratives", config={"model": str(tiny_folder)})
    return pipeline


def test_it_runs_in_the_pipeline_of_every_language(spoken, tiny_folder, tiny):
    code, text = spoken
    pipeline = spacy.blank(LANGUAGES[code].spacy)
    pipeline.add_pipe("narratives", config={"model": str(tiny_folder), "lang": code})
    doc = pipeline(text)
    score = tiny.score(text, lang=code)
    assert doc._.narratives == score
    assert doc.cats == {"offensive": pytest.approx(score.offensive), "hate": pytest.approx(score.hate)}
    assert len(doc.spans[KEY]) == len(score.evidence)
    for span, told in zip(doc.spans[KEY], score.evidence, strict=True):
        assert span.start_char <= told.start < told.end <= span.end_char
        assert span.label_ == told.label


def test_every_head_of_a_model_becomes_a_category_and_evidence_a_span():
    doc = spacy.blank("sr")("Ovo je invazija, kažu.")
    score = PostScore(
        LanguageGuess("sr", "bcms", "Latn", 1.0), "flag", ("r",), ModelInfo("m", "1", "0"), 0.5, 0.75,
        narratives={"invasion_flood": 0.875}, stance=Stance("asserted", {"asserted": 1.0}), labels=("invasion_flood",),
        evidence=(Span(8, 15, "invazij", "invasion_flood", "model"),),
    )  # fmt: skip
    attach(doc, score)
    assert doc.cats == {"offensive": 0.5, "hate": 0.75, "invasion_flood": 0.875}
    (span,) = doc.spans[KEY]
    assert (span.text, span.label_) == ("invazija", "invasion_flood")
    again = spacy.tokens.Doc(doc.vocab).from_bytes(doc.to_bytes())
    assert again._.narratives == doc._.narratives == score
    html = spacy.displacy.render(doc, style="span", options={"spans_key": KEY}, page=False, jupyter=False)
    assert "invasion_flood" in html


def test_other_processes_give_the_same(nlp):
    texts = ["Dobar dan svima", "", "Laku noć svima", "Bună ziua tuturor"] * 3
    alone = list(nlp.pipe(texts, batch_size=2))
    two = list(nlp.pipe(texts, n_process=2, batch_size=4))
    assert [doc._.narratives for doc in two] == [doc._.narratives for doc in alone]
    assert [doc.text for doc in two] == texts
    assert [[(s.start, s.end, s.label_) for s in doc.spans[KEY]] for doc in two] == [
        [(s.start, s.end, s.label_) for s in doc.spans[KEY]] for doc in alone
    ]
    assert alone[1]._.narratives.decision == "unsupported"
    assert alone[1].cats == {}


def test_a_pipeline_comes_back_from_disk_and_bytes(nlp, tmp_path):
    text = "Dobar dan svima"
    nlp.to_disk(tmp_path / "saved")
    back = spacy.load(tmp_path / "saved")
    assert back(text)._.narratives == nlp(text)._.narratives
    other = spacy.blank("xx")
    other.add_pipe("narratives", config={"model": nlp.get_pipe("narratives").model})
    assert other.from_bytes(nlp.to_bytes())(text)._.narratives == nlp(text)._.narratives


def test_a_document_that_was_not_scored_has_none():
    assert spacy.blank("sr")("Dobar dan")._.narratives is None


def test_mistakes_show_when_the_pipeline_is_built(tiny_folder):
    for config in ({"model": "defualt"}, {"model": str(tiny_folder), "lang": "xx"}):
        with pytest.raises(UnknownNameError):
            spacy.blank("sr").add_pipe("narratives", config=config)
