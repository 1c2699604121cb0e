"""What is remembered of each source between polls, and what admins decided of it.

Of the table sources only; which sources there are is in feeds.roster.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from db import drafts, items
from db.model import SourceHealth, moment, stamp

MOST_BOOST = 2
"""Steps by which admins can raise or lower a source."""
LATELY = timedelta(days=7)
DECISIONS = 1000
"""So many of the latest decisions make the approval rates."""

_COLUMNS = tuple(field.name for field in fields(SourceHealth))
_MOMENTS = ("next_at", "last_ok")
_FLAGS = ("retired", "first_poll_done")


def load(db: Database, name: str, url: str) -> SourceHealth:
    """What is known of the source `name`; a clean slate when its address is no longer `url`."""
    for health in find(db, [name]):
        if health.url == url:
            return health
    return SourceHealth(name=name, url=url)


def find(db: Database, names: Iterable[str] | None = None) -> list[SourceHealth]:
    """What is known of all sources, or of those named, in the order of their names."""
    wanted = None if names is None else set(names)
    rows = db.execute(f"select {', '.join(_COLUMNS)} from sources order by name").fetchall()
    found = [_health(row) for row in rows]
    return [health for health in found if wanted is None or health.name in wanted]


def save(db: Database, health: SourceHealth) -> None:
    """Remember `health` in place of what was known of its source."""
    values = asdict(health)
    values["extra"] = json.dumps(health.extra, ensure_ascii=False)
    for name in _MOMENTS:
        at: datetime | None = getattr(health, name)
        values[name] = stamp(at) if at else None
    places = ", ".join(f":{name}" for name in _COLUMNS)
    changes = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)
    with db.atomic():
        db.execute(
            f"insert into sources ({', '.join(_COLUMNS)}) values ({places})"
            # Not "insert or replace": a poll in flight must not undo what an admin decides.
            f" on conflict (name) do update set {changes}",
            values,
        )


@dataclass(frozen=True, slots=True)
class Steering:
    """What admins decided of a source, from chat."""

    muted: bool = False
    boost: int = 0
    """Steps from -MOST_BOOST to MOST_BOOST."""


def steering(db: Database) -> dict[str, Steering]:
    """The sources about which something was decided."""
    rows = db.execute("select name, muted, boost from sources where muted != 0 or boost != 0")
    return {name: Steering(bool(muted), boost) for name, muted, boost in rows}


def mute(db: Database, name: str, muted: bool) -> None:
    """The source is read no more, or again."""
    _decide(db, name, "muted", int(muted))


def boost(db: Database, name: str, steps: int) -> None:
    """Raise the source's items by so many steps in all, or lower them (below 0)."""
    _decide(db, name, "boost", max(-MOST_BOOST, min(steps, MOST_BOOST)))


def _decide(db: Database, name: str, column: str, value: int) -> None:
    db.execute(
        f"insert into sources (name, {column}) values (?, ?)"
        f" on conflict (name) do update set {column} = excluded.{column}",
        [name, value],
    )


def awaken(db: Database, name: str) -> None:
    """A source that was retired for good is tried again at the next poll."""
    db.execute("update sources set retired = 0 where name = ?", [name])


def remove(db: Database, name: str) -> None:
    """Forget the source; its items stay."""
    db.execute("delete from sources where name = ?", [name])


@dataclass(frozen=True, slots=True)
class Yield:
    """What a source has given: in the last `LATELY`, and of the last decisions."""

    new: int = 0
    drafts: int = 0
    approved: int = 0
    decided: int = 0


def yields(db: Database, now: datetime) -> dict[str, Yield]:
    """The yield of every source that has any."""
    new: dict[str, int] = dict(
        db.execute(
            # Told which index: by itself SQLite reads every item there ever was, for the grouping.
            "select source, count(*) from items indexed by items_seen"
            " where first_seen >= ? group by source",
            [stamp(now - LATELY)],
        ).fetchall()
    )
    drafted = items.drafted_since(db, now - LATELY)
    decided = _decided(db)
    return {
        name: Yield(new.get(name, 0), drafted.get(name, 0), *decided.get(name, (0, 0)))
        for name in {*new, *drafted, *decided}
    }


def _decided(db: Database) -> dict[str, tuple[int, int]]:
    """Of each source: how many of its latest items were approved, and decided upon at all."""
    verdicts = dict(drafts.decisions(db, DECISIONS))
    rows = db.execute(
        "select id, source from items where id in (select value from json_each(?))",
        [json.dumps([*verdicts])],
    )
    found: dict[str, tuple[int, int]] = {}
    for item_id, source in rows:
        approved, decided = found.get(source, (0, 0))
        found[source] = (approved + verdicts[item_id], decided + 1)
    return found


def _health(row: tuple[Any, ...]) -> SourceHealth:
    values = dict(zip(_COLUMNS, row, strict=True))
    values |= {name: moment(values[name]) for name in _MOMENTS}
    values |= {name: bool(values[name]) for name in _FLAGS}
    values["extra"] = json.loads(values["extra"])
    return SourceHealth(**values)
