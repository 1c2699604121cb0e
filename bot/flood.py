"""Telegram's patience: calls are paced, and a 429 stops every call of the bot until it is over.

Calls made during a ban lengthen it, so chat actions and edits wait too (chat actions and drafts,
useless later, are dropped). python-telegram-bot's own limiter ends its halt when any other call
returns and retries nothing unless told (its issue 5338), hence this one.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

# The library's own switch to have RetryAfter.retry_after as a timedelta, its future form.
os.environ.setdefault("PTB_TIMEDELTA", "true")

log = logging.getLogger("peyk.flood")

OVERALL = (30, 1.0)
"""Calls per second to all chats together (Bot FAQ, "My bot is hitting limits")."""
PER_GROUP = (20, 60.0)
"""Messages a minute to one group or channel (same place)."""

PER_PERSON = (5, 5.0)
"""Calls in a burst to a private chat, about one a second for long (same place)."""
FLEETING = frozenset({"sendChatAction", "sendMessageDraft"})
"""Calls that show something for a moment: not worth waiting for, nor making twice."""
KEPT_FREE = 2
"""Calls of a chat's burst that drafts leave to messages; a call may say another number."""
LONGEST_YIELD = 5.0
"""Seconds that such a call waits for its room, where it is no draft."""
KEPT_FREE_OVERALL = 10
"""... and of all calls of a second."""
MOST_PERSONS = 1000
"""Private chats whose bursts are remembered."""


class FloodGate(BaseRateLimiter[int]):
    """One gate in front of every call of a bot."""

    def __init__(self) -> None:
        self._open_at = 0.0
        self._overall = _Window(*OVERALL)
        self._groups: dict[str, _Window] = {}
        self._persons: dict[str, _Window] = {}

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""

    def halted_for(self) -> float:
        """Seconds until calls are allowed again; 0 when they are."""
        return max(0.0, self._open_at - asyncio.get_running_loop().time())

    def halt(self, seconds: float) -> None:
        """Let nothing through for `seconds` from now."""
        until = asyncio.get_running_loop().time() + seconds
        if until > self._open_at:
            self._open_at = until
            log.warning("Telegram asked for silence: no calls for %.0f s", seconds)

    async def opened(self) -> None:
        """Wait until no halt is in force, also one that begins meanwhile."""
        while remaining := self.halted_for():  # noqa: ASYNC110 - an end that may move, no event
            await asyncio.sleep(remaining)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, bool | dict[str, Any] | list[dict[str, Any]]]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> bool | dict[str, Any] | list[dict[str, Any]]:
        """Make the call when it is allowed, and again after each 429; False: it was left out.

        `rate_limit_args`: calls of a private chat's burst that must stay free beside this one; a
        draft is left out where they would not, another call gives way for a while.
        """
        while True:
            if endpoint in FLEETING and self.halted_for():
                return False
            chat = str(data.get("chat_id", ""))
            kept_free = KEPT_FREE if rate_limit_args is None else rate_limit_args
            if endpoint == "sendMessageDraft":
                if not self._can_spare(chat, kept_free):
                    return False
            elif rate_limit_args is not None and chat.isdecimal():
                await self._yield(chat, kept_free)
            await self.opened()
            if endpoint == "deleteMessage" and chat.isdecimal():
                self._of_person(chat).note()
            if endpoint.startswith(("send", "edit", "copy", "forward")):
                await self._pace(chat)
                if self.halted_for():
                    continue
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                self.halt(seconds_of(error))
                if endpoint in FLEETING:
                    return False

    async def _pace(self, chat: str) -> None:
        if chat.startswith(("-", "@")):
            await self._groups.setdefault(chat, _Window(*PER_GROUP)).turn()
        # After the group's turn: what waits a minute for a busy group must hold up nobody else.
        await self._overall.turn()
        if chat.isdecimal():
            self._of_person(chat).note()

    def _can_spare(self, chat: str, kept_free: int) -> bool:
        """Whether a draft to this chat would leave room for what matters more."""
        mine, all_ = self._of_person(chat), self._overall
        return mine.free > kept_free and all_.free > KEPT_FREE_OVERALL

    async def _yield(self, chat: str, kept_free: int) -> None:
        """Let what matters more to this chat go first."""
        clock = asyncio.get_running_loop().time
        until = clock() + LONGEST_YIELD
        while clock() < until and self._of_person(chat).free <= kept_free:  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    def _of_person(self, chat: str) -> _Window:
        if chat not in self._persons and len(self._persons) >= MOST_PERSONS:
            del self._persons[next(iter(self._persons))]
        return self._persons.setdefault(chat, _Window(*PER_PERSON))


class _Window:
    """At most `calls` in any `seconds`, whenever they begin; a place in it is booked ahead.

    A leaky bucket would let twice as many through in its first minute.
    """

    def __init__(self, calls: int, seconds: float) -> None:
        self._seconds = seconds
        self._starts: deque[float] = deque(maxlen=calls)

    @property
    def free(self) -> int:
        """How many calls may start now without waiting."""
        since = asyncio.get_running_loop().time() - self._seconds
        return (self._starts.maxlen or 0) - sum(start > since for start in self._starts)

    def note(self) -> None:
        """Count a call that starts now, whether there is room for it or not."""
        self._starts.append(asyncio.get_running_loop().time())

    async def turn(self) -> None:
        """Wait until one more call may start."""
        now = asyncio.get_running_loop().time()
        full = len(self._starts) == self._starts.maxlen
        start = max(now, self._starts[0] + self._seconds) if full else now
        self._starts.append(start)
        if start > now:
            await asyncio.sleep(start - now)


def seconds_of(error: RetryAfter) -> float:
    """The wait a 429 asks for, in seconds, and a little more: clocks differ."""
    wait = error.retry_after
    return (wait.total_seconds() if isinstance(wait, timedelta) else float(wait)) + 0.5
