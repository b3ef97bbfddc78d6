"""Links between the files of the repository lead somewhere; pages that must say something say it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from narratives.taxonomy import KOSOVO_NOTE, NARRATIVES, SEVERITY

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).parents[2]
PAGES = sorted(p for p in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")) if p.is_file())

FILES = sorted({*PAGES, *ROOT.glob("*.md"), *(ROOT / "models").glob("**/*.md"), *(ROOT / "datasets").glob("**/*.md")})


@pytest.mark.parametrize("page", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_to_files_and_headings_that_exist(page):
    broken = []
    for line, target in links(page):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):  # the web is not asked
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists():
            broken.append(f"line {line}: no file {path}")
        elif anchor and file.suffix == ".md" and anchor not in anchors(file):
            broken.append(f"line {line}: no heading #{anchor} in {file.relative_to(ROOT)}")
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_page_that_names_kosovo_carries_the_note(page):
    text = " ".join(plain(page).split())
    if re.search(r"(?<!to )(?<!\w)Kosovo", text.replace(KOSOVO_NOTE, "")):
        assert KOSOVO_NOTE in text
        assert re.search(r"Kosovo\\?\*", text), "mark the name with an asterisk"


@pytest.mark.skipif(not PAGES, reason="the pages come with the repository")
def test_the_tables_of_how_it_decides_are_those_of_the_taxonomy():
    page = (ROOT / "docs/how-it-decides.md").read_text(encoding="utf-8")
    for entry in NARRATIVES.values():
        assert f"| `{entry.id}` | {entry.definition} |" in page
    for level in SEVERITY.values():
        assert f"| {level.level} | {level.name} | {level.definition} |" in page


@pytest.mark.skipif(not PAGES, reason="the pages come with the repository")
def test_every_public_name_is_in_the_reference():
    import narratives

    pages = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs/reference").glob("*.md"))
    lost = []
    for name in narratives.__all__:
        home = narratives._HOMES.get(name)
        if home and not re.search(rf"^::: {re.escape(home)}\b", pages, re.MULTILINE):
            lost.append(name)
    assert not lost


def plain(page: Path) -> str:
    """A page without its fenced blocks, line numbers kept."""
    out, fence = [], None
    for line in page.read_text(encoding="utf-8").splitlines():
        found = re.match(r"(```+)\w*\s*$", line)
        if fence is None and found:
            fence = found[1]
        elif fence is not None:
            fence = None if line == fence else fence
            line = ""  # noqa: PLW2901
        out.append("" if found else line)
    return "\n".join(out)


def anchors(page: Path) -> set[str]:
    """Anchors of the headings, as GitHub and the site both make them."""
    found: dict[str, int] = {}
    for heading in re.findall(r"^#{1,6}\s+(.+?)\s*#*$", plain(page), re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", lambda m: m[1] or "", heading)
        slug = "".join(c for c in unicodedata.normalize("NFKC", words).lower() if c.isalnum() or c in " -_")
        slug = slug.strip().replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
    return {slug if n == 0 else f"{slug}-{n}" for slug, last in found.items() for n in range(last + 1)}


def links(page: Path) -> Iterator[tuple[int, str]]:
    """(line, target) of every Markdown link and image of a page."""
    for number, line in enumerate(plain(page).splitlines(), start=1):
        code_free = re.sub(r"`[^`]*`", "`code`", line)
        for target in re.findall(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)", code_free):
            yield number, target
