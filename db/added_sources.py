"""Sources that admins added from chat, and the proposals they have not confirmed yet.

Knows entries as data only: what one means is in feeds.sources, all sources together are in
feeds.roster.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from db import sources
from db.drafts import FORGOTTEN
from db.model import stamp

PATIENCE = timedelta(days=7)
"""How long a proposal waits for its confirmation."""


@dataclass(frozen=True, slots=True)
class AddedSource:
    """A source, or while it has no name a proposal."""

    id: int
    name: str
    entry: dict[str, Any]
    """``kind`` and the keys of an entry of sources.toml."""


def propose(db: Database, entry: dict[str, Any], user_id: int, now: datetime) -> int:
    """Keep an entry until an admin confirms it; returns the proposal's id."""
    with db.atomic():
        db.execute(
            "delete from added_sources where name is null and added < ?", [stamp(now - PATIENCE)]
        )
        cursor = db.execute(
            "insert into added_sources (entry, added, added_by) values (?, ?, ?)",
            [json.dumps(entry, ensure_ascii=False), stamp(now), user_id],
        )
    return int(cursor.lastrowid or 0)


def get(db: Database, proposal_id: int) -> AddedSource | None:
    """The proposal with this id, or the source it has become; None when it is gone."""
    return next(iter(_select(db, "id = ?", [proposal_id])), None)


def confirm(db: Database, proposal_id: int, name: str) -> bool:
    """The proposal becomes the source `name`; False when it is one already, or gone."""
    return bool(
        db.execute(
            "update added_sources set name = ? where id = ? and name is null", [name, proposal_id]
        ).rowcount
    )


def withdraw(db: Database, proposal_id: int) -> None:
    """Forget a proposal."""
    db.execute("delete from added_sources where id = ? and name is null", [proposal_id])


def find(db: Database) -> list[AddedSource]:
    """The confirmed sources, in the order they were added."""
    return _select(db, "name is not null", [])


def remove(db: Database, name: str) -> None:
    """The source is read no more, and its health forgotten; its items and posts stay."""
    with db.atomic():
        db.execute("delete from added_sources where name = ?", [name])
        sources.remove(db, name)


def forget_adder(db: Database, user_id: int) -> int:
    """Take a person's id off what they added; returns in how many rows it stood."""
    return db.execute(
        "update added_sources set added_by = ? where added_by = ?", [FORGOTTEN, user_id]
    ).rowcount


def _select(db: Database, where: str, values: list[Any]) -> list[AddedSource]:
    rows = db.execute(
        f"select id, name, entry from added_sources where {where} order by id", values
    )
    return [AddedSource(row[0], row[1] or "", json.loads(row[2])) for row in rows]
