"""The archive: every post of the channel that peyk knows, an album as one.

Writers only write rows and mark them `dirty`; titles, hashtags and the search index follow in
db.index. A post keeps its row when it is deleted from the channel.

`ordinal`, the place of a post in the order of dates, is its second × 256 and a number within that
second: unique, never changed, and so the key by which whatever lists posts walks its pages.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from bot.persian.typography import units
from db import index, tags
from db.model import Entity, Post, moment, stamp

HOME = "home channel"
"""The fact that tells which channel is the bot's own; posts of others are guests (db.home)."""
PER_SECOND = 256
"""Posts of one second that have a number; further ones are counted to the next second."""

_COLUMNS = (
    *(
        "id",
        "ordinal",
        "chat_id",
        "message_id",
        "draft_id",
        "text",
        "entities",
        "published",
        "url",
    ),
    *("kind", "title", "origin", "album", "reply_to", "forwarded", "poll", "pinned"),
    *("edited", "deleted", "starred"),
)
_SELECT = f"select {', '.join(_COLUMNS)} from posts"
_ORDINAL = """
  with recursive second(base, last) as (
    select :base, (select max(ordinal) from posts where ordinal between :base and :base + 255)
    union all
    select base + 256,
      (select max(ordinal) from posts where ordinal between base + 256 and base + 511)
    from second where last = base + 255)
  select coalesce(last + 1, base) from second order by base desc limit 1"""
_WRITE = f"""
insert into posts (ordinal, chat_id, message_id, draft_id, text, entities, published, url, kind,
  origin, album, reply_to, forwarded, poll, pinned, edited, guest)
values (({_ORDINAL}), :chat_id, :message_id, :draft_id, :text, :entities, :published, :url, :kind,
  :origin, :album, :reply_to, :forwarded, :poll, :pinned, :edited,
  exists (select 1 from facts where key = '{HOME}' and cast(value as integer) != :chat_id))
on conflict (chat_id, message_id) do update set
  text = excluded.text, entities = excluded.entities, kind = excluded.kind, poll = excluded.poll,
  draft_id = coalesce(excluded.draft_id, draft_id),
  origin = case when excluded.draft_id is null then origin else excluded.origin end,
  reply_to = coalesce(excluded.reply_to, reply_to),
  forwarded = case when excluded.forwarded = '' then forwarded else excluded.forwarded end,
  edited = coalesce(excluded.edited, edited), deleted = null, dirty = 1
returning id"""


def add(db: Database, post: Post) -> int:
    """Keep a post, or what it has become if it is known; returns its id.

    A message of an album is kept as part of the post that the album is.
    """
    if post.album or post.edited:
        with db.atomic():
            part_of = _album_of(db, post)
            if part_of or (post.album and not _stands_alone(db, post)):
                return _add_to_album(db, post, part_of or _album_named(db, post))
    return _write(db, post)


def _write(db: Database, post: Post) -> int:
    published = post.published or datetime.now(UTC)
    row = {
        "base": int(published.timestamp()) * PER_SECOND,
        "chat_id": post.chat_id,
        "message_id": post.message_id,
        "draft_id": post.draft_id,
        "text": post.text,
        "entities": json.dumps(post.entities, ensure_ascii=False),
        "published": stamp(published),
        "url": post.url,
        "kind": post.kind,
        "origin": "peyk" if post.draft_id else post.origin,
        "album": post.album,
        "reply_to": post.reply_to,
        "forwarded": post.forwarded,
        "poll": json.dumps(post.poll, ensure_ascii=False) if post.poll else "",
        "pinned": post.pinned,
        "edited": stamp(post.edited) if post.edited else None,
    }
    # db.conn: channel posts come in bursts, and sqlite_utils' own checks double what this takes.
    return int(db.conn.execute(_WRITE, row).fetchone()[0])


def _stands_alone(db: Database, post: Post) -> bool:
    """Whether the archive has this message as a post of its own."""
    row = db.execute(
        "select 1 from posts where chat_id = ? and message_id = ? and album = ''",
        [post.chat_id, post.message_id],
    ).fetchone()
    return row is not None


def _album_of(db: Database, post: Post) -> int | None:
    """The id of the album that this message is known to belong to."""
    row = db.execute(
        "select post_id from album_messages where chat_id = ? and message_id = ?",
        [post.chat_id, post.message_id],
    ).fetchone()
    return int(row[0]) if row else None


def _album_named(db: Database, post: Post) -> int | None:
    """The id of the album that this message, which nobody knew, says it belongs to."""
    row = db.execute(
        "select id from posts where chat_id = ? and album = ? and album != ''",
        [post.chat_id, post.album],
    ).fetchone()
    return int(row[0]) if row else None


