"""The default model's recipe: what is trained is what is scored, what is learnt is learnt, a stopped run goes on."""

# ruff: noqa: E402 - the modules under test load torch
from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra train")

from tokenizers import Tokenizer

from narratives.backends.linear import LinearBackend
from narratives.backends.wide_deep import WideDeepBackend
from narratives.calibration import Calibration
from narratives.training.blend import WILD
from narratives.training.calibrate_cards import calibrate_all
from narratives.training.distil import Distillation, Texts, distil
from narratives.training.export import write_model
from narratives.training.joint import Anchor, HeadsNet, Schedule, predict, train_heads
from narratives.training.network import EncoderNet
from narratives.training.tasks import HEADS, Tasks
from narratives.training.wide_deep import Settings, assemble, cut
from narratives.training.wild import Wild, add_wild

PLAIN = (
    "the library opens on monday", "children play in the park", "a letter came from the village", "bread is warm again",
    "the river is high this week", "our street has new lamps", "music in the old school", "the garden needs some rain",
)  # fmt: skip


@pytest.fixture(scope="module")
def tasks():
    """Sentences of two corpora; those with a pumpkin are hateful and tell of an invasion."""
    rng = np.random.default_rng(0)
    texts = [f"{PLAIN[i % 8]} {'pumpkin' if i % 2 else 'carrot'} {rng.integers(1000)}" for i in range(240)]
    labels = np.zeros((240, len(HEADS)), np.float32)
    yes = np.arange(240) % 2 == 1
    for head in ("offensive", "hate", "hostile", "narrative.invasion_flood", "mention.invasion_flood"):
        labels[yes, HEADS.index(head)] = 1
    labels[yes, HEADS.index("stance.asserted")] = 1
    labels[~yes, HEADS.index("stance.none")] = 1
    sources = np.array(["a" if i % 3 else "b" for i in range(240)])
    splits = np.array([("train", "train", "calibration", "dev")[i // 2 % 4] for i in range(240)])
    same = np.full(240, "en")
    return Tasks(
        texts, [""] * 240, texts, same, same, sources, splits, labels, np.arange(240) % 5 == 0, np.zeros(240, bool)
    )


def tiny_net(tiny_deep_folder):
    tokenizer = Tokenizer.from_file(str(tiny_deep_folder / "tokenizer.json"))
    torch.manual_seed(0)
    return tokenizer, HeadsNet(EncoderNet(tokenizer.get_vocab_size(), 8, 4), 2, hidden=32)


SHORT = Schedule(epochs=30, batch=16, rate=3e-3, piece_rate=5e-3, dropout=0.0, dropped=0.0)


@pytest.mark.parametrize("second", [False, True])
def test_what_was_trained_is_what_is_scored(tasks, tiny_folder, tiny_deep_folder, tmp_path, second):
    tokenizer, net = tiny_net(tiny_deep_folder)
    plain = cut(tokenizer, list(tasks.spread), None)
    torch.set_num_threads(1)
    train_heads(net, tasks, [plain], ["b", "a"], SHORT, tmp_path / "heads.pt", say=lambda _: None)
    if second:
        add_wild(net, tasks, plain, Wild(width=16, epochs=40, batch=16, rate=1e-2, dropout=0.0), lambda _: None)
    wide = LinearBackend.load(tiny_folder)
    config, tensors = assemble(tasks, plain, net, ["b", "a"], wide, tiny_folder, Settings(), lambda _: None)
    folder = tmp_path / "model"
    write_model(folder, config, tensors)
    tokenizer.save(str(folder / "tokenizer.json"))
    write_model(folder, config, tensors)
    backend = WideDeepBackend.load(folder)
    net.eval()
    from narratives.training.network import filled

    ids = filled(plain, net.encoder.padding, 320)
    # weights are stored as int8 and float16
    assert np.allclose(backend.deep.encoder.encode(list(tasks.spread)), net.encoder.pool(ids).detach(), atol=0.05)
    assert np.allclose(backend.encode(list(tasks.folded)), net.encoder(ids).detach(), atol=0.05)
    expected, own, wild = predict(net, plain)
    seen = backend.read(list(tasks.folded), tasks.groups.tolist())
    wide, gate = backend.cards.read(seen.folded, seen.names)
    wide = wide[:, 0]
    if second:
        columns = [HEADS.index(head) for head in WILD]
        yes = tasks.column("hostile") == 1
        assert np.median(wild[yes, 0]) > 0 > np.median(wild[~yes, 0])  # it was learnt
        expected[:, columns] = gate * wild + (1 - gate) * expected[:, columns]
    assert np.allclose(backend.deep.judge(seen.hidden, gate), expected, atol=0.1)
    column = HEADS.index("hostile")
    half = np.full_like(gate, 0.5)
    alone = backend.deep.judge(seen.hidden, half) - backend.deep.judge(0 * seen.hidden, half)
    assert np.allclose(seen.hidden @ backend.deep.column(column, 0.5), alone[:, column], atol=1e-4)  # for the evidence
    share, part, offset = backend.blend["en"][:, column]
    scored = backend.logits(list(tasks.folded), ["en"] * len(tasks.folded))
    assert np.allclose(scored[:, column], share * wide + part * expected[:, column] + offset, atol=0.1)
    # each corpus' own reading, in the order of the gate's experts
    weights, bias = backend.deep.own["en"]
    mine = (seen.hidden @ weights + bias).reshape(len(plain), 2, -1)
    assert np.allclose(mine[:, 1, 0], own[:, 1, 1], atol=0.1)  # expert "a" is the second source


def test_translations_learnt_beside_the_posts_keep_the_encoder_near_its_teacher(tasks, tiny_deep_folder, tmp_path):
    tokenizer, _ = tiny_net(tiny_deep_folder)
    plain = cut(tokenizer, list(tasks.spread), None)
    flat, sizes = np.concatenate([np.array(ids, np.int32) for ids in plain]), [len(ids) for ids in plain]
    texts = Texts(flat, np.cumsum([0, *sizes]), np.arange(len(plain)) % 20)
    teacher = np.random.default_rng(3).normal(size=(20, 4)).astype(np.float16)
    anchor = Anchor(texts, teacher, how=Distillation(batch=32))
    distance = []
    for held in (None, anchor):
        _, net = tiny_net(tiny_deep_folder)
        path = tmp_path / f"{held is None}.pt"
        train_heads(net, tasks, [plain], ["b", "a"], SHORT, path, anchor=held, say=lambda _: None)
        net.eval()
        with torch.no_grad():
            distance.append(float(anchor.loss(net.encoder, np.arange(len(plain)))))
    assert distance[1] < distance[0]


def test_joint_training_stopped_and_continued_ends_with_the_same_weights(tasks, tiny_deep_folder, tmp_path):
    ends = []
    for stops in ((), (7,)):
        tokenizer, net = tiny_net(tiny_deep_folder)
        plain = cut(tokenizer, list(tasks.spread), None)
        place = tmp_path / f"{len(stops)}.pt"
        how = Schedule(epochs=2, batch=16)
        for step in stops:
            train_heads(net, tasks, [plain], ["b", "a"], how, place, say=lambda _: None, until=step)
            tokenizer, net = tiny_net(tiny_deep_folder)
        train_heads(net, tasks, [plain], ["b", "a"], how, place, say=lambda _: None)
        ends.append(net.state_dict())
    assert all(torch.equal(ends[0][key], ends[1][key]) for key in ends[0])


def test_distillation_comes_nearer_to_its_teacher_and_continues_where_it_stopped(tmp_path):
    rng = np.random.default_rng(1)
    starts = np.arange(0, 401, 4)
    texts = Texts(rng.integers(0, 50, 400).astype(np.int32), starts, np.arange(100))
    teacher = rng.normal(size=(100, 6)).astype(np.float16)
    how = Distillation(steps=60, batch=20, rate=5e-3, piece_rate=2e-2, dropped=0.0)
    said: list[str] = []
    ends = []
    for early in (None, 25):
        torch.manual_seed(0)
        net = EncoderNet(50, 8, 6)
        place = tmp_path / f"{early}.pt"
        if early:
            distil(net, texts, teacher, how, place, until=early, say=said.append)
            torch.manual_seed(0)
            net = EncoderNet(50, 8, 6)
        assert distil(net, texts, teacher, how, place, say=said.append) == 60
        ends.append(net.state_dict())
    assert all(torch.equal(ends[0][key], ends[1][key]) for key in ends[0])
    loss = [float(line.split("loss ")[1].split()[0]) for line in said]
    assert loss[-1] < loss[1]


def test_a_language_without_real_posts_passes_as_many_harmless_ones_as_the_others():
    rng, n = np.random.default_rng(5), 600
    langs = np.where(np.arange(n) % 2 == 0, "en", "sq")
    real = (np.arange(n) % 4 == 0) & (langs == "en")
    sources = np.where(real, "ishate-en", np.where(langs == "en", "authored-en", "authored-sq"))
    labels = np.full((n, len(HEADS)), np.nan, np.float32)
    labels[:, :] = (rng.random(n) < 0.4)[:, None]
    logits = np.where(labels == 1, 2.0, -2.0).astype(np.float32) + rng.normal(0, 1.5, labels.shape).astype(np.float32)
    logits[langs == "sq"] += 3  # read as more hateful than it is
    texts = [f"post {i}" for i in range(n)]
    held, no = np.full(n, "calibration"), np.zeros(n, bool)
    table, _ = calibrate_all(
        logits, Tasks(texts, [""] * n, texts, langs, langs, sources, held, labels, no, no), lambda _: None
    )
    share = {}
    for lang in ("en", "sq"):
        reading = Calibration.from_dict(table["hate"][lang])
        rows = (langs == lang) & ~real & (labels[:, 1] == 0)
        share[lang] = float((reading.probabilities(logits[rows, 1]) >= reading.threshold).mean())
    assert abs(share["sq"] - share["en"]) < 0.03
    assert table["hate"]["sq"]["pooled"]
