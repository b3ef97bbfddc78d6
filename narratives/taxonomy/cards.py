"""The shapes of the taxonomy's entries: frozen dataclasses, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["story", "act"]


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """The closest labels of other schemes; an empty tuple where a scheme has none.

    Attributes:
        mendelsohn: Immigration frames of Mendelsohn, Budak and Jurgens (2021).
        media_frames: Dimensions of the Media Frames Corpus.
        stereotypes: Categories of StereoImmigrants (2021) and DETESTS (2022, 2024).
        disinformation: Groups of the EPC study (2020) and recurrent lines of EUvsDisinfo.
        form: Form of the utterance in HateCheck and in ECRI General Policy Recommendation 15.
    """

    mendelsohn: tuple[str, ...] = ()
    media_frames: tuple[str, ...] = ()
    stereotypes: tuple[str, ...] = ()
    disinformation: tuple[str, ...] = ()
    form: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Narrative:
    """A recurring hostile account of migrants, or a hostile act done in words.

    Attributes:
        id: Stable name, used in every score and data file.
        name: Short English title.
        kind: ``story`` (what tale is told) or ``act`` (what is done to people in words).
        definition: What it is, in one sentence.
        inclusion: What counts.
        exclusion: What does not count, however close; ``GLOBAL_EXCLUSIONS`` hold besides.
        cues: What tends to give it away; a cue is never a verdict.
        examples: Mild posts that count.
        near_misses: Posts that come close and do not count.
        crosswalk: The closest labels of other schemes.
        facets: Sub-tags, where the narrative has any.
    """

    id: str
    name: str
    kind: Kind
    definition: str
    inclusion: tuple[str, ...]
    exclusion: tuple[str, ...]
    cues: tuple[str, ...]
    examples: tuple[str, ...]
    near_misses: tuple[str, ...]
    crosswalk: Crosswalk
    facets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """Who a post is about. A target alone never raises any score.

    Attributes:
        id: Stable name, used in every score and data file.
        name: Short English title.
        definition: Who is meant.
        inclusion: What counts.
        exclusion: What does not count.
        grounds: Personal characteristics on which attacks are aimed, in the words of CM/Rec(2022)16 paragraph 2 and,
            for migrant or refugee status, of the Istanbul Convention, Article 4(3).
    """

    id: str
    name: str
    definition: str
    inclusion: tuple[str, ...]
    exclusion: tuple[str, ...]
    grounds: tuple[str, ...]

    @property
    def protected(self) -> bool:
        """Whether people are attacked here for a characteristic that most laws protect.

        Where not (people who defend migrants), severity is capped, and the safety of those people comes first.
        """
        return bool(self.grounds)


@dataclass(frozen=True, slots=True)
class Stance:
    """What the writer does with a narrative.

    Attributes:
        id: Stable name.
        name: Short English title.
        definition: What the writer does.
        inclusion: What counts.
        exclusion: What does not count.
        sets_label: Whether the narrative becomes a label; otherwise it is only mentioned.
    """

    id: str
    name: str
    definition: str
    inclusion: tuple[str, ...]
    exclusion: tuple[str, ...]
    sets_label: bool


@dataclass(frozen=True, slots=True)
class Severity:
    """How heavy the wording is, from 0 to 4. It describes language and is never a legal judgement.

    Attributes:
        level: 0 to 4.
        name: Short English title.
        definition: What the text shows.
        inclusion: What counts.
        exclusion: What does not count.
        un_strategy: Tier of the UN Strategy and Plan of Action on Hate Speech.
        cm_rec: Where CM/Rec(2022)16 paragraph 3 may place it.
        action: What to do by default.
    """

    level: int
    name: str
    definition: str
    inclusion: tuple[str, ...]
    exclusion: tuple[str, ...]
    un_strategy: str
    cm_rec: str
    action: str
