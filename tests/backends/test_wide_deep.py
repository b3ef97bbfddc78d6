"""The default kind of model: what its folder must hold, what it explains, batches and single posts alike."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narratives.backends import ANY
from narratives.errors import ModelError
from narratives.languages import GROUPS
from narratives.scorer import load
from narratives.training.export import write_sums

posts = st.lists(st.tuples(st.text(max_size=60), st.sampled_from([ANY, *GROUPS])), max_size=7)


@settings(max_examples=40, deadline=None)
@given(posts)
def test_a_post_gets_the_same_scores_to_the_last_bit_in_any_company(tiny_deep, posts):
    backend = tiny_deep.backend
    together = backend.logits([t for t, _ in posts], [g for _, g in posts])
    assert together.shape == (len(posts), len(backend.heads))
    for row, (text, group) in zip(together, posts, strict=True):
        assert np.array_equal(row, backend.logits([text], [group])[0])


@pytest.mark.parametrize("group", [ANY, *GROUPS])
def test_leaving_a_word_out_shows_in_its_attribution(tiny_deep, group):
    backend, text = tiny_deep.backend, "ovo je samo primer za sve nas"
    for head in ("hate", "hostile", "narrative.invasion_flood", "target.syrians"):
        share = backend.attribute(text, group, head)
        assert share.shape == (len(text),)
        assert np.isfinite(share).all()
        assert np.abs(share).max() > 0


@pytest.mark.parametrize("missing", ["tokenizer.json", "model.safetensors", "config.json"])
def test_a_folder_without_one_of_its_files_is_refused(tiny_deep_folder, tmp_path, missing):
    folder = shutil.copytree(tiny_deep_folder, tmp_path / "copy")
    (folder / missing).unlink()
    with pytest.raises(ModelError):
        load(folder)


def test_a_broken_vocabulary_is_refused_in_words(tiny_deep_folder, tmp_path):
    folder = shutil.copytree(tiny_deep_folder, tmp_path / "copy")
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")
    write_sums(folder)
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        load(folder)


def test_scores_carry_all_heads_and_come_back_from_plain_values(tiny_deep, spoken):
    lang, sentence = spoken
    score = tiny_deep.score(sentence, lang)
    assert score.narratives is not None
    assert score.stance is not None
    assert score.targets is not None
    assert len(score.narratives) == 16
    assert sum(score.stance.probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert score.language_severity in range(5)
    assert type(score).from_dict(score.to_dict()) == score
    assert tiny_deep.encode([sentence], lang=lang).shape == (1, tiny_deep.backend.deep.encoder.width)
    assert tiny_deep.explain(sentence, lang)
