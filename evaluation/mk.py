"""Macedonian: what is measured, and published figures. Run: python evaluation/mk.py --data FOLDER --against all."""

import sys

from narratives.benchmark.plan import Plan

PLAN = Plan(
    lang="mk",
    note="No labelled real Macedonian posts exist: only authored posts are measured; the model transfers from "
    "Serbian and Croatian corpora. No baseline can be trained.",
)

if __name__ == "__main__":
    from narratives.cli import main

    main(["evaluate", PLAN.lang, *sys.argv[1:]])
