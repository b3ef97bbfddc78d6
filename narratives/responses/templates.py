"""Reply templates: ``datasets/responses/<lang>.toml``, checked against a schema on first use.

A slot is written ``${contact}``. Filling one is a single pass over the template: what a value holds is never read as a
slot, a format string or markup, so a value can neither run nor reach anything.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from narratives.errors import InputError, unknown
from narratives.languages import LANGUAGES, resolve
from narratives.resources import find
from narratives.responses.norms import norm_ids
from narratives.taxonomy import NARRATIVES
from narratives.text.patterns import EMAIL, MENTION, URL
from narratives.text.translit import to_cyrillic, to_latin

Strategy = Literal[
    "empathy",
    "perspective_analogy",
    "norm_reminder",
    "counterexample",
    "broadening",
    "alternative_narrative",
    "humour",
    "warning",
]
Channel = Literal["comment", "post", "statement"]
Audience = Literal["base", "middle", "targeted", "decision", "author"]
Circumstance = Literal[
    "THREAT_OR_INCITEMENT",
    "TARGET_IDENTIFIABLE",
    "NO_CONSENT",
    "LOW_REACH",
    "BOT_OR_BRIGADE",
    "ONGOING_CASE",
    "MINOR_INVOLVED",
    "RECENT_VIOLENCE",
    "WRITER_AT_RISK",
    "AUTHOR_IN_CRISIS",
    "ELECTION_SILENCE",
    "UNVERIFIED_FACT",
    "STANCE_UNSURE",
]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
"""In the order in which the evidence supports them; humour and warnings showed no consistent effect."""

CHANNELS: Mapping[Channel, int] = MappingProxyType({"comment": 280, "post": 700, "statement": 2500})
"""Channels with the most characters that a text may have there."""

AUDIENCES: tuple[Audience, ...] = get_args(Audience)

SLOTS: Mapping[str, int] = MappingProxyType({"contact": 40, "fact": 160, "source": 80, "date": 30})
"""What may be filled in, with the most characters a value may have."""

LOCAL_LANGUAGE: Mapping[str, str] = MappingProxyType(
    {"AL": "sq", "BA": "bs", "XK": "sq", "MD": "ro", "ME": "cnr", "MK": "mk", "RS": "sr", "TR": "tr"}
)
"""The language of an answer where neither the caller nor the post says which."""

LOCAL_COUNTRY: Mapping[str, str] = MappingProxyType(
    {"bs": "BA", "cnr": "ME", "mk": "MK", "ro": "MD", "sr": "RS", "tr": "TR"}
)
"""The country of a draft where only its language is known: those languages that point at one of the eight places."""

_SLOT = re.compile(r"\$\{([a-z_]+)\}")
_POINTS_AT = re.compile(f"{EMAIL}|{URL}|{MENTION}|#\\w")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Review(_Strict):
    native_reviewer: str = Field(min_length=1)
    migrant_led_reviewer: str = Field(min_length=1)
    date: date


class Template(_Strict):
    """One text, ready but for its slots. Fields as in the card of the data set.

    Attributes:
        id: ``narrative.strategy.channel.number``.
        narrative: Which narrative it answers.
        strategy: How it answers.
        channel: For what length of text it was written.
        audience: Who it speaks to.
        tone: How it sounds.
        messenger: Whose voice it suits.
        value: What it opens with, in English.
        action: What it asks for, in English.
        body: The text, in the language of the file.
        rights: Ids of the norms it rests on.
        severity_max: Heaviest words (0 to 4) it may answer.
        do_not_use_when: Circumstances in which it does harm.
        gender_note: What it does about gender, in English.
        evidence_note: What is known about its effect, in English.
        status: ``draft`` until a native and a migrant-led reader have signed it.
        review: Who signed it, and when.
    """

    id: str
    narrative: str
    strategy: Strategy
    channel: Channel
    audience: tuple[Audience, ...] = Field(min_length=1)
    tone: Literal["warm", "calm", "firm", "formal"]
    messenger: tuple[str, ...] = Field(min_length=1)
    value: str = Field(min_length=1)
    action: str = Field(min_length=1)
    body: str = Field(min_length=1)
    rights: tuple[str, ...] = Field(min_length=1)
    severity_max: int = Field(ge=1, le=4)
    do_not_use_when: tuple[Circumstance, ...]
    gender_note: str
    evidence_note: str = Field(min_length=1)
    status: Literal["draft", "reviewed"]
    review: _Review | None = None

    @property
    def slots(self) -> tuple[str, ...]:
        """Names of the slots in the body, each once."""
        return tuple(dict.fromkeys(_SLOT.findall(self.body)))

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.narrative not in NARRATIVES:
            raise ValueError(f"{self.id}: there is no narrative {self.narrative}")
        if self.id.rpartition(".")[0] != f"{self.narrative}.{self.strategy}.{self.channel}":
            raise ValueError(f"{self.id}: the id must be narrative.strategy.channel.number")
        if (self.status == "reviewed") != (self.review is not None):
            raise ValueError(f"{self.id}: reviewed means that review names a native and a migrant-led reader")
        if strange := set(self.slots) - set(SLOTS):
            raise ValueError(f"{self.id}: unknown slots {sorted(strange)}; known: {', '.join(SLOTS)}")
        if "fact" in self.slots and not {"source", "date"} <= set(self.slots):
            raise ValueError(f"{self.id}: a fact needs its source and date")
        plain = _SLOT.sub("", self.body)
        if set(plain) & set("${}<>") or _POINTS_AT.search(plain):
            raise ValueError(f"{self.id}: no hashtag, @name, address, markup or stray slot in a body")
        if strange := set(self.rights) - norm_ids():
            raise ValueError(f"{self.id}: there are no norms {sorted(strange)}")
        if (
            self.narrative == "violence_incitement"
            and "targeted" not in self.audience
            and "decision" not in self.audience
        ):
            raise ValueError(
                f"{self.id}: incitement is not answered; its texts are for people at risk and for officials"
            )
        longest = len(plain) + sum(SLOTS[name] for name in _SLOT.findall(self.body))
        if longest > CHANNELS[self.channel]:
            raise ValueError(f"{self.id}: {longest} characters with its slots filled; at most {CHANNELS[self.channel]}")
        return self


class _File(_Strict):
    lang: str
    status_note: str
    template: tuple[Template, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        ids = [entry.id for entry in self.template]
        if twice := {id for id in ids if ids.count(id) > 1}:
            raise ValueError(f"ids used twice: {sorted(twice)}")
        return self


@lru_cache(maxsize=len(LANGUAGES))
def _data(code: str) -> _File:
    path = find(f"datasets/responses/{code}.toml")
    try:
        file = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise InputError(f"{path} is not a valid file of templates: {error}; restore the shipped file") from None
    if file.lang != code:
        raise InputError(f"{path} says lang = {file.lang!r}; expected {code!r}")
    return file


def templates(lang: str) -> tuple[Template, ...]:
    """All templates of a language, in the order of its file and in the script of that file.

    Args:
        lang: Code or tag of one of the nine languages.

    Raises:
        UnknownNameError: The language is not known, or is ``bcms``, which has no templates of its own.
        MissingFileError: No templates are shipped for it.
        InputError: The file is damaged.

    >>> len({template.narrative for template in templates("tr")})
    16
    """
    code = resolve(lang).language.code
    if code not in LANGUAGES:
        raise unknown("language of templates", lang, list(LANGUAGES))
    return _data(code).template


@lru_cache(maxsize=4096)
def in_script(text: str, tag: str) -> str:
    """A template's text in the script that a tag names; as it is where the tag names none.

    >>> in_script("Добар дан, комшије. Помоћ: ${contact}", "sr-Latn")
    'Dobar dan, komšije. Pomoć: ${contact}'
    """
    variety = resolve(tag)
    if variety.script == "Latn":
        return to_latin(text)
    if variety.script == "Cyrl" and variety.language.group in ("bcms", "mk"):
        lang = "mk" if variety.language.group == "mk" else "sr"
        parts = re.split(r"(\$\{[a-z_]+\})", text)
        return "".join(part if part.startswith("${") else to_cyrillic(part, lang) for part in parts)
    return text


def checked_slots(slots: Mapping[str, str] | None) -> dict[str, str]:
    r"""Slot values as they may stand in a text: one line, no control or direction characters, not too long.

    Raises:
        UnknownNameError: There is no such slot.
        InputError: A value is no text, is empty, or is longer than ``SLOTS`` allows.

    >>> checked_slots({"contact": " help at\n 0800 "})
    {'contact': 'help at 0800'}
    """
    out = {}
    for name, value in (slots or {}).items():
        if name not in SLOTS:
            raise unknown("slot", name, list(SLOTS))
        if not isinstance(value, str):
            raise InputError(f"slot {name!r} is a {type(value).__name__}; expected text")
        plain = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in value)
        plain = " ".join(plain.split())
        if not plain or len(plain) > SLOTS[name]:
            raise InputError(f"slot {name!r} has {len(plain)} characters; expected 1 to {SLOTS[name]}")
        out[name] = plain
    return out


def fill(body: str, slots: Mapping[str, str]) -> str:
    """Put values into slots, in one pass; a slot without a value becomes a gap such as ``[contact]``.

    >>> fill("Call ${contact}. ${fact}", {"contact": "${fact} {0.__class__}"})
    'Call ${fact} {0.__class__}. [fact]'
    """
    return _SLOT.sub(lambda match: slots.get(match[1], f"[{match[1]}]"), body)
