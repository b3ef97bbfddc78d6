"""Any sequence classifier of the transformers library, read through a mapping of its labels to our heads.

Posts of similar length are scored together, so that little is padding; a post is read as far as the classifier reaches,
and what was left unread is reported. Weights are safetensors; code that comes with a model is never run.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError

from narratives import resources
from narratives.backends.labels import LabelFile, LabelMap, read_labels
from narratives.calibration import Calibration
from narratives.errors import InputError, MissingExtraError, ModelError
from narratives.languages import GROUPS
from narratives.results import ModelInfo

Precision = Literal["auto", "fp32", "bf16", "int8"]

_ANY = "any"
_MOST_TOKENS = 512  # attention grows with the square of the length; posts are short
_MOST_WORDS = 64  # words left out in turn to see what each adds
_WORD = re.compile(r"\w+")
_DIGESTED = ("*.safetensors", "config.json", "tokenizer*", "narratives.json", "*.model", "vocab.*", "merges.txt")


@dataclass(frozen=True, slots=True, repr=False)
class TransformerBackend:
    """A transformers classifier in memory; see :class:`narratives.backends.base.Backend`.

    Attributes:
        info: Name, version (the commit, for a model of the hub) and digest.
        calibration: By head, then by language group. Where the mapping brings none, scores are taken as they are and
            ``rows`` is 0.
        transferred: Always empty.
        labels: What the classifier's labels mean.
        model: The network, in evaluation mode.
        tokenizer: Its tokeniser.
        device: Where it runs.
        length: Tokens of a post that are read.
        batch_size: Posts that go through the network together.
    """

    info: ModelInfo
    calibration: Mapping[str, Mapping[str, Calibration]]
    transferred: Mapping[str, str]
    labels: LabelMap
    model: Any
    tokenizer: Any
    device: str
    length: int
    batch_size: int

    @property
    def heads(self) -> tuple[str, ...]:
        """Names of the scores, in column order."""
        return self.labels.heads

    @classmethod
    def load(
        cls,
        folder: Path,
        *,
        labels: Path | Mapping[str, Any] | None = None,
        device: str = "auto",
        precision: Precision = "auto",
        length: int = _MOST_TOKENS,
        batch_size: int = 32,
        name: str | None = None,
        version: str | None = None,
    ) -> TransformerBackend:
        """Open a folder with a transformers checkpoint.

        Args:
            folder: ``config.json``, safetensors, tokeniser and, unless ``labels`` is given, ``narratives.json``.
            labels: Mapping file, its content, or ``{label: head}``.
            device: ``cpu``, ``cuda``, ``mps`` …; ``auto`` takes what is there.
            precision: ``fp32``, ``bf16``, ``int8`` (on the processor only), or ``auto``: bf16 on a GPU, else fp32.
            length: Tokens of a post to read at most.
            batch_size: Posts that go through the network together.
            name: Name to report; that of the folder when ``None``.
            version: Version to report.

        Raises:
            MissingExtraError: The extra ``transformers`` is not installed.
            MissingFileError: There is no mapping; the message holds a template.
            ModelError: The folder is incomplete, damaged, pickled, or wants to bring its own code.
            InputError: An option cannot be meant.
        """
        where, dtype = _options(device, precision, batch_size, length)
        model, tokenizer = _read(folder, dtype, where)
        names = [model.config.id2label[i] for i in range(model.config.num_labels)]
        mapping, said = read_labels(labels, names, folder)
        if precision == "int8":
            model = _int8(model)
        sums = folder / "SHA256SUMS"
        digest = resources.sha256(sums) if sums.is_file() else _digest(folder)
        info = ModelInfo(said.name or name or folder.resolve().name, said.version or version or "local", digest)
        reach = min(length, _reach(model.config, tokenizer))
        return cls(info, _calibration(said, mapping.heads), {}, mapping, model, tokenizer, where, reach, batch_size)

    def logits(self, texts: Sequence[str], groups: Sequence[str]) -> NDArray[np.float32]:  # noqa: ARG002
        """Raw scores, shape (texts, heads), for texts as ``narratives.text.normalise_text`` gives them."""
        return self.labels.logits(self._scores(texts))

    def unread(self, texts: Sequence[str]) -> list[int]:
        """Characters at the end of each text that lie beyond the reach of the classifier."""
        out = [0] * len(texts)
        # a token covers a byte or more, and some tokenisers put one before the text
        long = [i for i, text in enumerate(texts) if len(text.encode()) + 3 > self.length]
        if long:
            seen = self.tokenizer(
                [texts[i] for i in long], truncation=True, max_length=self.length, return_offsets_mapping=True
            )["offset_mapping"]
            for i, offsets in zip(long, seen, strict=True):
                whole = len(texts[i].rstrip())
                out[i] = max(0, whole - max((end for _, end in offsets), default=0))
        return out

    def attribute(self, text: str, group: str, head: str) -> NDArray[np.float32]:
        """What each character adds to a head's raw score, shape (len(text),).

        Each of the first 64 words is left out in turn; what the score loses is spread over its letters (occlusion,
        Zeiler and Fergus 2014). The shares need not sum to the score.
        """
        out = np.zeros(len(text), np.float32)
        words = list(islice(_WORD.finditer(text), _MOST_WORDS))
        if not words:
            return out
        without = [text[: w.start()] + text[w.end() :] for w in words]
        scores = self.logits([text, *without], [group] * (len(words) + 1))[:, self.heads.index(head)]
        for word, score in zip(words, scores[1:], strict=True):
            out[word.start() : word.end()] = (scores[0] - score) / (word.end() - word.start())
        return out

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Mean of the last hidden states over the tokens of each text, shape (texts, hidden size)."""
        return self._forward(texts, self._pooled, int(self.model.config.hidden_size))

    def _scores(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._forward(texts, lambda batch: self.model(**batch).logits, int(self.model.config.num_labels))

    def _pooled(self, batch: Any) -> Any:
        states = self.model(**batch, output_hidden_states=True).hidden_states[-1]
        mask = batch["attention_mask"].unsqueeze(-1).to(states.dtype)
        return (states * mask).sum(1) / mask.sum(1).clamp(min=1)

    def _forward(self, texts: Sequence[str], function: Callable[[Any], Any], width: int) -> NDArray[np.float32]:
        import torch

        rows: list[NDArray[np.float32]] = []
        order: list[int] = []
        with torch.inference_mode():
            for places, batch in self._batches(texts):
                rows.append(function(batch.to(self.device)).float().cpu().numpy())
                order += places
        if not rows:
            return np.zeros((0, width), np.float32)
        out = np.concatenate(rows)
        out[order] = out.copy()
        return out

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Any]]:
        """Texts of like length together, the longest first so that memory shows at once whether it is enough."""
        if not texts:
            return
        read = self.tokenizer(list(texts), truncation=True, max_length=self.length)
        size = [len(ids) for ids in read["input_ids"]]
        order = sorted(range(len(texts)), key=lambda i: -size[i])
        for start in range(0, len(order), self.batch_size):
            places = order[start : start + self.batch_size]
            rows = {key: [values[i] for i in places] for key, values in read.items()}
            yield places, self.tokenizer.pad(rows, return_tensors="pt")


