"""The stage of the tests: an embedded Telegram with its people, and a running peyk in it.

    async with newsroom(tmp_path) as room:
        card = await room.offer(title="خبر")
        await room.mina.press(card, "انتشار")

Knows nothing of what is tested. A handler that fails while the stage stands fails the test.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlite_utils import Database
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler

from bot import config, flood, steps, updates
from bot.app import Peyk
from bot.config import Settings
from bot.demo.people import Person
from bot.demo.records import Chat, Message
from bot.demo.server import EmbeddedTelegram
from bot.persian.dates import digits
from bot.steps import Pass
from db import drafts, items
from db.model import Draft, Item, Kind, State
from db.schema import open_db
from feeds.fetch import Fetcher
from tests.llm_server import LLMServer

MORNING = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
"""Sunday, 8:00 in Tehran: an hour before the first slot."""


class Clock:
    """The time as peyk and its Telegram see it; stands still unless a test moves it."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        """Move on by so many ``hours=``, ``minutes=``, …"""
        self.now += timedelta(**step)


class Web:
    """The web of the feeds: what `pages` holds under a path, on 127.0.0.1."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.url = ""


class _Page(RequestHandler):
    def initialize(self, web: Web) -> None:
        self.web = web

    def get(self, path: str) -> None:
        if path not in self.web.pages:
            raise HTTPError(404)
        self.finish(self.web.pages[path])


class Newsroom:
    """See the module. `mina` and `arash` are admins, `outsider` sits in the admin group too."""

    def __init__(self, settings: Settings, tg: EmbeddedTelegram, web: Web, clock: Clock) -> None:
        self.tg, self.web, self.clock = tg, web, clock
        self.mina, self.arash = tg.add_user("مینا", "mina"), tg.add_user("آرش", "arash")
        self.outsider, self.reader = tg.add_user("غریبه", "outsider"), tg.add_user("سارا", "sara")
        admins = [self.mina, self.arash]
        self.channel = tg.add_channel("پیک هوش مصنوعی", "peyk_ai", admins, members=[self.reader])
        self.group = tg.add_group("اتاق تحریریه", members=[*admins, self.outsider])
        self.settings = replace(
            settings,
            token=tg.token,
            api_url=tg.url,
            channel="@peyk_ai",
            admin_chat=self.group.id,
            admins=frozenset(admin.id for admin in admins),
        )
        self.log: list[str] = []
        """What peyk told its operator, as "LEVEL text"."""
        self.db: Database
        self.peyk: Peyk
        self._items = 0
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    # The program

    async def start(self) -> None:
        """Start peyk on the database as it is."""
        self.db = open_db(self.settings.db)
        self.peyk = Peyk(self.settings, self.db, now=self.clock)
        await self.peyk.__aenter__()
        self._stop = asyncio.Event()
        self._running = asyncio.create_task(self.peyk.run(self._stop))
        await self.tg.wait_for(self._at_work)

    async def stop(self) -> None:
        """Stop peyk as SIGTERM does, if it runs."""
        if self._running:
            running, self._running = self._running, None
            self._stop.set()
            await running
            await self.peyk.__aexit__()
            self.db.close()

    def _at_work(self) -> bool:
        if self._running and self._running.done():
            self._running.result()
        return any(call.method == "setMyCommands" for call in self.tg.calls)

    async def restart(self) -> None:
        """Stop peyk and start it again on the same database."""
        await self.stop()
        self.tg.calls.clear()
        await self.start()

    async def once(self) -> Pass:
        """One pass over everything, beside the running bot."""
        return await steps.run_all(self.peyk.parts)

    async def pass_alone(self) -> Pass:
        """One pass of a peyk that does nothing else, as `peyk once` makes it."""
        self.db = open_db(self.settings.db)
        async with Peyk(self.settings, self.db, now=self.clock) as peyk:
            return await peyk.once()

    async def publish_due(self) -> Pass:
        """Let the publisher look at the clock now instead of in some seconds."""
        outcome = Pass()
        await steps.publish(self.peyk.parts, outcome)
        return outcome

    # Drafts and cards

    async def offer(self, **fields: Any) -> Message:
        """The card of a new draft, as the admins get it."""
        draft = await self.store(**fields)
        await steps.offer(self.peyk.parts, Pass())
        return self.card(draft.id)

    async def store(self, **fields: Any) -> Draft:
        """A new draft in the database, not offered yet."""
        self._items += 1
        item = Item(
            identity=f"url:https://example.org/{self._items}",
            source="روزنامه",
            kind=Kind.NEWS,
            title="A piece of news",
            text="Something happened.",
            url=f"https://example.org/{self._items}",
        )
        await items.add(self.db, [item], self.clock())
        stored = items.by_identity(self.db, item.identity)
        assert stored
        items.mark_drafted(self.db, stored.id)
        plain: dict[str, Any] = {"title": "خبری تازه", "body": "بند نخست خبر.\n\nبند دوم خبر."}
        plain |= {"tags": ("#خبر",), "origin": "model:test"}
        return drafts.add(
            self.db,
            Draft(item_id=stored.id, kind=Kind.NEWS, **(plain | fields)),
            self.clock(),
        )

    def card(self, draft_id: int = 1) -> Message:
        """The newest card of this draft in the admin group."""
        cards = self.cards(draft_id)
        assert cards, f"no card of draft {draft_id}"
        return cards[-1]

    def cards(self, draft_id: int | None = None) -> list[Message]:
        """The cards in the admin group, of one draft or of all, oldest first."""
        words = f"📥 پیش‌نویس {digits(draft_id) + ' ·' if draft_id else ''}"
        return [m for m in self.tg.messages(self.group) if words in (m.text or "")]

    async def new_card(self, after: Message, draft_id: int = 1) -> Message:
        """The card that comes after `after`, once its buttons work."""

        def newer() -> Message | None:
            card = self.card(draft_id)
            is_new = card.message_id > after.message_id
            return card if is_new and self.state(draft_id) is not State.DRAFTED else None

        return await self.tg.wait_for(newer)

    async def says(self, message: Message, words: str) -> None:
        """Wait until a message says `words`."""
        await self.tg.wait_for(lambda: words in (message.text or ""))

    async def said(self, chat: Chat, words: str) -> Message:
        """Wait for a message with `words`."""
        return await self.tg.wait_message(chat, lambda m: words in (m.text or ""))

    async def ask(self, person: Person, chat: Chat, text: str) -> str:
        """What the bot answers to `text`."""
        sent = await person.send(chat, text)
        answer = await self.tg.wait_message(chat, lambda m: m.message_id > sent.message_id)
        return answer.text or ""

    def draft(self, draft_id: int = 1) -> Draft:
        """The draft as it is stored now."""
        draft = drafts.get(self.db, draft_id)
        assert draft
        return draft

    def state(self, draft_id: int = 1) -> State:
        """What has become of the draft."""
        return self.draft(draft_id).state

    async def posts(self, count: int) -> list[Message]:
        """The posts of the channel, once there are `count` and their cards say so."""
        await self.tg.wait_for(
            lambda: (
                len(drafts.find(self.db, [State.SENT])) >= count
                and len(self.tg.messages(self.channel)) >= count
            )
        )
        return self.tg.messages(self.channel)


