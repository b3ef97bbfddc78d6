"""Our walk over py3langid's tables gives what py3langid gives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from narratives.text.bayes import ENOUGH, Ranker

LANGUAGES = ["bs", "hr", "sr", "mk", "en", "sq", "ro", "tr", "de", "sl", "ru"]


@pytest.fixture(scope="module")
def ours():
    return Ranker({code: (code, 1.0) for code in LANGUAGES})


@pytest.fixture(scope="module")
def theirs():
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.text(max_size=ENOUGH), min_size=1, max_size=6))
def test_the_same_as_the_package(ours, theirs, texts):
    texts = [*texts, "Dobar dan svima", "Добар дан", "", "GÜNAYDIN"]
    for text, row in zip(texts, ours(texts), strict=True):
        expected = dict(theirs.rank(text))
        assert dict(zip(ours.groups, row.tolist(), strict=True)) == pytest.approx(expected, abs=2e-5)


@settings(max_examples=30, deadline=None)
@given(text=st.text(max_size=60), company=st.lists(st.text(max_size=200), max_size=5))
def test_a_text_gets_the_same_in_any_company(ours, text, company):
    assert (ours([text])[0] == ours([*company, text])[-1]).all()


def test_languages_of_a_group_add_up():
    grouped = Ranker({"sr": ("south", 1.0), "hr": ("south", 1.0), "de": ("und", 0.5)})
    single = Ranker({"sr": ("sr", 1.0), "hr": ("hr", 1.0), "de": ("de", 1.0)})
    (south, und), (sr, hr, de) = grouped(["Dobar dan svima"])[0], single(["Dobar dan svima"])[0]
    assert (south, und) == pytest.approx((sr + hr, de / 2))
