"""Updates come in once, in order within a chat, and none of them stops the rest."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram import Update
from telegram.error import InvalidToken
from telegram.ext import Application, TypeHandler
from telegram.request import HTTPXRequest

from bot import updates as inbox_module
from bot.demo.faults import Fault
from bot.demo.server import EmbeddedTelegram
from bot.flood import FloodGate
from bot.updates import Inbox, lane_of
from db import updates
from db.schema import open_db
from tests.newsroom import Clock, Newsroom, newsroom

Handle = Callable[[Update], Awaitable[None]]


class Desk:
    """An inbox that fetches from an embedded Telegram and hands updates to `handle`."""

    def __init__(self, tg: EmbeddedTelegram, inbox: Inbox) -> None:
        self.tg, self.inbox, self.db = tg, inbox, inbox.db
        self.user = tg.add_user("سارا")
        self.chat = self.user.private()

    def say(self, text: str, chat: int = 0, update_id: int | None = None) -> int:
        """A message to the bot."""
        message = {
            "message_id": 1,
            "date": 1,
            "text": text,
            "chat": {"id": chat or self.chat.id, "type": "private"},
        }
        return self.tg.inject_update({"message": message}, update_id)

    async def counted(self, **states: int) -> None:
        """Wait until so many updates are in these states."""
        wanted = {name.replace("_", " "): count for name, count in states.items()}
        await self.until(lambda: updates.counts(self.db) == wanted)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for something in the database, which tells nobody when it changes."""
        async with asyncio.timeout(10):
            while not condition():
                await self.tg.changed.wait(0.02)


@asynccontextmanager
async def desk(path: Path, handle: Handle) -> AsyncIterator[Desk]:
    async with EmbeddedTelegram() as tg, HTTPXRequest() as request:
        app = Application.builder().token(tg.token).base_url(tg.url + "/bot").updater(None).build()
        app.add_handler(TypeHandler(Update, lambda update, context: handle(update)))
        await app.initialize()
        db = open_db(path)
        inbox = Inbox(app, db, FloodGate(), request, Clock())
        fetching = asyncio.create_task(inbox.fetch())
        try:
            yield Desk(tg, inbox)
        finally:
            fetching.cancel()
            await asyncio.wait([fetching])
            await inbox.close(1)
            await app.shutdown()
            db.close()


