"""Small lasting facts (paused, the channel's id) and notices that admins hear of once."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from db.model import stamp


def get(db: Database, key: str, default: Any = None) -> Any:
    """What was last put under `key`."""
    row = db.execute("select value from facts where key = ?", [key]).fetchone()
    return json.loads(row[0]) if row else default


def put(db: Database, key: str, value: Any) -> None:
    """Remember `value` (anything JSON knows) under `key`."""
    db.execute(
        "insert into facts (key, value) values (?, ?)"
        " on conflict (key) do update set value = excluded.value",
        [key, json.dumps(value, ensure_ascii=False)],
    )


def first_time(
    db: Database, key: str, now: datetime, again: timedelta = timedelta(days=1)
) -> bool:
    """Whether `key` was not announced within `again`; from now on it was."""
    changed = db.execute(
        "insert into notices (key, at) values (?, ?)"
        " on conflict (key) do update set at = excluded.at where at <= ?",
        [key, stamp(now), stamp(now - again)],
    ).rowcount
    return bool(changed)


def announced(db: Database, key: str, now: datetime, again: timedelta = timedelta(days=1)) -> bool:
    """Whether `key` was announced within `again`; changes nothing."""
    row = db.execute("select at from notices where key = ?", [key]).fetchone()
    return bool(row) and row[0] > stamp(now - again)


def over(db: Database, key: str) -> bool:
    """Forget the notice `key`, because its cause is gone; whether there was one."""
    return bool(db.execute("delete from notices where key = ?", [key]).rowcount)
