"""Albanian: what is measured, and published figures. Run: python evaluation/sq.py --data FOLDER --against all."""

import sys

from narratives.benchmark.plan import EvaluationSet, Hub, Plan, Published

PLAN = Plan(
    lang="sq",
    suite_train_on="hatespeech-al",
    sets=(
        EvaluationSet(
            name="hatespeech-al",
            corpora=("hatespeech-al",),
            tier="real",
            task="offensive or not, comments",
            annotators="authors of SHAJ for its part; unknown for the rest",
            revision="merged_labeled_dataset.csv",
            where="the repository of the merged Albanian comments",
            split="dev",
            heads=("offensive",),
        ),
        EvaluationSet(
            name="shaj-sq",
            corpora=("shaj-sq",),
            tier="real",
            task="offensive or not, Instagram and YouTube comments",
            annotators="native speakers, OLID scheme",
            revision="figshare 19333298, version 1",
            where="figshare.com/articles/dataset/19333298",
            split="all",
            heads=("offensive",),
            train_on="hatespeech-al",
            hub=Hub(id="strombergnlp/shaj", split="train", revision="main"),
        ),
        EvaluationSet(
            name="xhate-sq",
            corpora=("xhate-sq",),
            tier="translated",
            task="abusive or not, translated from English",
            annotators="original English labels; translations corrected by native speakers",
            revision="codogogo/xhate 2020",
            where="github.com/codogogo/xhate",
            split="all",
            heads=("offensive",),
            train_on="hatespeech-al",
        ),
    ),
    published=(
        Published(
            corpus="shaj-sq", system="best of the paper", metric="F1", value=0.77, cite="Nurçe et al. 2021, SHAJ"
        ),
        Published(
            corpus="hatespeech-al",
            system="naive Bayes",
            metric="F1",
            value=0.80,
            cite="Ajvazi & Hardmeier 2022",
            note="another set of Albanian comments",
        ),
        Published(
            corpus="xhate-sq",
            system="HurtLex",
            metric="macro-F1",
            value=0.578,
            cite="measured for this project",
            note="all 999 rows",
        ),
        Published(
            corpus="xhate-sq",
            system="HateSonar",
            metric="macro-F1",
            value=0.338,
            cite="measured for this project",
            note="all 999 rows",
        ),
    ),
)

if __name__ == "__main__":
    from narratives.cli import main

    main(["evaluate", PLAN.lang, *sys.argv[1:]])
