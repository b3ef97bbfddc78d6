"""The authored posts: every line by the schema, nothing twice, nothing that leaks from one split into another."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from narratives.corpora import authored_examples, read_posts
from narratives.corpora.posts import labels
from narratives.errors import InputError
from narratives.languages import LANGUAGES
from narratives.taxonomy import NARRATIVES
from narratives.text import fold

FOLDER = Path(__file__).resolve().parents[2] / "datasets" / "posts"
FILES = sorted(FOLDER.glob("*.jsonl"))

pytestmark = pytest.mark.checkout  # the posts are training data and do not travel in the wheel

LINE = {
    "id": "hr-x-001", "lang": "hr", "variety": None, "script": "Latn", "text": "Pošalji ih sve natrag", "narratives":
    ["expulsion_rights_denial"], "mentioned": [], "stance": "asserted", "targets": ["migrants_general"], "severity": 3,
    "kind": "explicit", "origin": "authored", "annotators": ["author-hr"], "version": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def posts():
    return {path.stem: list(read_posts(path)) for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_language_has_all_it_should(path):
    posts = list(read_posts(path))
    assert {p.lang for p in posts} == {path.stem} <= set(LANGUAGES)
    asserted = Counter(n for p in posts for n in p.narratives)
    assert min(asserted[n] for n in NARRATIVES) >= 12
    kinds = Counter(p.kind for p in posts)
    assert kinds["counter_speech"] + kinds["quote_to_condemn"] >= 60
    assert kinds["self"] >= 40
    assert min(kinds["trap"], kinds["neutral"]) >= 60
    assert sum(n for kind, n in kinds.items() if kind.startswith("near_miss")) >= 96


def test_ids_and_texts_are_unique(posts):
    everything = [p for group in posts.values() for p in group]
    assert max(Counter(p.id for p in everything).values()) == 1
    assert max(Counter((p.lang, fold(p.text, p.lang)) for p in everything).values()) == 1


def test_no_near_duplicate_stands_on_both_sides_of_a_split(posts):
    where = defaultdict(set)
    grams, split = [], []
    for example in authored_examples(FOLDER):
        words = re.findall(r"\w+", fold(example.text, example.lang))
        grams.append({tuple(words[i : i + 3]) for i in range(len(words) - 2)})
        split.append(example.split)
        for gram in grams[-1]:
            where[gram].add(len(grams) - 1)
    shared = Counter((a, b) for places in where.values() for a in places for b in places if a < b)
    for (a, b), n in shared.items():
        if split[a] != split[b]:
            assert n / len(grams[a] | grams[b]) <= 0.5


def test_harmless_posts_are_never_hate(posts):
    for post in (p for group in posts.values() for p in group):
        if post.stance != "asserted":
            assert labels(post) == {"offensive": float(post.kind == "abuse"), "hate": 0.0}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lang": "xx"}, "lang: unknown xx"),
        ({"narratives": ["flood"]}, "narratives: unknown flood"),
        ({"targets": ["elves"]}, "targets: unknown elves"),
        ({"stance": "none"}, "go with stance 'asserted'"),
        ({"severity": 0}, "go with stance 'asserted'"),
        ({"kind": "rude"}, "kind"),
        ({"origin": "found"}, "origin"),
        ({"extra": 1}, "extra"),
        ({"text": "s\u030ctap"}, "not NFC"),
        ({"text": "  "}, "empty"),
    ],
)
def test_a_bad_line_is_named_and_not_quoted(tmp_path, change, message):
    path = tmp_path / "hr.jsonl"
    path.write_text(json.dumps(LINE) + "\n" + json.dumps({**LINE, **change}) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"(?s)hr.jsonl, line 2.*{message}") as caught:
        list(read_posts(path))
    assert "natrag" not in str(caught.value)
