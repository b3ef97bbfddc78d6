"""A function from batches of rows to batches of rows, for libraries that spread work: Hugging Face, Ray, Spark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from narratives.errors import unknown
from narratives.frames import added_names, check_options, flat, score_rows
from narratives.scorer import Scorer, load


class ScoreRows:
    """Adds the columns of ``frames.COLUMNS`` to a batch of rows given column by column.

    It holds the name of the model only; each process loads the model when it gets its first batch, once. So it can be
    sent to other processes and machines, which need the same model.

    >>> score = ScoreRows(text="post")
    >>> score({"id": [1], "post": ["Dobar dan svima, danas je lijepo vrijeme"]})["decision"]
    ['clear']
    """

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        text: str = "text",
        lang: str | None = None,
        lang_column: str | None = None,
        batch_size: int = 256,
    ) -> None:
        """Check the options; nothing is loaded.

        Args:
            model: Name of a shipped model, a model folder, or ``None`` for the default.
            text: Column of the posts.
            lang: Language of all posts; detected when ``None``.
            lang_column: Column with a language a row. Not together with ``lang``.
            batch_size: Posts scored together.

        Raises:
            UnknownNameError: ``lang`` is not known.
            InputError: Options that exclude each other.
        """
        check_options(lang, lang_column, batch_size)
        self.model, self.text, self.lang, self.lang_column, self.batch_size = model, text, lang, lang_column, batch_size
        self._scorer: Scorer | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_scorer": None}

    def added(self, columns: Sequence[str]) -> dict[str, str]:
        """Names of the added columns in a table that has others already."""
        return added_names(columns)

    def __call__(self, rows: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
        """Score a batch.

        Args:
            rows: Columns of equal length; a Hugging Face batch, or a dictionary of lists.

        Returns:
            The columns as given, and the added ones; ids joined with semicolons, figures as JSON.

        Raises:
            UnknownNameError: A column does not exist.
        """
        for name in (self.text, self.lang_column):
            if name is not None and name not in rows:
                raise unknown("column", name, list(rows))
        if self._scorer is None:
            self._scorer = load(self.model)
        langs = list(rows[self.lang_column]) if self.lang_column else self.lang
        columns, _ = score_rows(self._scorer, list(rows[self.text]), langs, self.batch_size)
        names = self.added(list(rows))
        return {**rows, **{names[name]: values for name, values in flat(columns).items()}}
