"""Slow models judge the training posts that nobody has read by the label cards; the default model learns from it.

The judges of a language (Hinton et al. 2015 for the idea): the default model as it stands; support vector machines on
the sentence vectors of the multilingual Universal Sentence Encoder and of the default model's own encoder, each fitted
on the posts with readers; in English also a fine-tuned MiniLM (``training.english``). A regression on posts of split
``calibration`` joins their weighted sum with what the post's corpus says of hate, which is worth as much. Where a
language has no posts with readers there is nothing to judge by; few Albanian ones taught that Albanian is harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from narratives.backends.names import STAND_IN
from narratives.corpora import AUTHORED, CORPORA, Example, read_examples
from narratives.errors import MissingFileError
from narratives.scorer import Scorer
from narratives.taxonomy import NARRATIVES, STANCES
from narratives.text import fold
from narratives.training.encoder_recipe import sentence_vectors
from narratives.training.english import CARDS, read_english, train_english
from narratives.training.mentions import plain_mentions
from narratives.training.tasks import HEADS, NAMES, Judged, Tasks, gather_tasks

_WEIGHTS = {"model": 1.0, "sentence": 1.5, "encoder": 1.0}
_WEIGHTS_EN = {"model": 1.0, "sentence": 1.0, "encoder": 0.5, "english": 1.2}
_STORY = 0.5  # weight of MiniLM's narratives beside the default model's
_LANGUAGES = ("en", "hr", "ro", "sr", "tr")
_SHARE = {"en": 0.08, "tr": 0.2, "ro": 0.3}  # of the posts that name no group; elsewhere all are judged
_WHOLE = {"ishate-en", "crowdcounter-en", "mayda-tr", "siu2023-nst-tr"}  # near to the subject: judged whole
_LIMIT = 400  # characters that the sentence encoder reads
_STANCES = [HEADS.index(f"stance.{s}") for s in STANCES]
_ASSERTED = HEADS.index("stance.asserted")
_STORIES = [HEADS.index(f"narrative.{n}") for n in NARRATIVES]
_SURE = 0.15  # readers agree where their share lies farther than this from a half


@dataclass(frozen=True, slots=True)
class Seen:
    """What the judges see of some posts of a language.

    Attributes:
        sentence: (posts, 512) unit vectors of the sentence encoder.
        encoder: (posts, 512) unit vectors of the default model's encoder.
        p: (posts, heads) the default model's probabilities.
        english: (posts, 17) MiniLM's logits of ``english.CARDS``; ``None`` elsewhere than in English.
    """

    sentence: NDArray[np.float32]
    encoder: NDArray[np.float32]
    p: NDArray[np.float32]
    english: NDArray[np.float32] | None


def judge(
    data: Path, datasets: Path, scorer: Scorer, work: Path, seed: int = 0, say: Callable[[str], None] = print
) -> Judged:
    """Judge the training posts that nobody has read, and write ``judged.npz``; an existing file is read instead.

    Args:
        data: Folder of the corpora.
        datasets: The project's own ``datasets``.
        scorer: The default model as it stands.
        work: Folder for what is made on the way, outside the repository.
        seed: Of the choice of posts.
        say: Told about progress.
    """
    path = work / "judged.npz"
    if path.is_file():
        return read_judged(path)
    work.mkdir(parents=True, exist_ok=True)
    tasks = gather_tasks(data, datasets, names=plain_mentions(seed), say=say)
    texts = _originals(data)
    net = train_english(tasks, work / "english.pt", seed, say)
    unread = _unread(tasks, np.random.default_rng(seed))
    out: dict[tuple[str, str], NDArray[np.float32]] = {}
    for lang in _LANGUAGES:
        rows = np.flatnonzero((tasks.langs == lang) & (tasks.real | unread))
        names = [(str(tasks.sources[i]), texts[str(tasks.sources[i]), tasks.folded[i]]) for i in rows.tolist()]
        posts = [text for _, (_, text) in names]
        seen = Seen(
            sentence_vectors([text[:_LIMIT] for text in posts]),
            np.asarray(scorer.encode(posts, lang=lang)),
            scorer.predict_proba(posts, lang=lang).astype(np.float32),
            read_english(net, [tasks.spread[i] for i in rows.tolist()]) if lang == "en" else None,
        )
        labels, real = tasks.labels[rows], tasks.real[rows]
        verdicts = judged_language(seen, labels, real, tasks.splits[rows])
        given = ~real & ~np.isnan(verdicts[:, CARDS[0]])
        out |= {(corpus, key): v for (corpus, (key, _)), v, g in zip(names, verdicts, given, strict=True) if g}
        say(f"{lang}: {int(given.sum())} posts judged by {int(real.sum())} with readers")
    np.savez(
        path,
        corpora=np.array([corpus for corpus, _ in out]),
        keys=np.array([key for _, key in out]),
        labels=np.stack(list(out.values())),
    )
    return out


def read_judged(path: Path) -> Judged:
    """What :func:`judge` wrote."""
    with np.load(path) as kept:
        pairs = zip(kept["corpora"].tolist(), kept["keys"].tolist(), strict=True)
        return dict(zip(pairs, kept["labels"], strict=True))


def judged_language(
    seen: Seen, labels: NDArray[np.float32], real: NDArray[np.bool_], splits: NDArray[np.str_]
) -> NDArray[np.float32]:
    """Hostility, stance and, in English, narratives of posts of one language.

    Args:
        seen: What the judges see.
        labels: (posts, heads), of the label cards where readers gave them, ``hate`` as the corpora have it.
        real: (posts,) which have readers.
        splits: (posts,) of each.

    Returns:
        (posts, heads), NaN for what is not judged: all of it where readers found posts of one kind only.
    """
    out = np.full(labels.shape, np.nan, np.float32)
    hostile = labels[:, CARDS[0]]
    agreed = real & (np.abs(hostile - 0.5) > _SURE)
    train, held = (agreed & (splits == split) for split in ("train", "calibration"))
    yes = hostile > 0.5
    if any(np.unique(yes[rows]).size < 2 for rows in (train, held)):
        return out
    parts = {"model": _logit(seen.p[:, _ASSERTED])}
    for name, vectors in (("sentence", seen.sentence), ("encoder", seen.encoder)):
        machine = SVC(C=1, gamma=1.5, class_weight="balanced").fit(vectors[train], yes[train])
        parts[name] = machine.decision_function(vectors)
    weights = _WEIGHTS
    if seen.english is not None:
        weights, parts["english"] = _WEIGHTS_EN, seen.english[:, 0]
    total = np.stack([weights[name] * part for name, part in parts.items()], 1).sum(1, keepdims=True)
    stated = np.nan_to_num(2 * labels[:, HEADS.index("hate")] - 1)[:, None]
    told = np.hstack([total, stated])
    p = LogisticRegression().fit(told[held], yes[held]).predict_proba(told)[:, 1]
    out[:, CARDS[0]] = p
    # who attacks asserts: the other stances keep their shares of what is left
    stance = seen.p[:, _STANCES] * ((1 - p) / np.clip(1 - seen.p[:, _ASSERTED], 1e-4, None))[:, None]
    out[:, _STANCES], out[:, _ASSERTED] = stance, p
    if seen.english is not None:
        said = _logit(seen.p[:, _STORIES]) + _STORY * seen.english[:, 1:]
        kept = real & (splits == "calibration")
        fit = LogisticRegression().fit(said[kept].reshape(-1, 1), (labels[kept][:, _STORIES] >= 0.5).ravel())
        stories = fit.predict_proba(said.reshape(-1, 1))[:, 1].reshape(said.shape)
        out[:, _STORIES] = np.minimum(stories, p[:, None])  # a story that is told is an attack
    return out


def _unread(tasks: Tasks, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Training posts of the corpora that no reader has seen; of those far from the subject, a part."""
    ours = np.char.startswith(tasks.sources, AUTHORED) | np.char.startswith(tasks.sources, NAMES)
    near = np.array([STAND_IN in text for text in tasks.spread]) | np.isin(tasks.sources, sorted(_WHOLE))
    share = np.array([_SHARE.get(lang, 1.0) for lang in tasks.langs.tolist()])
    out: NDArray[np.bool_] = (tasks.splits == "train") & ~tasks.real & ~ours & (near | (rng.random(near.size) < share))
    return out


def _originals(data: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """(corpus, folded text) to the key and the text as it was written."""
    out: dict[tuple[str, str], tuple[str, str]] = {}
    for name, corpus in CORPORA.items():
        try:
            examples: Sequence[Example] = list(read_examples(corpus, data))
        except MissingFileError:
            continue  # said before, when the labels were gathered
        for example in examples:
            out.setdefault((name, fold(example.text, example.lang)), (example.key, example.text))
    return out


def _logit(p: NDArray[np.float32]) -> NDArray[np.float32]:
    out: NDArray[np.float32] = logit(np.clip(p, 1e-5, 1 - 1e-5)).astype(np.float32)
    return out


__all__ = ["Seen", "judge", "judged_language", "read_judged"]
