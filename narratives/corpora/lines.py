"""Files of JSON lines that people contribute, checked line by line against a schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from narratives.errors import InputError

Row = TypeVar("Row", bound=BaseModel)


def checked_lines(path: Path, schema: type[Row], what: str) -> Iterator[Row]:
    """Read and check a file, one JSON object a line.

    Args:
        path: The file.
        schema: What each line must be.
        what: A line in words, for a fault of the line as a whole.

    Raises:
        InputError: A line is not valid; the message names file, line and field, never the text.
    """
    with path.open(encoding="utf-8") as handle:
        for number, line in enumerate(handle, start=1):
            try:
                yield schema.model_validate_json(line)
            except ValidationError as error:
                first = error.errors(include_input=False, include_url=False)[0]
                where = ".".join(map(str, first["loc"])) or what
                raise InputError(f"{path.name}, line {number}, {where}: {first['msg']}") from None
