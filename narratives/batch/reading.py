"""Files of posts as a stream of blocks: which kind, which encoding, and a clear word for what cannot be read."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from narratives.batch.blocks import SUFFIXES, Block, Format, Source
from narratives.batch.delimited import open_delimited
from narratives.batch.json_array import open_json_array
from narratives.batch.json_lines import open_json_lines
from narratives.batch.parquet import open_parquet
from narratives.batch.work import ChangedInputError
from narratives.errors import InputError, MissingFileError, OutputError

_LEGACY = "cp1250 (Central European), cp1254 (Turkish) or cp1251 (Cyrillic)"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like that of UTF-16, so before it
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = {
    b"PK\x03\x04": "a spreadsheet or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
    b"\x1f\x8b": "a gzip archive",
    b"PAR1": "a Parquet file",
}


def kind_of(path: Path, given: str | None) -> Format:
    """Kind of file by an explicit name or by suffix.

    Raises:
        InputError: Neither says.
    """
    kinds = sorted(set(SUFFIXES.values()))
    if given is not None:
        if given not in kinds:
            raise InputError(f"unknown format {given!r}; known: {', '.join(kinds)}")
        return given
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(
            f"cannot tell the kind of {path.name or path} from its suffix; known: {', '.join(SUFFIXES)}. "
            "Save a spreadsheet as CSV (UTF-8), unpack an archive, or name the kind with --format"
        )
    return SUFFIXES[path.suffix.lower()]


@contextmanager
def open_source(path: Path, kind: Format, size: int, encoding: str | None = None) -> Iterator[Source]:
    """Open a file of posts.

    Args:
        path: The file.
        kind: Its kind.
        size: Rows a block.
        encoding: Encoding of a text file; UTF-8, or UTF-16 with a byte order mark, when ``None``.

    Raises:
        MissingFileError: There is no such file.
        InputError: The file is a folder, empty, or cannot be read as what it claims to be; raised as late as the row
            where it shows.
    """
    with _readable(path, encoding):
        if not path.exists():
            raise MissingFileError(f"{path} does not exist")
        if not path.is_file():
            raise InputError(f"{path} is {'a folder' if path.is_dir() else 'not a plain file'}; expected a file")
        if path.stat().st_size == 0:
            raise InputError(f"{path} is empty; expected at least a header line")
    if kind == "parquet":
        with open_parquet(path, size) as source:
            yield source
        return
    with _readable(path, encoding):
        encoding = _encoding(path, encoding)
        handle = path.open(encoding=encoding, newline="\n" if kind == "jsonl" else "")
    with handle:
        with _readable(path, encoding):
            if kind == "jsonl":
                source = open_json_lines(handle, path, size)
            elif kind == "json":
                source = open_json_array(handle, path, size)
            else:
                source = open_delimited(handle, path, kind, size, encoding == "utf-8-sig")
        yield replace(source, blocks=_guarded(source.blocks, path, encoding))


def _guarded(blocks: Iterator[Block], path: Path, encoding: str) -> Iterator[Block]:
    with _readable(path, encoding):
        yield from blocks


@contextmanager
def _readable(path: Path, encoding: str | None) -> Iterator[None]:
    """Turns what can go wrong in reading a file into one line that says what to do."""
    try:
        yield
    except UnicodeError:
        if encoding not in {None, "utf-8", "utf-8-sig"}:
            raise InputError(
                f"{path} is not {encoding} throughout: it breaks off, or is in another encoding; save it as UTF-8"
            ) from None
        raise InputError(
            f"{path} is not UTF-8; likely {_LEGACY}. Save it as UTF-8, or convert it: "
            f"iconv -f CP1250 -t UTF-8 {path.name} > new{path.suffix} (or name it with --encoding)"
        ) from None
    except PermissionError:
        raise InputError(f"{path} may not be read; check its permissions") from None
    except OSError as error:
        if error.errno is None:  # one of our own, such as MissingFileError
            raise
        raise InputError(f"{path} cannot be read: {error.strerror}") from None


def _encoding(path: Path, given: str | None) -> str:
    """The encoding of a text file: by name, by its byte order mark, else UTF-8."""
    with path.open("rb") as handle:
        head = handle.read(4096)
    for magic, what in _NOT_TEXT.items():
        if head.startswith(magic):
            raise InputError(f"{path} is {what} by its first bytes; save it as CSV (UTF-8), or unpack it")
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if given is not None:
        name = _known(given)
        if name == "utf-16" and marked is None:
            raise InputError(f"{path} has no byte order mark; name it utf-16-le (or utf-16-be) with --encoding")
        return "utf-8-sig" if name == "utf-8" and marked == "utf-8-sig" else name
    if marked is None and head.count(b"\0") > len(head) // 4:
        raise InputError(
            f"{path} looks like UTF-16 without a byte order mark; save it as UTF-8 (or try --encoding utf-16-le)"
        )
    return marked or "utf-8"


def _known(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        "a".encode(name)  # codecs such as hex are listed too, but are none for text
    except (LookupError, ValueError):
        raise InputError(f"unknown encoding {encoding!r}; expected a name such as utf-8, cp1250, cp1254") from None
    return name


def same_file(source: Path, target: Path) -> None:
    """Refuse to write over the file being read.

    Raises:
        OutputError: Both names lead to one file.
    """
    try:
        same = source.resolve() == target.resolve() or source.samefile(target)
    except (OSError, RuntimeError):  # one of them is not there, or may not be looked at: told when it is opened
        return
    if same:
        raise OutputError(f"{target} is the input itself; choose another name for the output")


def count_rows(path: Path, kind: Format, size: int, encoding: str | None) -> int:
    """Rows of a file, by reading it once."""
    if kind == "parquet":
        import pyarrow.parquet as pq

        return int(pq.read_metadata(path).num_rows)
    with open_source(path, kind, size, encoding) as source:
        return sum(map(len, source.blocks))


class Unchanged:
    """Tells whether a file is still the one that it was.

    Attributes:
        digest: Hex SHA-256 of its bytes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sight = self._look()
        self.digest = self._read()

    def check(self) -> None:
        """Look again; only where size or time have changed are the bytes compared.

        Raises:
            ChangedInputError: The file is another one, or not there.
        """
        try:
            sight = self._look()
            if sight == self._sight:
                return
            same = self._read() == self.digest
        except OSError:
            same = False
        if not same:
            raise ChangedInputError(
                f"{self._path} changed while it was read; put back what it was and go on with --resume, or score what "
                "it is now with --restart"
            )
        self._sight = sight

    def _look(self) -> tuple[int, int, int]:
        found = self._path.stat()
        return found.st_size, found.st_mtime_ns, found.st_ino

    def _read(self) -> str:
        with self._path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
