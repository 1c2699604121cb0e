"""Places are handed out in turns."""

import asyncio

from bot.documents.shares import Shares


async def test_jobs_take_turns() -> None:
    shares, order = Shares(1), []

    async def one(job: str) -> None:
        async with shares.place(job):
            order.append(job)
            await asyncio.sleep(0)

    await shares.take("first")
    jobs = [asyncio.create_task(one(job)) for job in "aaabbc"]
    await asyncio.sleep(0)
    shares.give_back()
    await asyncio.gather(*jobs)

    assert "".join(order) == "abcaba"


async def test_after_a_stop_nobody_gets_a_place_and_those_held_come_back() -> None:
    shares = Shares(2)
    await shares.take("a")
    stopping = asyncio.create_task(shares.stop())
    await asyncio.sleep(0)
    late = asyncio.create_task(shares.take("b"))

    shares.give_back()
    await stopping

    assert not late.done()
    late.cancel()


async def test_so_many_at_once_and_no_more() -> None:
    shares, now, most = Shares(3), 0, 0

    async def one(job: str) -> None:
        nonlocal now, most
        async with shares.place(job):
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1

    await asyncio.gather(*(one(job) for job in "abcdefgh" * 3))

    assert (most, shares.free) == (3, 3)


async def test_who_stops_waiting_loses_no_place() -> None:
    shares = Shares(1)
    await shares.take("a")
    waiting = [asyncio.create_task(shares.take(job)) for job in "bc"]
    await asyncio.sleep(0)
    waiting[0].cancel()
    shares.give_back()
    await asyncio.wait(waiting)

    assert shares.free == 0 and not waiting[1].cancelled()


async def test_who_stops_just_when_called_gives_the_place_back() -> None:
    shares = Shares(1)
    await shares.take("a")
    waiting = asyncio.create_task(shares.take("b"))
    await asyncio.sleep(0)
    shares.give_back()
    waiting.cancel()
    await asyncio.wait([waiting])

    assert shares.free == 1
