"""The messages that show people how far their files are: changed one hand at a time, now and then.

What they show and how is the caller's `look`; here is only when (edits are rationed).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

PAINT_EVERY = 3.0
"""Seconds between two looks of a message."""
QUICK = 1.0
"""What takes longer than so many seconds is announced."""
SHOWN_IN_LINE = 20
"""Of those who wait, so many see their place change."""


class Progress:
    """The messages of all jobs. `look` brings that of a job up to date; `line`: who waits."""

    def __init__(
        self, look: Callable[[int], Awaitable[None]], line: Callable[[], list[int]]
    ) -> None:
        self._look, self._line = look, line
        self._brushes: dict[int, asyncio.Lock] = {}
        self._painted: dict[int, float] = {}
        self._line_shown: asyncio.Task[None] | None = None

    async def show(self, job_id: int) -> None:
        """Bring the job's message up to date."""
        async with self.brush(job_id):
            self._painted[job_id] = asyncio.get_running_loop().time()
            await self._look(job_id)

    @asynccontextmanager
    async def brush(self, job_id: int) -> AsyncIterator[None]:
        """Held by whoever changes the job's message."""
        async with self._brushes.setdefault(job_id, asyncio.Lock()):
            yield

    @asynccontextmanager
    async def announced(self, job_id: int, is_news: Callable[[], bool]) -> AsyncIterator[None]:
        """Show the job should the body take a while, if that is news then."""

        async def announce() -> None:
            await asyncio.sleep(QUICK)
            if is_news():
                await self.show(job_id)

        async with self._beside(job_id, announce()):
            yield

    @asynccontextmanager
    async def painted(self, job_id: int, news: asyncio.Event) -> AsyncIterator[None]:
        """Show the job now and then while the body runs, whenever there is news."""
        async with self._beside(job_id, self._paint(job_id, news)):
            yield

    @asynccontextmanager
    async def _beside(self, job_id: int, showing: Awaitable[None]) -> AsyncIterator[None]:
        """Show something beside the body; an edit on its way does not overtake what follows."""
        task = asyncio.ensure_future(showing)
        try:
            yield
        finally:
            async with self.brush(job_id):
                task.cancel()

    async def _paint(self, job_id: int, news: asyncio.Event) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            await news.wait()
            await asyncio.sleep(self._painted.get(job_id, -PAINT_EVERY) + PAINT_EVERY - clock())
            news.clear()
            await self.show(job_id)

    def tell_line(self, also: int = 0) -> None:
        """Show those who wait what their places are now."""
        if not self._line_shown or self._line_shown.done():
            self._line_shown = asyncio.create_task(self._show_line(also))

    async def _show_line(self, also: int) -> None:
        await asyncio.sleep(0)  # whoever came or went just now has done so
        first = self._line()[:SHOWN_IN_LINE]
        for job_id in (*first, *({also} - {0, *first})):
            await self.show(job_id)

    def forget(self, job_id: int) -> None:
        """Nothing will be shown of this job any more."""
        self._brushes.pop(job_id, None)
        self._painted.pop(job_id, None)

    async def close(self) -> None:
        """Show nothing more."""
        if self._line_shown:
            self._line_shown.cancel()
            await asyncio.wait([self._line_shown])