def buttons(message: Message) -> list[str]:
    """The words on all buttons of a message."""
    return [button.text for row in message.keyboard for button in row]


@asynccontextmanager
async def newsroom(
    folder: Path,
    *,
    llm: LLMServer | None = None,
    sources: str = "",
    pages: Mapping[str, bytes] | None = None,
    running: bool = True,
    **settings: Any,
) -> AsyncIterator[Newsroom]:
    """A stage whose files lie in `folder`. `settings` are fields of bot.config.Settings.

    `$WEB` in `sources` (the text of sources.toml) stands for the address of `pages`.
    """
    async with AsyncExitStack() as stack:
        # The pace that Telegram and arXiv ask for has its own tests; here it would only cost time.
        stack.enter_context(patch.multiple(flood, PER_GROUP=(10_000, 1.0), OVERALL=(10_000, 1.0)))
        stack.enter_context(patch.object(updates, "CALM", 0.0))
        stack.enter_context(patch.dict(Fetcher.__init__.__kwdefaults__, arxiv_pause=0.0))
        web = await stack.enter_async_context(_web(pages or {}))
        tg = await stack.enter_async_context(EmbeddedTelegram())
        clock = Clock()
        tg.now = lambda: clock().timestamp()
        (folder / "sources.toml").write_text(sources.replace("$WEB", web.url))
        here: dict[str, Any] = {"db": folder / "peyk.db", "sources": folder / "sources.toml"}
        if llm:
            here |= {"llm_url": llm.url, "llm_key": "key", "summary_model": "writer"}
        room = Newsroom(replace(config.read({}, ""), **(here | settings)), tg, web, clock)
        stack.enter_context(_listening(room.log))
        stack.push_async_callback(room.stop)
        if running:
            await room.start()
        yield room
        assert not [line for line in room.log if "could not be handled" in line], room.log


@asynccontextmanager
async def _web(pages: Mapping[str, bytes]) -> AsyncIterator[Web]:
    web = Web()
    web.pages.update(pages)
    routes = [(r"(/.*)", _Page, {"web": web})]
    server = HTTPServer(Application(routes, log_function=lambda handler: None))
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    web.url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    yield web
    server.stop()
    await server.close_all_connections()


@contextmanager
def _listening(log: list[str]) -> Iterator[None]:
    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
            log.append(f"{record.levelname} {record.getMessage()}{trace and chr(10) + trace}")

    listener, peyk = Listener(logging.INFO), logging.getLogger("peyk")
    level = peyk.level
    peyk.addHandler(listener)
    peyk.setLevel(logging.INFO)
    try:
        yield
    finally:
        peyk.removeHandler(listener)
        peyk.setLevel(level)
