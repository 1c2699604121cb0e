"""The offline model: what PEYK_LOCAL_MODEL names in, answers out.

Loaded at the first question and given back when nobody has asked for a while. Where it runs is in
bot.models.homes; what is asked, and what an answer is worth, in bot.answers.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

from bot.config import Settings
from bot.models import hub, memory
from bot.models.answer import find_object
from bot.models.door import OpenAIModel, Prompt, Reply, most_tokens
from bot.models.homes import MB, Elsewhere, FromFile, Home, Limits, OnDisk, OnHub
from bot.models.stream import Token, Turn

log = logging.getLogger(__name__)

MANY = 4
"""Threads from which two questions are answered side by side: with fewer, each would wait."""
_FEWEST_CHARACTERS = 2
"""Of Persian in a token of a model that knows the language; three are usual."""


class LocalModel:
    """A StreamingModel at a `home`; see the module."""

    def __init__(self, home: Home, idle: float = 0.0) -> None:
        self._home = home
        self._idle = idle
        self._users = 0
        self._turn = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._leaving: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """What the model is called in records."""
        return self._home.name

    @property
    def context(self) -> int:
        """Tokens that a question and its answer may have together."""
        return self._home.context

    @property
    def slots(self) -> int:
        """How many questions are answered side by side."""
        return self._home.slots

    @property
    def loaded(self) -> bool:
        """Whether the model is in memory."""
        return self._home.loaded

    async def ready(self) -> None:
        """Load the model now, fetching it where it is not here yet.

        Raises ModelMissing or another ModelError with one clear cause.
        """
        await self.fetch()
        async with self._used():
            pass

    async def fetch(self) -> None:
        """Wait until the model's file is on this machine; nothing is loaded. Raises ModelError."""
        await self._home.fetch()

    def prepare(self) -> None:
        """Begin to fetch the model's file where it is not here yet; nothing is loaded."""
        self._home.prepare()

    async def complete(self, prompt: Prompt) -> Reply:
        """The answer to `prompt`. Raises ModelBusy (try later) or another ModelError."""
        # Read as it is made, for then giving up the wait ends the work, too.
        started = time.monotonic()
        async with self._used() as door, aclosing(door.stream(prompt)) as tokens:
            said = [token async for token in tokens]
        text = "".join(token.text for token in said).strip()
        return Reply(
            text,
            find_object(text, prompt.schema.get("required", ())) if prompt.schema else None,
            model=self.name,
            prompt_tokens=most_tokens(prompt) // 3,
            completion_tokens=len(said) - 1,
            seconds=time.monotonic() - started,
            truncated=said[-1].finish == "length",
        )

    async def stream(
        self,
        prompt: Prompt,
        *,
        earlier: Sequence[Turn] = (),
        top_logprobs: int = 0,
        stop: Sequence[str] = (),
        seed: int | None = None,
    ) -> AsyncGenerator[Token]:
        """The answer to `prompt` as it is made; see bot.models.stream."""
        async with self._used() as door:
            said = door.stream(
                prompt, earlier=earlier, top_logprobs=top_logprobs, stop=stop, seed=seed
            )
            async with aclosing(said) as tokens:
                async for token in tokens:
                    yield token

    async def count(self, text: str) -> int:
        """How many tokens `text` is; too many rather than too few where the server cannot say."""
        async with self._used() as door:
            counted = await door.tokens(text)
        return len(text) // _FEWEST_CHARACTERS + 1 if counted is None else counted

    async def unload(self) -> None:
        """Give the memory back; answers in flight end with ModelBusy."""
        async with self._turn:
            await self._home.unload()

    async def close(self) -> None:
        """Unload for good."""
        self._stay()
        await self._home.close()  # without waiting for a turn: loading may take minutes
        if self._leaving:
            await asyncio.wait([self._leaving])

    @asynccontextmanager
    async def _used(self) -> AsyncIterator[OpenAIModel]:
        """The door, open at least as long as the body runs."""
        self._stay()
        self._users += 1
        try:
            async with self._turn:
                door = await self._home.open()
            yield door
        finally:
            self._users -= 1
            if not self._users and self._idle:
                loop = asyncio.get_running_loop()
                self._stay()
                self._timer = loop.call_later(self._idle, self._leave)

    def _stay(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _leave(self) -> None:
        self._timer = None
        if self.loaded:
            self._leaving = asyncio.create_task(self._leave_if_idle())

    async def _leave_if_idle(self) -> None:
        async with self._turn:
            if not self._users:
                await self._home.unload()
                log.info("nobody has asked for a while: the local model was unloaded")


def limits_of(settings: Settings) -> Limits:
    """What the operator lets the model take."""
    threads = settings.local_threads or max(1, memory.processors() // 2)
    return Limits(
        context=settings.local_context,
        threads=threads,
        slots=1 if threads < MANY else 2,
        memory=settings.local_memory * MB,
        idle=settings.local_idle_minutes * 60,
    )


def local_model(settings: Settings, progress: hub.Progress | None = None) -> LocalModel | None:
    """The model that PEYK_LOCAL_MODEL names, None without one; nothing is loaded or fetched yet.

    `progress` is told how a file comes from the hub; without it the log is.
    """
    limits = limits_of(settings)
    named = settings.local_model
    if not named:
        return None
    if named.startswith(("http://", "https://")):
        return LocalModel(Elsewhere(named, limits))
    source = source_of(settings, progress)
    return LocalModel(FromFile(source, limits), limits.idle)


def source_of(settings: Settings, progress: hub.Progress | None = None) -> OnDisk | OnHub:
    """Where the file of the model comes from."""
    named = settings.local_model
    if not named.startswith("hf:"):
        return OnDisk(Path(named).expanduser())
    folder = settings.db.parent / "models"
    return OnHub(hub.Download(hub.named(named), folder, settings.hub, progress))
