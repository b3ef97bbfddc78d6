"""Add a user's own labelled posts to the default model: a small correction of its heads, from a few dozen posts on.

How freely a head may move is chosen by cross-validation inside the posts it learns from. The scores of posts that the
other folds' corrections give also set its probabilities and its threshold, so that no post is lost to either choice.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from scipy import sparse
from scipy.special import expit

from narratives.backends import open_model
from narratives.backends.base import model_folder
from narratives.backends.cards import TARGET
from narratives.backends.wide_deep import WideDeepBackend
from narratives.calibration import Calibration
from narratives.errors import InputError, ModelError, OutputError
from narratives.text import fold
from narratives.training.calibrate import Scored, calibrate, trusted_cut
from narratives.training.export import write_model
from narratives.training.measure import fast_macro_f1
from narratives.training.transformer_data import Labelled, read_labelled

_FEWEST = 8  # posts of each answer below which a head is left as it is
_RESAMPLES = 1000
_FOLDS = 5
_BASE = 3.0
"""How freely the model's own score is taken up, as the factor of the feature."""

_FREEDOM = ((0.0, 0.0), (0.125, 0.5), (0.25, 1.0), (0.5, 2.0), (1.0, 4.0))
"""How freely the hidden layer and the n-grams move, to choose from; first not at all: scale and threshold only."""


@dataclass(frozen=True, slots=True)
class Change:
    """Macro-F1 of one head on posts kept for measuring, as the model was and as it is now.

    Attributes:
        head: The head.
        lang: Language code, or ``all``.
        n: Posts.
        before: (value, low, high), 95 % bootstrap interval, at the default threshold.
        after: The same of the new model.
    """

    head: str
    lang: str
    n: int
    before: tuple[float, float, float]
    after: tuple[float, float, float]

    def row(self) -> str:
        """A row of a Markdown table."""
        cells = (f"{v:.3f} ({a:.3f} to {b:.3f})" for v, a, b in (self.before, self.after))
        return f"| {self.head} | {self.lang} | {self.n:,} | {' | '.join(cells)} |"


def adapt(
    data: Path,
    out: Path,
    *,
    labels: Sequence[str],
    text: str = "text",
    base: str | Path | None = None,
    lang: str | None = None,
    lang_column: str | None = None,
    seed: int = 0,
    say: Callable[[str], None] = print,
) -> list[Change]:
    """Fit corrections of the heads on labelled posts, and write a model folder that ``narratives.load`` opens.

    Args:
        data: Labelled posts: CSV, TSV, JSON lines or Parquet.
        out: Folder to write; must not exist.
        labels: ``HEAD=COLUMN`` or columns of ids, as for ``read_labelled``.
        text: Column of the posts.
        base: Model to start from: the default, or a folder that this function wrote.
        lang: Language of all posts.
        lang_column: Column of language codes.
        seed: Of the resamples.
        say: Told about progress.

    Returns:
        What changed on posts kept for measuring, head by head and language by language.

    Raises:
        OutputError: ``out`` exists.
        ModelError: The base is of another kind.
        InputError: No head has enough posts of both answers.
    """
    if out.exists():
        raise OutputError(f"{out} exists; give another folder, or remove it first")
    backend = open_model(base)
    if not isinstance(backend, WideDeepBackend):
        raise ModelError(f"model {backend.info.name} has no encoder; start from the default model")
    posts = read_labelled(data, text, labels, lang=lang, lang_column=lang_column)
    unknown = int((posts.groups == "und").sum())
    if unknown:
        say(f"{unknown:,} left out of the posts: the language was not recognised; name it with --lang or --lang-column")
        posts = _taken(posts, np.flatnonzero(posts.groups != "und"))
    heads = [h for h in posts.heads if h in backend.heads and _enough(posts, h)]
    if not heads:
        raise InputError(f"{data}: no head has {_FEWEST} posts of each answer to learn from; label more posts")
    folded = [fold(post, code) for post, code in zip(posts.texts, posts.langs, strict=True)]
    seen = backend.read(folded, posts.groups.tolist())
    before = backend.judge(seen, posts.groups.tolist())
    grams = {True: (seen.folded + seen.names).tocsr(), False: seen.folded}  # names tell whom a post is about
    say(f"{len(posts.texts):,} posts, {int((posts.splits != 'dev').sum()):,} to learn from; heads: {', '.join(heads)}")
    fitted = [
        fit(posts, head, before[:, backend.heads.index(head)], seen.hidden, grams[head.startswith(TARGET)])
        for head in heads
    ]
    folder = model_folder(base)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    tensors = load_file(folder / "model.safetensors")
    adapted = _merged(config.get("adapted", []), tensors, heads, [f.part for f in fitted])
    config |= {"adapted": adapted, "name": out.name, "adapted_from": backend.info.name, "posts_sha256": posts.digest}
    work = out.with_name(f"{out.name}.part")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    shutil.copy(folder / "tokenizer.json", work)
    write_model(work, config, tensors)
    after = WideDeepBackend.load(work).judge(seen, posts.groups.tolist())
    for one in fitted:
        _recalibrate(config, posts, one.scored)
    write_model(work, config, tensors)
    adapted_backend = WideDeepBackend.load(work)
    changes = [c for head in heads for c in _changes(posts, head, backend, adapted_backend, before, after, seed)]
    write_model(work, config, tensors, card(config, changes, posts))
    work.rename(out)
    return changes


