"""Emoji that stand for a word of dehumanisation or violence, as tags that mean the same in every language."""

from __future__ import annotations

import re

from narratives.text.offsets import Rewrite

CUES: dict[str, str] = {
    emoji: tag
    for tag, group in {
        "rat": "🐀🐁🐭",
        "cockroach": "🪳",
        "insect": "🐛🪲🦟🐜🦗🕷🪰🪱",
        "parasite": "🦠",
        "pig": "🐖🐷🐽",
        "snake": "🐍",
        "ape": "🐒🐵🦍🦧",
        "dog": "🐕🐩",
        "dung": "💩",
        "bin": "🗑🚮",
        "broom": "🧹",
        "vomit": "🤮🤢",
        "knife": "🔪🗡",
        "gun": "🔫",
        "bomb": "💣🧨",
        "flame": "🔥",
        "skull": "☠💀",
        "coffin": "⚰",
        "middle_finger": "🖕",
    }.items()
    for emoji in group
}
"""Emoji to cue tag. A cue is never a verdict: the same pig stands in a farmer's post."""

CUE_RE = re.compile("[" + "".join(CUES) + "]")

EMOJI_TAGS = Rewrite(CUE_RE, lambda m: f" emoji_{CUES[m[0]]} ")
"""In the folded twin a cue emoji becomes a word of its own: ``emoji_rat``."""


def cues(text: str) -> tuple[str, ...]:
    """The cue tags of the emoji in a text, in order, repeats included.

    >>> cues("čisto 🐀🔥")
    ('rat', 'flame')
    """
    return tuple(CUES[char] for char in CUE_RE.findall(text))
