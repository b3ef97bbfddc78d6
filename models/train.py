"""Train the shipped models. Run: python models/train.py STEP --data FOLDER --work CHECKPOINTS.

FOLDER holds the corpora of narratives/corpora/table.py in their authors' own layout, and ``parallel`` the translations
that the encoder is distilled from (or set NARRATIVES_DATA). The steps stand on each other: ``encoder``, ``linear``,
``teachers`` (with the default model as it stands among them), then ``default``, which joins all. A run that was
stopped takes up at its last checkpoint in CHECKPOINTS.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def encoder(data: Path, work: Path, seed: int) -> None:
    """Distil the encoder into CHECKPOINTS/encoder; an hour or more on two cores."""
    from narratives.training.distil import Distillation
    from narratives.training.encoder_recipe import distil_encoder, training_posts

    distil_encoder(data / "parallel", training_posts(data), work / "encoder", Distillation(steps=26_500, seed=seed))


def linear(data: Path, work: Path, seed: int) -> None:
    """Train the n-gram model into models/linear; about ten minutes on two cores."""
    from narratives.training.card import write_card
    from narratives.training.recipe import Settings, train

    out = ROOT / "models" / "linear"
    train(data, out, work / "linear", Settings(seed=seed), authored=ROOT / "datasets" / "posts")
    write_card(out, work / "linear" / "figures.json")


def teachers(data: Path, work: Path, seed: int) -> None:
    """Let slow models judge the posts that nobody has read, into CHECKPOINTS/teachers; about half an hour."""
    from narratives.scorer import load
    from narratives.training.teachers import judge

    judge(data, ROOT / "datasets", load(ROOT / "models" / "default"), work / "teachers", seed)


def default(data: Path, work: Path, seed: int) -> None:
    """Train the heads and join everything into models/default; about half an hour on two cores."""
    from narratives.training.teachers import read_judged
    from narratives.training.wide_deep import Settings, train_default

    models = ROOT / "models"
    train_default(
        data,
        ROOT / "datasets",
        work / "encoder",
        models / "linear",
        models / "default",
        work / "default",
        Settings(seed=seed),
        judged=read_judged(work / "teachers" / "judged.npz"),
    )


STEPS = {"encoder": encoder, "linear": linear, "teachers": teachers, "default": default}


def main() -> None:
    """Read the command line and do one step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=list(STEPS))
    parser.add_argument("--data", type=Path, default=os.environ.get("NARRATIVES_DATA"))
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints, outside the repository")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error("--data FOLDER is needed (or NARRATIVES_DATA): the folder that holds the corpora")
    STEPS[arguments.step](Path(arguments.data), arguments.work, arguments.seed)


if __name__ == "__main__":
    main()
