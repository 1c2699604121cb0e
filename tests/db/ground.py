"""What the tests of the database begin with: a draft that waits for the admins."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from db import drafts, items, outbox
from db.model import PEYK, Actor, Draft, Item, Kind, Sending, State

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MINA, ARASH = Actor(1, "مینا", 101), Actor(2, "آرش", 102)


def drafted(db: Database, number: int = 1, **fields: Any) -> Draft:
    """A new draft about a new item."""
    url = f"https://example.org/{number}"
    item = Item(f"url:{url}", "s", Kind.NEWS, "title", "text", url)
    asyncio.run(items.add(db, [item], NOW))
    stored = items.by_identity(db, item.identity)
    assert stored
    words = {"title": "عنوان", "body": "متن", "tags": ("#خبر",)} | fields
    return drafts.add(db, Draft(stored.id, Kind.NEWS, **words), NOW)


def offered(db: Database, number: int = 1) -> Draft:
    """A draft on a card."""
    draft = drafted(db, number)
    return drafts.advance(db, draft.id, State.OFFERED, "offered", PEYK, NOW)


def approve(
    db: Database, draft: Draft, actor: Actor = MINA, due: datetime = NOW, **more: Any
) -> Draft:
    """An admin approves what the card shows."""
    payload = {"text": draft.title, "entities": [], "photo": "", "tags": list(draft.tags)}
    return outbox.approve(
        *(db, draft.id, draft.version, "@peyk_ai", payload, due, actor, NOW),
        **({"expected": [State.OFFERED]} | more),
    )


def sending(db: Database, number: int = 1) -> Sending:
    """A post on its way to Telegram."""
    approve(db, offered(db, number), Actor(1, "مینا", 100 + number))
    return outbox.take(db, outbox.due(db, NOW)[0], 7, NOW)
