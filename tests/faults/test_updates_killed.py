"""peyk may die anywhere while it handles what people want: nothing is lost, nothing counts twice.

The one allowed blemish is that somebody in a chat is told the same thing twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import product
from pathlib import Path

import pytest

from bot.demo.faults import Fault, When
from tests.faults.runs import STORED, play_all, statements
from tests.faults.scene import Scene, Zygote

pytestmark = pytest.mark.timeout(300)
Scenario = Callable[[Scene], Awaitable[None]]


async def start(stage: Scene) -> None:
    """A reader presses start."""
    await stage.reader.send(stage.reader.private(), "/start")


async def edit(stage: Scene) -> None:
    """An admin replies to the card with a new text."""
    card = stage.tg.messages(stage.group)[0]
    await stage.mina.send(stage.group, "عنوان نو\n\nمتن نو.", reply_to=card)


async def reject(stage: Scene) -> None:
    """An admin rejects the draft."""
    stage.soon(stage.mina.press(stage.tg.messages(stage.group)[0], "رد"))


async def schedule(stage: Scene) -> None:
    """An admin gives the draft a slot: the button itself, as it stands on the card by then."""
    card = stage.tg.messages(stage.group)[0]
    stage.soon(stage.mina.press_data(card, f"d:slot:1:1:{FAR}"))


FAR = 40_000_000
"""A minute of the year 2046, as it stands in callback data."""


def check_start(stage: Scene) -> int:
    """The reader got an answer; how often is returned."""
    return len(stage.said(stage.reader.private()))


def check_edit(stage: Scene) -> int:
    """The new text is the draft's second version, once, and on a card that can be pressed."""
    assert stage.rows("select title, version, state from drafts") == [("عنوان نو", 2, "offered")]
    assert stage.rows("select count(*) from audit where action = 'edited'") == [(1,)]
    cards = [
        m for m in stage.tg.messages(stage.group) if "متن نو" in (m.text or "") and m.keyboard
    ]
    assert cards
    return len([m for m in cards if m.sender is stage.tg.world.bot])


def check_reject(stage: Scene) -> int:
    """It is rejected, once."""
    assert stage.state() == "rejected"
    assert stage.rows("select count(*) from audit where action = 'rejected'") == [(1,)]
    return 1


def check_schedule(stage: Scene) -> int:
    """It waits for its moment, once."""
    assert stage.rows("select state, due from outbox") == [("approved", "2046-01-19T18:40:00Z")]
    assert stage.rows("select count(*) from audit where action = 'approved'") == [(1,)]
    return 1


SCENARIOS: dict[str, tuple[Scenario, Callable[[Scene], int]]] = {
    "start": (start, check_start),
    "edit": (edit, check_edit),
    "reject": (reject, check_reject),
    "schedule": (schedule, check_schedule),
}


async def handled(stage: Scene) -> None:
    """Wait until nothing is left to handle."""
    await stage.until(
        lambda: (
            not stage.tg.world.updates.pending
            and stage.rows("select count(*) from updates") == [(1,)]
            and stage.rows("select state from updates") == [("done",)]
        )
    )
    await stage.stop()


async def play(name: str, stage: Scene, number: int) -> int:
    """The scenario, with a death at this statement; how often the person was told."""
    act, check = SCENARIOS[name]
    await stage.offer()
    await act(stage)
    await stage.start(PEYK_TEST_FROM=STORED, PEYK_TEST_NUMBER=number)
    if number < 10**9:
        await stage.ended()
        await stage.start()
    await handled(stage)
    assert check(stage) >= 1, "nobody was told"
    return check(stage)


@pytest.mark.parametrize("name", SCENARIOS)
async def test_killed_at_any_statement_it_happens_once(
    zygote: Zygote, tmp_path: Path, name: str
) -> None:
    async def at(stage: Scene, number: int) -> int:
        return await play(name, stage, number)

    ran = await statements(tmp_path, zygote, at)
    last = max(n for n, sql in enumerate(ran, 1) if "update updates set state = 'done'" in sql)

    told = await play_all(tmp_path, zygote, at, range(1, last + 2))

    twice = sum(count > 1 for count in told)
    print(f"{name}: kill -9 at {len(told)} SQL statements; told twice in {twice} runs")
    assert max(told) <= 2


METHODS = {
    "start": ("getUpdates", "sendMessage"),
    "edit": ("getUpdates", "sendMessage", "editMessageReplyMarkup"),
    "reject": ("getUpdates", "answerCallbackQuery", "editMessageText"),
    "schedule": ("getUpdates", "answerCallbackQuery", "editMessageText"),
}


@pytest.mark.parametrize("name", SCENARIOS)
async def test_killed_during_any_call_it_happens_once(
    zygote: Zygote, tmp_path: Path, name: str
) -> None:
    async def during(stage: Scene, case: tuple[str, When]) -> int:
        act, check = SCENARIOS[name]
        method, when = case
        await stage.offer()
        await act(stage)
        stage.tg.faults.add(Fault(method, when, "call", call=stage.kill))
        await stage.start()
        await stage.ended()
        await stage.start()
        await handled(stage)
        assert check(stage) >= 1, "nobody was told"
        return check(stage)

    whens: tuple[When, When] = ("before", "after")
    told = await play_all(tmp_path, zygote, during, product(METHODS[name], whens))

    print(f"{name}: kill -9 in {len(told)} runs; told twice in {sum(n > 1 for n in told)}")
