"""How far a few labelled posts help on a corpus that the model has never seen.

Run: python evaluation/few_shot.py --data FOLDER --encoder FOLDER --work FOLDER

Every corpus at hand is in the default model, so this trains another one without three of them (``OUT``), by the same
recipe made light: n-grams in 2**16 buckets with 40 iterations, and heads on the distilled encoder as it is (its
distillation saw no labels), from at most 3,000 posts a corpus, in place of training both together. Nothing of those
three corpora, text or label, reaches the heads or the n-grams. Then, for 16, 64 and 256 posts a class drawn from a
corpus' training split, five times each, this compares on its development split, which nothing is chosen on: the model
as it is, with ``narratives train heads`` on those posts, and logistic regression on n-grams of those posts alone.

``--encoder`` is the folder that ``models/train.py encoder`` writes (``encoder.pt`` and ``tokenizer.json``).
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional

from narratives.backends.linear import LinearBackend
from narratives.backends.ngrams import NgramHasher
from narratives.backends.wide_deep import WideDeepBackend
from narratives.backends.words import spread
from narratives.calibration import Calibration
from narratives.corpora import CORPORA, Example, corpus, read_examples
from narratives.errors import MissingFileError
from narratives.languages import LANGUAGES
from narratives.text import fold, normalise_text
from narratives.training import recipe
from narratives.training.adapt import calibrated, fit
from narratives.training.data import Dataset, gather, inverse_document_frequency, matrix
from narratives.training.export import write_model
from narratives.training.joint import PER_CORPUS, HeadsNet, Schedule, class_weights, draw, loss_of
from narratives.training.measure import fast_macro_f1, own_model
from narratives.training.mentions import plain_mentions
from narratives.training.network import distilled, filled
from narratives.training.tasks import Tasks, gather_tasks
from narratives.training.transformer_data import read_labelled
from narratives.training.wide_deep import Settings, assemble, cut

ROOT = Path(__file__).resolve().parents[1]
OUT = {"news-ro-offense": "offensive", "siu2023-nst-tr": "hate", "hatemoji-en": "hate"}
SIZES, SEEDS, RESAMPLES = (16, 64, 256), range(5), 1000
MOST = 3000  # posts of a corpus that the heads are trained on
NAMES = ("base", "adapted", "alone")


def base(data: Path, encoder: Path, work: Path) -> Path:
    """Train the model that has never seen the corpora of ``OUT``; a step that is done is not done again."""
    seen, linear, out = work / "data", work / "linear", work / "base"
    seen.mkdir(parents=True, exist_ok=True)
    folders = {corpus(name).folder or name for name in CORPORA if name not in OUT}
    for folder in folders:
        if (data / folder).is_dir() and not (seen / folder).exists():
            (seen / folder).symlink_to((data / folder).resolve())
    if not (linear / "aligned").is_file():
        light = recipe.Settings(name="linear", hasher=NgramHasher(bits=16), iterations=40)
        ngrams(seen, linear, work / "linear.work", light)
    if out.is_dir():
        return out
    settings = Settings(name="base")
    tasks = thinned(gather_tasks(seen, ROOT / "datasets", names=plain_mentions(0)))
    assert not set(OUT) & set(tasks.sources.tolist())
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    plain = cut(tokenizer, list(tasks.spread), None)
    names = [str(s) for s in dict.fromkeys(tasks.sources)]
    net = heads(tasks, plain, names, encoder, settings)
    config_, tensors = assemble(tasks, plain, net, names, LinearBackend.load(linear), linear, settings, print)
    part = work / "base.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    tokenizer.save(str(part / "tokenizer.json"))
    write_model(part, config_, tensors)
    part.rename(out)
    return out


def ngrams(data: Path, out: Path, work: Path, settings: recipe.Settings) -> None:
    """``recipe.train`` without calibrating and measuring what is not used by itself."""
    work.mkdir(parents=True, exist_ok=True)
    dataset = gather(data, recipe.HEADS, authored=ROOT / "datasets" / "posts")
    training = dataset.splits == "train"
    raw = matrix(settings.hasher, dataset.spread)
    idf = inverse_document_frequency(raw[training], dataset.groups[training])
    features = matrix(settings.hasher, dataset.spread, idf)
    extra = recipe._Extra.made(dataset, idf, settings)
    fits = {head: recipe._fit(dataset, features, extra, head, work, settings, print) for head in recipe.HEADS}
    listed, tensors = recipe._experts(dataset, features, fits, work, settings, print)
    tensors["idf"] = idf.astype(np.float16)
    config = recipe._config(settings, listed)
    write_model(out, config, tensors)
    align(dataset, out, config, tensors)


def align(dataset: Dataset, out: Path, config: dict[str, Any], tensors: dict[str, Any]) -> None:
    """Let the experts agree on where yes begins, on calibration posts."""
    held = np.flatnonzero(dataset.splits == "calibration")
    logits = np.zeros((len(dataset.folded), len(recipe.HEADS)), np.float32)
    own = dataset.own_groups
    groups = [own[i] for i in held]
    logits[held] = LinearBackend.load(out).logits([dataset.folded[i] for i in held], groups)
    recipe._align(dataset, logits, config["experts"], tensors)
    write_model(out, config, tensors)
    (out / "aligned").touch()


def thinned(tasks: Tasks) -> Tasks:
    """At most ``MOST`` rows of a source to train on, a quarter of that to calibrate on, none to measure on."""
    order, keep = np.random.default_rng(0).permutation(len(tasks.spread)), []
    for source in dict.fromkeys(tasks.sources.tolist()):
        mine = order[tasks.sources[order] == source]
        # what readers labelled for this project is kept whole
        first = mine[np.argsort(~tasks.real[mine], kind="stable")]
        keep += [first[tasks.splits[first] == "train"][:MOST], first[tasks.splits[first] == "calibration"][: MOST // 4]]
    return tasks.take(np.sort(np.concatenate(keep)))


def heads(tasks: Tasks, plain: list[list[int]], names: list[str], encoder: Path, settings: Settings) -> HeadsNet:
    """The heads on the distilled encoder, which stays as it is."""
    body = distilled(encoder)
    torch.manual_seed(settings.seed)
    net = HeadsNet(body.eval(), len(names), settings.hidden)
    x = torch.zeros(len(plain), body.mix.in_features)
    order = np.argsort([len(ids) for ids in plain], kind="stable")
    with torch.no_grad():
        for i in range(0, order.size, 512):
            x[order[i : i + 512]] = body.pool(filled([plain[j] for j in order[i : i + 512]], body.padding, 80))
    rows = np.flatnonzero(tasks.splits == "train")
    sources = np.array([names.index(s) for s in tasks.sources])
    weights, labels = torch.from_numpy(class_weights(tasks, sources, rows)), torch.from_numpy(tasks.labels)
    how = Schedule(epochs=5.0)
    parameters = [p for n, p in net.named_parameters() if not n.startswith("encoder.")]
    optimiser = torch.optim.AdamW(parameters, how.rate, weight_decay=how.decay)
    steps, stream = int(how.epochs * rows.size / how.batch), draw(tasks, dict(settings.boosts), how, rows)
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = how.rate * min(1.0, (step + 1) / 200) * max(0.02, 1 - step / steps)
        picks = next(stream)
        own = torch.from_numpy(sources[picks])
        hidden = functional.relu(net.hidden(functional.dropout(x[picks], how.dropout)))
        hidden = functional.dropout(hidden, 2 * how.dropout)
        logits = net.heads(hidden)
        more = torch.einsum("nd,nhd->nh", hidden, net.corrections[own]) + net.offsets[own]
        logits = torch.cat([logits[:, :PER_CORPUS] + more, logits[:, PER_CORPUS:]], 1)
        loss = loss_of(logits, labels[picks], weights[own], how)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if (step + 1) % 500 == 0:
            print(f"step {step + 1}/{steps} loss {loss.item():.3f}")
    return net


def answers(examples: Sequence[Example], head: str) -> np.ndarray:
    """0 or 1 of each post."""
    return np.array([int(e.labels[head] >= 0.5) for e in examples], np.int64)


class Posts:
    """Posts to measure on, read once: a correction of heads changes nothing about how they are read."""

    def __init__(self, model: WideDeepBackend, examples: Sequence[Example], head: str) -> None:
        self.examples, self.head, self.gold = examples, head, answers(examples, head)
        self.group = LANGUAGES[examples[0].lang].group
        groups = [self.group] * len(examples)
        self.seen = model.read(folded(examples), groups)
        logits = model.judge(self.seen, groups)
        self.score = logits[:, model.heads.index(head)]
        self.before = said(self.score, model.calibration[head][self.group])

    def after(self, model: WideDeepBackend, file: Path) -> tuple[np.ndarray, int]:
        """The same after the correction that ``narratives train heads`` fits on a file, and how free it was."""
        own = read_labelled(file, "text", [f"{self.head}={self.head}"], lang=self.examples[0].lang)
        seen = model.read([fold(t, c) for t, c in zip(own.texts, own.langs, strict=True)], own.groups.tolist())
        score = model.judge(seen, own.groups.tolist())[:, model.heads.index(self.head)]
        fitted = fit(own, self.head, score, seen.hidden, seen.folded)
        more = self.seen.hidden @ fitted.part["hidden"] + self.seen.folded @ fitted.part["grams"]
        logits = self.score * fitted.part["scale"] + more[:, 0] + fitted.part["bias"]
        return said(logits.astype(np.float32), calibrated(fitted.scored)), fitted.freedom


def said(logits: np.ndarray, calibration: Calibration) -> np.ndarray:
    """0 or 1 at the threshold."""
    return np.asarray(calibration.probabilities(logits) >= calibration.threshold, np.int64)


def folded(examples: Sequence[Example]) -> list[str]:
    """Posts as the backends take them."""
    return [fold(normalise_text(e.text, e.lang), e.lang) for e in examples]


def alone(few: Sequence[Example], dev: Sequence[Example], head: str, seed: int) -> np.ndarray:
    """What logistic regression on the n-grams of the few posts alone says."""
    seen = [matrix(NgramHasher(bits=16), [spread(text) for text in folded(part)]) for part in (few, dev)]
    return own_model(seen[0], answers(few, head), seen[1], seed)


def sample(pool: Sequence[Example], head: str, size: int, seed: int) -> list[Example]:
    """``size`` posts of each answer, or as many as there are of the rarer one."""
    gold, rng = answers(pool, head), np.random.default_rng(seed)
    size = min(size, int(gold.sum()), int((1 - gold).sum()))
    picks = np.concatenate([rng.choice(np.flatnonzero(gold == kind), size, replace=False) for kind in (0, 1)])
    return [pool[i] for i in rng.permutation(picks)]


def write_rows(path: Path, few: Sequence[Example], head: str) -> None:
    """The posts as a researcher's own file."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(["text", head])
        rows.writerows([e.text, int(e.labels[head] >= 0.5)] for e in few)


