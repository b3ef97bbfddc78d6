"""Models: what scores a folded text. None of them needs torch at scoring time."""

from narratives.backends.base import ANY, BACKENDS, FORMAT, Backend, as_written, open_model

__all__ = ["ANY", "BACKENDS", "FORMAT", "Backend", "as_written", "open_model"]
