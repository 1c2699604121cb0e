"""A second look at the database: long questions, in a thread, on a connection of their own."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

T = TypeVar("T")


class Reader:
    """Answers one question at a time, while the event loop goes on. It can change nothing.

    What the index does not know yet it cannot see: see db.index.catch_up.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, "peyk-reader")
        self._db: Database | None = None

    async def ask(self, question: Callable[[Database], T]) -> T:
        """What `question` answers, given the database. Raises what it raises."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._answer, question)

    async def close(self) -> None:
        """End the thread and its connection."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._leave)
        self._thread.shutdown()

    def _answer(self, question: Callable[[Database], T]) -> T:
        if self._db is None:
            where = f"{self._path.resolve().as_uri()}?mode=ro"
            connection = sqlite3.connect(where, uri=True, isolation_level=None, timeout=10)
            self._db = Database(connection)
        return question(self._db)

    def _leave(self) -> None:
        if self._db is not None:
            self._db.close()
