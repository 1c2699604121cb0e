"""The answering of questions: in fair turns, one for each person, streamed, stopped when told.

A question lives in db.asks and is taken up by the next process where this one leaves it. How it is
answered is the business of bot.answers, what people see of it the Desk's (handlers.ask_desk).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot.errors import ModelBusy, ModelComing, ModelError, ModelMissing
from bot.logs import redact
from bot.models.stream import Turn
from bot.turns import Turns
from db import asks
from db.asks import Ask, Stage

if TYPE_CHECKING:  # what finds and checks answers need not be loaded before there is a question
    from bot.answers import Answer, Draft, Sources

log = logging.getLogger("peyk.asking")

KEPT = timedelta(hours=24)
"""After so long a question is erased with its answer."""
STALE = timedelta(hours=1)
"""A question that an earlier process left is answered if it is younger; else said to be lost."""
LONGEST = 600.0
"""Seconds an answer may take from its turn on; small machines write slowly."""
MOST_WAITING = 50
"""Questions in the line."""
MOST_OF_ONE = 3
"""Unanswered questions that one person may have."""
MOST_ATTEMPTS = 2
"""Processes that may begin an answer: one that ends them all must not do so for ever."""
TURNS_REMEMBERED = 3
"""Earlier questions of a conversation that the next one is asked with."""
LONGEST_TURN = 1000
"""Characters of an earlier question or answer that are remembered with it."""
NO_ANSWER = "…"
"""What is remembered in place of an answer that could not be given: models expect one."""
SHOWN_IN_LINE = 20
"""Of those who wait, so many see their place change."""
LINE_EVERY = 2.0
"""Seconds between two looks of the line: edits are rationed."""
SOON = 0.7
"""Seconds that first words have before a sign that they are being written takes their place."""
AGAIN = 0.1
"""Seconds before a preview for which there was no room is tried again."""
REMIND = 5.0
"""Seconds without news after which a preview is shown again: Telegram drops it after 30."""
RETRY_AFTER = 5.0
"""Seconds before an answer that could not be handed over is tried again; doubled each time."""
LAST_WORDS = 1.0
"""Seconds that what is on its way to Telegram may take when something ends."""

_UNWRITTEN = frozenset({"no-evidence", "no-model", "no-question"})
"""Reasons of bot.answers for which the model wrote nothing."""

Events = AsyncGenerator["Sources | Draft | Answer"]


class Answerer(Protocol):
    """Whoever answers: bot.answers with its archive, model and policy."""

    def __call__(self, question: str, earlier: Sequence[Turn], *, by_model: bool) -> Events:
        """What is found, the text as it grows, and the answer; raises ModelError."""


class Desk(Protocol):
    """The counter at which people ask and are answered. Raises nothing for Telegram's reasons."""

    def pace(self, ask: Ask) -> float:
        """Seconds between two previews."""

    async def wait(self, ask: Ask, ahead: int) -> None:
        """Say that it waits, behind so many."""

    async def begin(self, ask: Ask) -> None:
        """Say that its turn has come."""

    async def preview(self, ask: Ask, text: str) -> bool:
        """Show what is written so far, as what it is: unchecked. Empty: nothing yet.

        False: there was no room for it, it should be tried again.
        """

    async def deliver(self, ask: Ask) -> bool:
        """Say what became of a question that is ready; False: to be tried again."""

    async def postpone(self, ask: Ask) -> None:
        """Say that the answer comes after a pause."""

    async def alarm(self, error: str) -> None:
        """Let the admins know, once, that the model gives no answers."""

    async def relieve(self) -> None:
        """The model answers (again)."""


class Taken(StrEnum):
    """What becomes of a question that is handed in."""

    YES = "yes"
    KNOWN = "known"
    TOO_MANY = "too many of one person"
    FULL = "the line is full"


def is_refused(answer: Answer) -> bool:
    """Whether the model wrote something that is not shown, for the posts do not bear it out."""
    unsure = answer.kind.value == Stage.UNSURE
    return unsure and not _UNWRITTEN.intersection(answer.reasons)


