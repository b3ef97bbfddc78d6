"""From a name on the command line to a model under test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from narratives.benchmark.peers.base import Context, Model
from narratives.benchmark.peers.trained import Features, Trained
from narratives.benchmark.rows import training_rows
from narratives.errors import MissingFileError, UnknownNameError, unknown

ALL = ("hatesonar", "profanity-check", "hurtlex", "ldnoobw", "tfidf-lr", "tfidf-svm")
"""What ``all`` stands for: the peers that need no weights."""

_FORMS = ("hf:FOLDER", "detoxify:FILE", "answers:FILE", "python:MODULE:FUNCTION", "a model folder")


def _english(name: str) -> Callable[[Context], Model]:
    def make(_: Context) -> Model:
        from narratives.benchmark.peers.english import HateSonar, ProfanityCheck

        return HateSonar() if name == "hatesonar" else ProfanityCheck()

    return make


def _lexicon(name: str) -> Callable[[Context], Model]:
    def make(context: Context) -> Model:
        from narratives.benchmark.peers import lexicons

        return lexicons.hurtlex(context) if name == "hurtlex" else lexicons.ldnoobw(context)

    return make


_SIMPLE: Mapping[str, Callable[[Context], Model]] = {
    "hatesonar": _english("hatesonar"),
    "profanity-check": _english("profanity-check"),
    "hurtlex": _lexicon("hurtlex"),
    "ldnoobw": _lexicon("ldnoobw"),
}


def expand(names: tuple[str, ...] | list[str]) -> list[str]:
    """Names with ``all`` spelled out and ``linear`` as what it stands for, each once.

    >>> expand(["linear", "hurtlex"])
    ['tfidf-lr', 'hurtlex']
    """
    out: list[str] = []
    for name in names:
        out += ALL if name == "all" else ["tfidf-lr" if name == "linear" else name]
    return list(dict.fromkeys(out))


def make_peers(names: tuple[str, ...] | list[str], context: Context) -> tuple[list[Model], list[dict[str, str]]]:
    """Make the models that a run is compared against.

    Args:
        names: Names of :data:`ALL`, ``all``, ``linear`` (TF-IDF with logistic regression), or one of the forms
            ``hf:FOLDER``, ``detoxify:FILE``, ``answers:FILE``, ``python:MODULE:FUNCTION``, a folder of ours.
        context: Language, data folder and seed.

    Returns:
        The models, and those that cannot run here with the reason.

    Raises:
        UnknownNameError: A name is none of these.
    """
    features: Features | None = None
    made: list[Model] = []
    missing: list[dict[str, str]] = []
    for name in expand(names):
        try:
            if name in {"tfidf-lr", "tfidf-svm"}:
                features = features or _features(context)
                made.append(Trained(name, features, context.seed))  # type: ignore[arg-type]
            else:
                made.append(_make(name, context))
        except (MissingFileError, ImportError) as error:
            missing.append({"model": name, "why": str(error)})
    return made, missing


def _features(context: Context) -> Features:
    folder = context.folder
    if folder is None:
        raise MissingFileError("tfidf: no data folder was given, and the baselines learn from its corpora")
    return Features(lambda corpus, head: training_rows(corpus, head, folder))


def _make(name: str, context: Context) -> Model:
    kind, _, rest = name.partition(":")
    if name in _SIMPLE:
        return _SIMPLE[name](context)
    if kind == "hf" and rest:
        from narratives.benchmark.peers.checkpoints import Checkpoint

        return Checkpoint(rest, hub=context.hub)
    if kind == "detoxify":
        from narratives.benchmark.peers.checkpoints import Detoxify

        return Detoxify(rest, hub=context.hub)
    if kind == "answers" and rest:
        from narratives.benchmark.peers.given import AnswerFile

        return AnswerFile(Path(rest))
    if kind == "python" and rest:
        from narratives.benchmark.peers.given import function

        return function(rest)
    from narratives.benchmark.peers.ours import Ours
    from narratives.scorer import load

    try:
        return Ours(load(name), Path(name).name)
    except UnknownNameError:
        raise unknown("peer", name, [*ALL, "all", "linear", *_FORMS]) from None
