"""What the table of contents is made of, read only; and which messages of the channel show it.

It lists the bot's own channel: guests from others (db.home) are left out.

Tags and series are kept by db.tags and db.series, posts by db.posts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from db.model import stamp
from db.posts import PER_SECOND

UNTAGGED = 0
"""The tag of posts that have none (see db.index)."""
MOST_TAGS, MOST_SERIES = 2000, 200
"""So many are read at most; channels have some dozens."""
PARTS_SHOWN = 30
"""Of a longer series the first part and the newest ones are read."""

_HERE = "p.deleted is null and p.guest = 0"
_SHOWN = "hidden = 0 and posts > 0 and state in ('ours', 'seen')"


@dataclass(frozen=True, slots=True)
class TagCount:
    """A hashtag and how many posts have it."""

    id: int
    name: str
    label: str
    posts: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a series."""

    number: int
    url: str


@dataclass(frozen=True, slots=True)
class SeriesParts:
    """A series with its parts in order; of a long one the first and the newest."""

    id: int
    title: str
    is_open: bool
    count: int
    parts: tuple[Part, ...]
    newest: int
    """The ordinal of its last part: the later, the newer."""


@dataclass(frozen=True, slots=True)
class Contents:
    """All that the guide shows, in no order."""

    types: tuple[TagCount, ...] = ()
    subjects: tuple[TagCount, ...] = ()
    series: tuple[SeriesParts, ...] = ()


@dataclass(frozen=True, slots=True)
class GuideMessage:
    """A message of the channel that shows a part of the guide; `digest` of what it says."""

    part: str
    chat_id: int
    message_id: int
    digest: str


def contents(db: Database) -> Contents:
    """The tags and series to be seen, with their counts. Costs the same however many posts."""
    rows = db.execute(
        f"select id, name, label, posts, kind from tags where {_SHOWN}"
        " order by posts desc, id limit ?",
        [MOST_TAGS],
    ).fetchall()
    tags = [TagCount(*row) for row in rows]
    # Posts of a series are found under it; a tag that only says "series" still needs a place.
    in_series = {row[0] for row in db.execute("select distinct tag_id from series")}
    return Contents(
        types=tuple(tag for tag in tags if tag.kind == "type"),
        subjects=tuple(
            tag for tag in tags if tag.kind != "type" and not _is_series(tag, in_series)
        ),
        series=tuple(all_series(db)),
    )


def _is_series(tag: TagCount, in_series: set[int]) -> bool:
    return tag.kind == "series" and tag.id in in_series


def all_series(db: Database) -> list[SeriesParts]:
    """The series that have parts in the channel."""
    rows = db.execute(
        "select id, title, state from series order by id desc limit ?", [MOST_SERIES]
    ).fetchall()
    read = (_series(db, *row) for row in rows)
    return [found for found in read if found]


def one_series(db: Database, series_id: int) -> SeriesParts | None:
    """The series with this id, if it has parts in the channel."""
    row = db.execute("select id, title, state from series where id = ?", [series_id]).fetchone()
    return _series(db, *row) if row else None


_PARTS = (
    f" from series_parts s join posts p on p.ordinal = s.ordinal where s.series_id = ? and {_HERE}"
)


def _series(db: Database, series_id: int, title: str, state: str) -> SeriesParts | None:
    columns = f"select s.number, p.url, s.ordinal {_PARTS} order by s.number"
    newest = db.execute(f"{columns} desc limit ?", [series_id, PARTS_SHOWN]).fetchall()[::-1]
    if not newest:
        return None
    count = len(newest)
    if count == PARTS_SHOWN:
        count = db.execute(f"select count(*) {_PARTS}", [series_id]).fetchone()[0]
    if count > PARTS_SHOWN:
        newest[0] = db.execute(f"{columns} limit 1", [series_id]).fetchone()
    parts = tuple(Part(number, url) for number, url, _ in newest)
    return SeriesParts(
        series_id, title, state == "open", count, parts, max(row[2] for row in newest)
    )


def tag(db: Database, tag_id: int) -> TagCount | None:
    """The tag with this id, if it is to be seen; UNTAGGED too."""
    row = db.execute(
        f"select id, name, label, posts, kind from tags where id = ? and ({_SHOWN} or id = ?)",
        [tag_id, UNTAGGED],
    ).fetchone()
    return TagCount(*row) if row else None


def has_tagged(db: Database, enough: int) -> bool:
    """Whether at least `enough` posts have a hashtag."""
    rows = db.execute(
        "select distinct t.ordinal from post_tags t join posts p on p.ordinal = t.ordinal"
        f" where t.tag_id != ? and {_HERE} limit ?",
        [UNTAGGED, enough],
    ).fetchall()
    return len(rows) >= enough


# The pages of /toc


