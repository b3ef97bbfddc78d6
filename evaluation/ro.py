"""Romanian: what is measured, and published figures. Run: python evaluation/ro.py --data FOLDER --against all."""

import sys

from narratives.benchmark.plan import EvaluationSet, Plan, Published

PLAN = Plan(
    lang="ro",
    suite_train_on="news-ro-offense",
    sets=(
        EvaluationSet(
            name="news-ro-offense",
            corpora=("news-ro-offense",),
            tier="real",
            task="insult, racist, homophobic, sexist or none, comments on news",
            annotators="annotators of ReaderBench",
            revision="readerbench/news-ro-offense, comments.csv",
            where="github.com/readerbench/news-ro-offense",
            split="dev",
            heads=("offensive", "hate"),
        ),
        EvaluationSet(
            name="ro-offense",
            corpora=("ro-offense",),
            tier="real",
            task="profanity, insult, abuse or none, sports comments",
            annotators="annotators of ReaderBench",
            revision="readerbench/ro-offense, train.csv",
            where="huggingface.co/datasets/readerbench/ro-offense",
            split="dev",
            heads=("offensive",),
        ),
        EvaluationSet(
            name="ro-fb-offense",
            corpora=("ro-fb-offense",),
            tier="real",
            task="profanity, insult, abuse or none, Facebook",
            annotators="annotators of ReaderBench",
            revision="readerbench/ro-fb-offense, train.csv",
            where="huggingface.co/datasets/readerbench/ro-fb-offense",
            split="dev",
            heads=("offensive",),
        ),
        EvaluationSet(
            name="coroseof-ro",
            corpora=("coroseof-ro",),
            tier="real",
            task="sexist, offensive or neither, tweets",
            annotators="10 students of gender studies",
            revision="DianaHoefels/CoRoSeOf 2022, texts fetched by id",
            where="github.com/DianaHoefels/CoRoSeOf",
            split="all",
            heads=("offensive", "hate"),
            train_on="ro-offense",
        ),
    ),
    published=(
        Published(
            corpus="ro-offense",
            system="RoBERT",
            metric="macro-F1",
            value=0.813,
            cite="model card readerbench/ro-offense",
            note="four classes; ours is binary, which is easier",
        ),
        Published(
            corpus="news-ro-offense",
            system="best of the paper",
            metric="weighted F1",
            value=0.747,
            cite="Cojocaru, Paraschiv & Dascălu 2022",
            note="five classes",
        ),
        Published(
            corpus="coroseof-ro",
            head="hate",
            system="best of the paper",
            metric="macro-F1",
            value=0.8307,
            cite="Höfels, Çöltekin & Mădroane 2022",
            note="sexist or not",
        ),
    ),
)

if __name__ == "__main__":
    from narratives.cli import main

    main(["evaluate", PLAN.lang, *sys.argv[1:]])
