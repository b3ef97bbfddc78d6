"""Figures in a draft, and whether they come with a source and a date."""

from __future__ import annotations

import re

from narratives.responses.draft.words import Sentence, lists
from narratives.text.normalise import fold
from narratives.text.patterns import PROTECTED_RE
from narratives.text.redact import redact

_NUMBER = re.compile(r"(?<![\w.,/-])\d{1,3}(?:[ .,]\d{3})+(?!\d)|(?<![\w.,/-])\d+(?:[.,]\d+)?")
_NOT_A_COUNT = re.compile(
    r"(?<!\d)\d{1,2}[:.]\d{2}(?!\d)|(?<![\w.,])\+?0\d+(?:[ /-]\d{2,4})*"  # a time of day, a number that is dialled
    r"|(?<!\d)\d{1,2}\. ?\d{1,2}\. ?\d{2,4}|(?<!\d)\d{4}-\d{2}-\d{2}|(?<!\d)\d{1,2}/\d{1,2}/\d{2,4}"  # dates
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_PERCENT = re.compile(r"\s?%|%\s?")
_FOLDED_WORD = re.compile(r"[^\W_]+")
_SMALL = 20
"""A number below this is seldom a statistic; as a percentage, or before 'million', it is."""


def unsourced(text: str, code: str, read: list[Sentence]) -> list[tuple[int, int]]:
    """Where a draft gives a figure, or says that research shows something, without a source and a year.

    Times, dates, years, house numbers, telephone numbers, ages and the numbers of articles are no figures.

    Args:
        text: The draft.
        code: Code of its language.
        read: Its sentences.
    """
    words = lists(code).words
    joined = " ".join(sentence.joined for sentence in read)
    sourced = (bool(words["source"].search(joined)) or bool(PROTECTED_RE.search(text))) and bool(_YEAR.search(text))
    if sourced:
        return []
    taken = [m.span() for m in _NOT_A_COUNT.finditer(text)] + [m.span() for m in PROTECTED_RE.finditer(text)]
    taken += [(start, end) for start, end, _ in redact(text).spans]
    found = []
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        if any(a <= start < b for a, b in taken) or _YEAR.fullmatch(match[0]):
            continue
        before = f" {' '.join(_FOLDED_WORD.findall(fold(text[max(0, start - 30) : start], code))[-2:])} "
        after = f" {' '.join(_FOLDED_WORD.findall(fold(text[end : end + 30], code))[:2])} "
        share = bool(_PERCENT.match(text, end)) or text[max(0, start - 2) : start].strip().endswith("%")
        counted = share or bool(words["count"].search(after)) or bool(words["count"].search(before))
        if not share and (words["not_count_before"].search(before) or words["not_count_after"].search(after)):
            continue
        if counted or float(re.sub(r"[ .,]", "", match[0])) >= _SMALL:
            found.append((start, end))
    for sentence in read:
        found += [sentence.span(m) for name in ("vague", "vague_source") for m in words[name].finditer(sentence.joined)]
    return found