@dataclass(frozen=True, slots=True)
class Shelf:
    """A list of posts: those of a tag, of a series, of a week, or all of them."""

    kind: str
    """``tag``, ``series``, ``week`` or ``all``."""
    id: int = 0
    """Of the tag or the series; of a week, the minute of the epoch at which it ended."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A post as a list shows it; `key` is its place on the shelf."""

    key: int
    title: str
    kind: str
    published: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some posts of a shelf, and whether there are more before and after them."""

    posts: tuple[Entry, ...] = ()
    before: bool = False
    after: bool = False


WEEK = 7 * 24 * 3600


def count(db: Database, shelf: Shelf) -> int:
    """How many posts are on a shelf."""
    if shelf.kind == "tag":
        found = tag(db, shelf.id)
        return found.posts if found else 0
    if shelf.kind == "all":
        gone = "(select count(*) from posts where deleted is not null)"
        guests = "(select count(*) from posts where guest = 1 and deleted is null)"
        return int(db.execute(f"select count(*) - {gone} - {guests} from posts").fetchone()[0])
    _, where, values = _where(shelf)
    return int(db.execute(f"select count(*) from {where}", values).fetchone()[0])


def page(db: Database, shelf: Shelf, way: str, key: int, size: int) -> Page:
    """The page of a shelf that comes next after `key` (`way` "after") or before it ("before"),
    its first ("first"), or its last one of `size` posts ("last"). By keyset: all cost the same.

    Newest first; a series in the order of its parts.
    """
    forward = way in ("after", "first")
    bounded = [] if way in ("first", "last") else [key]
    rows = _rows(db, shelf, bounded, size + 1, forward=forward)
    more, rows = len(rows) > size, rows[:size]
    if not forward:
        rows = rows[::-1]
    if not rows:
        return Page()
    other = _rows(db, shelf, [rows[0].key if forward else rows[-1].key], 1, forward=not forward)
    before, after = (bool(other), more) if forward else (more, bool(other))
    return Page(tuple(rows), before, after)


def _rows(
    db: Database, shelf: Shelf, beyond: list[int], limit: int, *, forward: bool
) -> list[Entry]:
    """The entries of a shelf beyond a key, the nearest first."""
    place, where, values = _where(shelf)
    ascending = forward == (shelf.kind == "series")
    limits = f" and {place} {'>' if ascending else '<'} ?" if beyond else ""
    rows = db.execute(
        f"select {place}, p.title, p.kind, p.published, p.url from {where}{limits}"
        f" order by {place} {'asc' if ascending else 'desc'} limit ?",
        [*values, *beyond, limit],
    )
    return [Entry(r[0], r[1], r[2], datetime.fromisoformat(r[3]), r[4]) for r in rows]


def _where(shelf: Shelf) -> tuple[str, str, list[int]]:
    """The column that orders a shelf, its tables and condition, and their values."""
    if shelf.kind == "all":
        return "p.ordinal", f"posts p where {_HERE}", []
    if shelf.kind == "week":
        until = shelf.id * 60
        between = f"posts p where {_HERE} and p.ordinal >= ? and p.ordinal < ?"
        return "p.ordinal", between, [(until - WEEK) * PER_SECOND, until * PER_SECOND]
    table, place, owner = _KEPT_IN[shelf.kind]
    # A cross join keeps the order of the two: the shelf first, and of the posts only a page.
    tables = f"{table} t cross join posts p on p.ordinal = t.ordinal"
    return f"t.{place}", f"{tables} where t.{owner} = ? and {_HERE}", [shelf.id]


_KEPT_IN = {
    "tag": ("post_tags", "ordinal", "tag_id"),
    "series": ("series_parts", "number", "series_id"),
}


# The week


@dataclass(frozen=True, slots=True)
class WeekPost:
    """A post of the week, for the digest."""

    title: str
    kind: str
    url: str
    tags: tuple[tuple[int, str, str], ...]
    """The tags of kind subject that it has: id, name, label."""


def week(db: Database, shelf: Shelf, limit: int = 500) -> list[WeekPost]:
    """The posts of a week, oldest first, without earlier digests."""
    _, where, values = _where(shelf)
    rows = db.execute(
        f"select p.ordinal, p.title, p.kind, p.url from {where}"
        " and not exists (select 1 from drafts d join items i on i.id = d.item_id"
        "  where d.id = p.draft_id and i.source = 'peyk')"
        " order by p.ordinal limit ?",
        [*values, limit],
    ).fetchall()
    return [WeekPost(row[1], row[2], row[3], _subjects(db, row[0])) for row in rows]


def _subjects(db: Database, ordinal: int) -> tuple[tuple[int, str, str], ...]:
    rows = db.execute(
        "select t.id, t.name, t.label from post_tags p join tags t on t.id = p.tag_id"
        f" where p.ordinal = ? and t.kind in ('', 'subject') and t.{_SHOWN}",
        [ordinal],
    )
    return tuple(rows.fetchall())


# The guide's own messages


def messages(db: Database) -> dict[str, GuideMessage]:
    """The messages that show the guide, by the part they show."""
    rows = db.execute("select part, chat_id, message_id, digest from guide_messages")
    return {row[0]: GuideMessage(*row) for row in rows}


def keep(db: Database, message: GuideMessage, now: datetime) -> None:
    """Remember which message shows a part, and what it says."""
    db.execute(
        "insert into guide_messages (part, chat_id, message_id, digest, updated)"
        " values (?,?,?,?,?) on conflict (part) do update set chat_id = excluded.chat_id,"
        " message_id = excluded.message_id, digest = excluded.digest, updated = excluded.updated",
        [message.part, message.chat_id, message.message_id, message.digest, stamp(now)],
    )


def drop(db: Database, part: str) -> None:
    """Forget the message that showed a part."""
    db.execute("delete from guide_messages where part = ?", [part])


def is_ours(db: Database, chat_id: int, message_id: int) -> bool:
    """Whether this message of the channel is a part of the guide, and so no post."""
    row = db.conn.execute(
        "select 1 from guide_messages where chat_id = ? and message_id = ?", [chat_id, message_id]
    ).fetchone()
    return row is not None


def doubt(db: Database, chat_id: int | None = None, message_id: int | None = None) -> None:
    """Somebody may have changed this message of the guide (none given: any): write it anew."""
    db.execute(
        "update guide_messages set digest = ''"
        " where chat_id = coalesce(?, chat_id) and message_id = coalesce(?, message_id)",
        [chat_id, message_id],
    )
