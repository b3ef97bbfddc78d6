"""Throughput and peak memory of each model, in a process of its own, as ratios to the first.

Machines differ and this one may be busy: only ratios of one run travel. Run as a module it measures one model.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from narratives.benchmark.metrics import short

_POSTS = 500
_ROUNDS = 2
_BERT = "bert-base"


def posts(lang: str) -> list[str]:
    """Some hundred posts of the functional suite, repeated with a running number so that no two are alike."""
    from narratives import resources
    from narratives.benchmark.functional import read_suite

    cases = read_suite(resources.find(f"datasets/functional/{lang}.jsonl"))
    texts = [case.text for case in cases if len(case.text.split()) >= 6]
    return [f"{texts[i % len(texts)]} {i}" for i in range(_POSTS)]


def _megabytes() -> float:
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def _one(name: str, lang: str, folder: str, train_on: str) -> dict[str, float]:
    """Measure one model in this process: the better of two rounds, and the peak memory at the end."""
    texts, langs = posts(lang), [lang] * _POSTS
    rounds = [[f"{text} {n}" for text in texts] for n in range(_ROUNDS)]  # no answer may come from a cache
    if name == _BERT:
        return _bert(texts)
    from narratives.benchmark.peers.base import Context
    from narratives.benchmark.peers.registry import make_peers

    models, missing = make_peers([name], Context(lang, Path(folder) if folder else None))
    if missing:
        return {}
    model = models[0]
    if not model.answer(texts[:16], langs[:16], train_on or None).said:  # loads and fits what is still to be loaded
        return {}
    took = []
    for fresh in rounds:
        began = time.perf_counter()
        model.answer(fresh, langs, train_on or None)
        took.append(time.perf_counter() - began)
    return {"posts_per_second": _POSTS / min(took), "peak_mb": _megabytes()}


def _bert(texts: Sequence[str]) -> dict[str, float]:
    """A BERT of base size with weights drawn at random: what any such classifier costs, whatever it has learnt."""
    from narratives.benchmark.needs import need

    transformers, torch = need("transformers"), need("torch")
    torch.manual_seed(0)
    model = transformers.BertModel(transformers.BertConfig()).eval()
    # about 1.7 word pieces a word in our languages; only the length of the input matters here
    lengths = sorted(min(128, 2 + round(1.7 * len(text.split()))) for text in texts[:32])
    began = time.perf_counter()
    with torch.inference_mode():
        for i in range(0, len(lengths), 8):
            size = lengths[min(i + 7, len(lengths) - 1)]
            model(torch.randint(0, 30000, (len(lengths[i : i + 8]), size)))
    return {"posts_per_second": len(lengths) / (time.perf_counter() - began), "peak_mb": _megabytes()}


def measure(names: Sequence[str], lang: str, folder: Path | None, train_on: str | None) -> dict[str, Any]:
    """Measure models one after the other and set them beside the first.

    Args:
        names: Names as ``narratives evaluate --against`` takes them, and ``bert-base``.
        lang: Language of the posts.
        folder: Data folder.
        train_on: Corpus the baselines are fitted on before the clock starts.

    Returns:
        By model ``posts_per_second``, ``peak_mb``, ``times_faster`` (of the first over this one) and
        ``memory_ratio`` (this one's to the first's); models that cannot run here are absent.
    """
    out: dict[str, Any] = {}
    for name in names:
        command = [sys.executable, "-m", "narratives.benchmark.speed", name, lang, str(folder or ""), train_on or ""]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        try:
            found = json.loads(done.stdout)
        except ValueError:
            found = {}
        if found:
            out[name] = {key: round(value, 1) for key, value in found.items()}
    if out:
        first = next(iter(out.values()))
        for row in out.values():
            row["times_faster"] = short(first["posts_per_second"] / row["posts_per_second"])
            row["memory_ratio"] = short(row["peak_mb"] / first["peak_mb"])
    return out


if __name__ == "__main__":
    from narratives.errors import NarrativesError

    try:
        print(json.dumps(_one(*sys.argv[1:5])))
    except NarrativesError as error:
        sys.exit(f"narratives: {error}")
