"""A report as one HTML file that asks for nothing from outside."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from narratives import __version__
from narratives.backends.base import model_folder
from narratives.errors import MissingFileError, NarrativesError, UnknownNameError
from narratives.report.answers import answers
from narratives.report.events import Event
from narratives.report.figures import wilson
from narratives.report.limits import Measured, limits
from narratives.report.sections import View, ids_of
from narratives.report.shown import shown
from narratives.report.tally import Tally
from narratives.report.timeline import timeline
from narratives.report.wording import Words
from narratives.responses.norms import kosovo_footnote
from narratives.scorer import Scorer, load

_HERE = Path(__file__).parent
_MOST_COPIES = 12
_STATUSES = ("null_text", "not_text", "truncated", "unknown_lang")

# opens what is folded for printing, and folds it again; browsers without it print it all the same where they know
# ::details-content
_SCRIPT = (
    "addEventListener('beforeprint',()=>document.querySelectorAll('details:not([open])').forEach(d=>{d.open=true;"
    "d.dataset.p=''}));addEventListener('afterprint',()=>document.querySelectorAll('details[data-p]').forEach(d=>"
    "{d.open=false;delete d.dataset.p}))"
)


@dataclass(frozen=True, slots=True)
class Model:
    """The model that scored a file.

    Attributes:
        name: Its name.
        version: Its version.
        sha256: Its digest, whole where the model is at hand, else the first digits.
        whole: Whether the digest is whole.
        several: Whether other models scored rows of the file too.
        scorer: The model itself, where it is at hand.
        folder: Its folder, likewise.
    """

    name: str
    version: str
    sha256: str
    whole: bool
    several: bool
    scorer: Scorer | None
    folder: Path | None


def model_of(models: Counter[tuple[Any, ...]], given: str | Path | None) -> Model:
    """Find the model that scored most rows of a file.

    Args:
        models: Cells of the column ``model`` with numbers.
        given: Model to look at first: a folder or a shipped name.
    """
    written = [(str(cell), n) for (cell,), n in models.most_common() if cell]
    name, version, digest = _parts(written[0][0] if written else "")
    for candidate in dict.fromkeys((given, name, None)):
        if candidate == "":
            continue
        try:
            folder = model_folder(candidate)
            scorer = load(candidate)
        except (UnknownNameError, MissingFileError):
            if candidate is given and given is not None:
                raise
            continue
        except NarrativesError:
            continue
        if digest and scorer.info.sha256.startswith(digest):
            return Model(name, version, scorer.info.sha256, True, len(written) > 1, scorer, folder)
    return Model(name, version, digest, False, len(written) > 1, None, None)


def _parts(cell: str) -> tuple[str, str, str]:
    """Name, version and first digits of the digest; a formula-proof apostrophe before them is not part of the name."""
    parts = cell.lstrip("'").rsplit(" ", 2)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else (cell, "", "")


def render(
    tally: Tally,
    words: Words,
    *,
    source: str,
    title: str | None,
    by: str,
    events: Sequence[Event],
    model: Model,
    country: str | None,
    today: date,
) -> str:
    """The page.

    Args:
        tally: Counts of the file.
        words: Language of the page.
        source: Name of the file.
        title: Title; that of the language when ``None``.
        by: ``week``, ``lang`` or ``platform``: what comes first.
        events: Events to mark.
        model: The model that scored it.
        country: Country whose rights answers rest on; ``None`` leaves answers out.
        today: Day of the report.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    view = View(tally, words)
    template = environment.get_template("page.html.j2")
    values = {
        "w": words,
        "title": title or words("title"),
        "made": words("made", day=words.day(today), version=__version__),
        "scored": _scored(tally, words),
        "headline": view.shown(wilson(view.by_decision.get("flag", 0), tally.rows)),
        "decisions": view.decisions(),
        "source": source,
        "model": model,
        "amiss": _amiss(tally, words),
        "has_narratives": view.has_narratives,
        "time": timeline(view, events),
        "growth": view.growth() if view.has_narratives else None,
        "most_told": view.most_told(),
        "pairs": view.pairs("targets"),
        "where": _where(view, by),
        "grouped": any(key[1] == "bcms" for key in tally.decisions),
        "stances": view.stances(),
        "severities": view.severities(),
        "copies": _copies(view, model.scorer),
        "answers": answers(view, country) if country and view.has_narratives else [],
        "country": words.name("countries", country) if country else "",
        "limits": _limits(view, model),
        "order": _order(by),
        "script": _SCRIPT,
        "script_hash": base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode(),
    }
    page = template.render(**values, kosovo="")
    note = kosovo_footnote(page)
    return template.render(**values, kosovo=note) if note else page


