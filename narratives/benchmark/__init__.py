"""Measuring models: corpora, functional suites, metrics with intervals, peers on the same rows, reports."""
