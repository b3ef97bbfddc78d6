"""Time a transformers checkpoint read by this library beside the library's own pipeline, in one run, at equal batch.

Usage: python evaluation/transformer_speed.py [--folder CHECKPOINT] [--width 192] [--layers 4] [--many 100000]

Without a folder a small classifier of random weights is made (its speed does not depend on what it has learnt). The
posts are the authored ones of ``datasets/posts``, repeated. Both sides take turns, so that other work on the machine
falls on both; the ratio is that of the medians. ``--many`` posts are then scored in a stream, and the memory of the
process is noted along the way.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import psutil

from narratives.corpora import read_posts
from narratives.resources import find
from narratives.scorer import load


def small(folder: Path, posts: list[str], width: int, layers: int) -> None:
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    words = Tokenizer(models.BPE(unk_token="[UNK]"))  # noqa: S106
    words.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    words.train_from_iterator(posts, trainers.BpeTrainer(vocab_size=8000, special_tokens=special, show_progress=False))
    words.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    names = {f"{name.strip('[]').lower()}_token": name for name in special}
    PreTrainedTokenizerFast(tokenizer_object=words, model_max_length=256, **names).save_pretrained(folder)
    torch.manual_seed(0)
    shape = {
        "hidden_size": width,
        "num_hidden_layers": layers,
        "num_attention_heads": 4,
        "intermediate_size": 4 * width,
    }
    config = BertConfig(vocab_size=words.get_vocab_size(), max_position_embeddings=256, pad_token_id=0, **shape)
    config.id2label = {0: "other", 1: "hateful"}
    BertForSequenceClassification(config).save_pretrained(folder)
    labels = {"format": 1, "labels": {"other": None, "hateful": ["offensive", "hate"]}}
    (folder / "narratives.json").write_text(json.dumps(labels), encoding="utf-8")


def authored() -> list[str]:
    return [post.text for path in sorted(find("datasets/posts").glob("*.jsonl")) for post in read_posts(path)]


def compare(folder: Path, posts: list[str], batch: int, rounds: int, **options: str) -> dict[str, float]:
    from transformers import pipeline

    plain = pipeline("text-classification", model=str(folder), top_k=None, batch_size=batch, device="cpu")
    backend = load(folder, batch_size=batch, device="cpu", **options).backend
    groups = ["any"] * len(posts)

    def theirs() -> None:
        list(plain(posts, truncation=True))

    def ours() -> None:  # as much at a time as a scorer hands over
        for start in range(0, len(posts), 256):
            backend.logits(posts[start : start + 256], groups[start : start + 256])

    taken: dict[str, list[float]] = {"pipeline": [], "ours": []}
    for turn in range(rounds + 1):  # the first one warms up
        for name, run in (("pipeline", theirs), ("ours", ours)):
            began = time.perf_counter()
            run()
            if turn:
                taken[name].append(time.perf_counter() - began)
    seconds = {name: statistics.median(times) for name, times in taken.items()}
    return {**{name: len(posts) / s for name, s in seconds.items()}, "ratio": seconds["pipeline"] / seconds["ours"]}


def memory(folder: Path, posts: list[str], many: int) -> list[tuple[int, float]]:
    process, seen = psutil.Process(), []

    def stream() -> Iterator[str]:
        for done, post in enumerate(islice(cycle(posts), many)):
            if done % max(1, many // 10) == 0:
                seen.append((done, process.memory_info().rss / 2**20))
            yield post

    for _ in load(folder, device="cpu").score_many(stream()):
        pass
    return [*seen, (many, process.memory_info().rss / 2**20)]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, help="checkpoint with a narratives.json")
    parser.add_argument("--width", type=int, default=192, help="of the classifier that is made without a folder")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--posts", type=int, default=2000)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--many", type=int, default=100_000, help="posts for the measurement of memory; 0 for none")
    parser.add_argument("--out", type=Path, help="file to write the figures to, as JSON")
    args = parser.parse_args()
    posts = authored()
    with tempfile.TemporaryDirectory() as made:
        folder = args.folder or Path(made)
        if args.folder is None:
            small(folder, posts, args.width, args.layers)
        sample = list(islice(cycle(posts), args.posts))
        found = compare(folder, sample, args.batch, args.rounds)
        print(
            f"pipeline {found['pipeline']:,.0f} posts/s, this library {found['ours']:,.0f} posts/s, batch {args.batch}"
        )
        print(f"ratio {found['ratio']:.2f} (above 1: this library is faster)")
        sizes = memory(folder, posts, args.many) if args.many else []
        for done, size in sizes:
            print(f"after {done:,} posts: {size:,.0f} MiB")
    if args.out:
        figures = {"batch": args.batch, "width": args.width, "layers": args.layers, **found}
        figures["memory_mib"] = {str(done): round(size, 1) for done, size in sizes}
        args.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
