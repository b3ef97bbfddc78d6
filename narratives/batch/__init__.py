"""Whole files of posts: read as a stream, scored block by block, written so that a half-done file never looks done."""

from narratives.batch.ray_data import score_dataset
from narratives.batch.rows import ScoreRows
from narratives.batch.run import BatchSummary, score_file

__all__ = ["BatchSummary", "ScoreRows", "score_dataset", "score_file"]
