"""``narratives review``: a person judges a few posts, from the keyboard, with as little reading as possible."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from narratives.review import Item, Overview, Session

_KEYS = """\
  o  open one step: first the words that decided, then the post (hostile words stay masked)
  h  hide again
  f  an attack on people for who they are     c  nothing of the kind     u  unsure
  l  say which labels apply, then f, c or u
  s  skip                                      x  no more of this narrative today, no reason asked
  m  this is about me: hide it, and what can help
  q  stop (Esc too); everything decided is saved     ?  this list"""
_ABOUT_ME = """\
It is hidden and will not be shown again in this sitting. You need not read, answer or document it yourself.
- Ask somebody you trust to keep a copy (screenshot, address, time, hash) if you want one kept.
- `narratives routes --country XX` lists where to report and who supports, with safety warnings.
- Stop here if you like: q. Nothing about you is stored."""
_CLOSING = (
    "That is all for now. Stand up, look far away, drink something. Hand over to somebody rather than go on long."
)


def review(
    scored: Annotated[Path, typer.Argument(metavar="SCORED", help="File written by narratives batch.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="File of decisions; SCORED's name with .decisions.jsonl if not given."),
    ] = None,
    max_items: Annotated[int, typer.Option(min=1, help="Most posts to judge.")] = 20,
    max_minutes: Annotated[float, typer.Option(min=0.1, help="Then it ends at the next post.")] = 25,
    without: Annotated[
        list[str] | None, typer.Option(metavar="LABEL", help="Narrative you do not want to see; repeatable.")
    ] = None,
    only_counts: Annotated[bool, typer.Option("--only-counts", help="Show the counts and stop.")] = False,
    text: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of the posts; else guessed.")] = None,
    seed: Annotated[int, typer.Option(help="Another one draws other posts.")] = 0,
    model: Annotated[
        str | None, typer.Option(help="Model that finds the deciding words; should be the one that scored.")
    ] = None,
) -> None:
    """Judge some posts of a scored file: counts first, text only when asked for, hostile words masked even then.

    Labels take turns, copies are shown once, calm posts are mixed in, and the heaviest never come last. Decisions are
    saved after each key; start again to go on. Nothing about you is stored, and nothing leaves this machine.
    """
    from narratives.batch.scored import read_scored
    from narratives.errors import unknown
    from narratives.review import Decisions, Session, build
    from narratives.review.queue import UNLABELLED
    from narratives.taxonomy import NARRATIVES

    for label in without or ():
        if label not in (known := [*NARRATIVES, UNLABELLED]):
            raise unknown("narrative", label, known)
    decisions = Decisions(out or scored.with_name(f"{scored.stem}.decisions.jsonl"))
    overview, queue = build(
        read_scored(scored, text=text), size=max_items, without=without or (), done=decisions.done, seed=seed
    )
    for line in _counted(overview):
        typer.echo(line)
    if only_counts:
        return
    if not queue:
        typer.echo("Nothing to judge: no post is flagged or left to a person, or all are judged.")
        return
    session = Session(queue, decisions, minutes=max_minutes, clock=time.monotonic)
    before = len(decisions.done)
    with _keyboard() as keys:
        _sit(session, keys, _Reader(model))
    typer.echo(_CLOSING)
    made = len(decisions.done) - before
    typer.echo(f"{made} decision{'' if made == 1 else 's'} saved in {decisions.path}")


def _counted(overview: Overview) -> Iterator[str]:
    yield f"{overview.rows:,} posts, scored by {', '.join(overview.models)}"
    yield "  " + ", ".join(f"{count:,} {name}" for name, count in sorted(overview.decisions.items()))
    for label, count in sorted(overview.labels.items(), key=lambda pair: -pair[1]):
        yield f"  {count:>9,}  {label}"
    if heavy := {level: count for level, count in overview.severities.items() if level}:
        yield "  severity " + ", ".join(f"{level}: {count:,}" for level, count in heavy.items())


def _sit(session: Session, keys: _Pipe, reader: _Reader) -> None:
    typer.echo("\nText is hidden. Keys:\n" + _KEYS)
    labels: tuple[str, ...] | None = None
    shown = None
    while (item := session.current) is not None:
        if shown is not item:
            shown, labels = item, None
            typer.echo("\n" + _card(item, session))
        key = keys.key()
        if key in {"q", "\x1b", ""}:
            return
        if key == "o":
            typer.echo(reader.evidence(item) if session.open() == 1 else reader.post(item))
        elif key == "h":
            session.close()
            _wipe()
            typer.echo(_card(item, session))
        elif key in {"f", "c", "u"}:
            _wipe(session.stage)
            session.decide({"f": "flag", "c": "clear", "u": "unsure"}[key], labels)  # type: ignore[arg-type]
        elif key == "l":
            labels = _ask_labels(keys, labels)
        elif key == "s":
            _wipe(session.stage)
            session.skip()
        elif key == "x":
            _wipe(session.stage)
            typer.echo(session.opt_out())
        elif key == "m":
            _wipe()
            session.skip()
            typer.echo(_ABOUT_ME)
        elif key == "?":
            typer.echo(_KEYS)


def _card(item: Item, session: Session) -> str:
    said = item.scores
    number, all_ = session.place
    figures = [f"{name} {said[name]:.2f}" for name in ("hate", "offensive") if said.get(name) is not None]
    parts = [
        f"[{number}/{all_}, {session.minutes_left} min]",
        str(said["decision"]),
        *(said["labels"] or ["no label"]),
        *([f"mentions {', '.join(said['mentioned'])}"] if said.get("mentioned") else []),
        *([f"about {', '.join(said['targets'])}"] if said.get("targets") else []),
        *([str(said["stance"])] if said.get("stance") else []),
        *([f"severity {item.severity}"] if said.get("language_severity") is not None else []),
        *figures,
        str(said.get("lang") or ""),
        f"row {item.row}",
        *([f"{item.copies:,} copies"] if item.copies > 1 else []),
    ]
    return " · ".join(part for part in parts if part)


def _ask_labels(keys: _Pipe, before: tuple[str, ...] | None) -> tuple[str, ...] | None:
    from narratives.errors import InputError
    from narratives.review.decisions import check_labels

    typer.echo("Labels, with blanks between them; none for nothing:")
    try:
        labels = check_labels(keys.line().split())
    except InputError as error:
        typer.echo(str(error))
        return before
    typer.echo(f"labels: {', '.join(labels) or 'none'}; now f, c or u")
    return labels


class _Reader:
    """Shows what was asked for, masked; the model is loaded only for that."""

    def __init__(self, model: str | None) -> None:
        self._model = model
        self._scorer: Any = None

    def evidence(self, item: Item) -> str:
        """The words that decided, and nothing around them."""
        from narratives.cli.show import excerpt
        from narratives.report.masked import masked
        from narratives.text import redact

        spans = self._spans(item)
        plain = masked(item.text, item.scores.get("lang"))
        words = dict.fromkeys(excerpt(redact(plain[span.start : span.end]).text, (), reveal=True) for span in spans)
        return f"  … {' … '.join(words)} …" if words else "  no particular words decided; o shows the post"

    def post(self, item: Item) -> str:
        from narratives.cli.show import excerpt
        from narratives.text import redact

        spans = self._spans(item) if redact(item.text).text == item.text else ()
        return "  " + excerpt(redact(item.text).text, spans, lang=item.scores.get("lang"), width=1000)

    def _spans(self, item: Item) -> Any:
        if self._scorer is None:
            typer.echo("  loading the model, a few seconds …")  # else the first o seems to hang
            sys.stdout.flush()
            from narratives.scorer import load

            self._scorer = load(self._model)
        lang = item.scores.get("lang")
        return self._scorer.score(item.text, lang=None if lang in {None, "und"} else lang).evidence


def _wipe(stage: int = 1) -> None:
    """Clear what was read off the screen, where there is one."""
    if stage and sys.stdout.isatty():
        sys.stdout.write("\x1b[2J\x1b[H")
        sys.stdout.flush()


class _Pipe:
    """Keys from a pipe: one character each, blanks and line ends passed over."""

    def key(self) -> str:
        while (key := sys.stdin.read(1)).isspace():
            pass
        return key

    def line(self) -> str:
        return sys.stdin.readline()


class _Terminal(_Pipe):
    """Single keys of a terminal, without Enter; whole lines where they are asked for."""

    def __init__(self, raw: Callable[[bool], None]) -> None:
        self._raw = raw
        self._waiting: list[str] = []

    def key(self) -> str:
        while not self._waiting:
            typed = os.read(sys.stdin.fileno(), 64).decode("utf-8", "ignore")
            if not typed:
                return ""
            if typed == "\x1b" or not typed.startswith("\x1b"):  # else an arrow or function key
                self._waiting.extend(typed)
        return self._waiting.pop(0)

    def line(self) -> str:
        self._raw(False)
        try:
            return sys.stdin.readline()
        finally:
            self._raw(True)


class _Windows(_Pipe):
    """Single keys of a Windows console."""

    def key(self) -> str:
        import msvcrt

        return msvcrt.getwch()  # type: ignore[attr-defined,no-any-return]


@contextmanager
def _keyboard() -> Iterator[_Pipe]:
    """The keys of a person, or of a pipe."""
    if not sys.stdin.isatty():
        yield _Pipe()
        return
    try:
        import termios
        import tty
    except ImportError:
        yield _Windows()
        return
    handle = sys.stdin.fileno()
    before = termios.tcgetattr(handle)

    def raw(wanted: bool) -> None:
        # keys typed meanwhile are kept (the default would drop them), and Ctrl-C still works
        if wanted:
            tty.setcbreak(handle, termios.TCSADRAIN)
        else:
            termios.tcsetattr(handle, termios.TCSADRAIN, before)

    # what is shown goes to a screen of its own, so that nothing stays to be scrolled back to
    sys.stdout.write("\x1b[?1049h")
    try:
        raw(True)
        yield _Terminal(raw)
    finally:
        raw(False)
        sys.stdout.write("\x1b[?1049l")
        sys.stdout.flush()


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(review)
