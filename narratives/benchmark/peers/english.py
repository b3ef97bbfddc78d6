"""Two small English classifiers from PyPI: HateSonar and alt-profanity-check (extra ``peers``)."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from narratives.benchmark.needs import need
from narratives.benchmark.peers.base import Answers, both

_BLOCK = 256


class HateSonar:
    """HateSonar (Davidson et al. 2017): hate speech, offensive language, neither; English.

    Version 0.1 runs its ONNX file with a lower-casing step that asks for the system locale ``en_US.UTF-8``. Where that
    is not installed the same file is loaded with that step's locale set to ``C``, over texts lower-cased before: its
    tokeniser keeps ``[a-zA-Z0-9_]`` only, so that no score changes.
    """

    name = "hatesonar"

    def __init__(self) -> None:
        need("hatesonar")
        self._lower = False
        self._session = self._open()
        self.note = f"HateSonar {version('hatesonar')}, English only" + (
            "; loaded with locale C over lower-cased text, for want of the system locale en_US.UTF-8"
            if self._lower
            else ""
        )

    def _open(self) -> Any:
        from importlib.resources import files

        runtime = need("onnxruntime")
        options = runtime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = 1
        path = files("hatesonar") / "model" / "model.onnx"
        try:
            return runtime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
        except Exception:  # onnxruntime's own error classes differ between versions
            onnx = need("onnx")
            graph = onnx.load_model_from_string(path.read_bytes())
            for node in graph.graph.node:
                if node.op_type == "StringNormalizer":
                    del node.attribute[:]
                    node.attribute.extend(
                        [
                            onnx.helper.make_attribute("case_change_action", "NONE"),
                            onnx.helper.make_attribute("locale", "C"),
                        ]
                    )
            self._lower = True
            return runtime.InferenceSession(graph.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def answer(self, texts: Sequence[str], langs: Sequence[str], train_on: str | None = None) -> Answers:  # noqa: ARG002
        """``hate`` is its class hate speech, ``offensive`` that or offensive language, each by its top class."""
        top, table = [], []
        for start in range(0, len(texts), _BLOCK):
            block = [t.lower() if self._lower else t for t in texts[start : start + _BLOCK]]
            labels, rows = self._session.run(None, {"text": np.array(block, dtype=object)})
            top += list(labels)
            table += [[row[0], row[1], row[2]] for row in rows]
        p, label = np.array(table, np.float64).reshape(-1, 3), np.array(top, np.int64)
        return Answers(
            {"hate": (label == 0).astype(np.int64), "offensive": (label != 2).astype(np.int64)},
            {"hate": p[:, 0], "offensive": p[:, 0] + p[:, 1]},
            probabilistic=True,
        )


class ProfanityCheck:
    """alt-profanity-check: a linear model of English profanity; it does not know hate as such."""

    name = "profanity-check"

    def __init__(self) -> None:
        self._module = need("profanity_check")
        self.note = f"alt-profanity-check {version('alt-profanity-check')}, English only; one score for both heads"

    def answer(self, texts: Sequence[str], langs: Sequence[str], train_on: str | None = None) -> Answers:  # noqa: ARG002
        """Profane at probability .5, for both heads."""
        p = np.asarray(self._module.predict_prob(list(texts)), np.float64) if texts else np.zeros(0)
        return Answers(*both((p >= 0.5).astype(np.int64), p), probabilistic=True)
