"""The inbox: updates of Telegram, kept before they are confirmed to it, each used once.

Done updates keep their number for two days (Telegram repeats none after one) and lose their
content at once: what people write to the bot is not ours to collect.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from db.model import stamp

KEPT = timedelta(days=2)
MOST_ATTEMPTS = 3
"""An update that was being handled in this many processes which died is set aside."""


def keep(db: Database, updates: Iterable[dict[str, Any]], now: datetime) -> list[int]:
    """Store raw updates that are not known yet; returns the ids of those, in order."""
    received = stamp(now)
    fresh = []
    with db.atomic():
        for update in updates:
            cursor = db.conn.execute(
                "insert or ignore into updates (update_id, payload, received) values (?, ?, ?)",
                (update["update_id"], json.dumps(update), received),
            )
            if cursor.rowcount:
                fresh.append(update["update_id"])
    return fresh


def interrupted(db: Database) -> list[dict[str, Any]]:
    """The updates an earlier process left unfinished, oldest first.

    Those that ended every process which began them are set aside.
    """
    db.execute(
        "update updates set state = 'set aside', error = 'every attempt ended the process'"
        " where state = 'pending' and attempts >= ?",
        [MOST_ATTEMPTS],
    )
    rows = db.execute("select payload from updates where state = 'pending' order by update_id")
    return [json.loads(row[0]) for row in rows]


def begin(db: Database, update_id: int) -> None:
    """Count an attempt at what an earlier process left; others that wait with it do not count."""
    db.execute("update updates set attempts = attempts + 1 where update_id = ?", [update_id])


def spare(db: Database) -> None:
    """Take an attempt back: the process ends in good order, and no update is to blame."""
    db.execute(
        "update updates set attempts = attempts - 1 where state = 'pending' and attempts > 0"
    )


def done(db: Database, update_ids: Iterable[int]) -> None:
    """Record that these updates have had their effect."""
    with db.atomic():
        db.conn.executemany(
            "update updates set state = 'done', payload = null where update_id = ?",
            [(update_id,) for update_id in update_ids],
        )


def set_aside(db: Database, update_id: int, why: str) -> None:
    """Record that this update cannot be used; its content stays for the operator to look at."""
    db.execute(
        "update updates set state = 'set aside', error = ? where update_id = ?", [why, update_id]
    )


def counts(db: Database) -> dict[str, int]:
    """How many updates are pending, done and set aside."""
    return dict(db.execute("select state, count(*) from updates group by state").fetchall())


def forget(db: Database, user_id: int) -> int:
    """Erase set-aside updates of one user; returns how many there were."""
    rows = db.execute("select update_id, payload from updates where payload is not null")
    theirs = [row[0] for row in rows if f'"id": {user_id},' in row[1]]
    db.conn.executemany("delete from updates where update_id = ?", [(i,) for i in theirs])
    return len(theirs)


def prune(db: Database, now: datetime) -> None:
    """Drop what is older than `KEPT`, but nothing that still waits."""
    db.execute(
        "delete from updates where received < ? and state != 'pending'", [stamp(now - KEPT)]
    )