def _order(by: str) -> tuple[str, ...]:
    parts = ("time", "growth", "told", "where")
    return parts if by == "week" else ("where", "time", "growth", "told")


def _scored(tally: Tally, w: Words) -> str:
    posts = w.count("posts", tally.rows)
    if tally.days is None:
        return w("scored", posts=posts)
    first, last = (w.day(date.fromordinal(day)) for day in tally.days)
    return w("scored_dated", posts=posts, first=first, last=last)


def _amiss(tally: Tally, w: Words) -> str:
    found: Counter[str] = Counter()
    for (status,), n in tally.statuses.items():
        if status and status != "ok":
            found[w(f"status_{status}" if status in _STATUSES else "status_other")] += n
    return ", ".join(f"{name}: {w.number(n)}" for name, n in found.most_common())


def _where(view: View, by: str) -> list[Any]:
    by_lang = [view.groups(1), view.pairs("lang")]
    by_platform = [view.groups(2), view.pairs("platform")] if "platform" in view.tally.has else []
    figures = [*by_platform, *by_lang] if by == "platform" else [*by_lang, *by_platform]
    return [figure for figure in figures if figure is not None]


def _copies(view: View, scorer: Scorer | None) -> dict[str, Any]:
    w, copies = view.words, view.tally.copies
    if "text" not in view.tally.has:
        return {"line": w("copies_no_text"), "groups": []}
    groups = copies.groups()
    if not groups:
        return {"line": w("copies_none"), "groups": []}
    total = sum(view.by_decision.get(d, 0) for d in ("flag", "review"))
    share = w.share(sum(g.count for g in groups) / total)
    shown_groups: list[dict[str, Any]] = []
    for group in groups[:_MOST_COPIES]:
        days = [w.day(date.fromordinal(d)) for d in (group.first, group.last) if d is not None]
        labels: Counter[str] = Counter()
        for cell, n in group.labels.items():
            labels.update(dict.fromkeys(ids_of(cell) or filter(None, cell.split(";")), n))
        shown_groups.append(
            {
                "count": w.number(group.count),
                "days": days[0] if len(set(days)) == 1 else w("to", low=days[0], high=days[1]) if days else "",
                "where": ", ".join(view.platform(p) for p, _ in group.platforms.most_common(4)),
                "labels": ", ".join(view.name(label) for label, _ in labels.most_common(4)),
                "lang": view.lang(group.lang),
                "words": shown(group.text, group.lang, scorer),
            }
        )
    line = w("copies_line", texts=w.count("texts", len(groups)), share=share)
    unmarked = any(not g["words"].evidence for g in shown_groups)
    return {"line": line, "groups": shown_groups, "some": bool(copies.forgotten), "unmarked": unmarked}


def _said(w: Words, m: Measured) -> list[str]:
    """What was measured on one set, in sentences."""
    said = []
    if m.right is not None and m.found is not None and not m.few:
        said.append(w("limits_found", right=w.number(100 * m.right), found=w.number(100 * m.found)))
    if m.harmless is not None:
        n, low, high = (w.number(100 * x) for x in m.harmless)
        said.append(w("limits_harmless", n=n, interval=w("to", low=low, high=high)))
    if not m.few:
        f1, low, high = (w.number(x, 2) for x in m.f1)
        said.append(w("limits_f1", f1=f1, interval=w("to", low=low, high=high)))
    return said


def _limits(view: View, model: Model) -> list[dict[str, Any]]:
    """What is known about the model in each language of the file, as plain sentences."""
    if model.scorer is None or model.folder is None:
        return []
    w, out = view.words, []
    for code in view.languages():
        found = limits(code, model.folder, model.sha256)
        rows = []
        for m in found.sets:
            name = w("limits_set", corpus=m.corpus, posts=w.count("posts", m.n))
            note = "limits_annotated" if m.annotated else "limits_authored" if m.authored else None
            name += f" ({w(note)})" if note else ""
            head = w(f"head_{m.head}") if m.head in {"hate", "offensive", "hostile"} else m.head
            rows.append((f"{head}: {name}", " ".join(_said(w, m))))
        alarms = [
            w("limits_alarm", n=w.number(100 * share), kind=w(f"kind_{kind}")) for kind, share in found.alarms.items()
        ]
        out.append({"lang": view.lang(code), "rows": rows, "alarms": alarms})
    return out
