"""What is approved goes out in its order, at its time, and comes back when Telegram refuses it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot import schedule
from bot.channel import publish
from bot.demo.faults import Fault
from bot.demo.records import Message
from db import facts, outbox
from db.model import Actor, State
from tests.newsroom import Newsroom, newsroom

ADMIN = Actor(1, "مینا")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "PUBLISH_EVERY", timedelta(seconds=0.1))
    monkeypatch.setattr(publish, "RETRY", timedelta(0))
    monkeypatch.setitem(publish.Publisher.__init__.__kwdefaults__, "settle", 0.05)


async def approved(room: Newsroom, title: str, due: datetime) -> int:
    """A draft approved for this moment; its id."""
    await room.offer(title=title)
    draft_id = max(int(row[0]) for row in room.db.execute("select id from drafts").fetchall())
    payload = {"text": title, "entities": [], "photo": "", "tags": []}
    outbox.approve(
        *(room.db, draft_id, 1, "@peyk_ai", payload, due, ADMIN, room.clock()),
        expected=[State.OFFERED],
    )
    return draft_id


def texts(messages: list[Message]) -> list[str]:
    return [message.text or "" for message in messages]


async def test_posts_go_out_in_the_order_of_their_times(room: Newsroom) -> None:
    now = room.clock()
    for hours, title in ((3, "سوم"), (1, "اول"), (2, "دوم")):
        await approved(room, title, now + timedelta(hours=hours))
    room.clock.forward(hours=2)
    assert texts(await room.posts(2)) == ["اول", "دوم"]
    room.clock.forward(hours=1)

    assert texts(await room.posts(3)) == ["اول", "دوم", "سوم"]


async def test_slots_that_were_slept_through_are_made_up_for(room: Newsroom) -> None:
    now = room.clock()
    await approved(room, "نه", now + timedelta(hours=1))
    await approved(room, "سیزده", now + timedelta(hours=5))
    await room.stop()
    room.clock.forward(hours=30)
    await room.start()

    assert texts(await room.posts(2)) == ["نه", "سیزده"]


async def test_quiet_hours_hold_posts_back_but_not_those_meant_for_them(tmp_path: Path) -> None:
    async with newsroom(tmp_path, quiet_hours=(time(23), time(7))) as room:
        evening = datetime(2026, 11, 22, 19, 25, tzinfo=UTC)  # 22:55 in Tehran
        await approved(room, "دیر شده", evening)
        await approved(room, "برای شب", evening + timedelta(hours=3))
        room.clock.now = evening + timedelta(hours=4)
        assert texts(await room.posts(1)) == ["برای شب"]
        room.clock.forward(hours=5)

        assert texts(await room.posts(2)) == ["برای شب", "دیر شده"]


async def test_a_refused_post_comes_back_with_the_reason_and_the_next_goes_out(
    room: Newsroom,
) -> None:
    room.tg.faults.add(Fault("sendMessage", "before", "status", status=400, chat_id="@peyk_ai"))
    now = room.clock()
    refused = await approved(room, "ناپذیرفته", now)
    await approved(room, "پذیرفته", now + timedelta(seconds=1))
    room.clock.forward(seconds=2)
    assert texts(await room.posts(1)) == ["پذیرفته"]
    await room.tg.wait_for(lambda: room.state(refused) is State.OFFERED)

    assert "Internal Server Error" in (room.card(refused).text or "")
    assert room.card(refused).keyboard


async def test_thrown_out_of_the_channel_it_says_so_and_works_again_later(
    room: Newsroom,
) -> None:
    member = room.channel.members[room.tg.world.bot.id]
    member.status = "kicked"
    card = await room.offer()
    await room.mina.press(card, "انتشار")
    card = await room.new_card(card)
    assert "kicked" in (card.text or "")
    member.status = "administrator"
    await room.mina.press(card, "انتشار")

    assert len(await room.posts(1)) == 1


async def test_thrown_out_of_a_channel_known_by_number_it_says_so(tmp_path: Path) -> None:
    async with newsroom(tmp_path, running=False) as room:
        object.__setattr__(room.settings, "channel", room.channel.id)
        room.channel.members[room.tg.world.bot.id].status = "kicked"
        await room.start()
        card = await room.offer()
        await room.mina.press(card, "انتشار")
        card = await room.new_card(card)
        await room.stop()

        assert "kicked" in (card.text or "")


async def test_paused_nothing_goes_out_and_afterwards_everything(room: Newsroom) -> None:
    await room.ask(room.mina, room.group, "/pause")
    for n in range(3):
        await approved(room, f"پست {n}", room.clock())
    await room.peyk.parts.publisher.publish_due()
    assert not room.tg.messages(room.channel)
    await room.ask(room.mina, room.group, "/resume")

    assert len(await room.posts(3)) == 3


async def test_a_pause_stops_what_is_already_due(room: Newsroom) -> None:
    for n in range(5):
        await approved(room, f"پست {n}", room.clock() + timedelta(hours=1))

    async def pause() -> None:
        facts.put(room.db, "paused", True)

    room.tg.faults.add(Fault("sendMessage", "after", "call", call=pause, chat_id="@peyk_ai"))
    room.clock.forward(hours=1)
    await room.posts(1)
    await room.peyk.parts.publisher.publish_due()

    assert len(room.tg.messages(room.channel)) == 1


async def test_order_is_kept_while_the_network_is_away(room: Newsroom) -> None:
    fault = Fault("sendMessage", "before", "drop", times=2, chat_id="@peyk_ai")
    room.tg.faults.add(fault)
    for n, title in enumerate(("یک خبر", "دو خبر", "سه خبر")):
        await approved(room, title, room.clock() + timedelta(seconds=n))
    room.clock.forward(seconds=5)

    assert texts(await room.posts(3)) == ["یک خبر", "دو خبر", "سه خبر"]


async def test_recalled_in_the_last_moment_it_does_not_go_out(room: Newsroom) -> None:
    draft_id = await approved(room, "پس گرفته", room.clock() + timedelta(hours=1))
    outbox.recall(room.db, draft_id, 1, ADMIN, room.clock())
    room.clock.forward(hours=2)
    await room.peyk.parts.publisher.publish_due()

    assert not room.tg.messages(room.channel)
    assert room.state(draft_id) is State.OFFERED


async def test_a_decision_about_what_is_no_longer_in_doubt_changes_nothing(
    room: Newsroom,
) -> None:
    card = await room.offer()
    room.channel.has_protected_content = True
    await room.mina.send(room.channel, "گذشته")
    room.tg.world.updates.drop_all()
    room.tg.faults.add(Fault("sendMessage", "after", "drop", chat_id="@peyk_ai"))
    await room.mina.press(card, "انتشار")
    question = await room.said(room.group, "❓")
    there, resend = (row[0].callback_data for row in question.keyboard)
    await room.mina.press_data(question, there or "")
    await room.arash.press_data(question, resend or "")
    await room.peyk.parts.publisher.publish_due()

    assert room.state() is State.SENT
    assert len(room.tg.messages(room.channel)) == 2
