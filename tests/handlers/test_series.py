"""/series, and drafts that become parts, as admins do it."""

from __future__ import annotations

import pytest

from bot.demo.records import Message
from db import series, tags
from handlers import series_buttons
from tests.newsroom import Newsroom, buttons
from tests.serial import kept, links, only, published, titles


async def opened(room: Newsroom) -> Message:
    """What /series answers to Mina in the admin group."""
    sent = await room.mina.send(room.group, "/series")
    return await room.tg.wait_message(room.group, lambda m: m.message_id > sent.message_id)


async def press(room: Newsroom, message: Message, words: str) -> str:
    """Press, and wait until the message shows something else or an alert was shown."""
    before = message.text, buttons(message)
    answer = await room.mina.press(message, words)
    if not answer.show_alert:
        await room.tg.wait_for(lambda: (message.text, buttons(message)) != before)
    return answer.text or ""


async def replied(room: Newsroom, page: Message, button: str, text: str) -> Message:
    """Press a button that asks for words, and give them; what the bot answers."""
    last = room.tg.messages(room.group)[-1].message_id
    await room.mina.press(page, button)
    question = await room.tg.wait_message(room.group, lambda m: m.message_id > last)
    sent = await room.mina.send(room.group, text, reply_to=question)
    return await room.tg.wait_message(room.group, lambda m: m.message_id > sent.message_id)


async def made(room: Newsroom, words: str = "الفبای گیت #git") -> Message:
    """The page of a new series."""
    return await replied(room, await opened(room), "مجموعهٔ تازه", words)


async def test_a_series_is_made_with_its_hashtag(room: Newsroom) -> None:
    page = await made(room)

    assert "الفبای گیت" in (page.text or "") and "git" in (page.text or "")
    tag = tags.find(room.db, "#Git")
    assert tag and tag.kind == "series" and only(room).tag == "git"
    assert "#git" not in room.peyk.parts.vocabulary.tags


async def test_a_post_is_attached_by_its_link(room: Newsroom) -> None:
    post = await room.mina.send(room.channel, "پیش‌درآمد")
    await kept(room)

    told = await replied(
        room, await made(room), "افزودن پست", f"https://t.me/peyk_ai/{post.message_id}"
    )

    assert "قسمت ۱" in (told.text or "") and titles(room) == {1: "پیش‌درآمد"}


@pytest.mark.parametrize("link", ["https://t.me/peyk_ai/999", "https://t.me/other/1", "سلام"])
async def test_what_is_no_post_of_ours_may_be_answered_again(room: Newsroom, link: str) -> None:
    await room.mina.send(room.channel, "پیش‌درآمد")
    await kept(room)

    told = await replied(room, await made(room), "افزودن پست", link)

    assert "نمی‌شناسم" in (told.text or "") and only(room).parts == ()


async def test_a_post_is_attached_by_forwarding_it_in_private(room: Newsroom) -> None:
    post = await room.mina.send(room.channel, "پیش‌درآمد")
    await kept(room)
    await made(room)
    private = room.mina.private()
    sent = await room.mina.send(private, "/series")
    page = await room.tg.wait_message(private, lambda m: m.message_id > sent.message_id)
    await press(room, page, "الفبای گیت · ۰")
    await room.mina.press(page, "افزودن پست")

    await room.mina.forward(post, private)

    await room.said(private, "قسمت ۱ از")
    assert titles(room) == {1: "پیش‌درآمد"}


async def test_parts_are_moved_and_taken_out(room: Newsroom) -> None:
    for number in ("اول", "دوم", "سوم"):
        await room.mina.send(room.channel, f"گیت - قسمت {number}")
    await kept(room)
    page = await opened(room)
    await press(room, page, "گیت · ۳")
    await press(room, page, "ترتیب")

    await press(room, page, "۳. ")
    await press(room, page, "جلوتر")
    assert titles(room) == {1: "گیت - قسمت اول", 2: "گیت - قسمت سوم", 3: "گیت - قسمت دوم"}
    await press(room, page, "۱. ")
    await press(room, page, "بیرون‌آوردن")

    assert list(titles(room)) == [2, 3]
    series.look_again(room.db)
    await kept(room)
    assert list(titles(room)) == [2, 3]


