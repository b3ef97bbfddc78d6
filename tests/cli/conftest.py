"""A scorer that needs no model: the word ``pests`` is hate, ``maybe`` is unsure, nothing to read is unsupported."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from narratives.cli import app
from narratives.results import LanguageGuess, ModelInfo, PostScore, Span

INFO = ModelInfo("fake", "1", "00" * 32)


class FakeScorer:
    heads = ("offensive", "hate")
    info = INFO

    def __init__(self):
        self.calls = []

    def score_many(self, posts, *, batch_size=1024, lang=None, parents=None, evidence=False):
        for post in posts:
            self.calls.append({"post": post, "lang": lang, "evidence": evidence})
            yield self.read(post, lang, evidence)

    @staticmethod
    def read(post, lang, evidence):
        language = LanguageGuess(lang or "en", lang or "en", "Latn", 1.0)
        if not post.strip():
            return PostScore(language, "unsupported", ("There are no words to read.",), INFO)
        at = post.find("pests")
        hate = 0.9 if at >= 0 else 0.5 if "maybe" in post else 0.1
        decision = {0.9: "flag", 0.5: "review", 0.1: "clear"}[hate]
        spans = (Span(at, at + 5, "pests", "offensive", "model"),) if evidence and at >= 0 else ()
        labels = ("hate",) if at >= 0 else ()
        return PostScore(language, decision, ("Because.",), INFO, hate, hate, labels=labels, evidence=spans)


@pytest.fixture
def scorer(monkeypatch):
    fake = FakeScorer()
    monkeypatch.setitem(sys.modules, "narratives.scorer", SimpleNamespace(load=lambda model=None: fake))
    return fake


@pytest.fixture
def run():
    def invoke(*args, **kwargs):
        return CliRunner().invoke(app, [str(arg) for arg in args], **kwargs)

    return invoke
