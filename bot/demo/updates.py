"""The queue of updates for the bot: numbered, kept until confirmed, handed out once at a time.

Does not know what an update says. Webhooks take from the same queue: see bot.demo.webhook.
Source: https://core.telegram.org/bots/api#getting-updates
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.demo.errors import conflict

Json = dict[str, Any]

FIRST_ID = 100_000_001
KEPT = 100_000
UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(slots=True)
class Pending:
    """An update that waits, already written as JSON; a repeated one survives confirmation once."""

    update_id: int
    body: bytes
    is_repeated: bool = False


class UpdateQueue:
    """What has happened and was not confirmed by the bot; the oldest go first past `KEPT`."""

    def __init__(self) -> None:
        self.pending: deque[Pending] = deque()
        self.allowed: frozenset[str] | None = None
        self.next_id = FIRST_ID
        self._arrival = asyncio.Event()
        self._poll: asyncio.Future[None] | None = None

    def allow(self, kinds: Iterable[str]) -> None:
        """Remember which kinds the bot wants; an empty list means the usual ones."""
        self.allowed = frozenset(kinds) or None

    def wants(self, kind: str) -> bool:
        """Whether updates of this kind are kept at all."""
        return kind in self.allowed if self.allowed is not None else kind not in UNASKED

    def push(self, kind: str, payload: Json) -> None:
        """Queue an update of a kind the bot asked for."""
        if self.wants(kind):
            self.inject({kind: payload})

    def inject(self, raw: Json, update_id: int | None = None) -> int:
        """Queue any object as an update; an id given twice is delivered twice."""
        number = self.next_id if update_id is None else update_id
        body = json.dumps({"update_id": number, **raw}, ensure_ascii=False).encode()
        self._insert(Pending(number, body, is_repeated=number < self.next_id))
        self.next_id = max(self.next_id, number + 1)
        self._arrival.set()
        return number

    def _insert(self, update: Pending) -> None:
        """At the end, or at its place in the order of ids."""
        if len(self.pending) == KEPT:
            self.pending.popleft()
        place = len(self.pending)
        if update.is_repeated:
            place = sum(other.update_id <= update.update_id for other in self.pending)
        self.pending.insert(place, update)

    async def fetch(self, offset: int, limit: int, wait: float) -> list[bytes]:
        """The oldest updates from `offset` on; waits up to `wait` seconds for the first.

        Raises ApiError (409) when another call takes over meanwhile.
        """
        turn = self._take_over()
        self._confirm(offset)
        if not self.pending and wait > 0:
            await self._await_arrival(turn, wait)
        if turn.done():
            raise conflict(
                "terminated by other getUpdates request; "
                "make sure that only one bot instance is running"
            )
        self._poll = None
        return self._hand_out(limit)

    def interrupt(self) -> None:
        """End a call that waits now, as another call would."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
            self._arrival.set()

    def drop_all(self) -> None:
        """Forget everything that waits."""
        self.pending.clear()

    def confirm_first(self) -> None:
        """Forget the oldest update: the webhook took it."""
        self.pending.popleft()

    async def arrival(self) -> None:
        """Return when at least one update waits."""
        while not self.pending:
            self._arrival.clear()
            await self._arrival.wait()

    def _take_over(self) -> asyncio.Future[None]:
        self.interrupt()
        self._poll = asyncio.get_running_loop().create_future()
        return self._poll

    async def _await_arrival(self, turn: asyncio.Future[None], wait: float) -> None:
        deadline = asyncio.get_running_loop().time() + wait
        while not self.pending and not turn.done():
            self._arrival.clear()
            left = deadline - asyncio.get_running_loop().time()
            try:
                await asyncio.wait_for(self._arrival.wait(), left)
            except TimeoutError:
                return

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
        repeated = []
        while self.pending and self.pending[0].update_id < offset:
            first = self.pending.popleft()
            repeated += [first] if first.is_repeated else []
        self.pending.extendleft(reversed(repeated))

    def _hand_out(self, limit: int) -> list[bytes]:
        batch = [self.pending[i] for i in range(min(limit, len(self.pending)))]
        for update in batch:
            update.is_repeated = False
        return [update.body for update in batch]
