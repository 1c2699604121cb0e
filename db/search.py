"""Find posts: the best of the newest that match, in the one form that search sees of all texts.

Every query has an answer: where no post has all its words, words that begin so are tried, then
near ones of the archive, then posts with most of the words; the answer says which it is. Reads
what db.index keeps, as far as that has caught up (`with_words` sees to it). What a query says is
read by bot.persian.query, how the archive spells it is known to db.wording, and a hit is shown
with bot.persian.snippet.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot.persian.folding import fold
from bot.persian.query import Query, Term
from db import index, posts, tags
from db.wording import Group, all_of, any_of, completed, corrected, groups, is_there, quoted

CAP = 3_000
"""Matching posts that are weighed, the newest ones: bm25 looks at each, for about 1 us."""
TITLE, BODY = 4.0, 1.0
"""What a word counts in the title, and below it."""
MOST_LEFT_OUT = 6
"""Words of a query of which one at a time is left out; of a longer one, any word will do."""
EVER = 2**62
"""An ordinal above all."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A post that was found, as far as it is shown."""

    ordinal: int
    message_id: int
    title: str
    text: str
    """All below the title; of a poll, its answers too."""
    published: datetime
    url: str
    kind: str
    heading: str = ""
    """Its first line, whole; `title` may be cut."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gives."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    """How many there are; `CAP` stands for so many or more."""
    wanted: frozenset[str] = frozenset()
    """The folded words that were looked for, to be marked in the texts; ``word*``: a beginning."""
    instead: str = ""
    """The query that was answered, where no post has the words as they were written."""
    partly: bool = False
    """Whether these posts have only some of the words."""
    newest: int = EVER
    """The newest post of the archive: later pages are asked for with it."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One reading of a query."""

    words: Group | None = None
    instead: str = ""
    partly: bool = False


@dataclass(frozen=True, slots=True)
class _Limits:
    """What a query asks of a post besides words."""

    first: int
    last: int
    tags: tuple[int, ...]
    unwanted_tags: tuple[int, ...]
    unwanted: str
    """An expression of FTS5; empty: nothing."""


def find(
    db: Database,
    query: Query,
    zone: ZoneInfo,
    *,
    limit: int = 20,
    offset: int = 0,
    newest: int = EVER,
    right: Container[str] = frozenset(),
) -> Found:
    """The posts that answer `query`, best first; among equals the newer first.

    Folded words that are `right` are never taken for slips: they are found, or left out.
    Its days begin and end in `zone`. Later pages are asked for with `newest` of the first, so that
    a post published in between moves nothing.
    """
    if query.is_empty or limit <= 0 or not 0 <= offset < CAP:
        return Found()
    newest = min(newest, _newest(db))
    limits, query = _limits(db, query, zone, newest)
    for attempt in _attempts(db, query, right):
        rows = _rows(db, attempt.words, limits, limit, offset)
        if rows:
            return Found(
                _hits(db, [row[0] for row in rows]),
                rows[0][1],
                attempt.words.wanted if attempt.words else frozenset(),
                attempt.instead,
                attempt.partly,
                newest,
            )
    return Found(newest=newest)


def latest(db: Database, limit: int = 20, offset: int = 0, newest: int = EVER) -> Found:
    """The posts that were published last, as if somebody had looked for them."""
    newest = min(newest, _newest(db))
    rows = _rows(db, None, _Limits(-EVER, newest, (), (), ""), limit, offset)
    return Found(_hits(db, [row[0] for row in rows]), rows[0][1] if rows else 0, newest=newest)


def with_words(
    db: Database, words: Sequence[str], limit: int, *, phrase: bool = False
) -> list[int]:
    """The ordinals of posts with any of these folded words, or with all in a row; best first."""
    index.catch_up(db)
    if not words:
        return []
    match = quoted(*words) if phrase else " OR ".join(map(quoted, words))
    limits = _Limits(-EVER, EVER, (), (), "")
    return [row[0] for row in _rows(db, Group(match, frozenset(words)), limits, limit, 0)]


def best(db: Database, words: Group, limit: int) -> tuple[Hit, ...]:
    """The posts that match `words`, best first, as far as the index knows them."""
    rows = _rows(db, words, _Limits(-EVER, EVER, (), (), ""), limit, 0)
    return _hits(db, [row[0] for row in rows])


def _hits(db: Database, ordinals: Sequence[int]) -> tuple[Hit, ...]:
    rows = db.conn.execute(
        "select ordinal, message_id, title, text, poll, published, url, kind from posts"
        f" where ordinal in ({','.join('?' * len(ordinals))})",
        tuple(ordinals),
    )
    found = {row[0]: _hit(*row) for row in rows}
    return tuple(found[ordinal] for ordinal in ordinals)