def _add_to_album(db: Database, post: Post, post_id: int | None) -> int:
    post_id = post_id or _write(db, post)
    db.execute(
        "insert into album_messages (chat_id, message_id, post_id, text, entities)"
        " values (?,?,?,?,?) on conflict (chat_id, message_id) do update set"
        " text = excluded.text, entities = excluded.entities",
        [
            *(post.chat_id, post.message_id, post_id),
            *(post.text, json.dumps(post.entities, ensure_ascii=False)),
        ],
    )
    db.execute(
        "update posts set message_id = :message_id, url = :url"
        " where id = :id and message_id > :message_id",
        {"message_id": post.message_id, "url": post.url, "id": post_id},
    )
    _gather(db, post_id, post.edited)
    return post_id


def _gather(db: Database, post_id: int, edited: datetime | None = None) -> None:
    """Make a post say what the messages of its album say."""
    parts = db.execute(
        "select text, entities from album_messages where post_id = ? order by message_id",
        [post_id],
    ).fetchall()
    text, entities = joined([(row[0], json.loads(row[1])) for row in parts])
    db.execute(
        "update posts set text = ?, entities = ?, kind = 'album', deleted = null, dirty = 1,"
        " edited = coalesce(?, edited) where id = ?",
        [text, json.dumps(entities, ensure_ascii=False), edited and stamp(edited), post_id],
    )


def joined(captions: Iterable[tuple[str, Sequence[Entity]]]) -> tuple[str, list[Entity]]:
    """The captions of an album's messages as one text with its entities."""
    text, entities = "", list[Entity]()
    for caption, its in captions:
        if caption:
            text += "\n\n" if text else ""
            start = units(text)
            entities += [entity | {"offset": entity["offset"] + start} for entity in its]
            text += caption
    return text, entities


def mark_pinned(db: Database, chat_id: int, message_id: int) -> None:
    """Note that a message was pinned."""
    db.execute(
        "update posts set pinned = 1 where chat_id = :chat and message_id = :message or id ="
        " (select post_id from album_messages where chat_id = :chat and message_id = :message)",
        {"chat": chat_id, "message": message_id},
    )


def mark_deleted(db: Database, chat_id: int, messages: Iterable[int], now: datetime) -> int:
    """Note that messages are gone from the channel; returns how many posts went with them.

    An album that lost some of its messages goes on with the rest.
    """
    with db.atomic():
        return sum(_mark_deleted(db, chat_id, message_id, now) for message_id in messages)


def _mark_deleted(db: Database, chat_id: int, message_id: int, now: datetime) -> bool:
    row = db.execute(
        "select a.post_id, (select count(*) from album_messages b where b.post_id = a.post_id)"
        " from album_messages a where a.chat_id = ? and a.message_id = ?",
        [chat_id, message_id],
    ).fetchone()
    if row and row[1] > 1:
        _leave_album(db, chat_id, message_id, row[0])
        return False
    gone = db.execute(
        "update posts set deleted = ?, dirty = 1 where deleted is null"
        " and (id = ? or chat_id = ? and message_id = ?)",
        [stamp(now), row and row[0], chat_id, message_id],
    )
    return bool(gone.rowcount)


def _leave_album(db: Database, chat_id: int, message_id: int, post_id: int) -> None:
    """Take a message out of its album, which its next one then stands for.

    One that came again as a post of its own stands for that.
    """
    db.execute(
        "delete from album_messages where chat_id = ? and message_id = ?", [chat_id, message_id]
    )
    first = db.execute(
        "select min(message_id) from album_messages a where post_id = ? and not exists"
        " (select 1 from posts where chat_id = a.chat_id and message_id = a.message_id"
        " and id != a.post_id)",
        [post_id],
    ).fetchone()[0]
    if first is not None:
        db.execute(
            "update posts set url = rtrim(url, '0123456789') || ?, message_id = ? where id = ?",
            [first, first, post_id],
        )
    _gather(db, post_id)


def get(db: Database, ordinal: int) -> Post | None:
    """The post at this place of the order, deleted or not."""
    return next(iter(load(db, [ordinal])), None)


def by_id(db: Database, post_id: int) -> Post | None:
    """The post with this id, deleted or not."""
    row = db.execute("select ordinal from posts where id = ?", [post_id]).fetchone()
    return get(db, row[0]) if row else None


def by_number(db: Database, message_id: int) -> Post | None:
    """The newest post of that message number, in whatever chat; deleted ones left out."""
    row = db.execute(
        "select ordinal from posts where message_id = ? and deleted is null"
        " order by ordinal desc limit 1",
        [message_id],
    ).fetchone()
    return get(db, row[0]) if row else None


