"""Batch at scale: throughput against `score_many`, memory against length, and ten kills; `python evaluation/scale.py`.

Posts are the shipped examples with a running number, of about twenty words, no two alike. Every figure comes from one
run on one machine and every rate stands beside `score_many` measured by as many processes at the same time, because
machines are noisy: only ratios travel. Writes `results/scale.json`.

The kills: the command is sent SIGKILL ten times at random moments, taken up with `--resume` each time, and its output
is compared byte for byte with that of a run left alone.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pyarrow.parquet as pq
from speed import sentences

import narratives

_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def write_posts(path: Path, rows: int) -> Path:
    """A CSV of ``rows`` posts."""
    posts = sentences()
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["id", "created_at", "author", "text"])
        writer.writerows([i, "2026-09-14", f"user{i % 9973}", f"{posts[i % len(posts)]} {i}"] for i in range(rows))
    return path


def score_many(rows: int) -> None:
    """Score in memory, for the rate to compare with; prints posts a second."""
    posts, scorer = sentences(), narratives.load()
    scorer.score("Dobar dan svima")
    began = time.perf_counter()
    for _ in scorer.score_many(f"{posts[i % len(posts)]} {i}" for i in range(rows)):
        pass
    print(rows / (time.perf_counter() - began))


def alone(processes: int, rows: int) -> float:
    """Posts a second of ``score_many`` in so many processes at once, added up."""
    command = [sys.executable, __file__, "--score-many", str(rows)]
    env = {**os.environ, **_ONE_THREAD}
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)  # noqa: S603
        for _ in range(processes)
    ]
    return sum(float(process.communicate()[0]) for process in started)


def command(source: Path, target: Path, jobs: int, *more: str) -> list[str]:
    """The command that is measured."""
    fixed = ["--jobs", str(jobs), "--salt", "measured"]
    return [sys.executable, "-m", "narratives", "batch", str(source), str(target), *fixed, *more]


def batch(source: Path, target: Path, jobs: int) -> dict[str, float]:
    """Run the command; posts a second from first to last row, and peak resident memory of each process in MB."""
    began = time.perf_counter()
    run = psutil.Popen(
        command(source, target, jobs, "--restart"), env={**os.environ, **_ONE_THREAD}, stderr=subprocess.PIPE
    )
    peak: dict[int, int] = {}
    while run.poll() is None:
        for process in [run, *children(run)]:
            try:
                peak[process.pid] = max(peak.get(process.pid, 0), process.memory_info().rss)
            except psutil.Error:
                continue
        time.sleep(0.2)
    seconds = time.perf_counter() - began
    if run.returncode:
        raise SystemExit(run.stderr.read().decode())
    main_peak = peak.pop(run.pid, 0)
    return {
        "seconds": round(seconds, 1),
        "main_mb": round(main_peak / 2**20, 1),
        "worker_mb": round(max(peak.values(), default=0) / 2**20, 1),
    }


def children(run: psutil.Popen) -> list[psutil.Process]:
    """Its processes, none where it has just ended."""
    try:
        return run.children(recursive=True)
    except psutil.Error:
        return []


def rows_done(target: Path) -> int:
    """Rows that the journal of an unfinished run vouches for."""
    journal = target.with_name(f".{target.name}.unfinished") / "journal.jsonl"
    lines = journal.read_bytes().splitlines() if journal.exists() else []
    entries = [json.loads(line) for line in lines if line.endswith(b"}")]
    return int(entries[-1].get("counts", {}).get("rows", 0)) if entries else 0


def kills(source: Path, whole: Path, times: int, seconds: float, jobs: int, seed: int) -> dict[str, object]:
    """Kill and go on: some runs while they start, most at a random moment after they have added a block."""
    target, draw = whole.with_name(f"killed{whole.suffix}"), random.Random(seed)  # noqa: S311
    rows: list[int] = []
    for number in range(times):
        before = rows_done(target)
        run = subprocess.Popen(command(source, target, jobs, "--resume"), stderr=subprocess.DEVNULL)  # noqa: S603
        while number % 4 and run.poll() is None and rows_done(target) <= before:
            time.sleep(0.05)
        try:
            run.wait(draw.uniform(0.0, 1.2) * seconds / times)
            break  # it came to the end before the kill
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            run.wait()
        rows.append(rows_done(target))
    if not target.exists():
        subprocess.run(command(source, target, jobs, "--resume"), check=True, capture_output=True)  # noqa: S603
    return {"kills": len(rows), "rows_at_each": rows, "identical": target.read_bytes() == whole.read_bytes()}


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "scale.json")
    parser.add_argument("--score-many", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.score_many:
        score_many(arguments.score_many)
        return
    with tempfile.TemporaryDirectory() as name:
        report = measure(arguments, Path(name))
    arguments.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=2))


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, object]:
    """All figures; the folder takes what is written."""
    small = write_posts(folder / "small.csv", max(arguments.rows // 10, 1))
    large = write_posts(folder / "large.csv", arguments.rows)
    table, seconds = [], 0.0
    whole = folder / "whole.parquet"
    for jobs in arguments.jobs:
        before = alone(jobs, min(20_000, arguments.rows))
        few = batch(small, folder / "small.parquet", jobs)
        many = batch(large, whole, jobs)
        after = alone(jobs, min(20_000, arguments.rows))
        # the difference of the two takes out the start-up, which a long run does not notice
        rate = (arguments.rows - arguments.rows // 10) / max(many["seconds"] - few["seconds"], 1e-9)
        seconds = many["seconds"]
        table.append(
            {
                "jobs": jobs,
                "posts_per_second": round(rate),
                "score_many_times_jobs": round((before + after) / 2),
                "ratio": round(2 * rate / (before + after), 3),
                "tenth": few,
                "all": many,
                "main_growth_mb": round(many["main_mb"] - few["main_mb"], 1),
                "worker_growth_mb": round(many["worker_mb"] - few["worker_mb"], 1),
            }
        )
        print(table[-1])
    killed = [
        kills(large, whole, arguments.kills, seconds, max(arguments.jobs), arguments.seed),
    ]
    csv_whole = folder / "small.csv.out.csv"
    subprocess.run(command(small, csv_whole, max(arguments.jobs), "--restart"), check=True, capture_output=True)  # noqa: S603
    killed.append(kills(small, csv_whole, 3, seconds / 10, 1, arguments.seed + 1))
    return {
        "rows": arguments.rows,
        "rows_written": pq.read_metadata(whole).num_rows,
        "table": table,
        "kill_and_resume": killed,
        "model": narratives.load().info.sha256,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    }


if __name__ == "__main__":
    main()
