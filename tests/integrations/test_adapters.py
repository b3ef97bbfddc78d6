"""Perspective, Detoxify and HateSonar: what code written for them expects."""

from __future__ import annotations

import math

import pytest

from narratives.errors import InputError, UnknownNameError
from narratives.integrations import opened
from narratives.integrations.detoxify import Detoxify
from narratives.integrations.hatesonar import Sonar
from narratives.integrations.perspective import build

POST = "Biblioteka u našoj ulici ponovo se otvara u ponedjeljak ujutro"
UNKNOWN = "東京都"


def request(text, **more):
    return {"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}, "IDENTITY_ATTACK": {}}, **more}


def test_a_name_opens_a_model_once(tiny_folder, tiny):
    assert opened(str(tiny_folder)) is opened(str(tiny_folder))
    assert opened(tiny) is tiny


def test_perspective_answers_in_its_shape(tiny, spoken):
    lang, text = spoken
    answer = build(tiny).comments().analyze(body=request(text, languages=[lang], clientToken="t")).execute()
    score = tiny.score(text, lang=lang)
    assert answer["clientToken"] == "t"
    assert answer["languages"] == [lang]
    toxicity = answer["attributeScores"]["TOXICITY"]
    assert toxicity["summaryScore"] == {"value": score.offensive, "type": "PROBABILITY"}
    assert answer["attributeScores"]["IDENTITY_ATTACK"]["summaryScore"]["value"] == score.hate
    assert toxicity["spanScores"] == [{"begin": 0, "end": len(text), "score": toxicity["summaryScore"]}]


def test_perspective_heeds_thresholds_and_marks_spans(tiny):
    client = build(tiny)
    body = request(POST, spanAnnotations=True)
    spans = client.analyze(body).execute()["attributeScores"]["TOXICITY"]["spanScores"]
    assert all(0 <= span["begin"] < span["end"] <= len(POST) for span in spans)
    body["requestedAttributes"] = {"TOXICITY": {"scoreThreshold": 1.1}}
    assert client.analyze(body).execute()["attributeScores"] == {}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "lacks comment.text"),
        ({"comment": {"text": POST}, "requestedAttributes": {}}, "no attribute"),
        ({"comment": {"text": 5}, "requestedAttributes": {"TOXICITY": {}}}, "no text"),
        (request(UNKNOWN), "cannot be read"),
    ],
)
def test_perspective_refuses_what_it_cannot_answer(tiny, body, message):
    with pytest.raises(InputError, match=message):
        build(tiny).analyze(body)


def test_perspective_knows_two_attributes(tiny):
    with pytest.raises(UnknownNameError, match="known: TOXICITY, IDENTITY_ATTACK"):
        build(tiny).analyze({"comment": {"text": POST}, "requestedAttributes": {"FLIRTATION": {}}})


def test_detoxify_gives_floats_for_one_and_lists_for_several(tiny, spoken):
    _, text = spoken
    model = Detoxify(tiny, device="cuda")
    one, several = model.predict(text), model.predict([text, UNKNOWN, text])
    assert one.keys() == several.keys() == {"toxicity", "identity_attack"}
    assert several["toxicity"][0] == several["toxicity"][2] == one["toxicity"] == tiny.score(text).offensive
    assert math.isnan(several["identity_attack"][1])
    assert model.predict([]) == {"toxicity": [], "identity_attack": []}
    assert len(model.predict([text])["toxicity"]) == 1  # a list stays a list


def test_hatesonar_gives_three_classes_that_sum_to_one(tiny, spoken):
    _, text = spoken
    answer = Sonar(tiny).ping(text=text)
    assert answer["text"] == text
    confidence = {entry["class_name"]: entry["confidence"] for entry in answer["classes"]}
    assert list(confidence) == ["hate_speech", "offensive_language", "neither"]
    assert sum(confidence.values()) == pytest.approx(1)
    assert min(confidence.values()) >= 0
    assert answer["top_class"] == max(confidence, key=confidence.get)
    assert confidence["hate_speech"] == tiny.score(text).hate


def test_hatesonar_does_not_guess(tiny):
    answer = Sonar(tiny).ping(text=UNKNOWN)
    assert answer["top_class"] is None
    assert all(math.isnan(entry["confidence"]) for entry in answer["classes"])
    with pytest.raises(InputError, match="one text"):
        Sonar(tiny).ping(text=["a"])
