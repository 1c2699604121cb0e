"""Documents into text, page by page: a few pages drawn ahead, so many read at once, fairly.

What is done with one page is bot.documents.page's; here are the places they are read at, shared
by all jobs of the process, and the care that few pictures exist at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from sqlite_utils import Database

from bot.config import Settings
from bot.documents import heap, tesseract
from bot.documents.drawing import Drawing, Picture
from bot.documents.page import Cache, Doors, Glancing, Origin, PageText, Task, key_of, read_page
from bot.documents.reader import PageReader, Resting, VisionReader
from bot.documents.shares import Shares
from bot.errors import DocumentError
from db import ocr_cache

if TYPE_CHECKING:
    from bot.models.door import OpenAIModel

MOST_PAGES = 2000
"""Pages of a document that are read at one go."""
AHEAD = 2
"""So many times the pages that can be read at once exist as pictures: the next ones are drawn."""
TAIL = 300
"""Characters of a page's end that a second reading of the next one is told."""
WRONG_LAYERS = 2
"""After so many pages whose layers are wrong, and none right, a document's layers are left."""
ATTEMPT_SECONDS = 60.0
"""For one attempt at a page; a dense one takes a large model thirty."""
TOTAL_SECONDS = 180.0
"""For one question about a page, with all attempts of the client."""
RETRIES = 5
"""Of the client: a server that turns calls away is asked again, at its Retry-After."""
CHECKING = 0.1
"""Seconds for the check of a page's layer: two processors need less. On a busy machine it had
better be the model that reads the rest."""
SHORTEST_CHECKING = 2.0
"""Seconds of it for any document."""
FIRST_GUESS = 6.0
"""Seconds a page takes, until there is experience."""
LATEST = 0.2
"""What the latest page weighs in that experience."""


