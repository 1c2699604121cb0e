"""The guide that peyk builds beside the one a person made for the channel of seed 004.

    python -m tests.eval.guide [folder for the pictures]

First the recorded exports are imported and the guide of each is pinned in the embedded channel.
Then a channel with the hashtags, kinds and series of the human guide is made up (three posts for
each hashtag), and each thing that guide has is looked for in peyk's. With a folder and Debian's
chromium, each channel is photographed. Needs the recordings in ../shared.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlite_utils import Database
from telegram.ext import ExtBot

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from bot import importing  # noqa: E402
from bot.channel.contents import Frame  # noqa: E402
from bot.channel.guide import Keeper  # noqa: E402
from bot.channel.post import Rendered  # noqa: E402
from bot.channel.publish import deliver  # noqa: E402
from bot.demo.people import Person  # noqa: E402
from bot.demo.records import Chat, Message  # noqa: E402
from bot.demo.server import EmbeddedTelegram  # noqa: E402
from db import guide, index, posts, series, tags  # noqa: E402
from db.model import Post  # noqa: E402
from db.schema import open_db  # noqa: E402
from handlers.texts.guide import WORDS  # noqa: E402
from tests.demo.browser import open_browser  # noqa: E402

SHARED = ROOT.parent / "shared"
SEED = "004_*.txt"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
EACH = 3
ORDINALS = ["معرفی", "اول", "دوم", "سوم", "چهارم", "پنجم", "ششم", "هفتم"]


@dataclass(frozen=True)
class Human:
    """What a guide made by hand holds: hashtags by section, and series with their parts."""

    heading: str
    types: tuple[str, ...]
    subjects: tuple[str, ...]
    series: dict[str, int]
    footer: str


def read_human(path: Path) -> Human:
    """The guide that stands in a seed."""
    text = path.read_text(encoding="utf-8")
    start = text.index("راهنمای مطالب کانال")
    lines = text[start : text.index("\n@SingularThinker", start)].splitlines()
    kinds = next(n for n, line in enumerate(lines) if "براساس نوع" in line)
    subjects = next(n for n, line in enumerate(lines) if "براساس محتوا" in line)
    serial = next(n for n, line in enumerate(lines) if line.startswith("مطالب سریالی"))
    found = {}
    for line in lines[serial + 1 :]:
        name, _, rest = line.rpartition(" - ") if " - " in line else line.rpartition(":")
        parts = [part for part in re.split(r"[/\s]+", rest) if part in ORDINALS]
        if name and parts:
            found[name] = len(parts)
    return Human(
        lines[0],
        _tags(lines[kinds:subjects]),
        _tags(lines[subjects:serial]),
        found,
        "@SingularThinker",
    )


def _tags(lines: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(r"#(\w+)", "\n".join(lines))))


@asynccontextmanager
async def channel(name: str) -> AsyncIterator[tuple[EmbeddedTelegram, Person, Chat, ExtBot[int]]]:
    """An embedded Telegram with one channel and the bot that keeps its guide."""
    async with EmbeddedTelegram() as tg:
        reader = tg.add_user("سارا")
        place = tg.add_channel(name, "peyk_ai", [tg.add_user("مینا")], members=[reader])
        bot: ExtBot[int] = ExtBot(tg.token, base_url=f"{tg.url}/bot")
        async with bot:
            yield tg, reader, place, bot


async def keep(db: Database, bot: ExtBot[int], place: Chat, footer: str) -> list[Message]:
    """Make the guide; its messages in the channel."""
    keeper = Keeper(db, bot, "@peyk_ai", place.id, lambda: NOW)
    await keeper.keep(Frame(WORDS, bot.username, footer=footer))
    for note in [message for message in place.messages.values() if message.is_service]:
        await bot.delete_message(place.id, note.message_id)
    parts = guide.messages(db)
    return [place.messages[row.message_id] for row in parts.values()]


async def photograph(tg: EmbeddedTelegram, reader: Person, place: Chat, picture: Path) -> None:
    """What the reader sees of the channel."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("no picture: Debian's chromium is not installed")
        return
    with tempfile.TemporaryDirectory() as profile:
        async with open_browser(chromium, Path(profile) / "profile") as browser:
            await browser.look_like(480, 1150)
            await browser.go(f"{tg.url}/#{reader.id}/{place.id}")
            await browser.wait("document.querySelector('.conversation:not([hidden])')")
            await browser.see("راهنمای مطالب کانال", ".bubble")
            await browser.click("پیام سنجاق‌شده", ".pinned-bar")
            await browser.wait("!document.querySelector('[role=log][aria-busy]')")
            await browser.photograph(picture)
            await browser.go("about:blank")
    print(f"picture: {picture}")


