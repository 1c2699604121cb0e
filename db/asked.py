"""What the bot has asked somebody in a chat and not heard of yet; it outlives a restart.

About drafts there are db.cards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from db.model import stamp

PATIENCE = timedelta(days=7)
"""How long an answer may take."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that waits for a reply or a press: who was asked about what."""

    chat_id: int
    message_id: int
    user_id: int
    about: str
    subject: int = 0
    detail: str = ""


def add(db: Database, asked: Asked, now: datetime) -> None:
    """Remember a question, in place of what that message asked before; old ones are forgotten."""
    db.execute("delete from asked where at < ?", [stamp(now - PATIENCE)])
    db.execute(
        "insert or replace into asked"
        " (chat_id, message_id, user_id, about, subject, detail, at) values (?,?,?,?,?,?,?)",
        [
            *(asked.chat_id, asked.message_id, asked.user_id, asked.about),
            *(asked.subject, asked.detail, stamp(now)),
        ],
    )


def get(db: Database, chat_id: int, message_id: int) -> Asked | None:
    """What that message asks, or None."""
    return _one(db, "chat_id = ? and message_id = ?", chat_id, message_id)


def waiting(db: Database, chat_id: int, user_id: int, about: str) -> Asked | None:
    """The last question of this kind that this user has in this chat, or None."""
    where = "chat_id = ? and user_id = ? and about = ? order by message_id desc limit 1"
    return _one(db, where, chat_id, user_id, about)


def done(db: Database, asked: Asked) -> None:
    """Forget a question: it was answered."""
    db.execute(
        "delete from asked where chat_id = ? and message_id = ?", [asked.chat_id, asked.message_id]
    )


def withdraw(db: Database, chat_id: int, user_id: int) -> int:
    """Forget what this user was asked in this chat; returns how many questions that were."""
    return db.execute(
        "delete from asked where chat_id = ? and user_id = ?", [chat_id, user_id]
    ).rowcount


def forget(db: Database, user_id: int) -> None:
    """Forget what this user was asked anywhere."""
    db.execute("delete from asked where user_id = ?", [user_id])


def _one(db: Database, where: str, *values: object) -> Asked | None:
    row = db.execute(
        f"select chat_id, message_id, user_id, about, subject, detail from asked where {where}",
        [*values],
    ).fetchone()
    return Asked(*row) if row else None
