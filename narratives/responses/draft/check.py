"""``check_draft``: seventeen rules on a message about to be published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from narratives.errors import InputError
from narratives.languages import resolve
from narratives.responses.draft import rules
from narratives.responses.draft.finding import LEVELS, DraftCheck, Finding
from narratives.responses.draft.rules import Draft, Hit
from narratives.responses.draft.words import lists, sentences
from narratives.responses.norms import country_code
from narratives.responses.templates import LOCAL_COUNTRY
from narratives.results import PostScore
from narratives.taxonomy import NARRATIVES, with_kosovo_note

_ORDER = {"stop": 0, "warn": 1, "fix": 2, "info": 3}


class Reader(Protocol):
    """Anything that scores a text: :class:`narratives.Scorer`."""

    def score(self, text: str, lang: str | None = None) -> PostScore:
        """The reading of one text."""
        ...


def check_draft(
    text: str,
    lang: str,
    *,
    country: str | None = None,
    consent: bool = False,
    post: str | None = None,
    post_score: PostScore | None = None,
    post_severity: int | None = None,
    score: PostScore | None = None,
    scorer: Reader | None = None,
) -> DraftCheck:
    """Look over a message about to be published.

    Rules cannot judge: a draft without findings may still do harm, and a finding may be beside the point.

    Args:
        text: The draft.
        lang: Its language, as code or tag.
        country: Where it is to be published; else the country where that language alone says which.
        consent: Whether the people whose story it tells have agreed to this very text.
        post: The post it answers; words that would carry that post further are looked for.
        post_score: The reading of that post.
        post_severity: Its severity, 0 to 4, where a person has judged it.
        score: The reading of the draft itself, where there is one.
        scorer: Reads the draft, so that open hostility is stopped also in words that no list holds.

    Raises:
        UnknownNameError: The language or country is not known.
        InputError: The draft is not a text or is empty.

    >>> found = check_draft("Refugees are not criminals.", "en")
    >>> found.codes, found.findings[0].text
    (('NEGATED_FRAME', 'NO_VALUE', 'NO_ACTION'), 'not criminals')
    """
    if not isinstance(text, str) or not text.strip():
        raise InputError(f"the draft is {'empty' if isinstance(text, str) else type(text).__name__}; expected a text")
    code = resolve(lang).language.code
    code = "bs" if code == "bcms" else code
    place = country_code(country) if country is not None else LOCAL_COUNTRY.get(code)
    draft = Draft(text, code, place, consent, post, sentences(text, code))
    severity = post_severity if post_severity is not None else post_score.language_severity if post_score else None
    incites = severity == 4 or (post_score is not None and "violence_incitement" in post_score.labels)
    hits = [*rules.find(draft)]
    if incites:
        hits.append(Hit("THREAT_REPLY", 0, len(text), "the post threatens or incites: preserve it, do not answer it"))
    if score is None and scorer is not None:
        score = scorer.score(text, code)
    hits += _hostile(text, score)
    return DraftCheck(code, tuple(_findings(text, code, hits)), with_kosovo_note(text))


def _hostile(text: str, score: PostScore | None) -> Iterator[Hit]:
    """What the scorer makes of the draft: only a flag counts, since a draft may speak about hostility."""
    if score is None or score.decision != "flag":
        return
    told = [label for label in score.labels if label in NARRATIVES]
    spans = [(span.start, span.end) for span in score.evidence] or [(0, len(text))]
    place = min(start for start, _ in spans), max(end for _, end in spans)
    if told:
        yield Hit("AMPLIFY", *place, f"it reads as telling a hostile narrative itself: {', '.join(told)}")
    if not told or {"hate", "offensive"} & set(score.labels):
        yield Hit("COUNTER_HATE", *place, "it reads as hostile or insulting itself")


def _findings(text: str, code: str, hits: list[Hit]) -> list[Finding]:
    better, order = lists(code).better, list(LEVELS)
    unique = dict.fromkeys((hit.code, hit.start, hit.end, hit.reason) for hit in hits)
    found = [
        Finding(key, LEVELS[key], start, end, text[start:end], reason, better.get(key, ""))
        for key, start, end, reason in unique
    ]
    return sorted(found, key=lambda f: (_ORDER[f.level], order.index(f.code), f.start, f.end))
