"""The last things that happened, numbered, so that a page can catch up after a break."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from bot.demo.bell import Bell
from bot.demo.world import Change

EVENTS_KEPT = 1000


@dataclass(frozen=True)
class Event:
    """A change with its place in the order of all changes."""

    number: int
    change: Change


class EventLog:
    """The newest `EVENTS_KEPT` changes."""

    def __init__(self) -> None:
        self.last_number = 0
        self.is_closed = False
        self._events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self._bell = Bell()

    def add(self, change: Change) -> None:
        """Note a change and wake the pages."""
        self.last_number += 1
        self._events.append(Event(self.last_number, change))
        self._bell.ring()

    def after(self, number: int) -> list[Event]:
        """What happened after that event, as far as it is remembered."""
        return [event for event in self._events if event.number > number]

    async def wait(self, seconds: float) -> bool:
        """Whether something happened within so many seconds."""
        return await self._bell.wait(seconds)

    def close(self) -> None:
        """Let all pages go."""
        self.is_closed = True
        self._bell.ring()
