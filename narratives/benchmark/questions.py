"""Rows to be answered by a system that cannot be called from here, such as a language model behind a service."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from narratives import resources
from narratives.benchmark.bench import Settings, shipped
from narratives.benchmark.functional import read_suite
from narratives.benchmark.plan import Plan
from narratives.benchmark.rows import read_set, training_keys
from narratives.corpora import text_key
from narratives.errors import MissingFileError


def write_questions(plans: Sequence[Plan], settings: Settings, path: Path) -> int:
    """Write every row that a run would measure, once, as JSON lines with ``key``, ``lang`` and ``text``.

    Add ``answer`` to each line and hand the file to ``--against answers:FILE``. The file holds corpus texts: check
    their licences before sending it anywhere.

    Returns:
        Number of rows.
    """
    found: dict[tuple[str, str], str] = {}
    for plan in plans:
        learnt = training_keys(plan.lang, settings.data, shipped("datasets/posts"))
        for wanted in plan.sets:
            try:
                rows = read_set(wanted, settings.data, learnt, from_hub=settings.hub)
            except (MissingFileError, ImportError) as error:
                settings.say(f"{plan.lang}: corpus skipped: {wanted.name}: {error}")
                continue
            found |= dict(zip(zip(rows.keys, rows.langs, strict=True), rows.texts, strict=True))
        for case in read_suite(resources.find(f"datasets/functional/{plan.lang}.jsonl")):
            found[text_key(case.text, case.lang), case.lang] = case.text
    lines = [
        json.dumps({"key": k, "lang": lang, "text": text}, ensure_ascii=False) for (k, lang), text in found.items()
    ]
    partial = path.with_name(path.name + ".part")
    partial.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    partial.replace(path)
    return len(lines)
