"""RSS, RDF and Atom at large: bytes -> items. Pure.

Forgives what feeds get wrong (no title, no date, relative links, broken markup) and raises
SourceError only where there is no feed at all.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from db.model import Item, Kind, Link
from feeds import plain
from feeds.feed import (
    LINKS,
    PAGE,
    PAPER,
    RELEASE,
    TEXT,
    Feed,
    bounded,
    cut,
    entries,
    names,
    read,
    text_of,
    web,
    when,
)
from feeds.identity import identity
from feeds.sources import Source

_HREF = re.compile(r"""<a\s[^>]{0,300}?\bhref\s*=\s*["']([^"'\s>]{1,2000})["']""", re.IGNORECASE)

MARKUP = 10 * TEXT
"""Most characters of HTML read of one entry: the text it gives is cut to TEXT anyway."""


def address(source: Source) -> str:
    """Where this source is found: the operator said."""
    return source.url


def parse(body: bytes, source: Source) -> Feed:
    """The entries of a feed of any make. Raises SourceError when `body` is no feed."""
    parsed = read(body)
    home = text_of(parsed.feed, "link")
    base = home if web(home) else source.url
    found = [_item(entry, source, urljoin(source.url, base)) for entry in entries(parsed)]
    return Feed(tuple(item for item in found if item))


def _item(entry: Any, source: Source, base: str) -> Item | None:
    html = _markup(entry)[:MARKUP]
    text = plain.from_html(html)
    title = plain.line(plain.from_html(text_of(entry, "title"))) or _first_words(text)
    guid = text_of(entry, "id")
    url = _url(entry, base, guid)
    if not title:
        return None
    known = identity(url, guid=guid, source=source.name, text=title + text)
    return bounded(
        Item(
            identity=known,
            source=source.name,
            kind=_kind(known),
            title=title,
            text=text,
            url=url,
            links=(Link(url, _label(known)), *_links(html, url or base)),
            authors=names(_author(person) for person in entry.get("authors") or []),
            tags=names((*source.tags, *(_term(tag) for tag in entry.get("tags") or []))),
            published=when(entry, "published", "updated"),
        )
    )


def _markup(entry: Any) -> str:
    """The fullest of the entry's texts."""
    contents = [text_of(part, "value") for part in entry.get("content") or []]
    return max([text_of(entry, "summary"), *contents], key=len)


def _url(entry: Any, base: str, guid: str) -> str:
    for candidate in (text_of(entry, "link"), guid if web(guid) else ""):
        url = _absolute(candidate.strip(), base) if candidate else ""
        if web(url):
            return url
    return ""


def _absolute(url: str, base: str) -> str:
    """`url` seen from `base`; '' where it cannot be an address."""
    try:
        return urljoin(base, url)
    except ValueError:
        return ""


def _first_words(text: str) -> str:
    """A title for an entry without one: its first line, cut between words."""
    line = text.partition("\n")[0].strip()
    return line if len(line) <= 100 else cut(line[:100].rpartition(" ")[0] or line, 100) + "…"


def _kind(known: str) -> Kind:
    return {"arxiv": Kind.PAPER, "github": Kind.RELEASE}.get(known.partition(":")[0], Kind.NEWS)


def _label(known: str) -> str:
    return {"arxiv": PAPER, "github": RELEASE}.get(known.partition(":")[0], PAGE)


def _links(html: str, base: str) -> list[Link]:
    """What the entry's text links to, in order and not yet labelled."""
    found = (unescape(target) for target in _HREF.findall(html))
    full = dict.fromkeys(_absolute(target, base) for target in found)
    return [Link(url) for url in full if urlsplit(url).scheme in ("http", "https")][:LINKS]


def _author(person: Any) -> str:
    return plain.line(plain.from_html(text_of(person, "name")))


def _term(tag: Any) -> str:
    return plain.line(text_of(tag, "term"))
