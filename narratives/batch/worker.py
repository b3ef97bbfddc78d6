"""A process that scores for another: one JSON object a line in, one out, the model loaded once."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import IO, Any

from narratives.errors import NarrativesError


def main() -> None:
    """Answer until the other side closes; never a traceback, never a post in an error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not get between the answers
    try:
        serve(sys.stdin.buffer, out, json.loads(sys.argv[2]))
    except BrokenPipeError:  # the one who asked has gone
        os._exit(0)


def serve(asked: IO[bytes], out: IO[bytes], model: str | None) -> None:
    """Load a model and score what comes.

    Args:
        asked: Jobs: ``{"texts": [...], "langs": ..., "batch_size": n}``.
        out: Takes ``{"ready": digest, "words": …}`` first, then ``{"columns": {...}}`` for each job, or what went
            wrong.
        model: Name or folder of the model.
    """

    def answer(message: dict[str, Any]) -> None:
        out.write(json.dumps(message).encode() + b"\n")
        out.flush()

    try:
        from narratives.batch.engines import reads_words
        from narratives.frames import score_rows
        from narratives.scorer import load

        scorer = load(model)
        scorer.score("Dobar dan")  # what loads on first use loads now
    except NarrativesError as error:
        answer({"model_error": str(error)})
        return
    except Exception as error:
        answer({"error": type(error).__name__})
        return
    answer({"ready": scorer.info.sha256, "words": reads_words(scorer)})
    for line in asked:
        job = json.loads(line)
        try:
            columns, _ = score_rows(scorer, job["texts"], job["langs"], job["batch_size"])
        except Exception as error:  # the message might quote a post
            answer({"error": type(error).__name__})
            return
        answer({"columns": columns})