@dataclass(slots=True)
class _Preview:
    """What a person should see of an answer that is being written."""

    text: str = ""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Nothing more is to be shown."""


class Asking:
    """All questions of one bot."""

    def __init__(
        self,
        db: Database,
        answerer: Answerer,
        desk: Callable[[], Desk],
        *,
        places: int,
        quota: int,
        zone: ZoneInfo,
        now: Callable[[], datetime],
    ) -> None:
        """`places`: answers written at once; `quota`: a person's questions to the model a day."""
        self._db, self._answerer, self._build_desk = db, answerer, desk
        self._quota, self._zone, self._now = quota, zone, now
        self._turns = Turns(places)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._places_shown: dict[int, int] = {}
        self._line_shown: asyncio.Task[None] | None = None
        self._line_changed = False
        self._forgotten: set[int] = set()
        self._begun: set[int] = set()
        """Questions of which something may be seen, whether a message shows them or a draft."""
        self._closed = False

    @cached_property
    def _desk(self) -> Desk:
        return self._build_desk()

    # What people ask for

    def resume(self) -> int:
        """Take up what an earlier process left; returns how many questions that is."""
        left = asks.undone(self._db)
        for ask in left:
            late = ask.stage is Stage.WAITING and self._now() - ask.born > STALE
            self._begin(ask, late=late)
        return len(left)

    def take(self, ask: Ask) -> Taken:
        """Take in a question. The same message twice is one question."""
        waiting = asks.undone(self._db)
        if any((one.chat_id, one.message_id) == (ask.chat_id, ask.message_id) for one in waiting):
            return Taken.KNOWN
        if len(waiting) >= MOST_WAITING:
            return Taken.FULL
        own = sum(one.user_id == ask.user_id for one in waiting)
        if own >= MOST_OF_ONE:
            return Taken.TOO_MANY
        spent = self.left_today(ask.user_id) - own <= 0
        kept = asks.add(self._db, replace(ask, reason="quota" if spent else ""), self._now())
        if not kept:
            return Taken.KNOWN
        self._begin(kept)
        return Taken.YES

    def cancel(self, ask_id: int) -> bool:
        """Stop a question at once; False when it is past stopping."""
        ask = asks.get(self._db, ask_id)
        if not ask or not self._settle(ask, Stage.STOPPED):
            return False
        before = self._tasks.get(ask_id)
        if before:
            before.cancel()
        self._keep(ask_id, asyncio.create_task(self._hand_over(ask_id, before)))
        return True

    def cancel_all(self, user_id: int) -> int:
        """Stop all questions of a person; returns how many there were."""
        return sum(self.cancel(ask.id) for ask in asks.undone(self._db, user_id))

    def forget(self, user_id: int) -> int:
        """Erase a person's questions and answers; returns how many there were.

        What is being answered is stopped, and erased when that is said. The day's count stays
        until the day is over.
        """
        self.cancel_all(user_id)
        found = asks.of_user(self._db, user_id)
        unsaid = {ask.id for ask in asks.undone(self._db, user_id)}
        self._forgotten |= unsaid
        asks.erase(self._db, [ask_id for ask_id in found if ask_id not in unsaid])
        return len(found)

    def tidy(self) -> None:
        """Erase what has been kept as long as was promised."""
        asks.erase(self._db, asks.before(self._db, self._now() - KEPT))
        asks.prune_days(self._db, self._today())

    async def close(self) -> None:
        """Stop work; it goes on in the next process, and whoever sees it wait is told so."""
        self._closed = True
        if self._line_shown:
            self._line_shown.cancel()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        asks.put_back(self._db)
        undone = asks.undone(self._db)
        visible = [ask for ask in undone if ask.status_id or ask.id in self._begun]
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS):
                await asyncio.gather(*map(self._desk.postpone, visible[:SHOWN_IN_LINE]))

    # The day's share

    def left_today(self, user_id: int) -> int:
        """Questions of this person's that may still go to the model today."""
        return max(0, self._quota - self.used_today(user_id))

    def used_today(self, user_id: int) -> int:
        """Questions of this person's that went to the model today."""
        return asks.used(self._db, user_id, self._today())

    def _today(self) -> str:
        return f"{self._now().astimezone(self._zone):%Y-%m-%d}"

    # The work on one question

    def _begin(self, ask: Ask, *, late: bool = False) -> None:
        if not self._closed:
            if ask.stage is Stage.WAITING and (late or ask.attempts >= MOST_ATTEMPTS):
                self._settle(ask, Stage.LOST, "lost")
            self._keep(ask.id, asyncio.create_task(self._work(ask.id)))

    def _keep(self, ask_id: int, task: asyncio.Task[None]) -> None:
        self._tasks[ask_id] = task
        task.add_done_callback(lambda ended: self._ended(ask_id, ended))

    def _ended(self, ask_id: int, task: asyncio.Task[None]) -> None:
        if self._tasks.get(ask_id) is task:
            del self._tasks[ask_id]

    async def _work(self, ask_id: int) -> None:
        """From the question to something said."""
        ask = asks.get(self._db, ask_id)
        try:
            if ask and ask.stage is Stage.WAITING:
                await self._answer(ask)
        except ModelError as error:
            assert ask
            await self._fail(ask, error)
        except Exception:
            # A bug costs its question, never the others; its person is told.
            log.exception("question %s cannot be answered", ask_id)
            assert ask
            self._settle(ask, Stage.FAILED, "bug")
        await self._hand_over(ask_id)

    async def _answer(self, ask: Ask) -> None:
        """Find an answer and keep it to be handed over."""
        asks.begin(self._db, ask.id)
        started = time.monotonic()
        by_model = ask.reason != "quota"
        events = self._answerer(ask.question, self._earlier(ask), by_model=by_model)
        async with aclosing(events):
            found = await self._found(ask, events)
        seconds = time.monotonic() - started
        if not found:
            raise ModelError("the answer has no end")
        kept = replace(
            asks.get(self._db, ask.id) or ask,
            kind=found.kind.value,
            answer=found.text,
            reason=ask.reason or ("refused" if is_refused(found) else ""),
            doubt=found.doubt.quadrant.value if found.doubt else "",
            sources=tuple(asdict(source) for source in found.sources),
            seconds=seconds,
        )
        if asks.ready(self._db, kept):
            log.info("question %s: %s after %.1f s", ask.id, kept.kind, seconds)

    async def _found(self, ask: Ask, events: Events) -> Answer | None:
        """The answer: at once where the model need not be asked, else in turn."""
        from bot.answers import Answer, Sources

        first = await anext(events, None)
        if isinstance(first, Answer):
            return first
        if isinstance(first, Sources):
            asks.found(self._db, ask.id, [asdict(source) for source in first.sources])
            if not first.asks_model:
                async for event in events:
                    if isinstance(event, Answer):
                        return event
        async with self._turn(ask):
            return await self._write(ask, events)

    @asynccontextmanager
    async def _turn(self, ask: Ask) -> AsyncGenerator[None]:
        """Wait for the turn of a question, its person seeing where it stands."""
        place = asyncio.create_task(self._show_place(ask.id))
        try:
            async with self._turns.turn(ask.user_id, ask.id):
                await _rest(place)
                self._tell_line()
                yield
        finally:
            await _rest(place)
            self._places_shown.pop(ask.id, None)
            self._tell_line()

    async def _write(self, ask: Ask, events: Events) -> Answer | None:
        """What the model makes of it, shown as it grows; stopped when it takes too long."""
        from bot.answers import Answer, Draft

        self._count(ask)
        self._begun.add(ask.id)
        preview, answer = _Preview(), None
        painter = asyncio.create_task(self._paint(ask.id, preview))
        try:
            async with asyncio.timeout(LONGEST), aclosing(events):  # before the painter rests
                async for event in events:
                    if isinstance(event, Answer):
                        answer = event
                    elif isinstance(event, Draft) and event.text.strip():
                        preview.text = event.text
                        preview.news.set()
        except TimeoutError as error:
            asks.uncount(self._db, ask.user_id, self._today())
            raise ModelBusy(f"no answer within {LONGEST:.0f} s") from error
        except ModelError:
            asks.uncount(self._db, ask.user_id, self._today())
            raise
        except asyncio.CancelledError:
            if self._closed:  # not its person stops it; it is taken up again, and counted then
                asks.uncount(self._db, ask.user_id, self._today())
            raise
        finally:
            preview.over.set()
            preview.news.set()
            await _rest(painter)
        await self._desk.relieve()
        return answer

    def _count(self, ask: Ask) -> None:
        """Take it off the day's share, unless a process that was killed has done so."""
        begun = asks.get(self._db, ask.id)
        if begun and begun.attempts <= 1:
            asks.count(self._db, ask.user_id, self._today())

    async def _hand_over(self, ask_id: int, before: asyncio.Task[None] | None = None) -> None:
        """Say what became of a question, once what was done for it `before` has ended."""
        if before:
            await asyncio.wait([before])
        pause = RETRY_AFTER
        while (ask := asks.get(self._db, ask_id)) and ask.stage is Stage.READY:
            if await self._delivered(ask):
                asks.end(self._db, ask_id)
                break
            await asyncio.sleep(pause)
            pause = min(pause * 2, 600.0)
        self._begun.discard(ask_id)
        if ask_id in self._forgotten:
            self._forgotten.discard(ask_id)
            asks.erase(self._db, [ask_id])

    async def _delivered(self, ask: Ask) -> bool:
        try:
            return await self._desk.deliver(ask)
        except Exception:
            # What cannot be said now cannot be said later either.
            log.exception("the answer to question %s cannot be handed over", ask.id)
            return True

    async def _fail(self, ask: Ask, error: ModelError) -> None:
        told = redact(error)
        log.warning("question %s: %s", ask.id, told)
        self._settle(ask, Stage.FAILED, _why(error))
        if not isinstance(error, ModelComing):
            await self._desk.alarm(told)

    def _settle(self, ask: Ask, stage: Stage, why: str = "") -> bool:
        """Note that there is no answer, to be said; False when something else was noted."""
        now = asks.get(self._db, ask.id)
        return bool(now and asks.ready(self._db, replace(now, kind=stage, reason=why)))

    def _earlier(self, ask: Ask) -> list[Turn]:
        """What was said before in this conversation."""
        turns: list[Turn] = []
        for one in asks.earlier(self._db, ask, TURNS_REMEMBERED):
            turns.append(Turn("user", one.question[:LONGEST_TURN]))
            turns.append(Turn("assistant", one.answer[:LONGEST_TURN] or NO_ANSWER))
        return turns

    # What its person sees

    async def _paint(self, ask_id: int, preview: _Preview) -> None:
        """Show how far an answer is: its first words at once, more of them in a steady pace."""
        ask = asks.get(self._db, ask_id)
        if not ask:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(preview.news.wait(), SOON)
        if not preview.news.is_set():
            await self._desk.begin(ask)
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(preview.news.wait(), REMIND)
            ask = asks.get(self._db, ask_id)
            if not ask or preview.over.is_set():
                return
            preview.news.clear()
            shown = await self._desk.preview(ask, preview.text)
            if not shown:
                preview.news.set()
            if not preview.text:
                continue  # its first words wait for nothing
            with suppress(TimeoutError):
                pause = self._desk.pace(ask) if shown else AGAIN
                await asyncio.wait_for(preview.over.wait(), pause)

    async def _show_place(self, ask_id: int) -> None:
        """Say where a question stands in the line, if that is news."""
        line = self._turns.line
        ask = asks.get(self._db, ask_id)
        if not ask or ask_id not in line:
            return
        ahead = line.index(ask_id)
        if self._places_shown.get(ask_id) != ahead:
            self._places_shown[ask_id] = ahead
            await self._desk.wait(ask, ahead)

    def _tell_line(self) -> None:
        """Show those who wait what their places are now."""
        self._line_changed = True
        if not self._closed and (not self._line_shown or self._line_shown.done()):
            self._line_shown = asyncio.create_task(self._show_line())

    async def _show_line(self) -> None:
        while self._line_changed:
            await asyncio.sleep(LINE_EVERY)
            self._line_changed = False
            for ask_id in self._turns.line[:SHOWN_IN_LINE]:
                await self._show_place(ask_id)


async def _rest(painter: asyncio.Task[None]) -> None:
    """Wait for what is on its way to Telegram: it must not come after what follows, and of a
    message that was sent the number must be known."""
    try:
        await asyncio.wait([painter], timeout=LAST_WORDS)
    finally:
        painter.cancel()


def _why(error: ModelError) -> str:
    """What is wrong with the model, in one word."""
    if isinstance(error, ModelMissing):
        return "missing"
    if isinstance(error, ModelComing):
        return "coming"
    return "busy" if isinstance(error, ModelBusy) else "broken"
