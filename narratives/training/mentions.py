"""Names of groups: plain mentions, which must score as harmless, and posts with another group's name in place.

A detector that has met a name mostly in attacks takes the name for the attack (Dixon et al. 2018). Two remedies that
need no new labels: plain mentions of every name, and copies of labelled posts in which the name is exchanged
("counterfactual data augmentation", Zmigrod et al. 2019).
"""

from __future__ import annotations

import random
import re
from functools import lru_cache

import numpy as np

from narratives.languages import LANGUAGES
from narratives.lexicon import lexicon

_SENTENCES = 3  # plain sentences that each name of a group is put into
_ALIKE = (
    "migrants_general", "refugees_asylum", "syrians", "afghans", "south_asians", "arabs_mena", "black_people",
    "muslims", "ukrainians", "roma_ashkali_egyptians", "labour_migrants", "russians_relocated", "other_minority",
)  # fmt: skip
"""Targets whose names can stand for each other without a sentence becoming nonsense."""


def plain_mentions(seed: int) -> list[tuple[str, str]]:
    """(text, language) of every group name of the word lists, alone and in plain sentences."""
    rng = np.random.default_rng(seed)
    out = []
    for lang in LANGUAGES:
        words = lexicon(lang)
        for names in words.groups.values():
            for name in names:
                out.append((name, lang))
                picks = rng.choice(len(words.sentences), min(_SENTENCES, len(words.sentences)), replace=False)
                out += [(words.sentences[i].replace("{}", name), lang) for i in picks]
    return out


@lru_cache
def _names(lang: str) -> tuple[re.Pattern[str], dict[str, str], dict[str, tuple[str, ...]]]:
    groups = {target: tuple(lexicon(lang).groups.get(target, ())) for target in _ALIKE}
    target_of = {name.casefold(): target for target, names in groups.items() for name in names}
    longest = sorted(target_of, key=len, reverse=True)
    found = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest))})\b", re.IGNORECASE)
    return found, target_of, groups


def exchanged(text: str, lang: str, seed: int) -> str | None:
    """A post with the names of one group replaced by those of another; ``None`` where it names none in full.

    Args:
        text: The post.
        lang: Its language.
        seed: The same post and seed give the same result.

    >>> exchanged("Syrians opened a bakery", "en", 0) not in (None, "Syrians opened a bakery")
    True
    >>> exchanged("Nobody opened a bakery", "en", 0) is None
    True
    """
    pattern, target_of, groups = _names(lang)
    first = pattern.search(text)
    if first is None:
        return None
    old = target_of.get(first[0].casefold())
    draw = random.Random(f"{seed} {text}")  # noqa: S311 - no secret
    other = draw.choice([target for target, names in groups.items() if names and target != old])
    name = draw.choice(groups[other])

    def put(match: re.Match[str]) -> str:
        if target_of.get(match[0].casefold()) != old:
            return match[0]
        return name[0].upper() + name[1:] if match[0][0].isupper() and match.start() == 0 else name

    return pattern.sub(put, text)
