"""Fine-tune a transformer on labelled posts: all heads at once, each row heard only on what it says.

The loss is binary cross-entropy over the heads that a row labels, with the classes of each head in balance, and
cross-entropy over the five stances. Training stops when macro-F1 on held-back posts no longer rises. A run that was
stopped, killed even, takes up where its last checkpoint stands and ends with the same weights.
"""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narratives.errors import InputError, ModelError, OutputError
from narratives.training.measure import fast_macro_f1
from narratives.training.needs import need_transformer
from narratives.training.transformer_data import Labelled

Say = Callable[[str], None]

_RAREST = 20.0  # a class counts at most so many times as much as the other one
_STATE = "trainer_state.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a run depends on besides the base and the data.

    Attributes:
        epochs: Passes over the data at most.
        batch_size: Posts a step.
        rate: Learning rate at its height.
        warmup: Share of the steps over which it rises.
        patience: Measurements without a better macro-F1 after which training stops.
        every: Steps between measurements, each with a checkpoint; once an epoch when ``None``.
        length: Tokens of a post that are read.
        seed: Of the new layer, the order and the dropout.
        device: ``auto`` or ``cpu``.
    """

    epochs: int = 10
    batch_size: int = 16
    rate: float = 3e-5
    warmup: float = 0.1
    patience: int = 3
    every: int | None = None
    length: int = 256
    seed: int = 0
    device: str = "auto"


@dataclass(frozen=True, slots=True)
class Trained:
    """What a run gives: the network, its tokeniser, and how it went."""

    model: Any
    tokenizer: Any
    macro_f1: float
    steps: int


def fine_tune(base: Path, data: Labelled, work: Path, settings: Settings, say: Say = print) -> Trained:
    """Fine-tune a checkpoint.

    Args:
        base: Folder of a transformers checkpoint with safetensors.
        data: Labelled posts.
        work: Folder of the checkpoints; a run that was stopped goes on from there.
        settings: See :class:`Settings`.
        say: Told about progress.

    Returns:
        The network of the best measurement.

    Raises:
        InputError: ``work`` belongs to another run, or there are too few posts.
        ModelError: ``base`` cannot be opened.
        OutputError: The measurements are not numbers any more (the rate is too high).
    """
    need_transformer()
    from transformers import EarlyStoppingCallback, PrinterCallback, Trainer, set_seed

    training, held = data.rows("train"), data.rows("calibration")
    if not len(training) or not len(held):
        raise InputError(f"{len(training)} posts to learn from and {len(held)} to stop by; expected some of each")
    _claim(work, base, data, settings)
    set_seed(settings.seed)
    with plain_messages():
        model, tokenizer = _base(base, data.heads)
    last = _last_checkpoint(work)
    if last is not None:
        say(f"going on from {last.name}")
    with plain_messages():
        trainer = Trainer(
            model=model,
            args=_arguments(work, settings, len(training)),
            train_dataset=_dataset(data, training, tokenizer, settings.length),
            eval_dataset=_dataset(data, held, tokenizer, settings.length),
            data_collator=_collator(tokenizer),
            compute_loss_func=_loss(data),
            compute_metrics=lambda told: {"macro_f1": macro_f1(told.predictions, told.label_ids, data.heads)},
            callbacks=[EarlyStoppingCallback(settings.patience), _reporter(say)],
        )
        trainer.remove_callback(PrinterCallback)  # it writes to standard output
        trainer.train(resume_from_checkpoint=None if last is None else str(last))
    best = trainer.state.best_metric
    if best is None or not np.isfinite(best):
        raise OutputError("training went astray: macro-F1 is no number; lower the learning rate")
    return Trained(trainer.model.cpu().eval(), tokenizer, float(best), trainer.state.global_step)


def macro_f1(logits: NDArray[np.float32], labels: NDArray[np.float32], heads: tuple[str, ...]) -> float:
    """Mean over the heads of macro-F1, each over the rows that label it; of stances the likeliest counts.

    Args:
        logits: (rows, heads) raw scores.
        labels: (rows, heads) 1, 0 or NaN.
        heads: Their names.

    Returns:
        Between 0 and 1; heads with one class only are left out, and 0 where none is left.

    >>> macro_f1(np.array([[1.0], [-1.0]]), np.array([[1.0], [0.0]]), ("hate",))
    1.0
    """
    stance = stance_columns(heads)
    said = logits > 0
    if stance:
        said[:, stance] = logits[:, stance] == logits[:, stance].max(axis=1, keepdims=True)
    found = []
    for column in range(len(heads)):
        rows = ~np.isnan(labels[:, column])
        gold = (labels[rows, column] >= 0.5).astype(np.int64)
        if 0 < gold.sum() < gold.size:
            found.append(fast_macro_f1(gold, said[rows, column].astype(np.int64)))
    return float(np.mean(found)) if found else 0.0


def stance_columns(heads: tuple[str, ...]) -> list[int]:
    """Columns of the five stances, of which a row has one."""
    return [i for i, head in enumerate(heads) if head.startswith("stance.")]


def _loss(data: Labelled) -> Callable[..., Any]:
    import torch
    from torch.nn import functional

    rows = data.labels[data.rows("train")]
    yes, no = np.nansum(rows == 1, axis=0), np.nansum(rows == 0, axis=0)
    ratio = np.clip(no / np.maximum(yes, 1), 1 / _RAREST, _RAREST)
    stance = stance_columns(data.heads)
    single = [i for i in range(len(data.heads)) if i not in stance]
    weight = torch.tensor(ratio[single], dtype=torch.float32)
    choice = torch.tensor(np.clip(yes[stance].sum() / (5 * np.maximum(yes[stance], 1)), 1 / _RAREST, _RAREST))

    def loss(outputs: Any, labels: Any, num_items_in_batch: Any = None) -> Any:  # noqa: ARG001
        logits = outputs["logits"] if isinstance(outputs, dict) else outputs.logits
        logits, known = logits.float(), ~torch.isnan(labels)
        target = torch.where(known, labels, torch.zeros_like(labels))
        each = functional.binary_cross_entropy_with_logits(
            logits[:, single], target[:, single], pos_weight=weight.to(logits.device), reduction="none"
        )
        here = known[:, single].float()
        total = (each * here).sum() / here.sum().clamp(min=1)
        if stance:
            picked = known[:, stance].all(dim=1)
            # a sum over nothing keeps the graph whole where no row of the batch has a stance
            gold = target[picked][:, stance].argmax(dim=1)
            said = logits[picked][:, stance]
            cost = functional.cross_entropy(said, gold, weight=choice.to(said), reduction="sum")
            total = total + cost / picked.sum().clamp(min=1)
        return total

    return loss


def _dataset(data: Labelled, rows: NDArray[np.int64], tokenizer: Any, length: int) -> Any:
    from datasets import Dataset

    read = tokenizer([data.texts[i] for i in rows], truncation=True, max_length=length)
    # in memory: no post is written to a cache
    return Dataset.from_dict({**read, "labels": data.labels[rows].tolist()})


def _collator(tokenizer: Any) -> Callable[[list[dict[str, Any]]], Any]:
    import torch

    def collate(rows: list[dict[str, Any]]) -> Any:
        labels = torch.tensor([row["labels"] for row in rows], dtype=torch.float32)
        inputs = [{key: value for key, value in row.items() if key != "labels"} for row in rows]
        return {**tokenizer.pad(inputs, return_tensors="pt"), "labels": labels}

    return collate


def _base(folder: Path, heads: tuple[str, ...]) -> tuple[Any, Any]:
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    ours = {"trust_remote_code": False, "local_files_only": True}
    names = dict(enumerate(heads))
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, **ours)
        model = AutoModelForSequenceClassification.from_pretrained(
            folder,
            num_labels=len(heads),
            id2label=names,
            label2id={name: i for i, name in names.items()},
            problem_type="multi_label_classification",
            ignore_mismatched_sizes=True,
            use_safetensors=True,
            **ours,
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(
            f"{folder} is no base to train from ({type(error).__name__}); expected config.json, safetensors and a "
            "tokeniser of a model that transformers knows without code of its own"
        ) from None
    return model, tokenizer


def _arguments(work: Path, settings: Settings, rows: int) -> Any:
    import torch
    from transformers import TrainingArguments

    rhythm = "epoch" if settings.every is None else "steps"
    on_gpu = settings.device != "cpu" and torch.cuda.is_available()
    steps = settings.epochs * -(-rows // settings.batch_size)
    return TrainingArguments(
        output_dir=str(work / "checkpoints"),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        per_device_eval_batch_size=2 * settings.batch_size,
        learning_rate=settings.rate,
        warmup_steps=int(settings.warmup * steps),
        weight_decay=0.01,
        eval_strategy=rhythm,
        save_strategy=rhythm,
        eval_steps=settings.every,
        save_steps=settings.every or 500,
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model="macro_f1",
        greater_is_better=True,
        restore_callback_states_from_checkpoint=True,
        logging_strategy="no",
        report_to="none",
        disable_tqdm=True,
        seed=settings.seed,
        data_seed=settings.seed,
        use_cpu=settings.device == "cpu",
        bf16=on_gpu and torch.cuda.is_bf16_supported(),
        dataloader_pin_memory=on_gpu,
    )


def _reporter(say: Say) -> Any:
    from transformers import TrainerCallback

    class Reporter(TrainerCallback):  # type: ignore[misc]
        def on_evaluate(self, args: Any, state: Any, control: Any, metrics: Any = None, **_: Any) -> None:  # noqa: ARG002
            score, loss = metrics["eval_macro_f1"], metrics["eval_loss"]
            say(f"step {state.global_step}/{state.max_steps}: macro-F1 {score:.3f}, loss {loss:.3f}")

    return Reporter()


def _claim(work: Path, base: Path, data: Labelled, settings: Settings) -> None:
    """Write down whose checkpoints these are, and refuse those of another run."""
    mine = {"base": base.resolve().name, "data": data.digest, "heads": list(data.heads), **asdict(settings)}
    note = work / "run.json"
    if note.is_file():
        try:
            theirs = json.loads(note.read_text(encoding="utf-8"))
        except ValueError:
            theirs = {}
        other = sorted(key for key in mine if mine[key] != theirs.get(key))
        if other:
            raise InputError(
                f"{work} holds checkpoints of another run (other {', '.join(other)}); remove it or give another folder"
            )
        return
    work.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps(mine, indent=2) + "\n", encoding="utf-8")


def _last_checkpoint(work: Path) -> Path | None:
    """The newest checkpoint that was written to its end; what a kill left half-written is removed.

    The state of the trainer is the last file of a checkpoint.
    """
    whole = []
    for folder in (work / "checkpoints").glob("checkpoint-*"):
        try:
            json.loads((folder / _STATE).read_text(encoding="utf-8"))
            whole.append((int(folder.name.removeprefix("checkpoint-")), folder))
        except (OSError, ValueError):
            shutil.rmtree(folder, ignore_errors=True)
    return max(whole)[1] if whole else None


@contextmanager
def plain_messages() -> Iterator[None]:
    """No advice to programmers on standard error; errors stay errors."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
