"""Who or what can be found from a draft: people named, numbers and addresses that point at somebody."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from narratives.responses.draft.words import Sentence, common, lists
from narratives.text.normalise import fold
from narratives.text.redact import redact

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_TITLE = re.compile(r"[^\W\d_][^\W\d_]+")
_PLATE = re.compile(
    r"\b(?:[A-ZČĆŠŽĐА-Ш]{2}[ -]?\d{3,5}[ -]?[A-ZА-Ш]{2}"  # Serbia, Montenegro, North Macedonia, Albania, Croatia
    r"|[AEJKMOT]\d{2}[ -][AEJKMOT][ -]\d{3}"  # Bosnia and Herzegovina
    r"|\d{2}[ -]\d{3}[ -][A-Z]{2}|[A-Z]{3} \d{3}|\d{2} [A-Z]{1,3} \d{2,4})\b"  # Kosovo, Moldova, Türkiye
)
_PLACE = re.compile(r"(?<!\d)\d{1,2}[.,]\d{3,}°?\s?[NSEW]?[,; ]+\d{1,3}[.,]\d{3,}|\d{1,2}°\s?\d{1,2}[′'’]")
_TOLL_FREE = re.compile(r"\(?(?:0 ?80\d?|116|444)")
_CASE_NUMBER = re.compile(r"\d+\s?[/-]\s?\d{2,4}")


@lru_cache(maxsize=1)
def _given() -> frozenset[str]:
    return frozenset(common().given_names.split())


@lru_cache(maxsize=1)
def _places() -> tuple[str, ...]:
    return tuple(common().places.split())


@lru_cache(maxsize=1)
def _surname() -> re.Pattern[str]:
    endings = "|".join(common().surname_endings.split())
    return re.compile(rf"[^ ]{{2,}}(?:{endings})(?:a|u|em|om|in|it|un|ja|jem|ov|ev|i|e|s)?")


def _is_given(word: str) -> bool:
    """A given name, bare or with a case ending of up to four letters."""
    return any(word[: len(word) - cut] in _given() for cut in range(min(5, len(word) - 2)))


def people_named(text: str, code: str) -> list[tuple[int, int]]:
    """Where a text seems to name a private person: a given name and a surname, or a surname after a word for a person.

    Args:
        text: A post or a draft.
        code: Code of its language.

    Returns:
        Offsets of each name. A guess from capital letters, a list of given names and the endings of surnames.

    >>> people_named("Naš komšija Samir Haddad stanuje u Novom Pazaru.", "bs")
    [(12, 24)]
    """
    cues = lists(code).words["person_cue"]
    words = [(m.start(), m.end(), m[0]) for m in _WORD.finditer(text)]
    found = []
    for (start, stop, first), (begin, end, second) in pairwise(words):
        if text[stop:begin] != " " or not (_capital(first) and _capital(second)):
            continue
        one, two = fold(first, code).strip(), fold(second, code).strip()
        if two.startswith(_places()) or one.startswith(_places()):
            continue
        before = text[:start].rstrip()
        opens = not before or before[-1] in ".!?…\n"
        called = cues.search(f" {' '.join(fold(before[-60:], code).split()[-2:])} ")
        if _is_given(one) or (called and not opens) or (not opens and _surname().fullmatch(two)):
            found.append((start, end))
    return found


def _capital(word: str) -> bool:
    return word[0].isupper() and bool(_TITLE.match(word)) and not word[1:].isupper()


def exposures(text: str, code: str, read: list[Sentence]) -> list[tuple[int, int, str]]:
    """Stretches that could lead somebody to a person, with what each is in words.

    A telephone number is left alone where it is toll-free, or after a word for help or contact: an organisation's own
    number belongs in a draft.
    """
    words = lists(code).words
    found = [(*place, "names a person") for place in people_named(text, code)]
    for start, end, kind in redact(text).spans:
        near = f" {' '.join(fold(text[max(0, start - 70) : start], code).split())} "
        if kind == "ID" or (
            kind == "PHONE" and not _TOLL_FREE.match(text, start) and not words["contact"].search(near)
        ):
            found.append((start, end, "gives a telephone or identity number"))
    found += [(*m.span(), "shows a number plate") for m in _PLATE.finditer(text)]
    found += [(*m.span(), "gives coordinates") for m in _PLACE.finditer(text)]
    for sentence in read:
        start, end = sentence.whole
        address = words["street"].search(sentence.joined) and re.search(r"\d", text[start:end])
        if words["lives"].search(sentence.joined) and (address or words["hideout"].search(sentence.joined)):
            found.append((start, end, "tells where somebody lives"))
        if words["case"].search(sentence.joined) and _CASE_NUMBER.search(text, start, min(len(text), end + 1)):
            found.append((start, end, "gives a case number"))
    return found
