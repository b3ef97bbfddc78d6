"""What corpora already say about whom a post is about: weak labels of targets, in one table.

A corpus' own statement (a target, a topic, the keyword that a post was collected by) is taken as the post's one target
and all others as absent; it is coarser than the label cards, so training weighs it little, and nothing is measured on
it. Narratives, stance and severity are not derived from corpora: implicitness (ISHate), vectors of sexism (EDOS),
strength (SIU), frames (StereoImmigrants, in Spanish) and dog-whistle glossaries do not say which story is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from narratives.taxonomy import TARGETS

Weak = Callable[[Mapping[str, str]], Mapping[str, float] | None]

WEAK_TARGETS: Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]] = {
    "ishate-en": (
        "target",
        {
            "Immigrants and Refugees": ("migrants_general",),
            "Religious Groups": (),  # Muslims and Jews alike: not told apart
            "Ethnic/Racial Minorities": (),
            "Women": ("other_minority",),
            "LGBTQ+": ("other_minority",),
            "Political Affiliations": (),
            "Professions and Roles": (),
            "Economic Status": (),
            "People with Disabilities": ("other_minority",),
        },
    ),
    "hatemoji-en": (
        "target",
        {
            "['none']": (),
            "['mus']": ("muslims",),
            "['jew']": ("jews_trope",),
            "['arab']": ("arabs_mena",),
            "['immig']": ("migrants_general",),
            "['ref']": ("refugees_asylum",),
            "['asi.south']": ("south_asians",),
            "['asi.south.pak']": ("south_asians",),
            "['bla']": ("black_people",),
            "['blaman']": ("black_people",),
            "['trav']": ("roma_ashkali_egyptians",),
            "['trans']": ("other_minority",),
            "['dis']": ("other_minority",),
        },
    ),
    "mayda-tr": (
        "Keyword",
        {
            "suriyeli": ("syrians",),
            "arap": ("arabs_mena",),
            "müslüman": ("muslims",),
            "yahudi": ("jews_trope",),
            "ermeni": ("other_minority",),
            "kürt": ("other_minority",),
            "rum": ("other_minority",),
            "rumlar": ("other_minority",),
            "alevi": ("other_minority",),
        },
    ),
    "siu2023-nst-tr": ("topic", {"refugee": ("refugees_asylum",), "isr-pal": (), "tr-gr": ()}),
    "frenk-hr": ("topic", {"lgbt": ("other_minority",)}),
}
"""Corpus to the column that names whom a post is about, and its values' targets (none of ours where empty)."""


def weak_targets(corpus: str, record: Mapping[str, str]) -> dict[str, float]:
    """Probability by ``target.<id>`` head as far as a corpus' own columns say; empty where they do not.

    >>> weak_targets("mayda-tr", {"Keyword": "suriyeli"})["target.syrians"]
    1.0
    """
    column, meaning = WEAK_TARGETS.get(corpus, ("", {}))
    said = meaning.get(record.get(column, ""))
    return {} if said is None else {f"target.{name}": float(name in said) for name in TARGETS}
