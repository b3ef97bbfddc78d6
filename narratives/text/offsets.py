"""Rewriting a text while keeping the way back to the original.

A step is written once, as a pattern with its replacement, and runs in two ways: ``plain`` (fast, used for scoring) and
``traced`` (keeps, for every character, the stretch of the original it stands for). Both read the same pattern and the
same replacement, so they cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Replace = Callable[[re.Match[str]], str]


@dataclass(slots=True)
class Trace:
    """A text and, for its character ``i``, the stretch ``starts[i]:ends[i]`` of the original.

    Attributes:
        text: The text as rewritten so far.
        starts: One offset into the original a character, never decreasing.
        ends: Likewise, the offset after the last character it stands for.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, text: str) -> Trace:
        """The trace of a text that nothing has been done to."""
        return cls(text, range(len(text)), range(1, len(text) + 1))


class Step(Protocol):
    """One rewrite, run plain or traced with the same outcome."""

    def plain(self, text: str) -> str:
        """The rewritten text."""

    def traced(self, trace: Trace) -> Trace:
        """The rewritten text with its map."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Replace every match of a pattern.

    Attributes:
        pattern: What to look for; must never match the empty string.
        replace: From the match to the new text.
        gate: Cheap test that is false where the pattern has nothing to do; saves the scan.
    """

    pattern: re.Pattern[str]
    replace: Replace
    gate: Callable[[str], object] | None = None

    def plain(self, text: str) -> str:
        """The rewritten text."""
        if self.gate is not None and not self.gate(text):
            return text
        return self.pattern.sub(self.replace, text)

    def traced(self, trace: Trace) -> Trace:
        """The rewritten text with its map."""
        text = trace.text
        if self.gate is not None and not self.gate(text):
            return trace
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for match in self.pattern.finditer(text):
            old, new = match[0], self.replace(match)
            if new == old:
                continue
            start, end = match.span()
            pieces += (text[done:start], new)
            starts += trace.starts[done:start]
            ends += trace.ends[done:start]
            for left, right in _align(old, new):
                # An insertion (left == right) sits between two characters and stands for nothing of the original; but
                # where both were one there ("Ǆ"), for that one, as ends never decrease.
                begin = trace.starts[start + left] if left < len(old) else trace.ends[end - 1]
                starts.append(begin)
                ends.append(trace.ends[start + right - 1] if right > left else max([begin, *ends[-1:]]))
            done = end
        if not done:
            return trace
        return Trace("".join((*pieces, text[done:])), [*starts, *trace.starts[done:]], [*ends, *trace.ends[done:]])


@dataclass(frozen=True, slots=True)
class Table:
    """Replace single characters by a table, as ``str.translate`` does; a table may fill itself in ``__missing__``."""

    table: Mapping[int, str]

    def plain(self, text: str) -> str:
        """The rewritten text."""
        return text.translate(self.table)

    def traced(self, trace: Trace) -> Trace:
        """The rewritten text with its map."""
        new = [char.translate(self.table) for char in trace.text]
        text = "".join(new)
        if text == trace.text:
            return trace
        starts = [start for start, piece in zip(trace.starts, new, strict=True) for _ in piece]
        ends = [end for end, piece in zip(trace.ends, new, strict=True) for _ in piece]
        return Trace(text, starts, ends)


@dataclass(frozen=True, slots=True)
class SameLength:
    """Apply a function that gives one character for each (lower-casing)."""

    function: Callable[[str], str]

    def plain(self, text: str) -> str:
        """The rewritten text."""
        return self.function(text)

    def traced(self, trace: Trace) -> Trace:
        """The rewritten text with its map."""
        return Trace(self.function(trace.text), trace.starts, trace.ends)


def _align(old: str, new: str) -> list[tuple[int, int]]:
    """Which stretch of ``old`` each character of ``new`` stands for.

    Exact where characters were only dropped or spaces only added (squeezing, hashtags), and for equal lengths; else the
    common ends are exact and the middle stands for the middle as a whole.

    >>> _align("noooo", "noo")
    [(0, 1), (1, 2), (2, 5)]
    >>> _align("ABc", "A Bc")
    [(0, 1), (1, 1), (1, 2), (2, 3)]
    """
    out: list[tuple[int, int]] = []
    at = 0
    for char in new:
        found = old.find(char, at)
        if found < 0 and char == " ":
            out.append((at, at))
            continue
        if found < 0:
            return _coarse(old, new)
        out.append((found, found + 1))
        at = found + 1
    if out and out[-1][1] < len(old):
        out[-1] = (out[-1][0], len(old))
    return out


def _coarse(old: str, new: str) -> list[tuple[int, int]]:
    if len(old) == len(new):
        return [(i, i + 1) for i in range(len(new))]
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle = (head, len(old) - tail)
    return [
        *((i, i + 1) for i in range(head)),
        *(middle for _ in range(len(new) - head - tail)),
        *((i, i + 1) for i in range(len(old) - tail, len(old))),
    ]


def settle(steps: Sequence[Step], ascii_steps: Sequence[Step], text: str, rounds: int) -> str:
    """Run steps until they change nothing (one step may give another work), at most ``rounds`` times."""
    for _ in range(rounds):
        before = text
        for step in ascii_steps if text.isascii() else steps:
            text = step.plain(text)
        if text == before:
            break
    return text


def settle_traced(steps: Sequence[Step], ascii_steps: Sequence[Step], trace: Trace, rounds: int) -> Trace:
    """:func:`settle` with the map kept."""
    for _ in range(rounds):
        before = trace.text
        for step in ascii_steps if before.isascii() else steps:
            trace = step.traced(trace)
        if trace.text == before:
            break
    return trace
