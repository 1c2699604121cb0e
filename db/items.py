"""Entries of feeds, each stored once under its identity: table items.

Does not decide which are news or worth a draft: see feeds.choose and feeds.rank.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlite_utils import Database

from db.model import Item, ItemState, Kind, Link, moment, stamp

CHUNK = 100
"""Rows a transaction writes before the event loop gets its turn."""

_COLUMNS = (
    "identity, source, kind, title, text, url, links, authors, tags, published, revision, state,"
    " reasons, score"
)
_INSERT = f"""
insert into items ({_COLUMNS}, first_seen, updated) values ({", ".join("?" * 16)})
on conflict (identity) do nothing"""
_UPDATE = """
update items set title = ?, text = ?, url = ?, links = ?, authors = ?, revision = ?, updated = ?
where identity = ?"""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the entries of one poll."""

    new: int = 0
    """Stored for the first time, candidates or not."""
    updated: int = 0
    """Known before, now with the text of a higher revision; never news."""
    known: int = 0

    def __add__(self, other: Added) -> Added:
        return Added(self.new + other.new, self.updated + other.updated, self.known + other.known)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What choosing needs to know of an item."""

    id: int
    identity: str
    source: str
    score: float
    published: datetime | None
    first_seen: datetime


async def add(db: Database, items: Iterable[Item], now: datetime) -> Added:
    """Store the entries that are not known yet, and the text of higher revisions.

    Of an identity that comes twice the first one counts. In chunks, the loop running in between.
    """
    added = Added()
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        added += _add_chunk(db, chunk, now)
        await asyncio.sleep(0)
    return added


def candidates(db: Database, now: datetime) -> list[Candidate]:
    """The open items that do not wait for another try, best first."""
    rows = db.execute(
        "select id, identity, source, score, published, first_seen from items"
        " where state = 'new' and (retry_at is null or retry_at <= ?)"
        " order by score desc, id limit 5000",
        [stamp(now)],
    ).fetchall()
    return [
        Candidate(
            item_id, identity, source, score, moment(published), datetime.fromisoformat(seen)
        )
        for item_id, identity, source, score, published, seen in rows
    ]


def get(db: Database, item_id: int) -> Item | None:
    """The item with this id, or None."""
    return next(iter(find(db, [item_id])), None)


def find(db: Database, ids: Sequence[int]) -> list[Item]:
    """The items with these ids (at most a few hundred), in the order asked for."""
    rows = db.execute(
        f"select id, {_COLUMNS} from items where id in ({_places(ids)})", list(ids)
    ).fetchall()
    found = {row[0]: _item(row) for row in rows}
    return [found[item_id] for item_id in ids if item_id in found]


def by_identity(db: Database, identity: str) -> Item | None:
    """The item with this identity, or None."""
    row = db.execute(f"select id, {_COLUMNS} from items where identity = ?", [identity]).fetchone()
    return _item(row) if row else None


def newest(db: Database, limit: int) -> list[Item]:
    """The newest items that have a text, the kinds taking turns."""
    rows = db.execute(
        f"select id, {_COLUMNS} from (select *, coalesce(published, first_seen) as told,"
        " row_number() over (partition by kind order by coalesce(published, first_seen) desc, id)"
        " as turn from items where text <> '') order by turn, told desc, id limit ?",
        [limit],
    )
    return [_item(row) for row in rows]


def ungathered(db: Database, limit: int) -> list[Item]:
    """The items nobody asked yet whose story they tell, in the order in which they were news."""
    rows = db.execute(
        f"select id, {_COLUMNS} from items where gathered is null"
        " order by coalesce(published, first_seen), id limit ?",
        [limit],
    )
    return [_item(row) for row in rows]


def mark_gathered(db: Database, item_id: int, now: datetime) -> None:
    """This item was asked. Call in the transaction that stores what came of it."""
    db.execute("update items set gathered = ? where id = ?", [stamp(now), item_id])


def gathered(db: Database, before: int | None, limit: int) -> list[Item]:
    """The items that were asked, the newest first, those with ids below `before`."""
    rows = db.execute(
        f"select id, {_COLUMNS} from items where gathered is not null and id < ?"
        " order by id desc limit ?",
        [2**62 if before is None else before, limit],
    )
    return [_item(row) for row in rows]


def posted(db: Database, identities: Sequence[str]) -> list[Item]:
    """Those of the items with these identities whose post is in the channel, or on its way."""
    rows = db.execute(
        f"select id, {_COLUMNS} from items where identity in ({_places(identities)}) and exists"
        " (select 1 from drafts d where d.item_id = items.id"
        " and d.state in ('approved', 'sending', 'uncertain', 'sent'))",
        list(identities),
    )
    return [_item(row) for row in rows]


def answer(db: Database, item_id: int, answered: int | None) -> None:
    """The post about this item is to reply to the one about `answered` (None: to none)."""
    db.execute("update items set answers = ? where id = ?", [answered, item_id])


def answered_by(db: Database, item_id: int) -> int | None:
    """The draft that a post about this item is to reply to: of another item, not rejected."""
    row = db.execute(
        "select d.id from items i join drafts d on d.item_id = i.answers and d.part = 1"
        " where i.id = ? and d.state != 'rejected'",
        [item_id],
    ).fetchone()
    return int(row[0]) if row else None


def reopen(
    db: Database, item_id: int, reason: dict[str, Any], points: float, now: datetime
) -> bool:
    """A dropped item is open again because an admin wants it: `reason` in the place of the drop's.

    It gets `points` on top, and waits as if seen now. False when it was not dropped.
    """
    row = db.execute(
        "select reasons from items where id = ? and state = 'dropped'", [item_id]
    ).fetchone()
    if not row:
        return False
    db.execute(
        "update items set state = 'new', story = null, reasons = ?, score = score + ?,"
        " first_seen = ? where id = ?",
        [_json([reason, *json.loads(row[0])[1:]]), points, stamp(now), item_id],
    )
    return True


def dropped(db: Database, limit: int, offset: int = 0) -> list[Item]:
    """The items that were dropped by choice, the newest first; no backlog, and none that was
    merged with another."""
    rows = db.execute(
        f"select id, {_COLUMNS} from items where state = 'dropped' and story is null"
        " and coalesce(json_extract(reasons, '$[0].kind'), '') != 'backlog'"
        " order by id desc limit ? offset ?",
        [limit, offset],
    )
    return [_item(row) for row in rows]


def drop(db: Database, ids: Sequence[int], reason: dict[str, Any]) -> int:
    """Open items become dropped, `reason` put before their others; how many there were."""
    changed = 0
    for start in range(0, len(ids), CHUNK):
        some = list(ids[start : start + CHUNK])
        with db.atomic():
            rows = db.execute(
                f"select id, reasons from items where state = 'new' and id in ({_places(some)})",
                some,
            ).fetchall()
            db.conn.executemany(
                "update items set state = 'dropped', reasons = ? where id = ?",
                [(_json([reason, *json.loads(reasons)]), item_id) for item_id, reasons in rows],
            )
        changed += len(rows)
    return changed


def add_reasons(db: Database, item_id: int, reasons: Sequence[dict[str, Any]]) -> None:
    """Say more about why an item was chosen, in place of what was said before of that kind."""
    row = db.execute("select reasons from items where id = ?", [item_id]).fetchone()
    kinds = {reason["kind"] for reason in reasons}
    told = [*(old for old in json.loads(row[0]) if old["kind"] not in kinds), *reasons]
    db.execute("update items set reasons = ? where id = ?", [_json(told), item_id])


def mark_drafted(db: Database, item_id: int) -> None:
    """A draft of this item exists. Call in the transaction that stores the draft."""
    db.execute("update items set state = 'drafted', error = '' where id = ?", [item_id])


def reschedule(db: Database, item_id: int, retry_at: datetime, error: str) -> None:
    """The item waits until `retry_at` for another try; `error` says what failed."""
    with db.atomic():
        db.execute(
            "update items set attempts = attempts + 1, retry_at = ?, error = ? where id = ?",
            [stamp(retry_at), error[:500], item_id],
        )


def drafted_since(db: Database, since: datetime) -> dict[str, int]:
    """How many drafts each source's items have got since `since`, a thread being one."""
    return dict(
        db.execute(
            "select i.source, count(*) from drafts d join items i on i.id = d.item_id"
            " where d.part = 1 and d.created >= ? group by i.source",
            [stamp(since)],
        ).fetchall()
    )


