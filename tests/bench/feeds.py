"""What a poll costs beside feedparser alone: read + identify + rank + store 1,000 arXiv entries.

Run with `make bench`. Both sides get the same bytes, take turns, and are compared by medians.
The feed has the form of arXiv's daily RSS; its titles and abstracts are real ones when the
recordings are at hand, and made of the demo's recording otherwise.
"""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, time
from xml.sax.saxutils import escape

import feedparser
from sqlite_utils import Database

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from db.schema import open_db  # noqa: E402 - after the path is set
from feeds.collect import collect  # noqa: E402
from feeds.fetch import Fetcher  # noqa: E402
from feeds.sources import Source, named_origins  # noqa: E402

ENTRIES = 1000
ROUNDS = 7
NEW_LIMIT, UNCHANGED_LIMIT = 1.1, 0.02

_ITEM = """<item><title>{title}</title><link>https://arxiv.org/abs/{id}</link>
<description>arXiv:{id}v1 Announce Type: new
Abstract: {abstract}</description>
<guid isPermaLink="false">oai:arXiv.org:{id}v1</guid><category>cs.LG</category>
<category>cs.CL</category><pubDate>Thu, 24 Sep 2026 00:00:00 -0400</pubDate>
<arxiv:announce_type>new</arxiv:announce_type>
<dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>
<dc:creator>{authors}</dc:creator></item>
"""
_CHANNEL = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:atom="http://www.w3.org/2005/Atom" version="2.0"><channel>
<title>cs.LG, cs.CL updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.LG+cs.CL</link>
<description>updates on the arXiv.org e-print archive.</description><language>en-us</language>
<pubDate>Thu, 24 Sep 2026 00:00:00 -0400</pubDate>
<skipDays><day>Sunday</day><day>Saturday</day></skipDays>
{items}</channel></rss>
"""


def papers() -> list[tuple[str, str, str]]:
    """Real (title, abstract, authors), at least one."""
    shared = ROOT.parent / "shared/fixtures/arxiv"
    files = [
        *sorted(shared.glob("rss/*.rss.xml")),
        *sorted(shared.glob("api/*.xml")),
        ROOT / "bot/demo/recorded/arxiv.xml",
    ]
    return [
        (entry.title, entry.summary, ", ".join(a.get("name", "") for a in entry.authors))
        for file in files
        for entry in feedparser.parse(file.read_bytes(), sanitize_html=False).entries
    ]


def feed(entries: int = ENTRIES) -> bytes:
    """A day of arXiv with `entries` papers, each with an id of its own."""
    items = [
        _ITEM.format(
            id=f"2609.{number:05}",
            title=escape(title),
            abstract=escape(abstract),
            authors=escape(authors),
        )
        for number, (title, abstract, authors) in enumerate(islice(cycle(papers()), entries))
    ]
    return _CHANNEL.format(items="".join(items)).encode()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which another process serves `folder`."""
    command = [sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", "0"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().split('port ')[1].split()[0]}"
        finally:
            server.kill()


class LongestPause:
    """The longest time in which the event loop ran nothing else."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> LongestPause:
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task
        self._task.cancel()

    async def _watch(self) -> None:
        last = perf_counter()
        while True:
            await asyncio.sleep(0.001)
            now = perf_counter()
            self.seconds = max(self.seconds, now - last - 0.001)
            last = now


class Polls:
    """Polls of one feed into a fresh database, each timed."""

    def __init__(self, url: str, file: Path, pause: LongestPause) -> None:
        words = ("large language model", "agent", "diffusion", "benchmark", "retrieval", "vision")
        self._source = Source("arXiv", "arxiv", 6, url=url, categories=("cs.LG",), keywords=words)
        self._file = file
        self._pause = pause

    async def run(self, round: int) -> tuple[float, float, float]:
        """Seconds of a poll of a new feed, of an equal one sent again, and of one not modified."""
        with TemporaryDirectory() as folder:
            db = open_db(Path(folder) / "peyk.db")
            async with Fetcher(named_origins([self._source]), arxiv_pause=0) as fetcher:
                new = await self._timed(db, fetcher)
                assert db["items"].count == ENTRIES
                later = time() + 10 * round
                os.utime(self._file, (later, later))  # another Last-Modified, the same bytes
                again = await self._timed(db, fetcher)
                unmodified = await self._timed(db, fetcher)
            db.close()
        return new, again, unmodified

    async def _timed(self, db: Database, fetcher: Fetcher) -> float:
        gc.collect()
        async with self._pause:
            start = perf_counter()
            collected = await collect(
                *(db, fetcher, [self._source], lambda: datetime.now(UTC)),
                poll_every=timedelta(minutes=30),
                due_only=False,
            )
            seconds = perf_counter() - start
        assert not collected.errors
        return seconds


def bare(body: bytes) -> float:
    """Seconds of feedparser alone."""
    gc.collect()
    start = perf_counter()
    feedparser.parse(body)
    return perf_counter() - start


def measure() -> list[tuple[str, float, float | None]]:
    """(name, value, limit or None) of everything measured."""
    body = feed()
    pause = LongestPause()
    alone, polls = [], []
    with TemporaryDirectory() as folder, served(Path(folder)) as url:
        file = Path(folder) / "cs.LG"
        file.write_bytes(body)
        for round in range(1, ROUNDS + 1):
            alone.append(bare(body))
            polls.append(asyncio.run(Polls(f"{url}/{file.name}", file, pause).run(round)))
    base = median(alone)
    new, again, unmodified = (median(times) for times in zip(*polls, strict=True))
    return [
        ("feeds_bare_feedparser_s", base, None),
        ("feeds_poll_new_s", new, None),
        ("feeds_new_ratio", new / base, NEW_LIMIT),
        ("feeds_unchanged_body_ratio", again / base, UNCHANGED_LIMIT),
        ("feeds_not_modified_ratio", unmodified / base, UNCHANGED_LIMIT),
        ("feeds_longest_pause_s", pause.seconds, None),
    ]


def main() -> bool:
    """Print ``name value limit ok|MISSED`` lines; whether every limit was kept."""
    kept = True
    for name, value, limit in measure():
        ok = limit is None or value <= limit
        kept = kept and ok
        verdict = "" if limit is None else f" {limit:g} {'ok' if ok else 'MISSED'}"
        print(f"{name} {value:.4f}{verdict}")
    return kept


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
