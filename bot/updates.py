"""Updates: from Telegram into the database, and from there through the application, each once.

python-telegram-bot's own updater confirms an update before its handler has run, and stands still
for ever before one that it cannot parse. Here an update is confirmed (by asking for the next,
Bot API "getUpdates") only when it is stored; it is done when its handler has returned; what a
dead process left undone is handled by the next one; what cannot be parsed is set aside.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlite_utils import Database
from telegram import Update
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application
from telegram.request import BaseRequest

from bot.flood import FloodGate, seconds_of
from bot.logs import redact
from db import updates

log = logging.getLogger("peyk.updates")

RawUpdate = dict[str, Any]

LONG_POLL = 30
"""Seconds Telegram holds an unanswered getUpdates."""
MOST_IN_HAND = 500
"""Stored updates that wait in memory before more are asked for."""
MOST_AT_ONCE = 32
"""Chats whose updates are handled at the same time; within a chat the order is kept."""
MOST_POSTS = 50
"""Posts of a channel that are handled side by side."""
FIRST_PAUSE = 1.0
"""Seconds after a failed getUpdates; each further one doubles them."""
CALM, MOST_CALMING = 0.1, 2.0
"""Seconds without an update that tell that none is waiting, and how long to look out for that."""
FLUSH = 0.02
"""Seconds that finished updates wait to be recorded together."""


class Inbox:
    """Handles the updates of one bot. `fetch` asks for them; a webhook calls `take` instead."""

    def __init__(
        self,
        application: Application[Any, Any, Any, Any, Any, Any],
        db: Database,
        gate: FloodGate,
        request: BaseRequest,
        now: Callable[[], datetime],
        kinds: Iterable[str] = tuple(Update.ALL_TYPES),
        keepable: Callable[[RawUpdate], RawUpdate] = lambda update: update,
    ) -> None:
        """`keepable`: an update as it may be written to the disk, without what is secret."""
        self._application = application
        self.db = db
        self._gate = gate
        self._request = request
        self._now = now
        self._keepable = keepable
        self._kinds = json.dumps(list(kinds))
        self._lanes: dict[int, deque[RawUpdate]] = {}
        self._left: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_hand = 0
        self._taken = 0
        self._room = asyncio.Event()
        self._room.set()
        self._ready: deque[int] = deque()
        self._posting: asyncio.Future[list[None]] | None = None
        self._finished: list[int] = []
        self._flushing: asyncio.TimerHandle | None = None
        self.last_contact: datetime | None = None

    def resume(self) -> int:
        """Take up what an earlier process left undone; returns how many updates that is."""
        left = updates.interrupted(self.db)
        for update in left:
            self._left.add(update["update_id"])
            self._line_up(update)
        return len(left)

    @property
    def full(self) -> bool:
        """Whether so many updates are in hand that further ones had better come later."""
        return self._in_hand >= MOST_IN_HAND

    def take(self, raw: list[RawUpdate]) -> None:
        """Store updates (from then on they are ours) and line up those not seen before."""
        usable = [update for update in raw if _is_number(update.get("update_id"))]
        if len(usable) < len(raw):
            log.error("an update without a usable number is dropped")
        fresh = set(updates.keep(self.db, map(self._keepable, usable), self._now()))
        for update in usable:
            if update["update_id"] in fresh:
                fresh.discard(update["update_id"])
                self._taken += 1
                self._line_up(update)

    async def fetch(self) -> None:
        """Ask Telegram for updates until cancelled; whatever goes wrong, go on asking."""
        offset, pause = 0, FIRST_PAUSE
        while True:
            await self._gate.opened()
            try:
                raw = await self._ask(offset)
                pause = FIRST_PAUSE
            except InvalidToken:
                raise
            except RetryAfter as error:
                self._gate.halt(seconds_of(error))
                continue
            except TelegramError as error:
                _explain(error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 30.0)
                continue
            self.last_contact = self._now()
            if raw:
                try:
                    self.take(raw)
                except sqlite3.Error as error:
                    log.error("updates cannot be stored, and stay with Telegram: %s", error)
                    await asyncio.sleep(pause)
                    continue
                offset = max(update["update_id"] for update in raw) + 1
                await self._room.wait()

    async def calm(self) -> None:
        """Return when what people sent meanwhile is handled; after `MOST_CALMING` in any case."""
        loop, taken = asyncio.get_running_loop(), -1
        until = loop.time() + MOST_CALMING
        while (self._in_hand or self._taken != taken) and loop.time() < until:
            taken = self._taken
            await asyncio.sleep(CALM)

    async def close(self, patience: float) -> None:
        """Give updates in hand `patience` seconds to finish; the rest stays for the next start."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._flush()
        updates.spare(self.db)

    async def _ask(self, offset: int) -> list[RawUpdate]:
        query = f"offset={offset}&timeout={LONG_POLL}&limit=100&allowed_updates={self._kinds}"
        url = f"{self._application.bot.base_url}/getUpdates?{query}"
        try:
            result = await self._request.post(url, read_timeout=LONG_POLL + 10)
        except (LookupError, TypeError, AttributeError, RecursionError) as error:
            raise NetworkError("getUpdates answered something that is no answer") from error
        if not isinstance(result, list):
            raise NetworkError("getUpdates answered something that is no list")
        found = [u for u in result if isinstance(u, dict) and _is_number(u.get("update_id"))]
        if result and not found:
            raise NetworkError("getUpdates answered without one usable update")
        return found

    def _line_up(self, update: RawUpdate) -> None:
        lane = lane_of(update)
        self._in_hand += 1
        if self._in_hand >= MOST_IN_HAND:
            self._room.clear()
        if lane in self._lanes:
            self._lanes[lane].append(update)
            return
        self._lanes[lane] = deque([update])
        self._ready.append(lane)
        if len(self._tasks) < MOST_AT_ONCE:
            task = asyncio.create_task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work(self) -> None:
        """Take one lane after another, until none is ready."""
        while self._ready:
            await self._run(self._ready.popleft())

    async def _run(self, lane: int) -> None:
        """Handle the updates of one lane, in order, until it is empty."""
        queue = self._lanes[lane]
        while queue:
            if posts := self._posts_ahead(queue):
                # Side by side, so that they are stored together; their order stays.
                self._posting = asyncio.gather(*map(self._use, posts))
                await self._posting
                continue
            if self._posting and not self._posting.done():
                # Whoever asks for a post that came before is to find it.
                await asyncio.wait([self._posting])
            await self._use(queue.popleft())
        del self._lanes[lane]

    def _posts_ahead(self, queue: deque[RawUpdate]) -> list[RawUpdate]:
        """Take the channel's new posts, and no notes, that are next; none a process died of."""
        posts: list[RawUpdate] = []
        while queue and len(posts) < MOST_POSTS:
            post = queue[0].get("channel_post")
            if not isinstance(post, dict) or "pinned_message" in post:
                break
            if queue[0]["update_id"] in self._left:
                break
            posts.append(queue.popleft())
        return posts

    async def _use(self, raw: RawUpdate) -> None:
        try:
            if await self._handle(raw):
                self._finish(raw["update_id"])
        except Exception:  # whatever a handler did: the next update is waiting
            log.exception("update %s waits for the next start", raw["update_id"])
        self._in_hand -= 1
        if self._in_hand < MOST_IN_HAND // 2:
            self._room.set()

    async def _handle(self, raw: RawUpdate) -> bool:
        """Whether the update had its effect; one that cannot be parsed is set aside."""
        if raw["update_id"] in self._left:
            self._left.discard(raw["update_id"])
            updates.begin(self.db, raw["update_id"])
        try:
            update = Update.de_json(raw, self._application.bot)
        except Exception as error:  # what a library makes of hostile JSON is anybody's guess
            why = redact(f"{type(error).__name__}: {error}")
            log.error("update %s cannot be parsed and is set aside: %s", raw["update_id"], why)
            updates.set_aside(self.db, raw["update_id"], why)
            return False
        await self._application.process_update(update)
        return True

    def _finish(self, update_id: int) -> None:
        self._finished.append(update_id)
        if self._flushing is None:
            self._flushing = asyncio.get_running_loop().call_later(FLUSH, self._flush)

    def _flush(self) -> None:
        if self._flushing:
            self._flushing.cancel()
            self._flushing = None
        finished, self._finished = self._finished, []
        if finished:
            updates.done(self.db, finished)


def _is_number(update_id: object) -> bool:
    """Whether the database can keep this as an update's number."""
    return type(update_id) is int and 0 <= update_id < 2**63


def lane_of(update: RawUpdate) -> int:
    """Whose turn an update takes: its chat's, else its user's, else a common one (0)."""
    for content in update.values():
        if isinstance(content, dict):
            with suppress(KeyError, TypeError, ValueError, OverflowError):
                message = content.get("message") if "data" in content else content
                return int((message or content)["chat"]["id"])
            with suppress(KeyError, TypeError, ValueError, OverflowError):
                return int((content.get("user") or content["from"])["id"])
    return 0


def _explain(error: TelegramError) -> None:
    if isinstance(error, Conflict):
        log.error("another program uses this bot token (or a webhook is set): %s", redact(error))
    else:
        log.warning("getUpdates failed, asking again: %s", redact(error))