class Readers:
    """All the reading of one process, at `parallel` places."""

    def __init__(
        self,
        first: PageReader | None,
        second: PageReader | None,
        offline: Callable[[], Glancing | None],
        cache: Cache,
        *,
        parallel: int,
        models: Sequence[OpenAIModel] = (),
    ) -> None:
        self._first, self._second, self._find_offline = first, second, offline
        self._cache = cache
        self._parallel = parallel
        self._models = models
        self._places = Shares(parallel)
        self._pictures = Shares(parallel * AHEAD)
        self._same: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._pace = FIRST_GUESS

    @cached_property
    def doors(self) -> Doors:
        """Who can be asked; found out when the first document comes."""
        offline = self._find_offline()
        if offline is None or self._first is None:
            return Doors(self._first, self._second, offline)
        return Doors(Resting(self._first), self._second, offline)

    @property
    def ready(self) -> bool:
        """Whether anybody can read."""
        return self._first is not None or self.doors.offline is not None

    @property
    def offline(self) -> bool:
        """Whether there is only tesseract."""
        return self._first is None and self.doors.offline is not None

    def seconds(self, pages: int) -> float:
        """What so many pages will take, by what those took lately that were read."""
        return -(-pages // self._parallel) * self._pace

    async def read(
        self, drawing: Drawing, pages: Sequence[int], *, job: str, full: bool = False
    ) -> AsyncGenerator[PageText, None]:
        """The pages in order of completion; whoever stops listening stops the work.

        `job` is whose share of the places it is; `full` leaves text layers alone. A page that
        cannot be read is marked. Raises DocumentError when none can be drawn or there is nobody to
        read, OverBudget when the day's tokens are used up and only a model could read.
        """
        if not self.ready:
            raise DocumentError("no-reader")
        if len(pages) > MOST_PAGES:
            raise DocumentError("too-many-pages")
        checking = max(SHORTEST_CHECKING, CHECKING * len(pages))
        reading = _Reading(drawing, job, full, time.monotonic() + checking)
        feeding = asyncio.create_task(self._feed(reading, pages))
        feeding.add_done_callback(lambda _: reading.results.put_nowait(None))
        try:
            while (page := await reading.results.get()) is not None:
                yield page
            feeding.result()
        except BaseExceptionGroup as group:  # the first of them stopped the others
            raise group.exceptions[0] from None
        finally:
            feeding.cancel()
            await asyncio.wait([feeding])

    async def warm_up(self) -> None:
        """Load what the first page would wait for: to be called when a document is on its way."""
        await asyncio.gather(*(model.open() for model in self._models))

    async def park(self, patience: float) -> None:
        """Begin to read no page any more, and give those being read so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._places.stop()
        await asyncio.sleep(0)  # whoever listens gets to keep the last of them

    async def close(self) -> None:
        """Give the models' connections back."""
        for model in self._models:
            await model.close()

    async def _feed(self, reading: _Reading, pages: Sequence[int]) -> None:
        """Draw page after page, and have each read as soon as it is drawn."""
        doors = await asyncio.to_thread(lambda: self.doors)
        reading.checks_are_free = doors.offline is not None
        lost: list[PageText] = []
        drawn = False
        async with asyncio.TaskGroup() as group:
            for page in pages:
                try:
                    await self._take_up(reading, page, group)
                    drawn = True
                except DocumentError as error:
                    lost.append(PageText(page, "", Origin.NOBODY, (error.kind,)))
                while drawn and lost:
                    reading.results.put_nowait(lost.pop())
        if lost:
            raise DocumentError(min(lost, key=lambda page: page.page).doubts[0])

    async def _take_up(self, reading: _Reading, page: int, group: asyncio.TaskGroup) -> None:
        await self._pictures.take(reading.job)
        try:
            picture = await reading.drawing.picture(page)
            layers = await reading.layers(page) if not picture.blank else ()
        except BaseException:
            self._pictures.give_back()
            raise
        if picture.blank:
            self._pictures.give_back()
            reading.results.put_nowait(PageText(page, "", Origin.BLANK))
            return
        task = group.create_task(self._read(reading, picture, layers))
        task.add_done_callback(lambda _: self._pictures.give_back())

    async def _read(self, reading: _Reading, picture: Picture, layers: tuple[str, ...]) -> None:
        """One page, when its place is free; two jobs with the same page read it once."""
        same = self._same.setdefault(key_of(picture.jpeg, self.doors.first), asyncio.Lock())
        async with self._places.place(reading.job), same:
            started = time.monotonic()
            task = Task(
                *(picture.page, picture.jpeg, picture.characters, picture.turned, picture.small),
                layers=layers if started < reading.checks_until else (),
                before=reading.tails.get(picture.page - 1, ""),
                patience=reading.checks_until - started,
            )
            page = await read_page(task, self.doors, self._cache)
        if not page.cached and page.origin is not Origin.LAYER:
            self._pace += LATEST * (time.monotonic() - started - self._pace)
        reading.done(task, page)


class _Reading:
    """One document being read."""

    def __init__(self, drawing: Drawing, job: str, full: bool, checks_until: float) -> None:
        self.drawing, self.job, self.checks_until = drawing, job, checks_until
        self.checks_are_free = True
        self.results: asyncio.Queue[PageText | None] = asyncio.Queue()
        self.tails: dict[int, str] = {}
        self._wrong = WRONG_LAYERS if full else 0

    async def layers(self, page: int) -> tuple[str, ...]:
        """What the file says of this page, while it is worth asking."""
        if self._wrong >= WRONG_LAYERS or time.monotonic() > self.checks_until:
            return ()
        try:
            layers = tuple(await self.drawing.layers(page))
        except DocumentError:
            return ()
        if not self.checks_are_free and _says_something(layers):
            self._wrong += 1  # until it has turned out right
        return layers

    def done(self, task: Task, page: PageText) -> None:
        """Hand a page out, and learn from it."""
        if page.origin is Origin.LAYER:
            self._wrong = -MOST_PAGES  # the others may well be right too
        elif self.checks_are_free and _says_something(task.layers) and not page.cached:
            self._wrong += 1
        self.tails[page.page] = page.text[-TAIL:]
        self.results.put_nowait(page)


def _says_something(layers: Sequence[str]) -> bool:
    return any(map(str.strip, layers))


class CachedPages:
    """db.ocr_cache as the cache of bot.documents.page."""

    def __init__(self, db: Database, now: Callable[[], datetime]) -> None:
        self._db, self._now = db, now

    def get(self, key: str) -> dict[str, Any] | None:
        """What was kept."""
        return ocr_cache.get(self._db, key)

    def put(self, key: str, page: dict[str, Any]) -> None:
        """Keep it."""
        ocr_cache.put(self._db, key, page, self._now())


def reading_room(settings: Settings, db: Database, now: Callable[[], datetime]) -> Readers:
    """The readers that the settings name, within the day's budget, and tesseract if installed."""
    heap.give_back()
    from bot.models.budget import Budgeted
    from bot.models.door import OpenAIModel

    names = [settings.vision_model, settings.vision_fallback] if settings.vision_model else []
    models = [
        OpenAIModel(
            *(*settings.vision_server, name),
            attempt_seconds=ATTEMPT_SECONDS,
            total_seconds=TOTAL_SECONDS,
            max_retries=RETRIES,
        )
        for name in filter(None, names)
    ]
    budget = (settings.llm_budget, settings.timezone, now)
    first, second, *_ = [*(VisionReader(Budgeted(m, db, *budget)) for m in models), None, None]
    return Readers(
        *(first, second, tesseract.find),
        CachedPages(db, now),
        parallel=settings.vision_parallel,
        models=models,
    )
