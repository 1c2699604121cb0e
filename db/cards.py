"""Which message of the admin chat shows or asks about which version of which draft."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Card:
    """A message about a draft. `purpose`: card, old (a card that a newer one replaced),
    or what is asked: edit, time."""

    chat_id: int
    message_id: int
    draft_id: int
    version: int
    purpose: str = "card"
    user_id: int = 0
    """The admin who was asked."""


def add(db: Database, card: Card) -> None:
    """Remember a message, or what it has come to show."""
    db.execute(
        "insert into cards (chat_id, message_id, draft_id, version, purpose, user_id)"
        " values (?,?,?,?,?,?)"
        " on conflict (chat_id, message_id) do update set"
        " draft_id = excluded.draft_id, version = excluded.version, purpose = excluded.purpose",
        [card.chat_id, card.message_id, card.draft_id, card.version, card.purpose, card.user_id],
    )


def get(db: Database, chat_id: int, message_id: int) -> Card | None:
    """The card that this message is, or None."""
    row = db.execute(
        "select chat_id, message_id, draft_id, version, purpose, user_id from cards"
        " where chat_id = ? and message_id = ?",
        [chat_id, message_id],
    ).fetchone()
    return Card(*row) if row else None


def of_draft(db: Database, draft_id: int, purpose: str = "card") -> list[Card]:
    """The messages about a draft, oldest first."""
    rows = db.execute(
        "select chat_id, message_id, draft_id, version, purpose, user_id from cards"
        " where draft_id = ? and purpose = ? order by message_id",
        [draft_id, purpose],
    )
    return [Card(*row) for row in rows]


def outdated(db: Database) -> list[int]:
    """The offered drafts that got new links last, and whose card does not show that version."""
    rows = db.execute(
        "select d.id from drafts d join cards c on c.draft_id = d.id and c.purpose = 'card'"
        " where d.state = 'offered' and 'relinked' = (select a.action from audit a"
        " where a.draft_id = d.id order by a.id desc limit 1)"
        " group by d.id having max(c.version) < d.version"
    )
    return [row[0] for row in rows]


def asked(db: Database, chat_id: int, user_id: int) -> Card | None:
    """What this admin was asked last in this chat about a draft as it still is, or None."""
    row = db.execute(
        "select c.chat_id, c.message_id, c.draft_id, c.version, c.purpose, c.user_id"
        " from cards c join drafts d on d.id = c.draft_id and d.version = c.version"
        " where c.chat_id = ? and c.user_id = ? and c.purpose in ('edit', 'time')"
        " and d.state = 'offered' order by c.message_id desc limit 1",
        [chat_id, user_id],
    ).fetchone()
    return Card(*row) if row else None


def withdraw_questions(db: Database, chat_id: int, user_id: int) -> int:
    """Forget what this admin was asked in this chat; returns how many questions that were."""
    return db.execute(
        "delete from cards where chat_id = ? and user_id = ? and purpose in ('edit', 'time')",
        [chat_id, user_id],
    ).rowcount


def remove(db: Database, chat_id: int, message_id: int) -> None:
    """Forget a message."""
    db.execute("delete from cards where chat_id = ? and message_id = ?", [chat_id, message_id])
