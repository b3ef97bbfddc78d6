"""The linear backend: a damaged folder is refused, and attributions add up."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narratives.backends import ANY, open_model
from narratives.backends.names import without_names
from narratives.backends.words import spread
from narratives.errors import MissingFileError, ModelError, UnknownNameError
from narratives.languages import GROUPS
from narratives.training.export import write_sums


@pytest.fixture
def copy(tiny_folder, tmp_path):
    return shutil.copytree(tiny_folder, tmp_path / "copy")


@pytest.mark.parametrize("text", ["ovo je samo primer, a ne nešto drugo", "sirijske izbjeglice su ovdje, i romi"])
@pytest.mark.parametrize("group", [ANY, *GROUPS])
def test_attributions_and_bias_sum_to_the_score(tiny, group, text):
    backend = tiny.backend
    experts = backend.experts[group]
    for i, head in enumerate(backend.heads):
        rows = backend.rows([without_names(spread(text), group)[0]])
        share = experts.blend(experts.scores(rows))[1][0, i]
        bias = float(experts.bias.reshape(len(backend.heads) + 1, -1)[i] @ share)
        total = float(backend.attribute(text, group, head).sum()) + bias
        assert total == pytest.approx(float(backend.logits([text], [group])[0, i]), abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=40), st.sampled_from([ANY, *GROUPS])), max_size=8))
def test_a_batch_gives_what_each_text_gives_alone(tiny, posts):
    backend = tiny.backend
    together = backend.logits([t for t, _ in posts], [g for _, g in posts])
    for row, (text, group) in zip(together, posts, strict=True):
        assert np.allclose(row, backend.logits([text], [group])[0], atol=1e-5)
        assert backend.attribute(text, group, "hate").shape == (len(text),)


def test_macedonian_takes_the_experts_of_its_neighbours(tiny):
    one, other = (tiny.backend.logits(["dobar den na site"], [g]) for g in ("mk", "bcms"))
    assert np.array_equal(one, other)


def test_an_expert_that_never_learnt_a_head_has_no_say(tiny):
    scores = np.random.default_rng(0).normal(size=(3, 6)).astype(np.float32)
    shares = tiny.backend.experts["hr" if "hr" in tiny.backend.experts else "bcms"].blend(scores)[1]
    assert np.allclose(shares[:, 1], [1, 0])  # the second expert knows `offensive` only


def test_a_changed_byte_is_noticed(copy):
    path = copy / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match="does not match SHA256SUMS"):
        open_model(copy)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "SHA256SUMS"])
def test_a_missing_file_is_named(copy, name):
    (copy / name).unlink()
    with pytest.raises(ModelError, match=name):
        open_model(copy)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", 1),
        ("backend", "pickle"),
        ("features", {"bits": 5}),
        ("heads", ["hate"]),
        ("name", None),
    ],
)
def test_a_config_that_does_not_fit_is_refused(copy, key, value):
    config = json.loads((copy / "config.json").read_text())
    config[key] = value
    if value is None:
        del config[key]
    (copy / "config.json").write_text(json.dumps(config))
    write_sums(copy)
    with pytest.raises(ModelError):
        open_model(copy)


def test_unknown_names_list_the_known_ones():
    with pytest.raises(UnknownNameError, match="default"):
        open_model("defualt")
    with pytest.raises(MissingFileError, match="does not exist"):
        open_model("./nowhere")
