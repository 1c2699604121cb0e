"""Drafts that no feed asked for: the item and its draft are stored together, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from db import drafts, items
from db.model import Draft, Item, stamp


def exists(db: Database, identity: str) -> bool:
    """Whether this was made before."""
    return items.by_identity(db, identity) is not None


def add(db: Database, item: Item, draft: Draft, now: datetime) -> Draft | None:
    """Store an item that is drafted already, and its draft; None when it was made before."""
    with db.atomic():
        row = db.execute(
            "insert into items (identity, source, kind, title, text, url, published, state,"
            " first_seen, updated) values (?,?,?,?,?,?,?,'drafted',?,?)"
            " on conflict (identity) do nothing returning id",
            [
                *(item.identity, item.source, item.kind, item.title, item.text, item.url),
                *(stamp(item.published) if item.published else None, stamp(now), stamp(now)),
            ],
        ).fetchone()
        return drafts.add(db, replace(draft, item_id=row[0]), now) if row else None
