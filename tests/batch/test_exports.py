"""Exports of the tools that people have, recognised by their columns; authors hidden; nothing runs in a spreadsheet."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narratives.batch.cells import as_written, harmless
from narratives.batch.people import pseudonyms
from narratives.batch.presets import PRESETS, recognise, roles
from narratives.batch.scored import read_scored
from narratives.errors import InputError, UnknownNameError

POST = "dobar dan svima u gradu"
CROWDTANGLE = "Page Name,User Name,Facebook Id,Followers at Posting,Post Created,Type,Likes,URL,Message,Link Text"
BRANDWATCH = "Query Id,Query Name,Date,Title,Snippet,Url,Domain,Sentiment,Page Type,Author,Full Text,Impressions"
MELTWATER = "Date\tHeadline\tURL\tOpening Text\tHit Sentence\tSource\tInfluencer\tReach\tTwitter Screen Name"

# name, file name, bytes, text column, author columns, author values that must not be left
EXPORTS = [
    (
        "CrowdTangle (Facebook)",
        "a.csv",
        f"{CROWDTANGLE}\nAna Page,ana.page,123456,900,2026-01-02,Photo,5,https://f.example/ana,{POST},x\n".encode("utf-8-sig"),
        ["Page Name", "User Name", "Facebook Id", "URL"],
    ),
    (
        "Brandwatch",
        "b.csv",
        (
            'Report:,"Bulk, all"\nBrand:,x\nFrom:,Thu Jan 01\nTo:,Fri Jan 02\n\n'
            f"{BRANDWATCH}\n1,q,2026-01-02,t,dobar,https://x.example/ana,x.example,neutral,twitter,ana_b,{POST},7\n"
        ).encode(),
        ["Url", "Author"],
    ),
    (
        "Meltwater",
        "c.csv",
        f"{MELTWATER}\n02-Jan-2026\th\thttps://x.example/ana\tdobar\t{POST}\tX\tAna M\t90\tana_m\n".encode("utf-16"),
        ["URL", "Influencer", "Twitter Screen Name"],
    ),
    (
        "Apify (Facebook)",
        "d.json",
        json.dumps(
            [{"facebookUrl": "https://f.example/ana", "text": POST, "time": "2026-01-02", "likes": 3,
              "user": {"id": "9", "name": "Ana A"}}]
        ).encode(),
        ["facebookUrl", "user"],
    ),
    (
        "Telegram",
        "result.json",
        json.dumps(
            {
                "name": "a \"messages\": [x] channel",
                "type": "public_channel",
                "messages": [
                    {"id": 1, "type": "service", "date": "2026-01-01", "actor": "Ana T", "action": "x", "text": ""},
                    {"id": 2, "type": "message", "date": "2026-01-02", "from": "Ana T", "from_id": "user77",
                     "text": ["dobar dan ", {"type": "bold", "text": "svima"}, " u gradu"]},
                ],
            }
        ).encode(),
        ["actor", "from", "from_id"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "name", "data", "authors"), EXPORTS, ids=[e[0] for e in EXPORTS])
def test_an_export_is_recognised_read_and_freed_of_its_authors(score, cheap, tmp_path, tool, name, data, authors):
    (tmp_path / name).write_bytes(data)
    summary, out = score(tmp_path / name, "out.jsonl", scorer=cheap)
    assert summary.preset == tool
    assert sorted(summary.authors) == sorted(authors)
    assert POST in cheap.seen
    written = out.read_text(encoding="utf-8")
    assert "ana" not in written.lower()
    assert "123456" not in written
    assert "user77" not in written
    last = json.loads(written.splitlines()[-1])
    assert all(last[a] is None or last[a].startswith("a_") for a in authors if a in last)
    score(tmp_path / name, "kept.jsonl", scorer=cheap, authors="keep")
    assert "ana" in (tmp_path / "kept.jsonl").read_text(encoding="utf-8").lower()
    score(tmp_path / name, "dropped.csv", scorer=cheap, authors="drop")
    with (tmp_path / "dropped.csv").open(encoding="utf-8-sig") as handle:
        assert not set(authors) & set(handle.readline().strip().replace('"', "").replace("\t", ",").split(","))


def test_excel_s_own_csv(score, cheap, tmp_path):
    (tmp_path / "in.csv").write_bytes(f"date;text;author\n1.2.2026;{POST};Ana\n".encode("utf-8-sig"))
    summary, out = score(tmp_path / "in.csv", scorer=cheap)
    assert out.read_bytes().startswith(b"\xef\xbb\xbfdate;text;author;lang;")
    assert summary.authors == ("author",)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.name)
def test_presets_do_not_take_each_other_s_files(preset):
    assert recognise([name.title() for name in preset.needs]) is preset
    found = roles([name.upper() for name in {*preset.needs, *preset.text, *preset.author, *preset.date}])
    assert found.preset == preset.name
    assert found.text.lower() == preset.text[0]
    assert found.date.lower() == preset.date[0]


def test_a_table_without_a_tool_has_common_roles():
    found = roles(["id", "text", "Created_At", "username", "platform"])
    assert (found.preset, found.date, found.platform, found.author) == (None, "Created_At", "platform", ("username",))


def test_the_same_salt_gives_the_same_codes_and_a_run_its_own(score, cheap, tmp_path):
    (tmp_path / "in.csv").write_text("author,text\nana,da\nana,ne\nivo,da\n,da\n", encoding="utf-8")

    def codes(target, **options):
        _, out = score(tmp_path / "in.csv", target, scorer=cheap, **options)
        with out.open(encoding="utf-8", newline="") as handle:
            return [row["author"] for row in csv.DictReader(handle)]

    first = codes("1.csv")
    assert first[0] == first[1] != first[2]
    assert first[3] == ""
    assert codes("2.csv") != first
    assert codes("3.csv", salt="one") == codes("4.csv", salt="one") != codes("5.csv", salt="two")


def test_authors_of_a_parquet_file_and_in_later_rows_of_json_are_hidden(score, cheap, tmp_path):
    pq.write_table(pa.table({"text": ["da"], "user_id": pa.array([77123], pa.int64())}), tmp_path / "in.parquet")
    _, out = score(tmp_path / "in.parquet", "out.parquet", scorer=cheap)
    assert pq.read_table(out)["user_id"][0].as_py().startswith("a_")
    (tmp_path / "in.jsonl").write_text('{"text": "da"}\n{"text": "ne", "username": "Ana"}\n', encoding="utf-8")
    _, out = score(tmp_path / "in.jsonl", "out.csv", scorer=cheap, batch_size=1)
    assert "Ana" not in out.read_text(encoding="utf-8")


def test_a_wrong_author_column_or_way_is_told(score, cheap, tmp_path):
    (tmp_path / "in.csv").write_text("text,who\nda,Ana\n", encoding="utf-8")
    with pytest.raises(UnknownNameError, match="known: text, who"):
        score(tmp_path / "in.csv", author_columns=["whom"], scorer=cheap)
    with pytest.raises(UnknownNameError, match="known: hash, keep, drop"):
        score(tmp_path / "in.csv", authors="hide", scorer=cheap)
    summary, _ = score(tmp_path / "in.csv", author_columns=["who"], scorer=cheap)
    assert summary.authors == ("who",)


@given(st.text(max_size=12), st.text(min_size=1, max_size=12))
def test_codes_tell_authors_apart_and_need_the_salt(one, other):
    name = pseudonyms(b"a")
    assert (name(one) == name(other)) == (one == other)
    assert name(other) != pseudonyms(b"b")(other)


FORMULAS = ["=1+1", "+cmd", "-2+3", "@SUM(1)", "\t=1", "\r=1", "＝1", "'=1"]


@pytest.mark.parametrize("suffix", ["csv", "tsv"])
def test_no_cell_of_theirs_runs_in_a_spreadsheet_either(score, cheap, tmp_path, suffix):
    rows = [{"text": cell, "other": cell} for cell in FORMULAS]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    _, out = score(tmp_path / "in.jsonl", f"out.{suffix}", scorer=cheap)
    with out.open(encoding="utf-8", newline="") as handle:
        cells = [c for row in csv.reader(handle, delimiter="\t" if suffix == "tsv" else ",") for c in row[:2]]
    assert not [cell for cell in cells if cell[:1] in "=+-@\t\r＝" and cell]
    assert [row.text for row in read_scored(out)] == FORMULAS  # and comes back as it was
    _, raw = score(tmp_path / "in.jsonl", f"raw.{suffix}", scorer=cheap, raw_cells=True)
    assert "\n=1+1" in raw.read_text(encoding="utf-8")


@given(st.text(max_size=8))
def test_a_harmless_cell_is_read_back_as_it_was(cell):
    assert as_written(harmless(cell)) == cell


@pytest.mark.parametrize("number", ["-5", "+3.2", "-1,000.5", "1e-3", "-7%"])
def test_numbers_stay_numbers(number):
    assert harmless(number) == number


def numbered(tmp_path, count=50) -> Path:
    path = tmp_path / "in.csv"
    path.write_text("n,text\n" + "".join(f"{i},post {i}\n" for i in range(count)), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_first_look(score, cheap, tmp_path, kind):
    source = numbered(tmp_path)
    if kind == "parquet":
        pq.write_table(
            pa.table({"n": [str(i) for i in range(50)], "text": [f"post {i}" for i in range(50)]}),
            tmp_path / "in.parquet",
        )
        source = tmp_path / "in.parquet"

    def rows(**options):
        target = f"{len(list(tmp_path.iterdir()))}.jsonl"
        return [
            int(r.carried["n"]) for r in read_scored(score(source, target, scorer=cheap, batch_size=8, **options)[1])
        ]

    assert rows(limit=11) == list(range(11))
    assert rows(limit=99) == list(range(50))
    drawn = rows(sample=20)
    assert drawn == sorted(set(drawn)) and len(drawn) == 20  # noqa: PT018
    assert rows(sample=20) == drawn != rows(sample=20, seed=1)
    assert rows(sample=99) == list(range(50))
    with pytest.raises(InputError, match="not both"):
        rows(sample=1, limit=1)


def test_every_row_is_drawn_about_as_often(score, cheap, tmp_path):
    seen = [0] * 20
    for seed in range(60):
        _, out = score(numbered(tmp_path, 20), "out.jsonl", scorer=cheap, sample=5, seed=seed)
        for row in read_scored(out):
            seen[int(row.carried["n"])] += 1
    assert min(seen) > 3 and max(seen) < 30  # noqa: PT018  # 15 expected each


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"a": 1}', "no array of posts"),
        (b"[]", "holds no object"),
        (b'[{"text": "da"}, {"text": ', "entry 2 is broken"),
        (b'[{"text": "da"} "x"', "breaks off"),
    ],
)
def test_a_broken_json_array_is_told(score, cheap, tmp_path, data, message):
    (tmp_path / "in.json").write_bytes(data)
    with pytest.raises(InputError, match=message):
        score(tmp_path / "in.json", scorer=cheap)
    assert [p.name for p in tmp_path.iterdir()] == ["in.json"]


def test_a_long_json_array_is_read_in_pieces_and_odd_entries_are_kept(score, cheap, tmp_path):
    rows = [{"text": f"post {i} " + "š" * 300, "n": i} for i in range(1000)]
    (tmp_path / "in.json").write_text(json.dumps([*rows, 5, *rows], ensure_ascii=False, indent=1), encoding="utf-8")
    summary, out = score(tmp_path / "in.json", "out.jsonl", scorer=cheap)
    assert (summary.rows, summary.kinds) == (2001, {"bad_row": 1})
    assert summary.repeats == 1000
    assert [json.loads(line).get("n") for line in out.read_text(encoding="utf-8").splitlines()][998:1002] == [
        998,
        999,
        None,
        0,
    ]
    with pytest.raises(InputError, match="read, not written"):
        score(tmp_path / "in.json", "out.json", scorer=cheap)


def test_rejected_rows_are_listed_with_what_became_of_them(score, cheap, tmp_path):
    (tmp_path / "in.csv").write_text("n,text\n1,da\n2\n3,a,b\n4,ne\n", encoding="utf-8")
    summary, _ = score(tmp_path / "in.csv", scorer=cheap)
    listed = [json.loads(line) for line in summary.rejects.read_text(encoding="utf-8").splitlines()]
    assert [(r["row"], r["reason"].split(":")[0], r["decision"] != "unsupported") for r in listed] == [
        (2, "bad_row", False),
        (3, "bad_row", True),  # scored on what stands in the column
    ]
    (tmp_path / "in.csv").write_text("n,text\n1,da\n", encoding="utf-8")
    assert score(tmp_path / "in.csv", scorer=cheap)[0].rejects is None
    assert not (tmp_path / "out.rejects.jsonl").exists()
