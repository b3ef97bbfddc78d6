from __future__ import annotations

import csv
import io
import json

import pytest

from narratives.responses.norms import COUNTRIES
from narratives.taxonomy import KOSOVO_NOTE, NARRATIVES


def test_reply_by_narrative_needs_no_model(run):
    result = run("reply", "--narrative", "welfare_burden", "--country", "TR", "-n", "2")
    assert result.exit_code == 0
    assert "1. empathy, comment, tr  [draft" in result.stdout
    assert "right: " in result.stdout
    assert "Where to turn:" in result.stdout


def test_reply_as_json(run):
    out = json.loads(run("reply", "--narrative", "gendered_threat", "--country", "XK", "--lang", "tr", "--json").stdout)
    assert len(out["replies"]) == 3
    assert out["footnote"] == KOSOVO_NOTE
    assert out["replies"][0]["lang"] == "tr"


def test_reply_to_a_post_never_shows_it(run, scorer):
    post = "They are pests, all of them"
    result = run("reply", post, "--country", "RS", "--narrative", "dehumanisation", "--channel", "post")
    assert result.exit_code == 0
    assert "pests" not in result.stdout
    assert "1. " in result.stdout
    plain = run("reply", post, "--country", "RS")
    assert "does not say which narrative" in plain.stdout
    stdin = run("reply", "-", "--country", "RS", "--narrative", "dehumanisation", input=post)
    assert "pests" not in stdin.stdout


def test_severity_four_gets_the_protocol(run):
    result = run("reply", "--narrative", "violence_incitement", "--country", "RS", "--lang", "tr")
    assert result.stdout.startswith("PROTECT")
    assert "No reply is suggested." in result.stdout
    assert "[contact]" in result.stdout
    filled = run(
        "reply", "--narrative", "violence_incitement", "--country", "RS", "--lang", "tr", "--slot", "contact=X 1"
    )
    assert "[contact]" not in filled.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("reply", "--country", "RS"), "narrative"),
        (("reply", "--narrative", "aliens", "--country", "RS"), "unknown narrative"),
        (("reply", "--narrative", "welfare_burden", "--country", "HR"), "unknown country"),
        (("reply", "--narrative", "welfare_burden", "--country", "RS", "--slot", "contact"), "NAME=VALUE"),
        (("reply", " ", "--country", "RS"), "empty"),
        (("check-draft", "none.txt", "--lang", "en"), "no file"),
        (("routes", "--country", "XX"), "unknown country"),
        (("routes", "--country", "RS", "--need", "money"), "unknown need"),
        (("norms", "--narrative", "x", "--country", "RS"), "unknown narrative"),
        (("incident", "--what", "x", "--when", "today", "--where", "y", "--country", "RS"), "expected a date"),
        (("incident", "--what", "x", "--when", "2026-05-01", "--where", "y", "--country", "RS"), "time zone"),
    ],
)
def test_a_mistake_is_one_line_and_code_2(run, args, said):
    result = run(*args)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_check_draft(run, tmp_path):
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text("We all want to get home safely. Let us ask the council for lamps together.", encoding="utf-8")
    bad.write_text("Those idiots are racists. Refugees are not criminals.", encoding="utf-8")
    passed = run("check-draft", good, "--lang", "en")
    assert (passed.exit_code, passed.stdout.splitlines()[0]) == (0, "PASSED")
    assert "participation: " in passed.stdout
    stopped = run("check-draft", bad, "--lang", "en")
    assert (stopped.exit_code, stopped.stdout.splitlines()[0]) == (1, "STOP")
    assert "idiots" not in stopped.stdout
    out = json.loads(run("check-draft", bad, "--lang", "en", "--json").stdout)
    assert {"COUNTER_HATE", "NEGATED_FRAME"} <= {finding["code"] for finding in out["findings"]}
    assert run("check-draft", "-", "--lang", "en", input="Refugees are not criminals.").exit_code == 0


def test_check_draft_asks_the_scorer(run, scorer, tmp_path):
    draft = tmp_path / "draft.txt"
    draft.write_text("We all share this home. Let us clear out the pests together.", encoding="utf-8")
    assert run("check-draft", draft, "--lang", "en").exit_code == 0
    assert run("check-draft", draft, "--lang", "en", "--model", "default").exit_code == 1


def test_a_stop_is_not_exported_without_a_reason(run, tmp_path):
    draft, out = tmp_path / "draft.txt", tmp_path / "out.txt"
    draft.write_text("Peace in Kosovo. Those idiots should come and talk.", encoding="utf-8")
    refused = run("check-draft", draft, "--lang", "en", "--export", out)
    assert refused.exit_code == 1
    assert not out.exists()
    assert run("check-draft", draft, "--lang", "en", "--export", out, "--reason", "a quotation").exit_code == 0
    assert out.read_text(encoding="utf-8").endswith(KOSOVO_NOTE)
    assert "a quotation" in (tmp_path / "out.reason.txt").read_text(encoding="utf-8")


def test_worksheet(run, scorer):
    result = run("worksheet", "They are pests", "--answer", "speaker=a mayor")
    assert result.exit_code == 0
    assert result.stdout.startswith("# Rabat worksheet")
    assert "pests" not in result.stdout
    assert "a mayor" in result.stdout
    out = json.loads(run("worksheet", "They are pests", "--json").stdout)
    assert out["verdict"] is None
    assert len(out["open_questions"]) == 5


@pytest.mark.parametrize("country", COUNTRIES)
def test_routes(run, country):
    shown = run("routes", "--country", country)
    assert shown.exit_code == 0
    assert (KOSOVO_NOTE in shown.stdout) == (country == "XK")
    found = json.loads(run("routes", "--country", country, "--need", "legal_aid", "--json").stdout)
    assert all("legal_aid" in route["needs"] for route in found)


@pytest.mark.parametrize("country", COUNTRIES)
def test_norms(run, country):
    for narrative in list(NARRATIVES)[::5]:
        shown = run("norms", "--narrative", narrative, "--country", country)
        assert shown.exit_code == 0
        assert "Do not over-claim:" in shown.stdout
        assert (KOSOVO_NOTE in shown.stdout) == (country == "XK")
    out = json.loads(run("norms", "--narrative", "gendered_threat", "--country", "TR", "--json").stdout)
    assert "Istanbul" in json.dumps(out["withheld"])
    assert "Istanbul" not in json.dumps(out["norms"])


def test_incident(run, tmp_path):
    copy = tmp_path / "shot.png"
    copy.write_bytes(b"picture")
    base = (
        "incident",
        "--what",
        "=threats",
        "--when",
        "2026-05-01T09:00+02:00",
        "--where",
        "a group",
        "--country",
        "XK",
    )
    sheet = next(csv.DictReader(io.StringIO(run(*base, "--copy", copy, "--narrative", "dehumanisation").stdout)))
    assert sheet["what"] == "'=threats"
    assert len(sheet["sha256"]) == 64
    assert sheet["footnote"] == KOSOVO_NOTE
    assert "# Incident sheet" in run(*base, "--markdown").stdout
    assert json.loads(run(*base, "--json").stdout)["when"] == "2026-05-01T07:00:00Z"
    assert not run(*base, "--no-header").stdout.startswith("what")