def by_message(db: Database, chat_id: int, message_id: int) -> Post | None:
    """The post that this message is, or is an album's part of; deleted or not."""
    row = db.execute(
        "select ordinal from posts where chat_id = :chat and message_id = :message"
        " union all select p.ordinal from album_messages a join posts p on p.id = a.post_id"
        " where a.chat_id = :chat and a.message_id = :message limit 1",
        {"chat": chat_id, "message": message_id},
    ).fetchone()
    return get(db, row[0]) if row else None


def load(db: Database, ordinals: Sequence[int], *, home: bool = False) -> list[Post]:
    """The posts at these places, in the order asked for; unknown places are passed over.

    `home`: only those of the bot's own channel.
    """
    places = ",".join("?" * len(ordinals))
    here = " and guest = 0" if home else ""
    rows = db.execute(f"{_SELECT} where ordinal in ({places}){here}", list(ordinals))
    found = {row[1]: _post(db, row) for row in rows}
    return [found[ordinal] for ordinal in ordinals if ordinal in found]


def find(db: Database, tag: str = "", limit: int = 50) -> list[dict[str, Any]]:
    """The newest posts, those with hashtag `tag` when one is given (any spelling of it)."""
    while index.catch_up(db):
        pass
    if tag:
        source = "post_tags t join posts p on p.ordinal = t.ordinal where t.tag_id = ?"
        source, values = f"{source} order by t.ordinal desc", [tags.owner(db, tag)]
    else:
        source, values = "posts p where p.deleted is null order by p.ordinal desc", []
    rows = db.query(
        "select p.id, p.message_id, p.draft_id, p.published, p.url, p.kind, p.title, p.text,"
        " p.ordinal"
        f" from {source} limit {int(limit)}",
        values,
    )
    return [_told(db, row) for row in rows]


def _told(db: Database, row: dict[str, Any]) -> dict[str, Any]:
    ordinal = row.pop("ordinal")
    return row | {"tags": [f"#{name}" for name in tags_of(db, ordinal)]}


def of_draft(db: Database, draft_id: int) -> Post | None:
    """The post that this draft has become, or None."""
    row = db.execute(f"{_SELECT} where draft_id = ? order by id desc limit 1", [draft_id])
    found = row.fetchone()
    return _post(db, found) if found else None


def star(db: Database, ordinal: int, now: datetime) -> None:
    """Hold the post up as an example of the channel's style; one that is keeps its moment."""
    db.execute(
        "update posts set starred = ? where ordinal = ? and starred is null",
        [stamp(now), ordinal],
    )


def unstar(db: Database, ordinal: int) -> None:
    """The post is no example any more."""
    db.execute("update posts set starred = null where ordinal = ?", [ordinal])


def starred(db: Database, limit: int) -> list[str]:
    """The texts of the posts starred last, the newest first."""
    rows = db.execute(
        "select text from posts where starred is not null and deleted is null"
        " order by starred desc, ordinal desc limit ?",
        [limit],
    )
    return [row[0] for row in rows]


def tags_of(db: Database, ordinal: int) -> tuple[str, ...]:
    """The canonical hashtags of one post, without the mark."""
    rows = db.execute(
        "select g.name from post_tags t join tags g on g.id = t.tag_id"
        " where t.ordinal = ? and g.id != ? order by g.name",
        [ordinal, index.UNTAGGED],
    )
    return tuple(row[0] for row in rows)


def count(db: Database) -> int:
    """How many posts of the archive stand in the channel."""
    row = db.execute(
        "select (select count(*) from posts)"
        " - (select count(*) from posts where deleted is not null)"
    ).fetchone()
    return int(row[0])


def top(db: Database, chat_id: int) -> int | None:
    """The highest message id of the channel that peyk has seen, or None."""
    row = db.execute(
        "select max(coalesce(p, a), coalesce(a, p)) from ("
        " select (select max(message_id) from posts where chat_id = :chat) p,"
        " (select max(message_id) from album_messages where chat_id = :chat) a)",
        {"chat": chat_id},
    ).fetchone()
    return row[0] if row else None


def ids_of_others(db: Database, chat_id: int, draft_id: int) -> set[int]:
    """The channel's message ids known to hold something else than this draft, the newest 1,000."""
    rows = db.execute(
        "select message_id from (select message_id from posts"
        "  where chat_id = :chat and draft_id is not :draft order by message_id desc limit 1000)"
        " union select message_id from (select message_id from album_messages"
        "  where chat_id = :chat order by message_id desc limit 1000)",
        {"chat": chat_id, "draft": draft_id},
    )
    return {row[0] for row in rows}


def _post(db: Database, row: Sequence[Any]) -> Post:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["entities"] = tuple(json.loads(values["entities"]))
    values["poll"] = json.loads(values["poll"]) if values["poll"] else None
    values["pinned"] = bool(values["pinned"])
    values |= {
        name: moment(values[name]) for name in ("published", "edited", "deleted", "starred")
    }
    return Post(**values, tags=tags_of(db, values["ordinal"]))
