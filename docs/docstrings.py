"""Docstrings as the site wants them: doctests as examples, names without Sphinx roles."""

from __future__ import annotations

import re
from typing import Any

from griffe import Extension

_ROLE = re.compile(r":(?:class|func|meth|data|mod|attr):`")


class Doctests(Extension):
    """Puts each doctest under a heading `Examples:`, which Google-style docstrings of this project leave out."""

    def on_object(self, *, obj: Any, **_: Any) -> None:
        """Rewrite the docstring of an object before it is read."""
        if obj.docstring is not None:
            obj.docstring.value = readable(obj.docstring.value)


def readable(docstring: str) -> str:
    """The docstring with its doctests in a section and roles left out."""
    parts = _ROLE.sub("`", docstring).split("\n\n")
    tests = [part for part in parts if part.startswith(">>>")]
    if tests:
        lines = [f"    {line}" if line else "" for line in "\n\n".join(tests).splitlines()]
        parts = [part for part in parts if part not in tests] + ["Examples:\n" + "\n".join(lines)]
    return "\n\n".join(parts)
