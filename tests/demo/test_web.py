"""The people's side over HTTP, as the page uses it."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
)


@pytest.fixture
async def page(tg) -> AsyncIterator[httpx.AsyncClient]:
    """A browser's requests, from the page's own origin."""
    async with httpx.AsyncClient(base_url=tg.url, headers={"Origin": tg.url}) as client:
        yield client


async def events(page, person, count, headers=None, started=None):
    """The first `count` events of a stream, as (id, name, data)."""
    found, lines = [], {}
    address = f"/demo/events?as={person.id}"
    async with page.stream("GET", address, headers=headers) as stream:
        async for line in stream.aiter_lines():
            if started is not None and not line:
                started.set()
            name, _, value = line.partition(": ")
            if line:
                lines[name] = value
            elif "event" in lines:
                found.append((int(lines["id"]), lines["event"], json.loads(lines["data"])))
                lines = {}
            if len(found) == count:
                return found
    return found


async def test_the_page_learns_who_and_what_is_there(tg, page, admin, channel, group):
    tg.banner = "نمایش"
    reader = tg.add_user("سارا", "sara")
    tg.link(channel, tg.add_group("گپ", members=[reader]))
    tg.add_user("رضا")

    info = (await page.get("/demo/info")).json()
    people = (await page.get("/demo/people")).json()

    assert (info["channel"], info["admin_chat"], info["banner"]) == (
        channel.id,
        group.id,
        "نمایش",
    )
    roles = [("مینا", "admin"), ("سارا", "subscriber"), ("رضا", "user")]
    assert [(p["name"], p["role"]) for p in people] == roles


async def test_everybody_sees_their_own_chats(tg, page, admin, channel, group):
    reader = tg.add_user("خواننده")

    theirs = (await page.get(f"/demo/chats?as={reader.id}")).json()
    mine = (await page.get(f"/demo/chats?as={admin.id}")).json()

    assert [(c["type"], c["can_post"]) for c in theirs] == [("channel", False), ("private", True)]
    assert [c["id"] for c in mine] == [channel.id, group.id, admin.id]
    assert mine[0]["subtitle"] == "کانال، ۱ عضو"


async def test_messages_come_in_pages_oldest_first(bot, page, admin, channel):
    for i in range(5):
        await bot.send_message(channel.id, str(i))

    address = f"/demo/messages?as={admin.id}&chat={channel.id}"
    newest = (await page.get(f"{address}&limit=2")).json()["messages"]
    older = (await page.get(f"{address}&limit=2&before=4")).json()["messages"]

    assert [m["text"] for m in newest + older] == ["3", "4", "1", "2"]
    assert newest[0]["demo"]["mine"] is False
    assert newest[0]["demo"]["views"] == 1


async def test_the_chats_of_others_are_not_found(tg, page, admin, group):
    reader = tg.add_user("خواننده")

    for chat in group.id, admin.id, 5:
        answer = await page.get(f"/demo/messages?as={reader.id}&chat={chat}")
        assert answer.status_code == 404


async def test_typing_reaches_the_bot_with_its_links(bot, page, admin, group):
    words = "ببین example.com #خبر"
    body = {"as": admin.id, "chat": group.id, "text": words, "reply_to": None}
    sent = (await page.post("/demo/send", json=body)).json()
    reply = {**body, "text": "جواب", "reply_to": sent["message_id"]}
    answered = (await page.post("/demo/send", json=reply)).json()

    first, second = await bot.get_updates()
    assert [e.type for e in first.message.entities] == ["url", "hashtag"]
    assert second.message.reply_to_message.message_id == sent["message_id"]
    assert answered["demo"]["mine"] is True


async def test_a_press_brings_the_bots_words(bot, page, admin, group):
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("رد", callback_data="no")]])
    card = await bot.send_message(group.id, "کارت", reply_markup=markup)
    body = {"as": admin.id, "chat": group.id, "message": card.message_id, "data": "no"}
    press = asyncio.create_task(page.post("/demo/press", json=body))
    (update,) = await bot.get_updates(timeout=5)
    await update.callback_query.answer("رد شد", show_alert=True)

    assert (await press).json() == {"text": "رد شد", "show_alert": True, "url": None}


async def test_a_press_without_answer_says_so(bot, page, admin, group):
    admin.patience = 0.01
    card = await bot.send_message(group.id, "کارت")
    body = {"as": admin.id, "chat": group.id, "message": card.message_id, "data": "x"}

    assert (await page.post("/demo/press", json=body)).json() == {"timeout": True}


async def test_an_inline_query_brings_offers_and_one_is_sent(bot, page, admin, group):
    asked = asyncio.create_task(page.post("/demo/inline", json={"as": admin.id, "words": "مدل"}))
    (update,) = await bot.get_updates(timeout=5)
    said = InputTextMessageContent("متن یکم")
    await update.inline_query.answer([InlineQueryResultArticle("1", "یکم", said)])
    (offer,) = (await asked).json()["results"]
    body = {"as": admin.id, "chat": group.id, "result": offer}
    sent = (await page.post("/demo/choose", json=body)).json()

    assert (update.inline_query.query, sent["text"]) == ("مدل", "متن یکم")
    assert sent["via_bot"]["is_bot"]


async def test_a_silent_bot_offers_nothing_and_nonsense_is_refused(page, admin, group):
    admin.patience = 0.01
    silent = await page.post("/demo/inline", json={"as": admin.id, "words": "مدل"})
    nonsense = await page.post("/demo/choose", json={"as": admin.id, "chat": group.id})

    assert silent.json() == {"results": []}
    assert nonsense.status_code == 400


async def test_a_vote_shows_and_only_then_the_answer(bot, page, admin, channel):
    quiz = await bot.send_poll(
        channel.id, "؟", ["الف", "ب"], type="quiz", correct_option_ids=[1], explanation="چون"
    )
    address = f"/demo/messages?as={admin.id}&chat={channel.id}"
    before = (await page.get(address)).json()["messages"][0]
    body = {"as": admin.id, "chat": channel.id, "message": quiz.message_id, "options": [0]}
    after = (await page.post("/demo/vote", json=body)).json()

    assert "correct_option_ids" not in before["poll"]
    assert after["poll"]["correct_option_ids"] == [1]
    assert after["demo"]["my_vote"] == [0]
    assert (await page.post("/demo/vote", json={**body, "options": "x"})).status_code == 400


async def test_an_upload_is_a_photo_or_a_document(bot, page, admin, png):
    form = {"as": str(admin.id), "chat": str(admin.id), "caption": "متن"}
    photo = {"file": ("a.png", png, "image/png")}
    text = {"file": ("a.html", b"<script>", "text/html")}

    first = (await page.post("/demo/upload", data=form, files=photo)).json()
    second = (await page.post("/demo/upload", data=form, files=text)).json()

    shown = await page.get(first["demo"]["photo_url"])
    saved = await page.get(second["demo"]["document_url"])
    assert (shown.headers["Content-Type"], shown.content) == ("image/png", png)
    assert saved.headers["Content-Type"] == "application/octet-stream"
    assert saved.headers["Content-Disposition"] == "attachment"
    assert len(await bot.get_updates()) == 2


async def test_events_tell_what_happens_and_are_caught_up_after_a_break(bot, page, admin, channel):
    started = asyncio.Event()
    stream = asyncio.create_task(events(page, admin, 4, started=started))
    await started.wait()
    post = await bot.send_message(channel.id, "یک")
    await post.edit_text("دو")
    await post.pin()

    live = await stream
    missed = await events(page, admin, 2, headers={"Last-Event-ID": str(live[1][0])})

    assert [name for _, name, _ in live] == ["message", "edited", "pinned", "message"]
    assert live[2][2] == {"chat_id": channel.id, "message_id": post.message_id}
    assert missed == live[2:]


async def test_events_of_other_peoples_chats_stay_unseen(tg, bot, page, admin, channel):
    reader = tg.add_user("خواننده")
    await admin.send(admin.private(), "راز")
    await bot.send_message(channel.id, "پست")

    (seen,) = await events(page, reader, 1, headers={"Last-Event-ID": "0"})

    assert seen[2]["message"]["text"] == "پست"


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}],
)
@pytest.mark.parametrize("path", ["/demo/info", "/", "/page/index.html"])
async def test_other_sites_cannot_drive_it(page, headers, path):
    assert (await page.get(path, headers=headers)).status_code == 403


async def test_a_form_of_another_kind_sends_nothing(tg, page, admin, group):
    answer = await page.post("/demo/send", content=b"[]", headers={"Content-Type": "text/plain"})

    assert (answer.status_code, tg.messages(group)) == (400, [])


async def test_the_page_is_served_under_a_strict_policy(page):
    index = await page.get("/")

    assert index.status_code == 200
    assert index.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert index.headers["X-Content-Type-Options"] == "nosniff"
    assert (await page.get("/page/../server.py")).status_code == 404


async def test_a_server_that_stops_lets_its_pages_go(tg, page, admin):
    started = asyncio.Event()
    stream = asyncio.create_task(events(page, admin, 1, started=started))
    await started.wait()

    await tg.stop()

    outcome = await asyncio.gather(stream, return_exceptions=True)
    assert outcome == [[]] or isinstance(outcome[0], httpx.RemoteProtocolError)
