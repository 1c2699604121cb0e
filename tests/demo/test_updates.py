"""Updates: long polling and webhooks, as an unmodified python-telegram-bot meets them."""

import asyncio
import json

import pytest
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken
from telegram.ext import ApplicationBuilder, MessageHandler, filters
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from bot.demo.faults import Fault


def ids(updates):
    return [update.update_id for update in updates]


async def test_updates_stay_until_they_are_confirmed(bot, admin, group):
    await admin.send(group, "یک")
    await admin.send(group, "دو")

    first, second = await bot.get_updates()
    assert ids(await bot.get_updates()) == [first.update_id, second.update_id]
    assert ids(await bot.get_updates(offset=second.update_id)) == [second.update_id]
    assert ids(await bot.get_updates(offset=second.update_id + 1)) == []


async def test_a_negative_offset_keeps_only_the_newest(bot, admin, group):
    for word in "الف", "ب", "پ":
        await admin.send(group, word)

    (last,) = await bot.get_updates(offset=-1)

    assert last.message.text == "پ"
    assert ids(await bot.get_updates()) == [last.update_id]


async def test_at_most_a_hundred_come_at_once(tg, bot, admin, group):
    for i in range(120):
        await admin.send(group, str(i))

    assert len(await bot.get_updates(limit=100)) == 100
    assert len(await bot.get_updates(limit=3)) == 3


def next_call(tg, method):
    """An event that is set when the next call of this method arrives."""
    arrived = asyncio.Event()

    async def note() -> None:
        arrived.set()

    tg.faults.add(Fault(method, when="before", action="call", call=note))
    return arrived


async def test_a_waiting_call_returns_with_the_first_update(tg, bot, admin, group):
    arrived = next_call(tg, "getUpdates")
    waiting = asyncio.create_task(bot.get_updates(timeout=30))
    await arrived.wait()
    await admin.send(group, "سلام")

    (update,) = await asyncio.wait_for(waiting, 5)

    assert update.message.text == "سلام"


async def test_a_second_poller_ends_the_first(tg, bot, admin, group):
    async with Bot(tg.token, base_url=f"{tg.url}/bot") as other:
        arrived = next_call(tg, "getUpdates")
        first = asyncio.create_task(bot.get_updates(timeout=30))
        await arrived.wait()
        second = asyncio.create_task(other.get_updates(timeout=30))

        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        await admin.send(group, "x")
        assert len(await second) == 1


async def test_only_the_wanted_kinds_are_kept(bot, admin, channel, group):
    await bot.get_updates(allowed_updates=["channel_post"])
    await admin.send(group, "x")
    await admin.send(channel, "y")

    (update,) = await bot.get_updates()

    assert update.channel_post.text == "y"


async def test_any_object_can_be_injected_and_delivered_twice(tg, bot):
    raw = {"poll_answer": {"poll_id": "1", "option_ids": [], "option_persistent_ids": []}}
    number = tg.inject_update(raw)
    assert ids(await bot.get_updates()) == [number]
    assert ids(await bot.get_updates(offset=number + 1)) == []

    tg.inject_update(raw, update_id=number)
    tg.inject_update(raw)

    assert ids(await bot.get_updates(offset=number + 1)) == [number, number + 1]
    assert ids(await bot.get_updates(offset=number + 1)) == [number + 1]


async def test_the_bot_does_not_hear_itself(bot, channel, group):
    await bot.send_message(channel.id, "x")
    message = await bot.send_message(group.id, "y")
    await message.edit_text("z")

    assert await bot.get_updates() == ()


async def test_people_are_heard_in_their_own_kinds(tg, bot, admin, channel, group):
    post = await admin.send(channel, "پست")
    await admin.edit(post, "پست نو")
    await admin.edit(await admin.send(admin.private(), "/start x"), "/stop")

    kinds = [
        (u.channel_post or u.edited_channel_post or u.effective_message).text
        for u in await bot.get_updates()
    ]
    assert kinds == ["پست", "پست نو", "/start x", "/stop"]


async def test_a_wrong_token_is_refused(tg):
    with pytest.raises(InvalidToken):
        async with Bot("43:OTHER", base_url=f"{tg.url}/bot"):
            pass


async def test_an_unmodified_application_polls(tg, admin, group):
    heard = []

    async def hear(update: Update, context: object) -> None:
        heard.append(update.effective_message.text)
        await update.effective_message.reply_text("شنیدم")

    app = ApplicationBuilder().token(tg.token).base_url(f"{tg.url}/bot").build()
    app.add_handler(MessageHandler(filters.ALL, hear))
    async with app:
        await app.start()
        await app.updater.start_polling(poll_interval=0)
        await admin.send(group, "سلام")
        answer = await tg.wait_message(group, lambda m: m.text == "شنیدم")
        await app.updater.stop()
        await app.stop()

    assert (heard, answer.reply_to.text) == (["سلام"], "سلام")


class Hook(RequestHandler):
    """A bot's side of a webhook, which refuses the first update once."""

    def initialize(self, got: list) -> None:
        self.got = got

    async def post(self) -> None:
        self.got.append(
            (
                self.request.headers.get("X-Telegram-Bot-Api-Secret-Token"),
                json.loads(self.request.body)["update_id"],
            )
        )
        self.set_status(500 if len(self.got) == 1 else 200)


async def test_a_webhook_gets_updates_in_order_and_again_after_a_failure(tg, bot, admin, group):
    got: list = []
    app = Application([("/hook", Hook, {"got": got})], log_function=lambda handler: None)
    server, sockets = HTTPServer(app), bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}/hook"
    await bot.set_webhook(url, secret_token="s3cret")
    for word in "الف", "ب":
        await admin.send(group, word)

    await tg.wait_for(lambda: not tg.world.updates.pending)

    first = got[0][1]
    assert got == [("s3cret", first), ("s3cret", first), ("s3cret", first + 1)]
    assert "500" in (await bot.get_webhook_info()).last_error_message
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()
    server.stop()
    await server.close_all_connections()
