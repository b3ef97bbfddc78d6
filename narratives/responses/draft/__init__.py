"""The check of a message before it is published: seventeen rules, each finding with its place, reason and way out."""

from narratives.responses.draft.check import check_draft
from narratives.responses.draft.checklist import CHECKLIST, Question
from narratives.responses.draft.finding import LEVELS, DraftCheck, Finding

__all__ = ["CHECKLIST", "LEVELS", "DraftCheck", "Finding", "Question", "check_draft"]
