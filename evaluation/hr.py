"""Croatian: what is measured, and published figures. Run: python evaluation/hr.py --data FOLDER --against all."""

import sys

from narratives.benchmark.plan import EvaluationSet, Plan, Published

PLAN = Plan(
    lang="hr",
    suite_train_on="frenk-hr",
    sets=(
        EvaluationSet(
            name="frenk-hr",
            corpora=("frenk-hr",),
            tier="real",
            task="socially unacceptable discourse, type and target",
            annotators="trained students, several a comment",
            revision="CLARIN.SI 11356/1433, 2019-2021",
            where="hdl.handle.net/11356/1433 or huggingface.co/datasets/classla/FRENK-hate-hr",
            split="dev",
            heads=("offensive", "hate"),
            slices={"migrants": {"topic": ("migrants",)}, "lgbt": {"topic": ("lgbt",)}},
        ),
        EvaluationSet(
            name="xhate-hr",
            corpora=("xhate-hr",),
            tier="translated",
            task="abusive or not, translated from English",
            annotators="original English labels; translations corrected by native speakers",
            revision="codogogo/xhate 2020",
            where="github.com/codogogo/xhate",
            split="all",
            heads=("offensive",),
            train_on="frenk-hr",
        ),
    ),
    published=(
        Published(
            corpus="frenk-hr",
            system="BERTić fine-tuned",
            metric="macro-F1",
            value=0.8223,
            cite="model card classla/bcms-bertic-frenk-hate",
            note="official test split, acceptable/offensive",
        ),
        Published(
            corpus="frenk-hr",
            system="CroSloEngual BERT",
            metric="macro-F1",
            value=0.796,
            cite="model card classla/bcms-bertic-frenk-hate",
            note="official test split, acceptable/offensive",
        ),
        Published(
            corpus="frenk-hr",
            system="fastText",
            metric="macro-F1",
            value=0.754,
            cite="model card classla/bcms-bertic-frenk-hate",
            note="official test split, acceptable/offensive",
        ),
        Published(
            corpus="frenk-hr",
            system="XLM-R base",
            metric="macro-F1",
            value=0.705,
            cite="model card classla/bcms-bertic-frenk-hate",
            note="official test split, acceptable/offensive",
        ),
        Published(
            corpus="xhate-hr",
            system="HurtLex",
            metric="macro-F1",
            value=0.526,
            cite="measured for this project",
            note="all 999 rows",
        ),
        Published(
            corpus="xhate-hr",
            system="HateSonar",
            metric="macro-F1",
            value=0.383,
            cite="measured for this project",
            note="all 999 rows",
        ),
    ),
)

if __name__ == "__main__":
    from narratives.cli import main

    main(["evaluate", PLAN.lang, *sys.argv[1:]])
