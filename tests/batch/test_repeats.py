"""Posts that share one score: only those of which the score is the same."""

from __future__ import annotations

import csv

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from narratives.backends.words import spread
from narratives.batch.engines import InProcess
from narratives.batch.repeats import Repeats, squeezed
from narratives.frames import score_rows
from narratives.languages import LANGUAGES
from narratives.scorer import load
from narratives.text import fold
from narratives.text.script import letters_only

PIECES = [
    "https://a.example/x?y=1", "http://t.example", "https://aaa.example/%C3%A7", "www.a.example",
    "a.example/b", "@ana", "@iva_1", "@aaaa", "@123", "@ana:", "@Đuro", "a@b.example",
    "https://a.example/&amp;x", "https://", "@", "#StopNasilju", "&amp;", "&nbsp;", "kÃ¶y", "m1gr@nti",
    "gam@d", "noooo", "Djubre", "ШТА", "İSTİLA", "IŞIK", "migrаnti", "🐀", "é", "\u0301", "\u200b", "\ufeff",
    "\xa0", "\x1c", "\x00", "\ud83d", "da", "nije", "није", "није!", "что", "ne,", "„", "<", "$", ".", ":",
    "12",
]  # fmt: skip
GAPS = ["", " ", "  ", "\n", "\t ", "\r\n", " \n\n "]
POSTS = st.lists(st.tuples(st.sampled_from(GAPS), st.sampled_from(PIECES) | st.text(max_size=6)), max_size=9).map(
    lambda parts: "".join(gap + piece for gap, piece in parts)
)
TAGS = [None, *LANGUAGES]


@settings(max_examples=200, deadline=None)
@given(POSTS, st.sampled_from(GAPS))
@example("@ana vidi blic.rs/vest", "")
@example("@123", " ")
def test_the_squeezed_form_reads_like_the_post(post, gap):
    post += gap
    same = squeezed(post)
    assert squeezed(same) == same
    assert letters_only(same) == letters_only(post)
    for lang in TAGS:
        before, after = fold(post, lang), fold(same, lang)
        assert spread(after) == spread(before)
        assert any(map(str.isalpha, after)) == any(map(str.isalpha, before))
        assert bool(after.strip()) == bool(before.strip())


SPELLINGS = st.tuples(
    st.sampled_from(["", "@ana ", "@iva: ", "@ana @iva\n", " ", "https://a.example/1 ", "@ana https://b.example/2\t"]),
    st.sampled_from(
        ["Ovo nije u redu", "  ", "", "Bu  doğru değil", "Ne\tmund ta besoj", "Ово није  добро", "12:30", "да 🐀"]
    ),
    st.sampled_from(["", " ", "\r\n", " https://c.example/3", " https://d.example/4 @eva", " https://e.example/?a=%20"]),
).map("".join)  # fmt: skip


@pytest.fixture(scope="module", params=["linear", "default"])
def scorer(request, tiny):
    model = tiny if request.param == "linear" else load()
    return lambda *given: score_rows(model, *given, 8)[0]  # a function: Hypothesis would write out a model


@settings(max_examples=25, deadline=None)
@given(st.lists(SPELLINGS, min_size=2, max_size=12), st.sampled_from([None, "hr", "tr", "xx"]))
def test_rows_that_share_a_score_would_have_had_the_same(scorer, posts, lang):
    """Every column of every row, so the status too."""
    plan = Repeats("m", words=True).plan(posts, lang)
    assert plan.fill(scorer([posts[i] for i in plan.fresh], lang)) == scorer(posts, lang)


def test_posts_with_other_links_and_names_are_scored_once_and_keep_their_own_status(score, tiny, tmp_path):
    long = "dobar dan " * 11_000
    posts = [
        "@ana Dobar dan svima",
        "@iva  Dobar dan svima ",
        "dobar dan svima",
        f"@ana {long}",
        f"@iva {long}",
        " ",
        "",
    ]
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([["text", "n"], *([post, i] for i, post in enumerate(posts))])
    summary, out = score(tmp_path / "in.csv", lang="hr")
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert [row["row_status"] for row in rows] == ["ok", "ok", "ok", "truncated", "truncated", "null_text", "null_text"]
    assert summary.repeats == 2  # the second, and one that is blank; no long one
    assert rows[0]["hate"] == rows[1]["hate"]


def test_a_model_that_may_read_links_and_names_gets_every_text(cheap, tiny):
    assert InProcess(tiny).words
    assert not InProcess(cheap).words
    assert len(Repeats("m").plan(["@ana da", "@iva da", "@ana da"], None).fresh) == 2
