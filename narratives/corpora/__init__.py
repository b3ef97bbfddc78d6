"""Labelled corpora, read from a folder in their authors' own layout; none of their texts is shipped."""

from narratives.corpora.annotated import Annotated, AnnotatedPost, join_texts, read_annotated
from narratives.corpora.base import Corpus, Example, read_examples, read_records, split_of, text_key
from narratives.corpora.posts import AUTHORED, Post, authored_examples, read_posts
from narratives.corpora.table import CORPORA, corpus

__all__ = [
    "AUTHORED",
    "CORPORA",
    "Annotated",
    "AnnotatedPost",
    "Corpus",
    "Example",
    "Post",
    "authored_examples",
    "corpus",
    "join_texts",
    "read_annotated",
    "read_examples",
    "read_posts",
    "read_records",
    "split_of",
    "text_key",
]
