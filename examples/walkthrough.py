"""A first walk through narratives, in the order an advocate would need it: `python examples/walkthrough.py`.

Read it from top to bottom; it takes about five minutes. Nothing here touches the network, and everything is written
into one folder (the first argument, or a temporary one).
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

import narratives
from narratives import resources
from narratives.batch import score_file
from narratives.batch.scored import read_scored
from narratives.review import Decisions, build


def main(folder: Path) -> None:
    """Walk through."""
    # 1. One post. The scorer says what it decides, how sure it is, and which words made it say so.
    scorer = narratives.load()
    score = scorer.score("Ovo nisu izbjeglice, ovo je invazija! Sve ih treba protjerati.")
    print("1. one post:", score.decision, "because:", score.reasons[0])
    print("   words:", list(dict.fromkeys(span.text for span in score.evidence)))

    # 2. Harmless posts about the same people must stay harmless. If they do not in your language, tell us.
    score = scorer.score("Danas smo s izbjeglicama sadili drveće u parku.")
    print("2. a harmless post:", score.decision)

    # 3. A file. Any CSV, JSON or Parquet will do; exports of CrowdTangle, Brandwatch, Meltwater, Apify and Telegram are
    #    recognised. Authors become codes, and a cell that a spreadsheet would run as a formula gets an apostrophe.
    posts = resources.find("datasets/examples") / "posts.csv"
    scored = folder / "scored.csv"
    summary = score_file(posts, scored, scorer=scorer, overwrite=True)
    print(f"3. a file: {summary.rows} posts, {summary.flag} flagged, {summary.review} for a person to decide")

    # 4. What is in it, without reading a word: counts only.
    rows = list(read_scored(scored))
    print("4. by language:", dict(Counter(row.scores["lang"] for row in rows if row.scores["decision"] == "flag")))

    # 5. What a person should look at: few posts, copies once, labels in turn, the last one calm. On the command line
    #    `narratives review scored.csv` shows them one by one, text hidden until you ask for it.
    overview, queue = build(rows, size=8)
    print(f"5. a queue of {len(queue)} out of {overview.rows}:", [item.label for item in queue])

    # 6. Your decisions are kept in a file of your own. Here we pretend that a person called the first one harmless.
    decisions = Decisions(folder / "decisions.jsonl")
    if queue:
        decisions.add(queue[0], "clear", labels=())
    print(f"6. decisions so far: {len(decisions.done)}")

    # 7. With some twenty decisions a language, `narratives calibrate scored.csv decisions.jsonl --out my-model` shows
    #    what a threshold fitted to them would change, and writes a model folder of your own if it helps. Then
    #    `narratives batch export.csv scored.parquet --model my-model --jobs 2` uses it; after an interruption, the same
    #    command with `--resume` goes on where it stopped.
    print("7. next: narratives calibrate, narratives batch --model", folder / "my-model")

    # A score is a reason to look, never a verdict on a person, and never says that something is illegal.


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
