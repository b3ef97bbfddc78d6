"""Readings made by hand, so that no test of answers needs a model."""

from __future__ import annotations

import pytest

from narratives import resources
from narratives.errors import MissingFileError
from narratives.languages import LANGUAGES
from narratives.results import LanguageGuess, ModelInfo, PostScore, Stance

INFO = ModelInfo("by hand", "1", "00" * 32)


def has_templates(lang: str) -> bool:
    try:
        return bool(resources.find(f"datasets/responses/{lang}.toml"))
    except MissingFileError:
        return False


READY = [lang for lang in LANGUAGES if has_templates(lang)]


def _reading(lang="en", labels=(), severity=2, script=None, decision="flag", stance="asserted", **more) -> PostScore:
    language = LANGUAGES.get(lang)
    guess = LanguageGuess(lang, language.group if language else "bcms", script or "Latn", 1.0)
    p = {label: 0.9 - 0.1 * i for i, label in enumerate(labels)}
    held = None if stance is None else Stance(stance, {stance: 1.0})
    return PostScore(
        language=guess,
        decision=decision,
        reasons=("Because.",),
        model=INFO,
        offensive=0.9,
        hate=0.9,
        narratives=None if stance is None else p,
        stance=held,
        targets=None if stance is None else {},
        labels=tuple(labels),
        language_severity=severity,
        **more,
    )


@pytest.fixture(params=list(LANGUAGES))
def lang(request) -> str:
    """Every language with templates in turn."""
    if request.param not in READY:
        pytest.skip(f"no templates for {request.param} yet")
    return request.param


@pytest.fixture
def reading():
    """A function that makes a reading by hand; ``stance=None`` makes one as of a model without narratives."""
    return _reading


@pytest.fixture
def ready() -> list[str]:
    """The languages that have templates."""
    return READY
