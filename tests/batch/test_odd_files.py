"""Files as they come from spreadsheets, crawlers and databases: odd, but not to be lost or spoilt."""

from __future__ import annotations

import csv
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from narratives.errors import InputError


def rows_of(path: Path) -> list[dict]:
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle)) if path.suffix == ".csv" else [json.loads(line) for line in handle]


@pytest.fixture
def scored(score, tmp_path):
    """Scores the bytes or the table of a file, and gives back the rows of the output."""

    def call(suffix: str, data, target: str = "out.jsonl", **options):
        source = tmp_path / f"in{suffix}"
        source.write_bytes(data) if isinstance(data, bytes) else pq.write_table(data, source)
        return rows_of(score(source, target, **options)[1])

    return call


@pytest.mark.parametrize("target", ["out.csv", "out.jsonl", "out.parquet"])
@pytest.mark.parametrize(
    ("suffix", "first", "row"), [(".csv", b"n,text\n", b"%d,dobar dan\n"), (".jsonl", b"", b'{"n":%d,"text":"da"}\n')]
)
def test_many_blank_lines_end_nothing(scored, suffix, first, row, target):
    found = scored(suffix, first + row % 1 + b"\n" * 50 + row % 2 + b"\n" * 9 + row % 3, target, batch_size=4)
    assert [int(r["n"]) for r in found] == [1, 2, 3]


def test_a_lone_carriage_return_does_not_break_a_row(scored):
    found = scored(".csv", b'id,text\n1,"dobar\rdan"\n2,da\n', "out.csv")
    assert [(r["id"], r["text"]) for r in found] == [("1", "dobar\rdan"), ("2", "da")]


def test_an_inch_mark_beside_a_line_break_is_no_open_quote(scored):
    found = scored(".csv", b'text,n\n"dobar\ndan",5" tall\nda,x\n')
    assert [(r["text"], r["n"], r["row_status"]) for r in found] == [("dobar\ndan", '5" tall', "ok"), ("da", "x", "ok")]


def test_a_quote_left_open_in_the_last_line_is_told(scored):
    found = scored(".csv", b'id,text\n1,dobar dan\n2,"da')
    assert found[1]["text"] == "da"
    assert [r["row_status"] for r in found] == ["ok", "bad_row: a quote is not closed"]


def test_the_separator_line_of_excel_is_read(scored):
    assert scored(".csv", b"sep=;\nid;text\n1;dobar, dan\n")[0]["text"] == "dobar, dan"


@pytest.mark.parametrize(("encoding", "options"), [("utf-32", {}), ("utf-8-sig", {"encoding": "utf-8"})])
def test_byte_order_marks_are_no_part_of_the_first_name(scored, encoding, options):
    assert next(iter(scored(".csv", "text,n\nveče,1\n".encode(encoding), **options)[0])) == "text"


def test_half_a_surrogate_pair_is_kept(scored):
    line = b'{"text": "dobar \\ud83d dan"}\n'
    assert scored(".jsonl", line)[0]["text"] == "dobar \ud83d dan"
    assert scored(".jsonl", line, "out.csv")[0]["text"] == r"dobar \ud83d dan"
    assert scored(".jsonl", line, "out.parquet")[0]["text"] == r"dobar \ud83d dan"


@pytest.mark.parametrize("target", ["out.csv", "out.jsonl", "out.parquet"])
def test_a_late_key_with_a_name_of_ours_is_kept(scored, target):
    found = scored(".jsonl", b'{"text":"a"}\n{"text":"b"}\n{"text":"c","hate":"mine"}\n', target, batch_size=2)[2]
    extra = found["_extra"] if target == "out.jsonl" else json.loads(found["_extra"])
    assert extra == {"hate": "mine"}
    assert found["hate"] != "mine"


def test_surplus_joins_what_the_row_has_there_already(scored):
    found = scored(".jsonl", b'{"text":"a"}\n{"text":"b","_extra":"x","late":1}\n', "out.csv", batch_size=1)[1]
    assert json.loads(found["_extra"]) == {"_extra": "x", "late": 1}


