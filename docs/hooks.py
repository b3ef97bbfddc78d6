"""What `mkdocs build` needs besides the pages: files of the repository as pages, and the help of the command."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

# files outside docs/ that the site shows, and where; pages link to them as the repository does
BORROWED = {
    "models/default/README.md": "model-card.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "NOTICE.md": "notice.md",
    "models/ATTEMPTS.md": "attempts.md",
    "evaluation/results/language_id.md": "language-identification.md",
    "datasets/cards/examples.md": "cards/examples.md",
    "datasets/cards/posts.md": "cards/posts.md",
    "datasets/cards/functional.md": "cards/functional.md",
    "datasets/cards/lexicons.md": "cards/lexicons.md",
}
_LINK = re.compile(r"(\]\()([^)\s#:]+)(#[^)\s]*)?(\))")
_COMMANDS = "<!-- commands -->"


def on_files(files: Any, config: Any) -> Any:
    """Add the borrowed files."""
    from mkdocs.structure.files import File, InclusionLevel

    shown = str(config["nav"])
    for source, page in BORROWED.items():
        file = File.generated(config, page, content=(ROOT / source).read_text(encoding="utf-8"))
        file.inclusion = InclusionLevel.INCLUDED if page in shown else InclusionLevel.NOT_IN_NAV
        files.append(file)
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001
    """Point links to borrowed files at their pages, and put in the help of the command."""
    here = page.file.src_uri
    home = {shown: source for source, shown in BORROWED.items()}.get(here, f"docs/{here}")

    def moved(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(home), match[2]))
        inside = BORROWED.get(target, target.removeprefix("docs/") if target.startswith("docs/") else None)
        if inside is None:
            return match[0]
        return f"{match[1]}{posixpath.relpath(inside, posixpath.dirname(here) or '.')}{match[3] or ''}{match[4]}"

    return _LINK.sub(moved, markdown).replace(_COMMANDS, _helped() if _COMMANDS in markdown else "")


def _helped() -> str:
    """The help of every command, as the command prints it."""
    from typer.main import get_command
    from typer.testing import CliRunner

    from narratives.cli import app

    parts = []
    for words in _paths(get_command(app), ()):
        said = CliRunner().invoke(app, [*words, "--help"], prog_name="narratives", terminal_width=96).output
        parts.append(f"## narratives {' '.join(words)}\n\n```text\n{said.strip()}\n```\n")
    return "\n".join(parts)


def _paths(command: Any, before: tuple[str, ...]) -> list[tuple[str, ...]]:
    found = []
    for name, child in command.commands.items():
        found += _paths(child, (*before, name)) if hasattr(child, "commands") else [(*before, name)]
    return found
