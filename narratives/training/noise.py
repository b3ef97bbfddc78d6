"""Typing mistakes, so that the encoder part learns to read past them."""

from __future__ import annotations

import random


def mistyped(text: str, share: float, seed: int) -> str:
    """Drop, double or exchange letters, or lose and gain spaces, at random.

    Args:
        text: Folded text.
        share: Of the letters that are touched.
        seed: The same text, share and seed give the same result.

    >>> mistyped("nothing happens", 0.0, 1)
    'nothing happens'
    """
    draw = random.Random(f"{seed} {text}")  # noqa: S311 - no secret
    out: list[str] = []
    at = 0
    while at < len(text):
        c = text[at]
        if draw.random() >= share or not (c.isalpha() or c == " "):
            out.append(c)
        elif c == " ":
            out.append("" if draw.random() < 0.3 else " ")  # words run together
        else:
            kind = draw.randrange(5)
            if kind == 1:
                out.append(c + c)
            elif kind == 2 and at + 1 < len(text) and text[at + 1].isalpha():
                out.append(text[at + 1] + c)
                at += 1
            elif kind == 3:
                out.append(draw.choice("abcdefghijklmnoprstuvz"))
            elif kind == 4:
                out.append(c + " ")
            # kind 0: the letter is lost
        at += 1
    return "".join(out)
