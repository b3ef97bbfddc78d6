"""Whole files: every kind to every kind, nothing lost, nothing half done, and a clear word for what is wrong."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from narratives.batch.cells import as_written
from narratives.errors import InputError, MissingFileError, NarrativesError, OutputError
from narratives.frames import COLUMNS
from narratives.scorer import LONGEST

POSTS = ["Dobar dan svima, kako ste danas?", "Mirëdita të gjithëve, si jeni sot?", "Bună ziua tuturor, ce mai faceți?"]
KINDS = ["csv", "tsv", "jsonl", "parquet"]


def read(path: Path) -> list[dict]:
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    with path.open(encoding="utf-8-sig", newline="") as handle:
        if path.suffix == ".jsonl":
            return [json.loads(line) for line in handle]
        return list(csv.DictReader(handle, delimiter="\t" if path.suffix == ".tsv" else ","))


def write(path: Path, rows: list[dict]) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]), delimiter="\t" if path.suffix == ".tsv" else ",")
            writer.writeheader()
            writer.writerows(rows)
    return path


@pytest.mark.parametrize("written", KINDS)
@pytest.mark.parametrize("given", KINDS)
def test_every_kind_to_every_kind(given, written, score, tmp_path):
    rows = [{"id": f"00{i}", "text": text, "note": 'a "b",\n;c'} for i, text in enumerate(POSTS)]
    summary, out = score(write(tmp_path / f"in.{given}", rows), f"out.{written}", batch_size=2)
    found = read(out)
    assert [{k: r[k] for k in rows[0]} for r in found] == rows
    assert set(COLUMNS) <= set(found[0])
    assert summary.rows == len(rows) == summary.flag + summary.review + summary.clear + summary.unsupported
    assert [r["row_status"] for r in found] == ["ok"] * 3


def test_scores_are_those_of_the_scorer(score, tiny, tmp_path):
    _, out = score(write(tmp_path / "in.jsonl", [{"text": t} for t in POSTS]), "out.jsonl", batch_size=2)
    for row, post in zip(read(out), POSTS, strict=True):
        alone = tiny.score(post)
        assert row["hate"] == pytest.approx(alone.hate, abs=1e-4)
        assert (row["decision"], row["lang"]) == (alone.decision, alone.language.code)


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=7))
def test_cells_come_out_as_they_went_in(score, tmp_path, cells):
    rows = [{"text": a, "other": b} for a, b in cells]
    summary, out = score(write(tmp_path / "in.csv", rows), batch_size=3)
    assert [{k: as_written(r[k]) for k in ("text", "other")} for r in read(out)] == rows
    assert summary.rows == len(rows)


def test_types_of_a_parquet_file_stay(score, tmp_path):
    table = pa.table(
        {
            "text": POSTS,
            "when": pa.array([1, 2, None], pa.timestamp("ns")),
            "tags": [["a"], [], None],
            "n": pa.array([1, 2, 3], pa.uint8()),
        }
    )
    pq.write_table(table, tmp_path / "in.parquet")
    _, out = score(tmp_path / "in.parquet", "out.parquet")
    assert pq.read_table(out).select(table.column_names).equals(table)
    assert pq.read_schema(out).field("hate").type == pa.float32()


def test_a_column_of_ours_never_overwrites_theirs(score, tmp_path):
    _, out = score(write(tmp_path / "in.csv", [{"text": POSTS[0], "lang": "hr", "hate": "love"}]), lang_column="lang")
    row = read(out)[0]
    assert (row["lang"], row["hate"], row["narratives_lang"]) == ("hr", "love", "hr")
    score(out, "again.csv", text="text")
    header = (tmp_path / "again.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert len(header) == len(set(header))
    assert "narratives_lang_2" in header


def test_languages_by_row(score, tmp_path):
    rows = [{"text": POSTS[0], "l": code} for code in ("hr", "", "klingon", "sr-Latn")]
    _, out = score(write(tmp_path / "in.csv", rows), lang_column="l")
    assert [r["lang"] for r in read(out)] == ["hr", "bcms", "bcms", "sr"]
    assert [r["row_status"] for r in read(out)] == ["ok", "ok", "unknown_lang", "ok"]


@pytest.mark.parametrize("text", [None, "", "   \n"])
def test_nulls_are_rows_too(score, tmp_path, text):
    summary, out = score(write(tmp_path / "in.jsonl", [{"text": text}, {"text": POSTS[0]}, {"no": 1}]), "out.jsonl")
    assert [r["row_status"] for r in read(out)] == ["null_text", "ok", "null_text"]
    assert (summary.rows, summary.errors) == (3, 2)
    assert read(out)[0]["hate"] is None


def test_a_huge_cell_is_read_in_part_and_kept_whole(score, tmp_path):
    huge = "dobar dan " * (LONGEST // 5)
    _, out = score(write(tmp_path / "in.csv", [{"text": huge}, {"text": POSTS[0]}]), "out.jsonl")
    assert [r["row_status"] for r in read(out)] == ["truncated", "ok"]
    assert read(out)[0]["text"] == huge


def test_broken_rows_of_a_csv_are_kept_and_named(score, tmp_path):
    path = tmp_path / "in.csv"
    path.write_text(f"id,text\n1,{POSTS[0][:9]}\n2\n\n3,a,b,c\n4,dobro jutro svima\n", encoding="utf-8")
    summary, out = score(path)
    rows = read(out)
    assert [r["id"] for r in rows] == ["1", "2", "3", "4"]
    assert [r["row_status"] for r in rows] == [
        "ok",
        "bad_row: 1 cells for 2 columns",
        'bad_row: 4 cells for 2 columns, surplus ["b", "c"]',
        "ok",
    ]
    assert summary.errors == 2


def test_broken_lines_of_json_are_kept(score, tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text('{"text": "dobro jutro"}\n{"text": \n[1]\n\n{"text": "laku noć", "late": 1}\n', encoding="utf-8")
    summary, out = score(path, "out.jsonl", batch_size=2)
    assert [r.get("_extra") for r in read(out)] == [None, '{"text": ', "[1]", None]
    assert (summary.rows, summary.errors) == (4, 2)
    _, table = score(path, "out.csv", batch_size=2)
    assert json.loads(read(table)[3]["_extra"]) == {"late": 1}


def test_redaction_is_for_the_output_only_and_changes_no_score(score, tmp_path):
    post = "@ana javi se na ana@primer.example, dobar dan svima"
    source = write(tmp_path / "in.csv", [{"text": post}])
    _, plain = score(source, "plain.csv")
    _, hidden = score(source, "hidden.csv", redact=True)
    assert "ana" not in read(hidden)[0]["text"]
    assert read(hidden)[0]["hate"] == read(plain)[0]["hate"]


@pytest.mark.parametrize(("encoding", "word"), [("utf-8", "ć"), ("utf-8-sig", "ć"), ("utf-16", "ć")])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_what_spreadsheets_export_is_read(score, tmp_path, encoding, word, separator):
    path = tmp_path / "in.csv"
    path.write_text(f"id{separator}text\n1{separator}dobro ve{word}e svima\n", encoding=encoding)
    _, out = score(path, "out.jsonl")
    assert read(out)[0]["text"] == f"dobro ve{word}e svima"


def test_a_csv_for_excel_stays_one(score, tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("id;text\n1;dobro jutro svima\n", encoding="utf-8-sig")
    _, out = score(path)
    assert out.read_bytes().startswith(b"\xef\xbb\xbfid;text;lang;")


@pytest.mark.parametrize("encoding", ["cp1250", "cp1254"])
def test_legacy_encodings_are_refused_with_the_remedy_and_read_by_name(score, tmp_path, encoding):
    path = tmp_path / "in.csv"
    path.write_text("text\nişte böyle şey\n" if encoding == "cp1254" else "text\nveče š đ\n", encoding=encoding)
    with pytest.raises(InputError, match="iconv"):
        score(path)
    _, out = score(path, encoding=encoding)
    assert read(out)[0]["text"] in {"işte böyle şey", "veče š đ"}


def make(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


BAD = {
    "missing": (lambda d: d / "no.csv", {}, MissingFileError, "does not exist"),
    "folder": (lambda d: d, {"format": "csv"}, InputError, "is a folder"),
    "empty": (lambda d: make(d / "e.csv", b""), {}, InputError, "is empty"),
    "blank header": (lambda d: make(d / "e.csv", b"\n1,2\n"), {}, InputError, "first line is blank"),
    "suffix": (lambda d: make(d / "e.xlsx", b"x"), {}, InputError, "suffix; known: .csv"),
    "format": (lambda d: make(d / "e.csv", b"text\n"), {"format": "xml"}, InputError, "unknown format 'xml'"),
    "column": (lambda d: make(d / "e.csv", b"body_x,n\na,b\n"), {"text": "body"}, NarrativesError, "known: body_x, n"),
    "no guess": (lambda d: make(d / "e.csv", b"a,b\n1,2\n"), {}, InputError, "columns: a, b. Name it"),
    "two guesses": (lambda d: make(d / "e.csv", b"text,message\n1,2\n"), {}, InputError, "several columns"),
    "lang column": (lambda d: make(d / "e.csv", b"text\na\n"), {"lang_column": "l"}, NarrativesError, "unknown column"),
    "zip": (lambda d: make(d / "e.csv", b"PK\x03\x04x"), {}, InputError, "spreadsheet or a zip archive"),
    "gzip": (lambda d: make(d / "e.csv", b"\x1f\x8bx"), {}, InputError, "gzip archive"),
    "device": (lambda d: Path("/dev/null"), {"format": "csv"}, InputError, "not a plain file"),
    "open quote above": (lambda d: make(d / "e.csv", b'"id,text\n1,a\n2,b\n'), {}, InputError, "line 1: a quoted cell"),
    "open quote": (lambda d: make(d / "e.csv", b'text,n\na,1\n"b,2\nc,3\n'), {}, InputError, "line 3: a quoted cell"),
    "utf-16 bare": (lambda d: make(d / "e.csv", "text\nda\n".encode("utf-16-le")), {}, InputError, "byte order mark"),
    "utf-16 named": (
        lambda d: make(d / "e.csv", "text\nda\n".encode("utf-16-le")),
        {"encoding": "utf-16"},
        InputError,
        "utf-16-le",
    ),
    "utf-16 cut": (lambda d: make(d / "e.csv", "text\nda\n".encode("utf-16")[:-1]), {}, InputError, "breaks off"),
    "no text encoding": (
        lambda d: make(d / "e.csv", b"text\na\n"),
        {"encoding": "hex"},
        InputError,
        "unknown encoding",
    ),
    "language": (lambda d: make(d / "e.csv", b"text\na\n"), {"lang": "xx"}, NarrativesError, "unknown language 'xx'"),
    "two languages": (
        lambda d: make(d / "e.csv", b"text\na\n"),
        {"lang": "hr", "lang_column": "l"},
        InputError,
        "both",
    ),
    "block": (lambda d: make(d / "e.csv", b"text\na\n"), {"batch_size": 0}, InputError, "at least 1"),
    "encoding": (lambda d: make(d / "e.csv", b"text\na\n"), {"encoding": "cp99"}, InputError, "unknown encoding"),
    "parquet": (lambda d: make(d / "e.parquet", b"PAR1nonsense"), {}, InputError, "not a readable Parquet"),
    "no object": (lambda d: make(d / "e.jsonl", b"1\n2\n"), {}, InputError, "JSON object a line"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_clear_line_and_leaves_nothing(score, tmp_path, case):
    source, options, kind, message = BAD[case]
    source = source(tmp_path)
    before = set(tmp_path.iterdir())
    with pytest.raises(kind, match=message) as caught:
        score(source, **options)
    assert "\n" not in str(caught.value)
    assert set(tmp_path.iterdir()) == before


def test_a_header_alone_is_no_error(score, tmp_path):
    summary, out = score(make(tmp_path / "in.csv", b"id,text\n"))
    assert summary.rows == 0
    assert out.read_text(encoding="utf-8").startswith("id,text,lang,")


def test_bad_outputs(score, tmp_path):
    source = write(tmp_path / "in.csv", [{"text": POSTS[0]}])
    for target, message in [
        ("nowhere/out.csv", "does not exist"),
        ("in.csv", "is the input itself"),
        ("/proc/out.csv", "cannot be written|may not be written"),
    ]:
        with pytest.raises(OutputError, match=message):
            score(source, target)
    (tmp_path / "link.csv").hardlink_to(source)
    with pytest.raises(OutputError, match="is the input itself"):
        score(source, "link.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        score(source, "folder.csv")


def test_an_older_output_stays_until_the_new_one_is_whole(score, tmp_path, monkeypatch):
    source = write(tmp_path / "in.csv", [{"text": POSTS[0]}])
    (tmp_path / "out.csv").write_text("old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left on device"):
        score(source)

    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="1 rows are kept"):
        score(source, progress=interrupt, restart=True)
    assert (tmp_path / "out.csv").read_text() == "old"
    assert {p.name for p in tmp_path.iterdir()} == {"in.csv", "out.csv", ".out.csv.unfinished"}
    monkeypatch.undo()
    score(source, resume=True)
    assert (tmp_path / "out.csv").read_text() != "old"
    assert {p.name for p in tmp_path.iterdir()} == {"in.csv", "out.csv"}


def test_progress_counts_rows(score, tmp_path):
    seen = []
    score(write(tmp_path / "in.csv", [{"text": t} for t in POSTS]), batch_size=2, progress=lambda *a: seen.append(a))
    assert seen == [(2, 3), (3, 3)]


def test_the_csv_module_is_left_as_it_was(score, tmp_path):
    before = csv.field_size_limit()
    score(write(tmp_path / "in.csv", [{"text": "x" * 200_000}]))
    assert csv.field_size_limit() == before
