"""The encoder in numpy: the same as in training, and the same for a text in any company."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narratives.backends.encoder import LONGEST


@pytest.fixture(scope="module")
def encoder(tiny_deep):
    return tiny_deep.backend.deep.encoder


texts = st.lists(st.text(alphabet="abcdeiorstun ,.!", max_size=80), max_size=9)


@settings(max_examples=40, deadline=None)
@given(texts, st.randoms(use_true_random=False))
def test_a_text_gets_the_same_vector_to_the_last_bit_in_any_company(encoder, posts, random):
    together = encoder.encode(posts)
    order = list(range(len(posts)))
    random.shuffle(order)
    assert np.array_equal(encoder.encode([posts[i] for i in order]), together[order])
    for row, post in zip(together, posts, strict=True):
        assert np.array_equal(encoder.encode([post])[0], row)


def test_it_computes_what_training_computes(encoder):
    torch = pytest.importorskip("torch", reason="needs the extra train")
    from narratives.training.network import Attention, EncoderNet, filled

    net = EncoderNet(len(encoder.pieces), encoder.width // 2, 4).eval()
    half = encoder.width // 2
    net.attention, seen = Attention(half).eval(), encoder.attention
    with torch.no_grad():
        for name in ("norm", "qkv", "output"):
            layer = getattr(net.attention, name)
            layer.weight.copy_(torch.from_numpy(getattr(seen, name).T.copy()))
            layer.bias.copy_(torch.from_numpy(getattr(seen, f"{name}_bias")))
        net.attention.relative.copy_(torch.from_numpy(seen.relative))
        net.pieces.weight[:-1] = torch.from_numpy(encoder.pieces * encoder.scales)
        for convolution, taps, bias in zip(
            net.convolutions, (encoder.first, encoder.second), encoder.biases[:2], strict=True
        ):
            convolution.weight.copy_(torch.from_numpy(taps.reshape(half, -1, half).transpose(2, 0, 1).copy()))
            convolution.bias.copy_(torch.from_numpy(bias))
        net.mix.weight.copy_(torch.from_numpy(encoder.mix.T.copy()))
        net.mix.bias.copy_(torch.from_numpy(encoder.biases[2]))
        posts = ["the library opens again", "", "a", "biblioteka u našoj ulici ponovo se otvara u ponedjeljak ujutro"]
        ids = encoder.ids(posts)
        expected = net.pool(filled(ids, net.padding, LONGEST)).numpy()
    assert np.allclose(encoder.pool(ids), expected, atol=1e-4)


def test_a_text_longer_than_it_reads_is_read_by_its_beginning(encoder):
    long = "library " * (2 * LONGEST)
    assert len(encoder.ids([long])[0]) == LONGEST
    assert np.array_equal(encoder.encode([long]), encoder.encode([long + "and more"]))


@settings(max_examples=40, deadline=None)
@given(texts)
def test_words_are_cut_as_in_their_text(encoder, posts):
    whole = encoder.tokenizer.encode_batch([" ".join(post.split()) for post in posts])
    assert encoder.ids(posts) == [cut.ids[:LONGEST] for cut in whole]
