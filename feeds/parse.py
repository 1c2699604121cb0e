"""Parse a feed without stopping the bot: a small one in a thread, a large one in a child process.

feedparser is pure Python and holds the interpreter's lock: 1,000 entries are 0.3 to 1.9 seconds
in which a thread would let nothing else run. What the bytes mean is the business of feeds.arxiv,
feeds.github and feeds.rss.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.errors import SourceError
from feeds.feed import Feed
from feeds.read import LENGTH, Answer, Failed, Job, Part, answer
from feeds.sources import Source

SMALL = 64 * 1024
"""Bytes up to which a feed is parsed in a thread: some 30 ms of work."""

PATIENCE = 60.0
"""Seconds a child may take for one feed before it is killed."""


class Parser:
    """Parses feeds one at a time; its child process lives from the first large one to the exit."""

    def __init__(self, *, small: int = SMALL, patience: float = PATIENCE) -> None:
        self._small = small
        self._patience = patience
        self._child: asyncio.subprocess.Process | None = None
        # One thread at a time: several would share the interpreter and slow the loop together.
        self._thread_turn = asyncio.Lock()
        self._child_turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stop()

    async def parse(self, source: Source, body: bytes) -> Feed:
        """The feed in `body`. Raises SourceError when it is none, or breaks the parser."""
        job = Job(source, body)
        if len(body) <= self._small:
            async with self._thread_turn:
                return _joined(await asyncio.to_thread(lambda: list(answer(job))))
        async with self._child_turn:
            return _joined(await self._elsewhere(job))

    async def _elsewhere(self, job: Job) -> list[Answer]:
        try:
            async with asyncio.timeout(self._patience):
                child = self._child or await self._start()
                return await _ask(child, job)
        except TimeoutError as error:
            await self._stop()
            raise SourceError(f"parsing took over {self._patience:g} s", kind="no feed") from error
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            await self._stop()
            raise SourceError("the feed broke the parser", kind="no feed") from error
        except asyncio.CancelledError:
            await self._stop()
            raise

    async def _start(self) -> asyncio.subprocess.Process:
        # The child reads hostile bytes: it is not given the environment, which holds secrets.
        root = str(Path(__file__).parents[1])
        environment = {"PYTHONPATH": os.pathsep.join([root, *filter(None, sys.path)])}
        self._child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "feeds.child",
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=1 << 20,
        )
        return self._child

    async def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.returncode is None:
            child.kill()
        if child.stdin:
            child.stdin.close()
        await child.wait()


async def _ask(child: asyncio.subprocess.Process, job: Job) -> list[Answer]:
    """Send `job` to the child and gather its answers. Raises EOFError when it dies."""
    assert child.stdin and child.stdout
    frame = pickle.dumps(job)
    child.stdin.write(LENGTH.pack(len(frame)))
    child.stdin.write(frame)
    await child.stdin.drain()
    answers: list[Answer] = []
    while True:
        (length,) = LENGTH.unpack(await child.stdout.readexactly(LENGTH.size))
        part: Answer = pickle.loads(await child.stdout.readexactly(length))
        answers.append(part)
        if isinstance(part, Failed) or part.last:
            return answers


def _joined(answers: list[Answer]) -> Feed:
    parts = [part for part in answers if isinstance(part, Part)]
    for failed in answers:
        if isinstance(failed, Failed):
            raise SourceError(failed.reason, kind="no feed")
    items = tuple(item for part in parts for item in part.feed.items)
    return replace(parts[0].feed, items=items)
