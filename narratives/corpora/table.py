"""The labelled corpora and what their labels mean for the heads ``offensive`` and ``hate``.

``offensive`` is abuse of any kind; ``hate`` is an attack on people for who they are. Hate is abuse, so a hateful text
is offensive too; a text that is not abusive is not hateful. A head that a corpus says nothing about is left out for
its rows, never taken as negative. Values between 0 and 1 are our reading where a corpus implies, but does not state, a
label: English corpora mark hate and hardly ever plain abuse, and most of their non-hateful rows are not abusive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from narratives.corpora.base import Corpus, Labeller, Labels, Record
from narratives.errors import unknown

CLEAN: Labels = {"offensive": 0.0, "hate": 0.0}
ABUSE: Labels = {"offensive": 1.0, "hate": 0.0}
HATE: Labels = {"offensive": 1.0, "hate": 1.0}
ABUSE_OPEN: Labels = {"offensive": 1.0}
NOT_HATE: Labels = {"hate": 0.0}
ENGLISH_NOT_HATE: Labels = {"offensive": 0.15, "hate": 0.0}


def column(name: str, meaning: Mapping[str, Labels]) -> Labeller:
    """A labeller that looks one column up; values outside the mapping leave the record out."""
    return lambda record: meaning.get(record[name])


def _frenk(record: Record) -> Labels | None:
    fine = record["fine"]
    if fine.startswith("Background"):
        return HATE
    # `Inappropriate` is swearing at nobody: abuse by the letter of the scheme, so no statement about hate is lost
    return CLEAN if fine == "Acceptable speech" else ABUSE


def _stop(record: Record) -> Labels | None:
    codes = {code.strip() for code in record["Category"].split(",")} - {"0"}
    if not codes:
        return CLEAN
    if any(code[0] in "123" for code in codes):
        return HATE
    return ABUSE if codes == {"U"} else ABUSE_OPEN


def _siu(record: Record) -> Labels | None:
    strength = record["HateSpeechStrength"].strip()
    existence = record["HateSpeechExistence"].strip() or strength
    if not existence:
        return None
    return NOT_HATE if float(existence) == 0 else HATE


def _edos(record: Record) -> Labels | None:
    kind = record["label_category"][:1]
    return NOT_HATE if kind == "n" else HATE


def _hatexplain(record: Record) -> Labels | None:
    import ast

    votes = Counter(ast.literal_eval(record["annotators"])["label"])
    total = sum(votes.values())
    # 0 hate, 1 normal, 2 offensive; three annotators, disagreement kept
    return {"offensive": (votes[0] + votes[2]) / total, "hate": votes[0] / total}


_ENGLISH = {"1": HATE, "1.0": HATE, "0": ENGLISH_NOT_HATE, "0.0": ENGLISH_NOT_HATE}
_RO_WORDS = {
    "OTHER": CLEAN,
    "PROFANITY": ABUSE,
    "INSULT": ABUSE,
    "ABUSE": ABUSE_OPEN,
}
_RO_MAPPING = "OTHER -> neither; PROFANITY, INSULT -> offensive, not hate; ABUSE -> offensive, hate unknown"

CORPORA: Mapping[str, Corpus] = {
    corpus.name: corpus
    for corpus in (
        Corpus(
            "frenk-hr", "hr", ("train.tsv", "dev.tsv"), "text", _frenk,
            "Background * -> offensive, hate; Other *, Inappropriate -> offensive, not hate; Acceptable -> neither",
            "CLARIN.SI ACA ID-BY-NC-INF-NORED 1.0", "Ljubešić et al. 2019, FRENK",
            delimiter="\t", quoted=False, header=("id", "text", "fine", "binary", "target", "topic"),
        ),
        Corpus(
            "stop-sr", "sr", ("single_sentence_hate_speech_offenses.csv",), "Text", _stop,
            "1*, 2, 3* -> offensive, hate; U -> offensive, not hate; 4-7 -> offensive, hate unknown; 0 -> neither",
            "GPL-3.0", "STOP: Serbian hate and offensive speech, single sentences",
        ),
        Corpus(
            "hatespeech-al", "sq", ("merged_labeled_dataset.csv",), "Comment",
            column("Label", {"0": CLEAN, "1": ABUSE_OPEN}),
            "1 -> offensive, hate unknown; 0 -> neither",
            "none stated (part SHAJ: CC BY 4.0)", "Merged Albanian comments; Nurçe et al. 2021, SHAJ",
        ),
        Corpus(
            "ro-offense", "ro", ("train.csv",), "text", column("label", _RO_WORDS), _RO_MAPPING,
            "Apache-2.0", "RO-Offense, ReaderBench",
        ),
        Corpus(
            "ro-fb-offense", "ro", ("train.csv",), "text", column("label", _RO_WORDS), _RO_MAPPING,
            "Apache-2.0", "RO-FB-Offense, ReaderBench",
        ),
        Corpus(
            "news-ro-offense", "ro", ("comments.csv",), "comment_text",
            column("LABEL", {"0": CLEAN, "1": ABUSE, "2": HATE, "3": HATE, "4": HATE}),
            "0 -> neither; 1 (insult) -> offensive, not hate; 2-4 (racist, homophobic, sexist) -> offensive, hate",
            "Apache-2.0", "News-RO-Offense, ReaderBench",
        ),
        Corpus(
            "troff-tr", "tr", ("troff_fine_labels.tsv",), "text",
            column("label", {"non": CLEAN, "prof": ABUSE, "ind": ABUSE, "grp": ABUSE_OPEN, "oth": ABUSE_OPEN}),
            "the tweets of OffensEval-2020-tr with fine labels: non -> neither; prof, ind -> offensive, not hate; "
            "grp, oth -> offensive, hate unknown",
            "unknown", "Çöltekin 2020, OffensEval-2020-tr", delimiter="\t", quoted=False,
        ),
        Corpus(
            "siu2023-nst-tr", "tr", ("siu2023_nst.csv",), "text", _siu,
            "existence 1, or strength above 0 -> offensive, hate; else not hate, offensive unknown",
            "none stated", "SIU2023-NST shared task",
        ),
        Corpus(
            "mayda-tr", "tr", ("mayda2021.csv",), "tweet",
            column("etiket", {"hiçbiri": CLEAN, "nefret": HATE, "saldırgan": ABUSE}),
            "nefret -> offensive, hate; saldırgan -> offensive, not hate; hiçbiri -> neither",
            "none stated", "Mayda et al. 2021",
        ),
        Corpus(
            "teknofest-tr", "tr", ("teknofest_train_final.csv",), "text",
            column("target", {"OTHER": CLEAN, "INSULT": ABUSE, "PROFANITY": ABUSE, "SEXIST": HATE, "RACIST": HATE}),
            "OTHER -> neither; INSULT, PROFANITY -> offensive, not hate; SEXIST, RACIST -> offensive, hate",
            "MIT", "Teknofest 2023",
        ),
        Corpus(
            "ishate-en", "en", ("ishate.csv",), "text",
            column("hateful_layer", {"HS": HATE, "Non-HS": ENGLISH_NOT_HATE}),
            "HS -> offensive, hate; Non-HS -> not hate, offensive .15 (our reading)",
            "Boost 1.0 (parts from HatEval, white-supremacist forum)", "Ocampo et al. 2023, ISHate",
        ),
        Corpus(
            "dghs-en", "en", ("dghs_train_dev.csv",), "text", column("label", _ENGLISH),
            "1 -> offensive, hate; 0 -> not hate, offensive .15 (our reading)",
            "none stated", "Vidgen et al. 2021, Dynamically Generated Hate Speech",
        ),
        Corpus(
            "hatemoji-en", "en", ("HatemojiBuild_train.csv", "HatemojiBuild_validation.csv"), "text",
            column("label_gold", _ENGLISH), "1 -> offensive, hate; 0 -> not hate, offensive .15 (our reading)",
            "CC BY 4.0", "Kirk et al. 2022, HatemojiBuild",
        ),
        Corpus(
            "edos-en", "en", ("edos_labelled_aggregated.csv",), "text", _edos,
            "sexist -> offensive, hate; not sexist -> not hate (other hate is rare), offensive unknown",
            "CC0", "Kirk et al. 2023, EDOS",
        ),
        Corpus(
            "measuring-hate-speech-en", "en", ("ken20.csv",), "text",
            column("label", {"1": HATE, "0": {"hate": 0.0}}),
            "1 -> offensive, hate; 0 -> not hate, offensive unknown",
            "CC BY 4.0", "Kennedy et al. 2020, Measuring Hate Speech",
        ),
        Corpus(
            "hatexplain-en", "en", ("val.csv",), "unmasked_sentence", _hatexplain,
            "share of the three annotators: hate or offensive -> offensive; hate -> hate",
            "MIT", "Mathew et al. 2021, HateXplain",
        ),
        Corpus(
            "crowdcounter-en", "en", ("Train.json", "Val.json"), "counterspeech",
            lambda _: {"offensive": 0.1, "hate": 0.0},
            "human counter-speech -> not hate, offensive .1 (our reading)",
            "MIT", "Saha et al. 2024, CrowdCounter", delimiter="jsonl",
        ),
    )
}  # fmt: skip
"""Corpora that training reads, by folder name. HateCheck and XHate-999 are for measuring only and never stand here."""


def corpus(name: str) -> Corpus:
    """A corpus by name.

    Raises:
        UnknownNameError: No such corpus; the message lists the known ones.
    """
    if name not in CORPORA:
        raise unknown("corpus", name, list(CORPORA))
    return CORPORA[name]
