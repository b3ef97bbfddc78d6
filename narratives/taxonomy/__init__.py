"""What the library looks for: narratives, targets, stances and severity levels, with what each does not cover.

A narrative becomes a label only where the writer asserts it; severity is derived from labels and stance, never
predicted by itself. Every table keeps the order used throughout the project.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from narratives.errors import unknown
from narratives.taxonomy.acts import ACTS
from narratives.taxonomy.cards import Crosswalk, Kind, Narrative, Severity, Stance, Target
from narratives.taxonomy.kosovo import KOSOVO_NOTE, with_kosovo_note
from narratives.taxonomy.people import TARGETS_LIST
from narratives.taxonomy.readings import GLOBAL_EXCLUSIONS, SEVERITY_LIST, STANCES_LIST
from narratives.taxonomy.stories import STORIES

__all__ = [
    "GLOBAL_EXCLUSIONS",
    "KOSOVO_NOTE",
    "NARRATIVES",
    "SEVERITY",
    "STANCES",
    "TARGETS",
    "Crosswalk",
    "Kind",
    "Narrative",
    "Severity",
    "Stance",
    "Target",
    "narrative",
    "target",
    "with_kosovo_note",
]

NARRATIVES: Mapping[str, Narrative] = MappingProxyType({entry.id: entry for entry in (*STORIES, *ACTS)})
"""The sixteen narratives by id, stories before acts."""

TARGETS: Mapping[str, Target] = MappingProxyType({entry.id: entry for entry in TARGETS_LIST})
"""The twenty-one targets by id."""

STANCES: Mapping[str, Stance] = MappingProxyType({entry.id: entry for entry in STANCES_LIST})
"""The five stances by id."""

SEVERITY: Mapping[int, Severity] = MappingProxyType({entry.level: entry for entry in SEVERITY_LIST})
"""The severity levels 0 to 4."""


def narrative(id: str) -> Narrative:
    """Look up a narrative by id.

    Raises:
        UnknownNameError: There is none of that id; the message lists the known ones.

    >>> narrative("dehumanisation").kind
    'act'
    """
    found = NARRATIVES.get(id)
    if found is None:
        raise unknown("narrative", id, list(NARRATIVES))
    return found


def target(id: str) -> Target:
    """Look up a target by id.

    Raises:
        UnknownNameError: There is none of that id; the message lists the known ones.

    >>> target("defenders_ngos").protected
    False
    """
    found = TARGETS.get(id)
    if found is None:
        raise unknown("target", id, list(TARGETS))
    return found
