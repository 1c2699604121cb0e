"""Telegram's patience: calls are paced, and a 429 stops every call of the bot until it is over.

Calls made during a ban lengthen it, so chat actions and edits wait too (chat actions, useless
later, are dropped). python-telegram-bot's own limiter ends its halt when any other call returns
and retries nothing unless told (its issue 5338), hence this one.
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


class FloodGate(BaseRateLimiter[int]):
    """One gate in front of every call of a bot."""

    def __init__(self) -> None:
        self._open_at = 0.0
        self._overall = _Window(*OVERALL)
        self._groups: dict[str, _Window] = {}

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
        """Make the call when it is allowed, and again after each 429."""
        while True:
            if endpoint == "sendChatAction" and self.halted_for():
                return True
            await self.opened()
            if endpoint.startswith(("send", "edit", "copy", "forward")):
                await self._pace(str(data.get("chat_id", "")))
                if self.halted_for():
                    continue
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                self.halt(seconds_of(error))

    async def _pace(self, chat: str) -> None:
        if chat.startswith(("-", "@")):
            await self._groups.setdefault(chat, _Window(*PER_GROUP)).turn()
        # After the group's turn: what waits a minute for a busy group must hold up nobody else.
        await self._overall.turn()


class _Window:
    """At most `calls` in any `seconds`, whenever they begin; a place in it is booked ahead.

    A leaky bucket would let twice as many through in its first minute.
    """

    def __init__(self, calls: int, seconds: float) -> None:
        self._seconds = seconds
        self._starts: deque[float] = deque(maxlen=calls)

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
