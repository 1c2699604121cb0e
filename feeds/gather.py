"""One story, one draft: asks of each new item whether its story is told already, and acts on it.

    same story ──────────────> merged: dropped with the reason, its links join the other's post
    its code, once posted ───> its post will reply to the paper's
    a later version ─────────> its post will reply to the former one's

What belongs together is found in feeds.story, what a story's post shows in feeds.posting.
Safe to repeat at any time: an item is asked once, and what came of it is stored with that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from db import items as items_table
from db import relations
from db.model import Item, ItemState, Relation
from db.relations import Standing
from feeds.revisions import earlier, versions
from feeds.story import KNOWN, Stories

CHUNK = 20
"""Items read at once; after each the event loop gets its turn."""
_HEARSAY = frozenset({"name", "words"})
"""Kinds of evidence that mean nothing between two items of one source."""

Act = Literal["merge", "take over", "follow"]


@dataclass(frozen=True, slots=True)
class Told:
    """An older item that a new one is related to."""

    item: Item
    how: Relation
    head: int
    """The item that stands for its story now, perhaps itself."""
    standing: Standing
    """What became of that one."""
    heard: bool = True
    """Whether the source of that one is still read."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to become of a new item: ``merge`` it into the head, let it ``take over`` the
    story, or let its post ``follow`` the head's."""

    act: Act
    head: int
    how: Relation


@dataclass(slots=True)
class Gathered:
    """What became of the items that were asked."""

    merged: int = 0
    following: int = 0


def verdict(item: Item, told: Iterable[Told]) -> Verdict | None:
    """What is to become of `item` by what it is related to, the surest first; None: nothing."""
    waiting: Verdict | None = None
    for one in told:
        act = _act(item, one)
        if act == "follow" and one.standing != "posted":
            # What it follows may yet go out before it; until then a better answer may be found.
            waiting = waiting or Verdict(act, one.head, one.how)
        elif act:
            return Verdict(act, one.head, one.how)
    return waiting


def _act(item: Item, one: Told) -> Act | None:
    evidence = {str(reason["kind"]) for reason in one.how.reasons}
    if item.source == one.item.source and evidence <= _HEARSAY:
        return None
    if one.how.kind == "update":
        return "follow" if _goes_on(item, one) else None
    # The code of a paper is news once more when the paper is in the channel.
    if one.how.kind == "release_of" and one.standing in ("posted", "rejected"):
        return "follow" if one.standing == "posted" else None
    gone = one.standing == "dropped" or (one.standing == "new" and not one.heard)
    return "take over" if gone else "merge"


def _goes_on(item: Item, one: Told) -> bool:
    """Whether `item` comes after a post that is, or may yet be, there to be replied to."""
    if one.standing in ("rejected", "dropped"):
        return False
    if item.published is None or one.item.published is None:
        return True
    return item.published >= one.item.published


async def remembered(db: Database) -> Stories:
    """The index of the recent items, as a new process begins with; read in small pieces."""
    found: list[Item] = []
    before: int | None = None
    while len(found) < KNOWN:
        some = items_table.gathered(db, before, items_table.CHUNK)
        if not some:
            break
        found += some
        before = some[-1].id
        await asyncio.sleep(0)
    return await asyncio.to_thread(Stories, reversed(found[:KNOWN]))


async def gather(
    db: Database, stories: Stories, heard: Collection[str], now: Callable[[], datetime]
) -> Gathered:
    """Ask every item that was not asked yet, and do what follows.

    `heard`: the names of the sources that are read now.
    """
    gathered = Gathered()
    while some := items_table.ungathered(db, CHUNK):
        for item in some:
            act = _gather_one(db, stories, item, heard, now())
            gathered.merged += act in ("merge", "take over")
            gathered.following += act == "follow"
            await asyncio.sleep(0)
    return gathered


def _gather_one(
    db: Database, stories: Stories, item: Item, heard: Collection[str], now: datetime
) -> Act | None:
    found = _found(db, stories, item, heard)
    with db.atomic():
        items_table.mark_gathered(db, item.id, now)
        if found:
            _carry_out(db, item, found, now)
    if item not in stories:
        stories.add(item)
    return found.act if found else None


def _found(db: Database, stories: Stories, item: Item, heard: Collection[str]) -> Verdict | None:
    """What is to become of an item; one that was dropped for itself is only remembered."""
    if paper := earlier(db, item):
        how = Relation("update", 1.0, ({"kind": "revision", **versions(item)},))
        return Verdict("follow", relations.head(db, paper.id), how)
    if item.state is not ItemState.NEW:
        return None
    related = (_told(db, old, how, heard) for old, how in stories.related(item))
    return verdict(item, (one for one in related if not _apart(db, item, one.head)))


def _apart(db: Database, item: Item, head: int) -> bool:
    """Whether an admin has set these two apart."""
    return head == item.id or relations.undone(db, item.id, head)


def _told(db: Database, old: Item, how: Relation, heard: Collection[str]) -> Told:
    head = relations.head(db, old.id)
    known = old if head == old.id else items_table.get(db, head)
    return Told(
        *(old, how, head, relations.standing(db, head)),
        heard=known is not None and known.source in heard,
    )


def _carry_out(db: Database, item: Item, found: Verdict, now: datetime) -> None:
    if found.act == "merge":
        relations.merge(db, item.id, found.head, found.how, now)
    elif found.act == "take over":
        relations.merge(db, found.head, item.id, found.how, now)
    else:
        relations.follow(db, item.id, found.head, found.how, now)
