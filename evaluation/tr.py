"""Turkish: what is measured, and published figures. Run: python evaluation/tr.py --data FOLDER --against all."""

import sys

from narratives.benchmark.plan import EvaluationSet, Plan, Published

PLAN = Plan(
    lang="tr",
    suite_train_on="mayda-tr",
    sets=(
        EvaluationSet(
            name="siu2023-nst-tr",
            corpora=("siu2023-nst-tr",),
            tier="real",
            task="hate speech in tweets on three topics",
            annotators="trained annotators of the shared task",
            revision="SIU2023-NST",
            where="the organisers of SIU2023-NST",
            split="dev",
            heads=("hate",),
            slices={"refugee": {"topic": ("refugee",)}},
        ),
        EvaluationSet(
            name="mayda-tr",
            corpora=("mayda-tr",),
            tier="real",
            task="hate, offence or neither, tweets by keyword",
            annotators="the corpus' authors",
            revision="mayda2021.csv",
            where="the authors of Mayda et al. 2021",
            split="dev",
            heads=("offensive", "hate"),
            slices={"suriyeli, arap": {"Keyword": ("suriyeli", "arap")}},
        ),
        EvaluationSet(
            name="troff-tr",
            corpora=("troff-tr",),
            tier="real",
            task="offensive by kind of target, tweets",
            annotators="native speakers",
            revision="troff fine labels",
            where="coltekin.github.io/offensive-turkish",
            split="dev",
            heads=("offensive",),
        ),
        EvaluationSet(
            name="offenseval-tr",
            corpora=("offenseval-tr",),
            tier="real",
            task="offensive or not, tweets; those of troff-tr",
            annotators="native speakers",
            revision="offenseval-tr-training-v1.tsv",
            where="coltekin.github.io/offensive-turkish",
            split="all",
            heads=("offensive",),
            train_on="troff-tr",
        ),
        EvaluationSet(
            name="teknofest-tr",
            corpora=("teknofest-tr",),
            tier="real",
            task="insult, profanity, sexist, racist or none",
            annotators="the organisers",
            revision="teknofest_train_final.csv",
            where="Teknofest 2023, MIT licence",
            split="dev",
            heads=("offensive", "hate"),
        ),
        EvaluationSet(
            name="xhate-tr",
            corpora=("xhate-tr",),
            tier="translated",
            task="abusive or not, translated from English",
            annotators="original English labels; translations corrected by native speakers",
            revision="codogogo/xhate 2020",
            where="github.com/codogogo/xhate",
            split="all",
            heads=("offensive",),
            train_on="troff-tr",
        ),
    ),
    published=(
        Published(
            corpus="offenseval-tr",
            system="BERTurk",
            metric="macro-F1",
            value=0.827,
            cite="model card of atasoglu on OffensEval-2020-tr",
            note="official test split",
        ),
        Published(
            corpus="offenseval-tr",
            system="character n-gram SVM",
            metric="macro-F1",
            value=0.77,
            cite="Çöltekin 2020",
            note="official test split, about",
        ),
        Published(
            corpus="siu2023-nst-tr",
            head="hate",
            system="BERT",
            metric="accuracy",
            value=0.822,
            cite="SIU2023-NST shared task",
            note="official test split",
        ),
        Published(
            corpus="siu2023-nst-tr",
            head="hate",
            system="ChatGPT, few-shot",
            metric="accuracy",
            value=0.658,
            cite="SIU2023-NST shared task",
            note="official test split",
        ),
        Published(
            corpus="xhate-tr",
            system="HurtLex",
            metric="macro-F1",
            value=0.629,
            cite="measured for this project",
            note="all 999 rows",
        ),
        Published(
            corpus="xhate-tr",
            system="HateSonar",
            metric="macro-F1",
            value=0.384,
            cite="measured for this project",
            note="all 999 rows",
        ),
        Published(
            corpus="elsewhere", system="BERTurk on Refugees", metric="accuracy", value=0.71, cite="Beyhan et al. 2022"
        ),
    ),
)

if __name__ == "__main__":
    from narratives.cli import main

    main(["evaluate", PLAN.lang, *sys.argv[1:]])