async def test_a_series_ends_gets_another_name_and_is_dissolved(room: Newsroom) -> None:
    page = await made(room)
    shown = await replied(room, page, "تغییر نام", "گیت برای همه")
    await press(room, shown, "پایان یافت")
    assert (only(room).title, only(room).is_open) == ("گیت برای همه", False)

    await press(room, shown, "برچیدن")
    assert only(room)
    await press(room, shown, "برچین")

    assert series.listing(room.db) == [] and "هنوز مجموعه‌ای نیست" in (shown.text or "")


async def test_a_draft_becomes_the_next_part_and_links_both_ways(room: Newsroom) -> None:
    first = await published(room, title="شاخه‌ها")
    told = await replied(room, await made(room), "افزودن پست", f"t.me/peyk_ai/{first.message_id}")
    assert "قسمت ۱" in (told.text or "")

    card = await room.offer(title="ادغام")
    await press(room, card, "قسمت بعدی یک مجموعه")
    await room.mina.press(card, "قسمت بعدی «الفبای گیت»")
    card = await room.new_card(card, 2)
    assert room.draft(2).title == "ادغام (قسمت ۲)" and "#git" in room.draft(2).tags
    await room.mina.press(card, "انتشار")

    await room.tg.wait_for(lambda: "قسمت بعدی" in links(first))
    second = room.tg.messages(room.channel)[-1]
    assert links(first) == {"قسمت بعدی": str(second.message_id)}
    assert links(second) == {"قسمت پیشین": str(first.message_id)}
    assert (first.text or "").startswith("شاخه‌ها") and "#خبر" in (first.text or "")
    assert titles(room) == {1: "شاخه‌ها", 2: "ادغام (قسمت ۲)"}


async def test_a_draft_can_be_taken_out_of_its_series_again(room: Newsroom) -> None:
    await made(room)
    card = await room.offer(title="ادغام")
    await press(room, card, "قسمت بعدی یک مجموعه")
    await room.mina.press(card, "قسمت بعدی «الفبای گیت»")
    card = await room.new_card(card)
    await press(room, card, "قسمت بعدی یک مجموعه")

    await room.mina.press(card, "هیچ مجموعه‌ای")

    await room.new_card(card)
    assert room.draft().title == "ادغام" and series.planned(room.db, 1) is None


async def test_the_later_of_two_admins_changes_no_draft(room: Newsroom) -> None:
    await made(room)
    card = await room.offer(title="ادغام")
    await press(room, card, "قسمت بعدی یک مجموعه")
    await room.arash.send(room.group, "عنوان دیگر\nمتن دیگر", reply_to=card)
    await room.new_card(card)

    answer = await room.mina.press(card, "قسمت بعدی «الفبای گیت»")

    assert answer.show_alert and room.draft().title == "عنوان دیگر"
    assert series.planned(room.db, 1) is None


async def test_only_admins_see_and_change_series(room: Newsroom) -> None:
    page = await made(room)

    assert "مدیران" in await room.ask(room.outsider, room.group, "/series")
    answer = await room.outsider.press(page, "پایان یافت")

    assert "مدیران" in (answer.text or "") and only(room).is_open


async def test_a_button_of_what_is_gone_answers_politely(room: Newsroom) -> None:
    page = await made(room)
    series.remove(room.db, 1)

    answer = await press(room, page, "پایان یافت")

    assert "دیگر نیست" in answer
    await room.says(page, "هنوز مجموعه‌ای نیست")


@pytest.mark.parametrize("data", ["ser:x:1", "ser:one", "ser:one:a", "ser:into:1:2-", None])
def test_data_that_we_never_wrote_is_nothing(data: str | None) -> None:
    assert series_buttons.read(data) is None


async def test_a_second_reply_adds_a_second_part(room: Newsroom) -> None:
    first, second = [await room.mina.send(room.channel, words) for words in ("پیش", "پس")]
    await kept(room)
    await replied(room, await made(room), "افزودن پست", f"https://t.me/peyk_ai/{first.message_id}")

    link = f"https://t.me/peyk_ai/{second.message_id}"
    sent = await room.mina.send(room.group, link, reply_to=room.tg.messages(room.group)[-3])
    told = await room.tg.wait_message(room.group, lambda m: m.message_id > sent.message_id)

    assert "قسمت ۲" in (told.text or "")
