"""The bytes of any source -> answers in parts: what feeds.parse asks of a thread or a child."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from bot.errors import SourceError
from feeds import arxiv, github, rss
from feeds.feed import Feed
from feeds.sources import Source, SourceKind

READERS: dict[SourceKind, Callable[[bytes, Source], Feed]] = {
    "arxiv": arxiv.parse,
    "github": github.parse,
    "rss": rss.parse,
}

PART = 100
"""Items an answer carries: some 200 kB, which is unpacked in about a millisecond."""


LENGTH = struct.Struct("!I")
"""Before each pickled Job or Answer that passes between peyk and feeds.child."""


@dataclass(frozen=True, slots=True)
class Job:
    """One body to read, and the source it came from."""

    source: Source
    body: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the items of a feed, in its order."""

    feed: Feed
    last: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """No feed, and why."""

    reason: str


Answer = Part | Failed


def answer(job: Job) -> Iterator[Answer]:
    """Read a job's body and give it in parts, or say why it cannot be read."""
    try:
        feed = READERS[job.source.kind](job.body, job.source)
    except SourceError as error:
        yield Failed(str(error))
        return
    except Exception as error:
        # The outermost loop around a parser of hostile bytes: feedparser, expat and codecs raise
        # whatever they trip over, and all of it means that this feed cannot be read.
        yield Failed(f"the feed cannot be parsed ({type(error).__name__})")
        return
    yield from _parts(feed)


def _parts(feed: Feed) -> Iterator[Part]:
    count = len(feed.items)
    for start in range(0, max(count, 1), PART):
        some = replace(feed, items=feed.items[start : start + PART])
        yield Part(some, last=start + PART >= count)
