"""A tiny model made in memory, so that no test of behaviour waits for the shipped one."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from narratives.backends import ANY, FORMAT
from narratives.backends.linear import packed
from narratives.backends.ngrams import NgramHasher
from narratives.backends.quantise import quantised
from narratives.languages import GROUPS, LANGUAGES
from narratives.scorer import Scorer, load
from narratives.taxonomy import NARRATIVES, STANCES, TARGETS
from narratives.training.export import write_model, write_sums
from narratives.training.pieces import train_pieces

HEADS = ("offensive", "hate")

# one plain sentence a language, said of nobody
SENTENCES = {
    "en": "The library in our street opens again on Monday morning and everybody is welcome",
    "sq": "Biblioteka në rrugën tonë hapet përsëri të hënën në mëngjes dhe të gjithë janë të mirëpritur",
    "bs": "Biblioteka u našoj ulici ponovo se otvara u ponedjeljak ujutro i svi su dobrodošli",
    "hr": "Knjižnica u našoj ulici ponovno se otvara u ponedjeljak ujutro i svi su dobrodošli",
    "cnr": "Biblioteka u našoj ulici ponovo se otvara u ponedjeljak ujutru i svi su dobrodošli",
    "sr": "Библиотека у нашој улици поново се отвара у понедељак ујутру и сви су добродошли",
    "mk": "Библиотеката во нашата улица повторно се отвора во понеделник наутро и сите се добредојдени",
    "ro": "Biblioteca de pe strada noastră se deschide din nou luni dimineața și toată lumea este binevenită",
    "tr": "Sokağımızdaki kütüphane pazartesi sabahı yeniden açılıyor ve herkes davetlidir",
}


def tiny_config(bits: int) -> dict:
    calibration = {"temperature": 1.0, "offset": 0.0, "threshold": 0.5, "review": [0.4, 0.6], "rows": 10}
    return {
        "format": FORMAT,
        "backend": "linear",
        "name": "tiny",
        "version": "0",
        "heads": list(HEADS),
        "experts": {
            ANY: [{"corpus": ANY, "heads": list(HEADS)}],
            **{
                group: [{"corpus": "a", "heads": list(HEADS)}, {"corpus": "b", "heads": ["offensive"]}]
                for group in GROUPS
                if group != "mk"
            },
        },
        "transferred": {"mk": "bcms"},
        "features": {"bits": bits},
        "calibration": {head: dict.fromkeys((ANY, *GROUPS), calibration) for head in HEADS},
    }


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory) -> Path:
    """A model whose weights are drawn at random: its scores mean nothing but are different for different texts."""
    bits = 12
    rng = np.random.default_rng(7)
    config = tiny_config(bits)
    tensors = {"idf": np.ones(2**bits, np.float16)}
    for group, listed in config["experts"].items():
        columns = (len(HEADS) + 1) * len(listed)
        heard = np.array([[head in expert["heads"] for expert in listed] for head in HEADS])
        tensors[f"weights.{group}"] = packed(rng.normal(size=(2**bits, columns)).astype(np.float16), heard)
        tensors[f"bias.{group}"] = rng.normal(size=columns).astype(np.float32)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    write_model(folder, config, tensors)
    return folder


@pytest.fixture(scope="session")
def tiny(tiny_folder) -> Scorer:
    return load(tiny_folder)


OWN = ("offensive", "hate")
CARDS = (
    "hostile",
    *(f"narrative.{n}" for n in NARRATIVES),
    *(f"mention.{n}" for n in NARRATIVES),
    *(f"stance.{s}" for s in STANCES),
    *(f"target.{t}" for t in TARGETS),
)
WIDTH, HIDDEN = 8, 6
CONVOLUTIONS = (5, 3)
WILD = ("hostile", "stance.asserted", "stance.none")


def tiny_pieces(texts):
    words = Counter(word for text in texts for word in text.lower().split())
    return train_pieces(words, 300)


def encoder_tensors(rng, pieces: int) -> dict:
    half = np.float16
    out = {
        "encoder.pieces": rng.integers(-127, 128, (pieces, WIDTH)).astype(np.int8),
        "encoder.scales": rng.uniform(0.002, 0.02, (pieces, 1)).astype(half),
        "encoder.mix": rng.normal(0, 0.3, (2 * WIDTH, 2 * WIDTH)).astype(half),
        "encoder.mix_bias": rng.normal(0, 0.1, 2 * WIDTH).astype(half),
        "project": rng.normal(0, 0.3, (2 * WIDTH, 2 * WIDTH)).astype(half),
        "project.bias": np.zeros(2 * WIDTH, np.float32),
    }
    for name, taps in zip(("first", "second"), CONVOLUTIONS, strict=True):
        out[f"encoder.{name}"] = rng.normal(0, 0.3, (WIDTH, taps * WIDTH)).astype(half)
        out[f"encoder.{name}_bias"] = rng.normal(0, 0.1, WIDTH).astype(half)
    for name, rows, columns in (("qkv", WIDTH, 3 * 64), ("output", 64, WIDTH)):
        out[f"encoder.{name}"] = rng.normal(0, 0.3, (rows, columns)).astype(half)
        out[f"encoder.{name}_bias"] = rng.normal(0, 0.1, columns).astype(half)
    out["encoder.norm"], out["encoder.norm_bias"] = np.ones(WIDTH, half), rng.normal(0, 0.1, WIDTH).astype(half)
    out["encoder.relative"] = rng.normal(0, 0.3, (2, 65)).astype(half)
    return out


def write_tiny_deep(folder: Path, texts, bits: int = 12) -> Path:
    rng = np.random.default_rng(11)
    tokenizer = tiny_pieces(texts)
    plain = {"temperature": 1.0, "offset": 0.0, "threshold": 0.5, "review": [0.4, 0.6], "rows": 10}
    heads = (*OWN, *CARDS)
    experts = {
        g: [{"corpus": "a", "heads": list(OWN)}, {"corpus": "b", "heads": ["offensive"]}] for g in GROUPS if g != "mk"
    }
    experts[ANY] = [{"corpus": ANY, "heads": list(OWN)}]
    config = {
        "format": FORMAT,
        "backend": "wide_deep",
        "name": "tiny-deep",
        "version": "0",
        "heads": list(heads),
        "own_heads": list(OWN),
        "wild_heads": list(WILD),
        "experts": experts,
        "transferred": {"mk": "bcms"},
        "features": {"bits": bits},
        "calibration": {head: dict.fromkeys((ANY, *GROUPS), plain) for head in heads},
    }
    tensors = {"idf": np.ones(2**bits, np.float16), **encoder_tensors(rng, tokenizer.get_vocab_size())}
    tensors |= quantised(rng.normal(size=(2 ** (bits - 2), len(CARDS))), "cards")
    tensors["cards.bias"] = rng.normal(size=len(CARDS)).astype(np.float32)
    tensors |= quantised(rng.normal(size=(2 ** (bits - 2), len(WILD) + 1)), "cards.wild")
    tensors["cards.wild.bias"] = rng.normal(size=len(WILD) + 1).astype(np.float32)
    tensors |= quantised(rng.normal(size=(2**6, sum(head.startswith("target.") for head in CARDS))), "cards.names")
    for name, (rows, columns) in {"hidden": (2 * WIDTH, HIDDEN), "heads": (HIDDEN, len(heads))}.items():
        tensors[f"{name}.weight"] = rng.normal(size=(rows, columns)).astype(np.float16)
        tensors[f"{name}.bias"] = rng.normal(size=columns).astype(np.float32)
    for group, listed in experts.items():
        heard = np.array([[head in expert["heads"] for expert in listed] for head in OWN])
        weights = rng.normal(size=(2**bits, (len(OWN) + 1) * len(listed)))
        tensors |= quantised(packed(weights, heard), f"weights.{group}")
        tensors[f"bias.{group}"] = rng.normal(size=(len(OWN) + 1) * len(listed)).astype(np.float32)
        tensors[f"own.{group}.weight"] = rng.normal(size=(HIDDEN, len(OWN) * len(listed))).astype(np.float16)
        tensors[f"own.{group}.bias"] = rng.normal(size=len(OWN) * len(listed)).astype(np.float32)
        tensors[f"blend.{group}"] = rng.uniform(0.3, 1.0, (3, len(heads))).astype(np.float32)
    write_model(folder, config, tensors)
    tokenizer.save(str(folder / "tokenizer.json"))
    write_sums(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_deep_folder(tmp_path_factory) -> Path:
    """A model of n-grams and encoder with all heads, drawn at random."""
    return write_tiny_deep(tmp_path_factory.mktemp("models") / "tiny-deep", SENTENCES.values())


@pytest.fixture(scope="session")
def tiny_deep(tiny_deep_folder) -> Scorer:
    return load(tiny_deep_folder)


@pytest.fixture(scope="session")
def hasher() -> NgramHasher:
    return NgramHasher(bits=12)


@pytest.fixture(params=list(LANGUAGES))
def spoken(request) -> tuple[str, str]:
    """Every language in turn, with a harmless sentence in it."""
    return request.param, SENTENCES[request.param]


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory) -> Path:
    """A transformers model of random weights that was never trained to classify, with a tokeniser of our sentences."""
    pytest.importorskip("transformers", reason="needs the extra transformers")
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = Tokenizer(models.BPE(unk_token="[UNK]"))
    words.normalizer = normalizers.NFC()
    words.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words.train_from_iterator(SENTENCES.values(), trainers.BpeTrainer(vocab_size=500, special_tokens=special))
    words.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    names = {f"{name.strip('[]').lower()}_token": name for name in special}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, model_max_length=64, **names)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        pad_token_id=0,
    )
    folder = tmp_path_factory.mktemp("checkpoints") / "base"
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_checkpoint(tiny_base, tmp_path_factory) -> Path:
    """A sequence classifier of random weights with three labels, and the mapping of them to our heads."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    torch.manual_seed(0)
    names = {0: "neutral", 1: "offensive", 2: "hateful"}
    model = AutoModelForSequenceClassification.from_pretrained(tiny_base, num_labels=3, id2label=names)
    torch.nn.init.normal_(model.classifier.weight)  # far enough apart to see that texts differ
    folder = tmp_path_factory.mktemp("checkpoints") / "classifier"
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(tiny_base).save_pretrained(folder)
    labels = {"neutral": None, "offensive": "offensive", "hateful": ["offensive", "hate"]}
    (folder / "narratives.json").write_text(json.dumps({"format": 1, "labels": labels}), encoding="utf-8")
    return folder
