"""Which posts a person reads, and in what order.

Less exposure beats softer exposure (Das et al. 2020; Lewitzka et al. 2026 found no benefit of blurring): one exemplar
stands for all copies, labels take turns, calm posts are mixed in, the heaviest come early, and the last one is calm.
The figures below are design guesses, not clinical doses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from random import Random
from typing import Any, Protocol

from narratives.taxonomy import NARRATIVES
from narratives.text import fold, redact

UNLABELLED = "other"
"""Stands for the label of posts that have none, or only the broad ``hate`` and ``offensive``."""

CALM = "calm"
"""Counter-speech, reports and harmless posts."""

CALM_EVERY = 5
"""Every so many items, one is calm."""

HEAVY = 4
"""Severity that does not appear in the last quarter of a queue."""

_KEPT = 40  # candidates remembered for each item that will be shown, a label
_ALIKE = 0.7  # share of word triples in common from which two posts are copies
_NOISE = re.compile(r"@\w+|\[?[A-Z]{2,}\]|https?://\S+|[\W\d_]+")


class Scored(Protocol):
    """A row of a scored file; see ``batch.scored.ScoredRow``."""

    @property
    def number(self) -> int:
        """Position in the file, from 1."""
        ...

    @property
    def text(self) -> str:
        """The post."""
        ...

    @property
    def scores(self) -> Mapping[str, Any]:
        """Values of the columns of ``frames.COLUMNS``."""
        ...


@dataclass(frozen=True, slots=True)
class Item:
    """A post to be judged.

    Attributes:
        row: Position in the scored file, from 1.
        text: The post.
        label: The narrative under which it is queued, :data:`UNLABELLED` or :data:`CALM`.
        scores: What the model said.
        copies: Rows of the file with the same or nearly the same post, itself included.
        digest: Identifies the post without holding it.
    """

    row: int
    text: str = field(repr=False)
    label: str
    scores: Mapping[str, Any] = field(repr=False)
    copies: int = 1
    digest: str = ""

    @property
    def severity(self) -> int:
        """Severity of the language, 0 where the model does not say."""
        return self.scores.get("language_severity") or 0


@dataclass(frozen=True, slots=True)
class Overview:
    """What a scored file holds, before anybody reads a word of it.

    Attributes:
        rows: All rows.
        decisions: Rows by decision.
        labels: Rows by label.
        severities: Rows by severity.
        models: Models that scored them.
    """

    rows: int
    decisions: Mapping[str, int]
    labels: Mapping[str, int]
    severities: Mapping[int, int]
    models: tuple[str, ...]


def digest(text: str) -> str:
    """A short code for a post.

    >>> digest("da") == digest("da"), len(digest("da"))
    (True, 16)
    """
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def build(
    rows: Iterable[Scored],
    *,
    size: int,
    without: Collection[str] = (),
    done: Collection[tuple[int, str]] = (),
    seed: int = 0,
) -> tuple[Overview, list[Item]]:
    """Go through a scored file once and choose what a person is to read.

    Posts that are flagged or left to a person are queued under their narrative; labels take turns, and within one those
    left to a person come first. Memory depends on the number of labels and of different posts found, not on the
    length of the file.

    Args:
        rows: The scored file.
        size: Most items.
        without: Narratives the reader does not want to see; a post that has one of them at all is left out.
            :data:`UNLABELLED` leaves out posts without a narrative.
        done: ``(row, digest)`` of posts that are judged already; their copies are left out too.
        seed: For the draw where there are more candidates than places.

    Returns:
        Counts, and the queue.
    """
    decisions, labels, severities, copies = Counter[str](), Counter[str](), Counter[int](), Counter[bytes]()
    models: dict[str, None] = {}
    pools: dict[str, _Pool] = {}
    judged: set[bytes] = set()
    total = 0
    for row in rows:
        total += 1
        said = row.scores
        decisions[said["decision"] or "unsupported"] += 1
        labels.update(said["labels"] or ())
        severities[said.get("language_severity") or 0] += 1
        models.setdefault(str(said["model"]))
        label = _label(said)
        if label is None or not row.text.strip():
            continue
        shut_out = not set(without).isdisjoint({label, *(said["labels"] or ()), *(said.get("mentioned") or ())})
        seen_before = bool(done) and (row.number, digest(row.text)) in done
        pool = pools.setdefault(label, _Pool(_KEPT * max(size, 1), Random(f"{seed} {label}")))  # noqa: S311
        if label == CALM:  # most of a file: whether one is a copy does not matter, and would cost time for each
            if not (shut_out or seen_before):
                pool.add(Item(row.number, row.text, label, said), b"")
            continue
        key = _key(row.text, said.get("lang") or "")
        copies[key] += 1
        if seen_before:
            judged.add(key)
        if not shut_out and copies[key] == 1:
            pool.add(Item(row.number, row.text, label, said), key)
    overview = Overview(total, dict(decisions), dict(labels), dict(sorted(severities.items())), tuple(models))
    distinct = {
        label: _distinct([(item, copies[key] or 1) for item, key in pool.kept if key not in judged], size)
        for label, pool in pools.items()
    }
    return overview, ordered(distinct, size)


def ordered(pools: Mapping[str, list[Item]], size: int) -> list[Item]:
    """Take turns over the labels, mix in calm posts, keep the heaviest out of the last quarter, end calmly.

    >>> items = {k: [Item(i, "", k, {}) for i in range(3)] for k in ("a", "b", CALM)}
    >>> [item.label for item in ordered(items, 7)]
    ['a', 'b', 'a', 'b', 'a', 'b', 'calm']
    """
    calm = list(pools.get(CALM, ()))
    turns = [list(items) for label, items in sorted(pools.items()) if label != CALM]
    hard: list[Item] = []
    while any(turns):
        hard += [items.pop(0) for items in turns if items]
    calm = calm[: max(1, size // CALM_EVERY, size - len(hard))]
    hard = hard[: size - len(calm)]
    last = calm[-1:]
    calm = calm[:-1]
    queue: list[Item] = []
    for item in hard:
        queue.append(item)
        if calm and len(queue) % CALM_EVERY == CALM_EVERY - 1:
            queue.append(calm.pop(0))
    return _heavy_early([*queue, *calm, *last])


def _heavy_early(queue: list[Item]) -> list[Item]:
    """Swap the heaviest out of the last quarter, with the nearest lighter item before it; leave out what cannot be."""
    while True:
        edge = len(queue) - len(queue) // 4
        late = next((i for i in range(edge, len(queue)) if queue[i].severity >= HEAVY), None)
        if late is None:
            return queue
        light = next((i for i in range(edge - 1, -1, -1) if queue[i].severity < HEAVY), None)
        if light is None:
            del queue[late]
        else:
            queue[late], queue[light] = queue[light], queue[late]


def _label(said: Mapping[str, Any]) -> str | None:
    """Where a row is queued: under its first narrative, as calm, or not at all."""
    found = [label for label in said["labels"] or () if label in NARRATIVES]
    if said["decision"] in {"flag", "review"}:
        return found[0] if found else UNLABELLED
    return CALM if said["decision"] == "clear" else None


def _key(text: str, lang: str) -> bytes:
    """The same for posts that differ in case, accents, names, links, numbers and punctuation only."""
    words = _NOISE.sub(" ", fold(redact(text).text, lang or "und")).split()
    return blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=8).digest()


class _Pool:
    """A few of many, each as likely as any other (Vitter 1985, algorithm R); those left to a person go first."""

    def __init__(self, size: int, random: Random) -> None:
        self._size, self._random, self._seen = size, random, 0
        self.kept: list[tuple[Item, bytes]] = []

    def add(self, item: Item, key: bytes) -> None:
        self._seen += 1
        if len(self.kept) < self._size:
            self.kept.append((item, key))
        elif (place := self._random.randrange(self._seen)) < self._size:
            self.kept[place] = (item, key)


def _distinct(candidates: list[tuple[Item, int]], size: int) -> list[Item]:
    """The best items, one for each group of posts that are nearly the same, with the number of copies."""
    order = sorted(candidates, key=lambda c: (c[0].scores["decision"] != "review", -c[1], c[0].row))
    chosen: list[tuple[Item, set[str]]] = []
    out: dict[int, int] = {}
    for item, count in order:
        triples = _triples(item.text)
        near = next((i for i, (_, other) in enumerate(chosen) if _alike(triples, other)), None)
        if near is not None:
            out[near] += count
        elif len(chosen) < size:
            out[len(chosen)] = count
            chosen.append((item, triples))
    return [replace(item, copies=out[i], digest=digest(item.text)) for i, (item, _) in enumerate(chosen)]


def _triples(text: str) -> set[str]:
    words = _NOISE.sub(" ", fold(text, "und")).split()
    return {" ".join(words[i : i + 3]) for i in range(max(len(words) - 2, 1))}


def _alike(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= _ALIKE * len(one | other)
