"""Montenegrin: what is measured, and published figures. Run: python evaluation/cnr.py --data FOLDER --against all."""

import sys

from narratives.benchmark.plan import Plan

PLAN = Plan(
    lang="cnr",
    suite_train_on="frenk-hr",
    note="No labelled real Montenegrin posts exist: only authored posts are measured; the model transfers from "
    "Croatian and Serbian corpora. Baselines learn from the Croatian FRENK.",
)

if __name__ == "__main__":
    from narratives.cli import main

    main(["evaluate", PLAN.lang, *sys.argv[1:]])
