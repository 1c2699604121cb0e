"""What the post of a story shows, and which post it replies to, by the items that tell the story.

Does not decide which those are: see feeds.gather.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from bot.errors import WrongState
from db import drafts, items, relations
from db.model import PEYK, Actor, Draft, Item, Kind, Link, State
from feeds.extract import links
from prompts.render import phrase

MOST_LINKS = 4
"""Addresses that the post of a story shows."""


def placed(db: Database, draft: Draft) -> Draft:
    """The draft with the links of all items of its story, and the draft whose post it answers.

    Of a thread only the first part answers another story.
    """
    item = items.get(db, draft.item_id)
    if item is None:
        return draft
    answers = items.answered_by(db, item.id) if draft.part == 1 else draft.answers
    return replace(draft, links=story_links(item, relations.members(db, item.id)), answers=answers)


def story_links(item: Item, merged: Iterable[Item]) -> tuple[Link, ...]:
    """The addresses a post about `item` shows, and then those of the items merged into it."""
    told = {link.url: link for link in links(item)}
    for other in merged:
        report = other.kind not in (Kind.PAPER, Kind.RELEASE)
        for link in links(other):
            named = phrase("link.story", source=other.source)
            label = named if report and link.url == other.url else link.label
            told.setdefault(link.url, Link(link.url, label))
    return tuple(told.values())[:MOST_LINKS]


def relink(db: Database, now: datetime, actor: Actor = PEYK) -> list[Draft]:
    """Bring the drafts before the admins up to what their stories have come to be.

    Returns the new versions. One that an admin decides on meanwhile stays as it was decided on.
    """
    found = (drafts.get(db, draft_id) for draft_id in relations.open_stories(db))
    changed = (_relinked(db, draft, now, actor) for draft in found if draft)
    return [draft for draft in changed if draft]


def _relinked(db: Database, draft: Draft, now: datetime, actor: Actor) -> Draft | None:
    wanted = placed(db, draft)
    if wanted == draft:
        return None
    try:
        return drafts.advance(
            *(db, draft.id, State.OFFERED, "relinked", actor, now),
            version=draft.version,
            expected={State.OFFERED},
            new_text=True,
            links=wanted.links,
            answers=wanted.answers,
        )
    except WrongState:
        return None
