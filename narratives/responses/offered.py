"""Which templates may stand beside a post: none that shares a hashtag, a name or a marked word with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from narratives.responses.templates import Template
from narratives.results import Span
from narratives.text.normalise import fold

_TAG = re.compile(r"[#@]([\w.]+)")
_NAME = re.compile(r"(?<=[^\W_] )[^\W\d_]\w{2,}|(?<=, )[^\W\d_]\w{2,}")
_WORD = re.compile(r"[^\W_]{4,}")
_STEM = 6
"""Letters of a word that count: endings differ between the post and the template."""


def traces(post: str, evidence: Sequence[Span], code: str) -> frozenset[str]:
    """Word stems that must not come back in a reply: hashtags, tags, capitalised names, and words marked as cues.

    Evidence that comes from the model alone is left out: it is often the plain name of a group, or a harmless word.

    Args:
        post: The post, or an empty text.
        evidence: Spans of its reading.
        code: Code of the language of the reply.
    """
    pieces = [m[1] for m in _TAG.finditer(post)]
    pieces += [m[0] for m in _NAME.finditer(post) if m[0][0].isupper()]
    pieces += [span.text for span in evidence if span.kind == "cue"]
    return frozenset(word[:_STEM] for piece in pieces for word in _WORD.findall(fold(piece, code)))


@lru_cache(maxsize=4096)
def _stems(body: str, code: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(fold(body, code)))  # folding makes one of the two scripts


def may_stand(entry: Template, code: str, marks: frozenset[str]) -> bool:
    """Whether a template in a language shares nothing with a post that would carry the post further."""
    return not marks & _stems(entry.body, code)
