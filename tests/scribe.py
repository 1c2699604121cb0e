"""A model that writes what a test tells it, word by word, when the test says so.

    with scribe() as pen:                  # every peyk of the test has it as its local model
        async with newsroom(path) as room:
            pen.says = "جنگل تصادفی از درخت‌ها ساخته می‌شود [1]."
            pen.held = True                # it stops before each answer until `pen.go_on()`

`pen.asked` are the prompts, `pen.open` the answers that are being written at this moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import contextmanager
from unittest.mock import patch

from bot.models.door import Prompt, Reply
from bot.models.stream import Token, Turn

NEVER = 10**9


class Scribe:
    """See the module."""

    name = "scribe"
    context = 4096
    loaded = True

    def __init__(self, slots: int = 1) -> None:
        self.slots = slots
        self.says = ""
        self.finish = "stop"
        """Why it ends: ``length`` is a model that was cut off."""
        self.stops_after = NEVER
        """Pieces after which it waits for `go_on`."""
        self.error: Exception | None = None
        """Raised once `fails_after` pieces are written."""
        self.fails_after = 0
        self.asked: list[Prompt] = []
        self.earlier: list[Sequence[Turn]] = []
        self.open = 0
        self.most_open = 0
        self._go = asyncio.Event()

    def go_on(self) -> None:
        """Write on, now and from now on."""
        self.stops_after = NEVER
        self._go.set()

    async def stream(
        self,
        prompt: Prompt,
        *,
        earlier: Sequence[Turn] = (),
        top_logprobs: int = 0,
        stop: Sequence[str] = (),
        seed: int | None = None,
    ) -> AsyncGenerator[Token]:
        """The words of `says`, a piece each."""
        self.asked.append(prompt)
        self.earlier.append(earlier)
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            pieces = [word + " " for word in self.says.split(" ")]
            for number, piece in enumerate(pieces):
                if self.error and number >= self.fails_after:
                    raise self.error
                if number >= self.stops_after:
                    await self._go.wait()
                await asyncio.sleep(0)
                yield Token(piece)
            yield Token("", finish=self.finish)
        finally:
            self.open -= 1

    async def complete(self, prompt: Prompt) -> Reply:
        """The same at once."""
        return Reply("".join([token.text async for token in self.stream(prompt)]))

    async def count(self, text: str) -> int:
        """Tokens of a text, about."""
        return len(text) // 3

    def prepare(self) -> None:
        """Nothing to fetch."""

    async def fetch(self) -> None:
        """It is here."""

    async def close(self) -> None:
        """Nothing to give back."""


@contextmanager
def scribe(slots: int = 1) -> Iterator[Scribe]:
    """A scribe, the local model of every peyk that is made meanwhile."""
    pen = Scribe(slots)
    with patch("bot.app._local", lambda *_: pen):
        yield pen