def counts(db: Database) -> dict[str, int]:
    """How many items are in each state."""
    return dict(db.execute("select state, count(*) from items group by state").fetchall())


def _add_chunk(db: Database, items: Sequence[Item], now: datetime) -> Added:
    first: dict[str, Item] = {}
    for item in items:
        first.setdefault(item.identity, item)
    with db.atomic():
        known = _known(db, list(first))
        fresh = [item for identity, item in first.items() if identity not in known]
        later = [
            item
            for identity, item in first.items()
            if identity in known and newer(item.revision, known[identity].revision)
        ]
        db.conn.executemany(_INSERT, [_row(item, now) for item in fresh])
        db.conn.executemany(_UPDATE, [_revised(item, now) for item in later])
        for identity, item in first.items():
            if identity in known:
                _reconsider(db, known[identity], item)
    return Added(len(fresh), len(later), len(items) - len(fresh) - len(later))


@dataclass(frozen=True, slots=True)
class _Known:
    identity: str
    state: ItemState
    revision: str
    reasons: list[dict[str, Any]]


def _known(db: Database, identities: list[str]) -> dict[str, _Known]:
    rows = db.execute(
        "select identity, state, revision, reasons from items"
        f" where identity in ({_places(identities)})",
        identities,
    )
    return {row[0]: _Known(row[0], ItemState(row[1]), row[2], json.loads(row[3])) for row in rows}


