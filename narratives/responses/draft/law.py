"""What a draft says about the law: that something is a crime, or that a text binds where it does not."""

from __future__ import annotations

from functools import lru_cache

from narratives.responses.draft.words import Sentence, lists, sentences
from narratives.responses.norms import binds

_INSTRUMENTS = {"istanbul": "istanbul", "icrmw": "icrmw", "protocol12": "echr_p12", "protocol4": "echr_p4"}
"""Word class to instrument; ``echr_court`` and ``eu_law`` are dealt with below."""


def claims_of_crime(read: list[Sentence], code: str) -> list[tuple[int, int]]:
    """Sentences that call something a crime, where no court or prosecutor is left to decide it."""
    words = lists(code).words
    out = []
    for sentence in read:
        if words["judge"].search(sentence.joined):
            continue
        for pattern in lists(code).patterns["LEGAL_CLAIM"]:
            out += [sentence.span(match) for match in pattern.finditer(sentence.joined)]
    return out


def claims_that_do_not_bind(read: list[Sentence], code: str, country: str | None) -> list[tuple[int, int, str]]:
    """Where a text is invoked that does not bind in the country; European Union law binds in none of the eight."""
    words = lists(code).words
    out = []
    for sentence in read:
        if match := words["eu_law"].search(sentence.joined):
            out.append((*sentence.span(match), "European Union law binds in none of the eight places"))
        if country is None:
            continue
        if country == "XK" and (match := words["echr_court"].search(sentence.joined)):
            out.append((*sentence.span(match), "no complaint from there reaches the European Court of Human Rights"))
        for name, instrument in _INSTRUMENTS.items():
            if (match := words[name].search(sentence.joined)) and not binds(instrument, country):
                out.append((*sentence.span(match), "this text does not bind there"))
    return out


@lru_cache(maxsize=8192)
def claims_elsewhere(text: str, code: str, country: str) -> bool:
    """Whether a text rests on something that does not bind in a country.

    >>> claims_elsewhere("The Istanbul Convention protects every woman.", "en", "TR")
    True
    """
    return bool(claims_that_do_not_bind(_parsed(text, code), code, country))


@lru_cache(maxsize=2048)
def _parsed(text: str, code: str) -> list[Sentence]:
    return sentences(text, code)  # the same for all eight countries
