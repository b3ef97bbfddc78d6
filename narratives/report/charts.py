"""Charts as inline SVG that fit any width: letters keep their size, lines and bars stretch.

No script, no font, no request. Every chart has a title and a description, and the page gives its figures as a table.
Colours come from the classes in the page's style sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import NamedTuple

from markupsafe import Markup, escape

_ROW = 46
_CELL, _CELL_LABEL = 22, 26


class Bar(NamedTuple):
    """One bar: share of the full width, with an interval where there is one; ``kind`` chooses its colour class."""

    label: str
    value: float
    shown: str
    low: float | None = None
    high: float | None = None
    kind: str = ""


class Mark(NamedTuple):
    """An event beside a line: where it stands from 0 to 1, and its number in the list of events."""

    at: float
    number: int


class Charts:
    """Draws charts with ids that are unique within one page."""

    def __init__(self) -> None:
        self._number = count(1)

    def _svg(self, height: int, title: str, told: str, body: Sequence[str], kind: str = "") -> Markup:
        id = f"c{next(self._number)}"
        return Markup(  # noqa: S704 (every text in it is escaped where it is put in)
            f'<svg class="chart {kind}" width="100%" height="{height}" role="img" aria-labelledby="{id}t {id}d">'
            f'<title id="{id}t">{escape(title)}</title><desc id="{id}d">{escape(told)}</desc>{"".join(body)}</svg>'
        )

    def bars(self, title: str, rows: Sequence[Bar], most: float | None = None) -> Markup:
        """Bars under their labels, the figure at the right; a whisker shows the interval.

        Args:
            title: What they show.
            rows: From top to bottom.
            most: Value of the full width; the largest end there is when ``None``.

        >>> 'width="50.00%"' in Charts().bars("Posts", [Bar("a", 2, "2"), Bar("b", 1, "1")])
        True
        """
        top = most or max((max(row.value, row.high or 0) for row in rows), default=0) or 1
        body = []
        for i, row in enumerate(rows):
            y = _ROW * i
            body.append(
                f'<text class="name" x="0" y="{y + 16}">{escape(row.label)}</text>'
                f'<rect class="rail" x="0" y="{y + 24}" width="100%" height="12" rx="3"/>'
                f'<rect class="bar {escape(row.kind)}" x="0" y="{y + 24}" width="{_pc(row.value / top)}" height="12" '
                'rx="3"/>'
            )
            if row.low is not None and row.high is not None:
                low, high = _pc(row.low / top), _pc(row.high / top)
                body.append(f'<line class="whisker" x1="{low}" x2="{high}" y1="{y + 30}" y2="{y + 30}"/>')
                body += [f'<line class="whisker" x1="{x}" x2="{x}" y1="{y + 26}" y2="{y + 34}"/>' for x in (low, high)]
            body.append(f'<text class="figure" x="100%" y="{y + 16}" text-anchor="end">{escape(row.shown)}</text>')
        told = "; ".join(f"{row.label}: {row.shown}" for row in rows)
        return self._svg(_ROW * len(rows), title, told, body)

    def line(
        self,
        title: str,
        values: Sequence[float | None],
        *,
        low: Sequence[float] = (),
        high: Sequence[float] = (),
        most: float,
        shown: str,
        marks: Sequence[Mark] = (),
        height: int = 150,
        told: str = "",
    ) -> Markup:
        """A line over time, with a band where there are intervals and dashed lines for events.

        Args:
            title: What it shows.
            values: From left to right; ``None`` where there is nothing, and the line is broken there.
            low: Lower ends of the band.
            high: Upper ends.
            most: Value of the full height.
            shown: What stands at the top for ``most``.
            marks: Events.
            height: In pixels.
            told: Description.
        """
        n = max(len(values) - 1, 1)

        def point(i: int, value: float) -> str:
            return f"{100 * i / n:.2f},{100 * (1 - min(value / most, 1)):.2f}"

        inner = []
        for part in _runs(values):
            if low and high:
                ends = [point(i, high[i]) for i in part] + [point(i, low[i]) for i in reversed(part)]
                inner.append(f'<polygon class="band" points="{" ".join(ends)}"/>')
            points = [point(i, v) for i in part if (v := values[i]) is not None]
            inner.append(f'<polyline class="line" points="{" ".join(points if len(points) > 1 else points * 2)}"/>')
        top, bottom = (22, height - 6) if marks else (8, height - 6)
        body = [f'<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>' for y in (top, (top + bottom) / 2, bottom)]
        body.append(
            f'<svg x="0" y="{top}" width="100%" height="{bottom - top}" viewBox="0 0 100 100" '
            f'preserveAspectRatio="none">{"".join(inner)}</svg>'
        )
        if shown:
            body.append(f'<text class="tick" x="2" y="{top + 13}">{escape(shown)}</text>')
        for mark in marks:
            x, anchor = _pc(mark.at), "start" if mark.at < 0.02 else "end" if mark.at > 0.98 else "middle"
            body.append(
                f'<line class="event" x1="{x}" x2="{x}" y1="16" y2="{bottom}"/>'
                f'<text class="tick event-n" x="{x}" y="12" text-anchor="{anchor}">{mark.number}</text>'
            )
        return self._svg(height, title, told or title, body, "time")

    def grid(self, title: str, rows: Sequence[tuple[str, Sequence[int]]], columns: int, shown: Sequence[str]) -> Markup:
        """Counts of pairs as shaded cells: a row's name above its cells, columns numbered from 1.

        Args:
            title: What they show.
            rows: Name and one count a column.
            columns: How many.
            shown: The counts as text, row by row.
        """
        most = max((n for _, counts in rows for n in counts), default=0) or 1
        body = [
            f'<text class="tick" x="{_pc((j + 0.5) / columns)}" y="13" text-anchor="middle">{j + 1}</text>'
            for j in range(columns)
        ]
        texts = iter(shown)
        for i, (name, counts) in enumerate(rows):
            y = 20 + i * (_CELL + _CELL_LABEL)
            body.append(f'<text class="name" x="0" y="{y + 20}">{escape(name)}</text>')
            for j, n in enumerate(counts):
                x, width = _pc(j / columns), _pc(1 / columns - 0.006)
                shade = 0 if n == 0 else 1 + min(3, int(4 * n / most))
                body.append(
                    f'<rect class="cell s{shade}" x="{x}" y="{y + _CELL_LABEL}" width="{width}" height="{_CELL}" '
                    f'rx="2"/><text class="in s{shade}" x="{_pc((j + 0.497) / columns)}" '
                    f'y="{y + _CELL_LABEL + 15}" text-anchor="middle">{escape(next(texts))}</text>'
                )
        return self._svg(26 + len(rows) * (_CELL + _CELL_LABEL), title, title, body)


def _pc(share: float) -> str:
    return f"{100 * min(max(share, 0.0), 1.0):.2f}%"


def _runs(values: Sequence[float | None]) -> list[list[int]]:
    """Stretches without a gap."""
    runs: list[list[int]] = []
    for i, value in enumerate(values):
        if value is None:
            continue
        if runs and runs[-1][-1] == i - 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs
