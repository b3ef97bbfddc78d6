"""Measure a model and its peers on everything at hand for one language."""

from __future__ import annotations

import hashlib
import json
import platform
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from narratives import __version__
from narratives.benchmark import suites
from narratives.benchmark.bench import Bench, Settings
from narratives.benchmark.peers.base import Context, Model
from narratives.benchmark.peers.ours import Ours
from narratives.benchmark.peers.registry import make_peers
from narratives.benchmark.plan import Plan
from narratives.benchmark.sets import measure_sets
from narratives.scorer import Scorer

_PACKAGES = ("numpy", "scipy", "scikit-learn", "hatesonar", "alt-profanity-check", "transformers", "torch")


def evaluate(plan: Plan, scorer: Scorer, name: str, settings: Settings, extra: Sequence[Model] = ()) -> dict[str, Any]:
    """Measure a model and its peers on everything a plan lists.

    Args:
        plan: What to measure.
        scorer: Model under test.
        name: Its name in tables.
        settings: Data folder, peers, seed.
        extra: Further models under test, such as callables.

    Returns:
        Plain values, ready for JSON; :func:`digest` is the same for the same data, models and seed.
    """
    began = time.perf_counter()
    peers, absent = make_peers(settings.against, Context(plan.lang, settings.data, settings.seed, settings.hub))
    models: list[Model] = [Ours(scorer, name), *peers, *extra]
    for row in absent:
        settings.say(f"{plan.lang}: peer skipped: {row['why']}")
    bench = Bench(plan, scorer, models, settings)
    sets, skipped = measure_sets(bench)
    out: dict[str, Any] = {
        "format": 1,
        "lang": plan.lang,
        "note": plan.note,
        "model": {"name": name, "version": scorer.info.version, "sha256": scorer.info.sha256},
        "heads": list(scorer.heads),
        "models": {model.name: model.note for model in models},
        "absent": absent,
        "seed": settings.seed,
        "resamples": settings.resamples,
        "sets": sets,
        "skipped": skipped,
        "published": [row.model_dump() for row in plan.published],
        "suite": suites.suite(bench),
        "authored": suites.authored(bench),
        "annotated": suites.annotated(bench),
        "evidence": suites.evidence(bench),
        "spans": suites.spans(bench),
    }
    out["digest"] = digest(out)
    out["versions"] = versions()
    out["machine"] = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    out["seconds"] = round(time.perf_counter() - began, 1)
    settings.say(f"{plan.lang}: done in {out['seconds']:.0f} s, digest {out['digest'][:12]}")
    return out


def digest(result: Mapping[str, Any]) -> str:
    """SHA-256 of everything in a result that a second run must give again: not time, machine and versions."""
    kept = {k: v for k, v in result.items() if k not in {"digest", "versions", "machine", "seconds", "speed"}}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def versions() -> dict[str, str]:
    """Versions of what the figures depend on."""
    found = {"narratives": __version__}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
