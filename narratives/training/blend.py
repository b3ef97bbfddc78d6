"""Put the n-gram part and the encoder part of the default model together, on posts neither was trained on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from narratives.backends.cards import TARGET, fold_buckets, name_rows
from narratives.backends.ngrams import NgramHasher
from narratives.backends.quantise import quantised
from narratives.corpora import AUTHORED
from narratives.taxonomy import STANCES
from narratives.training.tasks import HEADS, NAMES, Tasks

CARD_BITS = 16
"""Buckets of the label cards' n-grams, as a power of two: the posts with these labels are few."""

NAME_BITS = 12
"""Buckets of the names of groups."""

WILD = ("hostile", *(f"stance.{stance}" for stance in STANCES))
"""Heads with a second reading, learnt on posts found in the wild."""

TAUGHT = 0.4  # weight of what slow models say of a post that nobody has read
_CORPORA = 0.05  # weight of a corpus' hate where it stands in for hostility
_MOST = 5.0  # times a rare answer of a language may weigh more
_NEVER = -4.0  # intercept of a head that nothing is known about
_ONE_KIND = 8.0  # where posts of one kind are all there is to learn from, every post is taken for one
_MOST_OF_A_CORPUS = 3000  # posts of a corpus that stand for what is found in the wild
_NAMES = 2.0  # weight of a plain mention of a group beside that of a post
NAMES_WILD = 0.2  # the same beside posts found in the wild: more of it unlearns what such posts are like
_FEWEST = 12  # posts with a label below which its n-grams are not worth a regression


def kind_of(head: str) -> str:
    """The part of a head's name before the dot; heads of a kind are blended alike.

    >>> kind_of("narrative.invasion_flood")
    'narrative'
    """
    return head.partition(".")[0]


def fit_cards(
    features: sparse.csr_matrix,
    hasher: NgramHasher,
    tasks: Tasks,
    first: int,
    strength: float,
    say: Callable[[str], None] = print,
) -> dict[str, NDArray[Any]]:
    """Logistic regressions of the label cards' heads on n-grams; shares of readers count as weights.

    Args:
        features: (rows, buckets) weighed n-grams of all rows.
        hasher: Of the n-grams.
        tasks: Their labels.
        first: Heads before this column are not of the label cards.
        strength: Inverse of the L2 penalty.
        say: Told about progress.

    Returns:
        Tensors of :class:`narratives.backends.cards.Cards` as they are stored, keys ``cards`` and ``cards.*``.
    """
    folded = fold_buckets(features, 2**CARD_BITS)
    named = fold_buckets(name_rows(hasher, tasks.named, 2**CARD_BITS), 2**NAME_BITS)
    heads = HEADS[first:]
    written, plain = (np.char.startswith(tasks.sources, kind) for kind in (AUTHORED, NAMES))
    training = tasks.splits == "train"
    carded = training & ~np.isnan(tasks.column("stance.none"))  # weak labels are too many and too coarse for this
    table, bias = np.zeros((2**CARD_BITS, len(heads))), np.full(len(heads), _NEVER)
    wild, wild_bias = np.zeros((2**CARD_BITS, len(WILD) + 1)), np.full(len(WILD) + 1, _NEVER)
    about = [head for head in heads if head.startswith(TARGET)]
    of_names = np.zeros((2**NAME_BITS, len(about)))
    own, both = np.where(plain, _NAMES, 1.0), sparse.hstack([folded, named]).tocsr()
    for column, head in enumerate(heads):
        y = tasks.labels[:, first + column].astype(np.float64)
        x, rows = both if head in about else folded, carded & ~np.isnan(y)
        rows &= ~tasks.taught  # of narratives and targets slow models know no more than these n-grams
        fitted = _fitted(x, y, np.flatnonzero(rows & (written | plain) if head in WILD else rows), own, strength)
        if fitted:
            table[:, column], bias[column] = fitted[0][: 2**CARD_BITS], fitted[1]
            if head in about:
                of_names[:, about.index(head)] = fitted[0][2**CARD_BITS :]
        if head in WILD:
            real = carded | (training & (head == "hostile"))  # there a corpus' hate helps out, with little weight
            rows = np.flatnonzero(real & ~written & ~np.isnan(y))
            # a name alone is but one n-gram, the sign in its place: unless it is learnt to be harmless, it is an attack
            trust = np.where(tasks.real, 1.0, np.where(tasks.taught, TAUGHT, _CORPORA))
            weights = np.where(plain, NAMES_WILD, trust * evened(tasks, y, rows))
            fitted = _fitted(folded, y, rows, weights, strength)
            if fitted:
                wild[:, WILD.index(head)], wild_bias[WILD.index(head)] = fitted
    wild[:, -1], wild_bias[-1] = _resemblance(folded, tasks, training & ~plain, strength)
    say(f"label cards on n-grams: {len(heads)} heads, {len(WILD)} of them with two readings")
    return {
        **quantised(table, "cards"),
        "cards.bias": bias.astype(np.float32),
        **quantised(wild, "cards.wild"),
        "cards.wild.bias": wild_bias.astype(np.float32),
        **quantised(of_names, "cards.names"),
    }


def _fitted(
    x: sparse.csr_matrix, y: NDArray[np.float64], rows: NDArray[np.int64], own: NDArray[np.float64], strength: float
) -> tuple[NDArray[np.float64], float] | None:
    """Weights and intercept of one regression, classes balanced; ``None`` where an answer is too rare."""
    share = y[rows]
    if min(share.sum(), (1 - share).sum()) < _FEWEST:
        return None
    yes, no = rows[share > 0], rows[share < 1]
    target = np.r_[np.ones(yes.size), np.zeros(no.size)]
    weight = np.r_[y[yes], 1 - y[no]] * own[np.r_[yes, no]]
    # one post in a hundred tells a given story: unbalanced, a regression would hardly learn it
    weight *= np.where(target == 1, weight[target == 0].sum() / max(weight[target == 1].sum(), 1.0), 1.0)
    model = LogisticRegression(C=strength, max_iter=150, tol=1e-6)
    model.fit(sparse.vstack([x[yes], x[no]]), target, sample_weight=weight)
    return model.coef_[0], float(model.intercept_[0])


