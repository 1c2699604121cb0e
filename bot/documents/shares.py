"""Fair shares of so many places: among the jobs that wait, each gets the next free one in turn."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Shares:
    """At most `places` at once, handed to the waiting jobs one after the other."""

    def __init__(self, places: int) -> None:
        self.free = self._places = places
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._stopped = False
        self._given_back = asyncio.Event()

    @asynccontextmanager
    async def place(self, job: str) -> AsyncIterator[None]:
        """Wait for a place for this job, and hold it."""
        await self.take(job)
        try:
            yield
        finally:
            self.give_back()

    async def take(self, job: str) -> None:
        """Wait for a place; whoever took it gives it back."""
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(job, deque()).append(called)
        self._hand_out()
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():  # called just now
                self.give_back()
            raise

    def give_back(self) -> None:
        """A place is free again."""
        self.free += 1
        self._given_back.set()
        self._hand_out()

    async def stop(self) -> None:
        """Hand out no place any more, and wait until all are given back."""
        self._stopped = True
        while self.free < self._places:
            self._given_back.clear()
            await self._given_back.wait()

    def _hand_out(self) -> None:
        while self.free and self._waiting and not self._stopped:
            job, waiting = next(iter(self._waiting.items()))
            called = waiting.popleft()
            del self._waiting[job]
            if waiting:
                self._waiting[job] = waiting  # behind the others
            if not called.done():
                self.free -= 1
                called.set_result(None)
