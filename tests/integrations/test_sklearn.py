"""scikit-learn's own checks, and the places where people put estimators."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("sklearn", reason="needs the extra train")

from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline, make_union
from sklearn.utils import estimator_checks as checks

from narratives.errors import InputError
from narratives.integrations.sklearn import NarrativesClassifier, NarrativesVectorizer

TEXTS = [f"{word} {i}" for i in range(6) for word in ("dobar dan svima", "mirëdita të gjithëve", "günaydın herkese")]
KINDS = ["a", "b", "c"] * 6


class WithEncoder:
    """A scorer of a model that has an encoder: the length of a text and its first letter."""

    heads = ("offensive", "hate")

    def encode(self, texts, *, lang=None):
        return np.array([[len(t), ord(t[0]), 1.0] for t in texts], np.float64)


@pytest.fixture
def with_encoder(monkeypatch):
    scorer = WithEncoder()
    monkeypatch.setattr("narratives.integrations.sklearn.opened", lambda model: scorer)


# most of scikit-learn's checks feed numbers; these ask what holds for estimators over texts too
CHECKS = (
    checks.check_no_attributes_set_in_init,
    checks.check_parameters_default_constructible,
    checks.check_get_params_invariance,
    checks.check_set_params,
    checks.check_estimator_repr,
    checks.check_estimator_cloneable,
    checks.check_estimator_tags_renamed,
    checks.check_valid_tag_types,
    checks.check_mixin_order,
)


@pytest.mark.parametrize("kind", [NarrativesVectorizer, NarrativesClassifier])
def test_scikit_learns_own_checks(kind, tiny_folder):
    estimator = kind(str(tiny_folder), features="heads")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it takes no tables of numbers
        done = checks.check_estimator(estimator, on_fail=None)
    assert [check["check_name"] for check in done if check["status"] == "failed"] == []
    for check in CHECKS:
        check(kind.__name__, clone(estimator))


def test_features_are_the_log_odds_of_the_heads(tiny_folder, tiny):
    vectorizer = NarrativesVectorizer(str(tiny_folder), features="heads")
    with pytest.raises(NotFittedError):
        vectorizer.transform(TEXTS)
    out = vectorizer.fit_transform(TEXTS)
    assert out.dtype == np.float32
    assert np.allclose(1 / (1 + np.exp(-out)), tiny.predict_proba(TEXTS), atol=1e-5)
    assert list(vectorizer.get_feature_names_out()) == ["offensive", "hate"]


def test_a_model_without_an_encoder_says_so(tiny_folder):
    with pytest.warns(UserWarning, match="has no encoder: the features are the log-odds of its 2 heads"):
        assert NarrativesVectorizer(str(tiny_folder)).fit(TEXTS).features_ == "heads"
    with pytest.raises(InputError, match="has no encoder"):
        NarrativesVectorizer(str(tiny_folder), features="encoder").fit(TEXTS)


def test_an_encoder_is_used_where_there_is_one(with_encoder):
    vectorizer = NarrativesVectorizer().fit(TEXTS)
    assert vectorizer.features_ == "encoder"
    assert vectorizer.transform(["abc"]).tolist() == [[3.0, 97.0, 1.0]]
    assert list(vectorizer.get_feature_names_out()) == ["encoder_0", "encoder_1", "encoder_2"]


def test_a_classifier_learns_labels_of_ones_own(with_encoder):
    classifier = NarrativesClassifier(C=100).fit(TEXTS, KINDS)
    assert list(classifier.classes_) == ["a", "b", "c"]
    assert classifier.score(TEXTS, KINDS) == 1.0
    p = classifier.predict_proba(TEXTS)
    assert p.shape == (18, 3)
    assert np.allclose(p.sum(1), 1)
    assert list(classifier.classes_[p.argmax(1)]) == list(classifier.predict(TEXTS)) == KINDS
    weighted = NarrativesClassifier(class_weight=None).fit(TEXTS, KINDS, sample_weight=[1, 0, 1] * 6)
    assert "b" not in weighted.predict(TEXTS)


def test_pipelines_searches_clones_and_pickles(tiny_folder):
    vectorizer = NarrativesVectorizer(str(tiny_folder), features="heads")
    pipeline = make_pipeline(make_union(vectorizer), LogisticRegression())
    assert len(cross_val_score(pipeline, TEXTS, KINDS, cv=3)) == 3
    classifier = NarrativesClassifier(str(tiny_folder), features="heads")
    search = GridSearchCV(classifier, {"C": [0.1, 10.0]}, cv=2).fit(TEXTS, KINDS)
    assert search.best_params_["C"] in {0.1, 10.0}
    best = search.best_estimator_
    assert clone(best).get_params() == best.get_params()
    assert not hasattr(clone(best), "model_")
    data = pickle.dumps(best)
    assert len(data) < 20_000  # the name of the model, not the model
    assert list(pickle.loads(data).predict(TEXTS)) == list(best.predict(TEXTS))


@pytest.mark.parametrize("kind", [np.array, pd.Series, tuple, lambda t: pd.Series(t, dtype="string"), iter])
def test_texts_come_in_many_kinds(kind, tiny_folder):
    vectorizer = NarrativesVectorizer(str(tiny_folder), features="heads").fit(TEXTS)
    assert vectorizer.transform(kind(TEXTS)).shape == (18, 2)


@pytest.mark.parametrize("texts", ["one", [1, 2], [], pd.DataFrame({"t": ["a"]}), np.array([["a"]]), [None, "a"]])
def test_what_is_no_column_of_texts_is_refused(texts, tiny_folder):
    with pytest.raises(InputError):
        NarrativesVectorizer(str(tiny_folder), features="heads").fit(texts)


def test_labels_must_go_with_texts(tiny_folder):
    with pytest.raises(InputError, match="expected one a text"):
        NarrativesClassifier(str(tiny_folder), features="heads").fit(TEXTS, KINDS[:3])
    with pytest.raises(InputError, match="auto, encoder or heads"):
        NarrativesVectorizer(str(tiny_folder), features="both").fit(TEXTS)
