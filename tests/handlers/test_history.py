"""An admin sends the channel's export; its posts come in, and changes only when told to."""

from __future__ import annotations

import asyncio
import json
import re
from threading import Event
from typing import Any

import pytest

from bot import app, importing
from bot.demo.people import Person
from bot.demo.records import Message
from db import guide, posts
from db.guide import Contents, Shelf
from handlers import history
from handlers.texts import history as words
from tests.newsroom import Newsroom, buttons


def message(number: int, text: str, **fields: Any) -> dict[str, Any]:
    told = {"id": number, "type": "message", "date_unixtime": str(1_700_000_000 + number)}
    return told | {"text": text, "text_entities": []} | fields


def export(room: Newsroom, *messages: Any) -> bytes:
    number = int(str(room.channel.id).removeprefix("-100"))
    header = {"name": "پیک", "type": "public_channel", "id": number}
    return json.dumps(header | {"messages": messages}).encode()


async def send(room: Newsroom, person: Person, content: bytes, name: str = "r.json") -> Message:
    """The bot's answer to a file."""
    sent = await person.send_file(person.private(), name, content, "application/json")
    return await room.tg.wait_message(
        person.private(), lambda m: m.message_id > sent.message_id and m.sender is not person.user
    )


async def test_the_history_comes_in_with_links_and_tags(room: Newsroom) -> None:
    status = await send(room, room.mina, export(room, message(1, "کهنه #خبر"), {"id": 2}))

    await room.says(status, "تازه: ۱ · از پیش دانسته: ۰")
    assert "۱ پیام ناخوانا" in (status.text or "")
    assert buttons(status) == []
    [post] = posts.find(room.db, "خبر")
    assert post["url"] == "https://t.me/peyk_ai/1"


async def test_changes_by_hand_are_applied_by_the_button(room: Newsroom) -> None:
    first = await send(room, room.mina, export(room, *(message(n, f"متن {n}") for n in (1, 2, 3))))
    await room.says(first, "تازه: ۳")
    edited = message(3, "تازه", edited_unixtime="1900000000")
    status = await send(room, room.mina, export(room, message(1, "متن 1"), edited))

    await room.says(status, "۱ ویرایش‌شده، ۱ پاک‌شده")
    assert posts.count(room.db) == 3
    await room.mina.press(status, words.APPLY)
    await room.says(status, "✅ در آرشیو اعمال شد.")
    assert {row["text"] for row in posts.find(room.db)} == {"متن 1", "تازه"}
    assert buttons(status) == []


async def test_only_an_admins_press_applies(room: Newsroom) -> None:
    await room.says(
        await send(room, room.mina, export(room, message(1, "الف"), message(2, "ب"))), "تازه: ۲"
    )
    gone = export(room, message(1, "الف", edited_unixtime="1900000000"), {"id": 3})
    status = await send(room, room.mina, gone)
    await room.says(status, "پاک‌شده")

    answer = await room.reader.press(status, words.APPLY)
    assert "مدیران" in answer.text and posts.count(room.db) == 2


async def test_a_file_that_is_no_export_gets_a_kind_word(room: Newsroom) -> None:
    status = await send(room, room.mina, b'{"messages": [')

    await room.says(status, "خروجی یک کانال از تلگرام دسکتاپ نیست")
    assert not re.search("[a-z]{3}", (status.text or "").replace(words.FORMAT, ""))


async def test_a_file_too_big_for_bots_is_for_the_shell(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "BIGGEST", 10)
    status = await send(room, room.mina, export(room))

    assert status.text == words.TOO_BIG


async def test_files_of_readers_are_not_taken(room: Newsroom) -> None:
    answer = await send(room, room.reader, export(room, message(1, "سلام")))

    assert answer.text == words.ONLY_ADMINS and posts.count(room.db) == 0


