"""The model keeps the bank stocked for the plan, and what happens when it cannot."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from db import questions
from db.questions import Form, Stage
from handlers import quiz_model
from tests.handlers.test_quiz_desk import Writer, archived
from tests.llm_server import LLMServer, Mode
from tests.newsroom import Newsroom, newsroom
from tests.prompts.test_quiz_accept import GOOD

PLAN = ((6, time(9)),)


async def test_the_bank_is_stocked_for_the_plan_from_recent_posts(room: Newsroom) -> None:
    archived(room)
    writer = room.peyk.parts.model = Writer(GOOD)
    await quiz_model.work(room.peyk.parts)
    assert writer.asked == []
    object.__setattr__(room.peyk.parts.settings, "quiz_times", PLAN)
    await quiz_model.work(room.peyk.parts)
    await quiz_model.work(room.peyk.parts)

    (made,) = questions.find(room.db)
    assert (made.form, made.stage) == (Form.QUIZ, Stage.OFFERED)
    assert [prompt.name for prompt in writer.asked] == ["quiz", "quiz_solve"]


@pytest.mark.parametrize("mode", [Mode.GOOD, Mode.HOSTILE, Mode.CHATTY, Mode.REFUSAL, Mode.EMPTY])
async def test_a_model_that_cannot_write_quizzes_leaves_the_bank_empty(
    tmp_path: Path, mode: Mode
) -> None:
    async with LLMServer(mode) as llm, newsroom(tmp_path, llm=llm, quiz_times=PLAN) as stage:
        archived(stage)
        await quiz_model.work(stage.peyk.parts)
        asked = llm.calls
        await quiz_model.work(stage.peyk.parts)

        assert [one.form for one in questions.find(stage.db)] in ([], [Form.INTERVIEW])
        assert asked and llm.calls == asked


async def test_a_model_that_is_down_is_asked_again_about_the_same_post(tmp_path: Path) -> None:
    async with (
        LLMServer(Mode.DENIED) as llm,
        newsroom(tmp_path, llm=llm, quiz_times=PLAN) as stage,
    ):
        archived(stage)
        await quiz_model.work(stage.peyk.parts)
        asked = llm.calls
        await quiz_model.work(stage.peyk.parts)

        assert llm.calls > asked > 0 and questions.find(stage.db) == []
