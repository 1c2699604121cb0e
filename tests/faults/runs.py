"""Many runs of one scene, side by side within bounds, each with its own way to fail."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TypeVar

from tests.faults.scene import Scene, Zygote, scene

AT_ONCE = 6
STORED = "insert or ignore into updates"
"""The statement with which an update becomes ours: where counting begins."""

T = TypeVar("T")
R = TypeVar("R")
Play = Callable[[Scene, T], Awaitable[R]]


async def play_all(folder: Path, zygote: Zygote, play: Play[T, R], cases: Iterable[T]) -> list[R]:
    """Play the scene once per case; all the results; fails naming the first bad case."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, case: T) -> R:
        async with turns, scene(folder / str(number), zygote) as stage:
            try:
                return await play(stage, case)
            except (AssertionError, TimeoutError) as error:
                raise AssertionError(f"case {case}: {error}") from error

    runs = [one(number, case) for number, case in enumerate(cases)]
    results = await asyncio.gather(*runs, return_exceptions=True)
    bad = [result for result in results if isinstance(result, BaseException)]
    assert not bad, f"{len(bad)} of {len(results)} runs failed, the first: {bad[0]!r}"
    return [result for result in results if not isinstance(result, BaseException)]


async def statements(folder: Path, zygote: Zygote, play: Play[int, object]) -> list[str]:
    """The SQL statements of the scene, from the first update on, when nothing fails."""
    async with scene(folder / "undisturbed", zygote) as stage:
        await play(stage, 10**9)
        return re.findall(r"^STATEMENT \d+ (.*)$", stage.log.read_text(), re.MULTILINE)
