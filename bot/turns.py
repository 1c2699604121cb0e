"""Whose turn it is: so many at once, one for each person, and nobody overtaken for ever.

Among those who wait, whoever has been served longest ago is next. Knows nothing of the work.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager


def line_up(waiting: Sequence[tuple[int, int]], served: Mapping[int, int]) -> list[int]:
    """The tickets of `waiting` (person, ticket) in the order in which their turns come. Pure.

    `served`: the number of each person's last turn; 0 or nothing for none yet. A person's own
    tickets come in the order of their numbers.
    """
    queues: dict[int, list[int]] = {}
    for person, ticket in sorted(waiting, key=lambda one: one[1]):
        queues.setdefault(person, []).append(ticket)
    heap = [(served.get(person, 0), tickets[0], person) for person, tickets in queues.items()]
    heapq.heapify(heap)
    number, order = max(served.values(), default=0), []
    while heap:
        _, ticket, person = heapq.heappop(heap)
        order.append(ticket)
        number += 1
        del queues[person][0]
        if queues[person]:
            heapq.heappush(heap, (number, queues[person][0], person))
    return order


class Turns:
    """At most `places` turns at once, and one of each person."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._busy: set[int] = set()
        self._waiting: dict[int, tuple[int, asyncio.Future[None]]] = {}
        self._served: dict[int, int] = {}
        self._number = 0

    def is_free(self, person: int) -> bool:
        """Whether this person's turn would come at once."""
        return not self._waiting and person not in self._busy and len(self._busy) < self._places

    @property
    def line(self) -> list[int]:
        """The tickets that wait, the next one first."""
        return line_up([(person, t) for t, (person, _) in self._waiting.items()], self._served)

    @asynccontextmanager
    async def turn(self, person: int, ticket: int) -> AsyncIterator[None]:
        """Wait for the turn of this ticket, and hold it."""
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[ticket] = (person, called)
        self._call()
        try:
            await called
        except asyncio.CancelledError:
            if self._waiting.pop(ticket, None) is None:  # called just now
                self._leave(person)
            raise
        try:
            yield
        finally:
            self._leave(person)

    def _call(self) -> None:
        for ticket in self.line:
            person, called = self._waiting[ticket]
            if len(self._busy) >= self._places:
                return
            if person in self._busy:
                continue
            self._number += 1
            self._busy.add(person)
            self._served[person] = self._number
            del self._waiting[ticket]
            called.set_result(None)

    def _leave(self, person: int) -> None:
        self._busy.discard(person)
        if not self._waiting:
            self._served.clear()
        self._call()
