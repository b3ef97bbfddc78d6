"""What to say instead: suggestions for the narratives told most."""

from __future__ import annotations

from dataclasses import dataclass

from narratives.errors import NarrativesError
from narratives.report.sections import View
from narratives.responses.norms import CitedNorm
from narratives.responses.suggest import suggest

MOST = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """A suggestion for one narrative.

    Attributes:
        narrative: Name of the narrative.
        text: What to say; empty where nothing is suggested.
        lang: Tag of its language.
        protect: Whether there is no reply because people are at risk.
        draft: Whether nobody has signed the text.
        rights: Citation and plain sentence of each right it rests on.
    """

    narrative: str
    text: str
    lang: str
    protect: bool
    draft: bool
    rights: tuple[tuple[str, str], ...]


def answers(view: View, country: str) -> list[Answer]:
    """One suggestion for each of the narratives told most, in the language in which most of it was told.

    Args:
        view: The counts.
        country: Country whose rights are cited.
    """
    out = []
    for id in view.leading[:MOST]:
        lang = view.common_language(id)
        found = suggest(id, country=country, lang=None if lang == "und" else lang, channel="post", n=1)
        reply = found.replies[0] if found.replies else None
        rights = [] if reply is None else [(norm.citation, _sentence(norm, view.words.tag)) for norm in reply.rights]
        out.append(
            Answer(
                view.name(id),
                reply.publishable if reply else "",
                reply.lang if reply else found.lang,
                found.triage.action == "protect",
                bool(reply and reply.status != "reviewed"),
                tuple(rights),
            )
        )
    return out


def _sentence(norm: CitedNorm, tag: str) -> str:
    try:
        return norm.sentence(tag)
    except NarrativesError:  # no plain sentence in that script
        return ""
