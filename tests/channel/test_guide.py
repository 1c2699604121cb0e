"""The guide in the channel, seen from the channel: made, pinned, kept true, made again."""

from __future__ import annotations

import re

import pytest

from bot import steps
from bot.channel.guide import ENOUGH
from bot.demo.faults import Fault
from bot.demo.records import Content, Message
from db import facts, guide, posts
from db.model import Post
from tests.newsroom import Newsroom, newsroom

HEADING = "راهنمای مطالب کانال"


async def write(room: Newsroom, *tags: str, count: int = ENOUGH) -> None:
    """Posts of the channel, each with these hashtags, in the archive already."""
    for _ in range(count):
        room.clock.forward(seconds=1)
        words = " ".join(f"#{tag}" for tag in tags)
        sent = room.tg.world.post(room.channel, Content(text=f"خبر\n\n{words}"), room.mina.user)
        posts.add(
            room.db,
            Post(
                *(room.channel.id, sent.message_id, sent.text or ""),
                published=room.clock(),
                url=f"https://t.me/peyk_ai/{sent.message_id}",
            ),
        )


async def turn(room: Newsroom) -> None:
    """Let the guide be looked after, when it has rested."""
    room.clock.forward(minutes=2)
    await steps.keep_guide(room.peyk.parts)


def guides(room: Newsroom) -> list[Message]:
    """The messages of the guide that stand in the channel."""
    ours = {row.message_id for row in guide.messages(room.db).values()}
    return [m for m in room.tg.messages(room.channel) if m.message_id in ours]


def root(room: Newsroom) -> Message:
    """The guide's first message."""
    row = guide.messages(room.db)["root"]
    return room.channel.messages[row.message_id]


async def test_the_guide_is_made_pinned_and_announced(room: Newsroom):
    await write(room, "مقاله")

    await turn(room)

    assert HEADING in (root(room).text or "") and "۱۰ پست" in (root(room).text or "")
    assert room.channel.pinned == [root(room).message_id]
    await room.said(room.group, "راهنمای هشتگ‌ها و مجموعه‌ها را در کانال ساختم")


async def test_too_few_posts_need_no_guide(room: Newsroom):
    await write(room, "مقاله", count=ENOUGH - 1)

    await turn(room)

    assert guides(room) == []


async def test_the_note_about_the_pin_is_removed(room: Newsroom):
    await write(room, "مقاله")
    await turn(room)

    await room.tg.wait_for(lambda: not any(m.is_service for m in room.tg.messages(room.channel)))

    assert posts.count(room.db) == ENOUGH


async def test_a_new_post_edits_the_guide_in_place(room: Newsroom):
    await write(room, "مقاله")
    await turn(room)
    first = root(room)

    await write(room, "مقاله", count=1)
    await turn(room)

    assert root(room) is first and "۱۱ پست" in (first.text or "")
    assert len(guides(room)) == 1


async def test_nothing_is_edited_while_nothing_changed(room: Newsroom):
    await write(room, "مقاله")
    await turn(room)
    room.tg.calls.clear()

    await turn(room)
    await room.restart()
    await turn(room)

    assert not [call for call in room.tg.calls if call.method == "editMessageText"]


async def test_many_posts_cost_one_update(room: Newsroom):
    await write(room, "مقاله")
    await turn(room)
    room.tg.calls.clear()

    for _ in range(5):
        await write(room, "مقاله", count=2)
        await steps.keep_guide(room.peyk.parts)
    await turn(room)

    assert "۲۰ پست" in (root(room).text or "")
    edits = [call for call in room.tg.calls if call.method == "editMessageText"]
    assert len(edits) <= 2


async def test_a_deleted_guide_is_made_again_and_pinned_alone(room: Newsroom):
    await write(room, "مقاله")
    await turn(room)
    await room.mina.delete(root(room))

    await write(room, "مقاله", count=1)
    await turn(room)

    assert "۱۱ پست" in (root(room).text or "")
    assert room.channel.pinned == [root(room).message_id]


async def test_a_deletion_is_noticed_without_a_new_post(room: Newsroom):
    await write(room, "مقاله")
    await turn(room)
    await room.mina.delete(root(room))

    room.clock.forward(hours=6)
    await turn(room)

    assert room.channel.pinned == [root(room).message_id]


async def test_an_edit_by_hand_is_put_right(room: Newsroom):
    await write(room, "مقاله")
    await turn(room)

    room.clock.forward(minutes=2)
    await room.mina.edit(root(room), "خط‌خطی")

    await room.says(root(room), HEADING)
    assert posts.count(room.db) == ENOUGH


