"""The day's ceiling, and the books."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.errors import ModelBusy, OverBudget
from bot.models.budget import Budgeted
from bot.models.door import Prompt, Reply
from db import usage
from db.schema import open_db

TEHRAN = ZoneInfo("Asia/Tehran")
NOON = datetime(2026, 11, 21, 12, tzinfo=TEHRAN)
PROMPT = Prompt("summary", "1-abc", "s", "u", max_tokens=100, item_id=7)


class Costly:
    """Takes 60 tokens a call, and a turn of the loop."""

    name = "costly"
    fails = False
    running = 0
    most_running = 0

    async def complete(self, prompt: Prompt) -> Reply:
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        await asyncio.sleep(0)
        self.running -= 1
        if self.fails:
            raise ModelBusy("down")
        return Reply("x", model="costly-1", prompt_tokens=50, completion_tokens=10, cost=0.5)


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time


def budgeted(ceiling: int) -> tuple[Budgeted, Costly, Clock]:
    clock, costly = Clock(), Costly()
    return Budgeted(costly, open_db(":memory:"), ceiling, TEHRAN, clock), costly, clock


async def test_without_a_ceiling_nothing_stops() -> None:
    model, costly, _ = budgeted(0)

    await asyncio.gather(*(model.complete(PROMPT) for _ in range(20)))

    assert costly.most_running == 20


async def test_at_the_ceiling_nothing_is_asked() -> None:
    model, _, _ = budgeted(100)
    await model.complete(PROMPT)
    await model.complete(PROMPT)

    with pytest.raises(OverBudget, match="PEYK_LLM_BUDGET_TOKENS"):
        await model.complete(PROMPT)
    assert usage.tokens_since(model._db, NOON) == 120


async def test_calls_at_once_go_past_the_ceiling_by_one_at_most() -> None:
    model, costly, _ = budgeted(100)

    results = await asyncio.gather(
        *(model.complete(PROMPT) for _ in range(10)), return_exceptions=True
    )

    assert sum(isinstance(result, Reply) for result in results) == 2
    assert costly.most_running == 1


async def test_the_day_is_the_operators() -> None:
    model, _, clock = budgeted(60)
    clock.time = datetime(2026, 11, 21, 23, 50, tzinfo=TEHRAN)
    await model.complete(PROMPT)
    clock.time += timedelta(minutes=20)

    await model.complete(PROMPT)

    assert clock.time.astimezone(UTC).date() == NOON.date()


async def test_every_call_is_in_the_books_failed_ones_too() -> None:
    model, costly, clock = budgeted(0)
    await model.complete(PROMPT)
    costly.fails = True
    with pytest.raises(ModelBusy):
        await model.complete(PROMPT)

    failed, answered = usage.totals(model._db, clock.time)

    assert (failed.model, failed.failed, failed.prompt_tokens) == ("costly", 1, 0)
    assert (answered.model, answered.failed, answered.prompt_tokens) == ("costly-1", 0, 50)
    assert answered.cost == 0.5
    assert usage.first_asked(model._db, 7) == NOON.astimezone(UTC)


async def test_a_cancelled_call_makes_room_for_others() -> None:
    model, _, _ = budgeted(100)
    call = asyncio.create_task(model.complete(PROMPT))
    await asyncio.wait([call], timeout=0)
    call.cancel()

    assert await model.complete(PROMPT)
