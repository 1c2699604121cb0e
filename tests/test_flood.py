"""One 429 silences the whole bot until it is over; nothing is lost, nothing makes it longer.

The clock of these event loops is virtual: minutes of waiting take no time.
"""

from __future__ import annotations

import asyncio
import itertools
import selectors
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from telegram.error import RetryAfter

from bot.answers import Answer, Draft, Kind, Sources
from bot.asking import Asking, Events
from bot.demo.errors import ApiError
from bot.demo.faults import Fault
from bot.demo.limits import FloodLimits
from bot.demo.records import ChatType
from bot.flood import FloodGate
from db.asks import Ask
from db.schema import open_db
from handlers.ask_desk import AskDesk
from tests.newsroom import Newsroom

GROUP, CHANNEL, READER = -1001, -1002, 7
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


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
        self._times: list[tuple[float, str, Any]] = []
        self.refused = 0
        self.during_ban = 0
        self._banned_until = 0.0

    def times_of(self, *methods: str) -> list[tuple[float, Any]]:
        """When such calls were made, and what they said."""
        return [(at, content) for at, method, content in self._times if method in methods]

    async def call(
        self, method: str, chat: int, content: object = None, leaves: int | None = None
    ) -> Any:
        """A call of the bot, as its rate limiter lets it through."""

        async def carry_out() -> bool:
            now = asyncio.get_running_loop().time()
            self.during_ban += now < self._banned_until
            try:
                kind: ChatType = "supergroup" if chat < 0 else "private"
                self.limits.check(method.lower(), (chat, kind), now)
            except ApiError as error:
                self.refused += 1
                wait = error.parameters["retry_after"]
                self._banned_until = now + wait
                raise RetryAfter(wait) from error
            self.went.append((method, content))
            self._times.append((now, method, content))
            return True

        data = {"chat_id": chat}
        return await self.gate.process_request(carry_out, (), {}, method, data, leaves)


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


def test_drafts_leave_a_chat_and_the_bot_room_for_messages() -> None:
    async def work() -> None:
        telegram = Strict(FloodLimits(overall=(30, 1.0), chat=(5, 5.0), group=(10**6, 1.0)))
        for second in range(60):
            await telegram.call("sendMessageDraft", READER, second)
            await asyncio.sleep(1.0)
        for method in ("sendMessage", "deleteMessage"):
            await telegram.call(method, READER)

        shown = [content for method, content in telegram.went if method == "sendMessageDraft"]
        assert telegram.refused == 0 and len(telegram.went) == len(shown) + 2
        assert len(shown) >= 30 and shown[0] == 0

    in_virtual_time(work)


def test_drafts_give_way_when_the_bot_is_busy() -> None:
    async def work() -> None:
        telegram = Strict(FloodLimits(overall=(30, 1.0), chat=(100, 1.0), group=(10**6, 1.0)))
        await asyncio.gather(*(telegram.call("sendMessage", n) for n in range(1, 25)))
        await telegram.call("sendMessageDraft", READER)

        assert [method for method, _ in telegram.went] == ["sendMessage"] * 24

    in_virtual_time(work)


def test_a_draft_that_is_one_too_many_is_not_sent_again() -> None:
    async def work() -> None:
        telegram = Strict(FloodLimits(overall=(1, 30.0), chat=(100, 1.0), group=(100, 1.0)))
        await telegram.call("sendMessage", CHANNEL)
        await telegram.call("sendMessageDraft", READER)

        assert telegram.refused == 1 and telegram.gate.halted_for() > 0
        assert asyncio.get_running_loop().time() < 1

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


class Chatting:
    """A bot whose calls go through the gate to a Telegram that counts them."""

    def __init__(self, telegram: Strict) -> None:
        self._telegram, self._numbers = telegram, itertools.count(100)

    async def _call(self, method: str, chat: int, text: str, leaves: int | None) -> bool:
        return bool(await self._telegram.call(method, chat, text, leaves))

    async def send_message_draft(self, chat: int, _: int, text: str, **more: Any) -> bool:
        return await self._call("sendMessageDraft", chat, text, more["rate_limit_args"])

    async def send_message(self, chat: int, text: str, **more: Any) -> Any:
        await self._call("sendMessage", chat, text, more.get("rate_limit_args"))
        return SimpleNamespace(message_id=next(self._numbers))

    async def edit_message_text(self, text: str, chat: int, *_: Any, **more: Any) -> None:
        await self._call("editMessageText", chat, text, None)

    async def delete_message(self, chat: int, *_: Any, **more: Any) -> None:
        await self._call("deleteMessage", chat, "", more["rate_limit_args"])


@pytest.mark.parametrize("seconds", [1.6, 4.0, 6.4, 7.2, 14.0])
def test_the_fifth_question_in_a_row_shows_its_first_words_as_soon_as_the_first(
    seconds: float,
) -> None:
    began: dict[str, float] = {}
    names = ("اول", "دوم", "سوم", "چهارم", "پنجم", "ششم", "هفتم")

    async def answer(question: str, earlier: object, *, by_model: bool) -> Events:
        yield Sources(())
        began[question] = asyncio.get_running_loop().time()
        for piece in range(int(seconds / 0.2)):
            yield Draft(f"{question} " * (piece + 1))
            await asyncio.sleep(0.2)
        yield Answer(Kind.GENERAL, question)

    async def work() -> None:
        telegram = Strict(FloodLimits(overall=(30, 1.0), chat=(5, 5.0), group=(20, 60.0)))
        db, bot = open_db(":memory:"), Chatting(telegram)
        desk = AskDesk(db, bot, GROUP, lambda: NOW, has_model=True)  # type: ignore[arg-type]
        asking = Asking(
            *(db, answer, lambda: desk), places=1, quota=99, zone=ZoneInfo("UTC"), now=lambda: NOW
        )
        for number, name in enumerate(names, 1):
            asking.take(Ask(READER, READER, number, name))
            while not any(name in str(text) for _, text in telegram.times_of("sendMessage")):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            await asyncio.sleep(0.5)
        await asking.close()

        seen = telegram.times_of("sendMessageDraft", "sendMessage")
        late = [next(at for at, text in seen if name in str(text)) - began[name] for name in names]
        assert telegram.refused == 0 and max(late) <= 1.0, late

    in_virtual_time(work)
