"""Quizzes and kill -9 with nothing shortened and nothing forked: `python -m bot run`."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.demo.faults import Fault
from bot.demo.records import Message
from db import rounds
from db.rounds import GROUP, Asked
from db.schema import open_db
from tests.faults.scene import Scene, scene
from tests.faults.test_quiz_killed import answer_all, bank
from tests.faults.test_real_process import Shell

pytestmark = pytest.mark.timeout(180)
CROWD = 3000


def open_poll(stage: Scene) -> None:
    """A question that stands in the group and takes answers for a day."""
    bank(stage, 2)
    with closing(open_db(stage.path)) as db:
        now = datetime.now(UTC)
        begun = rounds.begin(db, stage.group.id, 1, GROUP, [1], now)
        assert begun
        closes = now + timedelta(days=1)
        place = (stage.group.id, 1)
        rounds.asked(db, Asked("77", begun.id, GROUP, 0, 1, *place, (0,), closes))


def crowd(stage: Scene) -> None:
    """Everybody answers it, half of them rightly."""
    for user in range(CROWD):
        given = {"poll_id": "77", "option_ids": [user % 2], "option_persistent_ids": ["771"]}
        who = {"id": 50_000 + user, "is_bot": False, "first_name": "بازیکن"}
        stage.tg.inject_update({"poll_answer": given | {"user": who}})


async def test_a_burst_and_a_round_killed_in_their_midst_lose_nothing(tmp_path: Path) -> None:
    answers = "select count(*) from round_answers where round_id = 1"
    async with scene(tmp_path / "scene", Shell()) as stage:  # type: ignore[arg-type]
        open_poll(stage)
        await stage.start()
        await stage.reader.send(stage.reader.private(), "/quiz")
        player = asyncio.create_task(answer_all(stage, 2))
        await stage.until(lambda: stage.rows("select 1 from round_polls where round_id = 2"))
        crowd(stage)
        await stage.until(lambda: stage.rows(answers)[0][0] > 0)
        await stage.kill()
        assert 0 < stage.rows(answers)[0][0] < CROWD

        await stage.start()
        await player
        await stage.until(lambda: stage.rows("select 1 from rounds where state = 'done'"))
        await stage.until(lambda: stage.rows("select count(*) from answers") == [(CROWD + 2,)])
        await stage.stop()
        scores = "select count(*), sum(points), sum(answered) from scores where board = 'ever'"
        assert stage.rows(scores) == [(CROWD + 1, CROWD // 2 + 2, CROWD + 2)]


async def test_a_channels_quiz_killed_while_sent_comes_once_and_is_followed(
    tmp_path: Path,
) -> None:
    slot = datetime.now(ZoneInfo("Asia/Tehran")) - timedelta(minutes=1)
    plan = {"PEYK_QUIZ_TIMES": f"{slot:%a %H:%M}".lower(), "PEYK_QUIZ_ANSWER_HOURS": "0.0001"}
    async with scene(tmp_path / "scene", Shell()) as stage:  # type: ignore[arg-type]
        bank(stage, 2)
        stage.tg.faults.add(Fault("sendPoll", "after", "call", call=stage.kill))
        await stage.start(**plan)
        await stage.until(lambda: not stage.pid)
        (quiz,) = posts(stage)
        await stage.reader.vote(quiz, [0])
        await stage.mina.vote(quiz, [1])
        await stage.start(**plan)
        await stage.until(lambda: len(posts(stage)) == 2)
        await stage.stop()

        follow = posts(stage)[1]
        assert follow.reply_to is quiz and "٪۵۰ درست · ۲ رأی" in (follow.text or "")
        numbers = "select number, counts from question_posts where message_id is not null"
        assert stage.rows(numbers) == [(1, "[1, 1]")]


def posts(stage: Scene) -> list[Message]:
    """What ever stood in the channel."""
    return [m for m in stage.ever if m.sender is stage.tg.world.bot]
