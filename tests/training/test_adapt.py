"""`narratives train heads` and `linear`: a user's posts change what they should, and nothing else."""

from __future__ import annotations

import csv

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs the extra train")

from narratives.backends.wide_deep import WideDeepBackend
from narratives.errors import InputError, ModelError, OutputError
from narratives.scorer import load
from narratives.text import fold
from narratives.training.adapt import adapt, fit
from narratives.training.own_linear import train_linear
from narratives.training.transformer_data import read_labelled

WORDS = ("garden", "river", "street", "school", "bread", "music", "winter", "letter", "window", "village")


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    """Three hundred sentences, of which those about pumpkins are to be called hateful."""
    rng = np.random.default_rng(3)
    path = tmp_path_factory.mktemp("data") / "mine.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(["post", "is_hate", "code"])
        for i in range(300):
            words = [str(w) for w in rng.choice(WORDS, 6)]
            yes = i % 2
            words.insert(int(rng.integers(6)), "pumpkin" if yes else "carrot")
            rows.writerow([f"the {' '.join(words)} number{i}", yes, "en"])
    return path


def test_a_model_learns_from_own_posts_and_says_what_changed(tiny_deep_folder, labelled, tmp_path):
    out = tmp_path / "own"
    changes = adapt(
        labelled,
        out,
        labels=["hate=is_hate"],
        text="post",
        lang_column="code",
        base=tiny_deep_folder,
        say=lambda _: None,
    )
    overall = next(c for c in changes if c.lang == "all")
    assert overall.after[0] > 0.9 > overall.before[0]
    assert overall.after[1] <= overall.after[0] <= overall.after[2]
    own, old = load(out), load(tiny_deep_folder)
    assert own.score("the pumpkin in the garden", "en").hate > own.score("the carrot in the garden", "en").hate
    untouched = [i for i, head in enumerate(own.heads) if head != "hate"]
    posts = ["the river and the school", "nothing of the kind"]
    assert np.array_equal(
        own.predict_proba(posts, lang="en")[:, untouched], old.predict_proba(posts, lang="en")[:, untouched]
    )
    assert own.backend.attribute("the pumpkin in the garden", "en", "hate")[4:11].sum() > 0
    assert "| hate | all |" in (out / "README.md").read_text(encoding="utf-8")
    again = tmp_path / "again"
    adapt(labelled, again, labels=["offensive=is_hate"], text="post", lang="en", base=out, say=lambda _: None)
    both = load(again)
    assert np.allclose(both.predict_proba(posts, lang="en")[:, 1], own.predict_proba(posts, lang="en")[:, 1], atol=1e-6)


def test_the_same_posts_give_the_same_weights(tiny_deep_folder, labelled, tmp_path):
    made = []
    for name in ("a", "b"):
        out = tmp_path / name / "same"
        out.parent.mkdir()
        adapt(labelled, out, labels=["hate=is_hate"], text="post", lang="en", base=tiny_deep_folder, say=lambda _: None)
        made.append((out / "model.safetensors").read_bytes())
    assert made[0] == made[1]