def _taken(posts: Labelled, rows: NDArray[np.int64]) -> Labelled:
    return replace(
        posts,
        texts=[posts.texts[i] for i in rows],
        langs=posts.langs[rows],
        groups=posts.groups[rows],
        labels=posts.labels[rows],
        splits=posts.splits[rows],
    )


def _learns(posts: Labelled, head: str) -> NDArray[np.int64]:
    """Rows that a head learns from: all that are labelled but those kept for measuring."""
    known = ~np.isnan(posts.labels[:, posts.heads.index(head)])
    return np.flatnonzero(known & (posts.splits != "dev"))


def _enough(posts: Labelled, head: str) -> bool:
    gold = posts.labels[_learns(posts, head), posts.heads.index(head)]
    return min(int((gold == 1).sum()), int((gold == 0).sum())) >= _FEWEST


@dataclass(frozen=True, slots=True)
class Fitted:
    """A correction of one head, and what was learnt of it on posts it had not seen.

    Attributes:
        part: Tensors of :class:`narratives.backends.wide_deep.Adapter`, one column each.
        scored: Out-of-fold scores of the posts learnt from.
        freedom: The chosen entry of ``_FREEDOM``.
    """

    part: dict[str, NDArray[np.float32]]
    scored: Scored
    freedom: int


def fit(
    posts: Labelled, head: str, score: NDArray[np.float32], hidden: NDArray[np.float32], grams: sparse.csr_matrix
) -> Fitted:
    """Logistic regression on what the model says, its hidden layer and its n-grams, as free as does good."""
    from sklearn.linear_model import LogisticRegression

    rows = _learns(posts, head)
    seen = grams[rows]
    used = np.unique(seen.indices)  # buckets that no post has cannot be learnt
    seen = seen[:, used]
    gold = (posts.labels[rows, posts.heads.index(head)] == 1).astype(np.int64)
    size = float(np.abs(score[rows]).std()) + 1e-6
    width = float(np.sqrt((hidden[rows] ** 2).sum(axis=1).mean())) + 1e-6
    folds = _folds(gold)
    tried: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []

    def features(freedom: tuple[float, float]) -> tuple[tuple[float, float, float], sparse.csr_matrix]:
        factors = (_BASE / size, freedom[0] / width, freedom[1])
        columns = [sparse.csr_matrix(score[rows, None] * factors[0])]
        if any(freedom):
            columns += [sparse.csr_matrix(hidden[rows] * factors[1]), seen * factors[2]]
        return factors, sparse.hstack(columns).tocsr()

    def model() -> LogisticRegression:
        return LogisticRegression(C=1.0, class_weight="balanced", max_iter=500)

    for freedom in _FREEDOM:
        _, x = features(freedom)
        unseen = np.zeros(rows.size)
        for number in range(_FOLDS):
            at = folds == number
            unseen[at] = model().fit(x[~at], gold[~at]).decision_function(x[at])
        tried.append((_balanced_loss(unseen, gold), unseen))
    best = _least_free([loss for loss, _ in tried])
    factors, x = features(_FREEDOM[best])
    final = model().fit(x, gold)
    wide = hidden.shape[1]
    weights = np.zeros(1 + wide + used.size)
    weights[: final.coef_.shape[1]] = final.coef_[0]
    table = np.zeros((grams.shape[1], 1), np.float32)
    table[used, 0] = weights[1 + wide :] * factors[2]
    part = {
        "scale": np.array([weights[0] * factors[0]], np.float32),
        "hidden": np.asarray(weights[1 : 1 + wide] * factors[1], np.float32)[:, None],
        "grams": table,
        "bias": np.asarray(final.intercept_, np.float32),
    }
    return Fitted(part, Scored(head, tried[best][1], gold), best)


def _folds(gold: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) fold of each post; each fold holds its share of both answers."""
    out = np.empty(gold.size, np.int64)
    for answer in (0, 1):
        at = np.flatnonzero(gold == answer)
        out[at] = np.arange(at.size) % _FOLDS
    return out


def _balanced_loss(z: NDArray[np.float64], gold: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n,) log loss of each post, weighed so that both answers count the same."""
    share = np.where(gold == 1, gold.mean(), 1 - gold.mean())
    return np.asarray((np.logaddexp(0, z) - gold * z) * 0.5 / share, np.float64)


