"""The embedded Telegram as one object: starts the server, adds people and chats, waits for events.

The Bot API is in bot.demo.botapi, the people's pages in bot.demo.web.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from bot.demo import web
from bot.demo.bell import Bell
from bot.demo.botapi import BotHandler, FileHandler
from bot.demo.errors import ApiError
from bot.demo.events import EventLog
from bot.demo.faults import Faults
from bot.demo.limits import UPLOAD_BYTES, FloodLimits
from bot.demo.methods import find_method
from bot.demo.methods.params import Params
from bot.demo.people import Person
from bot.demo.records import Chat, Json, Message, User
from bot.demo.webhook import deliver
from bot.demo.world import World

CALLS_KEPT = 2000
SECONDS_BETWEEN_LOOKS = 1.0
SLACK_BYTES = 1024 * 1024

T = TypeVar("T")


class Call(NamedTuple):
    """A call of the bot, and the error it got (None: it went well)."""

    method: str
    params: dict[str, Any]
    error: str | None


class EmbeddedTelegram:
    """A Telegram with one bot, on 127.0.0.1, for as long as the `async with` lasts."""

    def __init__(
        self,
        token: str = "42:TEST",
        port: int = 0,
        bot_username: str = "peyk_bot",
        bot_name: str = "پیک",
        has_privacy_mode: bool = False,
    ) -> None:
        """`port` 0 takes a free one; privacy mode hides ordinary group messages from the bot."""
        self.token = token
        self.now: Callable[[], float] = time.time
        bot = User(int(token.partition(":")[0]), bot_name, bot_username, is_bot=True)
        self.world = World(bot, lambda: self.now())
        self.world.reads_all_messages = not has_privacy_mode
        self.people: dict[int, Person] = {}
        self.faults = Faults()
        self.flood: FloodLimits | None = None
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)
        self.banner = ""
        self.events = EventLog()
        self.changed = Bell()
        self.world.listeners += [self.events.add, lambda _: self.changed.ring()]
        self._port = port
        self._server: HTTPServer | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen. Raises OSError if the port is taken."""
        sockets = bind_sockets(self._port, "127.0.0.1")
        self._port = sockets[0].getsockname()[1]
        app = Application(
            [
                (r"/bot([^/]+)/([A-Za-z]+)", BotHandler, {"telegram": self}),
                (r"/file/bot([^/]+)/(.+)", FileHandler, {"telegram": self}),
                *web.routes(self),
            ],
            # tornado would log addresses, and the token is part of them
            log_function=lambda handler: None,
        )
        self._server = HTTPServer(app, max_buffer_size=2 * UPLOAD_BYTES + SLACK_BYTES)
        self._server.add_sockets(sockets)
        self._tasks = [
            asyncio.create_task(deliver(self.world, self.changed.ring)),
            asyncio.create_task(self._close_polls_in_time()),
        ]

    async def stop(self) -> None:
        """Stop listening; calls that wait are ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.events.close()
        self.world.queries.close()
        self.world.updates.interrupt()
        if self._server is not None:
            self._server.stop()
            await self._server.close_all_connections()
        await asyncio.sleep(0)

    async def _close_polls_in_time(self) -> None:
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            self.world.close_due_polls()

    @property
    def url(self) -> str:
        """The root of the Bot API, and the address of the page."""
        return f"http://127.0.0.1:{self._port}"

    # The world, before and while the bot runs

    def add_user(self, name: str, username: str | None = None) -> Person:
        """A new person."""
        person = Person(self.world, self.world.add_user(name, username))
        self.people[person.id] = person
        return person

    def add_channel(
        self,
        title: str,
        username: str | None = None,
        admins: Iterable[Person] = (),
        members: Iterable[Person] = (),
        bot_rights: Iterable[str] | None = None,
    ) -> Chat:
        """A channel, public with a `username`; the bot administers it with `bot_rights`."""
        owners, readers = [p.user for p in admins], [p.user for p in members]
        return self.world.add_channel(title, username, owners, readers, bot_rights)

    def add_group(
        self,
        title: str,
        members: Iterable[Person] = (),
        username: str | None = None,
        bot_rights: Iterable[str] | None = None,
    ) -> Chat:
        """A supergroup; the bot administers it with `bot_rights`, an empty list: as a member."""
        return self.world.add_group(title, username, [p.user for p in members], bot_rights)

    def link(self, channel: Chat, group: Chat) -> None:
        """Make a group the one where a channel's posts are discussed."""
        channel.linked_chat_id, group.linked_chat_id = group.id, channel.id

    def messages(self, chat: Chat) -> list[Message]:
        """What stands in a chat now, oldest first."""
        return list(chat.messages.values())

    def inject_update(self, raw: Json, update_id: int | None = None) -> int:
        """Queue any update for the bot; its id. An old `update_id` is delivered once more."""
        return self.world.updates.inject(raw, update_id)

    # Waiting

    async def wait_for(
        self,
        condition: Callable[[], T],
        timeout: float = 10.0,  # noqa: ASYNC109 - as in asyncio.wait_for
    ) -> T:
        """The first true value of `condition`, asked again after everything that happens.

        Raises TimeoutError after so many seconds, with the bot's last calls.
        """
        deadline = time.monotonic() + timeout
        while not (value := condition()):
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"still waiting after {timeout} s; {self._last_calls()}")
            await self.changed.wait(left)
        return value

    async def wait_message(
        self,
        chat: Chat,
        where: Callable[[Message], object] = lambda message: True,
        timeout: float = 10.0,  # noqa: ASYNC109 - as in asyncio.wait_for
    ) -> Message:
        """The newest message of the chat that fits, now or as soon as there is one."""

        def newest() -> Message | None:
            return next((m for m in reversed(chat.messages.values()) if where(m)), None)

        found = await self.wait_for(newest, timeout)
        assert found is not None
        return found

    def _last_calls(self) -> str:
        calls = [call for call in self.calls if call.method != "getUpdates"][-8:]
        return "last calls: " + ", ".join(
            f"{call.method} ({call.error or 'ok'})" for call in calls
        )

    # The bot's calls

    async def call(self, name: str, params: Params) -> Any:
        """Carry out a method of the Bot API and note the call. Raises ApiError."""
        error: str | None = None
        try:
            method = find_method(name)
            if method is None:
                raise ApiError(404, "Not Found")
            self._check_flood(name, params)
            return await method(self.world, params)
        except ApiError as refusal:
            error = refusal.description
            raise
        finally:
            self.calls.append(Call(name, dict(params.values), error))
            self.changed.ring()

    def _check_flood(self, name: str, params: Params) -> None:
        if self.flood is None:
            return
        chat: Chat | None = None
        with contextlib.suppress(ApiError):
            chat = self.world.chat(params.text("chat_id"))
        self.flood.check(name.lower(), (chat.id, chat.type) if chat else None, self.now())
