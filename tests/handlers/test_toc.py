"""/toc as people see it: one message, turned page by page."""

from __future__ import annotations

import re

import pytest

from bot.demo.records import Chat, Content, Message
from db import index, posts, series, tags
from db.guide import Shelf
from db.model import Post
from handlers import toc_buttons
from tests.newsroom import Newsroom, buttons


async def write(room: Newsroom, text: str, count: int = 1) -> None:
    """Posts of the channel, in the archive already; `{}` is their number."""
    for _ in range(count):
        room.clock.forward(minutes=1)
        sent = room.tg.world.post(room.channel, Content(text=text), room.mina.user)
        words = text.format(sent.message_id)
        url = f"https://t.me/peyk_ai/{sent.message_id}"
        posts.add(
            room.db,
            Post(room.channel.id, sent.message_id, words, published=room.clock(), url=url),
        )
    while index.catch_up(room.db):
        pass


async def ask(room: Newsroom, text: str = "/toc", chat: Chat | None = None) -> Message:
    """What the reader gets for a command."""
    chat = chat or room.reader.private()
    sent = await room.reader.send(chat, text)
    return await room.tg.wait_message(chat, lambda m: m.message_id > sent.message_id)


async def press(room: Newsroom, message: Message, words: str) -> str:
    """Press a button; what the message says then."""
    before = message.text, message.keyboard
    await room.reader.press(message, words)
    await room.tg.wait_for(lambda: (message.text, message.keyboard) != before)
    return bare(message)


def bare(message: Message) -> str:
    return re.sub("[\u200e\u200f\u2060]", "", message.text or "")


def urls(message: Message) -> list[str]:
    return [e.url for e in message.entities if e.url]


async def test_the_contents_lead_from_sections_to_tags_to_posts(room: Newsroom):
    await write(room, "خبر تازه\n\n#مدل_زبانی")
    message = await ask(room)
    assert "🏷 موضوع‌ها (۱)" in buttons(message)

    await press(room, message, "موضوع‌ها")
    shown = await press(room, message, "مدل زبانی (۱)")

    assert "#مدل_زبانی" in shown and "۱ پست" in shown
    assert "• خبر تازه — یکشنبه ۱ آذر ۱۴۰۵" in shown
    assert urls(message) == ["https://t.me/peyk_ai/1"]


async def test_pages_are_turned_on_one_message(room: Newsroom):
    await write(room, "خبر {}", 20)
    message = await ask(room)
    shown = await press(room, message, "همهٔ پست‌ها (۲۰)")
    assert "صفحهٔ ۱ از ۳" in shown and "• خبر 20 —" in shown and "• خبر 12 —" not in shown

    shown = await press(room, message, "بعدی")
    assert "صفحهٔ ۲ از ۳" in shown and "• خبر 12 —" in shown and "• خبر 5 —" in shown

    shown = await press(room, message, "آخر")
    assert "صفحهٔ ۳ از ۳" in shown and len(urls(message)) == 4

    shown = await press(room, message, "قبلی")
    assert "صفحهٔ ۲ از ۳" in shown
    assert "صفحهٔ ۱ از ۳" in await press(room, message, "اول")
    assert len(room.tg.messages(room.reader.private())) == 2


async def test_posts_without_a_tag_have_their_place(room: Newsroom):
    await write(room, "بی نشان")
    message = await ask(room)

    shown = await press(room, message, "بی‌برچسب (۱)")

    assert "• بی نشان — " in shown


async def test_many_tags_are_paged_too(room: Newsroom):
    for number in range(20):
        await write(room, f"خبر #موضوع_{number}")
    message = await ask(room)

    assert "۱ از ۲" in await press(room, message, "موضوع‌ها")
    await press(room, message, "بعدی")

    assert len([b for b in buttons(message) if b.startswith("موضوع")]) == 4


async def test_a_series_lists_its_parts_in_order(room: Newsroom):
    await write(room, "دوره، قسمت {}", 3)
    made = series.create(room.db, "دورهٔ زبان", None, room.clock())
    for post in posts.find(room.db):
        place = posts.by_message(room.db, room.channel.id, post["message_id"])
        series.attach(room.db, made.id, place.ordinal, post["message_id"])
    message = await ask(room)
    await press(room, message, "مطالب سریالی (۱)")

    shown = await press(room, message, "دورهٔ زبان (۳)")

    assert re.findall(r"قسمت (\d)", shown) == ["1", "2", "3"]


