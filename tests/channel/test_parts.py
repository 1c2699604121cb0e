"""Series kept true: parts found, put in their places, linked."""

from __future__ import annotations

from dataclasses import replace

from bot.channel import pictures
from bot.demo.faults import Fault
from bot.demo.records import Message
from db import facts, series
from tests.newsroom import Newsroom
from tests.pictures import png
from tests.serial import kept, links, only, published, titles


async def parts_of_ours(room: Newsroom, count: int = 2) -> list[Message]:
    """So many posts of peyk's own, linked as a series."""
    assert series.create(room.db, "الفبای گیت", None, room.clock())
    found = []
    for number in range(1, count + 1):
        found.append(await published(room, title=f"پست {number}"))
        series.attach(room.db, 1, _ordinal(room, found[-1]))
    await room.publish_due()
    return found


def _ordinal(room: Newsroom, message: Message) -> int:
    row = room.db.execute(
        "select ordinal from posts where message_id = ?", [message.message_id]
    ).fetchone()
    return int(row[0])


async def test_links_follow_when_parts_change_places_or_leave(room: Newsroom) -> None:
    one, two, three = await parts_of_ours(room, 3)
    assert links(two) == {"قسمت پیشین": str(one.message_id), "قسمت بعدی": str(three.message_id)}

    series.detach(room.db, _ordinal(room, two))
    await room.publish_due()

    assert links(two) == {}
    assert links(one) == {"قسمت بعدی": str(three.message_id)}
    assert links(three) == {"قسمت پیشین": str(one.message_id)}


async def test_what_somebody_changed_by_hand_stays_when_links_are_written(room: Newsroom) -> None:
    one, two = await parts_of_ours(room)
    changed = replace(one.content, text=f"{one.text}\n\nپی‌نوشت")
    room.tg.world.edit(one, changed, one.markup)  # an edit of which no update tells
    series.detach(room.db, _ordinal(room, two))

    await room.publish_due()

    assert (one.text or "").endswith("پی‌نوشت") and links(one) == {}
    assert {e.type for e in one.content.entities} >= {"bold", "hashtag"}


async def test_posts_of_people_are_not_edited(room: Newsroom) -> None:
    posts = [await room.mina.send(room.channel, f"گیت - قسمت {n}") for n in ("اول", "دوم")]
    await kept(room)

    assert len(only(room).parts) == 2 and [links(post) for post in posts] == [{}, {}]
    assert not [call for call in room.tg.calls if call.method.startswith("edit")]


async def test_links_that_are_right_are_not_written_again(room: Newsroom) -> None:
    await parts_of_ours(room)
    room.tg.calls.clear()

    await room.publish_due()
    await room.publish_due()

    assert not [c for c in room.tg.calls if c.method in ("editMessageText", "forwardMessage")]


async def test_a_part_that_is_gone_is_noticed_and_passed_over(room: Newsroom) -> None:
    one, two, three = await parts_of_ours(room, 3)
    await room.mina.delete(two)
    series.swap(room.db, 1, 1, 2)

    await room.publish_due()
    await room.publish_due()

    assert links(three) == {"قسمت پیشین": str(one.message_id)}
    assert [part.title for part in only(room).parts] == ["پست ۱", "پست ۳"]


async def test_an_edit_that_telegram_asks_to_wait_with_is_made_once(room: Newsroom) -> None:
    one, two = await parts_of_ours(room)
    room.tg.faults.add(Fault("editMessageText", action="status", status=429, retry_after=1))
    room.tg.calls.clear()
    series.detach(room.db, _ordinal(room, two))

    await room.publish_due()

    edits = [c.error for c in room.tg.calls if c.method == "editMessageText"]
    assert (links(one), links(two)) == ({}, {})
    assert edits == [None, None]


async def test_the_caption_of_a_picture_carries_the_links_too(room: Newsroom) -> None:
    kept_at = pictures.folder(room.settings.db)
    picture = await pictures.keep(kept_at, "1.png", png(40, 40))
    assert series.create(room.db, "الفبای گیت", None, room.clock())
    first = await published(room, title="با تصویر", picture=picture)
    second = await published(room, title="بی‌تصویر")
    for post in (first, second):
        series.attach(room.db, 1, _ordinal(room, post))

    await room.publish_due()

    assert first.caption and links(first) == {"قسمت بعدی": str(second.message_id)}


async def test_links_wait_while_publishing_is_paused(room: Newsroom) -> None:
    one, two = await parts_of_ours(room)
    series.detach(room.db, _ordinal(room, two))

    facts.put(room.db, "paused", True)
    await room.publish_due()
    assert links(one) != {}
    facts.put(room.db, "paused", False)
    await room.publish_due()

    assert links(one) == {}


async def test_posts_by_hand_become_parts_by_their_titles(room: Newsroom) -> None:
    for words in ("مدلسازی زبان - قسمت اول", "خبر", "مدل‌سازی زبان (قسمت ۲)\n\nمتن"):
        await room.mina.send(room.channel, words)
    await kept(room)

    assert only(room).title == "مدلسازی زبان"
    assert titles(room) == {1: "مدلسازی زبان - قسمت اول", 2: "مدل‌سازی زبان (قسمت ۲)"}


async def test_a_post_that_answers_one_that_goes_on_is_its_next_part(room: Newsroom) -> None:
    first = await room.mina.send(room.channel, "آنتروپی چیست؟\n\nمتن.\n\nادامه دارد…")
    await room.mina.send(room.channel, "چیز دیگر")
    await room.mina.send(room.channel, "چطور اندازه بگیریم؟\n\nمتن", reply_to=first)
    await kept(room)

    assert only(room).title == "آنتروپی چیست؟"
    assert titles(room) == {1: "آنتروپی چیست؟", 2: "چطور اندازه بگیریم؟"}
