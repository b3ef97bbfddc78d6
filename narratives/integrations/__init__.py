"""At home elsewhere: Hugging Face, spaCy, scikit-learn, and the answers of Perspective, Detoxify and HateSonar."""

from narratives.integrations.opened import opened, require

__all__ = ["opened", "require"]
