"""From counts to what a page shows: shares, series, tables and bars, in the words of one language."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from narratives.languages import LANGUAGES
from narratives.report.charts import Bar, Charts
from narratives.report.figures import Share, comparison, wilson
from narratives.report.tally import OTHER, Tally
from narratives.report.wording import Words
from narratives.results import DECISIONS
from narratives.taxonomy import NARRATIVES, TARGETS

_MOST_COLUMNS = 8
_MOST_BARS = 12
_MOST_PAIRS = 30
_LABEL = 40


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text: header and rows, the first cell of a row is its name."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with the same figures as a table; ``ends`` are dates under a time axis."""

    title: str
    chart: Markup
    table: Table | None
    note: str = ""
    ends: tuple[str, ...] = ()
    legend: tuple[str, ...] = ()


def ids_of(labels: str) -> list[str]:
    """Narratives among the labels of a cell."""
    return [label for label in labels.split(";") if label in NARRATIVES]


class View:
    """Turns one tally into figures."""

    def __init__(self, tally: Tally, words: Words) -> None:
        self.tally, self.words, self.charts = tally, words, Charts()
        self.by_decision = self._sum(3)
        self.told: Counter[str] = Counter()  # texts once a week, so that copies do not choose what leads
        self.told_posts: Counter[str] = Counter()
        self.told_lang: dict[str, Counter[str]] = defaultdict(Counter)
        for (_, lang, _, decision, labels), n in tally.labels.items():
            if decision == "flag":
                for id in ids_of(labels):
                    self.told_posts[id] += n
                    self.told_lang[id][lang] += n
        for (_, _, _, decision, labels), n in tally.fresh_labels.items():
            if decision == "flag":
                for id in ids_of(labels):
                    self.told[id] += n
        self.leading = sorted(self.told_posts, key=lambda id: (-self.told[id], -self.told_posts[id], id))
        self.has_narratives = bool(tally.has & {"stance", "mentioned", "targets"} or self.told_posts)

    def _sum(self, place: int) -> Counter[Any]:
        """Posts by one part of the keys of ``Tally.decisions``."""
        out: Counter[Any] = Counter()
        for entry, n in self.tally.decisions.items():
            out[entry[place]] += n
        return out

    def name(self, id: str) -> str:
        """Name of a narrative."""
        return self.words.name("narratives", id)

    def target(self, id: str) -> str:
        """Name of a target."""
        return self.words.name("targets", id)

    def lang(self, code: str) -> str:
        """Name of a language, as it is told in a list."""
        return self.words.name("languages", code) if code else self.words("unstated")

    def platform(self, name: str) -> str:
        """Name of a platform."""
        return self.words("others") if name == OTHER else name or self.words("unstated")

    def shown(self, share: Share) -> str:
        """A share with its interval."""
        return f"{self.words.share(share.value)} ({self.words.interval(share.low, share.high)})"

    def decisions(self) -> Figure:
        """How many posts of each decision."""
        w, total = self.words, self.tally.rows
        shares = {d: wilson(self.by_decision.get(d, 0), total) for d in DECISIONS}
        rows = [Bar(w.name("decisions", d), s.value, w.share(s.value), s.low, s.high, d) for d, s in shares.items()]
        table = Table(
            w("h_summary"),
            ("", w("c_posts"), w("c_share"), w("c_interval")),
            tuple(
                (w.name("decisions", d), w.number(s.hits), w.share(s.value), w.interval(s.low, s.high))
                for d, s in shares.items()
            ),
        )
        return Figure(w("h_summary"), self.charts.bars(w("h_summary"), rows, 1.0), table)

    def groups(self, place: int) -> Figure:
        """Share flagged by language (place 1) or platform (place 2) of the keys of ``Tally.decisions``."""
        w = self.words
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for key, n in self.tally.decisions.items():
            counts[key[place]][key[3]] += n
        name = self.lang if place == 1 else self.platform
        title = w("by_lang" if place == 1 else "by_platform")
        order = sorted(counts, key=lambda k: (-counts[k].total(), k))
        kept, rest = order[:_MOST_BARS], order[_MOST_BARS:]
        merged = [(name(k), counts[k]) for k in kept]
        if rest:
            merged.append((w("others"), sum((counts[k] for k in rest), Counter())))
        bars, rows = [], []
        for label, found in merged:
            n = found.total()
            flag, review, lost = (wilson(found[d], n) for d in ("flag", "review", "unsupported"))
            bars.append(Bar(_cut(label), flag.value, w.share(flag.value), flag.low, flag.high, "flag"))
            rows.append((label, w.number(n), self.shown(flag), w.share(review.value), w.share(lost.value)))
        header = (
            w("c_language" if place == 1 else "c_platform"), w("c_posts"), w.name("decisions", "flag"),
            w.name("decisions", "review"), w.name("decisions", "unsupported"),
        )  # fmt: skip
        return Figure(title, self.charts.bars(title, bars), Table(title, header, tuple(rows)))

    def most_told(self) -> Figure | None:
        """Narratives by number of posts."""
        w = self.words
        if not self.told_posts:
            return None
        order = sorted(self.told_posts, key=lambda id: (-self.told_posts[id], id))
        rows = [Bar(self.name(id), n, w.number(n), kind="flag") for id in order if (n := self.told_posts[id])]
        table = Table(w("most_told"), (w("c_narrative"), w("c_posts")), tuple((r.label, r.shown) for r in rows))
        return Figure(w("most_told"), self.charts.bars(w("most_told"), rows), table)

    def pairs(self, what: str) -> Figure | None:
        """Narratives against targets, languages or platforms (``targets``, ``lang``, ``platform``)."""
        w = self.words
        cells: Counter[tuple[str, str]] = Counter()
        name: Callable[[str], str]
        if what == "targets":
            name, title, head = self.target, w("pairs"), w("c_target")
            for (decision, labels, targets), n in self.tally.targets.items():
                if decision == "flag":
                    for id in ids_of(labels):
                        for target in targets.split(";"):
                            if target in TARGETS:
                                cells[id, target] += n
        else:
            place = 1 if what == "lang" else 2
            name = self.lang if what == "lang" else self.platform
            title, head = w(f"narratives_by_{what}"), w("c_language" if what == "lang" else "c_platform")
            for key, n in self.tally.labels.items():
                if key[3] == "flag":
                    for id in ids_of(key[4]):
                        cells[id, key[place]] += n
        columns = [c for c, _ in _totals(cells, 1).most_common(_MOST_COLUMNS)]
        if not columns:
            return None
        rows = [id for id, _ in _totals(cells, 0).most_common()]
        grid = [(self.name(id), [cells[id, c] for c in columns]) for id in rows]
        shown = [w.number(n) if n else "" for _, counts in grid for n in counts]
        most = sorted(cells.items(), key=lambda item: (-item[1], item[0]))[:_MOST_PAIRS]
        pairs = tuple((self.name(a), name(b), w.number(n)) for (a, b), n in most)
        table = Table(title, (w("c_narrative"), head, w("c_posts")), pairs)
        chart = self.charts.grid(title, grid, len(columns), shown)
        return Figure(title, chart, table, w("pairs_is"), legend=tuple(name(c) for c in columns))

    def stances(self) -> tuple[Figure, str, str] | None:
        """What writers do with the narratives they take up; the share that counters; what is countered most."""
        w = self.words
        found: Counter[str] = Counter()
        for (stance, _, taken_up), n in self.tally.stances.items():
            if stance and taken_up:
                found[stance] += n
        total = sum(n for stance, n in found.items() if stance != "none")
        if not total:
            return None
        order = [s for s in ("asserted", "countered", "reported", "self") if found[s]]
        shares = {s: wilson(found[s], total) for s in order}
        rows = [Bar(w.name("stances", s), x.value, w.share(x.value), x.low, x.high, s) for s, x in shares.items()]
        table = Table(
            w("h_stance"),
            (w("c_stance"), w("c_posts"), w("c_share"), w("c_interval")),
            tuple((w.name("stances", s), w.number(x.hits), w.share(x.value), w.interval(x.low, x.high))
                  for s, x in shares.items()),
        )  # fmt: skip
        countered = wilson(found["countered"], total)
        line = w("stance_line", share=w.share(countered.value), interval=w.interval(countered.low, countered.high))
        answered: Counter[str] = Counter()
        for (mentioned, stance), n in self.tally.mentions.items():
            if stance == "countered":
                for id in ids_of(mentioned):
                    answered[id] += n
        names = ", ".join(self.name(id) for id, _ in answered.most_common(3))
        figure = Figure(w("h_stance"), self.charts.bars(w("h_stance"), rows, 1.0), table)
        return figure, line, w("answered_most", names=names) if names else ""

    def severities(self) -> Figure | None:
        """Levels of the wording among flagged posts."""
        w = self.words
        found: Counter[str] = Counter()
        for (level, decision), n in self.tally.severities.items():
            if decision == "flag" and level:
                found[level.split(".")[0]] += n
        total = found.total()
        if not total:
            return None
        bars, rows = [], []
        for level in ("1", "2", "3", "4"):
            share = wilson(found[level], total)
            label = f"{level}. {w.name('severity', level)}"
            bars.append(Bar(label, share.value, w.share(share.value), share.low, share.high, f"v{level}"))
            rows.append((label, w.number(share.hits), w.share(share.value), w.interval(share.low, share.high)))
        header = (w("c_severity"), w("c_posts"), w("c_share"), w("c_interval"))
        title = w("h_severity")
        return Figure(title, self.charts.bars(title, bars, 1.0), Table(title, header, tuple(rows)))

    def growth(self) -> dict[str, Any]:
        """New and growing narratives; ``found`` is ``None`` where there is too little to compare."""
        w = self.words
        totals: Counter[int] = Counter()
        told: dict[str, Counter[int]] = defaultdict(Counter)
        for (week, _, _, decision), n in self.tally.fresh_decisions.items():
            if week is not None and decision != "unsupported":
                totals[week] += n
        for (week, _, _, decision, labels), n in self.tally.fresh_labels.items():
            if week is not None and decision == "flag":
                for id in ids_of(labels):
                    told[id][week] += n
        found = comparison(totals, told)
        if found is None:
            return {"how": "", "rows": None}
        first, last = (w.day(date.fromordinal(d)) for d in (found.now[0], found.now[1] + 6))
        before, until = (w.day(date.fromordinal(d)) for d in (found.before[0], found.before[1] + 6))
        how = w("growth_how", **{"from": first, "until": last, "before_from": before, "before_until": until})
        rows = tuple(
            (
                f"{self.name(g.id)}: {w('new' if g.new else 'growing')}",
                w.share(g.before.value),
                w.share(g.now.value),
                w.number(g.p, 3) if g.p >= 0.001 else f"< {w.number(0.001, 3)}",
            )
            for g in found.grown
        )
        table = Table(w("h_growth"), (w("c_narrative"), w("c_before"), w("c_now"), w("c_p")), rows)
        return {"how": how, "rows": table if rows else ()}

    def common_language(self, id: str | None = None) -> str:
        """The language in which most flagged posts, or most of one narrative, are written."""
        found: Counter[str] = Counter(self.told_lang[id]) if id else Counter()
        if not found:
            for key, n in self.tally.decisions.items():
                found[key[1]] += n * (3 if key[3] == "flag" else 1)
        known = [(n, code) for code, n in found.items() if code in LANGUAGES or code == "bcms"]
        return max(known)[1] if known else "und"

    def languages(self, least: float = 0.01) -> list[str]:
        """Languages that a hundredth of the posts or more are in, the commonest first."""
        found = self._sum(1)
        total = found.total()
        return [c for c, n in found.most_common() if n >= least * total and (c in LANGUAGES or c == "bcms")]


def _totals(cells: Mapping[tuple[str, str], int], at: int) -> Counter[str]:
    out: Counter[str] = Counter()
    for key, n in cells.items():
        out[key[at]] += n
    return out


def _cut(label: str) -> str:
    return label if len(label) <= _LABEL else label[: _LABEL - 1] + "…"
