"""The rules of the draft check: what each looks for, and why it matters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from narratives.responses.draft.law import claims_of_crime, claims_that_do_not_bind
from narratives.responses.draft.names import exposures
from narratives.responses.draft.numbers import unsourced
from narratives.responses.draft.words import Code, Sentence, lists
from narratives.taxonomy import with_kosovo_note
from narratives.text.normalise import fold
from narratives.text.patterns import EMAIL, EMOJI, MENTION, URL

LONG_SENTENCE = 35
"""More words than this in one sentence are hard to follow: a rule of thumb for plain language, not a measurement."""

_HASHTAG = re.compile(r"(?<!\w)#(\w+)")
_MENTION = re.compile(MENTION)
_EMAIL = re.compile(EMAIL)
_URL = re.compile(URL)
_POST_ADDRESS = re.compile(
    r"(?i)(?:facebook|fb|instagram|tiktok|twitter|x|youtube|youtu|t|vk|ok|threads)\.(?:com|me|be|ru|net)/\S*\w"
)
_SHOUT = re.compile(r"\b[^\W\d_]{3,}\b")
_IMAGE = re.compile(r"!\[\s*\]\([^)]*\)|\[([^\]:]{3,16})\](?!\()")
_MANY_EMOJI = re.compile(f"(?:{EMOJI}\\s?){{4,}}")
_FOLDED_WORD = re.compile(r"[^\W_]+")
_QUOTE = re.compile(r"[\"“„”«»]([^\"“„”«»]{12,})[\"“”«»]")

_REASONS: dict[Code, str] = {
    "AMPLIFY": "it repeats a slur of the hostile side",
    "CONSENT": "it tells a person's story or shows a child: without consent to this very text it must not appear",
    "COUNTER_HATE": "it insults people or generalises about a group, which loses those who read along",
    "THREAT_REPLY": "it answers a threat: preserve the post, support the person at risk, do not reply",
    "NEGATED_FRAME": "denying a hostile claim repeats it",
    "HOSTILE_METAPHOR": "the picture makes people a disaster, a weight or an offence",
    "DESERVING": "rights do not depend on merit: this leaves out everyone who seems less deserving",
    "PITY_ONLY": "suffering without agency or a way out makes people objects of pity",
    "GENDER_STEREO": "women appear as possessions, mothers or weak, men as guards",
}


@dataclass(frozen=True)
class Draft:
    """A draft as the rules see it."""

    text: str
    code: str
    country: str | None
    consent: bool
    post: str | None
    read: list[Sentence]


@dataclass(frozen=True)
class Hit:
    """A finding before it has its better wording."""

    code: Code
    start: int
    end: int
    reason: str


def find(draft: Draft) -> Iterator[Hit]:
    """All findings of all rules but those that need a score."""
    yield from _words(draft)
    yield from _carried_over(draft)
    yield from (Hit("EXPOSE", a, b, f"it {what}") for a, b, what in exposures(draft.text, draft.code, draft.read))
    if not draft.consent:
        yield from _told(draft)
    yield from _pity(draft)
    yield from (
        Hit("UNSOURCED", a, b, "a figure or finding needs its source and year")
        for a, b in unsourced(draft.text, draft.code, draft.read)
    )
    yield from (
        Hit("LEGAL_CLAIM", a, b, "only a prosecutor or a court decides whether something is an offence")
        for a, b in claims_of_crime(draft.read, draft.code)
    )
    for a, b, why in claims_that_do_not_bind(draft.read, draft.code, draft.country):
        yield Hit("LEGAL_CLAIM", a, b, why)
    yield from _missing(draft)
    yield from _risk(draft)
    if with_kosovo_note(draft.text) != draft.text:
        named = re.search(r"(?i)kosov|косов", draft.text)
        at = named.span() if named else (0, 0)
        yield Hit("KOSOVO_NOTE", *at, "Kosovo is named: the note on resolution 1244 goes with it")
    yield from _access(draft)


def _words(draft: Draft) -> Iterator[Hit]:
    """The rules that are nothing but patterns."""
    for code, patterns in lists(draft.code).patterns.items():
        if code in _REASONS and not (code == "CONSENT" and draft.consent):
            for sentence in draft.read:
                for pattern in patterns:
                    for match in pattern.finditer(sentence.joined):
                        yield Hit(code, *sentence.span(match), _REASONS[code])


def _carried_over(draft: Draft) -> Iterator[Hit]:
    """Hashtags, tags and addresses that carry the hostile post further."""
    hostile = lists(draft.code).words["hashtag"]
    post_tags = {fold(tag, draft.code) for tag in _HASHTAG.findall(draft.post or "")}
    post_links = {m[0] for m in _URL.finditer(draft.post or "")}
    for match in _HASHTAG.finditer(draft.text):
        folded = fold(match[1], draft.code)
        squashed = "".join(folded.split())
        if folded in post_tags or hostile.search(f" {squashed} ") or hostile.search(f" {folded} "):
            yield Hit("AMPLIFY", *match.span(), "the hashtag carries the hostile side further")
    emails = [m.span() for m in _EMAIL.finditer(draft.text)]
    for match in _MENTION.finditer(draft.text):
        if not any(a <= match.start() < b for a, b in emails):
            yield Hit(
                "AMPLIFY", *match.span(), "a tag calls the author in: answer for those who read along, tag nobody"
            )
    for match in _URL.finditer(draft.text):
        if match[0] in post_links or _POST_ADDRESS.search(match[0]):
            yield Hit("AMPLIFY", *match.span(), "the address sends readers to the post")


def _told(draft: Draft) -> Iterator[Hit]:
    """Somebody's own words between quotation marks, said or told."""
    words = lists(draft.code).words
    for match in _QUOTE.finditer(draft.text):
        around = draft.text[max(0, match.start() - 60) : match.end() + 60]
        about = f" {' '.join(_FOLDED_WORD.findall(fold(around, draft.code)))} "
        if len(match[1].split()) >= 4 and words["said"].search(about):
            yield Hit("CONSENT", *match.span(), _REASONS["CONSENT"])


