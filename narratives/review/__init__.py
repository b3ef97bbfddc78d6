"""People read what the model is unsure of: a short queue, no more text than needed, decisions kept for correction."""

from narratives.review.decisions import Decisions, Verdict
from narratives.review.queue import Item, Overview, build
from narratives.review.session import Session

__all__ = ["Decisions", "Item", "Overview", "Session", "Verdict", "build"]