async def test_an_unpinned_guide_stays_unpinned(room: Newsroom):
    await write(room, "مقاله")
    await turn(room)
    await room.mina.unpin(root(room))

    await write(room, "مقاله", count=1)
    await turn(room)

    assert room.channel.pinned == []


async def test_without_the_right_to_pin_the_guide_is_kept_and_the_admins_told_once(room: Newsroom):
    room.channel.members[room.tg.world.bot.id].rights = frozenset({"can_post_messages"})
    await write(room, "مقاله")
    await turn(room)
    await room.said(room.group, "نتوانستم سنجاق کنم")

    room.clock.forward(days=2)
    await write(room, "مقاله", count=1)
    await turn(room)

    assert "۱۱ پست" in (root(room).text or "")
    told = [m for m in room.tg.messages(room.group) if "سنجاق کنم" in (m.text or "")]
    assert len(told) == 1


async def test_a_large_guide_links_its_messages_to_each_other(room: Newsroom):
    for number in range(60):
        await write(room, f"موضوع_{number}", f"رشته_{number}", count=1)

    await turn(room)

    parts = guide.messages(room.db)
    links = {e.url for e in root(room).entities}
    assert set(parts) == {"root", "subject", "subject:2", "subject:3"}
    for part, row in parts.items():
        if part != "root":
            home = room.channel.messages[row.message_id].entities[-1].url
            assert f"https://t.me/peyk_ai/{row.message_id}" in links
            assert home == f"https://t.me/peyk_ai/{root(room).message_id}"


async def test_a_message_that_is_not_needed_any_more_goes(room: Newsroom):
    for number in range(60):
        await write(room, f"موضوع_{number}", count=1)
    await turn(room)
    assert len(guides(room)) == 3

    room.db.execute("update tags set hidden = 1 where id > 12")
    await turn(room)

    assert [m.message_id for m in guides(room)] == [root(room).message_id]
    assert len(room.tg.messages(room.channel)) == 61


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_guide_of_unknown_fate_is_there_once(room: Newsroom, when: str):
    await write(room, "مقاله")
    room.tg.faults.add(Fault("sendMessage", when=when, action="drop", chat_id="@peyk_ai"))
    await turn(room)
    assert guides(room) == []

    await turn(room)

    shown = [m for m in room.tg.messages(room.channel) if HEADING in (m.text or "")]
    assert shown == [root(room)] and room.channel.pinned == [root(room).message_id]


async def test_a_killed_process_leaves_no_second_guide(room: Newsroom):
    await write(room, "مقاله")
    await turn(room)
    row = guide.messages(room.db)["root"]
    intent = {"part": "root", "text": root(room).text, "at": "2026-11-22T04:30:00Z", "after": 10}
    facts.put(room.db, "guide:sending", intent)
    guide.drop(room.db, "root")
    await room.restart()

    await turn(room)

    assert guide.messages(room.db)["root"].message_id == row.message_id


async def test_pause_keeps_the_guide_still(room: Newsroom):
    await write(room, "مقاله")
    await room.ask(room.mina, room.group, "/pause")

    await turn(room)

    assert guides(room) == []


async def test_a_guide_that_is_not_wanted_is_not_made(tmp_path):
    async with newsroom(tmp_path, guide=False) as room:
        await write(room, "مقاله")
        await turn(room)

        assert guides(room) == []


async def test_the_operators_own_words_stand_around_it(tmp_path):
    words = {"guide_heading": "نقشهٔ کانال\nخوش آمدید", "guide_footer": "با ما: @peyk_ai"}
    async with newsroom(tmp_path, **words) as room:
        await write(room, "مقاله")
        await turn(room)

        lines = re.sub("[\u200e\u200f\u2060]", "", root(room).text or "").splitlines()
        assert lines[:2] == ["نقشهٔ کانال", "خوش آمدید"] and lines[-1] == "با ما: @peyk_ai"


async def test_the_guide_leaves_a_channel_with_its_pin(room: Newsroom):
    await write(room, "مقاله")
    await turn(room)
    other = room.tg.add_channel("کانال نو", "peyk_new", [room.mina], members=[])
    room.peyk.parts.guide._channel, room.peyk.parts.guide._chat_id = "@peyk_new", 0

    await write(room, "مقاله", count=1)
    await turn(room)

    assert room.channel.pinned == [] and len(other.pinned) == 1


async def test_a_guide_that_telegram_asks_to_wait_with_is_made_once(room: Newsroom):
    await write(room, "مقاله")
    room.tg.faults.add(Fault("sendMessage", action="status", status=429, retry_after=1))

    await turn(room)

    shown = [m for m in room.tg.messages(room.channel) if HEADING in (m.text or "")]
    assert shown == [root(room)]
