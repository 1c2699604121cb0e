"""What leafing to page 1,000 of /toc costs beside page 1, and what keeping the guide costs in a
channel of 100,000 posts beside one of 100.

Run with `make bench`. Limits: 1.3 and 2 times. A page is looked up and laid out as a press does,
without Telegram; an update of the guide is one new post into the index, the guide composed anew
and its changed messages handed to a Telegram that answers at once. Both channels use the same
hashtags; sides take turns and are compared by medians.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sqlite_utils import Database  # noqa: E402 - after the path is set

from bot.channel.contents import Frame  # noqa: E402
from bot.channel.guide import Keeper  # noqa: E402
from bot.config import Settings  # noqa: E402
from db import guide, index, posts  # noqa: E402
from db.guide import Shelf  # noqa: E402
from db.schema import open_db  # noqa: E402
from handlers import toc  # noqa: E402
from handlers.texts.guide import WORDS  # noqa: E402
from handlers.toc_buttons import Place  # noqa: E402
from tests.bench import persian_posts  # noqa: E402

LARGE, SMALL, WORDS_EACH = 100_000, 100, 30
DEEP = 1000
ROUNDS = 300
UPDATES = 60
DEEP_LIMIT, SIZE_LIMIT = 1.3, 2.0


def main() -> int:
    """Print the figures; 1 when a limit is passed."""
    large, small = _channel(LARGE), _channel(SMALL)
    passed = [_pages(large, Shelf("all")), _pages(large, _largest(large))]
    passed.append(asyncio.run(_updates(small, large)))
    return 0 if all(passed) else 1


def _channel(size: int) -> Database:
    db = open_db(":memory:")
    started = perf_counter()
    with db.atomic():
        for post in persian_posts.posts(size, words=WORDS_EACH):
            posts.add(db, post)
    while index.catch_up(db):
        pass
    print(f"{size:,} posts archived and indexed in {perf_counter() - started:.1f} s")
    return db


def _largest(db: Database) -> Shelf:
    known = guide.contents(db)
    return Shelf("tag", max(known.types + known.subjects, key=lambda tag: tag.posts).id)


def _pages(db: Database, shelf: Shelf) -> bool:
    parts: Any = SimpleNamespace(db=db, settings=Settings())
    last = guide.count(db, shelf) // toc.POSTS - 1
    far = min(DEEP, last)
    near, deep = _place(db, shelf, 2), _place(db, shelf, far)
    looks: dict[int, list[float]] = {1: [], 2: [], far: []}
    for _ in range(ROUNDS):
        looks[1].append(_ms(lambda: toc.look_up(parts, Place(shelf=shelf))))
        looks[2].append(_ms(lambda: toc.look_up(parts, near)))
        looks[far].append(_ms(lambda: toc.look_up(parts, deep)))
    first, second, late = (median(times) for times in looks.values())
    ratio = late / first
    print(
        f"/toc, {shelf.kind}: page 1 {first:.3f} ms, page 2 {second:.3f} ms,"
        f" page {far:,} {late:.3f} ms: {ratio:.2f} times page 1 (limit {DEEP_LIMIT})"
    )
    return ratio <= DEEP_LIMIT


def _place(db: Database, shelf: Shelf, page: int) -> Place:
    """The press that leads to this page."""
    before = guide.page(db, shelf, "first", 0, (page - 1) * toc.POSTS).posts[-1]
    return Place("", page, shelf, "after", before.key)


class _Telegram:
    """Takes everything, at once."""

    username = "peyk_bot"

    def __init__(self) -> None:
        self._ids = count(10**6)

    async def send_message(self, *_: Any, **__: Any) -> Any:
        """A message with the next id."""
        return SimpleNamespace(message_id=next(self._ids))

    async def edit_message_text(self, *_: Any, **__: Any) -> None:
        """Done."""

    async def pin_chat_message(self, *_: Any, **__: Any) -> None:
        """Done."""


class _Side:
    def __init__(self, db: Database, size: int) -> None:
        self.db, self.size = db, size
        self.now = datetime(2027, 1, 1, tzinfo=UTC)
        bot: Any = _Telegram()
        self.keeper = Keeper(db, bot, persian_posts.CHAT, 1, lambda: self.now)
        self.frame = Frame(WORDS, "peyk_bot", footer="@peyk_ai")
        self.news = list(persian_posts.posts(UPDATES + 1, seed=7, words=WORDS_EACH))

    async def post(self, number: int) -> None:
        """One more post, and what the guide makes of it."""
        self.now += timedelta(minutes=2)
        new = replace(self.news[number], message_id=self.size + 1 + number, published=self.now)
        posts.add(self.db, new)
        index.catch_up(self.db)
        kept = await self.keeper.keep(self.frame)
        assert kept.edited or number == 0


async def _updates(small: Database, large: Database) -> bool:
    sides = {SMALL: _Side(small, SMALL), LARGE: _Side(large, LARGE)}
    taken: dict[int, list[float]] = {SMALL: [], LARGE: []}
    for number in range(UPDATES):
        for size, side in sides.items():
            started = perf_counter()
            await side.post(number)
            taken[size].append((perf_counter() - started) * 1000)
    few, many = (median(times[1:]) for times in taken.values())
    print(
        f"guide after one new post: {SMALL} posts {few:.2f} ms, {LARGE:,} posts {many:.2f} ms:"
        f" {many / few:.2f} times (limit {SIZE_LIMIT})"
    )
    return many / few <= SIZE_LIMIT


def _ms(call: Callable[[], object]) -> float:
    started = perf_counter()
    call()
    return (perf_counter() - started) * 1000


if __name__ == "__main__":
    sys.exit(main())