def evened(tasks: Tasks, y: NDArray[np.float64], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weights that make yes as heavy in every language, up to a limit: else a language tells what its posts do not."""
    out = np.ones(y.size)
    for lang in dict.fromkeys(tasks.langs[rows].tolist()):
        here = rows[tasks.langs[rows] == lang]
        share = float(np.clip(y[here].mean(), 0.02, 0.98))
        out[here] = np.where(y[here] >= 0.5, min(_MOST, 0.5 / share), min(_MOST, 0.5 / (1 - share)))
    return out


def _resemblance(
    folded: sparse.csr_matrix, tasks: Tasks, rows: NDArray[np.bool_], strength: float
) -> tuple[NDArray[np.float64], float]:
    """How much a post sounds like those found in the wild, and not like those written for this project."""
    written = np.char.startswith(tasks.sources, AUTHORED)
    rng = np.random.default_rng(0)
    picks = []
    for source in dict.fromkeys(tasks.sources[rows].tolist()):
        here = np.flatnonzero(rows & (tasks.sources == source))
        picks.append(here if source.startswith(AUTHORED) else rng.permutation(here)[:_MOST_OF_A_CORPUS])
    at = np.concatenate(picks)
    y = (~written).astype(np.float64)
    fitted = _fitted(folded, y, at, evened(tasks, y, at), strength)
    return fitted or (np.zeros(folded.shape[1]), _ONE_KIND * float(np.sign(y[at].mean() - 0.5)))


def fit_blend(
    wide: NDArray[np.float32],
    deep: NDArray[np.float32],
    tasks: Tasks,
    rows: NDArray[np.bool_],
    own: Sequence[str],
    penalty: float = 0.02,
) -> dict[str, NDArray[np.float32]]:
    """Weights of the two parts.

    ``offensive`` and ``hate`` get their own for each language group, every other kind of head the same over all
    languages and labels, since posts with those labels are few.

    Args:
        wide: (rows, heads) logits of the n-grams.
        deep: (rows, heads) logits of the encoder.
        tasks: Labels.
        rows: (rows,) which to fit on; none may have been trained on.
        own: Heads that are fitted by group.
        penalty: Pull towards equal weights.

    Returns:
        Group to (3, heads): weight of wide, weight of deep, offset.
    """
    groups = [str(g) for g in dict.fromkeys(tasks.groups)]
    out = {g: np.zeros((3, len(HEADS)), np.float32) for g in (*groups, "any")}
    kinds: dict[str, list[int]] = {}
    for column, head in enumerate(HEADS):
        kinds.setdefault(kind_of(head), []).append(column)
    for kind, columns in kinds.items():
        pooled = _weights(wide, deep, tasks, rows, columns, penalty)
        for group, table in out.items():
            if kind in own and group != "any":
                fitted = _weights(wide, deep, tasks, rows & (tasks.groups == group), columns, penalty, pooled)
            else:
                fitted = pooled
            table[:, columns] = np.array(fitted)[:, None]
    return out


def _weights(
    wide: NDArray[np.float32],
    deep: NDArray[np.float32],
    tasks: Tasks,
    rows: NDArray[np.bool_],
    columns: Sequence[int],
    penalty: float,
    start: tuple[float, float, float] = (0.5, 0.5, 0.0),
) -> tuple[float, float, float]:
    a, b, y, w = [], [], [], []
    for column in columns:
        known = np.flatnonzero(rows & ~np.isnan(tasks.labels[:, column]))
        if not known.size:
            continue
        _, source, size = np.unique(tasks.sources[known], return_inverse=True, return_counts=True)
        a.append(wide[known, column])
        b.append(deep[known, column])
        y.append(tasks.labels[known, column])
        w.append(size[source] ** -0.5)  # corpora evened out in part
    if not y:
        return start
    left, right, gold = (np.concatenate(part).astype(np.float64) for part in (a, b, y))
    weight = np.concatenate(w)
    weight /= weight.sum()
    positive = float(np.clip((weight * gold).sum(), 0.02, 0.98))
    weight *= np.where(gold >= 0.5, 0.5 / positive, 0.5 / (1 - positive))
    origin = np.array(start)

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = point[0] * left + point[1] * right + point[2]
        p = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
        value = float(weight @ (np.logaddexp(0, z) - gold * z)) + penalty * float(((point - origin)[:2] ** 2).sum())
        slope = weight * (p - gold)
        gradient = np.array([slope @ left, slope @ right, slope.sum()])
        gradient[:2] += 2 * penalty * (point - origin)[:2]
        return value, gradient

    found = minimize(loss, origin, jac=True, method="L-BFGS-B", bounds=[(0, 3), (0, 3), (-10, 10)])
    return float(found.x[0]), float(found.x[1]), float(found.x[2])


def blended(
    wide: NDArray[np.float32],
    deep: NDArray[np.float32],
    groups: NDArray[np.str_],
    blend: Mapping[str, NDArray[np.float32]],
) -> NDArray[np.float32]:
    """(rows, heads) logits of both parts together."""
    out = np.empty_like(wide)
    for group in dict.fromkeys(groups.tolist()):
        at = groups == group
        share, part, offset = blend[group]
        out[at] = share * wide[at] + part * deep[at] + offset
    return out
