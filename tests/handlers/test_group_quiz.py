"""A quiz for all in the channel's discussion group."""

from dataclasses import replace
from pathlib import Path

from db import players, rounds
from handlers.rounds import watch
from tests.handlers.test_quiz import add, option, poll, polls, until
from tests.newsroom import Newsroom
from tests.test_updates import webhook_room


async def begin(room: Newsroom, questions: int = 2, people: int = 0):
    """The group in which a quiz has begun, and its members."""
    add(room, questions)
    crowd = [room.tg.add_user(f"بازیکن {number}") for number in range(people)]
    group = room.tg.add_group("گفت‌وگو", members=[room.reader, room.mina, room.outsider, *crowd])
    room.tg.link(room.channel, group)
    await room.reader.send(group, "/quiz")
    await poll(room, 1, group)
    return group, crowd


async def time_is_up(room: Newsroom) -> None:
    """Let the present question's time pass."""
    room.clock.forward(seconds=44)
    room.tg.world.close_due_polls()
    await until(lambda: not rounds.over_in_groups(room.db, room.clock()) or _heard(room))
    await watch(room.peyk.parts)


def _heard(room: Newsroom) -> bool:
    contact = room.peyk.inbox.last_contact
    return contact == room.clock()


async def test_a_group_plays_and_gets_its_scoreboard(room: Newsroom):
    group, _ = await begin(room)
    for number, outsiders in ((1, "درست"), (2, "نادرست")):
        message = await poll(room, number, group)
        await room.reader.vote(message, option(message, "درست"))
        await room.outsider.vote(message, option(message, outsiders))
        await time_is_up(room)

    board = (await room.said(group, "پایان کوییز")).text
    assert "۱. سارا — ۲ درست" in board and "۲. غریبه — ۱ درست" in board
    said = [m.text for m in room.tg.messages(group) if m.text and "پاسخ درست" in m.text]
    assert "از ۲ نفر، ۱ نفر درست گفت." in said[1]
    standing = await room.ask(room.mina, group, "/score")
    assert "جدول این گروه" in standing and "۱. سارا — ۲ امتیاز" in standing


async def test_two_hundred_answer_at_once_and_each_counts_once(room: Newsroom):
    group, crowd = await begin(room, 1, people=200)
    message = await poll(room, 1, group)
    right, wrong = option(message, "درست"), option(message, "شاید")
    for number, person in enumerate(crowd):
        await person.vote(message, wrong if number % 4 == 0 else right)
    for update in list(room.tg.world.updates.pending)[:50]:
        room.tg.world.updates._insert(update)
    await until(lambda: len(rounds.results(room.db, 1)) == 200)
    await time_is_up(room)

    await room.said(group, "از ۲۰۰ نفر، ۱۵۰ نفر درست گفتند")
    board, _ = players.look(room.db, players.group(group.id), 0, 300)
    assert len(board) == 150 and {one.points for one in board} == {1}


async def test_a_group_is_left_in_peace_when_nobody_answers(room: Newsroom):
    group, _ = await begin(room)
    await time_is_up(room)

    await room.said(group, "کسی جواب نداد")
    assert len(polls(room, group)) == 1 and not rounds.open_in(room.db, group.id)


async def test_one_quiz_at_a_time_and_its_starter_may_end_it(room: Newsroom):
    group, _ = await begin(room)
    assert "در جریان است" in await room.ask(room.outsider, group, "/quiz")
    assert "آغازش کرده" in await room.ask(room.outsider, group, "/cancel")
    await room.reader.send(group, "/cancel")

    await room.said(group, "می‌بندم")
    assert polls(room, group)[0].poll.is_closed


async def test_other_groups_get_no_quiz(room: Newsroom):
    add(room, 1)
    said = await room.ask(room.mina, room.group, f"/quiz@{room.peyk.bot.username}")

    assert "گفت‌وگوی کانال" in said and not polls(room, room.group)


async def test_a_groups_question_survives_a_restart(room: Newsroom):
    group, _ = await begin(room)
    message = await poll(room, 1, group)
    await room.stop()
    await room.reader.vote(message, option(message, "درست"))
    room.clock.forward(seconds=44)
    room.tg.world.close_due_polls()
    await room.start()

    await poll(room, 2, group)
    await room.said(group, "از ۱ نفر، ۱ نفر درست گفت.")


async def test_by_webhook_a_groups_question_closes_when_its_time_is_over(
    tmp_path: Path, free_port: int
):
    async with webhook_room(tmp_path, free_port) as room:
        group, _ = await begin(room, 1)
        message = await poll(room, 1, group)
        await room.reader.vote(message, option(message, "درست"))
        await until(lambda: rounds.results(room.db, 1))
        room.clock.forward(seconds=44)
        room.tg.world.close_due_polls()
        await watch(room.peyk.parts)

        await room.said(group, "از ۱ نفر، ۱ نفر درست گفت.")
        await room.said(group, "پایان کوییز")


async def test_a_chat_that_is_closed_to_us_ends_its_round(room: Newsroom):
    add(room, 2)
    private = room.reader.private()
    await room.reader.send(private, "/quiz")
    message = await poll(room, 1)
    await room.reader.block_bot()
    await room.reader.vote(message, option(message, "درست"))
    await until(lambda: not rounds.open_in(room.db, room.reader.id))

    assert rounds.first_answer(room.db, room.reader.id, 2) is True


async def test_names_of_players_lead_nowhere(room: Newsroom):
    group, _ = await begin(room, 1)
    for member in (room.reader, room.outsider):
        member.user = replace(member.user, first_name="@evil \u202ehttps://evil.example #x")
        message = await poll(room, 1, group)
        await member.vote(message, option(message, "درست"))
    await time_is_up(room)
    board = await room.said(group, "پایان کوییز")

    assert {entity.type for entity in board.content.entities} == {"bold"}
    assert "\u202e" not in board.text
