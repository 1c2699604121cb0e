"""What an admin wrote -> a source that can be read: recognised, then fetched once to make sure.

A web page is asked which feed it names (https://www.rssboard.org/rss-autodiscovery). Nothing is
stored: see db.added_sources.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from bot.errors import ConfigError, SourceError
from bot.persian.typography import visible
from db.model import Item
from feeds.collect import address
from feeds.fetch import Fetched, Fetcher
from feeds.parse import Parser
from feeds.sources import Source, read_entry

Entry = dict[str, Any]

NEWEST = 3
PATIENCE = 25.0
"""Seconds that finding out may take: an admin waits for the answer."""
LONGEST = 1000
"""Characters of an address that is taken from chat."""
HEAD = 512 * 1024
"""Bytes of a web page in which its feed is looked for."""

# https://arxiv.org/category_taxonomy; without this list, cs.CL could as well be a web site.
_ARCHIVES = (
    *("astro-ph", "cond-mat", "cs", "econ", "eess", "gr-qc", "hep-ex", "hep-lat", "hep-ph"),
    *("hep-th", "math", "math-ph", "nlin", "nucl-ex", "nucl-th", "physics", "q-bio", "q-fin"),
    *("quant-ph", "stat"),
)
_CATEGORY = re.compile(rf"({'|'.join(_ARCHIVES)})(?:\.([a-z]{{2}}|[a-z]+-[a-z-]+))?", re.I)
# https://docs.github.com/en/rest/repos: an owner has no dots, so example.org/feed is none.
_REPO = re.compile(r"([a-z\d](?:-?[a-z\d]){0,38})/([\w.-]{1,100})", re.I | re.ASCII)
_BARE = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?]\S*)?")
_LINK = re.compile(rb"<link\s[^<>]{0,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_FEEDS = ("application/rss+xml", "application/atom+xml")


@dataclass(frozen=True, slots=True)
class Found:
    """A source that could be read."""

    entry: Entry
    source: Source
    titles: tuple[str, ...]
    """Of its newest items."""


def recognise(text: str) -> Entry | None:
    """The entry that `text` means: an address, ``owner/repo`` or a category; None: nothing.

    An address with a password in it means nothing either: it would be kept and shown.
    """
    text = visible(text, keep="").strip().strip("<>")
    if len(text) > LONGEST:
        return None
    if categories := _categories(text):
        return {"kind": "arxiv", "categories": categories}
    if repo := _REPO.fullmatch(text):
        return {"kind": "github", "repo": _repo(repo)}
    if "://" not in text and _BARE.fullmatch(text):
        text = f"https://{text}"
    entry = {"kind": "rss", "url": text}
    try:
        read_entry(entry)
    except ConfigError:
        return None
    parts = urlsplit(text)
    if "@" in parts.netloc or re.search(r"\s", text):
        return None
    return _of_known_site(parts) or entry


async def look(fetcher: Fetcher, entry: Entry) -> Found:
    """Read what `entry` means, once; a web page gives way to the feed it names.

    Raises SourceError where there is nothing to read, SourcePrivate for a private address.
    """
    try:
        async with asyncio.timeout(PATIENCE), Parser() as parser:
            entry, fetched = await _fetched(fetcher, entry)
            try:
                feed = await parser.parse(read_entry(entry), fetched.body)
            except SourceError:
                entry = _named_by(fetched.body, entry)
                if not entry:
                    raise
                entry, fetched = await _fetched(fetcher, entry)
                feed = await parser.parse(read_entry(entry), fetched.body)
    except TimeoutError as error:
        raise SourceError(f"no whole answer within {PATIENCE:g} s", kind="silent") from error
    titles = tuple(item.title for item in _newest(feed.items))
    return Found(entry, read_entry(entry), titles)


async def _fetched(fetcher: Fetcher, entry: Entry) -> tuple[Entry, Fetched]:
    """The answer to `entry`, and the entry with the address that has moved for good."""
    source = read_entry(entry)
    asked = address(source, fetcher)
    fetched = await fetcher.get(asked, arxiv=source.kind == "arxiv", named=False)
    if source.kind == "rss" and (moved_to := _usable(fetched.moved_to)):
        entry = {**entry, "url": moved_to}
    return entry, fetched


def _named_by(page: bytes, entry: Entry) -> Entry:
    """The entry of the feed that a web page names, if it names one."""
    url = linked_feed(page, entry["url"]) if entry["kind"] == "rss" else ""
    return {"kind": "rss", "url": url} if url else {}


def linked_feed(page: bytes, base: str) -> str:
    """The first feed that a web page at `base` names; '' where it names none."""
    for tag in _LINK.findall(page[:HEAD]):
        told = dict(_attributes(tag.decode("utf-8", "replace")))
        feeds = told.get("type", "").strip().lower() in _FEEDS
        if feeds and "alternate" in told.get("rel", "").lower().split() and told.get("href"):
            return _joined(base, told["href"].strip())
    return ""


def _attributes(tag: str) -> Iterator[tuple[str, str]]:
    for name, *values in _ATTRIBUTE.findall(tag):
        yield name.lower(), unescape("".join(values))


def _joined(base: str, target: str) -> str:
    try:
        return _usable(urljoin(base, target))
    except ValueError:
        return ""


def _usable(url: str) -> str:
    """`url`, or '' where it could not be a source's."""
    entry = recognise(url) if "://" in url else None
    return url if entry else ""


def _newest(items: tuple[Item, ...]) -> list[Item]:
    """The newest items that are news; undated ones in the feed's order, after the others."""
    news = [item for item in items if not item.drop]

    def age(item: Item) -> float:
        return -item.published.timestamp() if item.published else 0.0

    return sorted(news, key=age)[:NEWEST]


def _categories(text: str) -> list[str]:
    """The arXiv categories that `text` lists, or none of them."""
    found = [_CATEGORY.fullmatch(part) for part in re.split(r"[+,،\s]+", text)]
    return [_category(match) for match in found if match] if all(found) else []


def _category(match: re.Match[str]) -> str:
    """As arXiv writes it: ``cs.CL``, but ``cond-mat.dis-nn``."""
    archive, subject = match[1].lower(), match[2] or ""
    if not subject:
        return archive
    return f"{archive}.{subject.upper() if len(subject) == 2 else subject.lower()}"


def _repo(match: re.Match[str]) -> str:
    return f"{match[1]}/{match[2].removesuffix('.git')}"


def _of_known_site(parts: SplitResult) -> Entry | None:
    """What a page of arXiv or GitHub stands for; None where it is an address like any other."""
    host = (parts.hostname or "").removeprefix("www.")
    way = [unquote(part) for part in parts.path.split("/") if part]
    if host.endswith("arxiv.org") and len(way) >= 2 and way[0] in ("list", "rss", "atom"):
        categories = _categories(way[1])
        return {"kind": "arxiv", "categories": categories} if categories else None
    other_feed = parts.path.endswith(".atom") and way[2:] != ["releases.atom"]
    if host == "github.com" and len(way) >= 2 and not other_feed:
        repo = _REPO.fullmatch("/".join(way[:2]))
        return {"kind": "github", "repo": _repo(repo)} if repo else None
    return None
