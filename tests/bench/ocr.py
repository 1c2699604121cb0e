"""How fast documents are read, and in how much memory, beside zerox on the same server.

Run with `make bench`. The model takes a second for each page, whatever it shows; so a document of
so many pages at n calls at once cannot take less than ceil(pages / n) seconds. Time is from the
bytes of the file to the whole Markdown, in a process that has read a page before; memory is the
peak of that process and its children above what it took idle, and the file itself. zerox is timed
by its own call, without its imports (3 s); it is left out where it cannot be installed.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.config import Settings  # noqa: E402 - after the path is set
from bot.documents.drawing import Drawing  # noqa: E402
from bot.documents.read import Readers, reading_room  # noqa: E402
from bot.documents.whole import markdown  # noqa: E402
from db.schema import open_db  # noqa: E402
from tests.eval import ocr_peer  # noqa: E402
from tests.eval.ocr_peer import FIXTURES, Server, vision_server  # noqa: E402

DOCUMENTS = ("09_long40_scan", "08_long40")
CONCURRENCIES = (10, 20)
ROUNDS = 3
SHARE, PLUS = 1.1, 0.5
"""The ideal time may be passed by so much of it, and by so many seconds."""
MEGABYTES, TENFOLD = 100, 1.2
"""Above the idle process; and so many times that for ten times the pages."""


class Memory:
    """The memory of this process and its children, looked at again and again."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._over = threading.Event()

    @contextmanager
    def watched(self) -> Iterator[Memory]:
        """Keep the peak while the body runs."""
        looking = threading.Thread(target=self._look)
        looking.start()
        try:
            yield self
        finally:
            self._over.set()
            looking.join()

    def _look(self) -> None:
        while not self._over.wait(0.05):
            self.peak = max(self.peak, resident())


def resident() -> float:
    """MB of this process and its children; pages they share are counted once."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return sum(map(_own, [str(os.getpid()), *children])) / 1024


def _own(process: str) -> int:
    """The proportional share of a process, in KB."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0  # it has ended
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


async def read_here(
    url: str, document: Path, concurrency: int, *, weigh: bool
) -> dict[str, float]:
    """Read a document in this process: seconds, pages and, if it is weighed, MB above idle."""
    settings = Settings(vision_model="vision", vision_url=url, vision_parallel=concurrency)
    folder = tempfile.TemporaryDirectory()
    db = open_db(Path(folder.name) / "peyk.db")
    room = reading_room(settings, db, lambda: datetime.now(UTC))
    await _read(room, _first_page(document))
    content = document.read_bytes()  # noqa: ASYNC240 - nothing else runs here
    idle, memory = resident(), Memory()
    with memory.watched() if weigh else nullcontext():  # looking takes time
        started = time.perf_counter()
        pages = await _read(room, content)
        seconds = time.perf_counter() - started
    await room.close()
    db.close()
    folder.cleanup()
    grown = memory.peak - idle + len(content) / (1 << 20)  # it lies in memory of no process
    return {"seconds": seconds, "memory": grown, "pages": pages}


async def _read(room: Readers, content: bytes) -> int:
    async with Drawing([content]) as drawing:
        wanted = range(1, drawing.pages + 1)
        pages = [page async for page in room.read(drawing, wanted, job="bench", full=True)]
    assert markdown(pages)
    return len(pages)


def _first_page(document: Path) -> bytes:
    return many(document, 1)


def many(document: Path, pages: int) -> bytes:
    """So many pages of a document, again and again; each a little different, so none is known."""
    source, copy = pypdfium2.PdfDocument(document), pypdfium2.PdfDocument.new()
    while len(copy) < pages:
        copy.import_pages(source, range(min(len(source), pages - len(copy))))
    for number in range(len(copy)):
        width, height = copy[number].get_size()
        copy[number].set_mediabox(0, 0, width + 0.1 * (number + 1), height)
    packed = tempfile.SpooledTemporaryFile(max_size=1 << 30)  # noqa: SIM115 - memory only
    copy.save(packed)
    packed.seek(0)
    return packed.read()


def in_a_process(
    server: Server, document: Path, concurrency: int, *, weigh: bool = False
) -> dict[str, float]:
    """The same in a process of its own."""
    arguments = [server.url, str(document), str(concurrency), "weigh" if weigh else "time"]
    done = subprocess.run(
        [sys.executable, __file__, *arguments], capture_output=True, text=True, check=True
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


def time_of(server: Server, document: Path, concurrency: int) -> None:
    """The median of some rounds, printed with its limit."""
    rounds = [in_a_process(server, document, concurrency) for _ in range(ROUNDS)]
    median = sorted(rounds, key=lambda one: one["seconds"])[ROUNDS // 2]
    ideal = math.ceil(median["pages"] / concurrency)
    limit = SHARE * ideal + PLUS
    seconds = median["seconds"]
    print(
        f"{document.stem:16} {median['pages']:4.0f} pages, {concurrency:2} at once:"
        f" {seconds:6.2f} s (ideal {ideal}, limit {limit:.1f}:"
        f" {'kept' if seconds <= limit else 'PASSED'})",
        flush=True,
    )


def weight_of(server: Server) -> None:
    """What a document takes of memory, and one of ten times the pages."""
    with tempfile.TemporaryDirectory() as folder:
        taken = {}
        for pages in (40, 400):
            document = Path(folder) / f"{pages} pages.pdf"
            document.write_bytes(many(FIXTURES / f"{DOCUMENTS[0]}.pdf", pages))
            told = in_a_process(server, document, CONCURRENCIES[1], weigh=True)
            taken[pages] = told["memory"]
    print(
        f"memory above idle: {taken[40]:.0f} MB for 40 pages, {taken[400]:.0f} MB for 400,"
        f" {taken[400] / taken[40]:.2f} times as much (limits: {MEGABYTES} MB, {TENFOLD})",
        flush=True,
    )


def beside_zerox(server: Server) -> None:
    """zerox on the first document, at each concurrency."""
    python = ocr_peer.zerox_python()
    if python is None:
        return
    document = FIXTURES / f"{DOCUMENTS[1]}.pdf"
    for concurrency in CONCURRENCIES:
        told = ocr_peer.zerox(python, server.url, document, concurrency)
        print(
            f"{document.stem:16}   40 pages, {concurrency:2} at once: {told['seconds']:6.2f} s"
            f" by zerox, peak {told['peak']:.0f} MB",
            flush=True,
        )


def main() -> None:
    """Print the table."""
    if not FIXTURES.is_dir():
        print("ocr: left out, the fixtures in ../shared are not part of a clone")
        return
    with vision_server("--mode", "constant", "--latency", "1") as server:
        for name in DOCUMENTS:
            for concurrency in CONCURRENCIES:
                time_of(server, FIXTURES / f"{name}.pdf", concurrency)
        weight_of(server)
        beside_zerox(server)


if __name__ == "__main__":
    if len(sys.argv) == 5:
        address, path, places, what = sys.argv[1:]
        reading = read_here(address, Path(path), int(places), weigh=what == "weigh")
        print(json.dumps(asyncio.run(reading)))
    else:
        main()
