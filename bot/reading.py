"""The reading of files that people send: checked at once, read in fair turns, each page once.

A job lives in db.ocr and is taken up again by the next process where this one leaves it; here
are the tasks that move it on. What people see of it is the Desk's (handlers.transcripts), how a
page is read the business of bot.documents.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot.errors import DocumentError, ModelError, OverBudget
from bot.logs import redact
from bot.passwords import WITHHELD, Passwords, is_secret
from bot.progress import Progress
from bot.turns import Turns
from db import ocr, ocr_cache
from db.ocr import AT_WORK, OPEN, Job, Ranges, ReadPage, Stage

if TYPE_CHECKING:  # what draws pages need not be loaded before there is a page
    from bot.documents.drawing import Drawing
    from bot.documents.read import Readers

log = logging.getLogger("peyk.reading")

KEPT = timedelta(hours=24)
"""After so long without news a job is erased, with all that was read."""
JOBS_AT_ONCE = 4
"""The places at which pages are read are shared out fairly among these."""
OPEN_AT_ONCE = JOBS_AT_ONCE + 2
"""Files being read or checked; each has a child process of some 50 MB."""
MOST_WAITING = 10
"""Unfinished jobs one person may have."""
ALBUM_PAUSE = 1.5
"""Seconds without a further picture after which an album is complete."""
RETRY_AFTER = 5.0
"""Seconds before a result that could not be handed over is tried again; doubled each time."""


@dataclass(frozen=True, slots=True)
class View:
    """A job as its person should see it now."""

    job: Job
    done: int
    """Pages read."""
    wanted: int
    """Pages to read in all; 0 until the file was opened."""
    ahead: int | None
    """How many wait before it; None: it does not wait."""
    seconds: float
    """What the pages still to be read will take."""
    left_today: int
    """Pages of the day's share."""


class Desk(Protocol):
    """The counter at which people hand in files and are given what was read."""

    async def fetch(self, job: Job) -> list[bytes]:
        """The job's files. Raises DocumentError: ``too-big`` for Telegram, ``unavailable``."""

    async def show(self, view: View) -> None:
        """Make the job's message say how it stands. Raises nothing for Telegram's reasons."""

    async def deliver(self, job: Job) -> bool:
        """Hand over the result; False when that has to be tried again. Safe to repeat."""


