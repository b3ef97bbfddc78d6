"""What to say instead: triage first, then texts that answer the narrative with rights that bind in the country."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from narratives.errors import InputError, unknown
from narratives.languages import Variety, resolve
from narratives.responses.draft.law import claims_elsewhere
from narratives.responses.draft.names import people_named
from narratives.responses.norms import (
    COUNTRIES,
    CitedNorm,
    cite,
    common_rights,
    country_code,
    kosovo_footnote,
    over_claim,
    rights_for,
    withheld_for,
)
from narratives.responses.offered import may_stand, traces
from narratives.responses.reply import DRAFT, Reply, Suggestion
from narratives.responses.routes import Route, routes_for
from narratives.responses.templates import (
    AUDIENCES,
    CHANNELS,
    LOCAL_LANGUAGE,
    STRATEGIES,
    Template,
    checked_slots,
    fill,
    in_script,
    templates,
)
from narratives.responses.triage import Triage, triage
from narratives.results import PostScore
from narratives.taxonomy import NARRATIVES
from narratives.taxonomy import narrative as narrative_card

_WHY = {
    "empathy": "Empathy with those hurt is the strategy with the best evidence.",
    "perspective_analogy": "It lets readers remember their own story; answers of this kind cut amplification.",
    "norm_reminder": "It recalls how people speak here; reminders of norms lowered verbal aggression.",
    "counterexample": "It answers the stereotype itself, with a scene of everyday life.",
    "broadening": "It points at the causes behind the worry, which people here share.",
    "alternative_narrative": "It tells a story of its own instead of answering somebody else's.",
    "humour": "Humour had no consistent effect: use it only where you know the readers.",
    "warning": "Warnings had no consistent effect.",
}
_AVOID = (
    "Do not repeat the post's words, not even to deny them; no hashtag, no tag, no screenshot.",
    "Do not insult the author or any group, voters included.",
)
_WHEN = {
    "THREAT_OR_INCITEMENT": "the post threatens or incites",
    "TARGET_IDENTIFIABLE": "somebody can be identified",
    "NO_CONSENT": "a person concerned has not agreed",
    "LOW_REACH": "hardly anyone has seen the post",
    "BOT_OR_BRIGADE": "bots or a brigade are behind it",
    "ONGOING_CASE": "a case is before a court",
    "MINOR_INVOLVED": "a child is involved",
    "RECENT_VIOLENCE": "there has just been violence",
    "WRITER_AT_RISK": "the one who writes is at risk",
    "AUTHOR_IN_CRISIS": "the author is in a crisis",
    "ELECTION_SILENCE": "election silence is in force",
    "UNVERIFIED_FACT": "a fact in it is not verified",
    "STANCE_UNSURE": "it is not clear what the author means",
}
_RISKY_ACTS = {"violence_incitement": 4, "dehumanisation": 3, "expulsion_rights_denial": 3}  # taxonomy: severity levels


def suggest(
    score: PostScore | str,
    *,
    country: str,
    audience: str = "middle",
    channel: str = "comment",
    strategy: str | None = None,
    n: int = 3,
    lang: str | None = None,
    narrative: str | None = None,
    post: str | None = None,
    slots: Mapping[str, str] | None = None,
    severity: int | None = None,
    named_person: bool | None = None,
    child: bool = False,
    reach: int | None = None,
    tired: bool = False,
    today: dt.date | None = None,
) -> Suggestion:
    """Say whether to answer a post, and what to say instead.

    Args:
        score: The reading of a post, or the id of a narrative that a person has recognised.
        country: Code or English name of one of the eight places: its norms and routes are used.
        audience: ``middle`` (the default), ``base``, ``targeted``, ``decision`` or ``author``.
        channel: ``comment`` (at most 280 characters), ``post`` (700) or ``statement`` (2,500).
        strategy: One strategy only; humour and warnings are offered only when named here.
        n: At most so many replies.
        lang: Language and script of the reply, such as ``sr-Latn``; else that of the post, else of the country.
        narrative: The narrative, where ``score`` comes from a model that names none.
        post: The post itself; replies that share a hashtag, name or marked word with it are left out.
        slots: Values for ``contact``, ``fact``, ``source``, ``date``.
        severity: 0 to 4, where a person has judged it; else that of the score.
        named_person: Whether the post names somebody who could come to harm; ``None`` looks for names in ``post``.
        child: Whether a child is concerned.
        reach: How many people are likely to see the post.
        tired: Whether the reader has had enough for now.
        today: The day from which the age of routes is counted.

    Returns:
        A sequence of replies, best first and each of another strategy as far as there are any; the same for the same
        input. Where it is empty, ``why_empty`` says why.

    Raises:
        UnknownNameError: A country, language, narrative, audience, channel, strategy or slot is not known.
        InputError: ``n`` or a slot's value is out of range, or a fact comes without its source and date.

    >>> found = suggest("welfare_burden", country="TR", n=2)
    >>> [reply.strategy for reply in found], found[0].rights[0].citation
    (['empathy', 'norm_reminder'], 'ICESCR, Article 9')
    >>> suggest("violence_incitement", country="TR").why_empty
    'No reply, because it carries cues of incitement: preserve, support, escalate.'
    """
    place = country_code(country)
    names: tuple[tuple[str, str, list[str]], ...] = (
        ("audience", audience, [*AUDIENCES]),
        ("channel", channel, [*CHANNELS]),
        ("strategy", strategy or STRATEGIES[0], [*STRATEGIES]),
    )
    for kind, given, known in names:
        if given not in known:
            raise unknown(kind, given, known)
    if type(n) is not int or n < 1:
        raise InputError(f"n is {n!r}; expected a whole number from 1")
    values = checked_slots(slots)
    if "fact" in values and not {"source", "date"} <= set(values):
        raise InputError("a fact needs its source and date; give the slots source and date too")
    reading = score if isinstance(score, PostScore) else None
    told = [narrative_card(score).id] if isinstance(score, str) else []
    told += [narrative_card(narrative).id] if narrative else []
    if reading is not None:
        told += [label for label in _by_probability(reading) if label not in told]
    variety = _variety(lang, reading, place)
    level = _level(severity, reading, told, by_hand=not isinstance(score, PostScore) or narrative is not None)
    if named_person is None:
        named_person = bool(post and people_named(post, variety.language.code))
    decided = triage(level, named_person=named_person, child=child, reach=reach, tired=tired)
    routes = _routes(place, decided.needs, today or dt.date.today())
    chosen = told[0] if told else None
    why_empty = _silence(decided, reading, chosen)
    replies: list[Reply] = []
    protocol: tuple[Reply, ...] = ()
    if not why_empty and chosen is not None:
        use = "thread" if decided.reply or decided.action == "ask_a_person" else "own_page"
        code = variety.language.code
        marks = traces(post or "", reading.evidence if reading else (), code)
        for told_one in told:  # the next one where the texts for the first are not meant for words as heavy as these
            fits = [
                entry
                for entry in _candidates(told_one, channel, code, place, strategy, level)
                if may_stand(entry, code, marks)
            ]
            ranked = _ranked(fits, audience, channel, values)[:n]
            replies = [_reply(entry, variety, place, channel, values, use) for entry in ranked]
            if replies:
                chosen = told_one
                break
        if not replies:
            why_empty = "No text fits: try another strategy, audience or channel, or write your own and check it."
    elif decided.action == "protect":
        protocol = tuple(
            _reply(entry, variety, place, channel, values, "protocol")
            for entry in templates(variety.language.code)
            if entry.narrative == "violence_incitement" and entry.channel == channel
        )
    claim = over_claim(chosen, place) if chosen else ""
    withheld = withheld_for(chosen, place) if chosen else ()
    return Suggestion(
        triage=decided,
        narrative=chosen,
        country=place,
        lang=variety.tag,
        replies=tuple(replies),
        why_empty=why_empty,
        over_claim=claim,
        withheld=withheld,
        protocol=protocol,
        routes=routes,
        notes=tuple(_notes(told, chosen, narrative if replies else None, reading)),
        footnote=kosovo_footnote(COUNTRIES[place], *(r.text for r in (*replies, *protocol))),
    )


def _notes(told: Sequence[str], chosen: str | None, named: str | None, score: PostScore | None) -> Iterator[str]:
    if named and chosen != told[0]:
        yield f"No text for {told[0]} is meant for words as heavy as these: the replies answer {chosen}."
    if others := [id for id in told if id != chosen]:
        yield f"The post also carries: {', '.join(others)}."
    if score is not None and score.decision == "review":
        yield "The model is not sure about this post: a person must read it before anything is published."


def _by_probability(score: PostScore) -> list[str]:
    told = [label for label in score.labels if label in NARRATIVES]
    p = score.narratives or {}
    return sorted(told, key=lambda label: -p.get(label, 0.0))


def _level(severity: int | None, score: PostScore | None, told: Sequence[str], *, by_hand: bool) -> int | None:
    """The severity to act on: never below what an asserted act implies.

    A narrative that a person named without a severity counts as told with contempt (2): it was worth asking about.
    """
    known = severity if severity is not None else score.language_severity if score is not None else None
    if known is None and by_hand:
        known = 2
    acts = [_RISKY_ACTS[label] for label in told if label in _RISKY_ACTS]
    if severity is None and acts and known is not None:
        known = max(known, *acts)
    return 4 if "violence_incitement" in told else known


def _variety(lang: str | None, score: PostScore | None, country: str) -> Variety:
    if lang is not None:
        found = resolve(lang)
        if found.language.code != "bcms":
            return found
        script = found.script
    elif score is None or score.language.code == "und":
        return resolve(LOCAL_LANGUAGE[country])
    else:
        script = score.language.script if score.language.script in ("Latn", "Cyrl") else None
        if score.language.code != "bcms":
            found = resolve(score.language.code)
            two = len(found.language.scripts) > 1 and found.language.group in ("bcms", "mk")
            return Variety(found.language, script if two else None)
    local = LOCAL_LANGUAGE[country]
    return Variety(resolve(local if local in ("sr", "cnr") else "bs").language, script)


@lru_cache(maxsize=256)
def _routes(country: str, needs: tuple[str, ...], today: dt.date) -> tuple[Route, ...]:
    found = {route.id: route for need in needs for route in routes_for(country, need=need, today=today)}
    return tuple(route for route in routes_for(country, today=today) if route.id in found)  # its order is a safety rule


def _silence(decided: Triage, score: PostScore | None, narrative: str | None) -> str:
    """Why nothing is suggested; empty where something is."""
    if decided.action in ("protect", "rest"):
        return decided.why
    if score is not None and score.decision == "unsupported":
        return "The post could not be read, so there is nothing to answer."
    if score is not None and score.stance is not None and score.stance.label != "asserted" and narrative is None:
        return f"The post does not assert a narrative (stance: {score.stance.label}), so there is nothing to answer."
    if decided.action == "leave":
        return decided.why
    if narrative is None and score is not None and score.narratives is None and score.decision != "clear":
        return "The model does not say which narrative is told: name it with narrative=…"
    if narrative is None:
        return "No narrative is asserted, so there is nothing to answer."
    return ""


@lru_cache(maxsize=8192)
def _candidates(
    narrative: str, channel: str, code: str, country: str, strategy: str | None, level: int | None
) -> tuple[Template, ...]:
    """Templates that may be used at all; a statement may also be a post, which is the shorter of the two."""
    channels = (channel, "post") if channel == "statement" else (channel,)
    return tuple(
        entry
        for entry in templates(code)
        if entry.narrative == narrative
        and entry.channel in channels
        and (strategy == entry.strategy or (strategy is None and entry.strategy not in ("humour", "warning")))
        and (level is None or level <= entry.severity_max)
        and not claims_elsewhere(entry.body, code, country)
    )


def _ranked(entries: Sequence[Template], audience: str, channel: str, values: Mapping[str, str]) -> list[Template]:
    """Those without a gap for a fact first, then own channel and audience, then the order of the evidence.

    One of each strategy comes before a second of any.
    """
    order = sorted(
        entries,
        key=lambda t: (
            "fact" in t.slots and "fact" not in values,
            t.channel != channel,
            audience not in t.audience,
            STRATEGIES.index(t.strategy),
            t.id,
        ),
    )
    first = list({entry.strategy: entry for entry in reversed(order)}.values())
    first.sort(key=order.index)
    return [*first, *(entry for entry in order if entry not in first)]


@lru_cache(maxsize=8192)
def _grounds(rights: tuple[str, ...], narrative: str, country: str) -> tuple[CitedNorm, ...]:
    return (cite(rights, country) or rights_for(narrative, country) or common_rights(country))[:4]


def _reply(entry: Template, variety: Variety, country: str, channel: str, values: Mapping[str, str], use: str) -> Reply:
    text = fill(in_script(entry.body, variety.tag), values)
    rights = _grounds(entry.rights, entry.narrative, country)
    gaps = [name for name in entry.slots if name not in values]
    notes = [f"Fill in: {', '.join(gaps)}."] if gaps else []
    if use == "own_page":
        notes.append("Publish it on your own page, not in the thread.")
    if entry.channel != channel:
        notes.append(f"Written as a {entry.channel}: short for a {channel}.")
    notes.append(f"It opens with: {entry.value}. It asks: {entry.action}.")
    notes += [entry.gender_note] if entry.gender_note else []
    notes.append(f"It suits the voice of: {', '.join(m.replace('_', ' ') for m in entry.messenger)}.")
    when = "; ".join(_WHEN[code] for code in entry.do_not_use_when)
    return Reply(
        template=entry.id,
        narrative=entry.narrative,
        lang=variety.tag,
        strategy=entry.strategy,
        channel=channel,
        text=text,
        footnote=kosovo_footnote(text),
        use=use,
        rights=rights,
        why=("It is for people at risk or for officials." if use == "protocol" else _WHY[entry.strategy])
        + f" Evidence: {entry.evidence_note.rstrip('.')}.",
        avoid=(*_AVOID, *([f"Do not use it when {when}."] if when else [])),
        notes=tuple(notes),
        status=DRAFT if entry.status == "draft" else "reviewed",
    )
