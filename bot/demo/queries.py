"""Questions from people that the bot must answer: pressed buttons and inline queries.

Keeps who waits for which answer; does not decide what the answer is.
Source: https://core.telegram.org/bots/api#answercallbackquery
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.demo.errors import bad_request

Json = dict[str, Any]

SECONDS_TO_ANSWER = 15 * 60
OPEN_AT_ONCE = 10_000


@dataclass(frozen=True)
class CallbackAnswer:
    """What the person sees after pressing a button."""

    text: str = ""
    show_alert: bool = False
    url: str | None = None


@dataclass(frozen=True)
class Waiting:
    """A question, since when it waits, and where its answer goes."""

    asked: float
    answer: asyncio.Future[Any]


class Queries:
    """Open questions by id. One is answered once, and only while it is young."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._open: dict[str, Waiting] = {}
        self._ids = itertools.count(4_000_000_000_000_001)

    def ask(self) -> tuple[str, asyncio.Future[Any]]:
        """A new question: its id, and a future for the answer."""
        query_id = str(next(self._ids))
        waiting = Waiting(self._now(), asyncio.get_running_loop().create_future())
        self._open[query_id] = waiting
        if len(self._open) > OPEN_AT_ONCE:
            del self._open[next(iter(self._open))]
        return query_id, waiting.answer

    def answer(self, query_id: str, answer: Any) -> None:
        """Hand over an answer. Raises ApiError for a question that is old, answered or unknown."""
        waiting = self._open.pop(query_id, None)
        if waiting is None or self._now() - waiting.asked > SECONDS_TO_ANSWER:
            raise bad_request(
                "query is too old and response timeout expired or query ID is invalid"
            )
        if not waiting.answer.done():
            waiting.answer.set_result(answer)

    def close(self) -> None:
        """Nobody will answer any more: let all who wait go, with TimeoutError."""
        for waiting in self._open.values():
            if not waiting.answer.done():
                waiting.answer.set_exception(TimeoutError("the embedded Telegram has stopped"))
        self._open.clear()