class Reading:
    """All jobs of one bot."""

    def __init__(
        self,
        db: Database,
        room: Callable[[], Readers],
        desk: Callable[[], Desk],
        *,
        quota: int,
        zone: ZoneInfo,
        now: Callable[[], datetime],
    ) -> None:
        self._build_room, self._build_desk = room, desk
        self._db, self._quota, self._zone, self._now = db, quota, zone, now
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._turns = Turns(JOBS_AT_ONCE)
        self._doors = asyncio.Semaphore(OPEN_AT_ONCE)
        self._progress = Progress(self._look, lambda: self._turns.line)
        self._warming: asyncio.Task[None] | None = None
        self._farewells: set[asyncio.Task[None]] = set()
        self._passwords = Passwords()
        self._chosen: set[int] = set()
        self._closed = False

    @cached_property
    def room(self) -> Readers:
        """Who reads the pages; made when the first is to be read."""
        return self._build_room()

    @cached_property
    def _desk(self) -> Desk:
        """Where they are handed over; made when the first was handed in."""
        return self._build_desk()

    # What people ask for

    def resume(self) -> int:
        """Take up what an earlier process left; returns how many jobs that is."""
        left = ocr.find(self._db, AT_WORK)
        for job in left:
            self._begin(job.id)
        return len(left)

    def warm_up(self) -> None:
        """Load what reads pages, once, in threads: it takes a second that no page should wait."""

        async def load() -> None:
            await asyncio.to_thread(lambda: self.room.ready)
            await self.room.warm_up()

        if not self._warming:
            self._warming = asyncio.create_task(load())

    def take(self, job: Job, file: ocr.Attachment) -> bool:
        """Take in a file, as a job or as the next picture of an album.

        False when the person has too many unfinished jobs. The same message twice is one job.
        """
        if job.album and ocr.join_album(self._db, job, file, self._now()):
            return True
        if len(ocr.find(self._db, OPEN, job.user_id)) >= MOST_WAITING:
            return False
        if kept := ocr.add(self._db, job, [file], self._now()):
            self._begin(kept.id)
        return True

    def waits_for_password(self, user_id: int) -> Job | None:
        """The newest job of this person that wants a password."""
        return next(reversed(ocr.find(self._db, {Stage.PASSWORD}, user_id)), None)

    def keepable(self, update: dict[str, Any]) -> dict[str, Any]:
        """An update as it may be written to the disk: without what may be a password."""
        message = update.get("message")
        if not isinstance(message, dict) or not self._may_be_secret(message):
            return update
        return update | {"message": message | {"text": WITHHELD, "entities": []}}

    def _may_be_secret(self, message: dict[str, Any]) -> bool:
        text, chat = message.get("text"), message.get("chat")
        if not isinstance(text, str) or not isinstance(chat, dict):
            return False
        person = chat.get("id") if chat.get("type") == "private" else None
        job = self.waits_for_password(person) if type(person) is int else None
        answered = message.get("reply_to_message")
        to = answered.get("message_id") if isinstance(answered, dict) else None
        return job is not None and is_secret(text, to, job.status_id)

    def unlock(self, job: Job, password: str) -> None:
        """Try this password."""
        if ocr.advance(self._db, job.id, Stage.NEW, {Stage.PASSWORD}, self._now()):
            self._passwords.hold(job.id, password)
            self._begin(job.id)

    def narrow(self, job: Job, wanted: Ranges) -> int:
        """Read only these pages; returns how many that are, or 0 when the file has none of them.

        Raises QuotaExceeded when they are more than the day's share still holds.
        """
        pages = pages_of(wanted, job.pages)
        unread = set(pages) - ocr.read_so_far(self._db, job.id)
        if len(unread) > self.left_today(job.user_id):
            raise QuotaExceeded(len(unread))
        if not pages:
            return 0
        ocr.choose(self._db, job.id, wanted=wanted)
        self._chosen.add(job.id)
        if ocr.advance(self._db, job.id, Stage.NEW, {Stage.RANGE}, self._now()):
            self._begin(job.id)
        return len(pages)

    def read_again(self, job: Job) -> bool:
        """Read the pages from their pictures that were taken from the file's own text."""
        if not ocr.read_again(self._db, job.id, self._now()):
            return False
        self._begin(job.id)
        return True

    def cancel(self, job_id: int) -> Job | None:
        """Stop a job at once; what was read is handed over. None when it is past stopping."""
        stage = Stage.READY if ocr.read_so_far(self._db, job_id) else Stage.CANCELLED
        job = ocr.advance(self._db, job_id, stage, OPEN, self._now(), reason="cancelled")
        if job:
            self._begin(job_id)
        return job

    def cancel_all(self, user_id: int) -> list[Job]:
        """Stop all of a person's jobs."""
        stopped = [self.cancel(job.id) for job in ocr.find(self._db, OPEN, user_id)]
        return [job for job in stopped if job]

    def erase(self, job_id: int) -> None:
        """Forget a job and all that was read for it."""
        self._forget([job_id])

    def forget(self, user_id: int) -> None:
        """Forget everything of a person's, and the pages in the cache, which has no names."""
        jobs = ocr.of_user(self._db, user_id)
        if jobs:
            self._say_farewell(ocr.find(self._db, OPEN, user_id))
            self._forget(jobs)
            ocr_cache.forget(self._db, self._now())

    def _say_farewell(self, jobs: Sequence[Job]) -> None:
        """Show that these are stopped, though nothing is known of them from now on."""

        async def show(views: Sequence[View]) -> None:
            for view in views:
                async with self._progress.brush(view.job.id):
                    await self._desk.show(view)

        views = [replace(self._view(job), job=_forgotten(job)) for job in jobs]
        task = asyncio.create_task(show(views))
        self._farewells.add(task)
        task.add_done_callback(self._farewells.discard)

    def tidy(self) -> None:
        """Erase what has been kept as long as was promised."""
        self._forget(ocr.idle_since(self._db, self._now() - KEPT))
        ocr_cache.forget(self._db, self._now() - KEPT)
        ocr.prune_days(self._db, self.today())

    async def show(self, job_id: int) -> None:
        """Bring the job's message up to date."""
        await self._progress.show(job_id)

    @asynccontextmanager
    async def open(self, job: Job) -> AsyncIterator[Drawing]:
        """The job's document. Raises DocumentError."""
        from bot.documents.drawing import Drawing

        files = await self._desk.fetch(job)
        drawing = Drawing(files, self._passwords.of(job.id))
        del files  # the drawing has a copy of its own, and needs one only
        async with drawing:
            yield drawing

    async def park(self, patience: float) -> None:
        """Begin no page any more, and give those being read so many seconds to be kept."""
        if "room" in self.__dict__:
            await self.room.park(patience)

    async def close(self) -> None:
        """Stop work; it goes on where it was in the next process."""
        self._closed = True
        tasks = [*self._tasks.values(), *self._farewells, *filter(None, [self._warming])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._progress.close()
        if "room" in self.__dict__:
            await self.room.close()

    # The day's share

    def today(self) -> str:
        """The operator's day."""
        return f"{self._now().astimezone(self._zone):%Y-%m-%d}"

    def left_today(self, user_id: int) -> int:
        """Pages of this person's that may still be read today."""
        return max(0, self._quota - self.used_today(user_id))

    def used_today(self, user_id: int) -> int:
        """Pages of this person's that were read today."""
        return ocr.used(self._db, user_id, self.today())

    # The work on one job

    def _begin(self, job_id: int) -> None:
        """Work on a job; whatever was being done for it ends first."""
        if self._closed:
            return
        before = self._tasks.get(job_id)
        task = asyncio.create_task(self._work(job_id, before))
        self._tasks[job_id] = task
        task.add_done_callback(lambda ended: self._ended(job_id, ended))

    def _ended(self, job_id: int, task: asyncio.Task[None]) -> None:
        if self._tasks.get(job_id) is task:
            del self._tasks[job_id]
            job = ocr.get(self._db, job_id) if not self._closed else None
            if not job or job.stage not in OPEN:
                self._passwords.drop(job_id)
                self._progress.forget(job_id)
                self._chosen.discard(job_id)

    async def _work(self, job_id: int, before: asyncio.Task[None] | None) -> None:
        if before:
            before.cancel()
            await asyncio.wait([before])
        try:
            await self._move_on(job_id)
            await self._finish(job_id)
        except Exception:
            # A bug costs its job, never the others; its person is told.
            log.exception("job %s cannot be read", job_id)
            self._advance(job_id, Stage.FAILED, OPEN | {Stage.READY}, "bug")
            await self.show(job_id)

    async def _move_on(self, job_id: int) -> None:
        """From wherever the job is to a result, a question or a failure."""
        job = ocr.get(self._db, job_id)
        if not job or job.stage not in AT_WORK or job.stage is Stage.READY:
            return
        try:
            if job.album:
                await self._gather(job)
            await self._read_in_turn(job_id)
        except DocumentError as error:
            self._give_up(job_id, error.kind)
        except OverBudget:
            self._give_up(job_id, "budget")
        except ModelError as error:
            log.warning("job %s: %s", job_id, redact(error))
            self._give_up(job_id, "model")

    async def _gather(self, job: Job) -> None:
        """Wait until an album's pictures are all there; what comes later is a job of its own."""
        seen = 0
        while seen < (now := len(ocr.files(self._db, job.id))):
            seen = now
            await asyncio.sleep(ALBUM_PAUSE)
        ocr.close_album(self._db, job.id)

    async def _read_in_turn(self, job_id: int) -> None:
        """Check the file at once; read it when its turn comes, at once too if that is now."""
        job = self._job(job_id)
        self.warm_up()
        checking = self._progress.announced(job_id, lambda: self._job(job_id).stage is Stage.NEW)
        async with self._doors, checking, self.open(job) as drawing:
            job = self._plan(job_id, drawing.pages)
            if job.stage is Stage.WAITING and self._turns.is_free(job.user_id):
                async with self._turns.turn(job.user_id, job_id):
                    await self._read(job_id, drawing)
                return
        if job.stage is Stage.WAITING:
            await self._wait_and_read(job)

    async def _wait_and_read(self, job: Job) -> None:
        self._progress.tell_line(also=job.id)
        async with self._turns.turn(job.user_id, job.id):
            self._progress.tell_line()
            async with self._doors, self.open(job) as drawing:
                if self._plan(job.id, drawing.pages).stage is Stage.WAITING:
                    await self._read(job.id, drawing)

    def _plan(self, job_id: int, pages: int) -> Job:
        """Decide whether a file that could be opened is read now, or its person asked first."""
        job = self._job(job_id)
        wanted = set(pages_of(job.wanted, pages))
        unread = wanted - ocr.read_so_far(self._db, job_id)
        stage, reason = Stage.WAITING, ""
        if not wanted:
            stage, reason = Stage.RANGE, "range"
        elif len(unread) > self.left_today(job.user_id):
            stage, reason = Stage.RANGE, "quota"
        elif not self.room.ready:
            raise DocumentError("no-reader")
        moved = ocr.advance(
            *(self._db, job_id, stage, AT_WORK - {Stage.READY}, self._now()),
            reason=reason,
            pages=pages,
        )
        return moved or job

    async def _read(self, job_id: int, drawing: Drawing) -> None:
        """Read what is wanted and not read yet, showing how far it is."""
        self._advance(job_id, Stage.READING, {Stage.WAITING})
        news = asyncio.Event()
        news.set()
        async with self._progress.painted(job_id, news):
            while todo := self._todo(job_id):
                self._chosen.discard(job_id)
                await self._read_pages(job_id, drawing, todo, news)
                if job_id not in self._chosen:
                    break
        self._conclude(job_id)

    async def _read_pages(
        self, job_id: int, drawing: Drawing, todo: Sequence[int], news: asyncio.Event
    ) -> None:
        job = self._job(job_id)
        reading = self.room.read(drawing, pages=todo, job=str(job_id), full=job.full)
        async with aclosing(reading) as pages:
            async for page in pages:
                read = ReadPage(page.page, page.text, str(page.origin), page.doubts)
                ocr.keep_page(self._db, job, read, self.today())
                news.set()
                if job_id in self._chosen:  # other pages are wanted now
                    return

    def _todo(self, job_id: int) -> list[int]:
        """The wanted pages that are not read yet."""
        job = self._job(job_id)
        read = ocr.read_so_far(self._db, job_id)
        return [page for page in pages_of(job.wanted, job.pages) if page not in read]

    def _conclude(self, job_id: int) -> None:
        """All that could be read was read: is it a result?"""
        read = ocr.pages(self._db, job_id)
        if read and all("unreachable" in page.doubts for page in read):
            self._fail(job_id, "model")
        else:
            self._advance(job_id, Stage.READY, {Stage.READING})

    def _give_up(self, job_id: int, why: str) -> None:
        """The document is lost: ask for its password, or hand over what was read, or say why."""
        if why == "password":
            wrong = self._passwords.drop(job_id)
            reason = "wrong-password" if wrong else ""
            self._advance(job_id, Stage.PASSWORD, AT_WORK - {Stage.READY}, reason)
        elif any(page.origin != "nobody" for page in ocr.pages(self._db, job_id)):
            self._advance(job_id, Stage.READY, OPEN, why)
        else:
            self._fail(job_id, why)

    def _fail(self, job_id: int, why: str) -> None:
        log.info("job %s could not be read: %s", job_id, why)
        self._advance(job_id, Stage.FAILED, OPEN, why)

    async def _finish(self, job_id: int) -> None:
        """Show what became of the job; hand over a result, however often that must be tried."""
        pause = RETRY_AFTER
        while (job := ocr.get(self._db, job_id)) and job.stage is Stage.READY:
            async with self._progress.brush(job_id):
                delivered = await self._desk.deliver(job)
            if delivered:
                self._advance(job_id, Stage.DONE, {Stage.READY}, job.reason)
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, 600.0)
        await self.show(job_id)

    # What its person sees

    async def _look(self, job_id: int) -> None:
        if job := ocr.get(self._db, job_id):
            await self._desk.show(self._view(job))

    def _view(self, job: Job) -> View:
        read = ocr.read_so_far(self._db, job.id)
        wanted = pages_of(job.wanted, job.pages)
        line = self._turns.line
        return View(
            job,
            done=sum(page in read for page in wanted),
            wanted=len(wanted),
            ahead=line.index(job.id) if job.id in line else None,
            seconds=self.room.seconds(sum(page not in read for page in wanted)),
            left_today=self.left_today(job.user_id),
        )

    # Small change

    def _job(self, job_id: int) -> Job:
        job = ocr.get(self._db, job_id)
        if not job:
            raise DocumentError("erased")
        return job

    def _advance(
        self, job_id: int, stage: Stage, expected: Collection[Stage], reason: str = ""
    ) -> None:
        ocr.advance(self._db, job_id, stage, expected, self._now(), reason=reason)

    def _forget(self, job_ids: Sequence[int]) -> None:
        ocr.erase(self._db, job_ids)
        for job_id in job_ids:
            self._passwords.drop(job_id)
            if task := self._tasks.get(job_id):
                task.cancel()


def _forgotten(job: Job) -> Job:
    return replace(job, stage=Stage.CANCELLED, reason="forgotten")


class QuotaExceeded(Exception):
    """More pages are asked for than the day's share still holds."""

    def __init__(self, pages: int) -> None:
        super().__init__(pages)
        self.pages = pages


def pages_of(wanted: Ranges, pages: int) -> list[int]:
    """The page numbers that `wanted` means in a file of so many pages, in order."""
    if not wanted:
        return list(range(1, pages + 1))
    named = (range(max(1, first), min(last, pages) + 1) for first, last in wanted)
    return sorted({page for some in named for page in some})
