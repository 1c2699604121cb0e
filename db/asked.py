"""What the bot has asked somebody in a chat and not heard of yet; it outlives a restart.

About drafts there are db.cards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from db.model import stamp

FRESH = timedelta(hours=1)
"""How long the next message of a private chat is taken for the answer, though it is no reply."""
PATIENCE = timedelta(days=7)
"""How long an answer may take."""


_ANSWERED = "answered "
"""What `Asked.about` begins with in the table once it was answered."""


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
    asked = _one(db, "chat_id = ? and message_id = ?", chat_id, message_id)
    return None if asked and asked.about.startswith(_ANSWERED) else asked


def answered(db: Database, chat_id: int, message_id: int) -> Asked | None:
    """What that message asked before it was answered, or None."""
    asked = _one(db, "chat_id = ? and message_id = ?", chat_id, message_id)
    if not asked or not asked.about.startswith(_ANSWERED):
        return None
    return replace(asked, about=asked.about.removeprefix(_ANSWERED))


def last(
    db: Database, chat_id: int, user_id: int, kinds: Sequence[str], now: datetime
) -> Asked | None:
    """The last question of these kinds that this user has in this chat, if it is fresh."""
    where = (
        "chat_id = ? and user_id = ? and at >= ?"
        f" and about in ({','.join('?' * len(kinds))}) order by message_id desc limit 1"
    )
    return _one(db, where, chat_id, user_id, stamp(now - FRESH), *kinds)


def waiting(db: Database, chat_id: int, user_id: int, about: str) -> Asked | None:
    """The last question of this kind that this user has in this chat, or None."""
    where = "chat_id = ? and user_id = ? and about = ? order by message_id desc limit 1"
    return _one(db, where, chat_id, user_id, about)


def done(db: Database, asked: Asked) -> None:
    """A question was answered: it waits no more, and is known only to say so."""
    db.execute(
        "update asked set about = ?, detail = '' where chat_id = ? and message_id = ?",
        [_ANSWERED + asked.about.removeprefix(_ANSWERED), asked.chat_id, asked.message_id],
    )


def withdraw(db: Database, chat_id: int, user_id: int) -> int:
    """Forget what this user was asked in this chat; returns how many questions that were."""
    return db.execute(
        "delete from asked where chat_id = ? and user_id = ? and about not like ?",
        [chat_id, user_id, f"{_ANSWERED}%"],
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
