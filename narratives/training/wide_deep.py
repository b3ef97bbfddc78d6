"""The recipe of the default model: joint training of the encoder part, n-grams, blending, calibration, export."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from narratives import __version__
from narratives.backends import FORMAT
from narratives.backends.cards import Cards, fold_buckets, name_rows
from narratives.backends.linear import Experts, LinearBackend, packed
from narratives.backends.names import STAND_IN
from narratives.backends.quantise import quantised
from narratives.errors import ModelError
from narratives.training.blend import WILD, blended, fit_blend, fit_cards
from narratives.training.calibrate import Scored, trusted_cut
from narratives.training.calibrate_cards import calibrate_all
from narratives.training.data import TRANSFERRED
from narratives.training.encoder_recipe import lessons
from narratives.training.export import write_model
from narratives.training.joint import PER_CORPUS, Anchor, HeadsNet, Schedule, predict, train_heads
from narratives.training.measure import binary
from narratives.training.mentions import plain_mentions
from narratives.training.network import EncoderNet, distilled
from narratives.training.noise import mistyped
from narratives.training.tasks import HEADS, NAMES, Judged, Tasks, gather_tasks
from narratives.training.wild import Wild, add_wild

Say = Callable[[str], None]

_DROPPED = {"hatemoji-en", "hatexplain-en"}  # small, and no better than chance or than their neighbours
_PEOPLE = ["people", "ljudi", "njerez", "oameni", "insanlar", "lugje"]  # folded
_NOISE = 0.07  # share of letters that are mistyped in one of three readings


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the default model depends on besides the data, the encoder and the n-gram model.

    Attributes:
        name: Name of the model.
        schedule: Of the joint training.
        boosts: How much oftener sources are drawn; see ``joint.train_heads``.
        card_strength: Inverse penalty of the label cards' n-grams.
        hidden: Width of the hidden layer.
        wild: Of the second readings.
        seed: Of everything random.
    """

    name: str = "default"
    schedule: Schedule = field(default_factory=lambda: Schedule(dropout=0.2, dropped=0.12))
    boosts: Mapping[str, float] = field(default_factory=lambda: {"authored": 3.0, "names": 0.7, "annotated": 3.0})
    card_strength: float = 5.0
    hidden: int = 256
    wild: Wild = field(default_factory=Wild)
    seed: int = 0


def cut(tokenizer: Tokenizer, texts: list[str], thin: float | None) -> list[list[int]]:
    """Pieces of spread texts; with ``thin``, merges are left out at random (subword regularisation)."""
    tokenizer.model.dropout = thin
    found = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
    tokenizer.model.dropout = None
    return [e.ids for e in found]


def train_default(
    data: Path,
    datasets: Path,
    encoder: Path,
    linear: Path,
    out: Path,
    work: Path,
    settings: Settings,
    *,
    judged: Judged | None = None,
    say: Say = print,
) -> Tasks:
    """Train, blend, calibrate and write the default model; takes up at its checkpoint after an interruption.

    Args:
        data: Folder of the corpora.
        datasets: The project's ``datasets``.
        encoder: Folder with ``tokenizer.json`` and ``encoder.pt`` of the distillation.
        linear: Folder of the trained n-gram model.
        out: Model folder to write.
        work: Folder for checkpoints, apart from the repository.
        settings: See :class:`Settings`.
        judged: What slow models say about posts that nobody has read (``training.teachers``).
        say: Told about progress.
    """
    began = time.monotonic()
    work.mkdir(parents=True, exist_ok=True)
    tasks = gather_tasks(data, datasets, names=plain_mentions(settings.seed), judged=judged, say=say)
    tokenizer, sentences, teacher = lessons(data / "parallel", (), encoder, say=say)
    plain = cut(tokenizer, list(tasks.spread), None)
    noisy = [mistyped(text, _NOISE, settings.seed) for text in tasks.spread]
    ways = [plain, cut(tokenizer, list(tasks.spread), 0.1), cut(tokenizer, noisy, None)]
    names = [str(s) for s in dict.fromkeys(tasks.sources)]
    body = distilled(encoder)
    _welcome(body, tokenizer)
    torch.manual_seed(settings.seed)
    net = HeadsNet(body, len(names), settings.hidden)
    train_heads(net, tasks, ways, names, settings.schedule, work / "heads.pt", boosts=dict(settings.boosts),
                anchor=Anchor(sentences, teacher), say=say)  # fmt: skip
    add_wild(net, tasks, plain, settings.wild, say)
    say("reading all texts with both parts")
    config, tensors = assemble(tasks, plain, net, names, LinearBackend.load(linear), linear, settings, say)
    config["seconds"] = round(time.monotonic() - began)
    write_model(out, config, tensors)
    tokenizer.save(str(out / "tokenizer.json"))
    write_model(out, config, tensors)
    return tasks


