"""``narratives reply``, ``check-draft`` and ``worksheet``: what to say instead, and whether to say it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from narratives.responses.draft import DraftCheck
    from narratives.responses.reply import Reply, Suggestion
    from narratives.results import PostScore

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
_Country = Annotated[str, typer.Option(help="Country whose norms and routes are used, such as RS; see `routes`.")]
_Model = Annotated[str | None, typer.Option(help="Name of a shipped model, or a model folder.")]
_Lang = Annotated[str | None, typer.Option(help="Language and script, such as sr-Latn; else detected.")]


def reply(
    country: _Country,
    text: Annotated[str | None, typer.Argument(help="The post; - reads it from standard input.")] = None,
    narrative: Annotated[str | None, typer.Option(help="The narrative you recognise; with it the post may go.")] = None,
    audience: Annotated[str, typer.Option(help="base, middle, targeted, decision or author.")] = "middle",
    channel: Annotated[str, typer.Option(help="comment, post or statement.")] = "comment",
    strategy: Annotated[str | None, typer.Option(help="One strategy only, such as empathy.")] = None,
    n: Annotated[int, typer.Option("-n", min=1, help="At most so many replies.")] = 3,
    lang: _Lang = None,
    slot: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="Fill a gap, such as contact=…")] = None,
    severity: Annotated[int | None, typer.Option(min=0, max=4, help="Severity, where a person has judged it.")] = None,
    named_person: Annotated[
        bool | None, typer.Option(help="Whether it names somebody who could come to harm; else looked for.")
    ] = None,
    child: Annotated[bool, typer.Option("--child", help="A child is concerned.")] = False,
    reach: Annotated[int | None, typer.Option(min=0, help="How many people are likely to see the post.")] = None,
    tired: Annotated[bool, typer.Option("--tired", help="You have had enough for now.")] = False,
    model: _Model = None,
    as_json: _Json = False,
) -> None:
    """Say whether to answer a post, and suggest replies grounded in rights that bind in the country.

    The post is never shown. Every text is a draft until a native and a migrant-led reader have signed it.
    """
    from narratives.responses.suggest import suggest

    slots = _pairs(slot or [])
    if text is None and narrative is None:
        raise typer.BadParameter("give a post, or --narrative")
    post = _read(text) if text is not None else None
    score: PostScore | str = _score(post, lang, model) if post is not None else str(narrative)
    found = suggest(
        score,
        country=country,
        audience=audience,
        channel=channel,
        strategy=strategy,
        n=n,
        lang=lang,
        narrative=narrative if post is not None else None,
        post=post,
        slots=slots,
        severity=severity,
        named_person=named_person,
        child=child,
        reach=reach,
        tired=tired,
    )
    typer.echo(json.dumps(found.to_dict(), ensure_ascii=False) if as_json else _suggestion(found))


def check_draft(
    file: Annotated[Path, typer.Argument(help="File that holds the draft; - reads standard input.")],
    lang: Annotated[str, typer.Option(help="Language of the draft, such as sr.")],
    country: Annotated[str | None, typer.Option(help="Where it will be published.")] = None,
    consent: Annotated[bool, typer.Option("--consent", help="Those whose story it tells agree to this text.")] = False,
    post_severity: Annotated[int | None, typer.Option(min=0, max=4, help="Severity of the post it answers.")] = None,
    model: Annotated[str | None, typer.Option(help="Also have this model read the draft, such as `default`.")] = None,
    export: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Write the mended draft here if it may go.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why it may go despite a stop; kept beside OUT.")] = None,
    as_json: _Json = False,
) -> None:
    """Look over a message before it is published: seventeen rules, then questions that only people can answer.

    Exit code 1 means that something was found that must not be published.
    """
    from narratives.responses.draft import check_draft as check

    draft = _read_file(file)
    scorer = None
    if model is not None:
        from narratives.scorer import load

        scorer = load(model)
    found = check(draft, lang, country=country, consent=consent, post_severity=post_severity, scorer=scorer)
    typer.echo(json.dumps(found.to_dict(), ensure_ascii=False) if as_json else _checked(found))
    allowed = not found.stopped or bool(reason and reason.strip())
    if export is not None and allowed:
        export.write_text(found.fixed, encoding="utf-8")
        if found.stopped:
            codes = ", ".join(f.code for f in found.findings if f.level == "stop")
            export.with_suffix(".reason.txt").write_text(f"{codes}: {reason}\n", encoding="utf-8")
    if export is not None and not allowed:
        typer.echo("narratives: not written, because of a stop; mend the draft, or give --reason", err=True)
    if found.stopped and not (export is not None and allowed):
        raise typer.Exit(1)


def worksheet(
    text: Annotated[str, typer.Argument(help="The post; - reads it from standard input.")],
    answer: Annotated[
        list[str] | None, typer.Option(metavar="FACTOR=TEXT", help="What a person has found, such as speaker=…")
    ] = None,
    lang: _Lang = None,
    model: _Model = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show hostile words unmasked.")] = False,
    as_json: _Json = False,
) -> None:
    """Prepare a Rabat worksheet: one factor pre-filled with evidence, five questions for a person, no verdict."""
    from narratives.responses.worksheet import worksheet as prepare

    answers = _pairs(answer or [])
    sheet = prepare(_score(_read(text), lang, model), answers)
    shown = json.dumps(sheet.to_dict(), ensure_ascii=False) if as_json else sheet.to_markdown(reveal=reveal)
    typer.echo(shown)


def _pairs(given: Sequence[str]) -> dict[str, str]:
    out = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals:
            raise typer.BadParameter(f"{name!r} has no value; expected NAME=VALUE")
        out[name.strip()] = value
    return out


def _read(text: str) -> str:
    """The post from the command line or standard input."""
    from narratives.errors import InputError

    post = sys.stdin.buffer.read().decode("utf-8", "replace") if text == "-" else text
    if not post.strip():
        raise InputError("the post is empty; expected a text")
    return post


def _read_file(file: Path) -> str:
    from narratives.errors import InputError, MissingFileError

    if str(file) == "-":
        return _read("-")
    if not file.is_file():
        raise MissingFileError(f"there is no file {file}")
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{file} is not UTF-8; convert it first") from None


def _score(post: str, lang: str | None, model: str | None) -> PostScore:
    from narratives.languages import resolve

    if lang is not None:
        resolve(lang)  # before the model is read: a wrong code should not cost a second
    from narratives.scorer import load

    return next(iter(load(model).score_many([post], lang=lang, evidence=True)))


def _suggestion(found: Suggestion) -> str:
    rows = [f"{found.triage.action.upper().replace('_', ' ')}: {found.triage.why}"]
    rows += [f"  {number}. {step}" for number, step in enumerate(found.triage.steps, 1)]
    if found.narrative:
        rows += ["", f"narrative: {found.narrative}"]
    if found.why_empty:
        rows += ["", f"No reply is suggested. {found.why_empty}"]
    for number, entry in enumerate(found.replies, 1):
        rows += ["", *_reply(entry, f"{number}. {entry.strategy}, {entry.channel}, {entry.lang}")]
    for entry in found.protocol:
        rows += ["", *_reply(entry, f"For people at risk or officials, {entry.lang}")]
    rows += ["", f"Do not over-claim: {found.over_claim}"] if found.over_claim else []
    if found.withheld:
        rows += ["", "Not cited, because it does not bind there:"]
        rows += [f"  - {norm.citation}: {norm.reason}" for norm in found.withheld]
    rows += [f"note: {note}" for note in found.notes]
    if found.routes:
        from narratives.cli.responses_data import route_lines

        rows += ["", "Where to turn:", *(line for route in found.routes for line in route_lines(route))]
    rows += ["", found.footnote] if found.footnote else []
    return "\n".join(rows)


def _reply(entry: Reply, title: str) -> list[str]:
    rows = [f"{title}  [{entry.status}]", *(f"    {line}" for line in entry.text.splitlines()), f"  why: {entry.why}"]
    rows += [f"  right: {norm.sentence(entry.lang)} — {_cited(norm)}" for norm in entry.rights]
    rows += [f"  avoid: {line}" for line in entry.avoid]
    return rows + [f"  note: {line}" for line in entry.notes]


def _cited(norm: Any) -> str:
    return str(norm.citation) if norm.binding else f"{norm.citation} (guidance, not binding)"


def _checked(found: DraftCheck) -> str:
    rows = ["STOP" if found.stopped else "PASSED" if found.passed else "THINK AGAIN"]
    for entry in found.findings:
        rows.append(f"{entry.level.upper():5} {entry.code} at {entry.start}–{entry.end}: {entry.reason}")
        rows += [f"      better: {entry.better}"] if entry.better else []
    if not found.findings:
        rows.append("No rule found anything. Rules cannot judge: have somebody else read it.")
    rows += ["", "For people to answer:"]
    return "\n".join(rows + [f"  - {question.principle}: {question.text}" for question in found.checklist])


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(reply)
    app.command(name="check-draft")(check_draft)
    app.command()(worksheet)