async def test_an_empty_archive_says_so(room: Newsroom):
    assert "هنوز پستی در آرشیو نیست" in bare(await ask(room))


async def test_a_deep_link_opens_a_tag(room: Newsroom):
    await write(room, "خبر #ربات")
    tag = tags.owner(room.db, "ربات")

    message = await ask(room, f"/start toc_{tag}")

    assert "#ربات" in bare(message) and urls(message) == ["https://t.me/peyk_ai/1"]


@pytest.mark.parametrize("parameter", ["toc", "toc_99", "toc_s5"])
async def test_a_deep_link_to_what_is_gone_opens_the_sections(room: Newsroom, parameter: str):
    await write(room, "خبر")

    assert "فهرست مطالب کانال" in bare(await ask(room, f"/start {parameter}"))


async def test_other_start_parameters_greet(room: Newsroom):
    assert "سلام! من پیکم" in bare(await ask(room, "/start tocx"))


async def test_a_page_whose_posts_were_deleted_gives_way_to_the_nearest(room: Newsroom):
    await write(room, "خبر {}", 9)
    message = await ask(room)
    await press(room, message, "همهٔ پست‌ها")
    posts.mark_deleted(room.db, room.channel.id, [1], room.clock())

    shown = await press(room, message, "بعدی")

    assert "• خبر 9 — " in shown and "• خبر 2 — " in shown


async def test_a_tag_that_is_gone_leads_back_to_the_sections(room: Newsroom):
    await write(room, "خبر #ربات")
    message = await ask(room)
    await press(room, message, "موضوع‌ها")
    room.db.execute("update tags set hidden = 1")

    answer = await room.reader.press(message, "ربات")

    assert "دیگر نیست" in (answer.text or "")
    await room.says(message, "فهرست مطالب کانال")


@pytest.mark.parametrize(
    "data", ["t:p:5:f:0", "t:zzz", "t:p:w99999999999:f:0:1", "t:c:all:1", "t:p:5:x:0:1"]
)
async def test_a_forged_button_is_answered_politely(room: Newsroom, data: str):
    await write(room, "خبر")
    message = await ask(room)

    answer = await room.reader.press_data(message, data)

    assert "دیگر کار نمی‌کند" in (answer.text or "")


@pytest.mark.parametrize("data", ["t:p:w999999999:a:1:1", "t:p:w0:f:0:1", "t:p:a:b:0:9999"])
async def test_impossible_places_change_nothing_for_the_worse(room: Newsroom, data: str):
    await write(room, "خبر")
    message = await ask(room)

    await room.reader.press_data(message, data)

    assert bare(message)


async def test_in_a_group_it_answers_only_when_it_is_named(room: Newsroom):
    await write(room, "خبر")

    await room.outsider.send(room.group, "/toc")
    await room.outsider.send(room.group, "/toc@peyk_bot")
    answer = await room.said(room.group, "فهرست مطالب کانال")

    assert len([m for m in room.tg.messages(room.group) if m.sender is room.tg.world.bot]) == 1
    assert buttons(answer)


async def test_titles_of_others_become_no_links_of_theirs(room: Newsroom):
    await write(room, "به evil.example.com سر بزنید @spam\n\n#خبر")
    message = await ask(room)
    await press(room, message, "همهٔ پست‌ها")

    assert {e.type for e in message.entities} == {"bold", "text_link"}
    assert urls(message) == ["https://t.me/peyk_ai/1"]


def test_callback_data_is_short_and_read_back():
    for shelf in (
        Shelf("all"),
        Shelf("tag", 10**11),
        Shelf("series", 5),
        Shelf("week", 3 * 10**7),
    ):
        name = toc_buttons.shelf_name(shelf)
        data = f"t:p:{name}:a:{10**17}:123456789"
        place = toc_buttons.read(data)
        assert place and place.shelf == shelf and len(data) <= 64
        assert toc_buttons.read_link(f"toc_{name}").shelf == shelf
