"""Which items were found to tell one story, and why: table relations.

An item that was merged into another is dropped, its ``story`` the other's id; one that follows
another up names it in ``answers``. Does not find relations: see feeds.story and feeds.gather.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlite_utils import Database

from db import drafts, items
from db.model import Actor, Item, Relation, State, moment, stamp

Standing = Literal["new", "open", "posted", "rejected", "dropped"]
"""What became of an item: no draft yet, a draft to decide on, a post that is in the channel or
on its way, a draft that was rejected, no draft at all."""

_FURTHEST = 5
"""Merges of merged items that are followed."""

_SELECT = """
select r.id, r.item_id, r.other_id, r.kind, r.reasons, r.at, r.undone_at,
  i.title, i.source, i.url, i.story = r.other_id, o.title, o.source
from relations r join items i on i.id = r.item_id join items o on o.id = r.other_id"""

_COUNTS = """
r.undone_at is null
  and (i.story = r.other_id or (i.answers = r.other_id and i.state != 'dropped'))"""


@dataclass(frozen=True, slots=True)
class Related:
    """One item's relation to another, with what is told of both: hostile text."""

    id: int
    item_id: int
    other_id: int
    kind: str
    reasons: tuple[dict[str, Any], ...]
    at: datetime
    undone: datetime | None
    title: str
    source: str
    url: str
    merged: bool
    """Whether the item is dropped in favour of the other; else its post replies to the other's."""
    other_title: str
    other_source: str


def head(db: Database, item_id: int) -> int:
    """The item that stands for the story of this one: itself, unless it was merged."""
    for _ in range(_FURTHEST):
        row = db.execute("select story from items where id = ?", [item_id]).fetchone()
        if not row or row[0] is None:
            break
        item_id = row[0]
    return item_id


def standing(db: Database, item_id: int) -> Standing:
    """What became of an item; of a thread the part that got furthest counts."""
    states = {
        State(row[0])
        for row in db.execute("select state from drafts where item_id = ?", [item_id])
    }
    if states & {State.APPROVED, State.SENDING, State.UNCERTAIN, State.SENT}:
        return "posted"
    if states:
        return "rejected" if states == {State.REJECTED} else "open"
    row = db.execute("select state from items where id = ?", [item_id]).fetchone()
    return "dropped" if row and row[0] == "dropped" else "new"


def undone(db: Database, item_id: int, other_id: int) -> bool:
    """Whether an admin set these two apart."""
    row = db.execute(
        "select 1 from relations where undone_at is not null and"
        " (item_id, other_id) in (values (?, ?), (?, ?))",
        [item_id, other_id, other_id, item_id],
    ).fetchone()
    return row is not None


def merge(db: Database, member: int, into: int, how: Relation, now: datetime) -> None:
    """`member` is told as part of the story of `into`, which is as good as the better of both."""
    with db.atomic():
        _add(db, member, into, how, now)
        items.drop(db, [member], {"kind": "story", "of": into})
        db.execute("update items set story = ? where id = ?", [into, member])
        db.execute(
            "update items set score = max(score, (select score from items where id = ?))"
            " where id = ?",
            [member, into],
        )


def follow(db: Database, item_id: int, answered: int, how: Relation, now: datetime) -> None:
    """The post about `item_id` is to reply to the one about `answered`."""
    with db.atomic():
        _add(db, item_id, answered, how, now)
        items.answer(db, item_id, answered)


def undo(
    db: Database, relation_id: int, actor: Actor, now: datetime, points: float
) -> Related | None:
    """Set two items apart for good, as an admin wishes; None when there is no such relation.

    A merged item is open again, with so many `points` on top. Done twice it changes nothing.
    """
    with db.atomic():
        changed = db.execute(
            "update relations set undone_by = ?, undone_at = ? where id = ? and undone_at is null",
            [actor.id, stamp(now), relation_id],
        ).rowcount
        found = get(db, relation_id)
        if not (changed and found):
            return found
        if found.merged:
            _reopen(db, found.item_id, points, now)
        else:
            items.answer(db, found.item_id, None)
    return found


def forget_actor(db: Database, user_id: int) -> None:
    """Take a person's id off what they set apart."""
    db.execute(
        "update relations set undone_by = ? where undone_by = ?", [drafts.FORGOTTEN, user_id]
    )


def get(db: Database, relation_id: int) -> Related | None:
    """The relation with this id, or None."""
    return next(iter(_select(db, "r.id = ?", [relation_id])), None)


def members(db: Database, item_id: int) -> list[Item]:
    """The items that were merged into this one, in the order in which they came."""
    rows = db.execute("select id from items where story = ? order by id limit 50", [item_id])
    return items.find(db, [row[0] for row in rows])


def merged_into(db: Database, item_id: int) -> list[Related]:
    """Why each of `members` is one, oldest first."""
    where = (
        "r.other_id = ? and r.undone_at is null and i.story = r.other_id order by r.id limit 50"
    )
    return _select(db, where, [item_id])


def followed(db: Database, item_id: int) -> Related | None:
    """Why the post about this item is to reply to another; None when it is not."""
    where = "r.item_id = ? and r.undone_at is null and i.answers = r.other_id"
    return next(iter(_select(db, where, [item_id])), None)


def latest(db: Database, limit: int, offset: int = 0) -> list[Related]:
    """The relations that count, the newest first."""
    return _select(db, f"{_COUNTS} order by r.id desc limit ? offset ?", [limit, offset])


def count(db: Database) -> int:
    """How many relations `latest` has to tell of."""
    row = db.execute(
        f"select count(*) from relations r join items i on i.id = r.item_id where {_COUNTS}"
    ).fetchone()
    return int(row[0])


def open_stories(db: Database) -> list[int]:
    """The drafts before the admins about items that are, or once were, related to others."""
    rows = db.execute(
        "select d.id from drafts d where d.state = 'offered' and exists"
        " (select 1 from relations r where r.other_id = d.item_id or r.item_id = d.item_id)"
        " order by d.id"
    )
    return [row[0] for row in rows]


def _add(db: Database, item_id: int, other_id: int, how: Relation, now: datetime) -> None:
    told = json.dumps(how.reasons, ensure_ascii=False)
    db.execute(
        "insert into relations (item_id, other_id, kind, score, reasons, at) values (?,?,?,?,?,?)"
        " on conflict (item_id, other_id) do nothing",
        [item_id, other_id, how.kind, how.score, told, stamp(now)],
    )


def _reopen(db: Database, item_id: int, points: float, now: datetime) -> None:
    """The item stands for itself again; one that was dropped before it was merged stays so."""
    row = db.execute(
        "select json_extract(reasons, '$[0].kind') from items where id = ?", [item_id]
    )
    if row.fetchone()[0] == "story":
        items.reopen(db, item_id, {"kind": "apart"}, points, now)
    else:
        db.execute("update items set story = null where id = ?", [item_id])


def _select(db: Database, where: str, values: list[Any]) -> list[Related]:
    return [
        Related(
            *(r[0], r[1], r[2], r[3], tuple(json.loads(r[4])), datetime.fromisoformat(r[5])),
            undone=moment(r[6]),
            title=r[7],
            source=r[8],
            url=r[9],
            merged=bool(r[10]),
            other_title=r[11],
            other_source=r[12],
        )
        for r in db.execute(f"{_SELECT} where {where}", values)
    ]