def measure(model: Path, data: Path, work: Path, tuning: bool) -> list[dict[str, object]]:
    """All comparisons; ``tuning`` measures on posts of the training split that no sample holds, not on ``dev``."""
    seen = learnt_from(data)
    before, out = WideDeepBackend.load(model), []
    for name, head in OUT.items():
        every = [e for e in _examples(name, data) if head in e.labels and (e.lang, e.key) not in seen]
        pool = [e for e in every if e.split == "train"]
        test = [e for e in every if e.split == "dev"]
        if tuning:
            half = np.random.default_rng(9).permutation(len(pool))
            test, pool = [pool[i] for i in half[:700]], [pool[i] for i in half[700:]]
        posts = Posts(before, test, head)
        for size in SIZES:
            told: dict[str, list[np.ndarray]] = {key: [] for key in NAMES}
            free = []
            for seed in SEEDS:
                few = sample(pool, head, size, seed)
                write_rows(work / "few.csv", few, head)
                after, freedom = posts.after(before, work / "few.csv")
                free.append(freedom)
                for key, answer in zip(NAMES, (posts.before, after, alone(few, test, head, seed)), strict=True):
                    told[key].append(answer)
            about = {"corpus": name, "lang": test[0].lang, "head": head, "a_class": len(few) // 2, "freedom": free}
            out.append(about | intervals(posts.gold, told))
            print(row(out[-1]), flush=True)
    return out


def learnt_from(data: Path) -> set[tuple[str, str]]:
    """Language and digest of every post of the other corpora: what stands in both is not measured on."""
    return {(e.lang, e.key) for name in CORPORA if name not in OUT for e in _examples(name, data)}


def _examples(name: str, data: Path) -> list[Example]:
    try:
        return list(read_examples(corpus(name), data))
    except MissingFileError:
        return []


def intervals(gold: np.ndarray, said: dict[str, list[np.ndarray]]) -> dict[str, object]:
    """Macro-F1, the mean over draws, with 95 % intervals from resamples of posts and of draws together."""
    rng, count = np.random.default_rng(0), len(SEEDS)
    table = np.empty((RESAMPLES, len(NAMES)))
    for i in range(RESAMPLES):
        posts, draws = rng.integers(0, gold.size, gold.size), rng.integers(0, count, count)
        table[i] = [np.mean([fast_macro_f1(gold[posts], said[k][d][posts]) for d in draws]) for k in NAMES]
    point = {k: float(np.mean([fast_macro_f1(gold, s) for s in said[k]])) for k in NAMES}
    low, high = np.quantile(table, [0.025, 0.975], axis=0)
    found: dict[str, object] = {"n": int(gold.size), "positive": float(gold.mean())}
    for j, k in enumerate(NAMES):
        found[k] = {"macro_f1": point[k], "interval": [float(low[j]), float(high[j])]}
    for other, j in (("base", 0), ("alone", 2)):
        edges = np.quantile(table[:, 1] - table[:, j], [0.025, 0.975]).tolist()
        found[f"adapted_minus_{other}"] = {"value": point["adapted"] - point[other], "interval": edges}
    return found


def row(found: dict[str, object]) -> str:
    """A row of the table in docs/tutorials/researcher.md."""
    cells = [f"{found[k]['macro_f1']:.3f} ({found[k]['interval'][0]:.3f}–{found[k]['interval'][1]:.3f})" for k in NAMES]
    gains = [found[f"adapted_minus_{k}"] for k in ("base", "alone")]
    cells += [f"{g['value']:+.3f} ({g['interval'][0]:+.3f} to {g['interval'][1]:+.3f})" for g in gains]
    return f"| {found['lang']} {found['corpus']}, {found['head']} | {found['a_class']} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="folder for models, outside the repository")
    parser.add_argument("--tuning", action="store_true", help="measure on posts of the training split; writes nothing")
    arguments = parser.parse_args()
    model = base(arguments.data, arguments.encoder, arguments.work)
    found = measure(model, arguments.data, arguments.work, arguments.tuning)
    if not arguments.tuning:
        path = ROOT / "evaluation" / "results" / "few_shot.json"
        path.write_text(json.dumps({"without": list(OUT), "figures": found}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