class Seen:
    """Remembers the texts that were handled."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def __call__(self, update: Update) -> None:
        if update.message:
            self.texts.append(update.message.text or "")


POISON: list[dict[str, Any]] = [
    {"message": {"chat": "nonsense"}},
    {"message": []},
    {"callback_query": {"id": 1}},
    {"message": {"message_id": 1, "date": "yesterday", "chat": {"id": 1e400, "type": "private"}}},
    {"message": {"message_id": 1, "date": 10**30, "chat": {"id": 1, "type": "private"}}},
]


@pytest.mark.parametrize("poison", POISON, ids=range(len(POISON)))
async def test_poison_is_set_aside_and_what_follows_is_handled(
    poison: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    seen = Seen()
    async with desk(tmp_path / "db", seen) as at:
        number = at.tg.inject_update(poison)
        at.say("سلام")
        await at.counted(done=1, set_aside=1)

        assert seen.texts == ["سلام"]
        assert f"update {number} cannot be parsed" in caplog.text


async def test_unknown_kinds_and_lone_surrogates_pass(tmp_path: Path) -> None:
    seen = Seen()
    async with desk(tmp_path / "db", seen) as at:
        at.tg.inject_update({"teleportation": {"to": "moon"}})
        answer = {"ok": True, "result": [json.loads(r'{"update_id": 1, "x": "\ud800"}')]}
        at.inbox.take(answer["result"])
        at.say("سلام")
        await at.counted(done=3)

        assert seen.texts == ["سلام"]


@pytest.mark.parametrize("update_id", [None, "1", 1.5, True, -1, 2**70])
async def test_an_update_without_a_usable_number_is_dropped(
    update_id: object, tmp_path: Path
) -> None:
    async with desk(tmp_path / "db", Seen()) as at:
        at.inbox.take([{"update_id": update_id, "message": {}}])
        at.say("سلام")

        await at.counted(done=1)


UNREADABLE = 3
"""Recorded updates that python-telegram-bot cannot parse."""


async def test_all_recorded_updates_go_through(shared: Path, tmp_path: Path) -> None:
    recorded = [json.loads(p.read_text()) for p in sorted((shared / "telegram/updates").glob("*"))]
    bare = [u for u in recorded if isinstance(u, dict)]
    async with desk(tmp_path / "db", Seen()) as at:
        for update in bare:
            at.tg.inject_update({k: v for k, v in update.items() if k != "update_id"})
        await at.until(lambda: updates.counts(at.db).get("done", 0) >= len(bare) - UNREADABLE)

        assert updates.counts(at.db) == {"done": len(bare) - UNREADABLE, "set aside": UNREADABLE}


async def test_delivered_twice_it_is_handled_once(tmp_path: Path) -> None:
    seen = Seen()
    async with desk(tmp_path / "db", seen) as at:
        number = at.say("یک بار")
        await at.counted(done=1)
        at.say("یک بار", update_id=number)
        at.say("دیگر")
        await at.counted(done=2)

        assert seen.texts == ["یک بار", "دیگر"]


async def test_a_slow_chat_keeps_its_order_and_holds_no_other(tmp_path: Path) -> None:
    seen, gate = Seen(), asyncio.Event()

    async def handle(update: Update) -> None:
        if update.message and update.message.text == "کند":
            await gate.wait()
        await seen(update)

    async with desk(tmp_path / "db", handle) as at:
        for text in ("کند", "دوم", "سوم"):
            at.say(text, chat=1)
        at.say("دیگری", chat=2)
        await at.counted(done=1, pending=3)
        assert seen.texts == ["دیگری"]
        gate.set()
        await at.counted(done=4)

        assert seen.texts == ["دیگری", "کند", "دوم", "سوم"]


@pytest.mark.parametrize("status", [409, 500, 502])
async def test_a_refused_getupdates_is_asked_again(
    status: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with desk(tmp_path / "db", Seen()) as at:
        at.tg.faults.add(Fault("getUpdates", "before", "status", status=status))
        at.say("نخست")
        at.say("دوم")
        await at.counted(done=2)

        assert "getUpdates failed" in caplog.text or "another program" in caplog.text


async def test_a_flood_of_getupdates_waits_as_long_as_told(tmp_path: Path) -> None:
    async with desk(tmp_path / "db", Seen()) as at:
        at.tg.faults.add(Fault("getUpdates", "before", "status", status=429, retry_after=1))
        at.say("نخست")
        await at.counted(done=1)
        at.say("دوم")
        await at.counted(done=2)


class Garbage:
    """A request that answers whatever it is told to, then waits for ever."""

    def __init__(self, answers: list[Any]) -> None:
        self.answers = answers

    async def post(self, url: str, read_timeout: float) -> Any:
        if not self.answers:
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_garbage_instead_of_updates_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "FIRST_PAUSE", 0.0)
    good = {"update_id": 7, "poll": None}
    garbage = Garbage(
        [{}, "x", None, [1, "2", None], [{"update_id": "a"}], KeyError("result"), [good, 3]]
    )
    async with desk(tmp_path / "db", Seen()) as at:
        at.inbox._request = garbage  # type: ignore[assignment]
        fetching = asyncio.create_task(at.inbox.fetch())
        await at.counted(done=1)

        assert not garbage.answers and not fetching.done()
        fetching.cancel()


async def test_a_revoked_token_ends_the_fetching(tmp_path: Path) -> None:
    async with desk(tmp_path / "db", Seen()) as at:
        at.tg.faults.add(Fault("getUpdates", "before", "status", status=401))

        with pytest.raises(InvalidToken):
            await at.inbox.fetch()


async def test_a_flood_of_updates_waits_at_telegram(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "MOST_IN_HAND", 50)
    gate = asyncio.Event()

    async def handle(update: Update) -> None:
        await gate.wait()

    async with desk(tmp_path / "db", handle) as at:
        for _ in range(1000):
            at.say("سیل")
        await at.until(lambda: updates.counts(at.db))
        await at.tg.changed.wait(0.2)
        assert sum(updates.counts(at.db).values()) <= 50 + 100
        gate.set()
        await at.counted(done=1000)


def test_a_lane_is_the_chat_else_the_user_else_common() -> None:
    press = {"data": "x", "from": {"id": 5}, "message": {"chat": {"id": -9}}}

    assert lane_of({"update_id": 1, "callback_query": press}) == -9
    assert lane_of({"update_id": 1, "inline_query": {"from": {"id": 5}}}) == 5
    assert lane_of({"update_id": 1, "message": {"chat": {"id": 1e400}}}) == 0
    assert lane_of({"update_id": 1, "poll": {"id": "5"}}) == 0


# Webhook


@asynccontextmanager
async def webhook_room(folder: Path, port: int) -> AsyncIterator[Newsroom]:
    url = f"http://127.0.0.1:{port}/hook"
    async with newsroom(
        folder, webhook_url=url, webhook_port=port, webhook_secret="s3cret"
    ) as room:
        yield room


async def test_by_webhook_updates_arrive_and_polling_takes_over_again(
    tmp_path: Path, free_port: int
) -> None:
    async with webhook_room(tmp_path, free_port) as room:
        chat = room.reader.private()
        assert await room.ask(room.reader, chat, "/start")
        assert not [call for call in room.tg.calls if call.method == "getUpdates"]
        object.__setattr__(room.settings, "webhook_url", "")
        await room.restart()

        assert await room.ask(room.reader, chat, "/help")


async def test_who_does_not_know_the_secret_is_turned_away(tmp_path: Path, free_port: int) -> None:
    async with webhook_room(tmp_path, free_port) as room, httpx.AsyncClient() as client:
        url, update = f"http://127.0.0.1:{free_port}/hook", {"update_id": 5, "poll": {}}
        for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "guess"}):
            answer = await client.post(url, json=update, headers=headers)
            assert answer.status_code == 403

        assert not updates.counts(room.db)


async def test_an_update_that_could_not_be_stored_comes_again(
    tmp_path: Path, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with webhook_room(tmp_path, free_port) as room:
        keep, refused = updates.keep, []

        def failing(*arguments: Any) -> list[int]:
            if not refused:
                refused.append(1)
                raise OSError("disk full")
            return keep(*arguments)

        monkeypatch.setattr(updates, "keep", failing)
        assert await room.ask(room.reader, room.reader.private(), "/start")

        assert refused


async def test_stored_but_not_handled_it_is_handled_by_the_next_peyk(tmp_path: Path) -> None:
    async with newsroom(tmp_path) as room:
        chat = room.reader.private()
        await room.stop()
        await room.reader.send(chat, "/start")
        raw = json.loads(room.tg.world.updates.pending.popleft().body)
        db = open_db(room.settings.db)
        updates.keep(db, [raw], room.clock())
        db.close()
        await room.start()

        assert await room.said(chat, "پیک")


# Posts of the channel


def post(number: int, **fields: Any) -> dict[str, Any]:
    """An update that tells of a post."""
    chat = {"id": -100, "type": "channel", "title": "کانال"}
    told = {"message_id": number, "date": 1, "text": str(number), "chat": chat}
    return {"update_id": number, "channel_post": told | fields}


class Slow:
    """Handles each update in two turns of the loop, and notes when it began and ended."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def __call__(self, update: Update) -> None:
        text = update.effective_message.text if update.effective_message else ""
        self.told.append(f"{text} begins")
        await asyncio.sleep(0)
        self.told.append(f"{text} ends")


