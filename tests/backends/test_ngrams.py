"""The numpy n-gram hasher against a slow and obvious one."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from narratives.backends.ngrams import NgramHasher

TEXTS = st.lists(st.text(alphabet="ab čž!\U0001f400\ud800", max_size=30).map(lambda t: " ".join(t.split())), max_size=6)


def slow_grams(text: str) -> Counter:
    """What the hasher should count, as strings."""
    padded, words = f" {text} ", text.split()
    found = Counter()
    for n in range(2, 6):
        for i in range(len(padded) - n + 1):
            gram = padded[i : i + n]
            if " " not in gram[1:-1] and not gram[0] == gram[-1] == " ":
                found[gram] += 1
    found.update(f"1:{w}" for w in words)
    found.update(f"2:{a} {b}" for a, b in pairwise(words))
    return found


@given(TEXTS)
def test_counts_the_same_grams_as_the_slow_way(texts):
    grams = NgramHasher(bits=40)(texts)  # so many buckets that no two n-grams meet
    for i, text in enumerate(texts):
        row = slice(grams.indptr[i], grams.indptr[i + 1])
        expected = np.array(sorted(slow_grams(text).values()), float)
        weights = 1 + np.log(expected)
        assert np.allclose(np.sort(grams.values[row]), weights / max(np.linalg.norm(weights), 1e-9), atol=1e-6)


@given(TEXTS)
def test_a_batch_gives_what_each_text_gives_alone(texts):
    hasher = NgramHasher(bits=16)
    together = hasher(texts)
    for i, text in enumerate(texts):
        row, alone = slice(together.indptr[i], together.indptr[i + 1]), hasher([text])
        assert np.array_equal(together.buckets[row], alone.buckets)
        assert np.allclose(together.values[row], alone.values)


@given(TEXTS)
def test_the_same_text_always_falls_into_the_same_buckets(texts):
    first, second = NgramHasher(bits=20)(texts), NgramHasher(bits=20)(texts)
    assert np.array_equal(first.buckets, second.buckets)


@settings(max_examples=50)
@given(st.text(alphabet="abc d", min_size=1, max_size=40).map(lambda t: " ".join(t.split())).filter(bool))
def test_occurrences_point_into_the_text(text):
    found = NgramHasher(bits=16).occurrences([text])
    assert (found.starts >= -1).all()
    assert (found.ends <= len(text) + 1).all()
    assert (found.ends - found.starts >= 1).all()


def test_words_in_another_order_differ_only_in_their_pairs():
    hasher = NgramHasher(bits=30)
    one, other = (set(hasher([t]).buckets.tolist()) for t in ("dobar dan", "dan dobar"))
    assert len(one - other) == len(other - one) == 1


def test_a_post_is_read_up_to_the_limit():
    hasher = NgramHasher(bits=16, limit=10)
    assert np.array_equal(hasher(["abcdefghij"]).buckets, hasher(["abcdefghij" + "k" * 10]).buckets)
