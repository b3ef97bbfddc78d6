"""The three act narratives: what is done to people in words."""

from __future__ import annotations

from narratives.taxonomy.cards import Crosswalk, Narrative

ACTS: tuple[Narrative, ...] = (
    Narrative(
        "dehumanisation",
        "Dehumanisation",
        "act",
        "People are spoken of as animals, vermin, disease, waste, objects or bare numbers.",
        ("an image in a noun or verb", "an emoji used so", "'it' said of people"),
        (
            "real animals",
            "survivors quoted ('we were treated like animals')",
            "insults to officials",
        ),
        ("vermin, herd, parasite or trash", "pest-control verbs"),
        ("They multiply like rats.", "Human rubbish has washed up again."),
        ("They kept us like cattle, said a man returned across the river.",),
        Crosswalk((), (), ("dehumanisation",), (), ("dehumanisation", "denigration")),
    ),
    Narrative(
        "expulsion_rights_denial",
        "Expulsion and denial of rights",
        "act",
        "Calls to expel people as a group, to refuse them aid or rights, or praise of push-backs.",
        ("'all out'", "'no food, no doctor'", "beatings at borders celebrated"),
        (
            "lawful return after an individual decision",
            "views on visas or quotas",
            "asking that a law be enforced",
        ),
        ("a command or wish with out, back, ban or fence, and 'all'", "approval of violence by police"),
        (
            "Send them all back, no questions.",
            "Well done to the border police for the lesson they gave.",
        ),
        ("People without a right to stay should get a fair hearing and, if refused, return in dignity.",),
        Crosswalk(
            (),
            ("policy prescription and evaluation",),
            ("migration control",),
            (),
            ("incitement to discrimination", "justification"),
        ),
    ),
    Narrative(
        "violence_incitement",
        "Incitement to violence",
        "act",
        "A threat, wish, call, permission or instruction for violence or intimidation against people, their homes or "
        "their helpers.",
        (
            "open and coded calls",
            "vigilante patrols",
            "a time and place to gather",
            "attacks glorified",
        ),
        (
            "reports of violence",
            "reporting a threat one has received",
            "an image clearly meant otherwise ('fight poverty')",
        ),
        ("a verb of violence with a group", "'we know where they sleep'", "'gather at'"),
        (
            "Someone should teach them a lesson tonight.",
            "Let us meet at the centre and clear it ourselves.",
        ),
        ("Neighbours gathered at the centre after someone threatened the residents.",),
        Crosswalk((), (), (), (), ("threat", "incitement")),
    ),
)
"""In the order of every table of the project."""