def _options(device: str, precision: str, batch_size: int, length: int) -> tuple[str, Any]:
    try:
        import torch
        import transformers  # noqa: F401
    except ImportError:
        raise MissingExtraError(
            'transformers models need the extra transformers: pip install "narratives[transformers]"'
        ) from None
    if precision not in get_args(Precision):
        raise InputError(f"precision is {precision!r}; expected one of {', '.join(get_args(Precision))}")
    if batch_size < 1 or length < 8:
        raise InputError(f"batch_size is {batch_size}, length {length}; expected at least 1 and at least 8")
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError):
        raise InputError(f"device {device!r} is not at hand; expected cpu, cuda, mps or auto") from None
    if precision == "int8" and device != "cpu":
        raise InputError(f"precision int8 runs on the processor only; give device='cpu', not {device!r}")
    half = precision == "bf16" or (precision == "auto" and device.startswith("cuda"))
    return device, torch.bfloat16 if half else torch.float32


def _read(folder: Path, dtype: Any, device: str) -> tuple[Any, Any]:
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    if not (folder / "config.json").is_file():
        raise ModelError(f"{folder / 'config.json'} is missing; expected the folder of a transformers checkpoint")
    if not list(folder.glob("*.safetensors")):
        raise ModelError(
            f"{folder} has no safetensors; pickled weights (*.bin, *.pt) can run code and are never opened: ask for a "
            "safetensors copy of the model, or convert it apart from this library"
        )
    ours = {"trust_remote_code": False, "local_files_only": True}
    try:
        with _quiet():
            tokenizer = AutoTokenizer.from_pretrained(folder, **ours)
            model, report = AutoModelForSequenceClassification.from_pretrained(
                folder, use_safetensors=True, dtype=dtype, output_loading_info=True, **ours
            )
    except (
        OSError,
        ValueError,
        KeyError,
        ImportError,
        RuntimeError,
        AttributeError,
        TypeError,
        SafetensorError,
    ) as error:
        if "trust_remote_code" in str(error):
            raise ModelError(f"{folder} wants to bring its own code, which is never run; use another model") from None
        raise ModelError(
            f"{folder} is no sequence classifier that transformers can open ({type(error).__name__}); expected "
            "config.json, safetensors and a tokeniser"
        ) from None
    if report["missing_keys"]:
        raise ModelError(
            f"{folder} has no weights for {', '.join(sorted(report['missing_keys'])[:3])}: it was never trained to "
            "classify; fine-tune it first (narratives train transformer)"
        )
    if not tokenizer.is_fast:
        raise ModelError(f"{folder} has no fast tokeniser (tokenizer.json), which tells how far a post was read")
    return model.to(device).eval(), tokenizer


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars and tables on standard error; what is amiss becomes an error of ours."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _int8(model: Any) -> Any:
    import torch

    with warnings.catch_warnings():  # torch announces that these will move to a package of their own
        warnings.simplefilter("ignore")
        from torch.ao.quantization import quantize_dynamic

        return quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)  # type: ignore[no-untyped-call]


