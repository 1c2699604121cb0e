"""The records peyk keeps and the states they pass through. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

Entity = dict[str, Any]
"""A Telegram MessageEntity as JSON; offset and length in UTF-16 code units."""


class Kind(StrEnum):
    """What a post is about."""

    PAPER = "paper"
    RELEASE = "release"
    TOOL = "tool"
    NEWS = "news"


class ItemState(StrEnum):
    """What became of an entry of a feed.

    new ──> drafted      a draft exists
     └────> dropped      never drafted; ``Item.reasons`` says why
    """

    NEW = "new"
    DRAFTED = "drafted"
    DROPPED = "dropped"


class State(StrEnum):
    """The life of a draft.

                 ┌──────── rewriting <───┐
                 v                       │
    (made) ──> drafted ──> offered ──────┤
                  │           │  ^       │
                  │ auto      │  └───────┴── rejected
                  v           v
               approved <─────┘
                  │ ^
                  v │ (not sent after all)
               sending ──> uncertain ──> sent | approved
                  │
                  ├──> sent
                  └──> failed ──> offered
    """

    DRAFTED = "drafted"
    OFFERED = "offered"
    REWRITING = "rewriting"
    APPROVED = "approved"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    SENT = "sent"
    FAILED = "failed"
    REJECTED = "rejected"


NEXT: dict[State, frozenset[State]] = {
    State.DRAFTED: frozenset({State.OFFERED, State.APPROVED}),
    State.OFFERED: frozenset(
        {State.OFFERED, State.REWRITING, State.APPROVED, State.REJECTED, State.DRAFTED}
    ),
    State.REWRITING: frozenset({State.DRAFTED, State.OFFERED}),
    State.REJECTED: frozenset({State.OFFERED}),
    State.APPROVED: frozenset({State.OFFERED, State.APPROVED, State.SENDING}),
    State.SENDING: frozenset({State.SENT, State.UNCERTAIN, State.APPROVED, State.FAILED}),
    State.UNCERTAIN: frozenset({State.SENT, State.APPROVED}),
    State.FAILED: frozenset({State.OFFERED}),
    State.SENT: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Link:
    """An address the post shows on a line of its own."""

    url: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed, whatever the feed: hostile text, nothing checked but its sizes."""

    identity: str
    """What makes it one story: ``arxiv:2410.10629``, ``github:owner/repo@tag``, ``url:https://…``"""
    source: str
    kind: Kind
    title: str
    text: str
    url: str
    links: tuple[Link, ...] = ()
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    published: datetime | None = None
    revision: str = ""
    """Version within one identity (arXiv ``v2``): a higher one is an update, not news."""
    drop: str = ""
    """Why the feed itself says this is no news (``replace``, ``cross``, ``withdrawn``…)."""
    reasons: tuple[dict[str, Any], ...] = ()
    score: float = 0.0
    state: ItemState = ItemState.NEW
    id: int = 0


RelationKind = Literal["same", "update", "release_of", "different"]


@dataclass(frozen=True, slots=True)
class Relation:
    """How a newer item stands to an older one."""

    kind: RelationKind
    score: float = 0.0
    """How sure this is, from 0 to 1; 1 is an identity."""
    reasons: tuple[dict[str, Any], ...] = ()
    """``{"kind": "identity", "id"}``, ``{"kind": "revision", "old", "new"}``, ``{"kind":
    "version", "name", "old", "new"}``, ``{"kind": "part", "old", "new"}``, ``{"kind": "link",
    "to"}``, ``{"kind": "code-name", "name"}``, ``{"kind": "name", "name", "days"}``, ``{"kind":
    "words", "words", "days"}``, ``{"kind": "companion", "words"}``."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A post in the making. ``version`` rises with every change of what it says."""

    item_id: int
    kind: Kind
    title: str
    body: str
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    entities: tuple[Entity, ...] = ()
    """Formatting of ``body`` that an admin wrote; models write none."""
    origin: str = ""
    """``model:<name>``, ``extract`` (no model: the source's own words) or ``admin:<id>``."""
    prompt_version: str = ""
    remarks: tuple[dict[str, Any], ...] = ()
    """What the admins should know, as data: ``{"kind": …}``; worded in handlers.texts."""
    picture: str = ""
    """``file:<path>`` of the picture, see bot.channel.pictures; empty: none."""
    state: State = State.DRAFTED
    version: int = 1
    due: datetime | None = None
    direction: str = ""
    """What a rewrite should change: ``shorter``, ``longer``, ``simpler``."""
    part: int = 1
    """Its place among the posts of its item: long material becomes a thread of parts."""
    answers: int | None = None
    """The draft whose post this one replies to."""
    number: int = 1
    parts: int = 1
    """Which of how many parts, as readers count them: without the rejected ones; not stored."""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Actor:
    """Who caused a change, for the audit trail."""

    id: int
    name: str
    update_id: int | None = None
    """The Telegram update that carried the wish: delivered twice, it acts once."""


PEYK = Actor(0, "peyk")


@dataclass(frozen=True, slots=True)
class Sending:
    """A row of the outbox: one post that must reach the channel exactly once."""

    id: int
    draft_id: int
    version: int
    chat: str
    payload: dict[str, Any]
    state: State
    due: datetime
    after_message_id: int | None = None
    message_id: int | None = None
    attempts: int = 0
    error: str = ""
    created: datetime | None = None
    """When it was approved."""


@dataclass(frozen=True, slots=True)
class Post:
    """A message of the channel (or an album of them), as the archive keeps it."""

    chat_id: int
    message_id: int
    """The first message of an album stands for the whole."""
    text: str
    """Text or caption; empty for polls and bare media."""
    entities: tuple[Entity, ...] = ()
    tags: tuple[str, ...] = ()
    """Canonical hashtags, without the mark #; given by the archive, never by writers."""
    published: datetime | None = None
    url: str = ""
    draft_id: int | None = None
    starred: datetime | None = None
    """When an admin held it up as an example of the channel's style."""
    id: int = 0
    ordinal: int = 0
    """Its place in the order of dates, unique and lasting; see db.posts."""
    kind: str = "text"
    """``text``, ``photo``, ``album``, ``poll``, ``quiz``, ``document``…"""
    title: str = ""
    """Its first line or its question, shortened; given by db.index."""
    origin: str = "channel"
    """Who told peyk of it: ``peyk`` (published it), ``channel`` (Telegram), ``import``."""
    album: str = ""
    """Telegram's media_group_id; empty: it stands alone."""
    reply_to: int | None = None
    """The message of the same chat that it answers."""
    forwarded: str = ""
    """The name of where it came from; empty: written here."""
    poll: dict[str, Any] | None = None
    """``question``, ``options``; of a quiz, where told, ``correct`` (indices), ``explanation``."""
    pinned: bool = False
    """Whether it was ever pinned."""
    edited: datetime | None = None
    deleted: datetime | None = None
    """When it was found missing from the channel."""


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """What is remembered about a source between polls."""

    name: str
    url: str = ""
    moved_to: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    failures: int = 0
    next_at: datetime | None = None
    last_ok: datetime | None = None
    last_error: str = ""
    retired: bool = False
    note: str = ""
    first_poll_done: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


def stamp(moment: datetime) -> str:
    """A moment as the database keeps it: UTC, ISO 8601, whole seconds, sortable as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str | None) -> datetime | None:
    """The inverse of `stamp`; None and '' give None."""
    return datetime.fromisoformat(text) if text else None
