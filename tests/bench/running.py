"""What the running bot costs beside a bare python-telegram-bot application on the same server.

Run with `make bench`. Start to first getUpdates; updates handled per second, each confirmed after
its effect; resident memory when idle. Both sides are processes of their own, take turns, and are
compared by medians.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.demo.faults import Fault  # noqa: E402 - after the path is set
from bot.demo.server import EmbeddedTelegram  # noqa: E402

ROUNDS = 5
UPDATES = 2000
START_LIMIT, RATE_LIMIT = 1.6, 0.5
IDLE_SECONDS = 4.0

BARE = """
import os
from telegram.ext import Application, TypeHandler
from telegram import Update
handled = 0
async def nothing(update, context):
    global handled
    handled += 1
    if handled == int(os.environ["UPDATES"]):
        print("done", flush=True)
application = (Application.builder().token(os.environ["PEYK_TELEGRAM_TOKEN"])
    .base_url(os.environ["PEYK_TELEGRAM_API_URL"] + "/bot").build())
application.add_handler(TypeHandler(Update, nothing))
application.run_polling(allowed_updates=Update.ALL_TYPES)
"""


class Stage:
    """A Telegram with a channel and an admin chat, and a folder for the bot's files."""

    def __init__(self, telegram: EmbeddedTelegram, folder: Path) -> None:
        self.telegram, self.folder = telegram, folder
        self.mina = telegram.add_user("مینا")
        self.channel = telegram.add_channel("پیک", "peyk_ai", admins=[self.mina])
        self.group = telegram.add_group("تحریریه", members=[self.mina])
        (folder / "sources.toml").write_text("")

    async def start(self, *command: str, updates: int = 0) -> asyncio.subprocess.Process:
        """A bot as a process."""
        environment = os.environ | {
            "PEYK_TELEGRAM_TOKEN": self.telegram.token,
            "PEYK_TELEGRAM_API_URL": self.telegram.url,
            "PEYK_CHANNEL": "@peyk_ai",
            "PEYK_ADMIN_CHAT": str(self.group.id),
            "PEYK_ADMINS": str(self.mina.id),
            "PEYK_DB": str(self.folder / "peyk.db"),
            "PEYK_SOURCES": str(self.folder / "sources.toml"),
            "PEYK_LOG_LEVEL": "ERROR",
            "UPDATES": str(updates),
        }
        self.telegram.calls.clear()
        return await asyncio.create_subprocess_exec(
            *(sys.executable, *command),
            env=environment,
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )

    def posts(self) -> int:
        """How many channel posts are in the bot's database."""
        with sqlite3.connect(self.folder / "peyk.db") as db:
            return int(db.execute("select count(*) from posts").fetchone()[0])


PEYK = ("-m", "bot", "run")
BARE_BOT = ("-c", BARE)


async def first_request(telegram: EmbeddedTelegram) -> asyncio.Event:
    """Set when the next getUpdates arrives."""
    arrived = asyncio.Event()

    async def note() -> None:
        arrived.set()

    telegram.faults.add(Fault("getUpdates", action="call", call=note))
    return arrived


async def end(process: asyncio.subprocess.Process) -> None:
    """Stop a bot and wait for it."""
    if process.returncode is None:
        process.terminate()
    await process.wait()


async def start(stage: Stage) -> bool:
    """From the start of the process to its first getUpdates."""
    seconds: dict[tuple[str, ...], list[float]] = {BARE_BOT: [], PEYK: []}
    for _ in range(ROUNDS):
        for command, measured in seconds.items():
            arrived = await first_request(stage.telegram)
            begun = perf_counter()
            process = await stage.start(*command)
            await asyncio.wait_for(arrived.wait(), 60)
            measured.append(perf_counter() - begun)
            await end(process)
    bare, ours = median(seconds[BARE_BOT]), median(seconds[PEYK])
    print(f"  start to first getUpdates: bare {bare * 1e3:.0f} ms, peyk {ours * 1e3:.0f} ms")
    return say("start", ours / bare, START_LIMIT, ours / bare <= START_LIMIT)


async def updates(stage: Stage) -> bool:
    """Channel posts per second: peyk archives each, the bare bot only counts them."""
    rates: dict[tuple[str, ...], list[float]] = {BARE_BOT: [], PEYK: []}
    for _ in range(ROUNDS):
        for command, measured in rates.items():
            (stage.folder / "peyk.db").unlink(missing_ok=True)
            for number in range(UPDATES):
                await stage.mina.send(stage.channel, f"پست {number} دربارهٔ attention #LLM")
            arrived = await first_request(stage.telegram)
            process = await stage.start(*command, updates=UPDATES)
            await asyncio.wait_for(arrived.wait(), 60)
            begun = perf_counter()
            await asyncio.wait_for(_all_handled(stage, process, command), 120)
            measured.append(UPDATES / (perf_counter() - begun))
            await end(process)
    bare, ours = median(rates[BARE_BOT]), median(rates[PEYK])
    print(f"  updates per second: bare no-op {bare:.0f}, peyk {ours:.0f}")
    return say("updates", ours / bare, RATE_LIMIT, ours / bare >= RATE_LIMIT)


async def _all_handled(
    stage: Stage, process: asyncio.subprocess.Process, command: tuple[str, ...]
) -> None:
    if command is BARE_BOT:
        assert process.stdout
        await process.stdout.readline()
        return
    while stage.posts() < UPDATES:  # noqa: ASYNC110 - another process writes the database
        await asyncio.sleep(0.01)


async def memory(stage: Stage) -> bool:
    """Resident memory of the idle bots; stated, not judged."""
    for name, command in (("bare", BARE_BOT), ("peyk", PEYK)):
        arrived = await first_request(stage.telegram)
        process = await stage.start(*command)
        await asyncio.wait_for(arrived.wait(), 60)
        await asyncio.sleep(IDLE_SECONDS)
        print(f"  resident memory, idle: {name} {resident(process.pid):.0f} MB")
        await end(process)
    return True


def resident(process: int) -> float:
    """Resident memory of a process in megabytes (Linux)."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if "VmRSS" in line) / 1024


def say(name: str, value: float, limit: float, fits: bool) -> bool:
    """Print a line of the result."""
    print(f"{name:<24} {value:6.2f}  limit {limit:<5} {'ok' if fits else 'MISSED'}")
    return fits


async def main() -> bool:
    """Measure and print; False when a limit is missed."""
    with tempfile.TemporaryDirectory() as folder:
        async with EmbeddedTelegram() as telegram:
            stage = Stage(telegram, Path(folder))
            fits = [await start(stage), await updates(stage), await memory(stage)]
    return all(fits)


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main()) else 1)