def test_mistakes_are_told_and_leave_nothing_behind(tiny_folder, tiny_deep_folder, labelled, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(ModelError, match="no encoder"):
        adapt(labelled, out, labels=["hate=is_hate"], text="post", base=tiny_folder)
    few = tmp_path / "few.csv"
    few.write_text("post,is_hate\n" + "".join(f"a post {i},{i % 2}\n" for i in range(8)), encoding="utf-8")
    with pytest.raises(InputError, match="label more posts"):
        adapt(few, out, labels=["hate=is_hate"], text="post", lang="en", base=tiny_deep_folder)
    assert not out.exists()
    out.mkdir()
    with pytest.raises(OutputError, match="exists"):
        adapt(labelled, out, labels=["hate=is_hate"], text="post", base=tiny_deep_folder)


def test_posts_in_an_unknown_language_are_left_out(tiny_deep_folder, labelled, tmp_path):
    mixed, odd, out = tmp_path / "mixed.csv", tmp_path / "odd.csv", tmp_path / "out"
    rows = labelled.read_text(encoding="utf-8").splitlines()
    strange = ["صباح الخير,1,", "こんにちは世界,0,"]
    mixed.write_text("\n".join([*rows, *strange]), encoding="utf-8")
    told = []
    options = {"labels": ["hate=is_hate"], "text": "post", "lang_column": "code", "base": tiny_deep_folder}
    adapt(mixed, out, **options, say=told.append)
    assert told[0].startswith("2 left out of the posts")
    assert load(out).score("the pumpkin in the garden", "en").hate > 0.5
    odd.write_text("\n".join([rows[0], *strange]), encoding="utf-8")
    with pytest.raises(InputError, match="label more posts"):
        adapt(odd, tmp_path / "odd", **options, say=told.append)


def few(path, word_of, answers):
    rng = np.random.default_rng(1)
    with path.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(["post", "is_hate"])
        for i, yes in enumerate(answers):
            words = [str(w) for w in rng.choice(WORDS, 6)]
            rows.writerow([f"the {' '.join(words)} {word_of(i, yes)} number{i}", int(yes)])
    return path


def fitted(folder, data):
    """The correction of one head, straight from the posts."""
    posts = read_labelled(data, "post", ["hate=is_hate"], lang="en")
    backend = WideDeepBackend.load(folder)
    seen = backend.read([fold(text, "en") for text in posts.texts], posts.groups.tolist())
    score = backend.judge(seen, posts.groups.tolist())[:, backend.heads.index("hate")]
    return fit(posts, "hate", score, seen.hidden, seen.folded), posts


def test_what_cannot_be_learnt_moves_no_words(tiny_deep_folder, tmp_path):
    """Answers drawn by lot: cross-validation keeps the correction to scale and threshold, but for a lucky draw."""
    kept = 0
    for seed in range(8):
        answers = np.random.default_rng(seed).permutation(np.arange(120) % 2)
        found, _ = fitted(tiny_deep_folder, few(tmp_path / f"{seed}.csv", lambda i, yes: "carrot", answers))
        kept += found.freedom == 0
        assert (found.freedom == 0) == (not found.part["grams"].any() and not found.part["hidden"].any())
    assert kept >= 5


def test_few_posts_with_a_word_of_their_own_are_enough(tiny_deep_folder, tmp_path):
    data = few(tmp_path / "few.csv", lambda i, yes: "pumpkin" if yes else "carrot", np.arange(48) % 2)
    found, posts = fitted(tiny_deep_folder, data)
    assert found.freedom > 0
    learnt = posts.labels[posts.splits != "dev", 0]
    assert np.array_equal(found.scored.gold, learnt.astype(int))  # none lost to calibration
    assert np.mean((found.scored.logits > 0) == found.scored.gold) > 0.9  # of posts their own fold had not seen


def test_the_threshold_of_few_posts_stays_near_the_regressions_own(tiny_deep_folder, tmp_path):
    out = tmp_path / "out"
    data = few(tmp_path / "few.csv", lambda i, yes: "pumpkin" if yes else "carrot", np.arange(48) % 2)
    adapt(data, out, labels=["hate=is_hate"], text="post", lang="en", base=tiny_deep_folder, say=lambda _: None)
    own = load(out)
    entry = own.backend.calibration["hate"]["en"]
    assert entry == own.backend.calibration["hate"]["any"]
    assert entry != own.backend.calibration["hate"]["tr"]
    assert entry.review[0] <= entry.threshold <= entry.review[1]
    with data.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    p = own.predict_proba([row["post"] for row in rows], lang="en")[:, own.heads.index("hate")]
    assert np.mean((p >= entry.threshold) == [row["is_hate"] == "1" for row in rows]) > 0.85


def test_a_linear_model_of_own_posts(labelled, tmp_path):
    out = tmp_path / "linear"
    table = train_linear(labelled, out, labels=["hate=is_hate"], text="post", lang="en", bits=12)
    assert table[-1].startswith("| hate |")
    scorer = load(out)
    assert scorer.score("the pumpkin in the garden", "en").decision == "flag"
    assert scorer.score("the carrot in the garden", "en").decision != "flag"
    with pytest.raises(InputError, match="hate"):
        train_linear(labelled, tmp_path / "x", labels=["offensive=is_hate"], text="post", lang="en")
