"""The five stances and the five severity levels, and what is never a hit."""

from __future__ import annotations

from narratives.taxonomy.cards import Severity, Stance

GLOBAL_EXCLUSIONS: tuple[str, ...] = (
    "criticism of governments, the EU, laws, budgets, camps or deals that does not blame people as a group",
    "factual news that names status or nationality where it matters",
    "quoting or paraphrasing in order to condemn, check or report",
    "counter-speech",
    "people describing themselves",
    "academic or legal discussion",
    "one person's complaint about one person's act",
    "the mere presence of a group's name",
)
"""What is not a hit for any narrative."""

STANCES_LIST: tuple[Stance, ...] = (
    Stance(
        "asserted",
        "Asserted",
        "The writer states the narrative as their own view, or endorses it.",
        (
            "plain statement, mockery or irony that carries the narrative",
            "sharing another's words with approval",
            "a question that gives its own answer",
        ),
        ("the same words in quotation marks followed by doubt or condemnation",),
        True,
    ),
    Stance(
        "countered",
        "Countered",
        "The writer rejects the narrative.",
        ("counter-speech and fact-checks", "quoting in order to condemn", "negation of the claim", "irony against it"),
        ("rejecting one narrative while asserting another",),
        False,
    ),
    Stance(
        "reported",
        "Reported",
        "The writer passes the narrative on, or asks about it, without vouching for it.",
        ("news of what others said or did", "research, courts and statistics", "an open question about a rumour"),
        ("hearsay used as proof ('everybody says …, and it is true')",),
        False,
    ),
    Stance(
        "self",
        "Self-description",
        "The writer speaks of themselves or of their own group's experience.",
        ("first-person accounts of flight, work or push-back", "reporting abuse received", "a reclaimed name"),
        ("a made-up first person used to mock",),
        False,
    ),
    Stance(
        "none",
        "None",
        "No narrative is taken up.",
        ("posts on other matters", "criticism of a policy that blames no people", "practical information"),
        ("a narrative only hinted at: that is asserted, countered or reported",),
        False,
    ),
)
"""In the order of every table of the project."""

SEVERITY_LIST: tuple[Severity, ...] = (
    Severity(
        0,
        "none or protected",
        "No narrative, or one that the writer does not assert.",
        ("counter-speech, news, self-description, criticism of policy",),
        ("any asserted narrative",),
        "lawful",
        "outside",
        "nothing",
    ),
    Severity(
        1,
        "concern",
        "A story told with hedges or by hints.",
        ("an asserted story without insult",),
        ("a generalising insult, a slur or contempt: level 2",),
        "bottom: lawful, raises concern",
        "(b) alternative responses",
        "an alternative narrative rather than a reply",
    ),
    Severity(
        2,
        "denigration",
        "A story told with a generalising insult, a slur or contempt.",
        ("insult, slur or contempt for a group",),
        ("people as animals or waste, calls to expel, sexualised abuse: level 3",),
        "bottom or intermediate",
        "(b), sometimes (a)(ii)",
        "a reply meant for bystanders; a report to the platform",
    ),
    Severity(
        3,
        "exclusion or dehumanisation",
        "Dehumanisation, calls to expel or to deny rights, or sexualised abuse.",
        ("dehumanisation, expulsion_rights_denial, sexualised abuse",),
        ("any cue of violence: level 4", "attacks on defenders for their work, whose severity is capped"),
        "intermediate",
        "(a)(ii) possible",
        "document and report; reply only if it is safe",
    ),
    Severity(
        4,
        "cues of incitement",
        "A threat, wish, call, permission or instruction for violence or intimidation.",
        ("violence_incitement",),
        ("reports of violence and of threats received",),
        "may reach the top",
        "(a)(i) possible, paragraph 11",
        "no suggested reply; preserve and escalate",
    ),
)
"""By level."""
