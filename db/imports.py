"""What an import asks of the archive: what it knows of a message, and what an export lacks.

The messages that the export has are noted in a table of this connection only, so that their
number costs no memory. Writes no posts: see db.posts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from db.model import moment


@dataclass(frozen=True, slots=True)
class Known:
    """A message as the archive has it; of an album, this message's own caption."""

    text: str
    kind: str
    poll: dict[str, Any] | None
    album: str
    title: str
    url: str
    told: datetime
    """When it was published or last edited, as far as the archive knows."""
    is_deleted: bool


def begin(db: Database) -> None:
    """Forget which messages an earlier import of this connection has met."""
    db.execute("drop table if exists temp.met")
    db.execute("create table temp.met (message_id integer primary key)")


def meet(db: Database, message_id: int) -> bool:
    """Note that the export has this message; False: it had it before."""
    met = db.conn.execute("insert or ignore into temp.met values (?)", (message_id,))
    return bool(met.rowcount)


def known(db: Database, chat_id: int, messages: Sequence[int]) -> dict[int, Known]:
    """What the archive has of these messages, posts and parts of albums."""
    marks = ",".join("?" * len(messages))
    rows = db.conn.execute(
        "select p.message_id, p.text, p.kind, p.poll, p.album, p.title, p.url,"
        " coalesce(p.edited, p.published), p.deleted is not null from posts p"
        f" where p.chat_id = ? and p.message_id in ({marks}) and p.kind != 'album'"
        " union all select a.message_id, a.text, p.kind, p.poll, p.album, p.title, p.url,"
        " coalesce(p.edited, p.published), p.deleted is not null"
        " from album_messages a join posts p on p.id = a.post_id"
        f" where a.chat_id = ? and a.message_id in ({marks})",
        [chat_id, *messages, chat_id, *messages],
    )
    return {row[0]: _known(row) for row in rows}


def _known(row: Sequence[Any]) -> Known:
    _, text, kind, poll, album, title, url, told, deleted = row
    at = moment(told)
    assert at
    return Known(
        text, kind, json.loads(poll) if poll else None, album, title, url, at, bool(deleted)
    )


_MISSING = """
select p.message_id, p.title, p.url from posts p where p.chat_id = :chat and p.deleted is null
  and p.kind != 'album' and p.message_id between :first and :last
  and p.message_id not in (select message_id from temp.met)
union all
select a.message_id, p.title, p.url from album_messages a join posts p on p.id = a.post_id
  where a.chat_id = :chat and p.deleted is null and a.message_id between :first and :last
  and a.message_id not in (select message_id from temp.met)
order by 1"""


def missing(db: Database, chat_id: int, first: int, last: int) -> Iterator[tuple[int, str, str]]:
    """The messages of the archive from `first` to `last` that were not met: (id, title, url)."""
    yield from db.execute(_MISSING, {"chat": chat_id, "first": first, "last": last})
