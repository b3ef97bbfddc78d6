"""Reading a post before any model sees it: normalising with offsets, scripts, language, redaction, tokens."""

from narratives.text.detect import detect, detect_many
from narratives.text.normalise import Normalised, fold, normalise, normalise_text
from narratives.text.redact import Redacted, redact
from narratives.text.tokens import Token, tokens
from narratives.text.translit import to_cyrillic, to_latin

__all__ = [
    "Normalised",
    "Redacted",
    "Token",
    "detect",
    "detect_many",
    "fold",
    "normalise",
    "normalise_text",
    "redact",
    "to_cyrillic",
    "to_latin",
    "tokens",
]
