"""How fast posts are scored, and in how much memory. Run: python evaluation/speed.py [--rows 1000000] [--out FOLDER].

Posts are the shipped examples, repeated with a running number so that no two are alike, of about twenty words. The same
run times `score_many` in memory and `score_file` on CSV files of 10,000 and of `--rows` rows, each in a process of its
own, and gives their ratio: the machines this runs on are noisy, so only the ratio travels.
"""

from __future__ import annotations

import argparse
import csv
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import narratives
from narratives import resources
from narratives.batch import score_file


def sentences() -> list[str]:
    """The example posts in our languages, joined to about twenty words each."""
    with (resources.find("datasets/examples") / "posts.csv").open(encoding="utf-8", newline="") as handle:
        posts = [row["text"] for row in csv.DictReader(handle) if row["lang"]]
    long = [post for post in posts if len(post.split()) >= 14]
    return [" ".join(post.split()[:24]) for post in long]


def measure(kind: str, rows: int, folder: Path) -> dict[str, float]:
    """Score ``rows`` posts and report rate (posts a second) and peak resident memory (MB) of this process."""
    posts, scorer = sentences(), narratives.load()
    scorer.score("Dobar dan svima")  # the language model loads on first use
    stream = (f"{posts[i % len(posts)]} {i}" for i in range(rows))
    if kind == "score_many":
        began = time.perf_counter()
        for _ in scorer.score_many(stream):
            pass
        seconds = time.perf_counter() - began
    else:
        source = folder / f"{rows}.csv"
        with source.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(["id", "text"])
            writer.writerows([i, text] for i, text in enumerate(stream))
        seconds = score_file(source, folder / f"{rows}.scored.csv", scorer=scorer, overwrite=True).seconds
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": rows, "posts_per_second": round(rows / seconds), "peak_rss_mb": round(peak, 1)}


def main() -> None:
    """Run each measurement in a process of its own and write them side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    parser.add_argument("--one", nargs=3, metavar=("KIND", "ROWS", "FOLDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        kind, rows, folder = arguments.one
        print(json.dumps(measure(kind, int(rows), Path(folder))))
        return
    with tempfile.TemporaryDirectory() as folder:
        runs = {}
        for name, kind, rows in [
            ("score_many", "score_many", min(arguments.rows, 50_000)),
            ("batch_small", "batch", 10_000),
            ("batch_large", "batch", arguments.rows),
        ]:
            command = [sys.executable, __file__, "--one", kind, str(rows), folder]
            done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
            runs[name] = json.loads(done.stdout)
            print(name, runs[name])
    report = {
        **runs,
        "batch_to_score_many": round(
            runs["batch_large"]["posts_per_second"] / runs["score_many"]["posts_per_second"], 2
        ),
        "memory_growth_mb": round(runs["batch_large"]["peak_rss_mb"] - runs["batch_small"]["peak_rss_mb"], 1),
        "model": narratives.load().info.sha256,
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }
    (arguments.out / "speed.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
