"""The archive: every message of the channel that peyk knows, and its hashtags."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from db.model import Post, moment, stamp


def add(db: Database, post: Post) -> int:
    """Keep a post, or its new text if it is known; returns its id."""
    published = stamp(post.published or datetime.now(UTC))
    with db.atomic():
        row = db.conn.execute(
            "insert into posts (chat_id, message_id, draft_id, text, entities, published, url)"
            " values (?,?,?,?,?,?,?) on conflict (chat_id, message_id) do update set"
            " text = excluded.text, entities = excluded.entities,"
            " draft_id = coalesce(excluded.draft_id, draft_id) returning id",
            [
                *(post.chat_id, post.message_id, post.draft_id, post.text),
                *(json.dumps(post.entities), published, post.url),
            ],
        ).fetchone()
        db.conn.execute("delete from post_tags where post_id = ?", [row[0]])
        db.conn.executemany(
            "insert or ignore into post_tags (tag, post_id) values (?, ?)",
            [(tag, row[0]) for tag in post.tags],
        )
    return int(row[0])


def find(db: Database, tag: str = "", limit: int = 50) -> list[dict[str, Any]]:
    """The newest posts, those with hashtag `tag` when one is given (case does not matter)."""
    where, values = "", []
    if tag:
        where = "where id in (select post_id from post_tags where lower(tag) = lower(?))"
        values = ["#" + tag.lstrip("#")]
    rows = db.query(
        f"select id, message_id, draft_id, published, url, text from posts {where}"
        f" order by published desc, id desc limit {int(limit)}",
        values,
    )
    return [row | {"tags": tags_of(db, row["id"])} for row in rows]


def get(db: Database, post_id: int) -> Post | None:
    """The post with this id, or None."""
    return _one(db, "id = ?", [post_id])


def at(db: Database, chat_id: int, message_id: int) -> Post | None:
    """The post that this message of the channel is, or None."""
    return _one(db, "chat_id = ? and message_id = ?", [chat_id, message_id])


def of_draft(db: Database, draft_id: int) -> Post | None:
    """The post that this draft has become, or None."""
    return _one(db, "draft_id = ?", [draft_id])


def star(db: Database, post_id: int, now: datetime) -> None:
    """Hold the post up as an example of the channel's style; one that is keeps its moment."""
    db.execute(
        "update posts set starred = ? where id = ? and starred is null", [stamp(now), post_id]
    )


def unstar(db: Database, post_id: int) -> None:
    """The post is no example any more."""
    db.execute("update posts set starred = null where id = ?", [post_id])


def starred(db: Database, limit: int) -> list[str]:
    """The texts of the posts starred last, the newest first."""
    rows = db.execute(
        "select text from posts where starred is not null order by starred desc, id desc limit ?",
        [limit],
    )
    return [row[0] for row in rows]


def tags_of(db: Database, post_id: int) -> list[str]:
    """The hashtags of one post."""
    rows = db.execute("select tag from post_tags where post_id = ? order by tag", [post_id])
    return [row[0] for row in rows]


def count(db: Database) -> int:
    """How many posts the archive holds."""
    return int(db.execute("select count(*) from posts").fetchone()[0])


def top(db: Database, chat_id: int) -> int | None:
    """The highest message id of the channel that peyk has seen, or None."""
    row = db.execute("select max(message_id) from posts where chat_id = ?", [chat_id]).fetchone()
    return row[0] if row else None


def ids_of_others(db: Database, chat_id: int, draft_id: int) -> set[int]:
    """The channel's message ids known to hold something else than this draft, the newest 1,000."""
    rows = db.execute(
        "select message_id from posts where chat_id = ? and draft_id is not ?"
        " order by message_id desc limit 1000",
        [chat_id, draft_id],
    )
    return {row[0] for row in rows}


def _one(db: Database, where: str, values: list[Any]) -> Post | None:
    row = db.execute(
        "select chat_id, message_id, text, entities, published, url, draft_id, starred, id"
        f" from posts where {where} order by id desc limit 1",
        values,
    ).fetchone()
    if not row:
        return None
    return Post(
        chat_id=row[0],
        message_id=row[1],
        text=row[2],
        entities=tuple(json.loads(row[3])),
        tags=tuple(tags_of(db, row[8])),
        published=moment(row[4]),
        url=row[5],
        draft_id=row[6],
        starred=moment(row[7]),
        id=row[8],
    )