async def of_export(path: Path, folder: Path | None) -> None:
    """The guide of a recorded export."""
    db = open_db(":memory:")
    report = importing.run(db, path, None, ZoneInfo("Asia/Tehran"))
    while index.catch_up(db):
        pass
    known = guide.contents(db)
    async with channel(report.channel) as (tg, reader, place, bot):
        await _show_posts(db, bot)
        made = await keep(db, bot, place, "@peyk_ai")
        print(
            f"{path.name}: {posts.count(db)} posts, {len(known.types + known.subjects)} hashtags,"
            f" {len(known.series)} series: {len(made)} messages, pinned {place.pinned}"
        )
        if folder:
            await photograph(tg, reader, place, folder / f"{path.name.partition('.')[0]}.png")


async def _show_posts(db: Database, bot: ExtBot[int], newest: int = 5) -> None:
    """The last posts of the archive in the channel, so that the guide stands among them."""
    for row in reversed(posts.find(db, limit=newest)):
        if row["text"]:
            await deliver(bot, "@peyk_ai", Rendered(row["text"][:1000]).payload())


def made_up(human: Human) -> Database:
    """A channel that posts what the human guide lists."""
    db = open_db(":memory:")
    numbers = iter(range(1, 10**6))

    def write(title: str, *names: str) -> None:
        number = next(numbers)
        text = f"{title}\n\n{' '.join('#' + name for name in names)}"
        at = NOW - timedelta(days=900) + timedelta(hours=number)
        url = f"https://t.me/peyk_ai/{number}"
        posts.add(db, Post(-1, number, text, published=at, url=url))

    for name in (*human.types, *human.subjects):
        for _ in range(EACH):
            write(f"نوشته‌ای دربارهٔ {name}", name)
    for title, parts in human.series.items():
        for part in range(1, parts + 1):
            write(f"{title} - قسمت {part}")
    while index.catch_up(db):
        pass
    _classify(db, human)
    return db


def _classify(db: Database, human: Human) -> None:
    """What an admin does with /tags and /series."""
    for kind, names in (("type", human.types), ("subject", human.subjects)):
        for name in names:
            db.execute("update tags set kind = ? where id = ?", [kind, tags.owner(db, name)])
    for title, parts in human.series.items():
        made = series.create(db, title, None, NOW)
        assert made
        rows = db.execute(
            "select ordinal from posts where title like ? || ' - قسمت %' order by ordinal", [title]
        ).fetchall()
        for number, (ordinal,) in enumerate(rows[:parts], 1):
            series.attach(db, made.id, ordinal, number)


def compare(human: Human, made: list[Message]) -> int:
    """Print what the human guide has and whether peyk's has it; how much is missing."""
    text = "\n".join(re.sub("[\u200e\u200f\u2060]", "", message.text or "") for message in made)
    tappable = {
        (message.text or "").encode("utf-16-le")[2 * e.offset + 2 : 2 * (e.offset + e.length)]
        for message in made
        for e in message.entities
        if e.type == "hashtag"
    }
    shown = {name.decode("utf-16-le") for name in tappable}
    links = sum(e.type == "text_link" for message in made for e in message.entities)
    checks = [("heading", human.heading.rstrip(":") in text), ("footer", human.footer in text)]
    checks += [(f"section of kinds: #{name}", name in shown) for name in human.types]
    checks += [(f"section of subjects: #{name}", name in shown) for name in human.subjects]
    for title, parts in human.series.items():
        numbers = " / ".join("۰۱۲۳۴۵۶۷۸۹"[n] for n in range(1, parts + 1))
        checks.append((f"series, {parts} linked parts: {title}", f"): {numbers}" in text))
    for what, there in checks:
        print(f"  {'yes' if there else 'NO '}  {what}")
    print(f"  and {links} links: a count for each hashtag, a part each for the series")
    return sum(not there for _, there in checks)


async def beside_the_human(folder: Path | None) -> int:
    """The guide of the made-up channel; how much it lacks."""
    (seed,) = sorted((SHARED / "seeds").glob(SEED))
    human = read_human(seed)
    db = made_up(human)
    async with channel("متفکر تنها") as (tg, reader, place, bot):
        made = await keep(db, bot, place, human.footer)
        print(f"seed 004: {len(made)} messages, pinned {place.pinned}")
        missing = compare(human, made)
        if folder:
            await photograph(tg, reader, place, folder / "seed_004.png")
    return missing


async def main(folder: Path | None) -> int:
    """Print the comparison; 1 when something is missing."""
    for path in sorted((SHARED / "fixtures/export").glob("*.json")):
        await of_export(path, folder)
    return 1 if await beside_the_human(folder) else 0


def _folder() -> Path | None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", nargs="?", type=Path)
    folder: Path | None = arguments.parse_args().folder
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    return folder


if __name__ == "__main__":
    sys.exit(asyncio.run(main(_folder())))