def _hit(
    ordinal: int, message_id: int, title: str, text: str, poll: str, at: str, url: str, kind: str
) -> Hit:
    heading, rest = index.split(text, json.loads(poll) if poll else None)
    return Hit(ordinal, message_id, title, rest, datetime.fromisoformat(at), url, kind, heading)


def _attempts(db: Database, query: Query, right: Container[str]) -> Iterator[_Attempt]:
    """Readings ever less like what was written; the first that finds anything is the answer."""
    if not query.terms:
        yield _Attempt()
        return
    found = groups(db, query.terms)
    yield _Attempt(all_of(found))
    if begun := completed(db, found):
        yield _Attempt(all_of(begun))
    for other in corrected(db, query, right):
        spelt = groups(db, other.terms)
        there = [group for group in spelt if is_there(db, group.match)]
        if there:
            yield _Attempt(all_of(there), other.text, partly=len(there) < len(spelt))
    known = [group for group in found if is_there(db, group.match)]
    if 0 < len(known) < len(found):
        yield _Attempt(all_of(known), partly=True)
    if 2 < len(known) <= MOST_LEFT_OUT:
        some = (all_of(most) for most in combinations(known, len(known) - 1))
        yield _Attempt(any_of(some), partly=True)
    if len(known) > 1:
        yield _Attempt(any_of(known), partly=True)


def _limits(db: Database, query: Query, zone: ZoneInfo, newest: int) -> tuple[_Limits, Query]:
    """What the query asks besides words; a hashtag that nobody knows is looked for as words."""
    known = {tag: tags.owner(db, tag) for tag in (*query.tags, *query.unwanted_tags)}
    plain = [Term(tuple(fold(tag).split())) for tag in query.tags if not known[tag]]
    limits = _Limits(
        first=_ordinal(query.first, zone) if query.first else -EVER,
        last=min(newest, _ordinal(query.last + timedelta(days=1), zone) - 1)
        if query.last and query.last < date.max
        else newest,
        tags=_ids(known, query.tags),
        unwanted_tags=_ids(known, query.unwanted_tags),
        unwanted=" OR ".join(quoted(*term.words) for term in query.unwanted),
    )
    words = (*query.terms, *(term for term in plain if term.words))
    return limits, replace(query, terms=words)


def _ids(known: dict[str, int | None], names: Sequence[str]) -> tuple[int, ...]:
    return tuple(tag_id for name in names if (tag_id := known[name]))


def _ordinal(day: date, zone: ZoneInfo) -> int:
    """The first ordinal of a day."""
    return int(datetime.combine(day, time(), zone).timestamp()) * posts.PER_SECOND


def _rows(
    db: Database, words: Group | None, limits: _Limits, limit: int, offset: int
) -> list[tuple[int, int]]:
    """(ordinal, how many there are in all) of the posts of a page."""
    source, key, values = _source(words, limits)
    values += [limits.first, limits.last]
    where = [f"{key} between ? and ?"]
    for tag in limits.tags:
        where.append(f"exists (select 1 from post_tags where tag_id = ? and ordinal = {key})")
        values.append(tag)
    for tag in limits.unwanted_tags:
        where.append(f"not exists (select 1 from post_tags where tag_id = ? and ordinal = {key})")
        values.append(tag)
    if limits.unwanted and not words:
        where.append(
            f"not exists (select 1 from post_index where post_index match ? and rowid = {key})"
        )
        values.append(limits.unwanted)
    return db.conn.execute(
        f"select ordinal, count(*) over () from"
        f" ({source} and {' and '.join(where)} order by {key} desc limit {CAP})"
        f" order by round(score, 1), ordinal desc limit ? offset ?",
        (*values, limit, offset),
    ).fetchall()


def _source(words: Group | None, limits: _Limits) -> tuple[str, str, list[object]]:
    """Where the posts come from, the column of their ordinal, and the values so far."""
    if words:
        match = f"({words.match}) NOT ({limits.unwanted})" if limits.unwanted else words.match
        return (
            f"select rowid as ordinal, bm25(post_index, {TITLE}, {BODY}) as score"
            " from post_index where post_index match ?",
            "rowid",
            [match],
        )
    if limits.tags:
        return (
            "select walked.ordinal, 0 as score from post_tags as walked where walked.tag_id = ?",
            "walked.ordinal",
            [limits.tags[0]],
        )
    return (
        "select posts.ordinal, 0 as score from posts where deleted is null",
        "posts.ordinal",
        [],
    )


def _newest(db: Database) -> int:
    row = db.execute("select max(ordinal) from posts").fetchone()
    return int(row[0] or 0)