def _pity(draft: Draft) -> Iterator[Hit]:
    words = lists(draft.code).words
    hits = [(s, m) for s in draft.read for m in words["suffer"].finditer(s.joined)]
    if len(hits) >= 3 and not any(words["action"].search(s.joined) for s in draft.read):
        yield Hit("PITY_ONLY", *hits[0][0].span(hits[0][1]), _REASONS["PITY_ONLY"])


def _missing(draft: Draft) -> Iterator[Hit]:
    words = lists(draft.code).words
    whole = (0, len(draft.text))
    if not any(words["value"].search(s.joined) for s in draft.read if s.first):
        yield Hit("NO_VALUE", *whole, "it does not open with a value that readers share")
    if not any(words["action"].search(s.joined) for s in draft.read):
        yield Hit("NO_ACTION", *whole, "it asks for nothing that readers can do")


def _risk(draft: Draft) -> Iterator[Hit]:
    words = lists(draft.code).words
    if any(words["legal_aid"].search(s.joined) for s in draft.read):
        return
    for sentence in draft.read:
        for pattern in lists(draft.code).patterns["STATUS_RISK"]:
            for match in pattern.finditer(sentence.joined):
                why = "people without secure status may be detained or removed: name a lawyer or association first"
                yield Hit("STATUS_RISK", *sentence.span(match), why)


def _access(draft: Draft) -> Iterator[Hit]:
    for sentence in draft.read:
        if len(sentence.places) > LONG_SENTENCE:
            yield Hit("ACCESS", *sentence.whole, f"a sentence of {len(sentence.places)} words is hard to follow")
    shouted = [m for m in _SHOUT.finditer(draft.text) if m[0].isupper()]
    runs = [(a, b) for a, b in zip(shouted, shouted[3:], strict=False) if b.end() - a.start() < 60]
    if runs:
        yield Hit("ACCESS", runs[0][0].start(), runs[-1][1].end(), "capitals are hard to read and sound like shouting")
    image = lists(draft.code).words["image"]
    for match in _IMAGE.finditer(draft.text):
        if match[1] is None or image.search(f" {fold(match[1], draft.code).strip()} "):
            yield Hit("ACCESS", *match.span(), "a picture without a description is lost on those who cannot see it")
    for match in _MANY_EMOJI.finditer(draft.text):
        yield Hit("ACCESS", *match.span(), "screen readers read every emoji aloud")
