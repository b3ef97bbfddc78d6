"""Charts as inline SVG: no script, no font, no request; colours come from the page's style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import count
from typing import NamedTuple

_WIDE, _ROW, _LEFT, _RIGHT = 640, 22, 230, 24
_SIDE, _PAD = 300, 42


class Estimate(NamedTuple):
    """One line of a forest plot; ``group`` chooses its colour class."""

    label: str
    value: float
    low: float
    high: float
    group: str = ""


def _svg(width: int, height: int, title: str, description: str, body: Sequence[str], id_: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id_}-t {id_}-d" class="chart">'
        f'<title id="{id_}-t">{escape(title)}</title><desc id="{id_}-d">{escape(description)}</desc>'
        + "".join(body)
        + "</svg>"
    )


class Charts:
    """Draws charts with ids that are unique within one page."""

    def __init__(self) -> None:
        self._number = count(1)

    def _id(self) -> str:
        return f"chart-{next(self._number)}"

    def forest(self, title: str, rows: Sequence[Estimate], *, low: float = 0.0, high: float = 1.0) -> str:
        """Figures with their intervals, one a line.

        >>> "<svg" in Charts().forest("Macro-F1", [Estimate("ours", 0.8, 0.7, 0.9)])
        True
        """
        width, height = _WIDE, _ROW * len(rows) + 44
        span = width - _LEFT - _RIGHT

        def x(value: float) -> float:
            return _LEFT + (min(max(value, low), high) - low) / (high - low) * span

        steps = [low + (high - low) * i / 5 for i in range(6)]
        body = [
            f'<line class="grid" x1="{x(s):.1f}" x2="{x(s):.1f}" y1="8" y2="{height - 30}"/>'
            f'<text class="tick" x="{x(s):.1f}" y="{height - 14}" text-anchor="middle">{s:.1f}</text>'
            for s in steps
        ]
        for i, row in enumerate(rows):
            y = 20 + _ROW * i
            if row.value != row.value:  # not a number: nothing was there to measure
                continue
            body.append(
                f'<g class="{escape(row.group)}"><text class="name" x="{_LEFT - 10}" y="{y + 4}" text-anchor="end">'
                f'{escape(row.label[:34])}</text><line class="bar" x1="{x(row.low):.1f}" x2="{x(row.high):.1f}" '
                f'y1="{y}" y2="{y}"/><circle class="dot" cx="{x(row.value):.1f}" cy="{y}" r="4.5"/></g>'
            )
        told = "; ".join(f"{r.label} {r.value:.2f}, interval {r.low:.2f} to {r.high:.2f}" for r in rows)
        return _svg(width, height, title, told, body, self._id())

    def _square(self, title: str, told: str, across: str, up: str, body: list[str]) -> str:
        end = _SIDE - 12
        ticks = []
        for i in range(0, 11, 2):
            at = _PAD + (end - _PAD) * i / 10
            down = end - (end - _PAD) * i / 10
            ticks.append(
                f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{_PAD}" y2="{end}"/>'
                f'<line class="grid" x1="{_PAD}" x2="{end}" y1="{down:.1f}" y2="{down:.1f}"/>'
                f'<text class="tick" x="{at:.1f}" y="{end + 16}" text-anchor="middle">{i / 10:.1f}</text>'
                f'<text class="tick" x="{_PAD - 6}" y="{down + 4:.1f}" text-anchor="end">{i / 10:.1f}</text>'
            )
        names = (
            f'<text class="tick" x="{(_PAD + end) / 2}" y="{_SIDE + 22}" text-anchor="middle">{escape(across)}</text>'
            f'<text class="tick" x="{_PAD - 30}" y="24">{escape(up)}</text>'
        )
        return _svg(_SIDE, _SIDE + 30, title, told, [*ticks, *body, names], self._id())

    @staticmethod
    def _point(across: float, up: float, highest: float = 1.0) -> str:
        end = _SIDE - 12
        return f"{_PAD + (end - _PAD) * across:.1f},{end - (end - _PAD) * min(up / highest, 1.0):.1f}"

    def reliability(self, title: str, bins: Sequence[Sequence[float]]) -> str:
        """Stated probability against observed share; on the diagonal a model means what it says."""
        most = max((n for *_, n in bins), default=1)
        body = [f'<polyline class="even" points="{self._point(0, 0)} {self._point(1, 1)}"/>']
        body.append(f'<polyline class="line ours" points="{" ".join(self._point(a, b) for a, b, _ in bins)}"/>')
        for a, b, n in bins:
            at = self._point(a, b).split(",")
            body.append(f'<circle class="dot" cx="{at[0]}" cy="{at[1]}" r="{2.5 + 5 * (n / most) ** 0.5:.1f}"/>')
        told = "; ".join(f"stated {a:.2f}, observed {b:.2f}, {n:.0f} posts" for a, b, n in bins)
        return self._square(title, told, "stated probability", "observed share", body)

    def risk_coverage(self, title: str, curve: Sequence[Sequence[float]]) -> str:
        """Error rate among the posts a model is surest of, against their share."""
        points = " ".join(self._point(a, b) for a, b in curve)
        told = "; ".join(f"at {a:.0%} of the posts {b:.0%} errors" for a, b in curve[:: max(1, len(curve) // 5)])
        body = [f'<polyline class="line ours" points="{points}"/>']
        return self._square(title, told, "share of posts decided", "error rate", body)
