"""How soon the words of the local model are seen in chat, and how soon a stop ends its work.

Run with `make bench`. Limits: the first words visible within 1 s of the model's first token, in a
private chat and in a group; a press of the stop button ends the stream within 0.5 s. The bot and
its Telegram are one process; the model is a child process of its own (SmolLM2-135M, from PyPI),
beside one that writes 40 words a second from a list.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import pytest  # noqa: E402 - after the path is set

from bot import app, config  # noqa: E402
from bot.demo.records import Chat, Message  # noqa: E402
from bot.models.local import LocalModel, local_model  # noqa: E402
from bot.models.stream import Token  # noqa: E402
from db import posts  # noqa: E402
from db.model import Post  # noqa: E402
from handlers import ask_desk  # noqa: E402
from handlers.texts import ask as words  # noqa: E402
from tests.newsroom import Newsroom, newsroom  # noqa: E402
from tests.scribe import Scribe  # noqa: E402
from tests.small_models import smol  # noqa: E402

QUESTIONS, FIRST_LIMIT, STOP_LIMIT = 3, 1.0, 0.5
PACE = 1 / 40
POST = (
    "جنگل تصادفی چیست\n"
    "جنگل تصادفی الگوریتمی است که صدها درخت تصمیم را کنار هم می‌گذارد و از آن‌ها رأی می‌گیرد."
)


class Slow(Scribe):
    """A scribe with a typewriter."""

    async def stream(self, *arguments: Any, **options: Any) -> AsyncGenerator[Token]:
        async for token in super().stream(*arguments, **options):
            await asyncio.sleep(PACE)
            yield token


class Watched:
    """A model, with the times of its last answer's first token and end."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.first = self.end = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    async def stream(self, *arguments: Any, **options: Any) -> AsyncGenerator[Token]:
        self.first = self.end = 0.0
        said = self._model.stream(*arguments, **options)
        try:
            async for token in said:
                self.first = self.first or perf_counter()
                yield token
        finally:
            await said.aclose()
            self.end = perf_counter()


async def seen(room: Newsroom, chat: Chat, ask: Callable[[], Any]) -> tuple[float, Message]:
    """When the first words of an answer were seen, and the message with the stop button."""
    at: list[float] = []

    def notice(change: Any) -> None:
        text = change.details.get("text") or (change.message and change.message.text) or ""
        if change.chat is chat and words.UNCHECKED in text and not at:
            at.append(perf_counter())

    room.tg.world.listeners.append(notice)
    asked = await ask()
    await room.tg.wait_for(lambda: at, 60)
    room.tg.world.listeners.remove(notice)
    return at[0], await room.tg.wait_message(chat, lambda m: m.reply_to is asked, 60)


async def look(room: Newsroom, model: Watched, chat: Chat, command: str) -> tuple[float, float]:
    """Seconds from the first token to its being seen, and from a press of stop to the end."""
    when, status = await seen(
        room, chat, lambda: room.outsider.send(chat, f"{command} جنگل تصادفی چیست؟")
    )
    pressed = perf_counter()
    await room.outsider.press(status, words.STOP)
    while not model.end:  # noqa: ASYNC110 - its very moment is what is wanted
        await asyncio.sleep(0.001)
    return max(0.0, when - model.first), max(0.0, model.end - pressed)


async def measure(name: str, model: Watched, where: str) -> bool:
    """Some questions, each stopped once its first words are seen; whether the limits hold."""
    results = []
    with tempfile.TemporaryDirectory() as folder, patch.object(app, "_local", lambda *_: model):
        async with newsroom(Path(folder)) as room:
            at = room.clock() - timedelta(days=1)
            url = "https://t.me/peyk_ai/1"
            posts.add(room.db, Post(room.channel.id, 1, POST, published=at, url=url))
            private = where == "private"
            chat = room.outsider.private() if private else room.group
            command = "/ask" if private else f"/ask@{room.tg.world.bot.username}"
            for _ in range(QUESTIONS):
                results.append(await look(room, model, chat, command))
                await asyncio.sleep(5)  # Telegram takes five calls in five seconds
    first, stop = zip(*results, strict=True)
    print(
        f"{name:10} {where:8} first words after the first token {median(first) * 1000:4.0f} ms"
        f" (at most {max(first) * 1000:.0f}); stop to end {median(stop) * 1000:4.0f} ms"
        f" (at most {max(stop) * 1000:.0f})"
    )
    return max(first) <= FIRST_LIMIT and max(stop) <= STOP_LIMIT


def real() -> LocalModel | None:
    """The small model from PyPI, or None where it is not installed."""
    try:
        path = smol()
    except pytest.skip.Exception as missing:
        print(f"SmolLM2 is left out: {missing}")
        return None
    return local_model(config.read({"PEYK_LOCAL_MODEL": str(path)}, ""))


async def main() -> int:
    """Print the figures; 1 when a limit is broken."""
    ask_desk.BUTTON_AFTER = 0.0  # else it comes after two seconds, and the answer is over
    sound = True
    for where in ("private", "group"):
        slow = Slow()
        slow.says = "جنگل تصادفی الگوریتمی است " * 100
        sound = await measure("scripted", Watched(slow), where) and sound
        if model := real():
            sound = await measure("SmolLM2", Watched(model), where) and sound
            await model.close()
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
