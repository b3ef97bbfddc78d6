"""Serbian: what is measured, and published figures. Run: python evaluation/sr.py --data FOLDER --against all."""

import sys

from narratives.benchmark.plan import EvaluationSet, Plan, Published

PLAN = Plan(
    lang="sr",
    suite_train_on="stop-sr",
    sets=(
        EvaluationSet(
            name="stop-sr",
            corpora=("stop-sr",),
            tier="real",
            task="hate and offence by kind, single sentences of news talk",
            annotators="the corpus' authors",
            revision="STOP, single_sentence_hate_speech_offenses.csv",
            where="the STOP project's repository (GPL-3.0)",
            split="dev",
            heads=("offensive", "hate"),
            slices={"ethnic, national, religious or none": {"Category": ("0", "1a", "1b", "1c", "2", "1b,1c", "1c,U")}},
        ),
        EvaluationSet(
            name="abcoser-sr",
            corpora=("abcoser-sr",),
            tier="real",
            task="abusive or not, tweets",
            annotators="annotators of the paper",
            revision="AbCoSER 1.0, 2021",
            where="on request from its authors (Jokić et al. 2021)",
            split="all",
            heads=("offensive",),
            train_on="stop-sr",
        ),
    ),
    published=(
        Published(
            corpus="stop-sr",
            system="Llama 3, two-stage",
            metric="F1",
            value=0.875,
            cite="authors of STOP",
            note="whole corpus",
        ),
        Published(
            corpus="stop-sr",
            system="BERTić",
            metric="macro-F1",
            value=0.649,
            cite="authors of STOP, 5-fold",
            note="±.020 over folds",
        ),
        Published(
            corpus="stop-sr",
            system="FRENK-BERTić, zero-shot",
            metric="macro-F1",
            value=0.640,
            cite="authors of STOP",
            note="whole corpus",
        ),
        Published(
            corpus="abcoser-sr", system="best of the paper", metric="F1", value=0.827, cite="Jokić et al. 2021, AbCoSER"
        ),
    ),
)

if __name__ == "__main__":
    from narratives.cli import main

    main(["evaluate", PLAN.lang, *sys.argv[1:]])
