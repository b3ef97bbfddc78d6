"""Find anti-migrant narratives and hate speech in posts, in nine languages, offline."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# The public names and where they live. They load on first use: `import narratives` loads neither numpy nor torch.
_HOMES = {
    "load": "narratives.scorer",
    "Scorer": "narratives.scorer",
    "PostScore": "narratives.results",
    "score_frame": "narratives.frames",
    "resolve": "narratives.languages",
    "LANGUAGES": "narratives.languages",
    "normalise": "narratives.text",
    "detect": "narratives.text",
    "redact": "narratives.text",
    "to_latin": "narratives.text",
    "suggest": "narratives.responses.suggest",
    "check_draft": "narratives.responses.draft",
    "worksheet": "narratives.responses.worksheet",
    "NARRATIVES": "narratives.taxonomy",
    "TARGETS": "narratives.taxonomy",
    "NarrativesError": "narratives.errors",
    "datasets_builder": "narratives.integrations.datasets_builder",
}
__all__ = [
    "LANGUAGES",
    "NARRATIVES",
    "TARGETS",
    "NarrativesError",
    "PostScore",
    "Scorer",
    "__version__",
    "check_draft",
    "datasets_builder",
    "detect",
    "load",
    "normalise",
    "redact",
    "resolve",
    "score_frame",
    "suggest",
    "to_latin",
    "worksheet",
]

if TYPE_CHECKING:
    from narratives.errors import NarrativesError
    from narratives.frames import score_frame
    from narratives.integrations.datasets_builder import datasets_builder
    from narratives.languages import LANGUAGES, resolve
    from narratives.responses.draft import check_draft
    from narratives.responses.suggest import suggest
    from narratives.responses.worksheet import worksheet
    from narratives.results import PostScore
    from narratives.scorer import Scorer, load
    from narratives.taxonomy import NARRATIVES, TARGETS
    from narratives.text import detect, normalise, redact, to_latin


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'narratives' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