def _welcome(body: EncoderNet, tokenizer: Tokenizer) -> None:
    """Let what stands in a name's place begin as what it means, people."""
    ids = [e.ids for e in tokenizer.encode_batch_fast(_PEOPLE, add_special_tokens=False)]
    piece = tokenizer.token_to_id(STAND_IN)
    if piece is None:
        raise ModelError(f"the encoder has no piece for {STAND_IN!r}, which stands for names; distil it anew")
    with torch.no_grad():
        body.pieces.weight[piece] = torch.stack([body.pieces.weight[i].mean(0) for i in ids]).mean(0)


def assemble(
    tasks: Tasks,
    plain: list[list[int]],
    net: HeadsNet,
    names: list[str],
    wide: LinearBackend,
    linear: Path,
    settings: Settings,
    say: Say,
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Blend and calibrate on held-out posts; returns what goes into ``config.json`` and ``model.safetensors``."""
    experts = json.loads((linear / "config.json").read_text(encoding="utf-8"))["experts"]
    wide, listed = narrowed(wide, experts)
    wide_logits, shares, gate, cards = _wide(tasks, wide, settings, say)
    kept = np.flatnonzero(tasks.splits != "train")  # what was trained on tells nothing here
    shared = np.zeros((len(plain), len(HEADS)), np.float32)
    own = np.zeros((len(plain), len(names), PER_CORPUS), np.float32)
    shared[kept], own[kept], wild = predict(net, [plain[i] for i in kept])
    if net.wild is not None:
        both = np.ix_(kept, np.array([HEADS.index(head) for head in WILD]))
        shared[both] = gate[kept] * wild + (1 - gate[kept]) * shared[both]
    deep = read_as_corpora(shared, own, shares, listed, names, tasks)
    held = tasks.splits == "calibration"
    blend = fit_blend(wide_logits, deep, tasks, held, ("offensive", "hate"))
    moved = align(blended(wide_logits, deep, tasks.groups, blend), tasks, names, blend)
    own = own + moved
    with torch.no_grad():
        net.offsets.add_(torch.from_numpy(moved))
    deep = read_as_corpora(shared, own, shares, listed, names, tasks)
    logits = blended(wide_logits, deep, tasks.groups, blend)
    calibration, stance = calibrate_all(logits, tasks, say)
    config = {
        "format": FORMAT,
        "backend": "wide_deep",
        "name": settings.name,
        "version": __version__,
        "heads": list(HEADS),
        "own_heads": list(HEADS[:PER_CORPUS]),
        "wild_heads": list(WILD),
        "deep_wild_heads": list(WILD) if net.wild is not None else [],
        "experts": listed,
        "transferred": TRANSFERRED,
        "features": asdict(wide.hasher),
        "calibration": calibration,
        "stance_temperature": stance,
        "recipe": {
            "schedule": asdict(settings.schedule),
            "boosts": dict(settings.boosts),
            "seed": settings.seed,
        },
        "licence": "CC BY-NC-SA 4.0",
    }
    return config, _tensors(net, names, wide, listed, cards, blend)


def narrowed(wide: LinearBackend, listed: Mapping[str, Any]) -> tuple[LinearBackend, dict[str, Any]]:
    """The n-gram part without the experts that are not worth their bytes in the shipped model."""
    kept: dict[str, Any] = {}
    experts: dict[str, Experts] = {}
    for group, names in listed.items():
        picks = [i for i, e in enumerate(names) if e["corpus"] not in _DROPPED]
        kept[group] = [names[i] for i in picks]
        old = wide.experts[group]
        rows, count = old.heard.shape[0] + 1, old.heard.shape[1]
        experts[group] = Experts(
            np.ascontiguousarray(old.weights.reshape(-1, rows, count)[:, :, picks].reshape(len(old.weights), -1)),
            np.ascontiguousarray(old.bias.reshape(rows, count)[:, picks].ravel()),
            old.heard[:, picks],
        )
    experts |= {group: experts[giver] for group, giver in wide.transferred.items()}
    return replace(wide, experts=experts), kept


def read_as_corpora(
    shared: NDArray[np.float32],
    own: NDArray[np.float32],
    shares: Mapping[str, NDArray[np.float32]],
    listed: Mapping[str, Any],
    names: list[str],
    tasks: Tasks,
) -> NDArray[np.float32]:
    """The encoder part's logits, the first heads blended over the readings of the group's corpora as the gate says."""
    out = shared.copy()
    for group, experts in listed.items():
        at = np.flatnonzero(tasks.groups == group)
        if at.size:
            picks = [names.index(e["corpus"]) for e in experts]
            out[at, :PER_CORPUS] = (own[at][:, picks].transpose(0, 2, 1) * shares[group]).sum(axis=2)
    return out


def align(
    logits: NDArray[np.float32], tasks: Tasks, names: list[str], blend: Mapping[str, NDArray[np.float32]]
) -> NDArray[np.float32]:
    """What moves each corpus' reading so that its best cut on calibration posts lies at 0, (sources, PER_CORPUS).

    Corpora differ in how much it takes to be called hate; one threshold for a group serves them all only when their
    readings agree on where yes begins. A corpus with few posts moves little.
    """
    out = np.zeros((len(names), PER_CORPUS), np.float32)
    held = tasks.splits == "calibration"
    for column in range(PER_CORPUS):
        stated, gold = binary(tasks.labels[:, column].astype(np.float64))
        for i, name in enumerate(names):
            rows = held & stated & (tasks.sources == name)
            scored = Scored(name, logits[rows, column].astype(np.float64), gold[rows])
            if scored.usable and not name.startswith(NAMES):
                weight = float(blend[str(tasks.groups[rows][0])][1, column])
                out[i, column] = -trusted_cut(scored) / max(weight, 0.2)
    return out


def _wide(tasks: Tasks, wide: LinearBackend, settings: Settings, say: Say) -> tuple[Any, ...]:
    from scipy import sparse

    rows = sparse.vstack([wide.rows(tasks.spread[i : i + 2000]) for i in range(0, len(tasks.spread), 2000)]).tocsr()
    logits = np.zeros((len(tasks.spread), len(HEADS)), np.float32)
    shares: dict[str, NDArray[np.float32]] = {}
    for group in dict.fromkeys(tasks.groups.tolist()):
        at = np.flatnonzero(tasks.groups == group)
        experts = wide.experts[group]
        parts = [experts.blend(experts.scores(rows[at[i : i + 4000]])) for i in range(0, at.size, 4000)]
        logits[at, :PER_CORPUS] = np.concatenate([p[0] for p in parts])
        shares[group] = np.concatenate([p[1] for p in parts])
    tensors = fit_cards(rows, wide.hasher, tasks, PER_CORPUS, settings.card_strength, say)
    cards = Cards.of(tensors, HEADS, PER_CORPUS, WILD)  # as it will be read
    buckets = len(cards.table)
    folded, named = fold_buckets(rows, buckets), name_rows(wide.hasher, tasks.named, buckets)
    gate = np.zeros((len(tasks.spread), 1), np.float32)
    for i in range(0, len(tasks.spread), 20_000):
        part = slice(i, i + 20_000)
        logits[part, PER_CORPUS:], gate[part] = cards.read(folded[part], named[part])
    return logits, shares, gate, tensors


def _tensors(
    net: HeadsNet,
    names: list[str],
    wide: LinearBackend,
    listed: Mapping[str, Any],
    cards: Mapping[str, NDArray[Any]],
    blend: Mapping[str, NDArray[np.float32]],
) -> dict[str, NDArray[Any]]:
    half = np.float16
    out: dict[str, NDArray[Any]] = {**cards, "idf": wide.idf.astype(half)}
    state = {k: v.detach().numpy() for k, v in net.state_dict().items()}
    table = state["encoder.pieces.weight"][:-1]
    scales = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-8) / 127
    out["encoder.pieces"], out["encoder.scales"] = np.rint(table / scales).astype(np.int8), scales.astype(half)
    for i, name in enumerate(("first", "second")):
        kernel = state[f"encoder.convolutions.{i}.weight"]  # (to, from, taps)
        out[f"encoder.{name}"] = kernel.transpose(1, 2, 0).reshape(kernel.shape[1], -1).astype(half)
        out[f"encoder.{name}_bias"] = state[f"encoder.convolutions.{i}.bias"].astype(half)
    for name in ("norm", "qkv", "output"):
        out[f"encoder.{name}"] = state[f"encoder.attention.{name}.weight"].T.astype(half)
        out[f"encoder.{name}_bias"] = state[f"encoder.attention.{name}.bias"].astype(half)
    out["encoder.relative"] = state["encoder.attention.relative"].astype(half)
    out["encoder.mix"] = state["encoder.mix.weight"].T.astype(half)
    out["encoder.mix_bias"] = state["encoder.mix.bias"].astype(half)
    out |= quantised(state["encoder.project.weight"].T, "project")
    out["project.bias"] = state["encoder.project.bias"].astype(np.float32)
    hidden, heads = state["hidden.weight"].T, state["heads.weight"].T
    hidden_bias, heads_bias = state["hidden.bias"], state["heads.bias"]
    beside = 0  # units of the second readings' own hidden layer; the other heads do not see them, nor they the others'
    if net.wild is not None:
        first, last = state["wild.0.weight"].T, state["wild.2.weight"].T
        beside = first.shape[1]
        hidden, hidden_bias = np.hstack([hidden, first]), np.concatenate([hidden_bias, state["wild.0.bias"]])
        heads = np.block(
            [[heads, np.zeros((heads.shape[0], last.shape[1]))], [np.zeros((beside, heads.shape[1])), last]]
        )
        heads_bias = np.concatenate([heads_bias, state["wild.2.bias"]])
    out |= {"hidden.weight": hidden.astype(half), "hidden.bias": hidden_bias}
    out |= {"heads.weight": heads.astype(half), "heads.bias": heads_bias}
    shared, start = state["heads.weight"][:PER_CORPUS], state["heads.bias"][:PER_CORPUS]
    for group, experts in listed.items():
        known = [names.index(e["corpus"]) if e["corpus"] in names else None for e in experts]
        weight = np.stack([shared + (state["corrections"][k] if k is not None else 0) for k in known], axis=1)
        offset = np.stack([start + (state["offsets"][k] if k is not None else 0) for k in known], axis=1)
        weight = np.pad(weight.reshape(-1, weight.shape[2]).T, ((0, beside), (0, 0)))
        out[f"own.{group}.weight"] = weight.astype(half)  # (hidden, heads * experts)
        out[f"own.{group}.bias"] = offset.ravel().astype(np.float32)
        out |= quantised(packed(wide.experts[group].weights, wide.experts[group].heard), f"weights.{group}")
        out[f"bias.{group}"] = wide.experts[group].bias
        out[f"blend.{group}"] = blend.get(group, blend["any"])
    return out


__all__ = ["NAMES", "Settings", "train_default"]
