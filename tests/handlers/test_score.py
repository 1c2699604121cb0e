"""/score, the boards and what players wish."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from bot import schedule
from db import players, rounds
from handlers import score
from tests.handlers.test_quiz import add, option, play, poll, until
from tests.newsroom import Newsroom, newsroom


async def card(room: Newsroom, person=None):
    """The newest /score of somebody who has played."""
    person = person or room.reader
    await person.send(person.private(), "/score")
    return await room.tg.wait_message(person.private(), lambda m: m.photo)


def plainly(text: str) -> str:
    """A text without marks of direction."""
    return re.sub("[\u200e\u200f\u2060]", "", text)


async def join(room: Newsroom, person, name: str) -> str:
    """Answer the question for a name, and what is said to that."""
    await person.press(await card(room, person), "نامم در جدول")
    asked = await room.said(person.private(), "با چه نامی")
    sent = await person.send(person.private(), name, reply_to=asked)
    said = await room.tg.wait_message(person.private(), lambda m: m.message_id > sent.message_id)
    return said.text


async def finished(room: Newsroom, *answers: str, person=None) -> None:
    """Play a round to its end."""
    person = person or room.reader
    await play(room, *answers, person=person)
    await room.said(person.private(), "پایان دور")


async def test_before_the_first_answer_there_is_nothing_to_show(room: Newsroom):
    assert "با \u200e/quiz آغاز کنید" in await room.ask(
        room.reader, room.reader.private(), "/score"
    )


async def test_the_score_shows_streak_subjects_and_what_is_due(room: Newsroom):
    from PIL import Image

    add(room, 2)
    await finished(room, "درست", "نادرست")
    room.clock.forward(days=1)
    add(room, 1, "#بینایی_ماشین")
    await room.reader.send(room.reader.private(), "/quiz بینایی ماشین")
    message = await poll(room, 3)
    await room.reader.vote(message, [0])
    await room.said(room.reader.private(), "از ۱ درست")
    shown = await card(room)

    assert "۲ روز پیاپی (بیشترین: ۲)" in shown.caption
    assert "• LLM: ۱ از ۲ (٪۵۰)" in plainly(shown.caption)
    assert "بار نخست: ۱ درست از ۳" in shown.caption and "مرور تا پایان امروز" in shown.caption
    assert "• بینایی ماشین" in plainly(shown.caption)
    picture = Image.open(BytesIO(shown.photo.content))
    assert picture.format == "PNG" and picture.width == 1080


async def test_names_come_to_the_board_only_when_wished(room: Newsroom):
    add(room, 2)
    await finished(room, "درست", "درست")
    await finished(room, "درست", "نادرست", person=room.mina)
    shown = await card(room)
    await room.reader.press(shown, "جدول این هفته")
    await room.said(room.reader.private(), "هنوز کسی در این جدول نیست")

    assert "«سارای کوییز»" in await join(room, room.reader, "سارای کوییز")
    assert "کس دیگری" in await join(room, room.mina, "ساراي كوييز")
    await room.mina.press(await card(room, room.mina), "جدول کل")
    board = await room.said(room.mina.private(), "۱. سارای کوییز — ۲ امتیاز")
    assert "شما — ۱ امتیاز؛ نامتان در جدول نیست" in board.text
    await room.reader.press(await card(room), "جدول کل")
    own = await room.said(room.reader.private(), "۱. سارای کوییز (شما) — ۲ امتیاز")
    await room.reader.press(own, "بیرون از جدول")
    await room.said(room.reader.private(), "برداشته شد")
    assert players.look(room.db, players.EVER, room.reader.id)[0] == []


@pytest.mark.parametrize(
    "name", ["@mina", "t.me/x", "ا", "۱۲۳۴", "ن" * 25, "/start", "example.com", "", " \n "]
)
def test_names_that_lead_somewhere_or_say_nothing_are_refused(name):
    assert score.acceptable(name) == ""


async def test_the_reminder_comes_at_its_hour_and_only_when_something_is_due(room: Newsroom):
    add(room, 1)
    await finished(room, "نادرست")
    private = room.reader.private()
    await room.reader.press(await card(room), "یادآور روزانه")
    hours = await room.said(private, "چه ساعتی")
    await room.reader.press(hours, "۹")
    await room.said(private, "هر روز ساعت ۹")
    parts = room.peyk.parts

    assert await score.remind(parts) == 0  # it is eight
    room.clock.forward(hours=1)
    assert [await score.remind(parts), await score.remind(parts)] in ([1, 0], [0, 0])
    await room.said(private, "۱ پرسش برای مرور")
    await room.reader.send(private, "/quiz")
    message = await poll(room, 2)
    await room.reader.vote(message, option(message, "درست"))
    await until(lambda: not players.count_due(room.db, room.reader.id, room.clock()))
    room.db.execute("update reviews set due = '2030-01-01T00:00:00Z'")
    room.clock.forward(days=1)
    assert await score.remind(parts) == 0


async def test_the_job_reminds_at_the_hour_of_the_user_and_is_silent_when_nothing_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(schedule, "REMIND_EVERY", timedelta(seconds=0.1))
    async with newsroom(tmp_path) as room:
        private = room.reader.private()
        add(room, 1)
        await finished(room, "نادرست")
        players.remind(room.db, room.reader.id, 9)
        players.remind(room.db, room.mina.id, 9)
        room.clock.forward(minutes=59)
        for minutes in (1, 24 * 60):
            assert sum("برای مرور" in (m.text or "") for m in room.tg.messages(private)) == 0
            room.clock.forward(minutes=minutes)
            await until(lambda: not due_today(room))
            if minutes == 1:
                await room.said(private, "۱ پرسش برای مرور در نوبت است")
                await room.reader.delete(room.tg.messages(private)[-1])
                room.db.execute("update reviews set due = '2030-01-01T00:00:00Z'")
        assert not room.tg.messages(room.mina.private())


def due_today(room: Newsroom) -> list[int]:
    """Whose reminder of today was not looked at yet."""
    today = room.clock().astimezone(room.settings.timezone).date().isoformat()
    return players.to_remind(room.db, today, range(24))


async def test_chosen_subjects_lead_the_next_round(room: Newsroom):
    add(room, 1, "#LLM")
    (other,) = add(room, 1, "#بینایی_ماشین")
    await room.reader.send(room.reader.private(), "/quiz LLM")
    message = await poll(room, 1)
    await room.reader.vote(message, option(message, "درست"))
    await room.said(room.reader.private(), "پایان دور")
    add(room, 1, "#LLM")
    await room.reader.press(await card(room), "موضوع‌ها")
    listed = await room.said(room.reader.private(), "از کدام موضوع‌ها")
    await room.reader.press(listed, "بینایی ماشین")
    await until(lambda: players.get(room.db, room.reader.id).subjects)
    await room.reader.send(room.reader.private(), "/quiz")
    message = await poll(room, 2)

    assert message.poll.question == f"پرسش {other}؟"


async def test_forget_erases_a_player_and_says_what(room: Newsroom):
    add(room, 3)
    await finished(room, "درست", "درست", "نادرست")
    await join(room, room.reader, "سارا")
    players.remind(room.db, room.reader.id, 9)
    said = await room.ask(room.reader, room.reader.private(), "/forget")

    assert "۳ پاسخ کوییز" in said and "«سارا»" in said and "یادآور روزانه" in said
    tables = ("answers", "reviews", "rounds", "round_answers", "players", "scores")
    for table in tables:
        rows = room.db.execute(f"select count(*) from {table} where user_id = ?", [room.reader.id])
        assert rows.fetchone() == (0,), table
    assert room.db.execute("select sum(above) from score_places").fetchone() == (0,)
    assert "با \u200e/quiz آغاز کنید" in await room.ask(
        room.reader, room.reader.private(), "/score"
    )


async def test_a_missed_day_ends_the_streak(room: Newsroom):
    add(room, 1)
    await finished(room, "درست")
    player = players.get(room.db, room.reader.id)
    today = room.clock().date()

    days = [players.streak(player, today + timedelta(days=after)) for after in (0, 1, 2)]
    assert days == [1, 1, 0]


async def test_a_name_that_will_not_do_is_asked_for_again(room: Newsroom):
    add(room, 1)
    await finished(room, "درست")
    private = room.reader.private()
    assert "نمی‌شود نشان داد" in await join(room, room.reader, "@evil")
    refused = await room.said(private, "نمی‌شود نشان داد")
    await room.reader.send(private, "سارا", reply_to=refused)

    await room.said(private, "از این پس در جدول‌ها «سارا» هستید")


@pytest.mark.parametrize(
    "name", ["\u202eآراس", "سا\u200bرا", "\u2066x\u2069y", "سارا\u0300\u0301\ufdfd\u202d"]
)
def test_marks_that_turn_a_line_around_are_no_part_of_a_name(name):
    assert score.acceptable(name) == ""


async def test_reviews_are_on_the_picture_and_in_what_is_known(room: Newsroom):
    add(room, 1)
    await finished(room, "نادرست")
    for _ in range(3):
        await until(lambda: not rounds.open_in(room.db, room.reader.id))
        room.clock.forward(days=40)
        await finished(room, "درست")
    await until(lambda: not rounds.open_in(room.db, room.reader.id))
    begun = room.clock() - timedelta(days=150)

    assert [right for _, right in players.by_day(room.db, room.reader.id, begun)] == [0, 1, 1, 1]
    assert players.learnt(room.db, room.reader.id) == 1
    assert "بار نخست: ۰ درست از ۱" in (await card(room)).caption