async def test_posts_that_come_together_are_handled_side_by_side_in_order(tmp_path: Path) -> None:
    slow = Slow()
    async with desk(tmp_path / "db", slow) as at:
        at.inbox.take([post(1), post(2), post(3)])
        await at.counted(done=3)

    assert slow.told == [f"{n} {does}" for does in ("begins", "ends") for n in (1, 2, 3)]


async def test_whoever_writes_after_a_post_is_answered_when_it_is_handled(tmp_path: Path) -> None:
    slow = Slow()
    async with desk(tmp_path / "db", slow) as at:
        question = {"message_id": 1, "date": 1, "text": "؟", "chat": {"id": 5, "type": "private"}}
        at.inbox.take([post(1), {"update_id": 2, "message": question}])
        await at.counted(done=2)

    assert slow.told == ["1 begins", "1 ends", "؟ begins", "؟ ends"]


async def test_a_note_of_a_pin_waits_for_the_posts_before_it(tmp_path: Path) -> None:
    slow = Slow()
    async with desk(tmp_path / "db", slow) as at:
        note = post(2, pinned_message=post(1)["channel_post"])
        at.inbox.take([post(1), note, post(3)])
        await at.counted(done=3)

    assert slow.told == [f"{n} {does}" for n in (1, 2, 3) for does in ("begins", "ends")]


async def test_a_post_that_may_have_ended_a_process_is_handled_alone(tmp_path: Path) -> None:
    db = open_db(tmp_path / "db")
    updates.keep(db, [post(1), post(2)], Clock()())
    db.close()
    slow = Slow()
    async with desk(tmp_path / "db", slow) as at:
        assert at.inbox.resume() == 2
        await at.counted(done=2)

    assert slow.told == ["1 begins", "1 ends", "2 begins", "2 ends"]


async def test_a_start_is_calm_when_what_waited_is_handled(tmp_path: Path) -> None:
    go_on, handled = asyncio.Event(), Seen()

    async def handle(update: Update) -> None:
        await go_on.wait()
        await handled(update)

    async with desk(tmp_path / "db", handle) as at:
        at.say("سلام")
        await at.counted(pending=1)
        calm = asyncio.create_task(at.inbox.calm())
        assert not (await asyncio.wait([calm], timeout=0.3))[0]
        go_on.set()
        await asyncio.wait_for(calm, 5)

    assert handled.texts == ["سلام"]


async def test_a_start_waits_for_no_one_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "MOST_CALMING", 0.2)
    go_on = asyncio.Event()
    async with desk(tmp_path / "db", lambda update: go_on.wait()) as at:
        at.say("سلام")
        await at.counted(pending=1)
        await asyncio.wait_for(at.inbox.calm(), 5)
        go_on.set()
