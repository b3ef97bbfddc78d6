"""Tables in, tables out, of the kind that was given."""

from __future__ import annotations

import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from narratives.errors import InputError, UnknownNameError
from narratives.frames import COLUMNS, score_frame

ROWS = {"text": ["Dobar dan svima, kako ste?", None, "Merhaba arkadaşlar, nasılsınız?"], "l": ["hr", None, "xx"]}


def hub(rows):
    return pytest.importorskip("datasets").Dataset.from_dict(rows)


MAKERS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "arrow": pa.table, "hugging face": hub}


def values(frame, column):
    if hasattr(frame, "column_names") and not isinstance(frame, pa.Table):
        return list(frame[column])
    return nw.from_native(frame, eager_only=True)[column].to_list()


@pytest.mark.parametrize("kind", MAKERS)
def test_the_same_kind_comes_back_with_the_columns_added(kind, tiny):
    frame = MAKERS[kind](ROWS)
    out = score_frame(frame, scorer=tiny)
    assert type(out) is type(frame)
    assert values(out, "row_status") == ["ok", "null_text", "ok"]
    assert values(out, "lang") == ["bcms", "und", "tr"]
    assert set(COLUMNS) <= set(out.column_names if hasattr(out, "column_names") else out.columns)
    hate = values(out, "hate")
    assert hate[0] == pytest.approx(tiny.score(ROWS["text"][0]).hate, abs=1e-4)
    assert hate[1] is None or hate[1] != hate[1]


@pytest.mark.parametrize("kind", MAKERS)
def test_a_language_a_row(kind, tiny):
    out = score_frame(MAKERS[kind](ROWS), lang_column="l", scorer=tiny)
    assert values(out, "lang") == ["hr", "und", "tr"]
    assert values(out, "row_status") == ["ok", "null_text", "unknown_lang"]


def test_a_pandas_index_stays(tiny):
    frame = pd.DataFrame({"text": ["dobar dan svima", "laku noć svima"]}, index=[7, 3])
    out = score_frame(frame, scorer=tiny)
    assert list(out.index) == [7, 3]
    assert out["row_status"].notna().all()


@pytest.mark.parametrize("kind", MAKERS)
def test_a_wrong_column_lists_the_right_ones(kind, tiny):
    with pytest.raises(UnknownNameError, match="known: text, l"):
        score_frame(MAKERS[kind](ROWS), text="txt", scorer=tiny)


@pytest.mark.parametrize("frame", [[{"text": "a"}], {"text": ["a"]}, "text", pl.LazyFrame({"text": ["a"]})])
def test_what_is_no_table_is_refused(frame, tiny):
    with pytest.raises(InputError, match="expected a pandas or Polars DataFrame"):
        score_frame(frame, scorer=tiny)


@pytest.mark.parametrize("kind", MAKERS)
def test_options_that_cannot_be_meant_are_refused(kind, tiny):
    for options in ({"lang": "hr", "lang_column": "l"}, {"batch_size": 0}, {"lang": "xx"}):
        with pytest.raises((InputError, UnknownNameError)):
            score_frame(MAKERS[kind](ROWS), scorer=tiny, **options)


@pytest.mark.parametrize("kind", MAKERS)
def test_a_table_without_rows_gets_the_columns_too(kind, tiny):
    frame = MAKERS[kind](ROWS)
    empty = frame.select([]) if kind == "hugging face" else frame[:0] if kind != "arrow" else frame.slice(0, 0)
    out = score_frame(empty, scorer=tiny)
    assert type(out) is type(frame)
    assert len(out) == 0
    assert set(COLUMNS) <= set(out.column_names if hasattr(out, "column_names") else out.columns)


@pytest.mark.parametrize("nothing", [pd.NA, pd.NaT, None, float("nan")])
def test_every_nothing_of_pandas_is_one(nothing, tiny):
    frame = pd.DataFrame({"text": pd.Series(["dobar dan svima", nothing], dtype=object), "l": ["hr", "hr"]})
    assert list(score_frame(frame, scorer=tiny)["row_status"]) == ["ok", "null_text"]
    frame["l"] = pd.Series([nothing, "hr"], dtype=object)
    assert score_frame(frame, lang_column="l", scorer=tiny)["lang"].iloc[0] == "bcms"


@pytest.mark.parametrize("index", [[1, 1], pd.MultiIndex.from_tuples([(1, 2), (1, 3)])])
def test_any_pandas_index_stays(index, tiny):
    out = score_frame(pd.DataFrame({"text": ["dobar dan svima", None]}, index=index), scorer=tiny)
    assert out.index.equals(pd.Index(index))
    assert list(out["row_status"]) == ["ok", "null_text"]


def test_columns_of_one_name_are_refused(tiny):
    with pytest.raises(InputError, match="same name"):
        score_frame(pd.DataFrame([["a", "b"]], columns=["text", "text"]), scorer=tiny)


@pytest.mark.parametrize("text", [["a"], {"a": 1}])
def test_what_is_no_text_is_not_read(text, tiny):
    assert score_frame(pa.table({"text": [text]}), scorer=tiny)["row_status"].to_pylist() == ["not_text"]


def test_und_is_detected_without_a_complaint(tiny):
    out = score_frame(pa.table({"text": ["dobar dan svima"] * 2, "l": ["und", "de"]}), lang_column="l", scorer=tiny)
    assert out["row_status"].to_pylist() == ["ok", "unknown_lang"]
    assert out["lang"].to_pylist() == ["bcms", "bcms"]
