"""What a run is asked to do, checked before anything is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from narratives.batch.blocks import Source
from narratives.batch.presets import TEXT_NAMES, Roles, author_names, roles
from narratives.errors import InputError, unknown
from narratives.frames import check_options

Authors = Literal["hash", "keep", "drop"]


@dataclass(frozen=True, slots=True)
class Options:
    """The options of ``score_file`` that shape the output; see there."""

    text: str | None = None
    lang: str | None = None
    lang_column: str | None = None
    redact: bool = False
    batch_size: int = 1024
    encoding: str | None = None
    limit: int | None = None
    sample: int | None = None
    seed: int = 0
    authors: Authors = "hash"
    author_columns: tuple[str, ...] | None = None
    salt: str | None = None
    raw_cells: bool = False

    def __post_init__(self) -> None:
        check_options(self.lang, self.lang_column, self.batch_size)
        if self.authors not in get_args(Authors):
            raise unknown("way with authors", self.authors, list(get_args(Authors)))
        if self.limit is not None and self.sample is not None:
            raise InputError("limit and sample are both given; take the first rows or some at random, not both")
        for name in ("limit", "sample"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} is {value}; expected at least 1")
        if self.salt is not None and not 1 <= len(self.salt.encode()) <= 64:
            raise InputError("salt is empty or longer than 64 bytes; give a secret phrase, or none for a random one")

    def fingerprint(self) -> dict[str, Any]:
        """What must be the same for a run to be gone on with, by the name people know; a salt only as a yes."""
        out = asdict(self)
        out["salt"] = self.salt is not None
        return out

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Options:
        """Options from the keyword arguments of ``score_file``."""
        names = {f.name for f in fields(cls)}
        return cls(**{name: value for name, value in given.items() if name in names})


@dataclass(frozen=True, slots=True)
class Plan:
    """Which columns of a file are used for what.

    Attributes:
        roles: What the file's columns mean, ``text`` and ``author`` as chosen.
        text: Column of the posts.
        hashed: Columns of the author that are turned into codes.
        dropped: Columns of the author that are left out.
        late: Names of author columns, in lower case, that may show up in a later row of a JSON file.
    """

    roles: Roles
    text: str
    hashed: tuple[str, ...]
    dropped: tuple[str, ...]
    late: frozenset[str]


def plan(source: Source, options: Options) -> Plan:
    """Choose the columns.

    Raises:
        UnknownNameError: A column that was named does not exist.
        InputError: Which column holds the posts cannot be told.
    """
    found = roles(source.columns)
    for name in (options.text, options.lang_column, *(options.author_columns or ())):
        if name is not None and name not in source.columns:
            raise unknown("column", name, source.columns)
    text = options.text or found.text or _guess(source)
    authors = found.author if options.author_columns is None else options.author_columns
    taken = {text, options.lang_column}
    authors = tuple(column for column in authors if column not in taken)
    may_come = source.format in {"json", "jsonl"} and options.author_columns is None and options.authors != "keep"
    late = author_names(source.columns) - {str(name).lower() for name in taken} if may_come else frozenset()
    return Plan(
        found,
        text,
        authors if options.authors == "hash" else (),
        authors if options.authors == "drop" else (),
        late,
    )


def _guess(source: Source) -> str:
    named = [name for name in source.columns if name.lower().strip() in TEXT_NAMES]
    could: Sequence[str] = named or (source.columns if len(source.columns) == 1 else source.strings)
    if len(could) == 1:
        return could[0]
    names = ", ".join(source.columns)
    why = "several columns could hold the posts" if named else "no column is named like one that holds posts"
    raise InputError(f"{why}; columns: {names}. Name it with --text (text=)")
