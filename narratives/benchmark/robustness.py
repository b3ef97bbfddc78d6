"""The same posts typed differently: what a model's figures are worth away from tidy text."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from narratives.benchmark.metrics import short
from narratives.benchmark.peers.base import Floats, Ints, Model
from narratives.benchmark.resampling import macro_f1, tables, weighted_roc_auc
from narratives.languages import LANGUAGES
from narratives.text import to_cyrillic, to_latin

NOISE = (0.05, 0.10, 0.20)
"""Shares of letters that are mistyped."""

Change = Callable[[str], str]


def other_script(text: str, lang: str) -> str:
    """The text in the language's other alphabet.

    >>> other_script("Dobar dan", "sr")
    'Добар дан'
    """
    cyrillic = sum("\u0400" <= c <= "\u04ff" for c in text)
    latin = sum(c.isascii() and c.isalpha() for c in text)
    return to_latin(text, lang) if cyrillic > latin else to_cyrillic(text, lang)


def folded(text: str, lang: str) -> str:
    """The text as a plain keyboard gives it: Latin letters without diacritics.

    >>> folded("Жута шљива, đak", "sr")
    'Zuta sljiva, dak'
    """
    text = unicodedata.normalize("NFC", to_latin(text, lang))
    table: dict[str, str | int | None] = {}
    for letter, typed in LANGUAGES[lang].folding.items():
        if len(letter) == 1:
            table |= {letter: typed[0], letter.upper(): typed[0].upper()}
    text = text.translate(str.maketrans(table))
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", plain)


def upper(text: str, lang: str) -> str:
    """Capitals by the rules of the language: i and ı differ in Turkish.

    >>> upper("ılık iş", "tr")
    'ILIK İŞ'
    """
    return text.replace("i", "İ").upper() if LANGUAGES[lang].casing == "turkic" else text.upper()


def noise(text: str, share: float, seed: int = 0) -> str:
    """Mistype letters: drop, double, exchange with the next, or hit another letter of the same post.

    The same text, share and seed give the same result on every machine.

    >>> noise("nothing happens", 0.0)
    'nothing happens'
    """
    digest = hashlib.blake2b(f"{seed}:{share}:{text}".encode(), digest_size=8).digest()
    rng = np.random.default_rng(int.from_bytes(digest, "big"))
    letters = [c for c in text if c.isalpha()]
    out, at = [], 0
    while at < len(text):
        c = text[at]
        if not c.isalpha() or rng.random() >= share:
            out.append(c)
        else:
            kind = rng.integers(4)
            if kind == 1:
                out.append(c + c)
            elif kind == 2 and at + 1 < len(text) and text[at + 1].isalpha():
                out.append(text[at + 1] + c)
                at += 1
            elif kind == 3:
                out.append(letters[rng.integers(len(letters))])
        at += 1
    return "".join(out)


def changes(lang: str, seed: int = 0) -> dict[str, Change]:
    """Ways to type a post of a language, by name; those that change nothing in it are left out."""
    language = LANGUAGES[lang]
    out: dict[str, Change] = {}
    if language.group in {"bcms", "mk"} and len(language.scripts) > 1:
        out["other script"] = lambda text: other_script(text, lang)
    if language.folding:
        out["folded"] = lambda text: folded(text, lang)
    for share in NOISE:
        out[f"noise {share:.0%}"] = lambda text, share=share: noise(text, share, seed)  # type: ignore[misc]
    if language.casing == "turkic":
        out["upper case"] = lambda text: upper(text, lang)
        out["upper case, plain keyboard"] = lambda text: folded(text, lang).upper()
    else:
        out["upper case"] = lambda text: upper(text, lang)
    return out


def robustness(
    model: Model,
    texts: Sequence[str],
    langs: Sequence[str],
    gold: Ints,
    head: str | None,
    *,
    train_on: str | None = None,
    seed: int = 0,
) -> dict[str, dict[str, Any]]:
    """Figures for each way of typing.

    Args:
        model: Model under test.
        texts: Posts as written, all of one language.
        langs: That language, once a post.
        gold: (texts,) 0 or 1.
        head: Head that is compared with gold, or ``None`` for whether the post is flagged.
        train_on: For baselines.
        seed: For the noise.

    Returns:
        By way of typing: ``macro_f1``, ``roc_auc`` (where there are scores), ``same_answer`` as for the posts as
        written, and ``mean_change`` of the score.
    """
    out: dict[str, dict[str, Any]] = {}
    first: tuple[Ints, Floats | None] | None = None
    ways: dict[str, Change] = {"as written": lambda text: text, **changes(langs[0], seed)}
    for name, change in ways.items():
        answers = model.answer([change(text) for text in texts], langs, train_on)
        if not answers.said or (head is not None and head not in answers.said):
            return {}
        said = answers.flagged().astype(np.int64) if head is None else answers.said[head]
        scores = answers.ranking() if head is None else answers.scores.get(head)
        row: dict[str, Any] = {"macro_f1": short(float(macro_f1(tables(gold, said))))}
        if scores is not None and 0 < gold.sum() < gold.size:
            row["roc_auc"] = short(float(weighted_roc_auc(gold, scores, np.ones((1, gold.size)))[0]))
        if first is None:
            first = said, scores
        else:
            row["same_answer"] = short(np.mean(said == first[0]))
            if scores is not None and first[1] is not None and answers.probabilistic:
                row["mean_change"] = short(np.abs(scores - first[1]).mean())
        out[name] = row
    return out
