"""Score posts: detect the language, fold the text, ask the model, decide, and say why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narratives.backends import ANY, Backend, as_written, open_model
from narratives.calibration import Calibration
from narratives.errors import InputError
from narratives.languages import BCMS, LANGUAGES
from narratives.results import Decision, LanguageGuess, ModelInfo, PostScore, Span
from narratives.text import detect_many, fold, normalise, normalise_text

LONGEST = 100_000
"""Characters of a post that are read; what comes after is ignored."""

_MOST_SPANS = 5
_SHORTEST_WORD = 3  # letters; particles carry weight in a model, but tell a reader nothing
_SPAN_SHARE = 0.1  # a word is shown when it carries at least this share of what speaks for the label

Language = str | Iterable[str | None] | None


@dataclass(frozen=True, slots=True)
class Scorer:
    """Scores posts with one model. Holds nothing but the model: no post is kept, no state changes.

    Make one with :func:`load`.
    """

    backend: Backend

    @property
    def heads(self) -> tuple[str, ...]:
        """Names of the scores, in the column order of :meth:`predict_proba`."""
        return self.backend.heads

    @property
    def info(self) -> ModelInfo:
        """Which model this is."""
        return self.backend.info

    def score(self, text: str, lang: str | None = None, *, evidence: bool = True) -> PostScore:
        """Score one post.

        Args:
            text: The post.
            lang: Its language (``"sr"``, ``"sr-Cyrl"``, ``"bcms"`` …); detected when ``None``.
            evidence: Whether to look for the words that speak for the labels.

        Returns:
            One reading, whatever the text: empty or in an unknown language gives ``unsupported``.

        Raises:
            UnknownNameError: ``lang`` names no known language.
            InputError: ``text`` is not a string.

        >>> load().score("Dobar dan svima, danas je lijepo vrijeme.").decision
        'clear'
        """
        return next(self.score_many([text], lang=lang, evidence=evidence))

    def score_many(
        self, posts: Iterable[str], *, batch_size: int = 256, lang: Language = None, evidence: bool = False
    ) -> Iterator[PostScore]:
        """Score posts lazily, in order, in constant memory; the same scores as one by one.

        Args:
            posts: Any iterable of posts, a generator too; read one batch ahead.
            batch_size: Posts scored together.
            lang: One language for all, or an iterable with one (or ``None``) a post.
            evidence: Whether to look for the words that speak for the labels; slower.

        Yields:
            One reading a post.

        Raises:
            UnknownNameError: A language is not known.
            InputError: A post is not a string, there are fewer languages than posts, or ``batch_size`` is below 1.
        """
        if isinstance(posts, str):
            raise InputError("score_many was given one string; expected an iterable of posts: pass [text] or use score")
        for batch, langs in self._batches(posts, batch_size, lang):
            texts = [text[:LONGEST] for text in batch]
            yield from self._score_batch(texts, langs, evidence)

    def predict_proba(
        self, texts: Iterable[str], *, lang: Language = None, batch_size: int = 256
    ) -> NDArray[np.float32]:
        """Calibrated probabilities, for measuring.

        Args:
            texts: Posts. One in an unknown language is scored with the weights all languages share.
            lang: As in :meth:`score_many`.
            batch_size: Posts scored together.

        Returns:
            Array of shape (texts, heads), float32, between 0 and 1.
        """
        if isinstance(texts, str):
            raise InputError("predict_proba was given one string; expected an iterable of posts: pass [text]")
        batches = self._batches(texts, batch_size, lang)
        parts = [self._probabilities(*self._prepare([t[:LONGEST] for t in b], tags)[1:]) for b, tags in batches]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.heads)), np.float32)

    @staticmethod
    def _batches(posts: Iterable[Any], size: int, lang: Language) -> Iterator[tuple[list[str], list[str | None]]]:
        if size < 1:
            raise InputError(f"batch_size is {size}; expected at least 1")
        stream = iter(posts)
        tags: Iterator[str | None] = repeat(lang) if lang is None or isinstance(lang, str) else iter(lang)
        while batch := list(islice(stream, size)):
            for position, text in enumerate(batch):
                if not isinstance(text, str):
                    kind = type(text).__name__
                    raise InputError(f"post {position} of a batch is {kind}; expected str: drop or fill nulls first")
            langs = list(islice(tags, len(batch)))
            if len(langs) < len(batch):
                raise InputError("there are fewer languages than posts; expected one (or None) a post")
            yield batch, langs

    def _prepare(
        self, texts: Sequence[str], langs: Sequence[str | None]
    ) -> tuple[list[LanguageGuess], list[str], list[str]]:
        guesses = detect_many(texts, langs)
        groups = [ANY if guess.group == "und" else guess.group for guess in guesses]
        read = normalise_text if as_written(self.backend) else fold
        return guesses, [read(text, guess.code) for text, guess in zip(texts, guesses, strict=True)], groups

    def _probabilities(self, folded: Sequence[str], groups: Sequence[str]) -> NDArray[np.float32]:
        logits = self.backend.logits(folded, groups)
        out = np.empty_like(logits)
        at = np.array(groups)
        for column, head in enumerate(self.heads):
            for group in set(groups):
                rows = at == group
                out[rows, column] = self.backend.calibration[head][group].probabilities(logits[rows, column])
        return out

    def _score_batch(self, texts: Sequence[str], langs: Sequence[str | None], evidence: bool) -> Iterator[PostScore]:
        guesses, folded, groups = self._prepare(texts, langs)
        table = self._probabilities(folded, groups).tolist()
        unread = self.backend.unread(folded) if as_written(self.backend) else [0] * len(folded)
        for text, guess, fold_, group, row, rest in zip(texts, guesses, folded, groups, table, unread, strict=True):
            if group == ANY or not fold_.strip():
                yield self._unsupported(guess, bool(fold_.strip()))
            else:
                score = self._decide(text, guess, dict(zip(self.heads, row, strict=True)), evidence)
                cut = (f"The model read the post only in part: the last {rest:,} characters are beyond its reach.",)
                yield replace(score, reasons=score.reasons + cut) if rest else score

    def _unsupported(self, guess: LanguageGuess, readable: bool) -> PostScore:
        known = ", ".join(LANGUAGES)
        why = (
            f"The language was not recognised as one of {known}; name it with lang= if it is."
            if readable
            else "There are no words to read."
        )
        return PostScore(guess, "unsupported", (why,), self.info)

    def _decide(self, text: str, guess: LanguageGuess, p: dict[str, float], evidence: bool) -> PostScore:
        hate = self.backend.calibration["hate"][guess.group]
        offensive = self.backend.calibration["offensive"][guess.group] if "offensive" in p else None
        verdict = hate.verdict(p["hate"])
        decision: Decision = {"above": "flag", "unsure": "review", "below": "clear"}[verdict]  # type: ignore[assignment]
        abusive = offensive is not None and p["offensive"] >= offensive.threshold
        labels = ("hate",) * (verdict == "above") + ("offensive",) * abusive
        reasons = _reasons(verdict, abusive, p, hate, offensive, self._caveat(guess))
        shown = labels or (("hate",) if verdict == "unsure" else ())
        spans = tuple(self._evidence(text, guess, shown)) if evidence and shown else ()
        return PostScore(
            guess, decision, reasons, self.info, p.get("offensive"), p["hate"], labels=labels, evidence=spans
        )

    def _caveat(self, guess: LanguageGuess) -> str | None:
        giver = self.backend.transferred.get(guess.group)
        if giver is None:
            return None
        name = next((lang.name for lang in (*LANGUAGES.values(), BCMS) if lang.code == guess.code), guess.code)
        source = BCMS.name if giver == BCMS.group else LANGUAGES[giver].name
        return f"No real labelled {name} posts exist: the model transfers what it learnt from {source}."

    def _evidence(self, text: str, guess: LanguageGuess, labels: Sequence[str]) -> Iterator[Span]:
        normal = normalise(text, guess.code)
        plain = as_written(self.backend)
        seen, span_of = (normal.text, normal.span) if plain else (normal.folded, normal.folded_span)
        words = [(start, end) for start, end in _words(seen) if end - start >= _SHORTEST_WORD]
        for label in labels:
            share = self.backend.attribute(seen, guess.group, label)
            weight = [(float(share[start:end].sum()), start, end) for start, end in words]
            total = sum(w for w, _, _ in weight if w > 0)
            top = sorted((w for w in weight if w[0] > _SPAN_SHARE * total), reverse=True)[:_MOST_SPANS]
            for _, start, end in sorted(top, key=lambda w: w[1]):
                span = span_of(start, end)
                if span[0] < span[1]:
                    yield Span(*span, text[slice(*span)], label, "model")


def _words(text: str) -> Iterator[tuple[int, int]]:
    start = None
    for i, c in enumerate(text):
        if c.isalnum():
            start = i if start is None else start
        elif start is not None:
            yield start, i
            start = None
    if start is not None:
        yield start, len(text)


def _reasons(
    verdict: str,
    abusive: bool,
    p: dict[str, float],
    hate: Calibration,
    offensive: Calibration | None,
    caveat: str | None,
) -> tuple[str, ...]:
    h = p["hate"]
    out = {
        "above": [f"Reads as an attack on people for who they are: hate {h:.2f}, threshold {hate.threshold:.2f}."],
        "unsure": [
            f"Too close to call: hate {h:.2f} lies between {hate.review[0]:.2f} and {hate.review[1]:.2f}; "
            "a person should read it."
        ],
        "below": [f"No attack on a group found: hate {h:.2f}, threshold {hate.threshold:.2f}."],
    }[verdict]
    if offensive is not None and abusive and verdict == "below":
        o, cut = p["offensive"], offensive.threshold
        out.append(f"Abusive language (offensive {o:.2f}, threshold {cut:.2f}) alone is not flagged.")
    return (*out, *([caveat] if caveat else []))


def load(model: str | Path | None = None, **options: Any) -> Scorer:
    """Open a model for scoring. Never touches the network, but for ``hf:organisation/model``.

    Args:
        model: Name of a shipped model, a model folder (ours or of transformers), ``hf:organisation/model[@revision]``
            for one of the Hugging Face hub, or ``None`` for the default.
        options: For transformers models: ``labels``, ``device``, ``precision``, ``length``, ``batch_size``; see
            :meth:`narratives.backends.transformer.TransformerBackend.load`.

    Returns:
        The scorer.

    Raises:
        UnknownNameError: No shipped model has that name.
        MissingFileError: The folder does not exist.
        ModelError: The folder is incomplete or damaged.

    >>> load().heads
    ('offensive', 'hate')
    """
    return Scorer(open_model(model, **options))
