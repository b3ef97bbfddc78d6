"""The ``narratives`` command.

Results go to standard output, progress and complaints to standard error. Exit codes: 0 done, 1 nothing done or only a
part, 2 a mistake of the caller's (one line says which), 130 stopped from the keyboard.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from narratives.cli.streams import discard_output, utf8_streams
from narratives.errors import NarrativesError

__all__ = ["app", "main"]


class _Group(TyperGroup):
    """Turns what can be expected to go wrong into one line and an exit code, for every command."""

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except NarrativesError as error:
            raise _stop(str(error), 2) from None
        except KeyboardInterrupt:
            raise _stop("stopped", 130) from None
        except BrokenPipeError:  # the reader, such as `head`, has seen enough
            discard_output()
            raise typer.Exit(1) from None
        except OSError as error:  # a full disk, a folder without permission: not a bug, so no traceback
            where = f": {error.filename}" if error.filename else ""
            raise _stop(f"{error.strerror or type(error).__name__}{where}", 1) from None
        return result


def _stop(message: str, code: int) -> typer.Exit:
    typer.echo(f"narratives: {' '.join(message.split())}", err=True)
    return typer.Exit(code)


# tracebacks with local variables would print posts, and rich markup would read brackets in them
app = typer.Typer(
    cls=_Group,
    name="narratives",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from narratives import __version__

        typer.echo(f"narratives {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    """Find anti-migrant narratives and hate speech in posts in nine languages, offline."""


def main(args: Sequence[str] | None = None) -> None:
    """Run the command; the entry point of ``narratives`` and of ``python -m narratives``.

    Args:
        args: Arguments without the program's name; those of the process when ``None``.

    Raises:
        SystemExit: Always, with the exit code.
    """
    utf8_streams()
    app(args=args, prog_name="narratives")


def _register() -> None:
    from narratives.cli import (
        batch,
        calibrate,
        evaluate,
        listings,
        report,
        responses,
        responses_data,
        review,
        score,
        taxonomy,
        train,
        train_own,
    )

    _ = train_own  # adds its commands to the group of `train`
    for module in (
        score,
        batch,
        review,
        calibrate,
        taxonomy,
        listings,
        responses,
        responses_data,
        train,
        evaluate,
        report,
    ):
        module.register(app)


_register()