def _reconsider(db: Database, known: _Known, item: Item) -> None:
    """The two cases in which a known item changes state: withdrawn, and announced at last.

    A cross-list may be read before the feed of the paper's own category announces it.
    """
    if item.drop == "withdrawn" and known.state is ItemState.NEW:
        values: list[Any] = [ItemState.DROPPED, _json(item.reasons), 0.0, item.source]
    elif (
        known.state is ItemState.DROPPED
        and item.state is ItemState.NEW
        and known.reasons[:1] == [{"kind": "feed", "why": "cross"}]
    ):
        values = [ItemState.NEW, _json(item.reasons), item.score, item.source]
    else:
        return
    db.execute(
        "update items set state = ?, reasons = ?, score = ?, source = ?, gathered = null"
        " where identity = ?",
        [*values, known.identity],
    )


def newer(revision: str, than: str) -> bool:
    """Whether a revision (``v10``, or a time as ISO text) comes after another."""
    return _numbers(revision) > _numbers(than)


def _numbers(revision: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"\d{1,9}", revision))


def _row(item: Item, now: datetime) -> tuple[Any, ...]:
    return (
        item.identity,
        item.source,
        item.kind,
        item.title,
        item.text,
        item.url,
        _links(item),
        _json(item.authors),
        _json(item.tags),
        stamp(item.published) if item.published else None,
        item.revision,
        item.state,
        _json(item.reasons),
        item.score,
        stamp(now),
        stamp(now),
    )


def _revised(item: Item, now: datetime) -> tuple[Any, ...]:
    authors = _json(item.authors)
    told = (item.title, item.text, item.url, _links(item), authors, item.revision)
    return (*told, stamp(now), item.identity)


def _links(item: Item) -> str:
    return _json([[link.url, link.label] for link in item.links])


def _item(row: tuple[Any, ...]) -> Item:
    return Item(
        id=row[0],
        identity=row[1],
        source=row[2],
        kind=Kind(row[3]),
        title=row[4],
        text=row[5],
        url=row[6],
        links=tuple(Link(url, label) for url, label in json.loads(row[7])),
        authors=tuple(json.loads(row[8])),
        tags=tuple(json.loads(row[9])),
        published=moment(row[10]),
        revision=row[11],
        state=ItemState(row[12]),
        reasons=tuple(json.loads(row[13])),
        score=row[14],
    )


_json = json.JSONEncoder(ensure_ascii=False).encode  # made once: json.dumps makes it each time


def _places(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
