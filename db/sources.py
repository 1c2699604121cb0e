"""What is remembered of each source between polls: table sources."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from db.model import SourceHealth, moment, stamp

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
    with db.atomic():
        db.execute(
            f"insert or replace into sources ({', '.join(_COLUMNS)}) values ({places})", values
        )


def _health(row: tuple[Any, ...]) -> SourceHealth:
    values = dict(zip(_COLUMNS, row, strict=True))
    values |= {name: moment(values[name]) for name in _MOMENTS}
    values |= {name: bool(values[name]) for name in _FLAGS}
    values["extra"] = json.loads(values["extra"])
    return SourceHealth(**values)
