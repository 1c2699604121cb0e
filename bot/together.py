"""Small writes of one moment in one transaction: a commit each would cost more than the writes.

Whoever adds one waits until it is stored; nobody is told of a write that a crash could undo. One
that fails spoils none of the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from sqlite_utils import Database

T = TypeVar("T")
R = TypeVar("R")


class Together(Generic[T, R]):
    """Stores what `add` is given with `write`, what comes in one turn of the loop at once."""

    def __init__(self, db: Database, write: Callable[[Database, T], R]) -> None:
        self._db, self._write = db, write
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self.stored = 0
        """How many there were so far."""

    async def add(self, value: T) -> R:
        """What `write` gives for `value`, once it is stored; its own error when it is not."""
        loop = asyncio.get_running_loop()
        stored: asyncio.Future[R] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._flush)
        self._waiting.append((value, stored))
        return await stored

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._store(waiting)

    def _store(self, waiting: list[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            with self._db.atomic():
                results = [self._write(self._db, value) for value, _ in waiting]
        except Exception as error:  # whichever it is, it is raised where somebody waits for it
            if len(waiting) > 1:
                for one in waiting:
                    self._store([one])
            elif not waiting[0][1].done():
                waiting[0][1].set_exception(error)
            return
        self.stored += len(results)
        for (_, stored), result in zip(waiting, results, strict=True):
            if not stored.done():
                stored.set_result(result)
