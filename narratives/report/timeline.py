"""Shares and narratives over time, with the events that people marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from narratives.report.charts import Mark
from narratives.report.dates import weeks
from narratives.report.events import Event
from narratives.report.figures import wilson
from narratives.report.sections import Figure, Table, View, ids_of
from narratives.report.tally import Tally

_MOST_POINTS = 78
_MOST_LINES = 8
_STEADY = 20  # posts from which a point may set the scale


def timeline(view: View, events: Sequence[Event]) -> dict[str, Any] | None:
    """Flagged share and narratives over time; ``None`` where no row has a date."""
    if view.tally.days is None:
        return None
    axis = Axis(view.tally)
    w = view.words
    marks = [e for e in events if axis.start <= e.day.toordinal() <= axis.end]
    at = [Mark(axis.place(e.day.toordinal()), i) for i, e in enumerate(marks, 1)]
    totals, flagged = [0] * axis.points, [0] * axis.points
    told: dict[str, list[int]] = {id: [0] * axis.points for id in view.leading[:_MOST_LINES]}
    left_out = view.tally.undated
    for (week, _, _, decision), n in view.tally.decisions.items():
        if (i := axis.point(week)) is None:
            left_out += n if week is not None else 0
            continue
        totals[i] += n
        flagged[i] += n if decision == "flag" else 0
    for (week, _, _, decision, labels), n in view.tally.labels.items():
        if decision == "flag" and (i := axis.point(week)) is not None:
            for id in ids_of(labels):
                if id in told:
                    told[id][i] += n
    shares = [wilson(k, n) for k, n in zip(flagged, totals, strict=True)]
    steady = [s.high for s in shares if s.of >= _STEADY] or [s.high for s in shares]
    most = min(1.0, max(steady, default=0) or 1.0)
    days = [w.day(d) for d in axis.days]
    ends = tuple(days[i] for i in sorted({0, len(days) // 2, len(days) - 1}))
    table = Table(
        w("time_share"),
        (w("c_week"), w("c_posts"), w("c_flagged"), w("c_share")),
        tuple((day, w.number(s.of), w.number(s.hits), view.shown(s) if s.of else "")
              for day, s in zip(days, shares, strict=True)),
    )  # fmt: skip
    chart = view.charts.line(
        w("time_share"),
        [s.value if s.of else None for s in shares],
        low=[s.low for s in shares],
        high=[s.high for s in shares],
        most=most,
        shown=w.share(most),
        marks=at,
        height=190,
        told=f"{days[0]}: {w.share(shares[0].value)}; {days[-1]}: {w.share(shares[-1].value)}",
    )
    return {
        "share": Figure(w("time_share"), chart, table, w("time_share_is"), ends),
        "lines": _lines(view, told, totals, at, days),
        "ends": ends,
        "events": [f"{w.day(e.day)} · {e.label}" for e in marks],
        "point": w("time_point", weeks=w.count("weeks", axis.size)),
        "undated": w("time_undated", posts=w.count("posts", left_out)) if left_out else "",
    }


def _lines(
    view: View, told: Mapping[str, Sequence[int]], totals: Sequence[int], marks: Sequence[Mark], days: Sequence[str]
) -> dict[str, Any] | None:
    if not told:
        return None
    w = view.words
    rates = {
        id: [1000 * k / n if n else None for k, n in zip(counts, totals, strict=True)] for id, counts in told.items()
    }
    steady = [r for rate in rates.values() for r, n in zip(rate, totals, strict=True) if r and n >= _STEADY]
    most = max(steady or [r for rate in rates.values() for r in rate if r], default=1.0)
    places = 0 if most >= 10 else 1
    lines = [
        (
            view.name(id),
            w.count("posts", sum(told[id])),
            view.charts.line(
                view.name(id), rate, most=most, shown=w.number(most, places), marks=marks if i == 0 else (),
                height=72 if i == 0 else 56, told=f"{view.name(id)}: {w.count('posts', sum(told[id]))}",
            ),
        )
        for i, (id, rate) in enumerate(rates.items())
    ]  # fmt: skip
    rows = tuple(
        (day, *("" if (r := rates[id][i]) is None else w.number(r, places) for id in rates))
        for i, day in enumerate(days)
    )
    header = (w("c_week"), *(str(i) for i in range(1, len(rates) + 1)))
    table = Table(w("time_told"), header, rows)
    return {"lines": lines, "table": table, "names": [view.name(id) for id in rates]}


class Axis:
    """Weeks on a line, several to a point where there are many; stray weeks far outside the rest are left out."""

    def __init__(self, tally: Tally) -> None:
        found: Counter[int] = Counter()
        for key, n in tally.decisions.items():
            if key[0] is not None:
                found[key[0]] += n
        present = sorted(found)
        first, last = present[0], present[-1]
        if (last - first) // 7 > _MOST_POINTS:
            first, last = _bulk(present, found)
        mondays = weeks(first, last)
        self.size = -(-len(mondays) // _MOST_POINTS)
        self.days = mondays[:: self.size]
        self.points = len(self.days)
        self.start = first
        self.end = first + 7 * self.size * self.points - 1

    def point(self, week: int | None) -> int | None:
        """Which point a week belongs to."""
        if week is None or not self.start <= week <= self.end:
            return None
        return (week - self.start) // (7 * self.size)

    def place(self, day: int) -> float:
        """Where a day stands, from 0 to 1; a point stands for the beginning of its weeks."""
        return min(1.0, (day - self.start) / (7 * self.size) / max(self.points - 1, 1))


def _bulk(present: Sequence[int], found: Mapping[int, int]) -> tuple[int, int]:
    """First and last week without the outermost two in a thousand posts on either side."""
    slack = 0.002 * sum(found.values())

    def edge(order: Iterable[int]) -> int:
        passed = 0
        for week in order:
            passed += found[week]
            if passed > slack:
                return week
        return present[0]

    return edge(present), edge(reversed(present))
