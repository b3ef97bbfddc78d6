"""A fine-tuned transformer as ONNX, checked against torch."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from narratives.backends.transformer import TransformerBackend
from narratives.errors import MissingExtraError, ModelError
from narratives.training.needs import need
from narratives.training.transformer import plain_messages
from narratives.training.transformer_export import seal

_APART = 1e-3
_PROBES = ("Dobar dan svima", "Mirëdita", "Добар дан, како сте данас?", "a", "Bună ziua " * 20)


def export_onnx(folder: Path) -> float:
    """Add ``model.onnx`` to a model folder, and check it against torch.

    Args:
        folder: A folder of :func:`write_transformer`.

    Returns:
        The largest difference of a raw score on a few texts of different lengths.

    Raises:
        MissingExtraError: The extra ``onnx`` is not installed.
        ModelError: The two differ by more than a thousandth; the file is removed.
    """
    try:
        import onnxruntime
        import onnxscript  # noqa: F401
    except ImportError:
        raise MissingExtraError('the export needs the extra onnx: pip install "narratives[onnx]"') from None
    need("transformers,onnx", "torch", "transformers")
    import torch

    backend = TransformerBackend.load(folder, device="cpu", precision="fp32")
    model, path = backend.model, folder / "model.onnx"
    names = [n for n in ("input_ids", "attention_mask", "token_type_ids") if n in backend.tokenizer.model_input_names]

    def inputs(texts: Sequence[str]) -> dict[str, Any]:
        read = backend.tokenizer(list(texts), truncation=True, max_length=backend.length, padding=True)
        return {n: torch.tensor(read[n]) for n in names}

    class Logits(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = model

        def forward(self, *values: Any) -> Any:
            return self.inner(**dict(zip(names, values, strict=True))).logits

    shapes = tuple({0: torch.export.Dim("texts"), 1: torch.export.Dim("tokens", max=backend.length)} for _ in names)
    sample = inputs(_PROBES[:2])
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it reports operators of packages that are not there
    with plain_messages():
        torch.onnx.export(
            Logits().eval(),
            tuple(sample.values()),
            str(path),
            input_names=names,
            output_names=["logits"],
            dynamic_shapes=(shapes,),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    apart = 0.0
    for size in (1, 2, len(_PROBES)):
        batch = inputs(_PROBES[-size:])
        with torch.inference_mode():
            ours = model(**batch).logits.numpy()
        theirs = session.run(["logits"], {n: v.numpy() for n, v in batch.items()})[0]
        apart = max(apart, float(np.abs(ours - theirs).max()))
    if not apart <= _APART:
        path.unlink()
        raise ModelError(
            f"the ONNX file differs from torch by {apart:.4f}; it was removed: export it with care by hand"
        )
    seal(folder)
    return apart