def _reach(config: Any, tokenizer: Any) -> int:
    """Tokens that fit: what the tokeniser says, and where positions run out (RoBERTa's begin after the padding)."""
    places = getattr(config, "max_position_embeddings", None)
    if not isinstance(places, int) or places <= 0:
        return int(tokenizer.model_max_length)
    if "roberta" in config.model_type or config.model_type in {"camembert", "mpnet"}:
        places -= 1 + (config.pad_token_id or 0)
    return min(int(tokenizer.model_max_length), places)


def _calibration(said: LabelFile, heads: Sequence[str]) -> dict[str, dict[str, Calibration]]:
    as_it_is = Calibration(1.0, 0.0, 0.5, (0.4, 0.6), 0, True)
    table: dict[str, dict[str, Calibration]] = {head: dict.fromkeys((_ANY, *GROUPS), as_it_is) for head in heads}
    for head, groups in (said.calibration or {}).items():
        if head not in table or _ANY not in groups:
            raise ModelError(f"calibration of {head!r}: expected the heads {', '.join(heads)}, each with group 'any'")
        pooled = Calibration.from_dict(groups[_ANY])
        table[head] = {g: Calibration.from_dict(groups[g]) if g in groups else pooled for g in (_ANY, *GROUPS)}
    return table


def _digest(folder: Path) -> str:
    """Digest of what scoring reads, for a folder without SHA256SUMS."""
    names = sorted({path for pattern in _DIGESTED for path in folder.glob(pattern) if path.is_file()})
    lines = "".join(f"{resources.sha256(path)}  {path.name}\n" for path in names)
    return hashlib.sha256(lines.encode()).hexdigest()
