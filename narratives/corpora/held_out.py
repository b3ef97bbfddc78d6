"""Corpora and functional suites that are for measuring only: nothing here is ever trained or tuned on.

Labels mean what they mean in ``table.py``. A suite that labels hate says nothing about plain abuse where it calls a
case harmless (``You're all idiots, dear`` is not hate), so only the head ``hate`` is filled there.
"""

from __future__ import annotations

from collections.abc import Mapping

from narratives.corpora.base import Corpus, Labels, Record
from narratives.corpora.table import ABUSE, ABUSE_OPEN, CLEAN, CORPORA, HATE, NOT_HATE, column
from narratives.errors import unknown

_HATECHECK = {"hateful": HATE, "non-hateful": NOT_HATE}
_XHATE_FILES = {
    "en": ("XHate999-EN-Gao-test.txt", "XHate999-EN-Trac-test.txt", "XHate999-EN-Wul-test.txt"),
    "hr": ("XHate999-HR-Gao.txt", "XHate999-HR-TRAC.txt", "XHate999-HR-Wul.txt"),
    "sq": ("XHate999-SQ-Gao.txt", "XHate999-SQ-Trac.txt", "XHate999-SQ-Wul.txt"),
    "tr": ("XHate999-TR-Gao.txt", "XHate999-TR-Trac.txt", "XHate999-TR-Wul.txt"),
}
_MHC = ("arabic", "dutch", "french", "german", "hindi", "italian", "mandarin", "polish", "portuguese", "spanish")


def _xhate(lang: str) -> Corpus:
    return Corpus(
        f"xhate-{lang}", lang, tuple(f"test/{lang}/{name}" for name in _XHATE_FILES[lang]),
        "text" if lang == "en" else "translation", column("label", {"0": CLEAN, "1": ABUSE_OPEN}),
        "1 -> offensive, hate unknown (the three sources mean hate, aggression and attacks on a person); 0 -> neither",
        "none stated", "Glavaš, Karan & Vulić 2020, XHate-999", delimiter="\t", folder="xhate-999",
    )  # fmt: skip


def multilingual_hatecheck(language: str) -> Corpus:
    """One language of Multilingual HateCheck; none of them is one of ours, so it measures transfer only.

    Args:
        language: English name as in the authors' file names, such as ``"polish"``.

    Raises:
        UnknownNameError: The suite has no such language.

    >>> multilingual_hatecheck("polish").files
    ('hatecheck_cases_final_polish.csv',)
    """
    if language not in _MHC:
        raise unknown("language of Multilingual HateCheck", language, list(_MHC))
    return Corpus(
        f"mhc-{language}", "und", (f"hatecheck_cases_final_{language}.csv",), "test_case",
        column("label_gold", _HATECHECK), "hateful -> offensive, hate; non-hateful -> not hate, offensive unknown",
        "CC BY 4.0", "Röttger et al. 2022, Multilingual HateCheck", folder="MHC Final Cases",
    )  # fmt: skip


def _sexism(record: Record) -> Labels | None:
    """CoRoSeOf: sexism said to or about women is hate; sexism that is reported is not."""
    return {
        "sexist_direct": HATE,
        "sexist_descriptive": HATE,
        "sexist_reporting": NOT_HATE,
        "non-sexist_offensive": ABUSE,
        "non-sexist_non-offensive": CLEAN,
    }.get(record["majority"].strip().lower().replace(" ", "_"))


HELD_OUT: Mapping[str, Corpus] = {
    corpus.name: corpus
    for corpus in (
        *map(_xhate, _XHATE_FILES),
        Corpus(
            "hatecheck-en", "en", ("test_suite_cases.csv",), "test_case", column("label_gold", _HATECHECK),
            "hateful -> offensive, hate; non-hateful -> not hate, offensive unknown",
            "CC BY 4.0", "Röttger et al. 2021, HateCheck",
        ),
        Corpus(
            "hatemojicheck-en", "en", ("HatemojiCheck.csv",), "text",
            column("label_gold", {"1": HATE, "1.0": HATE, "0": NOT_HATE, "0.0": NOT_HATE}),
            "1 -> offensive, hate; 0 -> not hate, offensive unknown",
            "CC BY 4.0", "Kirk et al. 2022, HatemojiCheck",
        ),
        Corpus(
            "mtconan-hate-en", "en", ("Multitarget-CONAN.csv",), "HATE_SPEECH", lambda _: HATE,
            "hate of each pair -> offensive, hate", "research use, citation asked for",
            "Fanton et al. 2021, Multitarget-CONAN", folder="Multitarget-CONAN",
        ),
        Corpus(
            "mtconan-counter-en", "en", ("Multitarget-CONAN.csv",), "COUNTER_NARRATIVE", lambda _: NOT_HATE,
            "counter-narrative of each pair -> not hate, offensive unknown", "research use, citation asked for",
            "Fanton et al. 2021, Multitarget-CONAN", folder="Multitarget-CONAN",
        ),
        Corpus(
            "hasoc-en", "en", ("english_dataset.tsv",), "text",
            column("task_2", {"NONE": CLEAN, "HATE": HATE, "OFFN": ABUSE, "PRFN": ABUSE}),
            "HATE -> offensive, hate; OFFN, PRFN -> offensive, not hate; NONE -> neither",
            "CC BY 4.0", "Mandl et al. 2019, HASOC", delimiter="\t",
        ),
        Corpus(
            "coroseof-ro", "ro", ("coroseof.csv",), "text", _sexism,
            "sexist direct, descriptive -> offensive, hate; sexist reporting -> not hate; non-sexist offensive -> "
            "offensive, not hate; else neither. The authors give tweet ids: add the column `text` yourself",
            "CC BY-SA", "Höfels, Çöltekin & Mădroane 2022, CoRoSeOf",
        ),
        Corpus(
            "abcoser-sr", "sr", ("abcoser.csv",), "text",
            column("label", {"0": CLEAN, "1": ABUSE_OPEN, "abusive": ABUSE_OPEN, "non-abusive": CLEAN}),
            "abusive -> offensive, hate unknown; non-abusive -> neither",
            "on request from the authors", "Jokić et al. 2021, AbCoSER",
        ),
        Corpus(
            "shaj-sq", "sq", ("shaj.csv",), "text", column("subtask_a", {"OFF": ABUSE_OPEN, "NOT": CLEAN}),
            "OFF -> offensive, hate unknown; NOT -> neither", "CC BY 4.0", "Nurçe, Keci & Derczynski 2021, SHAJ",
        ),
        Corpus(
            "offenseval-tr", "tr", ("offenseval-tr-training-v1.tsv",), "text",
            column("label", {"NOT": CLEAN, "OFF": ABUSE_OPEN}),
            "OFF -> offensive, hate unknown; NOT -> neither; the tweets of troff-tr, so only its own split is new",
            "none stated", "Çöltekin 2020, OffensEval-2020-tr",
            delimiter="\t", quoted=False, header=("id", "text", "label"),
        ),
        *map(multilingual_hatecheck, _MHC),
    )
}  # fmt: skip
"""Corpora and suites for measuring only, by name."""


def any_corpus(name: str) -> Corpus:
    """A corpus by name, among those for training and those for measuring.

    Raises:
        UnknownNameError: No such corpus; the message lists the known ones.

    >>> any_corpus("hatecheck-en").lang
    'en'
    """
    found = CORPORA.get(name) or HELD_OUT.get(name)
    if found is None:
        raise unknown("corpus", name, [*CORPORA, *HELD_OUT])
    return found