def _least_free(losses: Sequence[NDArray[np.float64]]) -> int:
    """The first choice whose loss is within one standard error of the least (Breiman et al. 1984).

    >>> _least_free([np.array([0.5, 0.9, 0.7]), np.array([0.6, 0.7, 0.7]), np.array([0.1, 0.1, 0.2])])
    2
    """
    best = losses[int(np.argmin([loss.mean() for loss in losses]))]
    for i, loss in enumerate(losses):
        more = loss - best
        if more.mean() <= more.std() / np.sqrt(more.size):
            return i
    raise AssertionError("the best is within any distance of itself")


def _merged(
    earlier: list[str],
    tensors: dict[str, NDArray[Any]],
    heads: Sequence[str],
    parts: Sequence[dict[str, NDArray[np.float32]]],
) -> list[str]:
    """Put new corrections beside those of earlier runs; one of the same head goes through both."""
    fitted = dict(zip(heads, parts, strict=True))
    table: dict[str, dict[str, NDArray[Any]]] = {
        head: {name: tensors[f"adapter.{name}"][..., [i]] for name in ("scale", "hidden", "grams", "bias")}
        for i, head in enumerate(earlier)
    }
    for head, part in fitted.items():
        old = table.get(head)
        table[head] = (
            part
            if old is None
            else {
                "scale": part["scale"] * old["scale"],
                **{name: part[name] + part["scale"] * old[name] for name in ("hidden", "grams", "bias")},
            }
        )
    for name in ("scale", "hidden", "grams", "bias"):
        tensors[f"adapter.{name}"] = np.concatenate([part[name] for part in table.values()], axis=-1).astype(np.float32)
    return list(table)


def calibrated(scored: Scored) -> Calibration:
    """Probabilities and threshold from out-of-fold scores, the threshold drawn to the regression's own where few."""
    entry = calibrate([scored])
    threshold = float(expit(trusted_cut(scored) / entry.temperature + entry.offset))
    low, high = (float(np.clip(edge + threshold - entry.threshold, 0, 1)) for edge in entry.review)
    return replace(entry, threshold=threshold, review=(min(low, threshold), max(high, threshold)))


def _recalibrate(config: dict[str, Any], posts: Labelled, scored: Scored) -> None:
    entry = calibrated(scored).to_dict()
    groups = set(posts.groups[_learns(posts, scored.corpus)].tolist())
    config["calibration"][scored.corpus] |= dict.fromkeys((*groups, "any"), entry)


def _changes(
    posts: Labelled,
    head: str,
    old: WideDeepBackend,
    new: WideDeepBackend,
    before: NDArray[np.float32],
    after: NDArray[np.float32],
    seed: int,
) -> list[Change]:
    column, gold = old.heads.index(head), posts.labels[:, posts.heads.index(head)]
    rows = posts.rows("dev")
    rows = rows[~np.isnan(gold[rows])]
    said = []
    for backend, logits in ((old, before), (new, after)):
        table = [backend.calibration[head][group] for group in posts.groups[rows].tolist()]
        p = [c.probabilities(logits[[row], column])[0] for c, row in zip(table, rows, strict=True)]
        said.append(np.array([value >= c.threshold for value, c in zip(p, table, strict=True)], np.int64))
    out = []
    for code in ("all", *dict.fromkeys(posts.langs[rows].tolist())):
        at = np.flatnonzero((posts.langs[rows] == code) | (code == "all"))
        answers = (gold[rows][at] == 1).astype(np.int64)
        if at.size:
            figures = [bootstrapped(answers, guess[at], seed) for guess in said]
            out.append(Change(head, code, int(at.size), figures[0], figures[1]))
    return out


def bootstrapped(gold: NDArray[np.int64], said: NDArray[np.int64], seed: int) -> tuple[float, float, float]:
    """Macro-F1 and its 95 % bootstrap interval; ``gold`` and ``said`` are 0 or 1, shape (n,)."""
    rng = np.random.default_rng(seed)
    picks = rng.integers(0, gold.size, (_RESAMPLES, gold.size))
    low, high = np.quantile([fast_macro_f1(gold[p], said[p]) for p in picks], [0.025, 0.975])
    return fast_macro_f1(gold, said), float(low), float(high)


def card(config: dict[str, Any], changes: Sequence[Change], posts: Labelled) -> str:
    """The model card of an adapted model."""
    lines = [
        f"# {config['name']}",
        "",
        f"Model `{config['adapted_from']}` of narratives, corrected with {int((posts.splits != 'dev').sum()):,} "
        f"labelled posts (file of SHA-256 `{config['posts_sha256'][:16]}…`). "
        f"Heads changed: {', '.join(config['adapted'])}.",
        "",
        "Macro-F1 with 95 % intervals on posts kept apart by digest, at default thresholds:",
        "",
        "| head | language | posts | before | after |",
        "|---|---|---|---|---|",
        *(change.row() for change in changes),
        "",
        "Everything else is as in the card of the model it was made from. Weights: CC BY-NC-SA 4.0.",
        "",
    ]
    return "\n".join(lines)
