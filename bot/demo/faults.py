"""Failures on request: what should go wrong at which call of the bot. The server carries it out.

`before`: Telegram never heard of the call. `after`: it has happened, the answer is the problem.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

When = Literal["before", "after"]


@dataclass
class Fault:
    """One thing to go wrong, `times` times, at calls of `method` (in `chat_id`, if given).

    drop: the connection is closed without an answer. status: the answer is an error with
    `status` (and `retry_after` for 429). delay: the call takes `seconds` longer. call: `call`
    is awaited at that point, and the call goes on.
    """

    method: str
    when: When = "before"
    action: Literal["drop", "status", "delay", "call"] = "drop"
    times: int = 1
    chat_id: int | str | None = None
    status: int = 500
    retry_after: int | None = None
    seconds: float = 0.0
    call: Callable[[], Awaitable[object]] | None = None

    def __post_init__(self) -> None:
        if self.action == "call" and self.call is None:
            raise ValueError("a fault that calls needs something to call")

    def fits(self, method: str, when: When, chat_id: str) -> bool:
        """Whether it is meant for this moment."""
        same_chat = self.chat_id is None or str(self.chat_id) == chat_id
        return self.times > 0 and self.when == when and same_chat and method == self.method.lower()


class Faults:
    """The failures that are still to come."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Plan a failure."""
        self._planned.append(fault)

    def clear(self) -> None:
        """Plan nothing more."""
        self._planned.clear()

    def take(self, method: str, when: When, chat_id: str) -> Fault | None:
        """The first failure meant for this moment, counted down; `method` in lower case."""
        for fault in self._planned:
            if fault.fits(method, when, chat_id):
                fault.times -= 1
                return fault
        return None
