"""scikit-learn estimators over texts: features of the model, and a classifier that learns from few posts of yours."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from narratives.errors import InputError, MissingExtraError, NarrativesError
from narratives.integrations.opened import opened
from narratives.scorer import Scorer

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
    from sklearn.utils.validation import check_is_fitted
except ImportError:
    raise MissingExtraError('the estimators need the extra train: pip install "narratives[train]"') from None


class NarrativesVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Texts to the features of a model: the encoder's vector, or the log-odds of the heads where it has no encoder.

    Args:
        model: What :func:`narratives.load` takes, or a scorer. Prefer a name: it is what a pickle holds.
        lang: Language of all texts; detected one by one when ``None``.
        features: ``encoder``, ``heads``, or ``auto``: the encoder where the model has one; a warning says where not.

    Attributes:
        features_: ``encoder`` or ``heads``.
        n_features_out_: Columns that :meth:`transform` gives.

    >>> vectorizer = NarrativesVectorizer(features="heads").fit(["Dobar dan svima"])
    >>> vectorizer.transform(["Dobar dan svima", "Mirëdita"]).shape[0]
    2
    """

    def __init__(self, model: Any = None, lang: str | None = None, features: str = "auto") -> None:
        self.model = model
        self.lang = lang
        self.features = features

    def fit(self, X: Iterable[str], y: Any = None) -> Self:  # noqa: N803, ARG002
        """Open the model; nothing is learnt.

        Raises:
            InputError: The texts are not strings, or ``features`` is none of the three words.
        """
        if self.features not in {"auto", "encoder", "heads"}:
            raise InputError(f"features is {self.features!r}; expected auto, encoder or heads")
        read_texts(X)
        scorer = opened(self.model)
        kind = self.features
        if kind != "heads":
            found = _encoder(scorer)
            if found is None and kind == "encoder":
                raise InputError(f"the model {scorer.info.name} has no encoder; use features='heads' or another model")
            if found is None:
                warnings.warn(
                    f"the model {scorer.info.name} has no encoder: the features are the log-odds of its "
                    f"{len(scorer.heads)} heads; say features='heads' to have it so without this warning",
                    UserWarning,
                    stacklevel=2,
                )
            kind = "heads" if found is None else "encoder"
        self.features_ = kind
        self.n_features_out_ = self._features(scorer, ["a"]).shape[1]
        return self

    def transform(self, X: Iterable[str]) -> NDArray[np.float32]:  # noqa: N803
        """Features, shape (texts, ``n_features_out_``), float32."""
        check_is_fitted(self)
        return self._features(opened(self.model), read_texts(X))

    def _features(self, scorer: Scorer, texts: list[str]) -> NDArray[np.float32]:
        if self.features_ == "encoder":
            return np.asarray(_encoder(scorer)(texts, lang=self.lang), np.float32)
        p = np.clip(scorer.predict_proba(texts, lang=self.lang), 1e-6, 1 - 1e-6)
        return np.asarray(np.log(p) - np.log1p(-p), np.float32)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:  # noqa: ARG002
        """Names of the columns: ``encoder_0`` …, or the heads."""
        check_is_fitted(self)
        if self.features_ == "heads":
            return np.array(opened(self.model).heads, dtype=object)
        return np.array([f"encoder_{i}" for i in range(self.n_features_out_)], dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        return _of_texts(tags)


class NarrativesClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A logistic regression on the features of a model: learns labels of yours from a few hundred posts.

    Args:
        model: As in :class:`NarrativesVectorizer`.
        lang: As there.
        features: As there.
        C: Inverse strength of the L2 penalty.
        class_weight: As in ``sklearn.linear_model.LogisticRegression``.
        max_iter: Iterations at most.

    Attributes:
        classes_: Labels, sorted.
        vectorizer_: The fitted :class:`NarrativesVectorizer`.
        model_: The fitted logistic regression, on standardised features.

    >>> posts = ["Dobar dan svima", "Mirëdita", "Bună ziua", "Good morning"]
    >>> NarrativesClassifier(features="heads").fit(posts, [0, 1, 0, 1]).predict(posts[:1]).shape
    (1,)
    """

    def __init__(
        self,
        model: Any = None,
        lang: str | None = None,
        features: str = "auto",
        C: float = 1.0,  # noqa: N803
        class_weight: Any = "balanced",
        max_iter: int = 1000,
    ) -> None:
        self.model = model
        self.lang = lang
        self.features = features
        self.C = C
        self.class_weight = class_weight
        self.max_iter = max_iter

    def fit(self, X: Iterable[str], y: Any, sample_weight: Any = None) -> Self:  # noqa: N803
        """Learn from labelled texts.

        Raises:
            InputError: The texts are not strings, or there are more or fewer labels.
        """
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        from sklearn.utils.multiclass import check_classification_targets

        texts, labels = read_texts(X), np.asarray(y)
        if labels.shape != (len(texts),):
            raise InputError(f"there are {len(texts)} texts and labels of shape {labels.shape}; expected one a text")
        check_classification_targets(labels)
        self.vectorizer_ = NarrativesVectorizer(self.model, self.lang, self.features).fit(texts)
        logistic = LogisticRegression(C=self.C, class_weight=self.class_weight, max_iter=self.max_iter)
        self.model_ = make_pipeline(StandardScaler(), logistic)
        self.model_.fit(self.vectorizer_.transform(texts), labels, logisticregression__sample_weight=sample_weight)
        self.classes_ = self.model_.classes_
        return self

    def predict(self, X: Iterable[str]) -> NDArray[Any]:  # noqa: N803
        """The likeliest label of each text."""
        check_is_fitted(self)
        return np.asarray(self.model_.predict(self.vectorizer_.transform(X)))

    def predict_proba(self, X: Iterable[str]) -> NDArray[np.float64]:  # noqa: N803
        """Probabilities, shape (texts, classes), in the order of ``classes_``."""
        check_is_fitted(self)
        return np.asarray(self.model_.predict_proba(self.vectorizer_.transform(X)))

    def __sklearn_tags__(self) -> Any:
        return _of_texts(super().__sklearn_tags__())


def read_texts(X: Iterable[Any]) -> list[str]:  # noqa: N803
    """Texts as a list: of a list, an array, a column of a table.

    Raises:
        InputError: It is one string, a table, empty, or holds something that is no string.
    """
    if isinstance(X, str):
        raise InputError("one string was given; expected several texts: pass [text]")
    if getattr(X, "ndim", 1) != 1:
        raise InputError("a table was given; expected a list or one column of texts: pass table['text']")
    texts = list(X)
    for place, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError(f"text {place} is {type(text).__name__}; expected str: drop or fill nulls first")
    if not texts:
        raise InputError("no text was given; expected at least one")
    return [str(text) for text in texts]


def _encoder(scorer: Scorer) -> Any:
    """``scorer.encode`` where the model can do it, else ``None``."""
    encode = getattr(scorer, "encode", None)
    if encode is None:
        return None
    try:
        encode(["a"])
    except (NarrativesError, NotImplementedError, AttributeError):
        return None
    return encode


def _of_texts(tags: Any) -> Any:
    tags.input_tags.string = True
    tags.input_tags.one_d_array = True
    tags.input_tags.two_d_array = False
    return tags