def test_labels_and_reasons_are_lists_in_json_and_text_in_tables(scored):
    data = b"text\n" + b"".join(b"rijec%d i jos\n" % i for i in range(40))
    nested, flat = scored(".csv", data, lang="hr"), scored(".csv", data, "out.parquet", lang="hr")
    assert any(len(r["labels"]) == 2 for r in nested)
    assert [";".join(r["labels"]) for r in nested] == [r["labels"] for r in flat]
    assert [" ".join(r["reasons"]) for r in nested] == [r["reasons"] for r in flat]


@pytest.mark.parametrize(
    ("text", "status"), [(12, "ok"), (["a"], "not_text"), ({"a": "b"}, "not_text"), ("da", "ok"), (None, "null_text")]
)
def test_what_is_no_text_is_not_read_as_one(scored, text, status):
    row = scored(".jsonl", json.dumps({"text": text, "n": "x"}).encode() + b"\n", lang="hr", text="text")[0]
    assert (row["text"], row["row_status"]) == (text, status)


def test_dates_and_decimals_of_a_parquet_file_are_plain_in_a_text_file(scored):
    table = pa.table(
        {
            "text": ["dobar dan"],
            "at": pa.array([1_700_000_000_123_456_789], pa.timestamp("ns")),
            "day": [dt.date(2024, 1, 2)],
            "n": [Decimal("1.50")],
            "raw": [b"\xff"],
            "more": [{"x": dt.date(2024, 1, 2)}],
        }
    )
    row = scored(".parquet", table, "out.csv")[0]
    assert row["at"] == "2023-11-14 22:13:20.123456789"
    assert (row["day"], row["n"], row["raw"]) == ("2024-01-02", "1.50", "ff")
    assert json.loads(row["more"]) == {"x": "2024-01-02"}


def test_parquet_text_that_is_not_utf_8_is_still_read(scored):
    offsets = pa.py_buffer(b"".join(i.to_bytes(4, "little") for i in (0, 2, 3)))
    broken = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"da\xff")])
    assert [r["text"] for r in scored(".parquet", pa.table({"text": broken}))] == ["da", "\ufffd"]


def test_two_parquet_columns_of_one_name_are_refused(scored):
    with pytest.raises(InputError, match="more than one column named text"):
        scored(".parquet", pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["text", "text"]))


@pytest.mark.parametrize(
    ("suffix", "data"), [(".parquet", pa.table({"n": [1], "words": ["da"]})), (".jsonl", b'{"n":1,"words":"da"}\n')]
)
def test_the_only_column_of_text_is_the_one(scored, suffix, data):
    assert scored(suffix, data, lang="hr")[0]["row_status"] == "ok"


NAME = "@ana"
LEAKS = {
    "cell": (".csv", b"id,text\n1,zove @ana\n"),
    "surplus cells": (".csv", b'id,text\n1,zove,"ona\n@ana"\n'),
    "broken line": (".jsonl", b'{"text": "da"}\n{"text": "zove\\n@ana\n'),
    "broken line, escaped": (".jsonl", b'{"text": "da"}\n{"text": "zove \\u0040ana\n'),
    "list": (".jsonl", b'{"text": ["zove @ana", {"a": "@ana"}]}\n'),
    "bytes": (".parquet", pa.table({"text": [b"zove @ana"]})),
    "dictionary": (".parquet", pa.table({"text": pa.array(["zove @ana"]).dictionary_encode()})),
}


@pytest.mark.parametrize("target", ["out.csv", "out.jsonl", "out.parquet"])
@pytest.mark.parametrize("case", LEAKS)
def test_redaction_leaves_no_name_anywhere(scored, case, target):
    suffix, data = LEAKS[case]
    found = scored(suffix, data, target, redact=True, text="text")
    written = json.dumps(found, default=str, ensure_ascii=False)
    assert NAME not in written
    assert "u0040ana" not in written
    assert "@USER" in written


def test_rows_are_gathered_into_few_row_groups(score, tmp_path):
    (tmp_path / "in.csv").write_bytes(b"text\n" + b"dobar dan\n" * 300)
    _, out = score(tmp_path / "in.csv", "out.parquet", batch_size=16)
    assert pq.ParquetFile(out).metadata.num_row_groups == 1
    assert pq.read_table(out).num_rows == 300
