"""Whose turn it is."""

from __future__ import annotations

import asyncio

import pytest

from bot.turns import Turns, line_up


@pytest.mark.parametrize(
    ("waiting", "served", "order"),
    [
        ([], {}, []),
        ([(1, 10), (2, 20)], {}, [10, 20]),
        ([(1, 10), (1, 11), (2, 20)], {}, [10, 20, 11]),
        ([(1, 10), (2, 20)], {1: 5}, [20, 10]),
        ([(1, 10), (2, 20), (3, 30)], {1: 5, 2: 4, 3: 6}, [20, 10, 30]),
        ([(1, 10), (1, 11), (1, 12), (2, 20), (2, 21)], {1: 1}, [20, 10, 21, 11, 12]),
    ],
)
def test_whoever_was_served_longest_ago_is_next(waiting, served, order):
    assert line_up(waiting, served) == order


class Hall:
    """People who come for a turn and stay until they are let go."""

    def __init__(self, places: int) -> None:
        self.turns = Turns(places)
        self.inside: list[int] = []
        self.order: list[int] = []
        self._leave: dict[int, asyncio.Event] = {}
        self.tasks: dict[int, asyncio.Task[None]] = {}

    async def come(self, person: int, ticket: int) -> None:
        self._leave[ticket] = asyncio.Event()

        async def stay() -> None:
            async with self.turns.turn(person, ticket):
                self.inside.append(ticket)
                self.order.append(ticket)
                try:
                    await self._leave[ticket].wait()
                finally:
                    self.inside.remove(ticket)

        self.tasks[ticket] = asyncio.create_task(stay())
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def go(self, ticket: int) -> None:
        self._leave[ticket].set()
        await self.tasks[ticket]
        await asyncio.sleep(0)


async def test_one_person_has_one_turn_at_a_time():
    hall = Hall(places=3)
    for person, ticket in ((1, 10), (1, 11), (2, 20)):
        await hall.come(person, ticket)

    assert hall.inside == [10, 20] and hall.turns.line == [11]
    await hall.go(10)
    assert hall.inside == [20, 11]


async def test_nobody_is_overtaken_for_ever():
    hall = Hall(places=1)
    await hall.come(1, 10)
    for person, ticket in ((1, 11), (1, 12), (2, 20), (3, 30)):
        await hall.come(person, ticket)

    for ticket in (10, 20, 30, 11, 12):
        await hall.go(ticket)

    assert hall.order == [10, 20, 30, 11, 12]


async def test_whoever_gives_up_leaves_no_gap():
    hall = Hall(places=1)
    for person in (1, 2, 3):
        await hall.come(person, person * 10)

    hall.tasks[20].cancel()
    await asyncio.wait([hall.tasks[20]])
    await hall.go(10)

    assert hall.inside == [30] and hall.turns.line == []


async def test_a_turn_that_somebody_does_not_take_goes_to_the_next():
    hall = Hall(places=1)
    for person in (1, 2, 3):
        await hall.come(person, person * 10)

    hall._leave[10].set()
    await hall.tasks[10]
    hall.tasks[20].cancel()
    await asyncio.wait([hall.tasks[20]])
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert hall.inside == [30]
