"""Take out what points at a person: @names, addresses, telephone numbers, national identity numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from narratives.text.identity import is_identity
from narratives.text.patterns import EMAIL, MENTION, URL


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text with placeholders.

    Attributes:
        text: The text; ``@USER``, ``[URL]``, ``[EMAIL]``, ``[PHONE]``, ``[ID]`` stand for what was taken out.
        spans: ``(start, end, kind)`` of each stretch taken out, offsets into the text as given; the kind is the
            placeholder without its brackets.
    """

    text: str
    spans: tuple[tuple[int, int, str], ...]


_FIND = re.compile(
    rf"(?P<EMAIL>{EMAIL})|(?P<URL>{URL})|(?P<USER>{MENTION})"
    r"|(?P<DATE>(?<![\w.])\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2,4}(?!\d))"
    r"|(?P<ID>(?<![\w+])(?:\d{13}|\d{11}|[A-Ta-t]\d{8}[A-Wa-w])(?!\w))"
    r"|(?P<PHONE>(?<![\w+])(?:(?:\+|00)[1-9]|\(?0[1-9])(?:[ ()./-]{0,2}\d){6,13}(?!\w))",
    re.ASCII,
)
_DIGIT = re.compile("[0-9]")
_PLACEHOLDER = {"EMAIL": "[EMAIL]", "URL": "[URL]", "USER": "@USER", "ID": "[ID]", "PHONE": "[PHONE]"}


def _is_phone(number: str) -> bool:
    digits = len(_DIGIT.findall(number))
    return 8 <= digits <= 15 if number.startswith(("+", "00")) else 9 <= digits <= 11


def redact(text: str) -> Redacted:
    """Replace @names, addresses, e-mails, telephone numbers and national identity numbers by placeholders.

    A long number is an identity number only if its check digit fits, and a telephone number only if it begins like one
    (+, 00 or 0) and has 8 to 15 digits; every other number stays. Redacting twice changes nothing.

    Args:
        text: Any text.

    >>> redact("@ana zovi 064/123-45-67 ili piši na a.b@example.org, soba 12").text
    '@USER zovi [PHONE] ili piši na [EMAIL], soba 12'
    """
    out: list[str] = []
    spans: list[tuple[int, int, str]] = []
    done = 0
    for match in _FIND.finditer(text):
        kind = str(match.lastgroup)
        if kind == "DATE":
            continue
        if kind == "ID" and not is_identity(match[0]):
            kind = "PHONE" if match[0].startswith("0") else "NUMBER"
        if kind == "NUMBER" or (kind == "PHONE" and not _is_phone(match[0])) or match[0] == _PLACEHOLDER[kind]:
            continue
        out += (text[done : match.start()], _PLACEHOLDER[kind])
        spans.append((match.start(), match.end(), kind))
        done = match.end()
    return Redacted("".join((*out, text[done:])), tuple(spans))
