"""The vocabulary of the encoder, cut for folded text of the nine languages, and a first embedding for each piece."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import WhitespaceSplit
from tokenizers.trainers import BpeTrainer

UNKNOWN = "[UNK]"
CONTINUES = "##"
_MOST_LETTERS = 24  # of a word; longer ones are links and noise


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Words of spread texts (``backends.words.spread``) with their numbers; overlong ones are left out."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(word for word in text.split() if len(word) <= _MOST_LETTERS)
    return counts


def train_pieces(counts: Mapping[str, int], size: int) -> Tokenizer:
    """Byte-pair encoding of words; BPE, since it can be thinned at random in training (Provilkov et al. 2020).

    Args:
        counts: Word to number; damp it beforehand if some languages are over-represented.
        size: Pieces, the unknown one included.

    Returns:
        A tokenizer for texts whose words and punctuation marks are set apart by spaces.
    """
    tokenizer = Tokenizer(BPE(unk_token=UNKNOWN, continuing_subword_prefix=CONTINUES))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    trainer = BpeTrainer(
        vocab_size=size,
        special_tokens=[UNKNOWN],
        continuing_subword_prefix=CONTINUES,
        limit_alphabet=400,
        show_progress=False,
    )
    tokenizer.train_from_iterator((w for word, n in counts.items() for w in [word] * n), trainer)
    return tokenizer


def first_embeddings(
    tokenizer: Tokenizer,
    counts: Mapping[str, int],
    spelling: Mapping[str, str],
    embed: Callable[[Sequence[str]], NDArray[np.float32]],
    width: int,
    seed: int,
) -> NDArray[np.float32]:
    """Start each piece where an existing model puts the words it stands in.

    Args:
        tokenizer: The new vocabulary.
        counts: Folded word to number.
        spelling: Folded word to its commonest spelling before folding, for the existing model.
        embed: From words as spelt to their vectors in the existing model, (words, any width).
        width: Columns wanted; the vectors are reduced to their principal components.
        seed: For pieces that no word holds.

    Returns:
        (pieces, width) float32 of about unit length.
    """
    words = [w for w in counts if w in spelling]
    vectors = embed([spelling[w] for w in words])
    weight = np.sqrt([counts[w] for w in words]).astype(np.float32)
    centre = np.average(vectors, axis=0, weights=weight)
    scaled = (vectors - centre) * np.sqrt(weight / weight.sum())[:, None]
    _, _, axes = np.linalg.svd(scaled.T @ scaled)
    reduced = (vectors - centre) @ axes[:width].T
    reduced /= np.linalg.norm(reduced, axis=1, keepdims=True) + 1e-6
    total = np.zeros((tokenizer.get_vocab_size(), width), np.float32)
    seen = np.zeros(tokenizer.get_vocab_size(), np.float32)
    for word, vector, w in zip(tokenizer.encode_batch(words), reduced, weight, strict=True):
        for piece in word.ids:  # a word that is one piece speaks for it; a part of a word hardly does
            share = w / len(word.ids) ** 2
            total[piece] += share * vector
            seen[piece] += share
    noise = np.random.default_rng(seed).normal(0, width**-0.5, total.shape).astype(np.float32)
    filled = np.where(seen[:, None] > 0, total / np.maximum(seen, 1e-9)[:, None], noise)
    return np.asarray(filled / (np.linalg.norm(filled, axis=1, keepdims=True) + 1e-6), np.float32)
