"""The outbox: what must reach the channel exactly once. The intent is written before the call.

    approved ──> sending ──> sent | failed
       ^            │
       │            v
       └──────── uncertain ──> sent

Each change moves the draft with it, in one transaction. Does not send: see bot.channel.publish.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.errors import WrongState
from db import drafts, posts
from db.model import PEYK, Actor, Draft, Post, Sending, State, moment, stamp

_ABOUT_PARTS = ("part-rejected", "part-restored")
# The post that a draft replies to, and behind each rejected one the one before it.
_BEFORE = """
before (id, answers, state) as (
  select p.id, p.answers, p.state from drafts d join drafts p on p.id = d.answers
  where d.id = {draft}
  union
  select p.id, p.answers, p.state from before b join drafts p on p.id = b.answers
  where b.state = 'rejected')"""
_AWAITED = (
    f"with recursive {_BEFORE.format(draft='outbox.draft_id')}"
    " select 1 from before b join drafts p on p.id = b.id"
    " where b.state not in ('sent', 'rejected')"
    " and p.item_id = (select item_id from drafts where id = outbox.draft_id)"
)


def approve(
    db: Database,
    draft_id: int,
    version: int,
    chat: str,
    payload: dict[str, Any],
    due: datetime,
    actor: Actor,
    now: datetime,
    *,
    expected: Iterable[State],
) -> Draft:
    """Decide that this version of the draft goes out at `due`; raises WrongState if it moved on.

    A draft that is `expected` to be approved already, and not yet being sent, gets the new time.
    The same update handled twice leaves the outbox alone: what was tried is remembered there.
    """
    with db.atomic():
        known = drafts.get(db, draft_id)
        if known and drafts.acted(db, draft_id, "approved", actor):
            return known
        draft = drafts.advance(
            *(db, draft_id, State.APPROVED, "approved", actor, now),
            version=version,
            expected=expected,
            due=due,
        )
        db.execute("delete from outbox where draft_id = ? and state = 'approved'", [draft_id])
        db.execute(
            "insert into outbox (draft_id, version, chat, payload, state, due, created)"
            " values (?,?,?,?,'approved',?,?)",
            [
                *(draft_id, draft.version, chat, json.dumps(payload, ensure_ascii=False)),
                *(stamp(due), stamp(now)),
            ],
        )
    return draft


def recall(
    db: Database, draft_id: int, version: int, actor: Actor, now: datetime, **values: Any
) -> Draft:
    """Take an approved draft back to the admins; raises WrongState once sending has begun.

    `values` are fields of the draft to set with it.
    """
    with db.atomic():
        draft = drafts.advance(
            *(db, draft_id, State.OFFERED, "recalled", actor, now),
            version=version,
            expected={State.APPROVED},
            due=None,
            **values,
        )
        if draft.state == State.OFFERED:
            db.execute("delete from outbox where draft_id = ? and state = 'approved'", [draft_id])
    return draft


def hold(
    db: Database, changed: Draft, remark: dict[str, Any], actor: Actor, now: datetime
) -> list[Draft]:
    """Take the approved parts of a thread back to the admins, of which one part has `changed`.

    Approved was a thread with other parts, and other numbers on them; `remark` says so.
    """
    held = [one for one in drafts.thread(db, changed.item_id) if one.state is State.APPROVED]
    with db.atomic():
        return [
            recall(
                *(db, one.id, one.version, actor, now),
                remarks=(*(r for r in one.remarks if r["kind"] not in _ABOUT_PARTS), remark),
            )
            for one in held
        ]


def due(db: Database, now: datetime) -> list[Sending]:
    """What should go out by now, in the order it was promised.

    A part of a thread waits until the one before it is sent, or rejected; another story's post
    is replied to where it is there by then, and never waited for.
    """
    where = f"state = 'approved' and due <= ? and not exists ({_AWAITED}) order by due, id"
    return _select(db, where, [stamp(now)])


def answered(db: Database, row: Sending) -> int | None:
    """The message of its channel that the post of `row` replies to; None: to none.

    Where the answered post was rejected it is the one that that would have replied to.
    """
    found = db.execute(
        f"with recursive {_BEFORE.format(draft='?')}"
        " select o.message_id from before join outbox o on o.draft_id = before.id"
        " where o.state = 'sent' and o.chat = ?",
        [row.draft_id, row.chat],
    ).fetchone()
    return found[0] if found else None


def taken_slots(db: Database, now: datetime) -> set[datetime]:
    """The moments from `now` on that approved posts already hold."""
    rows = db.execute("select due from outbox where state = 'approved' and due > ?", [stamp(now)])
    return {datetime.fromisoformat(row[0]) for row in rows}


def find(db: Database, *states: State) -> list[Sending]:
    """The rows in any of `states`, oldest first."""
    marks = ",".join("?" * len(states))
    return _select(db, f"state in ({marks}) order by id", [str(state) for state in states])


def in_doubt(db: Database, now: datetime, *, early: bool = False) -> list[Sending]:
    """What a dead process was sending, and the uncertain ones it is time to look at again.

    `early`: all the uncertain ones.
    """
    return _select(
        db,
        "state = 'sending' or (state = 'uncertain' and (? or coalesce(look_at, '') <= ?))"
        " order by id",
        [early, stamp(now)],
    )


def settled_since(db: Database, since: datetime, limit: int = 20) -> list[Sending]:
    """The newest rows that were sent or refused after `since`."""
    where = "settled_at >= ? and state in ('sent', 'failed') order by id desc limit ?"
    return _select(db, where, [stamp(since), limit])


def look_again(db: Database, row: Sending, at: datetime) -> None:
    """Let an uncertain row rest until `at`."""
    db.execute(
        "update outbox set look_at = ? where id = ? and state = ?",
        [stamp(at), row.id, "uncertain"],
    )


def get(db: Database, sending_id: int) -> Sending | None:
    """The row with this id, or None."""
    found = _select(db, "id = ?", [sending_id])
    return found[0] if found else None


def take(db: Database, row: Sending, after: int | None, now: datetime) -> Sending:
    """Write the intent to send `row`; `after` is the channel's last known message id.

    Of several attempts the first one's `after` counts: each may have left a copy behind it.
    The one write that must survive a power cut, or a post could go out twice: it is synced.
    """
    after = row.after_message_id if row.attempts else after
    db.execute("pragma synchronous=full")
    try:
        return _move(db, row, State.SENDING, now, after_message_id=after, sending_at=stamp(now))
    finally:
        db.execute("pragma synchronous=normal")


def settle(db: Database, row: Sending, post: Post | None, now: datetime, actor: Actor) -> None:
    """Record that `row` is in the channel, as `post` (None: an admin says so, id unknown).

    Raises WrongState when an admin says so of what nobody doubts.
    """
    if not post:
        _check_doubted(row)
    message_id = post.message_id if post else None
    with db.atomic():
        _move(
            db, row, State.SENT, now, actor, message_id=message_id, settled_at=stamp(now), error=""
        )
        if post:
            posts.add(db, post)


def _check_doubted(row: Sending) -> None:
    if row.state is not State.UNCERTAIN:
        raise WrongState(f"outbox row {row.id} is {row.state}, not in doubt")


def release(db: Database, row: Sending, why: str, now: datetime) -> None:
    """Record that `row` was certainly not sent; it keeps its place in the order."""
    _move(db, row, State.APPROVED, now, error=why)


def resend(db: Database, row: Sending, actor: Actor, now: datetime) -> None:
    """An admin says that `row` is not in the channel: it goes out again.

    Raises WrongState when nobody doubts it: it may be on its way this very moment.
    """
    _check_doubted(row)
    _move(db, row, State.APPROVED, now, actor, error="")


def doubt(db: Database, row: Sending, why: str, now: datetime) -> Sending:
    """Record that nobody knows whether `row` was sent."""
    return _move(db, row, State.UNCERTAIN, now, error=why)


def fail(db: Database, row: Sending, why: str, now: datetime) -> None:
    """Record that Telegram refused `row` for good."""
    _move(db, row, State.FAILED, now, settled_at=stamp(now), error=why)


def _move(
    db: Database, row: Sending, to: State, now: datetime, actor: Actor = PEYK, **columns: Any
) -> Sending:
    """Move the row and its draft together; raises WrongState when the row has moved on."""
    with db.atomic():
        assignments = "".join(f", {name} = ?" for name in columns)
        changed = db.execute(
            f"update outbox set state = ?, attempts = attempts + ?{assignments}"
            " where id = ? and state = ?",
            [str(to), to == State.SENDING, *columns.values(), row.id, str(row.state)],
        ).rowcount
        if not changed:
            raise WrongState(f"outbox row {row.id} is no longer {row.state}")
        detail = str(columns.get("error") or columns.get("message_id") or "")
        drafts.advance(db, row.draft_id, to, str(to), actor, now, detail=detail)
    moved = get(db, row.id)
    assert moved
    return moved


def _select(db: Database, where: str, values: list[Any]) -> list[Sending]:
    rows = db.execute(
        "select id, draft_id, version, chat, payload, state, due, after_message_id, message_id,"
        f" attempts, error, created from outbox where {where}",
        values,
    )
    return [
        Sending(
            *(r[0], r[1], r[2], r[3], json.loads(r[4]), State(r[5])),
            *(datetime.fromisoformat(r[6]), r[7], r[8], r[9], r[10], moment(r[11])),
        )
        for r in rows
    ]
