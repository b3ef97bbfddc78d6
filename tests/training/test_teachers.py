"""What slow models say about posts that nobody has read, and that only training posts take it."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from scipy.special import expit

pytest.importorskip("torch")
pytest.importorskip("sklearn")

from sklearn.metrics import roc_auc_score

from narratives.corpora import CORPORA, read_examples
from narratives.taxonomy import STANCES
from narratives.training.tasks import HEADS, blank, gather_tasks
from narratives.training.teachers import Seen, judged_language

HOSTILE = HEADS.index("hostile")
STANCE = [HEADS.index(f"stance.{s}") for s in STANCES]
STORY = HEADS.index("narrative.invasion_flood")


@pytest.fixture(scope="module")
def posts():
    """600 posts of which each judge sees another hint; a third has no readers."""
    rng = np.random.default_rng(0)
    yes = rng.random(600) < 0.4
    hint = np.where(yes, 1.0, -1.0)
    labels = np.full((600, len(HEADS)), np.nan, np.float32)
    labels[:, HOSTILE] = yes
    labels[:, STORY] = yes
    for head in HEADS:
        if head.startswith("narrative.") and head != "narrative.invasion_flood":
            labels[:, HEADS.index(head)] = 0
    vectors = rng.normal(size=(2, 600, 8))
    vectors[:, :, 0] += 1.2 * hint
    vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
    p = np.full((600, len(HEADS)), 0.2, np.float32)
    p[:, STANCE[0]] = expit(0.7 * hint + rng.normal(size=600))
    p[:, STANCE[1:]] = ((1 - p[:, STANCE[0]]) / 4)[:, None]
    p[:, STORY] = p[:, STANCE[0]]
    english = (0.8 * hint[:, None] + rng.normal(size=(600, 17))).astype(np.float32)
    splits = np.where(np.arange(600) % 3 == 1, "calibration", "train")
    return Seen(vectors[0], vectors[1], p, english), labels, np.arange(600) % 3 != 2, splits, yes


def test_together_the_judges_know_more_than_each_alone(posts):
    seen, labels, real, splits, yes = posts
    out = judged_language(seen, labels, real, splits)
    unread = ~real
    together = roc_auc_score(yes[unread], out[unread, HOSTILE])
    assert together > roc_auc_score(yes[unread], seen.p[unread, STANCE[0]])
    assert together > roc_auc_score(yes[unread], seen.english[unread, 0])
    assert np.abs(out[unread, HOSTILE].mean() - yes[unread].mean()) < 0.08  # calibrated


def test_stances_add_up_and_no_story_is_likelier_than_the_attack(posts):
    seen, labels, real, splits, _ = posts
    out = judged_language(seen, labels, real, splits)
    np.testing.assert_allclose(out[:, STANCE].sum(1), 1, atol=1e-5)
    np.testing.assert_array_equal(out[:, STANCE[0]], out[:, HOSTILE])
    assert (out[:, STORY] <= out[:, HOSTILE]).all()
    assert np.isnan(out[:, HEADS.index("hate")]).all()


def test_without_posts_of_both_kinds_nothing_is_judged(posts):
    seen, labels, real, splits, yes = posts
    assert np.isnan(judged_language(seen, labels, real & ~yes, splits)).all()


def test_only_unread_training_posts_take_the_judgment(tmp_path):
    corpus = CORPORA["dghs-en"]
    path = tmp_path / corpus.name / corpus.files[0]
    path.parent.mkdir(parents=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["X", "acl.id", "X1", "text", "label", "type", "target", "level", "split", "round.base"])
        for i in range(60):
            rows.writerow([i, i, i, f"sentence number {i} about gardens", "0", "none", "none", "x", "train", "1"])
    (tmp_path / "own").mkdir()
    said = blank()
    said[HOSTILE] = 0.75
    judged = {("dghs-en", e.key): said for e in read_examples(corpus, tmp_path)}
    tasks = gather_tasks(tmp_path, tmp_path / "own", judged=judged, say=lambda _: None)
    assert set(tasks.splits) > {"train"}
    np.testing.assert_array_equal(tasks.taught, tasks.splits == "train")
    np.testing.assert_array_equal(tasks.column("hostile") == 0.75, tasks.taught)
    assert (tasks.column("hate") == 0).all()  # what the corpus says stays
