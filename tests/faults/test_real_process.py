"""The same with nothing shortened and nothing forked: `python -m bot run`, as operators run it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.faults.scene import LONG, ROOT, scene
from tests.faults.test_network import kill_while_sending
from tests.faults.test_publishing import check

pytestmark = pytest.mark.timeout(180)


class Shell:
    """Starts peyk as a shell would. `codes` are the exit codes, by process."""

    def __init__(self) -> None:
        self._running: dict[int, asyncio.subprocess.Process] = {}
        self.codes: dict[int, int] = {}

    async def start(self, env: dict[str, str], log: Path) -> int:
        """A new peyk; its process id."""
        with log.open("ab") as out:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run"),
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], **env},
                stdout=out,
                stderr=out,
            )
        self._running[process.pid] = process
        return process.pid

    async def ended(self, pid: int) -> None:
        """Wait until this peyk has ended."""
        self.codes[pid] = await asyncio.wait_for(self._running[pid].wait(), LONG)


@pytest.mark.parametrize("lost", [True, False])
async def test_killed_while_sending_it_is_published_once_and_ends_in_order(
    tmp_path: Path, lost: bool
) -> None:
    shell = Shell()
    async with scene(tmp_path / "scene", shell) as stage:  # type: ignore[arg-type]
        await stage.offer()
        await kill_while_sending(stage, lost=lost)
        await stage.start()
        await stage.rest()

        check(stage)
        assert [*shell.codes.values()] == [-9, 0]
