"""A scene of the fault tests: one embedded Telegram, one database, and a peyk that may die.

The peyk is a process of its own (tests/faults/zygote.py). Knows nothing of what is tested.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.demo.methods.params import Params
from bot.demo.records import Chat, Message
from bot.demo.server import EmbeddedTelegram
from bot.demo.world import Change
from db import cards, drafts, items
from db.cards import Card
from db.model import Actor, Draft, Item, Kind, State
from db.schema import open_db
from handlers import keyboards

ROOT = Path(__file__).resolve().parents[2]
LOOK = 0.05
"""Seconds between looks into a database that another process writes."""
LONG = 40.0
"""Seconds a scene may take to come to rest on a busy machine."""


class Zygote:
    """The process that all peyks are forked from."""

    def __init__(self) -> None:
        self._pids: asyncio.Queue[int] = asyncio.Queue()
        self._ended: dict[int, asyncio.Event] = {}
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Zygote:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "ignore", "-m", "tests.faults.zygote"),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()
        await self._reading

    async def _read(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            said = json.loads(line)
            if "pid" in said:
                self._pids.put_nowait(said["pid"])
            else:
                self._ended.setdefault(said["exit"], asyncio.Event()).set()

    async def start(self, env: dict[str, str], log: Path) -> int:
        """A new peyk; its process id."""
        assert self._process.stdin
        order = json.dumps({"env": env, "log": str(log)}) + "\n"
        async with self._turn:
            self._process.stdin.write(order.encode())
            return await self._pids.get()

    def has_ended(self, pid: int) -> bool:
        """Whether this peyk has ended."""
        return self._ended.setdefault(pid, asyncio.Event()).is_set()

    async def ended(self, pid: int) -> None:
        """Wait until this peyk has ended."""
        await asyncio.wait_for(self._ended.setdefault(pid, asyncio.Event()).wait(), LONG)


class Scene:
    """One admin, one reader, a channel, an admin group, and a draft on a card."""

    def __init__(self, folder: Path, zygote: Zygote, tg: EmbeddedTelegram) -> None:
        folder.mkdir()
        self.tg, self._zygote = tg, zygote
        self.mina, self.reader = tg.add_user("مینا"), tg.add_user("سارا")
        self.channel = tg.add_channel("پیک", "peyk_ai", admins=[self.mina], members=[self.reader])
        self.group = tg.add_group("تحریریه", members=[self.mina])
        self.ever: list[Message] = []
        """Every message that ever stood in the channel, deleted ones included."""
        tg.world.listeners.append(self._notice)
        self.log = folder / "log.txt"
        self.path = folder / "peyk.db"
        self.pid = 0
        (folder / "sources.toml").write_text("")
        self._env = {
            "PEYK_TELEGRAM_TOKEN": tg.token,
            "PEYK_TELEGRAM_API_URL": tg.url,
            "PEYK_CHANNEL": "@peyk_ai",
            "PEYK_ADMIN_CHAT": str(self.group.id),
            "PEYK_ADMINS": str(self.mina.id),
            "PEYK_DB": str(self.path),
            "PEYK_SOURCES": str(folder / "sources.toml"),
            "PEYK_SIGNATURE": "پیک",
        }
        self._tasks: list[asyncio.Task[Any]] = []

    def _notice(self, change: Change) -> None:
        if change.kind == "message" and change.chat is self.channel and change.message:
            self.ever.append(change.message)

    # The program

    async def start(self, **extra: object) -> None:
        """Start a peyk; `extra` are more variables of its environment."""
        env = {name: str(value) for name, value in extra.items()}
        self.pid = await self._zygote.start(self._env | env, self.log)

    async def ended(self) -> None:
        """Wait until it has ended."""
        if self.pid:
            await self._zygote.ended(self.pid)
        self.pid = 0

    def has_ended(self) -> bool:
        """Whether it has ended, by whatever hand."""
        return not self.pid or self._zygote.has_ended(self.pid)

    async def kill(self) -> None:
        """kill -9."""
        assert self.pid, "no peyk runs, and 0 would mean this whole process group"
        os.kill(self.pid, signal.SIGKILL)
        await self.ended()

    async def stop(self) -> None:
        """SIGTERM, as at every orderly end."""
        if self.pid:
            with suppress(ProcessLookupError):  # it may just have met the death set for it
                os.kill(self.pid, signal.SIGTERM)
            await self.ended()

    async def close(self) -> None:
        """End whatever is left."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.pid:
            with suppress(ProcessLookupError):
                await self.kill()

    # The draft and what people do

    async def offer(
        self, title: str = "یک خبر تازه", body: str = "بند نخست.\n\nبند دوم."
    ) -> Message:
        """A draft whose card stands in the admin group already."""
        with closing(open_db(self.path)) as db:
            now = datetime.now(UTC)
            number = int(db.execute("select count(*) from items").fetchone()[0]) + 1
            url = f"https://example.org/{number}"
            item = Item(
                identity=f"url:{url}", source="s", kind=Kind.NEWS, title="t", text="x", url=url
            )
            await items.add(db, [item], now)
            stored = items.by_identity(db, item.identity)
            assert stored
            items.mark_drafted(db, stored.id)
            made = Draft(stored.id, Kind.NEWS, title, body, tags=("#خبر",), origin="model:test")
            draft = drafts.add(db, made, now)
            draft = drafts.advance(db, draft.id, State.OFFERED, "offered", Actor(0, "peyk"), now)
            markup = keyboards.card(draft)
            assert markup
            sent = await self.tg.call(
                "sendMessage",
                Params(
                    {
                        "chat_id": str(self.group.id),
                        "text": title,
                        "reply_markup": markup.to_json(),
                    }
                ),
            )
            cards.add(db, Card(self.group.id, sent["message_id"], draft.id, draft.version))
        self.tg.calls.clear()
        return self.group.messages[sent["message_id"]]

    def soon(self, act: Coroutine[Any, Any, Any]) -> None:
        """Let somebody do something; an answer need not come."""
        self._tasks.append(asyncio.create_task(act))

    # What has become of it

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says now."""
        with closing(sqlite3.connect(self.path, timeout=10)) as connection:
            return connection.execute(query, values).fetchall()

    def state(self, draft_id: int = 1) -> str:
        """The draft's state."""
        return str(self.rows("select state from drafts where id = ?", draft_id)[0][0])

    def posts(self, title: str = "یک خبر تازه") -> list[Message]:
        """The posts of this title that stand in the channel."""
        return [m for m in self.tg.messages(self.channel) if title in (m.text or "")]

    def ever_sent(self, title: str = "یک خبر تازه") -> int:
        """How often it was ever sent there by the bot."""
        bot = self.tg.world.bot
        return sum(title in (m.text or "") and m.sender is bot for m in self.ever)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for something in the database, which tells nobody when it changes."""
        async with asyncio.timeout(LONG):
            while not condition():
                await self.tg.changed.wait(LOOK)

    async def rest(self) -> None:
        """Wait until no update is pending and nothing is on its way, then stop."""
        open_ = "select 1 from outbox where state in ('approved', 'sending', 'uncertain')"
        pending = "select 1 from updates where state = 'pending'"
        await self.until(
            lambda: (
                not self.tg.world.updates.pending
                and not self.rows(pending)
                and not self.rows(open_)
            )
        )
        await self.stop()

    def said(self, chat: Chat) -> list[str]:
        """What the bot said in a chat."""
        return [m.text or "" for m in self.tg.messages(chat) if m.sender is self.tg.world.bot]


@asynccontextmanager
async def scene(folder: Path, zygote: Zygote) -> AsyncIterator[Scene]:
    """A scene whose files lie in `folder`."""
    async with EmbeddedTelegram() as tg:
        stage = Scene(folder, zygote, tg)
        try:
            yield stage
        except BaseException:
            if stage.log.exists():
                print(f"--- {folder.name}\n{stage.log.read_text()[-6000:]}")
            raise
        finally:
            await stage.close()
