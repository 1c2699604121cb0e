"""Where the offline model runs: in a process of ours, from a file, or on a server elsewhere.

A home opens when it is asked to, says why it cannot, and is not asked again and again after it
failed. How a file is run is in bot.models.engine_room, how one is fetched in bot.models.hub; when
a home is opened and closed is decided in bot.models.local.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urldefrag

from bot.errors import ModelBusy, ModelComing, ModelError, ModelMissing
from bot.models import gguf, memory
from bot.models.door import OpenAIModel
from bot.models.engine_room import EngineRoom, require_engine
from bot.models.hub import Download

log = logging.getLogger(__name__)

PAUSE = 30.0
"""Seconds between two tries to load a model that could not be loaded or keeps ending."""
LONGEST = 900.0
"""Seconds an answer may take: 1,500 tokens to read and 500 to write on two slow processors."""
REPORTS = {"return_progress": True}
"""Asks llama.cpp for a word after each batch it reads: sending it, it sees that we have gone."""
SLOTS_ELSEWHERE = 2
"""Questions that another server gets at once; it has a queue of its own."""
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What the model may take."""

    context: int = 4096
    """Tokens of question and answer together."""
    threads: int = 1
    slots: int = 1
    """Questions that are answered side by side."""
    memory: int = 0
    """Bytes; 0: what is free."""
    idle: float = 600.0
    """Seconds without a question after which the memory is given back; 0: never."""


class Home(Protocol):
    """Where a model runs."""

    name: str
    context: int
    slots: int

    @property
    def loaded(self) -> bool:
        """Whether a question would be answered without loading first."""

    async def open(self) -> OpenAIModel:
        """The door to it, loaded. Raises ModelError."""

    async def fetch(self) -> None:
        """Wait until what it needs is on this machine. Raises ModelError."""

    def prepare(self) -> None:
        """Begin to fetch it, in the background; what is wrong with it is logged."""

    async def unload(self) -> None:
        """Give the memory back; it can be opened again."""

    async def close(self) -> None:
        """Unload, and stop fetching."""


class OnDisk:
    """A model's file that the operator has put somewhere."""

    def __init__(self, path: Path) -> None:
        self.place, self.name = path, path.stem

    async def get(self) -> Path:
        """Its path. Raises ModelMissing when it is not there."""
        return self.now()

    def now(self) -> Path:
        """The same."""
        if not self.place.is_file():
            raise ModelMissing(f"PEYK_LOCAL_MODEL: there is no file {self.place}")
        return self.place

    async def close(self) -> None:
        """Nothing is open."""


class OnHub:
    """A model's file that comes from the hub, in its own time."""

    def __init__(self, download: Download, *, pause: float = PAUSE) -> None:
        self.place, self.name = download.place, Path(download.file.path).stem
        self._download = download
        self._pause = pause
        self._coming: asyncio.Task[Path] | None = None
        self._asked = float("-inf")
        self._awaited = False
        self._told = ""

    async def get(self) -> Path:
        """Its path, as soon as it is here. Raises what `Download.get` raises."""
        if self._download.here:
            return self.place
        self._awaited = True  # who waits is told of a failure, and tells it
        return await asyncio.shield(self._fetching())

    def now(self) -> Path:
        """Its path; while it is not here, ModelComing, and it is fetched in the background."""
        if self._download.here:
            return self.place
        fetching = self._fetching()
        if fetching.done() and (failure := fetching.exception()):
            raise failure
        done, size = self._download.done, self._download.size
        share = f"{done / size:.0%}" if size else "begun"
        raise ModelComing(f"the local model is being downloaded: {share}")

    async def close(self) -> None:
        """Stop fetching; what is here is kept."""
        if self._coming and not self._coming.done():
            self._coming.cancel()
            await asyncio.wait([self._coming])

    def _fetching(self) -> asyncio.Task[Path]:
        """The task that fetches; one that failed is followed by another after a pause."""
        failed = self._coming is not None and self._coming.done()
        if self._coming is None or (failed and time.monotonic() - self._asked > self._pause):
            self._asked = time.monotonic()
            self._coming = asyncio.create_task(self._download.get())
            self._coming.add_done_callback(self._tell)
        return self._coming

    def _tell(self, fetching: asyncio.Task[Path]) -> None:
        """Log why the file does not come, once for each reason."""
        if fetching.cancelled() or not (failure := fetching.exception()):
            return
        if not self._awaited and self._told != str(failure):
            self._told = str(failure)
            log.warning("%s", failure)


