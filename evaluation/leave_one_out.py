"""What a language gains from the others: the label cards' heads with and without its own posts.

Run: python evaluation/leave_one_out.py --data FOLDER --encoder FOLDER [--epochs N]

For each language group the encoder part is trained once on the authored posts and the annotated real posts of all
groups but that one, and once on all, from the same distilled encoder, with the same number of steps. Measured on the
group's own development rows: ROC-AUC of ``hostile``, and how often the likeliest narrative is one that the post tells.
The n-gram part is left out: it knows no words of a language it has not met. Writes ``results/leave_one_out.json``.

``--encoder`` is the folder that ``models/train.py encoder`` writes (``encoder.pt`` and ``tokenizer.json``).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer

from narratives.benchmark.resampling import interval, of_rows, weighted_roc_auc, wilson
from narratives.corpora import AUTHORED
from narratives.languages import LANGUAGES
from narratives.training.joint import HeadsNet, Schedule, predict, train_heads
from narratives.training.mentions import plain_mentions
from narratives.training.network import distilled
from narratives.training.tasks import HEADS, NAMES, Tasks, gather_tasks
from narratives.training.wide_deep import cut

ROOT = Path(__file__).resolve().parents[1]
STORIES = [i for i, head in enumerate(HEADS) if head.startswith("narrative.")]
RESAMPLES = 1000


def trained(tasks: Tasks, ids: list[list[int]], encoder: Path, how: Schedule) -> HeadsNet:
    """The encoder part, trained on the rows of split ``train``."""
    body = distilled(encoder)
    names = [str(s) for s in dict.fromkeys(tasks.sources)]
    torch.manual_seed(how.seed)
    net = HeadsNet(body, len(names))
    with tempfile.TemporaryDirectory() as folder:
        train_heads(net, tasks, [ids], names, how, Path(folder) / "heads.pt", boosts={"authored": 2.0})
    return net


def measured(net: HeadsNet, tasks: Tasks, ids: list[list[int]], rows: np.ndarray) -> dict[str, Any]:
    """Figures on some rows."""
    logits = predict(net, [ids[i] for i in rows])[0]
    labels = tasks.labels[rows]
    hostile = labels[:, HEADS.index("hostile")]
    agreed = (hostile < 0.35) | (hostile > 0.65)
    gold, score = (hostile[agreed] > 0.5).astype(np.int64), logits[agreed, HEADS.index("hostile")].astype(np.float64)
    draws = of_rows(lambda weights: weighted_roc_auc(gold, score, weights), gold.size, RESAMPLES, 0)
    auc = float(weighted_roc_auc(gold, score, np.ones((1, gold.size)))[0])
    told = np.flatnonzero((labels[:, STORIES] >= 0.5).any(axis=1))
    first = logits[np.ix_(told, STORIES)].argmax(axis=1)
    hits = int((labels[told][np.arange(told.size), np.array(STORIES)[first]] >= 0.5).sum())
    return {
        "n": int(gold.size),
        "hostile_roc_auc": [round(v, 4) for v in interval(auc, draws)],
        "stories": int(told.size),
        "likeliest_right": [round(v, 4) for v in wilson(hits, told.size)],
    }


def main() -> None:
    """Train with and without each group."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=3.0)
    arguments = parser.parse_args()
    everything = gather_tasks(arguments.data, ROOT / "datasets", names=plain_mentions(0))
    ours = np.char.startswith(everything.sources, AUTHORED) | np.char.startswith(everything.sources, NAMES)
    tasks = everything.take(np.flatnonzero(ours | everything.real))
    ids = cut(Tokenizer.from_file(str(arguments.encoder / "tokenizer.json")), list(tasks.spread), None)
    group_of = {lang: LANGUAGES[lang].group for lang in dict.fromkeys(tasks.langs.tolist())}
    own = np.array([group_of[lang] for lang in tasks.langs.tolist()])
    # small batches: one pass in batches of 256, 130 steps, taught no narrative at all
    how = Schedule(epochs=arguments.epochs, batch=48)
    out: dict[str, Any] = {"epochs": arguments.epochs, "rows": len(tasks.spread), "groups": {}}
    full = trained(tasks, ids, arguments.encoder, how)
    for group in sorted(set(own.tolist())):
        held = (own == group) & (tasks.splits == "train")
        kept = np.flatnonzero(~held)
        # as many steps as with all posts, so that only the posts differ
        steps = replace(
            how, epochs=how.epochs * (tasks.splits == "train").sum() / (tasks.splits[kept] == "train").sum()
        )
        without = trained(tasks.take(kept), [ids[i] for i in kept], arguments.encoder, steps)
        rows = {}
        for name, part in (("authored", ~tasks.real), ("annotated", tasks.real)):
            here = np.flatnonzero(
                (own == group) & (tasks.splits == "dev") & part & ~np.char.startswith(tasks.sources, NAMES)
            )
            if here.size >= 30 and (tasks.labels[here, HEADS.index("hostile")] > 0.65).sum() >= 10:
                rows[name] = {
                    "with": measured(full, tasks, ids, here),
                    "without": measured(without, tasks, ids, here),
                }
        out["groups"][group] = {"posts": int(held.sum()), **rows}
        print(group, json.dumps(out["groups"][group]), flush=True)
    path = ROOT / "evaluation" / "results" / "leave_one_out.json"
    path.write_text(json.dumps(out, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
