"""Who scores the blocks of a file: this process, or several others, each with the model loaded once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from math import isnan
from numbers import Number
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

from narratives.backends.linear import LinearBackend
from narratives.backends.wide_deep import WideDeepBackend
from narratives.errors import ModelError, WorkerError
from narratives.frames import score_rows
from narratives.scorer import LONGEST, Scorer

Columns = Mapping[str, Sequence[Any]]
Langs = Sequence[str | None] | str | None

# one thread each: as many processes as there are cores would otherwise fight over them
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "RAYON_NUM_THREADS"), "1"
)
_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from narratives.batch.worker import main; main()"


class Engine(Protocol):
    """Scores blocks of posts.

    Attributes:
        depth: Blocks worth handing in before the first answer is asked for.
        model: Digest of the model's files.
        words: Whether the model reads words alone; see :func:`reads_words`.
    """

    depth: int
    model: str
    words: bool

    def submit(self, texts: Sequence[Any], langs: Langs, batch_size: int) -> Callable[[], Columns]:
        """Hand in a block; the answer is what to call for its columns of ``frames.COLUMNS``."""
        ...

    def close(self) -> None:
        """End what was started."""
        ...


def reads_words(scorer: Scorer) -> bool:
    """Whether links, names and the width of gaps in a post are the same to a model, as they are to our own.

    Models of transformers, and anybody's own, may read them.
    """
    return isinstance(getattr(scorer, "backend", None), LinearBackend | WideDeepBackend)


class InProcess:
    """Scores in this process, with a scorer that is loaded already."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self.depth = 0
        info = getattr(scorer, "info", None)
        self.model = info.sha256 if info else ""
        self.words = reads_words(scorer)

    def submit(self, texts: Sequence[Any], langs: Langs, batch_size: int) -> Callable[[], Columns]:
        """Score at once."""
        columns, _ = score_rows(self._scorer, texts, langs, batch_size)
        return lambda: columns

    def close(self) -> None:
        """Nothing was started."""


class Processes:
    """Scores in other processes of this machine; the answers come in whatever order they are asked for.

    The processes are not children in the terminal's eyes: a Ctrl-C reaches this process alone, which ends them. They
    end by themselves when this process is gone.
    """

    def __init__(self, model: str | Path | None, jobs: int) -> None:
        """Start the processes and wait until each has its model.

        Args:
            model: Name of a shipped model, a model folder, or ``None`` for the default.
            jobs: How many.

        Raises:
            ModelError: The model cannot be loaded.
            WorkerError: A process did not start.
        """
        self.depth = 2 * jobs
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        self._workers: list[_Worker] = []
        self._threads = ThreadPoolExecutor(jobs, "narratives-batch")
        try:
            for _ in range(jobs):
                self._workers.append(_Worker(model))
            found = {worker.ready() for worker in self._workers}
        except BaseException:
            self.close()
            raise
        if len(found) > 1:
            self.close()
            raise WorkerError("the model changed while it was being loaded; start again")
        self.model, self.words = found.pop()
        for worker in self._workers:
            self._idle.put(worker)

    def submit(self, texts: Sequence[Any], langs: Langs, batch_size: int) -> Callable[[], Columns]:
        """Hand in a block."""
        job = json.dumps({"texts": texts, "langs": langs, "batch_size": batch_size}).encode() + b"\n"
        return self._threads.submit(self._ask, job).result

    def _ask(self, job: bytes) -> Columns:
        worker = self._idle.get()
        try:
            return worker.ask(job)["columns"]  # type: ignore[no-any-return]
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """End the processes; blocks still waiting are given up."""
        for worker in self._workers:
            worker.end()
        self._threads.shutdown(wait=True, cancel_futures=True)


class _Worker:
    def __init__(self, model: str | Path | None) -> None:
        # a session of its own, so that the terminal's Ctrl-C is not sent to it as well
        apart: dict[str, Any] = {"start_new_session": True}
        if os.name == "nt":
            apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}  # type: ignore[attr-defined]
        try:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-c", _START, json.dumps(sys.path), json.dumps(None if model is None else str(model))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # what goes wrong comes back as an answer
                env={**os.environ, **ONE_THREAD, "TOKENIZERS_PARALLELISM": "false"},
                **apart,
            )
        except OSError as error:
            raise WorkerError(f"no further process can be started ({error.strerror}); lower --jobs") from None

    def ready(self) -> tuple[str, bool]:
        answer = self._answer()
        return str(answer["ready"]), bool(answer["words"])

    def ask(self, job: bytes) -> dict[str, Any]:
        try:
            self._process.stdin.write(job)  # type: ignore[union-attr]
            self._process.stdin.flush()  # type: ignore[union-attr]
        except (OSError, ValueError):  # it has gone, or was ended by us
            raise self._gone() from None
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        try:
            line = self._process.stdout.readline()  # type: ignore[union-attr]
        except (OSError, ValueError):
            line = b""
        if not line.endswith(b"\n"):
            raise self._gone()
        answer: dict[str, Any] = json.loads(line)
        if "model_error" in answer:
            raise ModelError(answer["model_error"])
        if "error" in answer:
            raise WorkerError(f"a process that scores failed ({answer['error']}); lower --jobs if memory is short")
        return answer

    def _gone(self) -> WorkerError:
        code = self._process.wait()
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        return WorkerError(f"a process that scores {how}; if memory is short, lower --jobs")

    def end(self) -> None:
        with suppress(OSError):
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError, ValueError):
                if pipe is not None:
                    pipe.close()


def wire(value: Any) -> Any:
    """A value of the text or language column as JSON can carry it: text, ``None``, or a list for what is no text."""
    if isinstance(value, str):
        return value[: LONGEST + 1]  # no more is read; one more character tells that it was cut
    if value is None:
        return None
    if type(value).__name__ in {"NAType", "NaTType"} or (isinstance(value, float) and isnan(value)):
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value) if isinstance(value, Number | date) else []
