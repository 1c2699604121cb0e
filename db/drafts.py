"""Drafts, and the one way their state changes: `advance`, which also writes the audit trail."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.errors import WrongState
from db.model import NEXT, PEYK, Actor, Draft, Kind, Link, State, moment, stamp
from db.stepping import from_where, step

FORGOTTEN = -1
"""Stands for the id of an admin who asked to be forgotten."""
_JSON = ("entities", "tags", "links", "remarks")
_TEXT = ("kind", "title", "body", "origin", "prompt_version", "picture", "direction")
_NOT_STORED = ("id", "number", "parts")
_COUNTED = """
select d.*,
  1 + (select count(*) from drafts o
       where o.item_id = d.item_id and o.part < d.part and o.state != 'rejected') as number,
  (select count(*) from drafts o
   where o.item_id = d.item_id and (o.id = d.id or o.state != 'rejected')) as parts
from drafts d"""


def add(db: Database, draft: Draft, now: datetime, actor: Actor = PEYK) -> Draft:
    """Store a new draft, or the next version of the draft its item already has for this part.

    A rewritten draft goes from ``rewriting`` back to ``drafted``; raises WrongState when the
    existing draft is not being rewritten.
    """
    place = [draft.item_id, draft.part]
    query = "select id from drafts where item_id = ? and part = ?"
    existing = db.execute(query, place).fetchone()
    if existing:
        values = {name: getattr(draft, name) for name in (*_TEXT, *_JSON) if name != "direction"}
        return advance(
            db, existing[0], State.DRAFTED, "rewritten", actor, now, new_text=True, **values
        )
    with db.atomic():
        row = {name: value for name, value in _row(draft).items() if name not in _NOT_STORED}
        row |= {"created": stamp(now), "updated": stamp(now)}
        columns = ", ".join(row)
        places = ", ".join("?" * len(row))
        cursor = db.execute(f"insert into drafts ({columns}) values ({places})", [*row.values()])
        made = _one(db, int(cursor.lastrowid or 0))
        _trail(db, made, actor, "drafted", "", now)
    return made


def add_thread(
    db: Database, parts: Sequence[Draft], now: datetime, actor: Actor = PEYK
) -> list[Draft]:
    """Store new drafts of one item as its parts, each a reply to the one before it."""
    with db.atomic():
        before = None
        for place, draft in enumerate(parts, 1):
            answered = draft.answers if before is None else before
            before = add(db, replace(draft, part=place, answers=answered), now, actor).id
    return thread(db, parts[0].item_id)


def split(
    db: Database, draft: Draft, texts: Sequence[dict[str, Any]], actor: Actor, now: datetime
) -> list[Draft]:
    """Make a thread of an offered draft: `texts` are the fields that differ from part to part.

    The draft becomes the first part; the others are new. Raises WrongState when it moved on.
    """
    with db.atomic():
        if not acted(db, draft.id, "split", actor):
            first, *others = texts
            advance(
                *(db, draft.id, State.OFFERED, "split", actor, now),
                version=draft.version,
                expected={State.OFFERED},
                new_text=True,
                **first,
            )
            before = draft.id
            for place, fields in enumerate(others, draft.part + 1):
                part = replace(draft, **fields, picture="", part=place, answers=before)
                before = add(db, replace(part, state=State.DRAFTED, version=1), now, actor).id
    return thread(db, draft.item_id)


def thread(db: Database, item_id: int) -> list[Draft]:
    """The drafts of one item in the order of their parts; one, when it is no thread."""
    return _select(db, "item_id = ?", [item_id], "part")


def get(db: Database, draft_id: int) -> Draft | None:
    """The draft with this id, or None."""
    found = _select(db, "id = ?", [draft_id])
    return found[0] if found else None


def find(
    db: Database, states: Iterable[State] = (), *, limit: int = 1000, newest: bool = False
) -> list[Draft]:
    """Drafts in any of `states` (all, when none is given), oldest first unless `newest`."""
    wanted = [str(state) for state in states] or [str(state) for state in State]
    order = f"id {'desc' if newest else 'asc'} limit {int(limit)}"
    return _select(db, f"state in ({','.join('?' * len(wanted))})", wanted, order)


def counts(db: Database) -> dict[str, int]:
    """How many drafts are in each state."""
    return dict(db.execute("select state, count(*) from drafts group by state").fetchall())


def made_since(db: Database, since: datetime) -> int:
    """How many drafts were made since `since`, quizzes left out: what the day's budget counts.

    A thread is one.
    """
    row = db.execute(
        "select count(*) from drafts where part = 1 and created >= ? and origin != 'extract:quiz'",
        [stamp(since)],
    ).fetchone()
    return int(row[0])


def advance(
    db: Database,
    draft_id: int,
    to: State,
    action: str,
    actor: Actor,
    now: datetime,
    *,
    version: int | None = None,
    expected: Iterable[State] | None = None,
    detail: str = "",
    new_text: bool = False,
    **values: Any,
) -> Draft:
    """Move a draft to state `to`, in one compare-and-set statement, and say so in the trail.

    `version`: the version the actor saw; `expected`: the states it may come from (all that NEXT
    allows). `new_text` makes it the next version; `values` are fields to set with it.
    The same update delivered twice acts once: the second time the draft is returned as it is.
    Raises WrongState when the draft has moved on.
    """
    states = from_where(NEXT, to, expected)
    columns = {"state": str(to), "updated": stamp(now)} | _columns(values)
    with db.atomic():
        before = get(db, draft_id)
        told = (db, "drafts", draft_id, columns, states)
        changed = step(*told, version=version, new_text=new_text)
        if not changed and before and acted(db, draft_id, action, actor):
            return before
        if not changed or not before:
            raise WrongState(f"draft {draft_id} is {before.state if before else 'unknown'}")
        after = _one(db, draft_id)
        _trail(db, after, actor, action, str(before.state), now, detail)
    return after


def illustrate(db: Database, draft_id: int, picture: str) -> None:
    """Give a new draft its picture; one that was offered stays as its card shows it."""
    db.execute(
        "update drafts set picture = ? where id = ? and state = 'drafted'", [picture, draft_id]
    )


def pictures(db: Database) -> set[str]:
    """The pictures of the drafts that were not sent yet."""
    rows = db.execute("select picture from drafts where picture != '' and state != 'sent'")
    return {row[0] for row in rows}


def drop_pictures(db: Database, before: datetime) -> None:
    """Let the drafts that were rejected before that moment do without their pictures."""
    db.execute(
        "update drafts set picture = '' where state = 'rejected' and updated < ?", [stamp(before)]
    )


def note(
    db: Database, draft: Draft, actor: Actor, action: str, now: datetime, detail: str
) -> None:
    """Write something into the trail that changes no state (a reason given afterwards)."""
    if not acted(db, draft.id, action, actor):
        _trail(db, draft, actor, action, str(draft.state), now, detail)


def acted(db: Database, draft_id: int, action: str, actor: Actor) -> bool:
    """Whether this very update has already done this to this draft."""
    if actor.update_id is None:
        return False
    row = db.execute(
        "select 1 from audit where update_id = ? and draft_id = ? and action = ?",
        [actor.update_id, draft_id, action],
    ).fetchone()
    return row is not None


def decisions(db: Database, most: int) -> list[tuple[int, bool]]:
    """What people decided of the last `most` items, oldest first: (item id, approved or not).

    The last word about each counts; a rejection that was taken back is none.
    """
    rows = db.execute(
        "select d.item_id, a.action from audit a join drafts d on d.id = a.draft_id"
        " where a.action in ('approved', 'rejected', 'restored') and a.actor_id != ?"
        " order by a.id desc limit ?",
        [PEYK.id, most * 2],
    )
    last: dict[int, str] = {}
    for item_id, action in rows:
        last.setdefault(item_id, action)
    told = ((item_id, action) for item_id, action in last.items() if action != "restored")
    return [(item_id, action == "approved") for item_id, action in told][:most][::-1]


def forget_actor(db: Database, user_id: int, name: str) -> int:
    """Put `name` in a person's place in the trail; returns in how many rows they stood."""
    with db.atomic():
        db.execute(
            "update drafts set origin = ? where origin = ?",
            [f"admin:{FORGOTTEN}", f"admin:{user_id}"],
        )
        return db.execute(
            "update audit set actor = ?, actor_id = ? where actor_id = ?",
            [name, FORGOTTEN, user_id],
        ).rowcount


