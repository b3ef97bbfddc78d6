"""What can go wrong, each a subclass of the builtin it resembles.

Every message says what was given, what was expected and what to do about it. Messages never quote a post: they may
end up in a log.
"""

from __future__ import annotations


class NarrativesError(Exception):
    """Base of every error this library raises on purpose."""


class UnknownNameError(NarrativesError, KeyError):
    """A name (language, narrative, model, column …) that is not in the list of known ones."""

    def __str__(self) -> str:  # KeyError would print the repr of the message
        return str(self.args[0]) if self.args else ""


class InputError(NarrativesError, ValueError):
    """The data handed in cannot be read or is not of the expected shape."""


class ModelError(NarrativesError, ValueError):
    """A model folder that is incomplete, damaged, or made for another version."""


class MissingFileError(NarrativesError, FileNotFoundError):
    """A file or folder that should be there and is not."""


class OutputError(NarrativesError, OSError):
    """The result cannot be written where it was asked for."""


class MissingExtraError(NarrativesError, ImportError):
    """A feature that needs a package of one of the extras."""


class WorkerError(NarrativesError, RuntimeError):
    """A process that scores for this one has ended or cannot go on."""


def unknown(kind: str, given: object, known: list[str]) -> UnknownNameError:
    """Build the error for a name outside a closed list, with the nearest known name if one is close.

    Args:
        kind: What is named, in words (``"language"``).
        given: What the caller passed.
        known: Every accepted name.

    Returns:
        The error, to be raised by the caller.
    """
    from difflib import get_close_matches

    near = get_close_matches(str(given), known, n=1, cutoff=0.6)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return UnknownNameError(f"unknown {kind} {given!r}; known: {', '.join(known)}.{hint}")
