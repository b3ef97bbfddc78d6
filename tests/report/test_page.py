"""The page: whole, in every language, harmless whatever stands in the file, and quiet about what is in a post."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
from markupsafe import escape
from typer.testing import CliRunner

from narratives.cli import app
from narratives.errors import InputError, MissingFileError, OutputError, UnknownNameError
from narratives.languages import LANGUAGES
from narratives.report import write_report
from narratives.report.wording import words
from narratives.scorer import load
from narratives.taxonomy import KOSOVO_NOTE

from .conftest import COLUMNS, flagged, row, some, write

ATTACKS = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg onload=alert(1)>",
    "</title><script>alert(1)</script>", "</style><script>alert(1)</script>", "javascript:alert(1)",
    "{{ 7*7 }}{% print(1) %}", "${7*7}$w", "<!--", "]]><x>", "&lt;script&gt;", "\u202e<b>abc</b>", "<iframe src=//e.x>",
    "<a href='javascript:alert(1)'>", "\x00<script>", "--></textarea><script>alert(1)</script>",
)  # fmt: skip
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Collects elements, attributes and text, and checks that elements close."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.open, self.text = [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def page(tmp_path, rows, name="scored.csv", **options):
    given = {"text": "text", "date": "created_at", "platform": "platform", "today": date(2026, 3, 1), **options}
    write_report(write(tmp_path / name, rows), tmp_path / "report.html", **given)
    return (tmp_path / "report.html").read_text(encoding="utf-8")


def safe(html):
    """Nothing that runs or asks for anything, but the one small script that the policy names."""
    found = Page(html)
    assert found.tags.count("script") == 1
    assert not {"img", "iframe", "object", "embed", "form", "base", "a b"} & set(found.tags)
    for tag, name, value in found.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name != "src"
        if name in {"href", "xlink:href"}:
            assert value.startswith("#") or value == "data:,"
    assert "default-src 'none'" in html
    assert not re.search(r"url\(|@import|https?://", html)
    return found


@pytest.mark.parametrize("code", [*LANGUAGES, "sr-Latn"])
def test_the_page_in_every_language(tmp_path, code):
    html = page(tmp_path, some(), lang=code, country="RS")
    found = safe(html)
    w = words(code)
    assert ("html", "lang", w.tag) in found.attributes
    text = "".join(found.text)
    for key in ("h_summary", "h_time", "h_growth", "h_targets", "h_where", "h_stance", "h_severity", "h_copies",
                "h_answers", "h_model", "h_limits", "caution", "severity_note", "draft"):  # fmt: skip
        assert w(key) in text, key
    assert w.share(6 / 360) in text or w.share(12 / 360) in text
    for id in ("welfare_burden", "invasion_flood"):
        assert w.name("narratives", id) in text
    assert w.name("targets", "syrians") in text
    assert "$" not in text


def test_every_chart_has_a_title_a_description_and_a_role(tmp_path):
    html = page(tmp_path, some())
    charts = re.findall(r'<svg class="chart[^>]*>', html)
    assert len(charts) > 8
    ids = re.findall(r'id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for chart in charts:
        title, described = re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', chart).groups()
        assert f'<title id="{title}">' in html
        assert f'<desc id="{described}">' in html


@pytest.mark.parametrize("kind", [".csv", ".jsonl", ".parquet"])
def test_attacks_in_every_field_stay_text(tmp_path, kind):
    rows = some()
    for i, attack in enumerate(ATTACKS):
        long = f"{attack} one text that is copied again and again by someone who is quite a bore {attack}"
        for j in range(3):
            rows.append(flagged(10_000 + 3 * i + j, text=long, platform=attack))
        for column in COLUMNS:
            if column not in {"id", "text", "decision"}:
                rows.append({**flagged(20_000 + i, text=long), column: attack})
    rows = [{k: v.replace("\x00", "") if kind == ".parquet" else v for k, v in entry.items()} for entry in rows]
    events = tmp_path / "events.csv"
    events.write_text("date,label\n" + "".join(f'2026-01-{i + 5:02d},"{a.replace(chr(34), chr(34) * 2)}"\n'
                      for i, a in enumerate(ATTACKS) if "\x00" not in a), encoding="utf-8")  # fmt: skip
    html = page(tmp_path, rows, f"scored{kind}", events=events, title=ATTACKS[0] + ATTACKS[6], country="RS")
    found = safe(html)
    assert "<script>alert(1)</script>{{ 7*7 }}" in "".join(found.text)
    assert "49" not in re.findall(r"<h1>(.*?)</h1>", html)[0]


def test_attacks_in_the_name_of_the_file_and_of_the_model(tmp_path):
    rows = [flagged(i, model="<b>x</b> <i>1 0123abcd") for i in range(3)]
    safe(page(tmp_path, rows, "<img src=x>.csv"))


def test_posts_are_folded_masked_and_few(tmp_path):
    secret = "Zovi Anu Anić na 064/123-45-67 ili ana@example.org: ovi ljudi su gamad i cigani, tako kažu svi redom"
    rows = [flagged(i, text=f"{secret} {'!' * i}", lang="bcms") for i in range(5)] + some()
    html = page(tmp_path, rows)
    shown = re.findall(r'<p class="words".*?</p>', html)
    assert len(shown) == 1
    for word in ("064", "@example", "ana@", "gamad", "cigani", "Anić", "Zovi Anu"):
        assert word not in html
    before = html[: html.index(shown[0])]
    assert before.count("<details>") == before.count("</details>") + 1


def test_evidence_of_the_model_that_scored_it(tmp_path, tiny, tiny_folder):
    text = "Ovo je dugačka rečenica o komšijama koji se okupljaju ispred biblioteke svake subote ujutro"
    cell = f"{tiny.info.name} {tiny.info.version} {tiny.info.sha256[:8]}"
    rows = [flagged(i, text=text, lang="bcms", model=cell) for i in range(3)]
    html = page(tmp_path, rows, model=tiny_folder)
    assert tiny.info.sha256 in html
    spans = tiny.score(text, lang="bcms", evidence=True).evidence
    pieces = re.findall(r"<span>(.*?)</span>", re.search(r'<p class="words".*?</p>', html)[0])
    assert spans
    assert pieces
    assert len("".join(pieces)) < len(text)
    assert words("en")("limits_unknown") in html


def test_a_model_that_is_not_at_hand(tmp_path):
    html = page(tmp_path, some())
    assert words("en")("limits_other") in html
    assert "0123abcd" in html
    assert words("en")("digest_part") in html


def test_older_files_without_narratives_say_so(tmp_path):
    rows = [
        {**entry, "labels": "hate" if entry["decision"] == "flag" else "", "mentioned": "", "stance": "", "targets": "",
         "language_severity": ""} for entry in some()
    ]  # fmt: skip
    html = page(tmp_path, rows)
    assert words("en")("no_narratives") in html
    assert words("en")("answers_no_narratives") in html
    assert 'id="growth"' not in html
    safe(html)


def test_files_without_text_and_dates(tmp_path):
    rows = [{k: v for k, v in entry.items() if k not in {"text", "created_at", "platform"}} for entry in some()]
    html = page(tmp_path, rows, text=None, date=None, platform=None)
    assert words("en")("time_none") in html
    assert words("en")("copies_no_text") in html


def test_growth_shows(tmp_path):
    rows = some(weeks=8)
    late = date(2026, 1, 5) + timedelta(weeks=7)
    rows += [flagged(50_000 + i, "dumping_ground", late) for i in range(25)]
    html = page(tmp_path, rows)
    section = html[html.index('<section id="growth">') : html.index('<section id="told">')]
    assert "Dumping ground: new" in section
    assert "Welfare burden" not in section


def test_copies_alone_are_no_growth(tmp_path):
    rows = some(weeks=8)
    late = date(2026, 1, 5) + timedelta(weeks=7)
    rows += [flagged(50_000 + i, "dumping_ground", late, text="the same long text, again and again, until noon")
             for i in range(25)]  # fmt: skip
    section = page(tmp_path, rows)
    section = section[section.index('<section id="growth">') : section.index('<section id="told">')]
    assert words("en")("growth_none") in section


def test_counter_speech_is_counted(tmp_path):
    html = page(tmp_path, some())
    assert words("en")("stance_line", share="33.3%", interval="17.2% to 54.6%") not in html  # of 18, not of 6 in 18
    assert "33.3% counter it" in html


def test_the_footnote_comes_with_the_name_alone(tmp_path):
    assert KOSOVO_NOTE not in page(tmp_path, some())
    assert KOSOVO_NOTE in page(tmp_path, some(), title="Priština, Косово")
    assert KOSOVO_NOTE in page(tmp_path, some(), country="XK")


def test_suggestions_are_marked_as_drafts(tmp_path):
    html = page(tmp_path, some(), country="TR")
    section = html[html.index('<section id="answers">') :]
    assert section.count("<blockquote") == section.count(words("en")("answers_draft")) == 2


def test_no_reply_to_incitement(tmp_path):
    rows = [flagged(i, "violence_incitement", language_severity="4") for i in range(9)]
    html = page(tmp_path, rows, country="TR")
    assert words("en")("answers_protect") in html
    assert "<blockquote" not in html


def test_nothing_is_called_illegal(tmp_path):
    text = "".join(Page(page(tmp_path, some(), country="RS")).text).lower()
    told = text.replace("nothing here says that a post is illegal", "")
    assert "illegal" not in told
    assert "crime" not in told


@pytest.mark.parametrize(("by", "first"), [("week", "time"), ("platform", "where"), ("lang", "where")])
def test_what_comes_first(tmp_path, by, first):
    sections = re.findall(r'<section id="(\w+)">', page(tmp_path, some(), by=by))
    assert sections[1] == first
    assert len(sections) == len(set(sections))


def test_many_weeks_and_a_stray_date(tmp_path):
    rows = [row(i, day=date(2020, 1, 6) + timedelta(weeks=i % 300)) for i in range(900)] + [
        row(901, day=date(1999, 1, 1))
    ]
    html = page(tmp_path, rows)
    assert "4\xa0weeks" in html
    assert words("en")("time_undated", posts="1 post").replace("1 post", "1\xa0post") in html


def test_events_outside_the_time_are_left_out(tmp_path):
    events = tmp_path / "e.csv"
    events.write_text("Date,Label\n2026-01-20,inside\n2031-01-20,outside\n", encoding="utf-8")
    html = page(tmp_path, some(), events=events)
    assert "inside" in html
    assert "outside" not in html


@pytest.mark.parametrize(
    ("content", "said"), [("when,what\n", "date and label"), ("date,label\nsoon,x\n", "line 2"), ("", "date and label")]
)
def test_events_that_cannot_be_read(tmp_path, content, said):
    (tmp_path / "e.csv").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        page(tmp_path, some(), events=tmp_path / "e.csv")


def test_mistakes(tmp_path, scored):
    with pytest.raises(UnknownNameError, match="week"):
        write_report(scored, tmp_path / "r.html", by="moon")
    with pytest.raises(UnknownNameError):
        write_report(scored, tmp_path / "r.html", lang="xx")
    with pytest.raises(MissingFileError):
        write_report(scored, tmp_path / "r.html", events=tmp_path / "none.csv")
    with pytest.raises(OutputError):
        write_report(scored, scored)
    with pytest.raises(OutputError):
        write_report(scored, tmp_path / "no" / "r.html")
    with pytest.raises(InputError, match="no rows"):
        page(tmp_path, [], "empty.csv")
    assert not list(tmp_path.glob("*.part"))


def test_the_command(tmp_path, scored):
    out = tmp_path / "r.html"
    done = CliRunner().invoke(app, ["report", str(scored), "-o", str(out), "--ui-lang", "mk", "--by", "lang"])
    assert done.exit_code == 0, done.output
    assert out.stat().st_size < 2_000_000
    assert words("mk")("title") in out.read_text(encoding="utf-8")
    bad = CliRunner().invoke(app, ["report", str(tmp_path / "none.csv")])
    assert bad.exit_code == 2


@pytest.mark.checkout
@pytest.mark.parametrize("lang", LANGUAGES)
def test_error_rates_on_real_annotated_posts_stand_on_the_page(tmp_path, lang):
    info = load().info
    rows = [flagged(i, lang="tr", model=f"{info.name} {info.version} {info.sha256[:8]}") for i in range(3)]
    html = page(tmp_path, rows, lang=lang)
    said = escape(words(lang)("limits_annotated"))
    assert html.count(said) == 1
    assert "annotated-tr" in html
