"""Plain mentions of groups of people, which must score as harmless (Dixon et al. 2018)."""

from __future__ import annotations

import numpy as np

from narratives.languages import LANGUAGES
from narratives.lexicon import lexicon

_SENTENCES = 3  # plain sentences that each name of a group is put into


def plain_mentions(seed: int) -> list[tuple[str, str, str]]:
    """(text, language, target) of every group name of the word lists, alone and in plain sentences."""
    rng = np.random.default_rng(seed)
    out = []
    for lang in LANGUAGES:
        words = lexicon(lang)
        for target, names in words.groups.items():
            for name in names:
                out.append((name, lang, target))
                picks = rng.choice(len(words.sentences), min(_SENTENCES, len(words.sentences)), replace=False)
                out += [(words.sentences[i].replace("{}", name), lang, target) for i in picks]
    return out
