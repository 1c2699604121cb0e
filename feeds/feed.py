"""What one reading of a source gives, and the parts of it that all kinds of feed share. Pure.

Does not know any kind of source in particular: see feeds.arxiv, feeds.github, feeds.rss.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import feedparser

from bot.errors import SourceError
from db.model import Item, Link

TITLE, TEXT, ADDRESS, NAME = 500, 20_000, 2_000, 200
"""Most characters kept of a title, a text, an address and an author's or tag's name."""
LINKS, AUTHORS, TAGS, ENTRIES = 100, 100, 30, 5_000
"""Most of each kept of one entry, and most entries of one feed."""

PAPER, CODE, RELEASE, PAGE = "paper", "code", "release", "page"
"""What the label of an item's Link says it leads to."""


@dataclass(frozen=True, slots=True)
class Feed:
    """One reading of a source."""

    items: tuple[Item, ...] = ()
    skip_days: frozenset[str] = frozenset()
    """Days without announcements by the feed's own word (RSS 2.0 ``skipDays``): ``Saturday``…"""
    published: datetime | None = None
    """The day the feed itself is of."""


def read(body: bytes) -> Any:
    """What feedparser sees in `body`. Raises SourceError where that is no feed."""
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        raise SourceError("the answer is empty")
    if start[:1] in b"{[":
        raise SourceError("the answer is JSON, not RSS or Atom (JSON Feed is not supported)")
    # Markup is turned to text in feeds.plain and addresses are resolved in feeds.rss; letting
    # feedparser sanitize as well would triple its time.
    parsed = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
    if not parsed.get("version") and not parsed.entries:
        page = start.startswith(b"<!doctype html") or b"<html" in start
        raise SourceError("the answer is a web page, not a feed" if page else "no feed in there")
    return parsed


def entries(parsed: Any) -> list[Any]:
    """The entries of a feed that feedparser has read, in its order, bounded in number."""
    return list(parsed.entries[:ENTRIES])


def text_of(entry: Any, key: str) -> str:
    """A field of an entry as text, whatever the feed put there."""
    # Not entry.get: feedparser's own tries other names for a key first, at ten times the cost.
    value = dict.get(entry, key)
    return value if isinstance(value, str) else ""


def when(entry: Any, *keys: str) -> datetime | None:
    """The first of the entry's dates that can be read, in UTC."""
    for key in keys:
        parts = dict.get(entry, f"{key}_parsed")
        if parts:
            try:
                return datetime.fromtimestamp(calendar.timegm(parts), UTC)
            except (ValueError, OverflowError, OSError, TypeError):
                continue
    return None


def names(people: Iterable[str]) -> tuple[str, ...]:
    """Names without doubles and empties, in order."""
    return tuple(dict.fromkeys(name for name in people if name))


def cut(text: str, most: int) -> str:
    """`text` in at most `most` characters, ended by an ellipsis where something is missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def web(url: str) -> bool:
    """Whether an address is one a reader could open."""
    return len(url) <= ADDRESS and bool(re.match(r"https?://[^\s/]", url, re.IGNORECASE))


def bounded(item: Item) -> Item:
    """The item with every field cut to its bound; addresses that are none are dropped."""
    links = dict((link.url, link) for link in item.links if web(link.url))
    return replace(
        item,
        identity=item.identity[:ADDRESS],
        title=cut(item.title, TITLE),
        text=cut(item.text, TEXT),
        url=item.url if web(item.url) else "",
        links=tuple(Link(link.url, link.label) for link in links.values())[:LINKS],
        authors=tuple(cut(name, NAME) for name in item.authors[:AUTHORS]),
        tags=tuple(cut(tag, NAME) for tag in item.tags[:TAGS]),
        revision=item.revision[:NAME],
    )
