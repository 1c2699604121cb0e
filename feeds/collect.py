"""One poll of the sources: fetch -> parse -> rank -> admit -> db.items, source by source.

    Source ─ fetch ─┬ unchanged ───────────────────────────────┬─> health, next poll
                    ├ new ─ parse ─ rank ─ admit ─ items.add ──┤
                    ├ 410 ─────────────────────────────────────┼─> retired
                    └ failed ──────────────────────────────────┴─> waits longer each time

A source that fails costs only itself. Decides nothing about items: see feeds.rank, feeds.choose.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlite_utils import Database

import db.items
import db.sources
from bot.errors import SourceError, SourceGone
from db.items import Added
from db.model import Item, SourceHealth, moment, stamp
from feeds import arxiv, choose, github, rank, rss
from feeds.feed import Feed
from feeds.fetch import Fetched, Fetcher, Known
from feeds.parse import Parser
from feeds.revisions import revisions
from feeds.sources import Source

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Sources polled side by side."""

LONGEST_WAIT = timedelta(days=1)
DOWN_AFTER = timedelta(days=2)
"""A source that fails this long is told to the admins."""

EARLY = 0.9
"""Share of the interval after which a source is due, so that a timer's jitter skips no poll."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the admins should hear once: the caller remembers `key`."""

    kind: Literal["source-gone", "source-down", "source-back", "arxiv-closed"]
    key: str
    source: str
    details: dict[str, Any] = field(default_factory=dict)
    """source-gone: url · source-down: days, error · source-back: days · arxiv-closed: day, why
    (``weekend`` or ``holiday``)."""


@dataclass(slots=True)
class Collected:
    """What one pass over the sources brought."""

    added: dict[str, Added] = field(default_factory=dict)
    """Of each source that gave something new to read."""
    unchanged: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)

    @property
    def new(self) -> int:
        """Entries stored for the first time, candidates or not."""
        return sum(added.new for added in self.added.values())


async def collect(
    database: Database,
    fetcher: Fetcher,
    sources: Sequence[Source],
    now: Clock,
    *,
    poll_every: timedelta,
    due_only: bool = True,
) -> Collected:
    """Poll the sources that are due (all but the retired, unless `due_only`) and store items.

    The muted are never read.
    """
    collected = Collected()
    places = asyncio.Semaphore(AT_ONCE)
    async with Parser() as parser:
        poll = _Poll(database, fetcher, parser, now, poll_every, collected)

        async def one(source: Source) -> None:
            async with places:
                try:
                    await poll.run(source)
                except Exception as error:
                    # The outermost loop of a poll: a bug that one feed brings to light must not
                    # keep the others from being read.
                    log.exception("source %s: unexpected failure", source.name)
                    collected.errors[source.name] = f"internal error ({type(error).__name__})"

        async with asyncio.TaskGroup() as group:
            for source in sources:
                health = db.sources.load(database, source.name, address(source, fetcher))
                waits = due_only and health.next_at is not None and health.next_at > now()
                if not (source.muted or waits or health.retired):
                    group.create_task(one(source))
    return collected


async def probe(fetcher: Fetcher, source: Source) -> str | None:
    """Why a source cannot be read, in one line; None when it can. Stores nothing."""
    try:
        fetched = await fetcher.get(
            address(source, fetcher), arxiv=source.kind == "arxiv", named=not source.added
        )
        async with Parser() as parser:
            await parser.parse(source, fetched.body)
    except SourceError as error:
        return str(error)
    return None


def address(source: Source, fetcher: Fetcher) -> str:
    """Where a source is asked for."""
    if source.kind == "github":
        return github.address(source, rest=fetcher.has_github_token)
    return arxiv.address(source) if source.kind == "arxiv" else rss.address(source)


