"""A reply beside the post it answers: passages copied from that post are not the writer's own words."""

from __future__ import annotations

from narratives.text import fold

_FEWEST = 4  # words in a row that count as copied; three are shared by chance


def own_words(reply: str, parent: str, lang: str | None) -> str:
    """The reply without the passages that it copies from the post it answers.

    Args:
        reply: The reply.
        parent: The post it answers.
        lang: Language of both, for folding; spelling and script do not matter.

    Returns:
        The reply with each run of at least four copied words left out; the reply itself where nothing else is left.

    >>> own_words('"They all must go back home" - shame on you', "They all must go back home!", "en")
    '" - shame on you'
    """
    written = [(i, word) for i, word in enumerate(reply.split()) if _plain(word, lang)]
    mine = [_plain(word, lang) for _, word in written]
    theirs = [plain for word in parent.split() if (plain := _plain(word, lang))]
    runs = {tuple(theirs[i : i + _FEWEST]) for i in range(len(theirs) - _FEWEST + 1)}
    copied: set[int] = set()
    for i in range(len(mine) - _FEWEST + 1):
        if tuple(mine[i : i + _FEWEST]) in runs:
            copied.update(written[j][0] for j in range(i, i + _FEWEST))
    left = []
    for i, word in enumerate(reply.split()):
        if i not in copied:
            left.append(word)
        elif not word[-1].isalnum() and word[-1] in "\"”“»«'’":
            left.append(word[-1])  # the closing mark still says that something was quoted
    rest = " ".join(left)
    return rest if any(c.isalnum() for c in rest) else reply


def _plain(word: str, lang: str | None) -> str:
    return "".join(c for c in fold(word, lang) if c.isalnum())
