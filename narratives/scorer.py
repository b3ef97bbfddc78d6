"""Score posts: detect the language, fold the text, ask the model, decide, and say why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narratives.backends import ANY, Backend, as_written, open_model
from narratives.calibration import Calibration
from narratives.context import own_words
from narratives.decision import rule
from narratives.errors import InputError, ModelError
from narratives.evidence import find_evidence
from narratives.explain import sentence
from narratives.languages import BCMS, LANGUAGES
from narratives.results import LanguageGuess, ModelInfo, PostScore, Stance
from narratives.text import detect_many, fold, normalise_text

LONGEST = 100_000
"""Characters of a post that are read; what comes after is ignored."""

Language = str | Iterable[str | None] | None


@dataclass(frozen=True, slots=True)
class Scorer:
    """Scores posts with one model. Holds the model, and how words are cut into pieces; no post is kept.

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

    def score(
        self, text: str, lang: str | None = None, *, parent: str | None = None, evidence: bool = True
    ) -> PostScore:
        """Score one post.

        Args:
            text: The post.
            lang: Its language (``"sr"``, ``"sr-Cyrl"``, ``"bcms"`` …); detected when ``None``.
            parent: The post it answers, if it is a reply: what it copies from there is not held against its writer.
            evidence: Whether to look for the words that speak for the labels.

        Returns:
            One reading, whatever the text: empty or in an unknown language gives ``unsupported``.

        Raises:
            UnknownNameError: ``lang`` names no known language.
            InputError: ``text`` is not a string.

        >>> load().score("Dobar dan svima, danas je lijepo vrijeme.").decision
        'clear'
        """
        parents = None if parent is None else [parent]
        return next(self.score_many([text], lang=lang, parents=parents, evidence=evidence))

    def score_many(
        self,
        posts: Iterable[str],
        *,
        batch_size: int = 1024,
        lang: Language = None,
        parents: Iterable[str | None] | None = None,
        evidence: bool = False,
    ) -> Iterator[PostScore]:
        """Score posts lazily, in order, in constant memory; the same scores as one by one.

        Args:
            posts: Any iterable of posts, a generator too; read one batch ahead.
            batch_size: Posts scored together.
            lang: One language for all, or an iterable with one (or ``None``) a post.
            parents: The post that each one answers, or ``None``; see :meth:`score`.
            evidence: Whether to look for the words that speak for the labels; slower.

        Yields:
            One reading a post.

        Raises:
            UnknownNameError: A language is not known.
            InputError: A post is not a string, there are fewer languages or parents than posts, or ``batch_size`` is
                below 1.
        """
        if isinstance(posts, str):
            raise InputError("score_many was given one string; expected an iterable of posts: pass [text] or use score")
        answered: Iterator[str | None] = repeat(None) if parents is None else iter(parents)
        for batch, langs in self._batches(posts, batch_size, lang):
            before = list(islice(answered, len(batch)))
            if len(before) < len(batch):
                raise InputError("there are fewer parents than posts; expected one (or None) a post")
            yield from self._score_batch([text[:LONGEST] for text in batch], langs, before, evidence)

    def explain(self, text: str, lang: str | None = None, *, parent: str | None = None) -> str:
        """Say in plain English what a post was read as and which words made it so; arguments as in :meth:`score`.

        >>> load().explain("Dobar dan svima, danas je lijepo vrijeme.").split(":")[0]
        'Clear'
        """
        return sentence(self.score(text, lang, parent=parent))

    def encode(self, texts: Iterable[str], *, lang: Language = None, batch_size: int = 1024) -> NDArray[np.float32]:
        """Vectors of posts from the model's encoder, for search, clustering or a model of one's own.

        Args:
            texts: Posts.
            lang: As in :meth:`score_many`.
            batch_size: Posts encoded together.

        Returns:
            Array of shape (texts, width), float32; posts of like meaning lie close in any of the languages.

        Raises:
            ModelError: The model has no encoder.
        """
        if not hasattr(self.backend, "encode"):
            raise ModelError(f"model {self.info.name} has no encoder; use the default model, load()")
        if isinstance(texts, str):
            raise InputError("encode was given one string; expected an iterable of posts: pass [text]")
        parts = [
            self.backend.encode(self._prepare([t[:LONGEST] for t in batch], tags)[1])
            for batch, tags in self._batches(texts, batch_size, lang)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, self.backend.encode([]).shape[1]), np.float32)

    def predict_proba(
        self, texts: Iterable[str], *, lang: Language = None, batch_size: int = 1024
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
        stance = [i for i, head in enumerate(self.heads) if head.startswith("stance.")]
        for group in set(groups):
            rows = at == group
            for column, head in enumerate(self.heads):
                out[rows, column] = self.backend.calibration[head][group].probabilities(logits[rows, column])
            if stance:  # one choice of five
                scaled = (
                    logits[np.ix_(rows, stance)] / self.backend.calibration[self.heads[stance[0]]][group].temperature
                )
                scaled = np.exp(scaled - scaled.max(axis=1, keepdims=True))
                out[np.ix_(rows, stance)] = scaled / scaled.sum(axis=1, keepdims=True)
        return out

    def _score_batch(
        self, texts: Sequence[str], langs: Sequence[str | None], parents: Sequence[str | None], evidence: bool
    ) -> Iterator[PostScore]:
        guesses, folded, groups = self._prepare(texts, langs)
        table = self._probabilities(folded, groups).tolist()
        unread = self.backend.unread(folded) if as_written(self.backend) else [0] * len(folded)
        tables: dict[str, dict[str, Calibration]] = {}
        for i, (text, guess, group) in enumerate(zip(texts, guesses, groups, strict=True)):
            if group == ANY or not folded[i].strip():
                yield self._unsupported(guess, any(c.isalpha() for c in folded[i]))
                continue
            if group not in tables:
                tables[group] = {head: groups[group] for head, groups in self.backend.calibration.items()}
            parent = parents[i]
            p = dict(zip(self.heads, table[i], strict=True))
            p = p if parent is None else self._answering(text, parent, guess, p)
            score = self._decide(text, guess, p, tables[group], evidence)
            if unread[i]:
                cut = f"The model read the post only in part: the last {unread[i]:,} characters are beyond its reach."
                score = replace(score, reasons=(*score.reasons, cut))
            yield score

    def _answering(self, text: str, parent: str, guess: LanguageGuess, p: dict[str, float]) -> dict[str, float]:
        """Of a reply: hostility of its own words, stance of all of it, and its parent's stories as mentioned."""
        own = own_words(text, parent[:LONGEST], guess.code)
        texts = [own, parent[:LONGEST]]
        read = normalise_text if as_written(self.backend) else fold
        mine, theirs = self._probabilities([read(t, guess.code) for t in texts], [guess.group] * 2).tolist()
        said, answered = dict(zip(self.heads, mine, strict=True)), dict(zip(self.heads, theirs, strict=True))
        out = {head: value if head.startswith("stance.") else said[head] for head, value in p.items()}
        for head in out:
            if head.startswith("mention."):
                out[head] = max(p[head], answered[head])
        return out

    def _unsupported(self, guess: LanguageGuess, readable: bool) -> PostScore:
        known = ", ".join(LANGUAGES)
        why = (
            f"The language was not recognised as one of {known}; name it with lang= if it is."
            if readable
            else "There are no words to read."
        )
        return PostScore(guess, "unsupported", (why,), self.info)

    def _decide(
        self, text: str, guess: LanguageGuess, p: dict[str, float], table: Mapping[str, Calibration], evidence: bool
    ) -> PostScore:
        ruling = rule(p, table)
        caveat = self._caveat(guess)
        shown = ruling.labels or (("hostile" if "hostile" in p else "hate",) if ruling.decision == "review" else ())
        spans = find_evidence(self.backend, text, guess, shown) if evidence and shown else ()
        return PostScore(
            guess,
            ruling.decision,
            (*ruling.reasons, *([caveat] if caveat else [])),
            self.info,
            p.get("offensive"),
            p["hate"],
            hostile=p.get("hostile"),
            narratives=_part(p, self.heads, "narrative"),
            stance=_stance(p, self.heads),
            targets=_part(p, self.heads, "target"),
            labels=ruling.labels,
            mentioned=ruling.mentioned,
            language_severity=ruling.severity,
            evidence=spans,
        )

    def _caveat(self, guess: LanguageGuess) -> str | None:
        giver = self.backend.transferred.get(guess.group)
        if giver is None:
            return None
        name = next((lang.name for lang in (*LANGUAGES.values(), BCMS) if lang.code == guess.code), guess.code)
        source = BCMS.name if giver == BCMS.group else LANGUAGES[giver].name
        return f"No real labelled {name} posts exist: the model transfers what it learnt from {source}."


@lru_cache
def _named(heads: tuple[str, ...], kind: str) -> tuple[tuple[str, str], ...]:
    """(name without its kind, head) of the heads of a kind."""
    return tuple((head.partition(".")[2], head) for head in heads if head.startswith(f"{kind}."))


def _part(p: dict[str, float], heads: tuple[str, ...], kind: str) -> dict[str, float] | None:
    return {name: p[head] for name, head in _named(heads, kind)} or None


def _stance(p: dict[str, float], heads: tuple[str, ...]) -> Stance | None:
    found = _part(p, heads, "stance")
    return None if found is None else Stance(max(found, key=found.__getitem__), found)


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

    >>> load().heads[:3]
    ('offensive', 'hate', 'hostile')
    """
    return Scorer(open_model(model, **options))
