"""Which of the open items to draft now: their points, the admins' wishes and taste, the budget.

The order of the steps and no decisions: see feeds.rank, feeds.taste and feeds.choose.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from db import drafts as drafts_table
from db import items as items_table
from db.items import Candidate
from db.model import Item
from feeds import choose, rank
from feeds.choose import Reason
from feeds.sources import Source
from feeds.taste import Taste

WEIGHED = 300
"""So many of the best candidates are weighed against the admins' taste."""
DECISIONS = 1000
"""So many of the latest decisions are learned from."""


async def pick(
    db: Database, sources: Iterable[Source], *, budget: int, since: datetime, now: datetime
) -> list[Item]:
    """The items to draft now, best first, and not more than `budget`; the overdue are dropped.

    Those of a muted source are neither drafted nor dropped: they wait until it is heard again.
    `since`: the start of the day over which a source's drafts are counted.
    """
    sources = [*sources]
    used = items_table.drafted_since(db, since)
    muted = {source.name for source in sources if source.muted}
    heard = [one for one in items_table.candidates(db, now) if one.source not in muted]
    found, wishes = _boosted(heard, sources)
    lined, told = await _lined_up(db, found, budget, used)
    choice = choose.choose(lined, sources, budget=budget, used=used, now=now)
    for reason in {str(reason): reason for _, reason in choice.dropped}.values():
        ids = [candidate.id for candidate, why in choice.dropped if why == reason]
        items_table.drop(db, ids, reason)
    for candidate in choice.chosen:
        if why := (*wishes.get(candidate.source, ()), *told.get(candidate.id, ())):
            items_table.add_reasons(db, candidate.id, why)
    return items_table.find(db, [candidate.id for candidate in choice.chosen])


def _boosted(
    candidates: list[Candidate], sources: Iterable[Source]
) -> tuple[list[Candidate], dict[str, tuple[Reason, ...]]]:
    """The candidates with the points that admins give or take by source, and why, by source."""
    steps = {source.name: source.boost for source in sources if source.boost}
    found = [
        replace(one, score=rank.boosted(one.score, steps[one.source])[0])
        if one.source in steps
        else one
        for one in candidates
    ]
    return found, {name: rank.boosted(0, step)[1] for name, step in steps.items()}


async def _lined_up(
    db: Database, candidates: list[Candidate], budget: int, used: Mapping[str, int]
) -> tuple[list[Candidate], dict[int, tuple[Reason, ...]]]:
    """The candidates in the order that the admins' taste gives them, and what it says of each.

    Only the best by points are weighed; while nobody has decided anything, nothing changes.
    """
    decided = drafts_table.decisions(db, DECISIONS)
    if not decided or not candidates:
        return candidates, {}
    ranked = sorted(candidates, key=choose.by_points)
    best, others = ranked[: max(WEIGHED, budget)], ranked[max(WEIGHED, budget) :]
    known = {item.id: item for item in await _read(db, [at for at, _ in decided])}
    weighed = await _read(db, [candidate.id for candidate in best])
    lessons = [(known[at], approved) for at, approved in decided if at in known]
    return await asyncio.to_thread(_weighed, best, others, weighed, lessons, used)


async def _read(db: Database, ids: list[int]) -> list[Item]:
    found: list[Item] = []
    for start in range(0, len(ids), items_table.CHUNK):
        found += items_table.find(db, ids[start : start + items_table.CHUNK])
        await asyncio.sleep(0)
    return found


def _weighed(
    best: list[Candidate],
    others: list[Candidate],
    items: list[Item],
    lessons: list[tuple[Item, bool]],
    used: Mapping[str, int],
) -> tuple[list[Candidate], dict[int, tuple[Reason, ...]]]:
    taste = Taste.of(lessons)
    opinions = [taste.opinion(item) for item in items]
    points = [rank.tasted(one.score, opinion) for one, opinion in zip(best, opinions, strict=True)]
    order = rank.lined_up(points, opinions, len(best), sum(used.values()))
    placed = [replace(best[at], score=float(len(order) - n)) for n, (at, _) in enumerate(order)]
    told = {
        best[at].id: (*taste.why(items[at]), *([{"kind": "explore"}] if explored else []))
        for at, explored in order
    }
    return [*placed, *(replace(one, score=0.0) for one in others)], told
