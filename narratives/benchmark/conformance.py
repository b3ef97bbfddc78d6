"""Whether somebody's own backend keeps the promises that scoring and measuring rest on."""

from __future__ import annotations

import numpy as np

from narratives.backends import ANY, Backend
from narratives.calibration import Calibration
from narratives.languages import GROUPS
from narratives.scorer import Scorer
from narratives.text import fold

_TEXTS = (
    ("The library in our street opens again on Monday morning", "en"),
    ("Biblioteka në rrugën tonë hapet përsëri të hënën", "sq"),
    ("Biblioteka u našoj ulici ponovo se otvara u ponedjeljak", "bs"),
    ("Библиотеката во нашата улица повторно се отвора", "mk"),
    ("Biblioteca de pe strada noastră se deschide din nou luni", "ro"),
    ("Sokağımızdaki kütüphane pazartesi sabahı yeniden açılıyor", "tr"),
)
_GROUP = {"en": "en", "sq": "sq", "bs": "bcms", "mk": "mk", "ro": "ro", "tr": "tr"}


def check_backend(backend: Backend) -> list[str]:
    """Try a backend on harmless sentences and say which promises of ``backends.Backend`` it breaks.

    Args:
        backend: Any object that means to be one.

    Returns:
        One sentence a broken promise; empty where all are kept. Nothing is raised for a broken one.

    >>> from narratives.backends import open_model
    >>> check_backend(open_model())
    []
    """
    promised = ("info", "heads", "calibration", "transferred", "logits", "attribute")
    wrong = [f"it has no {name}" for name in promised if not hasattr(backend, name)]
    if wrong:
        return wrong
    wrong += _declared(backend)
    texts, groups = [fold(text, lang) for text, lang in _TEXTS], [_GROUP[lang] for _, lang in _TEXTS]
    try:
        wrong += _logits(backend, texts, groups)
        wrong += _attribution(backend, texts[0])
        if not wrong:
            wrong += _scores(backend)
    except Exception as error:  # whatever a stranger's code raises is a broken promise, not ours to handle
        wrong.append(f"{type(error).__name__} on harmless sentences: {error}")
    return wrong


def _declared(backend: Backend) -> list[str]:
    wrong = []
    if not {"offensive", "hate"} <= set(backend.heads):
        wrong.append(f"heads are {', '.join(backend.heads)}; offensive and hate must be among them")
    if len(set(backend.heads)) < len(backend.heads):
        wrong.append("two heads have the same name")
    for head in backend.heads:
        table = backend.calibration.get(head, {})
        missing = [group for group in (ANY, *GROUPS) if not isinstance(table.get(group), Calibration)]
        if missing and head in {"offensive", "hate"}:
            wrong.append(f"head {head} has no calibration for {', '.join(missing)}")
    return wrong


def _logits(backend: Backend, texts: list[str], groups: list[str]) -> list[str]:
    wrong = []
    first = np.asarray(backend.logits(texts, groups))
    if first.shape != (len(texts), len(backend.heads)):
        return [f"logits have shape {first.shape}; expected {(len(texts), len(backend.heads))}"]
    if first.dtype != np.float32:
        wrong.append(f"logits are {first.dtype}; expected float32")
    if not np.isfinite(first).all():
        wrong.append("logits are not all finite")
    if not np.array_equal(first, backend.logits(texts, groups)):
        wrong.append("the same texts give other logits the second time")
    single = np.concatenate([backend.logits([t], [g]) for t, g in zip(texts, groups, strict=True)])
    if not np.allclose(first, single, atol=1e-3):
        wrong.append("a text scored alone differs from the same text in a batch")
    back = np.asarray(backend.logits(texts[::-1], groups[::-1]))[::-1]
    if not np.allclose(first, back, atol=1e-3):
        wrong.append("the order of the texts changes their logits")
    for case, given in (("no text", []), ("an empty text", [""]), ("a text in no known language", ["zzz qqq"])):
        found = np.asarray(backend.logits(given, [ANY] * len(given)))
        if found.shape != (len(given), len(backend.heads)) or not np.isfinite(found).all():
            wrong.append(f"{case} gives shape {found.shape} or values that are not finite")
    return wrong


def _attribution(backend: Backend, text: str) -> list[str]:
    share = np.asarray(backend.attribute(text, "en", "hate"))
    if share.shape != (len(text),) or not np.isfinite(share).all():
        return [f"attribute gives shape {share.shape} for {len(text)} characters; expected one finite number each"]
    return []


def _scores(backend: Backend) -> list[str]:
    wrong = []
    for post in Scorer(backend).score_many([t for t, _ in _TEXTS], lang=[lang for _, lang in _TEXTS], evidence=True):
        for head in ("offensive", "hate"):
            value = getattr(post, head)
            if value is None or not 0 <= value <= 1:
                wrong.append(f"{head} of a plain sentence is {value}; expected a number between 0 and 1")
    return wrong
