"""Counts of a scored file, gathered in one pass: how many of what, when, where, in which language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from narratives.report.copies import Copies, Seen
from narratives.report.dates import NONE, ordinals
from narratives.report.letters import fingerprints
from narratives.taxonomy import NARRATIVES

_SLICE = 1 << 13
_MOST_NAMES, _LONGEST_NAME = 300, 60
OTHER = "\u2026"
"""Stands for all platforms beyond the first few hundred."""


@dataclass(slots=True)
class Tally:
    """What is in a scored file. Every table is a counter; a week is the ordinal of its Monday, ``None`` if undated.

    Attributes:
        decisions: (week, lang, platform, decision).
        labels: (week, lang, platform, labels); labels as in the file, only where there are some.
        targets: (labels, targets) of flagged posts.
        stances: (stance, decision, takes up a narrative).
        mentions: (mentioned, stance).
        severities: (severity, decision).
        statuses: (row status,).
        models: (model,).
        fresh_decisions: As ``decisions``, but a text counts once a week.
        fresh_labels: As ``labels``, likewise.
        copies: Near-duplicates among posts flagged or left to a person.
        has: Columns that hold anything at all.
        days: Earliest and latest day, as ordinals; ``None`` where there is no date.
        undated: Rows with a date that could not be read.
    """

    decisions: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    labels: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    targets: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    stances: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    mentions: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    severities: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    statuses: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    models: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    fresh_decisions: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    fresh_labels: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    copies: Copies = field(default_factory=Copies)
    has: set[str] = field(default_factory=set)
    days: tuple[int, int] | None = None
    undated: int = 0
    _seen: Seen = field(default_factory=Seen)
    _platforms: set[str] = field(default_factory=set)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(self.decisions.values())

    def add(self, table: Any) -> None:
        """Count one table from :func:`~narratives.report.reading.tables`."""
        self.has |= {name for name in table.column_names if table[name].null_count < table.num_rows}
        days, weeks = self._dates(table["date"].combine_chunks())
        plain = {name: pc.fill_null(table[name], "").combine_chunks() for name in table.column_names}
        plain["platform"] = self._limited(plain["platform"])
        fresh = np.ones(table.num_rows, np.bool_)
        if "text" in self.has:
            for start in range(0, table.num_rows, _SLICE):
                part = {name: column.slice(start, _SLICE) for name, column in plain.items()}
                fresh[start : start + _SLICE] = self._texts(
                    part, days[start : start + _SLICE], weeks[start : start + _SLICE]
                )
        plain |= {"week": pa.array(weeks), "fresh": pa.array(fresh.astype(np.int32))}
        plain["taken_up"] = pc.or_(_tells(plain["labels"]), pc.not_equal(plain["mentioned"], ""))
        whole = pa.table(plain)
        labelled = whole.filter(pc.not_equal(whole["labels"], ""))
        where = ["week", "lang", "platform"]
        for counter, source, keys, distinct in (
            (self.decisions, whole, [*where, "decision"], self.fresh_decisions),
            (self.labels, labelled, [*where, "decision", "labels"], self.fresh_labels),
            (self.targets, labelled, ["decision", "labels", "targets"], None),
            (self.stances, whole, ["stance", "decision", "taken_up"], None),
            (self.mentions, whole.filter(pc.not_equal(whole["mentioned"], "")), ["mentioned", "stance"], None),
            (self.severities, whole, ["language_severity", "decision"], None),
            (self.statuses, whole, ["row_status"], None),
            (self.models, whole, ["model"], None),
        ):
            _count(counter, source, keys, distinct)

    def _dates(self, column: Any) -> tuple[Any, Any]:
        """Days and Mondays as ordinals, (n,) each."""
        iso = pc.fill_null(pc.match_substring_regex(column, r"^\d{4}-\d\d-\d\d"), False)
        column = pc.if_else(iso, pc.utf8_slice_codeunits(column, 0, 10), column)
        coded = column.dictionary_encode()
        known = np.append(ordinals(coded.dictionary.to_pylist()), np.int32(NONE))
        places = pc.fill_null(coded.indices, len(known) - 1).to_numpy(zero_copy_only=False)
        days = known[places]
        dated = days[days != NONE]
        self.undated += int((days == NONE).sum()) - column.null_count
        if len(dated):
            low, high = int(dated.min()), int(dated.max())
            self.days = (low, high) if self.days is None else (min(low, self.days[0]), max(high, self.days[1]))
        return days, np.where(days == NONE, NONE, days - (days - 1) % 7).astype(np.int32)

    def _limited(self, column: Any) -> Any:
        """Platforms without blanks around and of bearable length, those beyond a number as one."""
        coded = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(column), 0, _LONGEST_NAME).dictionary_encode()
        names = []
        for name in coded.dictionary.to_pylist():
            if name not in self._platforms and len(self._platforms) < _MOST_NAMES:
                self._platforms.add(name)
            names.append(name if name in self._platforms else OTHER)
        return pa.array(names, pa.string()).take(coded.indices)

    def _texts(self, part: Mapping[str, Any], days: Any, weeks: Any) -> Any:
        wanted = pc.is_in(part["decision"], pa.array(["flag", "review"])).to_numpy(zero_copy_only=False)
        prints = fingerprints(part["text"], wanted)
        if len(prints.rows):
            rows = pa.array(prints.rows)
            few = {n: dict(zip(prints.rows.tolist(), part[n].take(rows).to_pylist(), strict=True))
                   for n in ("lang", "platform", "labels")}  # fmt: skip
            when = [None if day == NONE else int(day) for day in days]
            self.copies.add(prints, part["text"], when, few["lang"], few["platform"], few["labels"])
        return self._seen.fresh(prints.whole, weeks)


def _tells(labels: Any) -> Any:
    return pc.match_substring_regex(labels, "|".join(NARRATIVES))


def _count(
    counter: Counter[tuple[Any, ...]], table: Any, keys: Sequence[str], distinct: Counter[tuple[Any, ...]] | None
) -> None:
    if not table.num_rows:
        return
    found = table.group_by(list(keys)).aggregate([("fresh", "count"), ("fresh", "sum")])
    columns = [found[key].to_pylist() for key in keys]
    if "week" in keys:
        columns[0] = [None if week == NONE else week for week in columns[0]]
    for key, posts, texts in zip(
        zip(*columns, strict=True), found["fresh_count"].to_pylist(), found["fresh_sum"].to_pylist(), strict=True
    ):
        counter[key] += posts
        if distinct is not None:
            distinct[key] += texts


def tally(tables: Iterable[Any]) -> Tally:
    """Count a whole file."""
    out = Tally()
    for table in tables:
        out.add(table)
    return out
