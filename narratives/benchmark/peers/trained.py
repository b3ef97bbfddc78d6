"""The baseline of every paper: TF-IDF of character n-grams, a linear model, one corpus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

from narratives.benchmark.needs import need
from narratives.benchmark.peers.base import Answers, Floats, Ints

HEADS = ("offensive", "hate")
_FEWEST = 20  # of each class, to learn anything from

Training = Callable[[str, str], tuple[list[str], Ints]]
"""From corpus and head to training texts and 0/1 labels."""


class Features:
    """TF-IDF of character n-grams (2 to 5, within words), fitted once a corpus and shared by the baselines."""

    def __init__(self, training: Training) -> None:
        need("sklearn")
        self.training = training
        self._fitted: dict[str, tuple[Any, dict[str, tuple[Any, Ints]]]] = {}
        self._last: tuple[tuple[Any, ...], Any] = ((), None)

    def of(self, corpus: str) -> tuple[Any, dict[str, tuple[Any, Ints]]]:
        """The vectoriser of a corpus, and by head its training matrix and labels."""
        if corpus not in self._fitted:
            from sklearn.feature_extraction.text import TfidfVectorizer

            rows = {head: self.training(corpus, head) for head in HEADS}
            usable = {h: r for h, r in rows.items() if min(int(r[1].sum()), int((1 - r[1]).sum())) >= _FEWEST}
            vectoriser = TfidfVectorizer(
                analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True, dtype=np.float32
            )
            texts = list(dict.fromkeys(t for r in usable.values() for t in r[0]))
            matrices: dict[str, tuple[Any, Ints]] = {}
            if texts:
                table = vectoriser.fit_transform(texts)
                place = {text: i for i, text in enumerate(texts)}
                matrices = {h: (table[[place[t] for t in r[0]]], r[1]) for h, r in usable.items()}
            self._fitted = {corpus: (vectoriser, matrices)}  # one corpus at a time: they take hundreds of megabytes
        return self._fitted[corpus]

    def transform(self, corpus: str, texts: Sequence[str]) -> Any:
        """Texts as a matrix; the last ones are kept, since several baselines ask for the same."""
        key = (corpus, *texts)
        if self._last[0] != key:
            self._last = (key, self.of(corpus)[0].transform(texts))
        return self._last[1]


class Trained:
    """One linear model on :class:`Features`, fitted for each corpus and head that is asked for."""

    def __init__(self, kind: Literal["tfidf-lr", "tfidf-svm"], features: Features, seed: int) -> None:
        self.name = kind
        self.note = {
            "tfidf-lr": "character n-grams 2-5, TF-IDF, logistic regression (C=4, balanced), trained on the corpus "
            "named in each table",
            "tfidf-svm": "the same features, linear SVM (C=.5, balanced); scores are margins, not probabilities",
        }[kind]
        self._features, self._seed = features, seed
        self._models: dict[tuple[str, str], Any] = {}

    def _model(self, corpus: str, head: str) -> Any:
        if (corpus, head) not in self._models:
            from sklearn.linear_model import LogisticRegression
            from sklearn.svm import LinearSVC

            table, gold = self._features.of(corpus)[1][head]
            if self.name == "tfidf-lr":
                made: Any = LogisticRegression(
                    C=4, class_weight="balanced", solver="liblinear", dual=True, random_state=self._seed
                )
            else:
                made = LinearSVC(C=0.5, class_weight="balanced", random_state=self._seed)
            self._models[corpus, head] = made.fit(table, gold)
        return self._models[corpus, head]

    def answer(self, texts: Sequence[str], langs: Sequence[str], train_on: str | None = None) -> Answers:  # noqa: ARG002
        """Answer with the model of the named corpus; without one it has nothing to say."""
        if train_on is None or not texts:
            return Answers({})
        said: dict[str, Ints] = {}
        scores: dict[str, Floats] = {}
        for head in self._features.of(train_on)[1]:
            model, table = self._model(train_on, head), self._features.transform(train_on, texts)
            said[head] = np.asarray(model.predict(table), np.int64)
            raw = model.predict_proba(table)[:, 1] if self.name == "tfidf-lr" else model.decision_function(table)
            scores[head] = np.asarray(raw, np.float64)
        return Answers(said, scores, probabilistic=self.name == "tfidf-lr")
