"""All sources peyk reads: those of sources.toml and those added from chat, as admins steer them.

Whether an address can be added at all is found out in feeds.discover.
"""

from __future__ import annotations

import logging
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from itertools import count

from sqlite_utils import Database

from bot.errors import ConfigError
from db import added_sources
from db import sources as sources_table
from db.added_sources import AddedSource
from db.sources import Steering
from feeds.sources import Source, read_entry

log = logging.getLogger(__name__)

LONGEST_NAME = 80


def roster(db: Database, written: Iterable[Source]) -> list[Source]:
    """Every source, the muted too; `written` are those of sources.toml."""
    return merged(written, added_sources.find(db), sources_table.steering(db))


def merged(
    written: Iterable[Source], added: Iterable[AddedSource], steering: Mapping[str, Steering]
) -> list[Source]:
    """Every source as admins steer it. A name the operator wrote since is the operator's."""
    named = {source.name: source for source in written}
    for one in added:
        try:
            named.setdefault(one.name, replace(read_entry(one.entry), name=one.name))
        except ConfigError as error:
            log.error("the source %s, added from chat, cannot be used: %s", one.name, error)
    return [_steered(source, steering.get(source.name)) for source in named.values()]


def free_name(wanted: str, taken: Container[str]) -> str:
    """`wanted`, short enough for a list, with a number where it is taken."""
    name = wanted if len(wanted) <= LONGEST_NAME else wanted[: LONGEST_NAME - 1] + "…"
    numbered = (f"{name} ({number})" for number in count(2))
    return name if name not in taken else next(one for one in numbered if one not in taken)


def _steered(source: Source, decided: Steering | None) -> Source:
    if decided is None:
        return source
    return replace(source, muted=decided.muted, boost=decided.boost)
