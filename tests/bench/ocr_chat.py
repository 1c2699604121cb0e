"""Files sent in a chat: from upload to result, and what hostile ones cost.

Run with `make bench`. The embedded Telegram, the bot and a vision server that takes a second for
each page share the machine. Time is from the sending of the file to its finished result, in a bot
that has read a file before; memory is that of the process with all of these and its children.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from db import ocr  # noqa: E402 - after the path is set
from db.ocr import Stage  # noqa: E402
from tests.bench.ocr import (  # noqa: E402
    CONCURRENCIES,
    DOCUMENTS,
    FIXTURES,
    PLUS,
    ROUNDS,
    SHARE,
    Memory,
    many,
    resident,
)
from tests.eval.ocr_peer import SHARED, vision_server  # noqa: E402
from tests.newsroom import Newsroom, newsroom  # noqa: E402

LOOK = 0.005
"""Seconds between two looks at a job."""
ANSWERED = 10.0
"""Seconds within which a hostile file has its sentence."""
OPEN = (Stage.NEW, Stage.WAITING, Stage.READING, Stage.READY)


async def read(room: Newsroom, name: str, content: bytes) -> float:
    """Seconds from sending a file until the bot is done with it, or asks something."""
    number = len(ocr.of_user(room.db, room.reader.id)) + 1
    started = time.perf_counter()
    await room.reader.send_file(room.reader.private(), name, content, "application/pdf")
    await _until(lambda: (job := ocr.get(room.db, number)) is not None and job.stage not in OPEN)
    return time.perf_counter() - started


async def _until(over: Callable[[], bool]) -> None:
    while not over():  # noqa: ASYNC110 - the database tells nobody when it changes
        await asyncio.sleep(LOOK)


async def read_once(url: str, document: Path, concurrency: int) -> dict[str, float]:
    """A document through the chat of a bot that is warm."""
    content = document.read_bytes()  # noqa: ASYNC240 - nothing else runs here
    seeing = {"vision_model": "vision", "vision_url": url, "vision_parallel": concurrency}
    with tempfile.TemporaryDirectory() as folder:
        async with newsroom(Path(folder), **seeing) as room:
            await read(room, "first.pdf", many(document, 1))
            seconds = await read(room, "document.pdf", content)
            read_by = [page.origin for page in ocr.pages(room.db, 2)]
    return {"seconds": seconds, "pages": len(read_by), "asked": read_by.count("model")}


async def hostile(url: str) -> None:
    """Each hostile file, while somebody else asks something again and again."""
    seeing = {"vision_model": "vision", "vision_url": url}
    slowest, waited, idle, memory = {}, [0.0], 0.0, Memory()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as scratch:
        tempfile.tempdir = os.environ["TMPDIR"] = scratch
        async with newsroom(Path(folder), **seeing) as room:
            await read(room, "first.pdf", many(FIXTURES / f"{DOCUMENTS[0]}.pdf", 1))
            idle = resident()
            with memory.watched():
                for path in sorted((SHARED / "fixtures" / "pdf-hostile").glob("*.pdf")):
                    asking = asyncio.create_task(_ask(room, waited))
                    slowest[path.stem] = await read(room, path.name, path.read_bytes())
                    asking.cancel()
        left = os.listdir(scratch)  # noqa: PTH208 - nothing else runs here
    name = max(slowest, key=lambda one: slowest[one])
    print(
        f"{len(slowest)} hostile files: the slowest answer after {slowest[name]:.1f} s ({name},"
        f" limit {ANSWERED:g}), somebody else's after {max(waited):.2f} s at most,"
        f" peak {memory.peak - idle:.0f} MB above idle, {len(left)} temporary files left",
        flush=True,
    )


async def _ask(room: Newsroom, waited: list[float]) -> None:
    """Somebody else asks, and notes how long each answer took."""
    chat = room.outsider.private()
    while True:
        started = time.perf_counter()
        await room.ask(room.outsider, chat, "/ocr")
        waited.append(time.perf_counter() - started)
        await asyncio.sleep(0.1)


def time_of(url: str, document: Path, concurrency: int) -> None:
    """The median of some rounds, each in a process of its own, printed with its limit."""
    arguments = [sys.executable, __file__, url, str(document), str(concurrency)]
    rounds = [
        json.loads(subprocess.run(arguments, capture_output=True, check=True).stdout)
        for _ in range(ROUNDS)
    ]
    seconds = median(one["seconds"] for one in rounds)
    limit = SHARE * math.ceil(rounds[0]["pages"] / concurrency) + PLUS
    asked = median(one["asked"] for one in rounds)
    print(
        f"in chat: {document.stem:16} {rounds[0]['pages']} pages, {concurrency:2} at once:"
        f" {seconds:6.2f} s (limit {limit:.1f}: {'kept' if seconds <= limit else 'PASSED'}),"
        f" {asked:.0f} read by the model",
        flush=True,
    )


def main() -> None:
    """Print the table."""
    if not FIXTURES.is_dir():
        print("ocr in chat: left out, the fixtures in ../shared are not part of a clone")
        return
    with vision_server("--mode", "constant", "--latency", "1") as server:
        for name in DOCUMENTS:
            for concurrency in CONCURRENCIES:
                time_of(server.url, FIXTURES / f"{name}.pdf", concurrency)
        asyncio.run(hostile(server.url))


if __name__ == "__main__":
    if len(sys.argv) == 4:
        address, path, places = sys.argv[1:]
        print(json.dumps(asyncio.run(read_once(address, Path(path), int(places)))))
    else:
        main()