class FromFile:
    """A home in a child process of ours."""

    def __init__(self, source: OnDisk | OnHub, limits: Limits, *, pause: float = PAUSE) -> None:
        self.name = source.name
        self.context = limits.context
        self.slots = limits.slots
        self.room = EngineRoom()
        self._source = source
        self._limits = limits
        self._pause = pause
        self._looking: asyncio.Task[None] | None = None
        self._door: OpenAIModel | None = None
        self._refusal: ModelError | None = None
        self._not_before = 0.0
        self._ended = float("-inf")

    @property
    def loaded(self) -> bool:
        return self.room.running

    async def open(self) -> OpenAIModel:
        if self._door and self.room.running:
            return self._door
        if self._door:  # its process has ended by itself
            await self._mourn()
        path = self._source.now()
        if self._refusal and time.monotonic() < self._not_before:
            raise type(self._refusal)(str(self._refusal))
        try:
            self._door = await self._load(path)
        except ModelError as error:
            self._refuse(error)
            raise
        self._refusal = None
        return self._door

    async def unload(self) -> None:
        door, self._door = self._door, None
        if door:
            await door.close()
        await self.room.stop()

    async def close(self) -> None:
        if self._looking:
            self._looking.cancel()
            await asyncio.wait([self._looking])
        await self._source.close()
        await self.unload()

    async def fetch(self) -> None:
        await self._source.get()

    def prepare(self) -> None:
        self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        """Tell the operator at the start what a reader's first question would bring to light."""
        try:
            await asyncio.to_thread(gguf.head, self._source.now())
            require_engine()
        except ModelComing as error:
            log.info("%s", error)
        except ModelError as error:
            log.warning("the local model cannot answer: %s", error)

    async def _load(self, path: Path) -> OpenAIModel:
        head = await asyncio.to_thread(gguf.head, path)
        self.context = min(self._limits.context, head.trained_context or self._limits.context)
        needed = head.memory(self.context * self.slots)
        _require(needed, self._limits.memory)
        if not head.chats:
            log.warning("%s has no chat template; is there an -instruct or -it of it?", self.name)
        started = time.monotonic()
        threads = self._limits.threads
        await self.room.start(
            path,
            name=self.name,
            context=self.context,
            slots=self.slots,
            threads=threads,
            memory=needed,
        )
        seconds = time.monotonic() - started
        log.info("%s is loaded: %.1f s, %d threads", self.name, seconds, threads)
        return OpenAIModel(
            *(self.room.address, self.room.key, self.name),
            attempt_seconds=LONGEST,
            total_seconds=LONGEST,
            extras=REPORTS,
        )

    async def _mourn(self) -> None:
        """See to what a process that ended by itself has left."""
        await self.unload()
        now = time.monotonic()
        if now - self._ended < self._pause:
            self._refuse(ModelBusy("the local model's process keeps ending; see the log"))
        self._ended = now

    def _refuse(self, error: ModelError) -> None:
        self._refusal, self._not_before = error, time.monotonic() + self._pause


class Elsewhere:
    """A home on a server that somebody else runs; ``#name`` after its address names the model."""

    def __init__(self, address: str, limits: Limits) -> None:
        self._address, self.name = urldefrag(address)
        self.context = limits.context
        self.slots = SLOTS_ELSEWHERE
        self._door: OpenAIModel | None = None

    @property
    def loaded(self) -> bool:
        return self._door is not None

    async def open(self) -> OpenAIModel:
        if self._door is None:
            door = OpenAIModel(
                *(self._address, "", self.name),
                attempt_seconds=LONGEST,
                total_seconds=LONGEST,
                max_retries=1,  # somebody is waiting for the answer
                setting="PEYK_LOCAL_MODEL",
            )
            if not self.name:
                door.name = self.name = await _first_of(door)
            self._door = door
        return self._door

    async def fetch(self) -> None:
        """It is where it is."""

    def prepare(self) -> None:
        """The same."""

    async def unload(self) -> None:
        door, self._door = self._door, None
        if door:
            await door.close()

    async def close(self) -> None:
        await self.unload()


async def _first_of(door: OpenAIModel) -> str:
    """The name of the only model of a server, or of the first."""
    try:
        names = await door.offered()
    except ModelError:
        await door.close()
        raise
    if not names:
        await door.close()
        raise ModelMissing("PEYK_LOCAL_MODEL: the server has no model")
    return names[0]


def _require(needed: int, most: int) -> None:
    """Raise ModelBusy when so many bytes of memory cannot be had."""
    free = memory.available()
    if most and needed > most:
        raise ModelBusy(
            f"the local model needs about {needed // MB} MB of memory, and may take"
            f" {most // MB} (PEYK_LOCAL_MEMORY); choose a smaller one, or a shorter"
            " PEYK_LOCAL_CONTEXT"
        )
    if free is not None and needed > free:
        raise ModelBusy(
            f"the local model needs about {needed // MB} MB of memory, {free // MB} are free;"
            " choose a smaller one, or a shorter PEYK_LOCAL_CONTEXT"
        )
