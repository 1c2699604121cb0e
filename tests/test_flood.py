"""One 429 silences the whole bot until it is over; nothing is lost, nothing makes it longer.

The clock of these event loops is virtual: minutes of waiting take no time.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.demo.errors import ApiError
from bot.demo.faults import Fault
from bot.demo.limits import FloodLimits
from bot.flood import FloodGate
from tests.newsroom import Newsroom

GROUP, CHANNEL = -1001, -1002


class Selector(selectors.DefaultSelector):
    """Does not wait, but moves the clock on."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        self.now += max(timeout or 0.0, 0.0)
        return super().select(0)


def in_virtual_time(work: Callable[[], Awaitable[None]]) -> None:
    """Run `work` on an event loop whose clock jumps over every wait."""
    selector = Selector()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now  # type: ignore[method-assign]
    try:
        loop.run_until_complete(work())
    finally:
        loop.close()


class Strict:
    """A Telegram that counts calls and bans as the embedded one does, in the loop's time."""

    def __init__(self, limits: FloodLimits) -> None:
        self.limits = limits
        self.gate = FloodGate()
        self.went: list[tuple[str, Any]] = []
        self.refused = 0
        self.during_ban = 0
        self._banned_until = 0.0

    async def call(self, method: str, chat: int, content: object = None) -> Any:
        """A call of the bot, as its rate limiter lets it through."""

        async def carry_out() -> bool:
            now = asyncio.get_running_loop().time()
            self.during_ban += now < self._banned_until
            try:
                self.limits.check(method.lower(), (chat, "supergroup"), now)
            except ApiError as error:
                self.refused += 1
                wait = error.parameters["retry_after"]
                self._banned_until = now + wait
                raise RetryAfter(wait) from error
            self.went.append((method, content))
            return True

        return await self.gate.process_request(carry_out, (), {}, method, {"chat_id": chat}, None)


def test_forty_drafts_all_go_out_and_no_call_is_made_in_a_ban() -> None:
    async def work() -> None:
        telegram = Strict(FloodLimits.real())
        for n in range(40):
            await telegram.call("sendMessage", GROUP, n)
            await telegram.call("sendMessage", CHANNEL, n)

        assert [c for m, c in telegram.went] == [n for n in range(40) for _ in range(2)]
        assert telegram.during_ban == 0

    in_virtual_time(work)


def test_the_groups_minute_is_never_exceeded() -> None:
    async def work() -> None:
        telegram = Strict(FloodLimits(overall=(30, 1.0), chat=(10**6, 1.0), group=(20, 60.0)))
        await asyncio.gather(*(telegram.call("sendMessage", GROUP, n) for n in range(200)))

        assert len(telegram.went) == 200
        assert telegram.refused == 0

    in_virtual_time(work)


def test_after_a_429_nothing_goes_out_until_it_is_over() -> None:
    async def work() -> None:
        gate, loop, times = FloodGate(), asyncio.get_running_loop(), {}

        def call(name: str, refuse: bool = False) -> Awaitable[Any]:
            async def carry_out() -> bool:
                if refuse and not times.get(name):
                    times[name] = [loop.time()]
                    raise RetryAfter(30)
                times.setdefault(name, []).append(loop.time())
                return True

            return gate.process_request(carry_out, (), {}, name, {"chat_id": 1}, None)

        first = asyncio.ensure_future(call("sendMessage", refuse=True))
        await asyncio.sleep(1)
        others = ("editMessageText", "deleteMessage", "answerCallbackQuery", "forwardMessage")
        await asyncio.gather(first, *map(call, (*others, "sendChatAction")))

        assert times["sendMessage"][0] == 0 and len(times["sendMessage"]) == 2
        assert all(when >= 30 for name in others for when in times[name])
        assert "sendChatAction" not in times

    in_virtual_time(work)


def test_a_later_429_makes_the_silence_longer_but_never_shorter() -> None:
    async def work() -> None:
        gate, loop = FloodGate(), asyncio.get_running_loop()
        gate.halt(30)
        gate.halt(5)
        waiting = asyncio.ensure_future(gate.opened())
        await asyncio.sleep(10)
        gate.halt(60)
        await waiting

        assert loop.time() == pytest.approx(70)

    in_virtual_time(work)


async def test_in_a_ban_updates_are_not_asked_for_and_the_press_counts_later(
    room: Newsroom, tmp_path: Path
) -> None:
    card = await room.offer()
    fault = Fault("answerCallbackQuery", "before", "status", status=429, retry_after=1)
    room.tg.faults.add(fault)
    room.tg.calls.clear()
    await room.mina.press(card, "انتشار")
    posts = await room.posts(1)

    assert len(posts) == 1
    assert room.peyk.gate.halted_for() == 0