def wait(failures: int, poll_every: timedelta, retry_after: float | None) -> timedelta:
    """How long to leave a failing source alone: doubled each time, at least what was asked."""
    doubled = min(poll_every, LONGEST_WAIT) * 2.0 ** min(failures, 20)
    asked = timedelta(seconds=min(retry_after or 0.0, LONGEST_WAIT.total_seconds()))
    return min(max(doubled, asked), LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class _Poll:
    """One source's poll, with what all polls of a pass share."""

    database: Database
    fetcher: Fetcher
    parser: Parser
    now: Clock
    poll_every: timedelta
    collected: Collected

    async def run(self, source: Source) -> None:
        health = db.sources.load(self.database, source.name, address(source, self.fetcher))
        try:
            fetched = await self.fetcher.get(
                health.moved_to or health.url,
                Known(health.etag, health.last_modified, health.body_hash),
                arxiv=source.kind == "arxiv",
                named=not source.added,
            )
            if fetched.status == "new":
                feed = await self.parser.parse(source, fetched.body)
                await self._store(source, feed, first_poll=not health.first_poll_done)
                health = replace(health, note=self._closed(source, feed))
            else:
                self.collected.unchanged.append(source.name)
        except SourceGone as error:
            self._gone(health, error)
        except SourceError as error:
            self._failed(health, error)
        else:
            self._succeeded(health, fetched)

    async def _store(self, source: Source, feed: Feed, *, first_poll: bool) -> None:
        ranked = await self._ranked(source, feed)
        admitted = choose.admit(ranked, source, first_poll=first_poll)
        later = revisions(self.database, admitted)
        self.collected.added[source.name] = await db.items.add(
            self.database, [*later, *admitted], self.now()
        )

    def _closed(self, source: Source, feed: Feed) -> str:
        """Tell the admins when arXiv announces nothing; the note to keep with the source."""
        why = arxiv.closed(feed, self.now()) if source.kind == "arxiv" else ""
        if not why:
            return ""
        day = arxiv.day(feed, self.now()).isoformat()
        self._tell("arxiv-closed", day, source.name, {"day": day, "why": why})
        return "arxiv-closed"

    async def _ranked(self, source: Source, feed: Feed) -> list[Item]:
        ranked: list[Item] = []
        for number, item in enumerate(feed.items, 1):
            score, reasons = rank.score(item, source, self.now())
            ranked.append(replace(item, score=score, reasons=reasons))
            if number % db.items.CHUNK == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(0)
        return ranked

    def _succeeded(self, health: SourceHealth, fetched: Fetched) -> None:
        now = self.now()
        if down := _down_for(health, now):
            key = f"{health.name}:{health.extra['failing_since']}"
            self._tell("source-back", key, health.name, {"days": down.days})
        extra = {key: value for key, value in health.extra.items() if key != "failing_since"}
        self._save(
            replace(
                health,
                moved_to=fetched.moved_to or health.moved_to,
                etag=fetched.etag,
                last_modified=fetched.last_modified,
                body_hash=fetched.body_hash,
                failures=0,
                next_at=now + self.poll_every * EARLY,
                last_ok=now,
                last_error="",
                first_poll_done=True,
                extra=extra,
            )
        )

    def _failed(self, health: SourceHealth, error: SourceError) -> None:
        now = self.now()
        failures = health.failures + 1
        delay = wait(failures, self.poll_every, error.retry_after)
        self.collected.errors[health.name] = str(error)
        health = replace(
            health,
            # An address that a redirect once named may be the fault: ask the operator's own again.
            moved_to="",
            failures=failures,
            next_at=now + delay,
            last_error=str(error),
            extra={"failing_since": stamp(now)} | health.extra,
        )
        if down := _down_for(health, now):
            key = f"{health.name}:{health.extra['failing_since']}"
            self._tell("source-down", key, health.name, {"days": down.days, "error": str(error)})
        self._save(health)

    def _gone(self, health: SourceHealth, error: SourceGone) -> None:
        self.collected.errors[health.name] = str(error)
        self._tell("source-gone", f"{health.name}:{health.url}", health.name, {"url": health.url})
        self._save(replace(health, retired=True, last_error=str(error)))

    def _tell(
        self,
        kind: Literal["source-gone", "source-down", "source-back", "arxiv-closed"],
        key: str,
        source: str,
        details: dict[str, Any],
    ) -> None:
        notice = Notice(kind, f"{kind}:{key}", source, details)
        if notice.key not in {told.key for told in self.collected.notices}:
            self.collected.notices.append(notice)

    def _save(self, health: SourceHealth) -> None:
        db.sources.save(self.database, health)


def _down_for(health: SourceHealth, now: datetime) -> timedelta | None:
    """How long a source has been failing, where that is long enough to be told."""
    since = moment(health.extra.get("failing_since"))
    return now - since if since and now - since >= DOWN_AFTER else None
