"""Scored files of every kind, and what is said of those that are none."""

import pytest

from narratives.errors import InputError, MissingFileError, UnknownNameError
from narratives.report.reading import layout, tables
from narratives.report.tally import tally

from .conftest import flagged, row, some, write

KINDS = [".csv", ".tsv", ".jsonl", ".parquet"]


def count(path, **columns):
    given = {"text": "text", "date": "created_at", "platform": "platform", **columns}
    return tally(tables(path, layout(path), **given))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_the_same_counts(tmp_path, scored, kind):
    expected, found = count(scored), count(write(tmp_path / f"scored{kind}", some()))
    for name in ("decisions", "labels", "targets", "stances", "mentions", "severities", "models", "days"):
        assert getattr(found, name) == getattr(expected, name), name
    assert found.rows == 360


def test_columns_that_were_there_before_are_not_taken_for_ours(tmp_path):
    rows = [{**flagged(1), "lang": "their word", "narratives_lang": "sq"}]
    assert [key[1] for key in count(write(tmp_path / "s.csv", rows)).decisions] == ["sq"]


def test_the_newest_scores_count(tmp_path):
    rows = [{**flagged(1), "narratives_decision": "clear", "narratives_decision_2": "review"}]
    assert [key[3] for key in count(write(tmp_path / "s.csv", rows)).decisions] == ["review"]


def test_semicolons_as_separators_and_line_breaks_in_cells(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text('text;decision;model\n"a\nb; c";flag;m 1 0123abcd\nd;clear;m 1 0123abcd\n', encoding="utf-8")
    found = count(path, date=None, platform=None)
    assert found.rows == 2
    assert found.days is None


def test_missing_columns_of_older_files_are_no_error(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("decision,model\nflag,m 1 0123abcd\n", encoding="utf-8")
    assert count(path, text=None, date=None, platform=None).rows == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("s.csv", b"", "empty"),
        ("s.csv", b"text,lang\nsecret words,sq\n", "not scored"),
        ("s.csv", b"decision,model,text\nflag,m,\xff\xfesecret\n", "cannot be read|not UTF-8"),
        ("s.csv", b"decision,model\nflag,m\nflag,m,secret,words\n", "row|damaged"),
        ("s.jsonl", b'{"decision": "flag", "model": "m"}\n{"secret": \n', "line 2"),
        ("s.jsonl", b"[1]\n", "line 1"),
        ("s.parquet", b"secret words", "cannot be read"),
        ("s.xlsx", b"PK", "suffix"),
    ],
)
def test_what_cannot_be_read_is_said_without_a_word_of_it(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        count(path, text=None, date=None, platform=None)
    assert "secret" not in str(caught.value)


def test_no_file_and_no_column(tmp_path, scored):
    with pytest.raises(MissingFileError):
        layout(tmp_path / "none.csv")
    with pytest.raises(UnknownNameError, match="created_at"):
        count(scored, date="when")


def test_undated_rows_are_counted(tmp_path):
    rows = [row(1), row(2, created_at="soon"), row(3, created_at="")]
    found = count(write(tmp_path / "s.csv", rows))
    assert found.undated == 1
    assert found.days[0] == found.days[1]
