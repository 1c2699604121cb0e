"""Put the parts together and run them; the only place that knows them all."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlite_utils import Database
from telegram import BotCommandScopeChat
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ContextTypes, ExtBot
from telegram.request import BaseRequest, HTTPXRequest

from bot import schedule, steps
from bot.asking import Answerer, Asking, Events
from bot.asking import Desk as AskingDesk
from bot.certificates import trusted
from bot.channel.guide import Keeper
from bot.channel.publish import Publisher
from bot.config import Settings
from bot.context import Context, Parts
from bot.errors import ConfigError
from bot.flood import FloodGate
from bot.loading import load
from bot.logs import redact
from bot.reading import Desk, Reading
from bot.slots import is_quiet
from bot.updates import Inbox
from db import facts, index, tags
from db.model import Kind
from db.reader import Reader
from handlers import routes
from handlers.texts import welcome
from prompts import glossary, vocabulary
from prompts.voice import Voice

if TYPE_CHECKING:
    from bot.documents.read import Readers
    from bot.models.door import LanguageModel, OpenAIModel
    from bot.models.local import LocalModel
    from bot.models.stream import Turn

log = logging.getLogger("peyk")

WRONG_TOKEN = (
    "PEYK_TELEGRAM_TOKEN: Telegram does not know this token; ask @BotFather for the current one"
)
ANSWERS_AT_ONCE = 2
"""Questions that are answered with the nearest posts alone, where there is no model."""
PATIENCE = 6.0
"""Seconds that work in flight has to finish when peyk is told to stop."""


@contextmanager
def only_one(database: Path) -> Iterator[None]:
    """Hold the lock that keeps a second peyk from working on the same database."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with database.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConfigError(
                f"another peyk is already working on {database} (PEYK_DB); stop it first"
            ) from None
        yield


