"""Train models from labelled corpora; needs the extra ``train``."""
