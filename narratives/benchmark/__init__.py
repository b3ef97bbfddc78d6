"""Measuring models: corpora, functional suites, metrics with intervals, peers on the same rows, reports."""

from narratives.benchmark.bench import Settings
from narratives.benchmark.conformance import check_backend
from narratives.benchmark.given import measure_files
from narratives.benchmark.plan import EvaluationSet, Hub, Plan, Published
from narratives.benchmark.plans import plan_of
from narratives.benchmark.run import evaluate

__all__ = [
    "EvaluationSet",
    "Hub",
    "Plan",
    "Published",
    "Settings",
    "check_backend",
    "evaluate",
    "measure_files",
    "plan_of",
]
