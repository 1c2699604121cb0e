"""Which entries are candidates, and which candidates fit the day's budget. Pure.

Says what becomes of everything it leaves out. How good an item is: see feeds.rank.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from db.items import Candidate
from db.model import Item, ItemState
from feeds.sources import Source, SourceKind

PATIENCE = timedelta(days=3)
"""How long a candidate may wait for a place in the budget after it was first seen."""

FIRST_POLL: dict[SourceKind, int | None] = {"arxiv": None, "github": 1, "rss": 3}
"""How many of the newest entries are candidates the first time a source is read (None: all).

Not by age: a feed that was silent for a year would have none. arXiv's feeds hold one day anyway.
"""

Reason = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """Candidates to draft, best first, and those to be dropped with the reason why."""

    chosen: tuple[Candidate, ...] = ()
    dropped: tuple[tuple[Candidate, Reason], ...] = ()


def admit(items: Sequence[Item], source: Source, *, first_poll: bool) -> list[Item]:
    """The ranked entries of a poll, those that are no candidates marked as dropped.

    Reasons: ``{"kind": "feed", "why"}`` (cross, replace, replace-cross, withdrawn, prerelease),
    ``{"kind": "required-keyword"}``, ``{"kind": "backlog"}``.
    """
    admitted = [_judged(item, source) for item in items]
    most = FIRST_POLL[source.kind] if first_poll else None
    if most is None:
        return admitted
    opened = [item for item in admitted if item.state is ItemState.NEW]
    newest = {id(item) for item in sorted(opened, key=_age)[:most]}
    return [
        dropped(item, {"kind": "backlog"})
        if item.state is ItemState.NEW and id(item) not in newest
        else item
        for item in admitted
    ]


def choose(
    candidates: Iterable[Candidate],
    sources: Iterable[Source],
    *,
    budget: int,
    used: Mapping[str, int],
    now: datetime,
) -> Choice:
    """At most `budget` candidates, none above its source's daily cap (`used`: drafted today).

    Drop reasons: ``{"kind": "expired", "days"}``, ``{"kind": "source-removed"}``.
    """
    caps = {source.name: source.max_per_day for source in sources}
    taken = Counter(used)
    chosen: list[Candidate] = []
    out: list[tuple[Candidate, Reason]] = []
    for candidate in sorted(candidates, key=by_points):
        if candidate.source not in caps:
            out.append((candidate, {"kind": "source-removed"}))
        elif now - candidate.first_seen > PATIENCE:
            out.append((candidate, {"kind": "expired", "days": PATIENCE.days}))
        elif len(chosen) < budget and taken[candidate.source] < caps[candidate.source]:
            taken[candidate.source] += 1
            chosen.append(candidate)
    return Choice(tuple(chosen), tuple(out))


def dropped(item: Item, reason: Reason) -> Item:
    """The item as never to be drafted, the reason before those of its rank."""
    return replace(item, state=ItemState.DROPPED, reasons=(reason, *item.reasons))


def _judged(item: Item, source: Source) -> Item:
    if item.drop:
        return dropped(item, {"kind": "feed", "why": item.drop})
    wanted = any(reason["kind"] == "keyword" for reason in item.reasons)
    if source.require and not wanted:
        return dropped(item, {"kind": "required-keyword"})
    return item


def _age(item: Item) -> float:
    """Sorts the newest first; undated entries keep the feed's order, which is newest first."""
    return -item.published.timestamp() if item.published else 0.0


def by_points(candidate: Candidate) -> tuple[float, float, str]:
    """Sorts the best first; of equals, the newest."""
    published = candidate.published.timestamp() if candidate.published else 0.0
    return -candidate.score, -published, candidate.identity
