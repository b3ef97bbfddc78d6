"""What the columns of an export mean: who wrote what, where, when and for how many, in the words of each tool.

A file is recognised by its column names alone, whatever its kind. Names are compared without case and surrounding
blanks. Tools rename columns now and then: every role can be named by hand (``--text``, ``--author``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

TEXT_NAMES = ("text", "post", "message", "content", "tweet", "full_text", "comment", "comment_text", "body", "caption")
_AUTHORS = (
    "author", "author_id", "author_name", "username", "user_name", "user", "user_id", "screen_name", "handle", "sender",
    "author.name", "author.username", "user.name", "user.screen_name", "account", "profile", "profile_url",
)  # fmt: skip
_DATES = ("created_at", "date", "published", "published_at", "timestamp", "time", "datetime", "created")
_PLATFORMS = ("platform", "source", "network", "channel", "site")
_REACH = ("reach", "impressions", "views", "view_count", "followers", "followers_count", "likes")


@dataclass(frozen=True, slots=True)
class Preset:
    """How one tool names its columns.

    Attributes:
        name: The tool.
        needs: Columns that give it away; all must be there, in lower case.
        text: Columns of the post, the best first.
        date: Columns of the time of posting, the best first.
        platform: Columns of the platform.
        author: Every column that points at the author.
        reach: Columns of likely readers or reactions, the best first.
        fixed_platform: The platform, where the tool knows only one.
    """

    name: str
    needs: frozenset[str]
    text: tuple[str, ...]
    date: tuple[str, ...]
    platform: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    reach: tuple[str, ...] = ()
    fixed_platform: str | None = None


@dataclass(frozen=True, slots=True)
class Roles:
    """Which column of a file plays which part; ``None`` or empty where none does.

    Attributes:
        preset: Name of the tool whose export this is.
        text: Column of the posts.
        date: Column of the time of posting.
        platform: Column of the platform.
        author: Columns that point at the author.
        reach: Column of likely readers.
        fixed_platform: The platform, where the tool knows only one.
    """

    preset: str | None = None
    text: str | None = None
    date: str | None = None
    platform: str | None = None
    author: tuple[str, ...] = ()
    reach: str | None = None
    fixed_platform: str | None = None


def _preset(name: str, needs: str, text: str, date: str, **more: str) -> Preset:
    parts = {key: tuple(value.split("|")) for key, value in more.items() if key != "fixed"}
    return Preset(
        name,
        frozenset(needs.split("|")),
        tuple(text.split("|")),
        tuple(date.split("|")),
        fixed_platform=more.get("fixed"),
        **parts,
    )


PRESETS: tuple[Preset, ...] = (
    _preset(
        "CrowdTangle (Facebook)",
        "facebook id|message|post created",
        "message|description|link text",
        "post created|post created date",
        author="page name|group name|user name|facebook id|url",
        reach="followers at posting|likes at posting|total interactions",
        fixed="facebook",
    ),
    _preset(
        "CrowdTangle (Instagram)",
        "account|post created|followers at posting|description",
        "description|image text",
        "post created",
        author="account|user name|url",
        reach="followers at posting|total interactions",
        fixed="instagram",
    ),
    _preset(
        "Brandwatch",
        "query id|snippet|page type",
        "full text|snippet",
        "date",
        platform="page type|domain",
        author="author|full name|account|url|avatar|thread author|interest",
        reach="reach (new)|impressions|reach|twitter followers",
    ),
    _preset(
        "Meltwater",
        "hit sentence|opening text",
        "hit sentence|opening text",
        "date|alternate date format",
        platform="source|source name|source type",
        author="influencer|twitter screen name|user profile url|twitter bio|twitter id|author name|author handle|url",
        reach="reach|national viewership|twitter followers",
    ),
    _preset(
        "Apify (Facebook)",
        "facebookurl|text",
        "text",
        "time|timestamp|date",
        author="user|user/id|user/name|user/profileurl|user/profilepic|user.id|user.name|pagename|profilename|profileid|"
        "profileurl|profilepicture|facebookurl|pageadlibrary|url|commenturl",
        reach="viewscount|likes|likescount",
        fixed="facebook",
    ),
    _preset(
        "Apify (Instagram)",
        "ownerusername|caption",
        "caption",
        "timestamp",
        author="ownerusername|ownerfullname|ownerid|url|inputurl",
        reach="videoviewcount|likescount",
        fixed="instagram",
    ),
    _preset(
        "Apify (TikTok)",
        "createtimeiso|text",
        "text",
        "createtimeiso",
        author="authormeta|authormeta/name|authormeta/nickname|authormeta/id|authormeta.name|authormeta.nickname|"
        "authormeta.id|authormeta.profileurl|webvideourl",
        reach="playcount|diggcount",
        fixed="tiktok",
    ),
    _preset(
        "Apify (X)",
        "createdat|likecount|text",
        "fulltext|text",
        "createdat",
        author="author|author/username|author/name|author/id|author/url|author.username|author.name|author.id|author.url|"
        "url|twitterurl",
        reach="viewcount|likecount",
        fixed="x",
    ),
    _preset(
        "Telegram",
        "from|from_id|text|date",
        "text",
        "date",
        author="from|from_id|actor|actor_id|forwarded_from|forwarded_from_id|saved_from|author|via_bot",
        reach="views",
        fixed="telegram",
    ),
)
"""Known exports, the most telling first."""


def recognise(columns: Sequence[str]) -> Preset | None:
    """The tool whose export has these columns.

    >>> recognise(["Query Id", "Date", "Snippet", "Page Type"]).name
    'Brandwatch'
    """
    there = {c.strip().lower() for c in columns}
    return next((preset for preset in PRESETS if preset.needs <= there), None)


def roles(columns: Sequence[str]) -> Roles:
    """Which column plays which part: by the tool's preset, else by names that are common everywhere.

    The text column of a file that no preset knows is left open: see ``score_file``.

    Args:
        columns: Names as they stand in the file.

    >>> roles(["Page Name", "Facebook Id", "Message", "Post Created"]).author
    ('Page Name', 'Facebook Id')
    """
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(column.strip().lower(), column)
    preset = recognise(columns)

    def one(names: Sequence[str]) -> str | None:
        return next((by_name[name] for name in names if name in by_name), None)

    if preset is None:
        authors = tuple(by_name[name] for name in _AUTHORS if name in by_name)
        return Roles(None, None, one(_DATES), one(_PLATFORMS), authors, one(_REACH))
    return Roles(
        preset.name,
        one(preset.text),
        one(preset.date),
        one(preset.platform),
        tuple(column for name, column in by_name.items() if name in preset.author),
        one(preset.reach),
        preset.fixed_platform,
    )


def author_names(columns: Sequence[str]) -> frozenset[str]:
    """Every name, in lower case, that a column of the author may have in a file with these columns."""
    preset = recognise(columns)
    return frozenset(_AUTHORS if preset is None else preset.author)
