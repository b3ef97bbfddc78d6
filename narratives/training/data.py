"""Labelled texts from all corpora as one sparse matrix, with the weights that keep them in balance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from narratives.backends.linear import weigh
from narratives.backends.names import without_names
from narratives.backends.ngrams import Grams, NgramHasher
from narratives.corpora import AUTHORED, CORPORA, Example, authored_examples, corpus, read_examples
from narratives.errors import MissingFileError
from narratives.languages import LANGUAGES
from narratives.text import fold

_CHUNK = 2000
_ONE_CLASS = 0.15

TRANSFERRED = {"mk": "bcms"}
"""Groups without real labelled posts, with the group whose experts they share: Macedonian folds to Latin as Serbian."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Examples and their n-grams, row by row.

    Attributes:
        examples: One a row.
        folded: The texts folded.
        spread: The folded texts as the n-grams see them, names of groups taken out.
        groups: (rows,) language group whose experts read the text.
        corpora: (rows,) corpus name; authored posts are one corpus a group, such as ``authored-tr``.
        splits: (rows,) ``train``, ``calibration`` or ``dev``.
        targets: By head, (rows,) float64 probabilities; NaN where the corpus says nothing about the head.
    """

    examples: Sequence[Example]
    folded: Sequence[str]
    spread: Sequence[str]
    groups: NDArray[np.str_]
    corpora: NDArray[np.str_]
    splits: NDArray[np.str_]
    targets: Mapping[str, NDArray[np.float64]]

    @property
    def names(self) -> list[str]:
        """The corpora that gave texts, in order."""
        return list(self.group_of)

    @property
    def own_groups(self) -> list[str]:
        """(rows,) the text's own language group, whose names are taken out of it."""
        return [LANGUAGES[e.lang].group for e in self.examples]

    @property
    def group_of(self) -> dict[str, str]:
        """Language group by corpus."""
        return {str(c): str(g) for c, g in zip(self.corpora, self.groups, strict=True)}


def gather(
    folder: Path,
    heads: Sequence[str],
    *,
    authored: Path | None = None,
    names: Iterable[str] = CORPORA,
    say: Callable[[str], None] = print,
) -> Dataset:
    """Read corpora from a folder; one that is not there is named and left out.

    Args:
        folder: Holds a folder a corpus, in their authors' layout.
        heads: Heads to fill ``targets`` for.
        authored: Folder of authored posts to add.
        names: Corpora to read.
        say: Told how many texts each corpus gave, and which corpora are missing.

    Returns:
        Every labelled text once: one that several corpora hold keeps the place where it was read first.

    Raises:
        MissingFileError: None of the corpora is there.
    """
    examples: list[Example] = []
    seen: set[tuple[str, str]] = set()
    for name in names:
        try:
            found = [e for e in read_examples(corpus(name), folder) if (e.lang, e.key) not in seen]
        except MissingFileError as error:
            say(f"skipped: {error}")
            continue
        seen.update((e.lang, e.key) for e in found)
        examples += found
        say(f"{name}: {len(found)} texts")
    if not examples:
        raise MissingFileError(f"no corpus found in {folder}; expected folders such as {', '.join(list(names)[:3])}")
    if authored is not None:
        found = [e for e in authored_examples(authored) if (e.lang, e.key) not in seen]
        examples += found
        say(f"authored posts: {len(found)} texts")
    own = [LANGUAGES[e.lang].group for e in examples]
    groups = [TRANSFERRED.get(g, g) for g in own]
    corpora = [f"{AUTHORED}-{g}" if e.corpus == AUTHORED else e.corpus for e, g in zip(examples, groups, strict=True)]
    folded = [fold(e.text, e.lang) for e in examples]
    return Dataset(
        examples,
        folded,
        [without_names(text, group)[0] for text, group in zip(folded, own, strict=True)],
        np.array(groups),
        np.array(corpora),
        np.array([e.split for e in examples]),
        {head: np.array([e.labels.get(head, np.nan) for e in examples]) for head in heads},
    )


def matrix(hasher: NgramHasher, texts: Sequence[str], idf: NDArray[np.float32] | None = None) -> sparse.csr_matrix:
    """N-grams of folded texts as a sparse matrix of shape (texts, buckets), float32; weighed if ``idf`` is given."""
    parts: list[Grams] = []
    for i in range(0, len(texts), _CHUNK):
        grams = hasher(texts[i : i + _CHUNK])
        parts.append(grams if idf is None else weigh(grams, idf))
    sizes = np.concatenate([np.diff(p.indptr) for p in parts])
    indptr = np.concatenate([[0], np.cumsum(sizes)])
    buckets = np.concatenate([p.buckets for p in parts]).astype(np.int32)
    values = np.concatenate([p.values for p in parts])
    return sparse.csr_matrix((values, buckets, indptr), shape=(len(texts), 2**hasher.bits))


def inverse_document_frequency(raw: sparse.csr_matrix, groups: NDArray[np.str_]) -> NDArray[np.float32]:
    """Smoothed idf in which every language group counts the same, however many texts it has; shape (buckets,)."""
    shares = [np.bincount(raw[groups == g].indices, minlength=raw.shape[1]) / (groups == g).sum() for g in set(groups)]
    documents = raw.shape[0] / len(shares)
    idf = np.log((1 + documents) / (1 + documents * np.mean(shares, axis=0))) + 1
    return np.asarray(idf, np.float16).astype(np.float32)  # as it will be stored


def balanced_weights(target: NDArray[np.float64], corpora: NDArray[np.str_], evenness: float) -> NDArray[np.float64]:
    """Weight of each row: classes even within a corpus, corpora evened out in part.

    A corpus with one class only gets little weight: many easy negatives would teach that whoever is named is hated.

    Args:
        target: (rows,) probabilities, NaN where unknown.
        corpora: (rows,) corpus names.
        evenness: 0 weighs each text the same, 1 each corpus the same.

    Returns:
        (rows,) weights; 0 where the target is unknown.
    """
    weights = np.zeros(target.size)
    known = ~np.isnan(target)
    names = [str(name) for name in dict.fromkeys(corpora[known])]
    typical = float(np.median([(known & (corpora == name)).sum() for name in names]))
    for name in names:
        rows = known & (corpora == name)
        positive = float(np.clip(target[rows].mean(), 0.02, 0.98))
        share = np.where(target[rows] >= 0.5, 0.5 / positive, 0.5 / (1 - positive))
        size = (typical / rows.sum()) ** evenness
        weights[rows] = (share if two_classes(target[rows]) else _ONE_CLASS) * size
    return weights


def two_classes(target: NDArray[np.float64]) -> bool:
    """Whether some targets lean to yes and some to no; NaN counts as neither."""
    return bool((target < 0.5).any() and (target >= 0.5).any())
