"""Train the shipped linear model. Run: python models/train.py --data FOLDER --work CHECKPOINTS [--out models/default].

FOLDER holds the corpora of narratives/corpora/table.py in their authors' own layout (or set NARRATIVES_DATA). A run
that was stopped takes up at its last checkpoint in CHECKPOINTS and ends with the very same weights.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from narratives.training.card import write_card
from narratives.training.recipe import Settings, train

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Read the command line, train, and write the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("NARRATIVES_DATA"))
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints, outside the repository")
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "default")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error("--data FOLDER is needed (or NARRATIVES_DATA): the folder that holds the corpora")
    train(
        arguments.data,
        arguments.out,
        arguments.work,
        Settings(seed=arguments.seed),
        authored=ROOT / "datasets" / "posts",
    )
    write_card(arguments.out, arguments.work / "figures.json")


if __name__ == "__main__":
    main()