def trail(db: Database, draft_id: int) -> list[dict[str, Any]]:
    """Everything that happened to a draft, oldest first, as rows of the table audit."""
    return list(db.query("select * from audit where draft_id = ? order by id", [draft_id]))


def _trail(
    db: Database,
    draft: Draft,
    actor: Actor,
    action: str,
    old_state: str,
    now: datetime,
    detail: str = "",
) -> None:
    db.execute(
        "insert into audit (draft_id, at, actor_id, actor, action, old_state, new_state, version,"
        " detail, update_id) values (?,?,?,?,?,?,?,?,?,?)",
        [
            *(draft.id, stamp(now), actor.id, actor.name, action, old_state, str(draft.state)),
            *(draft.version, detail, actor.update_id),
        ],
    )


def _one(db: Database, draft_id: int) -> Draft:
    return _select(db, "id = ?", [draft_id])[0]


def _select(db: Database, where: str, values: list[Any], order: str = "id") -> list[Draft]:
    cursor = db.execute(f"{_COUNTED} where {where} order by {order}", values)
    names = [column[0] for column in cursor.description]
    return [_draft(dict(zip(names, row, strict=True))) for row in cursor]


def _draft(row: dict[str, Any]) -> Draft:
    lists: dict[str, Any] = {name: tuple(json.loads(row[name])) for name in _JSON}
    lists["links"] = tuple(Link(**link) for link in lists["links"])
    kept = (*_TEXT, *_NOT_STORED, "item_id", "version", "part", "answers")
    plain = {name: row[name] for name in kept}
    plain |= {"kind": Kind(row["kind"]), "state": State(row["state"])}
    return Draft(**plain, **lists, due=moment(row["due"]))


def _row(draft: Draft) -> dict[str, Any]:
    return _columns(asdict(draft))


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    """Values as the columns of the table keep them."""
    columns = {}
    for name, value in values.items():
        if name in _JSON:
            plain = [asdict(v) if isinstance(v, Link) else v for v in value]
            columns[name] = json.dumps(plain, ensure_ascii=False)
        elif isinstance(value, datetime):
            columns[name] = stamp(value)
        else:
            columns[name] = str(value) if isinstance(value, Kind | State) else value
    return columns
