"""The unfinished output of a run: a folder beside the target, from which an interrupted run can be gone on with.

``.NAME.unfinished/`` holds the rows so far, the rejected rows so far, and a journal with one line a block: how much of
both files is good, the checksum of what the block added, and the counts. What stands beyond the last good line is cut
off when the run is taken up again. When all rows are there, the files take their places and the folder goes.
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from narratives.errors import InputError, OutputError

_MEBIBYTE = 1 << 20


def rejects_path(target: Path) -> Path:
    """Where rows that could not be taken as they stand are listed.

    >>> rejects_path(Path("out.csv")).name
    'out.rejects.jsonl'
    """
    return target.with_name(f"{target.stem}.rejects.jsonl")


def may_replace(target: Path, overwrite: bool, resume: bool) -> None:
    """Refuse to replace a finished output unasked: hours of scoring may stand in it.

    Args:
        target: File to write.
        overwrite: Replace whatever file is there.
        resume: Go on with an unfinished run; where there is one, it was begun with leave to replace.

    Raises:
        OutputError: There is a file with something in it.
    """
    if overwrite or not target.is_file() or not target.stat().st_size:
        return
    if resume and unfinished(target).exists():
        return
    raise OutputError(
        f"{target} is there already; replace it with --overwrite (overwrite=True), or name another output"
    )


def unfinished(target: Path) -> Path:
    """The folder of a run that writes a target; a link is followed.

    >>> unfinished(Path("out.csv")).name
    '.out.csv.unfinished'
    """
    final = target.resolve()
    return final.with_name(f".{final.name}.unfinished")


class Work:
    """The folder of one run; a context manager that keeps it where going on makes sense, and else removes it.

    Attributes:
        folder: Where it is.
        blocks: Blocks of rows written so far.
        counts: Counts over them.
        salt: Secret of the run, made for it or taken from the run that is gone on with.
        complete: True where all rows are there already, and only the last step is missing.
    """

    def __init__(self, target: Path, fingerprint: Mapping[str, Any], salt: str, resume: bool, restart: bool) -> None:
        """Make the folder, or open the one that an interrupted run left.

        Args:
            target: File to write.
            fingerprint: What shapes the output: the digest of the input, the options, the model.
            salt: Secret for author codes, kept in the folder while the run is unfinished.
            resume: Go on with an unfinished run, where there is one.
            restart: Throw an unfinished run away.

        Raises:
            InputError: An unfinished run is there and neither ``resume`` nor ``restart`` is set, or it was started
                with another input, model or option.
            OutputError: The target cannot be written.
        """
        self._target = target
        self.blocks, self.counts, self.salt, self.complete = 0, Counter[str](), salt, False
        self._sizes, self._files = [0, 0], list[IO[bytes]]()
        with self._written():
            self._final = _place(target)
            self.folder = unfinished(target)
            made = not self.folder.exists()
            self.folder.mkdir(exist_ok=True)
            try:
                self._journal = (self.folder / "journal.jsonl").open("ab+")
                self._hold()
                self._take_up(json.loads(json.dumps(fingerprint)), resume, restart)
                if not self.complete:
                    self._files = [self._open(name, size) for name, size in zip(_FILES, self._sizes, strict=True)]
            except BaseException:
                self._close()
                if made:
                    shutil.rmtree(self.folder, ignore_errors=True)
                raise

    def commit(self, rows: bytes, rejects: bytes, counts: Mapping[str, int]) -> None:
        """Add a block.

        Args:
            rows: Its bytes in the output.
            rejects: Its bytes in the list of rejected rows.
            counts: What it adds to the counts.

        Raises:
            OutputError: There is no room, or the folder has gone.
        """
        with self._written():
            for file, data in zip(self._files, (rows, rejects), strict=True):
                file.write(data)
                file.flush()
            total = self.counts + Counter(counts)
            sizes = [self._sizes[0] + len(rows), self._sizes[1] + len(rejects)]
            line = {"sizes": sizes, "crc": [zlib.crc32(rows), zlib.crc32(rejects)], "counts": total}
            self._note(line)
            self._sizes, self.counts, self.blocks = sizes, total, self.blocks + 1

    def finish(self, convert: Callable[[Path, Path], None] | None = None) -> Path | None:
        """Put the files in their places.

        Args:
            convert: Makes the output of the rows, given both paths, where the rows are not the output themselves.

        Returns:
            The list of rejected rows, where there are any.

        Raises:
            OutputError: There is no room.
        """
        rejects = rejects_path(self._final)
        rows = self.folder / ("made.part" if convert else _FILES[0])
        with self._written():
            if not self.complete:
                for file in self._files:
                    os.fsync(file.fileno())
                    file.close()
                if convert:
                    convert(self.folder / _FILES[0], rows)
                    with rows.open("rb+") as handle:
                        os.fsync(handle.fileno())
                self._note({"complete": True})
            # a file that is not there was moved by the run that was cut off here
            if self._sizes[1]:
                with suppress(FileNotFoundError):
                    (self.folder / _FILES[1]).replace(rejects)
            else:
                rejects.unlink(missing_ok=True)  # of an earlier run
            with suppress(FileNotFoundError):
                rows.replace(self._final)
        self._close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return rejects if self._sizes[1] else None

    def __enter__(self) -> Work:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._close()
        # a broken input has to be mended first, and is another input then
        useless = isinstance(error, InputError) and not isinstance(error, ChangedInputError)
        if error is not None and (useless or not self.blocks):
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def kept(self) -> str:
        """What of an interrupted run is left, and what to do, for people."""
        if not self.folder.exists():
            return "nothing was left there"
        return f"{self.counts['rows']:,} rows are kept: start again with --resume to go on from there"

    def _take_up(self, fingerprint: dict[str, Any], resume: bool, restart: bool) -> None:
        self._journal.seek(0)
        entries = [] if restart else list(_whole_lines(self._journal))
        if len(entries) < (1 if resume else 2):  # without a block there is nothing to lose
            self._journal.truncate(0)
            self._note({"fingerprint": fingerprint, "salt": self.salt})
            return
        if not resume:
            raise InputError(
                f"an unfinished run for {self._target} is there; go on with it by --resume, or drop it by --restart"
            )
        first, *entries = entries
        before = first[0].get("fingerprint", {})
        if differing := sorted(key for key in fingerprint.keys() | before if fingerprint.get(key) != before.get(key)):
            raise InputError(
                f"the unfinished run for {self._target} was started with another {', '.join(differing)}; "
                "give it the same as then, or drop it by --restart"
            )
        self.salt = first[0]["salt"]
        self._journal.truncate(self._read_up(first[1], entries))

    def _read_up(self, good: int, entries: Sequence[tuple[dict[str, Any], int]]) -> int:
        """Take over the blocks whose bytes are all there; returns where the journal is to be cut."""
        self.complete = bool(entries) and "complete" in entries[-1][0]
        with ExitStack() as stack:
            files = []
            if not self.complete:
                files = [stack.enter_context((self.folder / name).open("rb")) for name in _FILES]
            for entry, end in entries:
                if "complete" not in entry:
                    if files and not all(map(_unspoilt, files, entry["sizes"], entry["crc"])):
                        break
                    self._sizes, self.counts, self.blocks = entry["sizes"], Counter(entry["counts"]), self.blocks + 1
                good = end
        return good

    def _open(self, name: str, size: int) -> IO[bytes]:
        file = (self.folder / name).open("ab")
        file.truncate(size)
        return file

    def _note(self, entry: Mapping[str, Any]) -> None:
        self._journal.write(json.dumps(entry).encode() + b"\n")
        self._journal.flush()

    def _hold(self) -> None:
        """Keep others out; where the system cannot, two runs for one target are the user's own risk."""
        try:
            import fcntl
        except ImportError:
            return
        try:
            fcntl.flock(self._journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._journal.close()
            raise InputError(
                f"another run is writing {self._target} at this moment; wait, or name another output"
            ) from None

    def _close(self) -> None:
        for file in (*self._files, *([self._journal] if hasattr(self, "_journal") else ())):
            with suppress(OSError):
                file.close()

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            yield
        except PermissionError:
            raise OutputError(f"{self._target.parent} may not be written to; choose another folder") from None
        except OSError as error:
            if error.errno is None:  # one of our own
                raise
            kept = self.kept if self.blocks else "nothing was left there"
            raise OutputError(f"{self._target} cannot be written: {error.strerror}; {kept}") from None


_FILES = ("rows.part", "rejects.part")


class ChangedInputError(InputError):
    """The input is no longer what it was when the run began."""


def _place(target: Path) -> Path:
    """Where a target really is: a link is followed, not replaced."""
    if not target.parent.is_dir():
        raise OutputError(f"the folder {target.parent} does not exist; make it first")
    if target.exists() and not target.is_file():
        what = "a folder" if target.is_dir() else "a device or a pipe"
        raise OutputError(f"{target} is {what}; expected the name of a file")
    return target.resolve()


def _whole_lines(journal: IO[bytes]) -> Iterator[tuple[dict[str, Any], int]]:
    """Entries of a journal with the offset after each, up to the first that is not whole."""
    end = 0
    for line in journal:
        end += len(line)
        try:
            entry = json.loads(line) if line.endswith(b"\n") else None
        except ValueError:
            entry = None
        if not isinstance(entry, dict):
            return
        yield entry, end


def _unspoilt(file: IO[bytes], end: int, crc: int) -> bool:
    """Whether the bytes from here to an offset are those that were written."""
    seen = 0
    while (left := end - file.tell()) > 0:
        data = file.read(min(left, _MEBIBYTE))
        if not data:
            return False
        seen = zlib.crc32(data, seen)
    return seen == crc
