"""Every snippet of the README and of the documentation is run, in order, page by page, as a reader would run it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from narratives.resources import find

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).parents[2]
PAGES = sorted(p for p in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")) if p.is_file())
RUN = {"python", "bash", "console"}
SHOWN = {"text", "csv", "json", "toml", "diff"}

_FENCE = re.compile(r"^(```+)(\w*)\s*$")
_COMMENT = re.compile(r"^<!--\s*(needs:\s*(?P<needs>\w+)|(?P<mark>[\w-]+))\s*-->$")
_CI = {"run-command", "test-command"}  # `.ci/run` cuts these out of the README and runs them in a fresh environment


@dataclass(frozen=True)
class Snippet:
    """A fenced block: its page, first line, language and text, and the comment that stands right above it."""

    page: Path
    line: int
    language: str
    text: str
    needs: str | None
    mark: str | None

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def snippets(page: Path) -> Iterator[Snippet]:
    """Fenced blocks of a page in order.

    Raises:
        ValueError: A fence is not closed.
    """
    lines = page.read_text(encoding="utf-8").splitlines()
    comment: re.Match[str] | None = None
    i = 0
    while i < len(lines):
        fence = _FENCE.match(lines[i])
        if fence is None:
            comment = _COMMENT.match(lines[i].strip()) or (comment if not lines[i].strip() else None)
            i += 1
            continue
        end = next((j for j in range(i + 1, len(lines)) if lines[j] == fence[1]), None)
        if end is None:
            raise ValueError(f"{page.name}:{i + 1}: the block is never closed")
        needs, mark = (comment["needs"], comment["mark"]) if comment else (None, None)
        yield Snippet(page, i + 2, fence[2], "\n".join(lines[i + 1 : end]) + "\n", needs, mark)
        comment, i = None, end + 1


def missing(snippet: Snippet) -> str | None:
    """Why a snippet is not run here, or ``None`` if it is."""
    if snippet.mark in _CI:
        return "run by .ci/run in a fresh environment"
    needs = snippet.needs
    if needs is None:
        return None
    if needs == "data":
        return None if os.environ.get("NARRATIVES_DATA") else "needs a folder of corpora: set NARRATIVES_DATA"
    if needs == "terminal":
        return "needs a person at a terminal; tests/cli covers it"
    if needs == "network":
        return "needs the network"
    if needs == "cluster":
        return "needs a Ray cluster; tests/batch covers it"
    if needs == "encoder":
        config = json.loads((find("models/default") / "config.json").read_text(encoding="utf-8"))
        return (
            None if any(head.startswith("narrative.") for head in config["heads"]) else "needs a model with narratives"
        )
    return None if find_spec(needs) else f"needs the package {needs}"


SNIPPETS = {page: list(snippets(page)) for page in PAGES}
LEFT_OUT = [(s, why) for found in SNIPPETS.values() for s in found if s.language in RUN and (why := missing(s))]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as a reader has it: the checkout's files at hand, and an export of the example posts."""
    for name in ("datasets", "models", "evaluation", "examples", "constraints.txt"):
        (tmp_path / name).symlink_to(ROOT / name)
    posts = ROOT / "datasets/examples/posts.csv"
    shutil.copy(posts, tmp_path / "export.csv")
    (tmp_path / "posts").mkdir()
    from pyarrow import csv, parquet

    parquet.write_table(csv.read_csv(posts), tmp_path / "posts/part-0.parquet")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / ".hf"))
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_snippets_of_a_page_run_in_order(page, desk, capfd):
    namespace = {"__name__": "__main__"}
    last = ""
    for snippet in SNIPPETS[page]:
        if snippet.mark == "shows":
            check_shown(snippet, last)
        elif snippet.language in RUN and missing(snippet) is None:
            capfd.readouterr()
            if snippet.language == "python":
                run_python(snippet, namespace)
            else:
                run_shell(snippet)
            last = "".join(capfd.readouterr())


@pytest.mark.parametrize(("snippet", "why"), LEFT_OUT, ids=[s.place for s, _ in LEFT_OUT])
def test_snippets_that_are_not_run_here(snippet, why):
    pytest.skip(f"{snippet.place}: {why}")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_block_is_of_a_kind_that_nobody_checks(page):
    odd = {s.place: s.language for s in SNIPPETS[page] if s.language not in RUN | SHOWN}
    assert not odd, f"give these blocks one of the languages {sorted(RUN | SHOWN)}: {odd}"


def test_what_the_readme_leaves_to_the_ci_script_is_run_there():
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    for snippet in SNIPPETS[ROOT / "README.md"]:
        if snippet.language in RUN and missing(snippet) and snippet.needs is None:
            assert f"<!-- {snippet.mark} -->" in script


def run_python(snippet: Snippet, namespace: dict) -> None:
    """Run in this process; a traceback names the line of the page."""
    source = "\n" * (snippet.line - 1) + snippet.text
    code = compile(source, str(snippet.page), "exec")
    with warnings.catch_warnings():
        warnings.simplefilter("default")  # a reader's Python does not turn warnings of other libraries into errors
        try:
            exec(code, namespace)  # what a reader pastes
        except BaseException:
            pytest.fail(f"{snippet.place} does not run\n{traceback.format_exc(limit=-3)}", pytrace=False)


def run_shell(snippet: Snippet) -> None:
    """Run with the installed command; in a console block, the lines after `$ `."""
    script = snippet.text
    if snippet.language == "console":
        script = "\n".join(line[2:] for line in script.splitlines() if line.startswith("$ "))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], stdin=subprocess.DEVNULL, timeout=300, check=False
    )
    assert done.returncode == 0, f"{snippet.place} ended with exit code {done.returncode}"


def check_shown(snippet: Snippet, output: str) -> None:
    """Each line that a page shows as output is in the output of the snippet before; `…` stands for what is left out."""
    said = " ".join(output.split())
    for line in snippet.text.splitlines():
        for part in line.split("…"):
            words = " ".join(part.split())
            assert words in said, f"{snippet.place} shows {words!r}, which the snippet before it does not print"