def require(settings: Settings) -> None:
    """Raise ConfigError naming what `peyk run` cannot do without."""
    needed = {
        "PEYK_TELEGRAM_TOKEN": settings.token,
        "PEYK_CHANNEL": settings.channel,
        "PEYK_ADMIN_CHAT": settings.admin_chat,
        "PEYK_ADMINS": settings.admins,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise ConfigError(f"{', '.join(missing)}: not set; `peyk init` asks for them")


class Peyk:
    """The program: a bot, its database and its jobs."""

    def __init__(
        self,
        settings: Settings,
        db: Database,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        require(settings)
        self.settings = settings
        self.gate = FloodGate()
        self._polling = HTTPXRequest(connection_pool_size=2, httpx_kwargs={"verify": trusted()})
        self.bot = _bot(settings, self.gate, self._polling)
        self._doors = _doors(settings)
        self._second = _second(settings)
        self._local = _local(settings)
        model = _or_local(_model(self._doors, settings, db, now), self._local, settings)
        self.parts = _parts(settings, db, self.bot, now, model, self._local)
        self.parts.second = _model(self._second, settings, db, now)
        self.application = _application(self.bot, self.parts)
        routes.register(self.application, settings)
        self._failure: BaseException | None = None
        self.inbox = Inbox(
            *(self.application, db, self.gate, self._polling, now, routes.KINDS),
            keepable=self.parts.reading.keepable,
        )
        self.parts.last_contact = lambda: self.inbox.last_contact

    async def __aenter__(self) -> Peyk:
        await self._log_in()
        return self

    async def __aexit__(self, *_: object) -> None:
        with suppress(TelegramError, RuntimeError):
            await self.application.shutdown()
        await self._polling.shutdown()
        await self.parts.reader.close()
        for door in (*self._doors, *self._second):
            await door.close()
        if self._local:
            await self._local.close()
        if self.parts.fetcher:
            await self.parts.fetcher.close()

    async def once(self) -> steps.Pass:
        """One pass: poll, draft, send cards, publish what is due."""
        await steps.identify(self.parts)
        return await steps.run_all(self.parts)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish or park what is in flight."""
        left = self.inbox.resume()
        if left:
            log.info("%d updates were left by the last run; handling them now", left)
        async with self._updates(stop):
            await self.application.start()
            await steps.identify(self.parts)
            await self.inbox.calm()
            await load(*schedule.NEEDS)
            schedule.start(self.application, self.parts)
            if self.settings.vision_model:
                self.parts.reading.warm_up()
            if self._local:
                self._local.prepare()
            if left := self.parts.reading.resume():
                log.info("%d files were being read by the last run; reading on", left)
            if left := self.parts.asking.resume():
                log.info("%d questions were left by the last run", left)
            await self._announce_commands()
            log.info("peyk is running as @%s", self.bot.username)
            await stop.wait()
            log.info("stopping")
        await self._halt()
        if isinstance(self._failure, InvalidToken):
            raise ConfigError(WRONG_TOKEN) from self._failure
        if self._failure:
            raise self._failure

    async def _log_in(self) -> None:
        """Ask Telegram who we are, until it answers."""
        pause = 1.0
        while True:
            try:
                return await self.application.initialize()
            except InvalidToken as error:
                raise ConfigError(WRONG_TOKEN) from error
            except TelegramError as error:
                log.warning("Telegram cannot be reached, trying again: %s", redact(error))
                await asyncio.sleep(pause)
                pause = min(pause * 2, 60.0)

    @asynccontextmanager
    async def _updates(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """Take updates in, by polling or by webhook, while the body runs."""
        if self.settings.webhook_url:
            from bot.webhook import listening

            async with listening(self.settings, self.bot, self.inbox, routes.KINDS):
                yield
            return
        fetching = asyncio.create_task(self._fetch())
        fetching.add_done_callback(lambda task: self._ended(task, stop))
        try:
            yield
        finally:
            fetching.cancel()
            await asyncio.wait([fetching])

    def _ended(self, fetching: asyncio.Task[None], stop: asyncio.Event) -> None:
        """Without updates there is no bot: whatever ended their fetching ends the program."""
        if not fetching.cancelled() and (failure := fetching.exception()):
            self._failure = failure
            stop.set()

    async def _fetch(self) -> None:
        if facts.get(self.parts.db, "webhook", False):
            await self.bot.delete_webhook()
            facts.put(self.parts.db, "webhook", False)
        await self.inbox.fetch()

    async def _halt(self) -> None:
        await asyncio.gather(self.parts.reading.park(PATIENCE), self._come_to_rest())
        await self.parts.reading.close()
        await self.parts.asking.close()
        await schedule.stop(self.application, self.parts)
        if self.application.running:
            await self.application.stop()

    async def _come_to_rest(self) -> None:
        await self.inbox.close(PATIENCE / 2)
        # Stopping the scheduler cuts its running jobs off, so the publisher comes to rest first.
        await self.parts.publisher.close(PATIENCE / 2)

    async def _announce_commands(self) -> None:
        """Fill the menus of the apps."""
        admin_chat = self.settings.admin_chat
        assert admin_chat is not None
        try:
            await self.bot.set_my_commands(welcome.COMMANDS)
            await self.bot.set_my_commands(
                welcome.ADMIN_COMMANDS, scope=BotCommandScopeChat(admin_chat)
            )
        except TelegramError as error:
            log.warning("the command menu was not set: %s", redact(error))


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop


def _bot(settings: Settings, gate: FloodGate, polling: BaseRequest) -> ExtBot[int]:
    return ExtBot(
        settings.token,
        base_url=f"{settings.api_url}/bot",
        base_file_url=f"{settings.api_url}/file/bot",
        request=HTTPXRequest(
            connection_pool_size=64,
            read_timeout=20,
            pool_timeout=20,
            httpx_kwargs={"verify": trusted()},
        ),
        get_updates_request=polling,
        rate_limiter=gate,
    )


def _parts(
    settings: Settings,
    db: Database,
    bot: ExtBot[int],
    now: Callable[[], datetime],
    model: LanguageModel | None,
    local: LocalModel | None,
) -> Parts:
    assert settings.channel is not None and settings.admin_chat is not None
    name = settings.channel if isinstance(settings.channel, str) else ""
    from feeds.sources import load as read_sources

    first = vocabulary.load()
    tags.seed(db, first.tags, set(first.known(Kind)), now())
    reader = Reader(settings.db)
    return Parts(
        settings=settings,
        db=db,
        reader=reader,
        bot=bot,
        publisher=Publisher(
            *(db, bot, settings.channel, settings.admin_chat, now),
            quiet=lambda moment: is_quiet(moment, settings.timezone, settings.quiet_hours),
        ),
        guide=Keeper(db, bot, settings.channel, settings.admin_chat, now),
        reading=Reading(
            *(db, lambda: _room(settings, db, now), lambda: _desk(db, bot, now)),
            quota=settings.ocr_pages_per_day,
            zone=settings.timezone,
            now=now,
        ),
        asking=Asking(
            *(db, _answerer(settings, db, reader, local)),
            lambda: _asking_desk(settings, db, bot, now, local),
            places=local.slots if local else ANSWERS_AT_ONCE,
            quota=settings.asks_per_day,
            zone=settings.timezone,
            now=now,
        ),
        now=now,
        voice=Voice(settings.register, glossary.load()),
        sources=read_sources(settings.sources),
        model=model,
        signature=settings.signature or facts.get(db, "signature", "") or name,
    )


def _answerer(
    settings: Settings, db: Database, reader: Reader, local: LocalModel | None
) -> Answerer:
    """Who answers questions; what finds and checks answers is loaded when there is one."""

    async def answer(question: str, earlier: Sequence[Turn], *, by_model: bool) -> Events:
        await load("bot.answers", "prompts.grounded")
        from bot import answers

        index.catch_up(db)
        events = answers.answer(
            question,
            archive=reader,
            model=local if by_model else None,
            earlier=earlier,
            policy=answers.Policy.of(settings, local),
        )
        async with aclosing(events):
            async for event in events:
                yield event

    return answer


def _local(settings: Settings) -> LocalModel | None:
    """The offline model, where one is named; nothing of it is loaded yet."""
    if not settings.local_model:
        return None
    from bot.models.local import local_model

    return local_model(settings)


def _room(settings: Settings, db: Database, now: Callable[[], datetime]) -> Readers:
    """Who reads pages; what draws them is loaded when there is one."""
    from bot.documents.read import reading_room

    return reading_room(settings, db, now)


def _desk(db: Database, bot: ExtBot[int], now: Callable[[], datetime]) -> Desk:
    """Where people get what was read."""
    from handlers.transcripts import Transcripts

    return Transcripts(db, bot, now)


def _asking_desk(
    settings: Settings,
    db: Database,
    bot: ExtBot[int],
    now: Callable[[], datetime],
    local: LocalModel | None,
) -> AskingDesk:
    """Where people see what becomes of their questions."""
    from handlers.ask_desk import AskDesk

    assert settings.admin_chat is not None
    return AskDesk(db, bot, settings.admin_chat, now, has_model=local is not None)


def _doors(settings: Settings) -> list[OpenAIModel]:
    """The model that writes summaries, and the one to ask when it fails, where they are named."""
    if not settings.summary_model:
        return []
    from bot.models.door import OpenAIModel

    names = filter(None, [settings.summary_model, settings.summary_fallback])
    return [OpenAIModel(settings.llm_url, settings.llm_key, name) for name in names]


def _second(settings: Settings) -> list[OpenAIModel]:
    """The model that looks for contradictions in summaries, where it is named."""
    if not (settings.summary_model and settings.check_model):
        return []
    from bot.models.door import OpenAIModel

    return [OpenAIModel(settings.llm_url, settings.llm_key, settings.check_model)]


def _model(
    doors: list[OpenAIModel], settings: Settings, db: Database, now: Callable[[], datetime]
) -> LanguageModel | None:
    """The `doors` as one model within the day's budget; None when there is none."""
    if not doors:
        return None
    from bot.models.budget import Budgeted
    from bot.models.door import Fallback

    first, *second = [
        Budgeted(door, db, settings.llm_budget, settings.timezone, now) for door in doors
    ]
    return Fallback(first, *second) if second else first


def _or_local(
    model: LanguageModel | None, local: LocalModel | None, settings: Settings
) -> LanguageModel | None:
    """`model`, and the offline one where it gives no answer, if the operator wants that."""
    if local is None or not settings.local_summaries:
        return model
    if model is None:
        return local
    from bot.models.door import Fallback

    return Fallback(model, local)


def _application(bot: ExtBot[int], parts: Parts) -> Application[Any, Any, Any, Any, Any, Any]:
    # The library wants a class here and only ever calls it: this hands it the one there is.
    data = cast(type[Parts], lambda: parts)
    types = ContextTypes(context=Context, bot_data=data)
    return Application.builder().bot(bot).updater(None).context_types(types).build()
