"""The footnote that goes with every output naming Kosovo."""

from __future__ import annotations

import re

KOSOVO_NOTE = (
    "All references to Kosovo, whether to the territory, institutions or population, in this text should be understood "
    "in full compliance with United Nations Security Council Resolution 1244."
)
"""Wording of the OSCE Office for Democratic Institutions and Human Rights."""

# Kosovo, Kosova, Kosovë, Kosova'da, kosovski, Косово … at the start of a word; an underscore counts as a gap
_NAMED = re.compile(r"(?<![^\W_])(?:kosov|косов)", re.IGNORECASE)


def with_kosovo_note(text: str) -> str:
    """Append the footnote where a text names Kosovo and does not carry it yet.

    Args:
        text: Any text, in any of the languages and scripts.

    Returns:
        The text as it was, or followed by an empty line and ``KOSOVO_NOTE``. Doing it twice changes nothing.

    >>> with_kosovo_note("Tirana")
    'Tirana'
    >>> with_kosovo_note("Priština, Косово").endswith("Resolution 1244.")
    True
    """
    if KOSOVO_NOTE in text or not _NAMED.search(text):
        return text
    return f"{text}\n\n{KOSOVO_NOTE}"
