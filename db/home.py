"""Which channel is the bot's own, and which posts of the archive are guests from other channels.

Guests are searched and listed like any post; the guide, /toc, the digest, series and the counts of
hashtags are of the bot's own channel. A post is marked when it is written (db.posts) and when it
turns out which channel is home.
"""

from __future__ import annotations

from sqlite_utils import Database

from bot.config import Chat
from db import facts, posts, question_posts, series

AT_ONCE = 100
"""Posts of one transaction: the bot beside us waits for it when it wants to write."""


def told(db: Database, channel: Chat | None) -> int | None:
    """The id of `channel`: itself, or what Telegram has told of that @name; None: not yet."""
    if isinstance(channel, int):
        return channel
    return facts.get(db, _named(channel)) if channel else None


def known(db: Database, channel: Chat | None) -> int | None:
    """The id of `channel`, guessed from the archive until Telegram has told it; None: no guess."""
    return told(db, channel) or _guess(db)


def _named(channel: str) -> str:
    return f"channel id of {channel.lower()}"


def _guess(db: Database) -> int | None:
    """The channel whose posts peyk published, saw, or took for its own."""
    row = db.execute(
        "select chat_id from posts where origin != 'import' or url not like 'https://t.me/c/%'"
        " order by origin = 'import', id desc limit 1"
    ).fetchone()
    return row[0] if row else None


def learn(db: Database, channel: Chat, chat_id: int) -> None:
    """Keep what Telegram has told: `chat_id` is `channel`, the bot's own."""
    if told(db, channel) == chat_id == facts.get(db, posts.HOME):
        return
    with db.atomic():
        if isinstance(channel, str):
            facts.put(db, _named(channel), chat_id)
        settle(db, chat_id)
        _mend_addresses(db, channel, chat_id)


def settle(db: Database, chat_id: int) -> None:
    """Let this channel be home and the posts of all others guests; nothing if it was so."""
    if facts.get(db, posts.HOME) == chat_id:
        return
    with db.atomic():
        facts.put(db, posts.HOME, chat_id)
        moved = db.execute(
            "update posts set guest = chat_id != :home where guest != (chat_id != :home)",
            {"home": chat_id},
        )
        if moved.rowcount:
            series.look_again(db)
            question_posts.look_again(db)


def _mend_addresses(db: Database, channel: Chat, chat_id: int) -> None:
    """Give imported posts the address of their channel, where an import guessed another.

    Under the @name stand the posts of home only; the others under their number (t.me/c/…).
    """
    own = "'https://t.me/c/' || substr(chat_id, 5) || '/' || message_id"
    db.execute(
        f"update posts set url = {own} where guest = 1 and origin = 'import' and url != {own}"
    )
    if isinstance(channel, str):
        db.execute(
            "update posts set url = ? || message_id where chat_id = ? and url like ?",
            [f"https://t.me/{channel.removeprefix('@')}/", chat_id, "https://t.me/c/%"],
        )


def forget(db: Database, chat_id: int) -> int:
    """Take some imported posts of a channel that is not home out of the archive; how many.

    Call it until it returns 0. Nothing of what peyk or Telegram told goes this way.
    """
    with db.atomic():
        rows = db.execute(
            "select ordinal from posts where chat_id = ? and guest = 1 and origin = 'import'"
            " limit ?",
            [chat_id, AT_ONCE],
        ).fetchall()
        for (ordinal,) in rows:
            # The tags first: their counts are kept by what the post is.
            db.execute("delete from post_tags where ordinal = ?", [ordinal])
            db.execute("delete from post_index where rowid = ?", [ordinal])
            db.execute("delete from posts where ordinal = ?", [ordinal])
    return len(rows)
