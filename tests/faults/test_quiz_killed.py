"""peyk may die anywhere in a round or in a burst of answers: none is lost, none counts twice.

The allowed blemishes: the word after an answer is said twice, and a question whose sending was
cut off stands twice in the chat; it takes its answer on either.
"""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.faults import Fault, When
from bot.demo.records import Message
from db import questions, rounds
from db.questions import Question, Stage
from db.rounds import GROUP, Asked
from db.schema import open_db
from tests.faults.runs import STORED, play_all, statements
from tests.faults.scene import Scene, Zygote

pytestmark = pytest.mark.timeout(300)
RIGHT = "درست"


def bank(stage: Scene, count: int) -> None:
    """Questions ready to be asked."""
    with closing(open_db(stage.path)) as db:
        for number in range(count):
            question = Question(
                f"پرسش {number}؟",
                options=(RIGHT, "نادرست"),
                correct=(0,),
                stage=Stage.APPROVED,
            )
            questions.add(db, question, datetime.now(UTC))


async def answer_all(stage: Scene, count: int) -> None:
    """Answer every question that comes, until the round is over."""
    answered: set[str] = set()

    def open_ones() -> list[Message]:
        found = [m for m in stage.tg.messages(stage.reader.private()) if m.poll]
        return [m for m in found if m.poll and m.poll.question not in answered]

    while len(answered) < count:
        await stage.until(open_ones)
        message = open_ones()[0]
        assert message.poll
        answered.add(message.poll.question)
        right = [n for n, option in enumerate(message.poll.options) if option.text == RIGHT]
        await stage.reader.vote(message, right)


async def settled(stage: Scene, count: int) -> None:
    """Wait until the round is over and all is counted, and look whether it is all there, once."""
    await stage.until(lambda: stage.rows("select 1 from rounds where state = 'done'"))
    await stage.until(lambda: stage.rows("select count(*) from answers") == [(count,)])
    await stage.stop()
    assert stage.rows("select points, answered from scores where board = 'ever'") == [
        (count, count)
    ]
    assert stage.rows("select count(*) from rounds") == [(1,)]
    assert stage.rows("select count(*) from reviews") == [(count,)]


async def play_round(stage: Scene, number: int) -> int:
    """A round of two questions, with a death at this statement; how many polls it took."""
    bank(stage, 2)
    await stage.reader.send(stage.reader.private(), "/quiz")
    player = asyncio.create_task(answer_all(stage, 2))
    await stage.start(PEYK_TEST_FROM=STORED, PEYK_TEST_NUMBER=number)
    if number < 10**9:
        done = "select 1 from rounds where state = 'done'"
        await stage.until(lambda: stage.has_ended() or stage.rows(done))
        if stage.has_ended():
            await stage.start()
    await player
    await settled(stage, 2)
    return sum(m.poll is not None for m in stage.tg.messages(stage.reader.private()))


async def test_a_round_killed_at_any_statement_comes_to_its_end(
    zygote: Zygote, tmp_path: Path
) -> None:
    ran = await statements(tmp_path, zygote, play_round)
    last = max(n for n, sql in enumerate(ran, 1) if "into reviews" in sql)

    polls = await play_all(tmp_path, zygote, play_round, range(1, last + 2, STEP))

    print(
        f"kill -9 at {len(polls)} SQL statements of a round; a question twice in "
        f"{sum(count > 2 for count in polls)} runs"
    )
    assert max(polls) <= 3


STEP = 3
"""Every third statement: a run takes seconds, and neighbours differ little."""


@pytest.mark.parametrize("method", ["sendPoll", "sendMessage"])
async def test_a_round_killed_during_a_call_comes_to_its_end(
    zygote: Zygote, tmp_path: Path, method: str
) -> None:
    async def during(stage: Scene, when: When) -> int:
        bank(stage, 2)
        await stage.reader.send(stage.reader.private(), "/quiz")
        stage.tg.faults.add(Fault(method, when, "call", call=stage.kill))
        player = asyncio.create_task(answer_all(stage, 2))
        await stage.start()
        await stage.until(stage.has_ended)
        await stage.start()
        await player
        await settled(stage, 2)
        return 1

    whens: tuple[When, When] = ("before", "after")
    assert await play_all(tmp_path, zygote, during, whens) == [1, 1]


CROWD = 120


async def burst(stage: Scene, number: int) -> int:
    """Many answer one poll of a group at once, some twice; peyk dies at this statement."""
    bank(stage, 1)
    with closing(open_db(stage.path)) as db:
        now = datetime.now(UTC)
        begun = rounds.begin(db, stage.group.id, 1, GROUP, [1], now)
        assert begun
        rounds.asked(
            db, Asked("77", 1, GROUP, 0, 1, stage.group.id, 1, (0,), now + timedelta(days=1))
        )
    for user in range(CROWD):
        given = {"poll_answer": {"poll_id": "77", "option_ids": [user % 2]}}
        given["poll_answer"] |= {
            "user": {"id": 5000 + user, "is_bot": False, "first_name": "بازیکن"},
            "option_persistent_ids": [f"77{user % 2}"],
        }
        for _ in range(1 + user % 2):
            stage.tg.inject_update(given)
    await stage.start(PEYK_TEST_FROM=STORED, PEYK_TEST_NUMBER=number)
    if number < 10**9:
        await stage.until(stage.has_ended)
        await stage.start()
    await stage.until(lambda: stage.rows("select count(*) from answers") == [(CROWD,)])
    await stage.stop()
    points = "select count(*), sum(points), sum(answered) from scores where board = 'ever'"
    assert stage.rows(points) == [(CROWD, CROWD // 2, CROWD)]
    return 1


async def test_a_burst_of_answers_killed_anywhere_counts_each_once(
    zygote: Zygote, tmp_path: Path
) -> None:
    ran = await statements(tmp_path, zygote, burst)
    step = max(len(ran) // 12, 1)

    done = await play_all(tmp_path, zygote, burst, range(2, len(ran) * 3 // 4, step))

    print(f"kill -9 at {len(done)} of {len(ran)} SQL statements in a burst of {CROWD} answers")
