"""Between an admin's press and the record of the post, peyk may die or lose its network anywhere.

Each approved draft is in the channel exactly once, and recorded under its message id.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from typing import Literal

import pytest

from bot.demo.errors import ApiError
from bot.demo.faults import Fault, When
from tests.faults.runs import STORED, play_all, statements
from tests.faults.scene import Scene, Zygote

TITLE = "یک خبر تازه"
pytestmark = pytest.mark.timeout(300)


def check(stage: Scene, *, ever: int = 1) -> None:
    """The draft is in the channel once, was sent `ever` times, and the records say so."""
    posts = stage.posts()
    assert len(posts) == 1, f"{len(posts)} posts"
    assert stage.ever_sent() == ever, f"sent {stage.ever_sent()} times"
    assert stage.state() == "sent"
    assert stage.rows("select message_id, draft_id from posts where draft_id is not null") == [
        (posts[0].message_id, 1)
    ]
    check_trail(stage)
    assert not stage.rows("select 1 from updates where state != 'done'")


def check_trail(stage: Scene) -> None:
    """Each step of the trail begins where the last one ended; one admin approved once."""
    trail = stage.rows("select old_state, new_state, action from audit order by id")
    assert all(before[1] == after[0] for before, after in pairwise(trail)), trail
    assert [row[2] for row in trail].count("approved") - sum(
        row[1] == "approved" and row[0] in ("sending", "uncertain") for row in trail
    ) == 1, trail
    assert trail[-1][1] == "sent"


# kill -9 at each SQL statement


async def die_at_statement(stage: Scene, number: int) -> None:
    card = await stage.offer()
    stage.soon(stage.mina.press(card, "انتشار"))
    await stage.start(PEYK_TEST_FROM=STORED, PEYK_TEST_NUMBER=number)
    if number < 10**9:
        await stage.ended()
        await stage.start()
    await stage.rest()
    check(stage)


async def test_killed_at_any_statement_it_is_published_once(
    zygote: Zygote, tmp_path: Path
) -> None:
    ran = await statements(tmp_path, zygote, die_at_statement)
    ends = ("update updates set state = 'done'", "into posts")
    last = max(n for n, sql in enumerate(ran, 1) if any(end in sql for end in ends))

    runs = await play_all(tmp_path, zygote, die_at_statement, range(1, last + 4))

    assert last > 40
    print(f"kill -9 at {len(runs)} SQL statements: {len(runs)} runs")


# kill -9 at each call of the Bot API


@dataclass(frozen=True)
class Death:
    """A call during which peyk is killed. lost: Telegram never acted on it; late: it did after."""

    method: str
    fate: Literal["lost", "late", "done"]


async def die_during(stage: Scene, death: Death) -> None:
    """Plan this death, whoever runs then."""
    chat = stage.channel.username if death.method == "sendMessage" else None

    async def kill() -> None:
        await stage.kill()
        if death.fate == "lost":
            raise ApiError(500, "Internal Server Error")

    when: When = "after" if death.fate == "done" else "before"
    chat_id = f"@{chat}" if chat else None
    stage.tg.faults.add(Fault(death.method, when, "call", call=kill, chat_id=chat_id))


async def die_in_calls(stage: Scene, deaths: tuple[Death, ...]) -> None:
    """Press, die in each of these calls, one life each, and live on."""
    card = await stage.offer()
    stage.soon(stage.mina.press(card, "انتشار"))
    for death in deaths:
        await die_during(stage, death)
        await stage.start()
        await stage.ended()
    await stage.start()
    await stage.rest()
    check(stage)


CALLS = ("getUpdates", "answerCallbackQuery", "getChat", "sendMessage", "editMessageText")
SENT, LOST = Death("sendMessage", "done"), Death("sendMessage", "lost")


async def test_killed_during_any_call_it_is_published_once(zygote: Zygote, tmp_path: Path) -> None:
    cases = [(Death(*case),) for case in product(CALLS, ("lost", "late", "done"))]

    runs = await play_all(tmp_path, zygote, die_in_calls, cases)

    print(f"kill -9 at {len(cases)} points of {len(CALLS)} calls: {len(runs)} runs")


async def test_killed_again_in_recovery_it_is_published_once(
    zygote: Zygote, tmp_path: Path
) -> None:
    recovery = [
        Death(*c) for c in product(("forwardMessage", "getChat"), ("lost", "late", "done"))
    ]
    cleaning = [Death("deleteMessage", fate) for fate in ("lost", "late", "done")]
    cases = [(SENT, death) for death in [*recovery, *cleaning]]
    cases += [(LOST, death) for death in [*recovery, SENT, LOST]]
    cases += [(LOST, SENT, cleaning[0]), (LOST, LOST, SENT), (SENT, recovery[0], cleaning[2])]

    runs = await play_all(tmp_path, zygote, die_in_calls, cases)

    print(f"kill -9 again in recovery, {len(cases)} ways: {len(runs)} runs")