async def test_an_export_in_the_group_of_the_admins_is_sent_to_the_private_chat(
    room: Newsroom,
) -> None:
    content = export(room, message(1, "سلام"))
    await room.mina.send_file(room.group, "r.json", content, "application/json")

    await room.said(room.group, words.SEND_PRIVATELY)
    assert posts.count(room.db) == 0


def foreign(*messages: Any) -> bytes:
    header = {"name": "کانالی دیگر", "type": "public_channel", "id": 777}
    return json.dumps(header | {"messages": messages}).encode()


async def test_another_channel_comes_in_only_when_an_admin_says_so(room: Newsroom) -> None:
    status = await send(room, room.mina, foreign(message(1, "مهمان #خبر")))
    await room.says(status, "کانال دیگری است: «کانالی دیگر»")
    assert posts.count(room.db) == 0
    refused = await room.reader.press(status, words.BRING)
    assert "مدیران" in refused.text

    await room.mina.press(status, words.BRING)
    await room.says(status, "۱ پیام = ۱ پست")
    assert [row["text"] for row in posts.find(room.db, "خبر")] == ["مهمان #خبر"]
    assert guide.contents(room.db) == Contents() and not guide.count(room.db, Shelf("all"))


async def test_another_channel_stays_out_when_the_admin_says_no(room: Newsroom) -> None:
    status = await send(room, room.mina, foreign(message(1, "مهمان")))
    await room.says(status, "کانال دیگری است")

    await room.mina.press(status, words.LEAVE)
    await room.says(status, "چیزی از این پرونده وارد آرشیو نشد")
    assert buttons(status) == []
    assert posts.count(room.db) == 0


async def test_an_album_is_told_as_one_post(room: Newsroom) -> None:
    album = [message(n, "", photo="p", date_unixtime="1700000001") for n in (1, 2, 3)]
    status = await send(room, room.mina, export(room, *album, message(9, "متن")))

    await room.says(status, "۴ پیام = ۲ پست + ۲ پیام دیگر آلبوم‌ها")


async def test_what_the_export_says_is_no_link_in_the_answer(room: Newsroom) -> None:
    await room.says(
        await send(room, room.mina, export(room, message(1, "الف"), message(2, "@spam x.com"))),
        "تازه: ۲",
    )
    status = await send(room, room.mina, export(room, message(1, "الف"), message(3, "پ")))

    await room.says(status, "پاک‌شده")
    found = {entity.type for entity in status.entities}
    assert found <= {"bold", "text_link"}


async def test_how_far_it_is_is_shown(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "EVERY", 0.005)
    status = await send(room, room.mina, export(room, *(message(n, "متن") for n in range(1, 400))))
    await room.says(status, "تازه: ۳۹۹")

    edits = [call.params for call in room.tg.calls if call.method == "editMessageText"]
    assert any("٪ خوانده شد" in str(edit) for edit in edits)


async def test_posts_that_come_meanwhile_are_archived_too(room: Newsroom) -> None:
    old = [message(n, "متن #خبر") for n in range(10_000, 11_500)]
    sending = asyncio.create_task(send(room, room.mina, export(room, *old)))
    for number in range(60):
        await room.arash.send(room.channel, f"تازه {number}")
    await room.says(await sending, "تازه: ۱٬۵۰۰")
    await room.ask(room.reader, room.reader.private(), "/start")

    assert posts.count(room.db) == 1_560 and len(posts.find(room.db, "خبر", 2_000)) == 1_500


async def test_stopped_meanwhile_it_is_read_again_at_the_next_start(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = Event()

    def endless(*_: object, stop: Event, **__: object) -> None:
        begun.set()
        assert stop.wait(30)
        raise importing.Stopped

    monkeypatch.setattr(app, "PATIENCE", 0.2)
    with monkeypatch.context() as patch:
        patch.setattr(importing, "run", endless)
        await send(room, room.mina, export(room, message(1, "کهنه")))
        await room.tg.wait_for(begun.is_set)
        await room.stop()
    room.tg.calls.clear()
    await room.start()

    await room.said(room.mina.private(), "تازه: ۱")
    assert posts.count(room.db) == 1
