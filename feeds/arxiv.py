"""arXiv: the address to ask, and bytes -> items. Pure.

Reads the daily RSS 2.0 and Atom feeds, the RDF they were before 2024, and the query API
(https://info.arxiv.org/help/rss.html, https://info.arxiv.org/help/api/user-manual.html).
Waiting between requests is the business of feeds.fetch.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bot.errors import SourceError
from db.model import Item, Kind, Link
from feeds import plain, wellformed
from feeds.feed import CODE, PAGE, PAPER, TITLE, Feed, bounded, entries, names, read, text_of, when
from feeds.identity import arxiv_id, paper_of
from feeds.sources import Source

ZONE = ZoneInfo("America/New_York")
"""arXiv's days begin and end here."""

API_RESULTS = 200
"""Papers asked of the query API at once: more than these categories bring between two polls."""

_HEAD = re.compile(
    r"\s*(?:arXiv:\S+\s+)?(?:Announce Type:\s*(?P<type>[\w-]+)\s*)?(?:Abstract:\s*)?"
)
_OLD_TITLE = re.compile(
    r"\s*\(arXiv:(?P<id>\S+?)(?:\s+\[(?P<primary>[^\]]+)\])?(?P<updated>\s+UPDATED)?\)\s*$"
)
_WITHDRAWN = re.compile(
    r"(?:this|the) (?:paper|article|manuscript|submission|preprint|work)"
    r" (?:has been|is|was)(?: temporarily)? withdrawn|withdrawn by (?:the )?(?:author|arxiv)",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?:https?://)?(?:www\.)?(?:github\.com|gitlab\.com|huggingface\.co|hf\.co|codeberg\.org)"
    r"/[\w.~/-]+[\w/-]",
    re.IGNORECASE,
)
_PROJECT = re.compile(r"https?://[\w-]+\.github\.io(?:/[\w~-]+(?:\.[\w~-]+)*)*/?", re.IGNORECASE)

_HOSTS = ("github.", "gitlab.com", "huggingface.co", "hf.co", "codeberg.org")

REVISED_LATER = timedelta(days=7)
"""The query API announces nothing: a version this much younger than the paper is a replacement."""


def address(source: Source) -> str:
    """Where this source's papers are found."""
    if source.url:
        return source.url
    if source.via == "api":
        query = {
            "search_query": " OR ".join(f"cat:{category}" for category in source.categories),
            "sortBy": "submittedDate",
            "sortOrder": "descending",
            "max_results": API_RESULTS,
        }
        return "https://export.arxiv.org/api/query?" + urlencode(query)
    return f"https://rss.arxiv.org/{source.via}/" + "+".join(source.categories)


def parse(body: bytes, source: Source) -> Feed:
    """The papers in an answer of arXiv. Raises SourceError when it is none, or an error's text."""
    parsed = wellformed.parse(body) or read(body)
    papers = [paper for entry in entries(parsed) if (paper := _item(entry, source))]
    return Feed(tuple(papers), _skip_days(body), when(parsed.feed, "published", "updated"))


def closed(feed: Feed, now: datetime) -> str:
    """Why there is nothing today: ``weekend``, ``holiday``, or '' where arXiv is open.

    The feed of a day without announcements is a valid channel without entries.
    """
    if feed.items or not feed.skip_days:
        return ""
    return "weekend" if f"{day(feed, now):%A}" in feed.skip_days else "holiday"


def day(feed: Feed, now: datetime) -> date:
    """The arXiv day a feed is of; by the clock where it does not say."""
    return (feed.published or now).astimezone(ZONE).date()


def _item(entry: Any, source: Source) -> Item | None:
    address = text_of(entry, "link") or text_of(entry, "id")
    if "/api/errors" in address:
        raise SourceError(f"arXiv says: {plain.line(text_of(entry, 'summary'))[:200]}")
    title, old = _title(text_of(entry, "title"))
    abstract, announced = _abstract(text_of(entry, "summary"))
    # The id element carries the version where the link does not.
    found = (
        arxiv_id(text_of(entry, "id").removeprefix("oai:arXiv.org:"))
        or paper_of(address)
        or (arxiv_id(old["id"]) if old else None)
    )
    if not found or not title:
        return None
    paper, version = found
    version = version or ((arxiv_id(old["id"]) or ("", ""))[1] if old else "")
    remarks = text_of(entry, "arxiv_comment")
    url = f"https://arxiv.org/abs/{paper}"
    return bounded(
        Item(
            identity=f"arxiv:{paper}",
            source=source.name,
            kind=Kind.PAPER,
            title=title,
            text=abstract,
            url=url,
            links=(Link(url, PAPER), *links_in(f"{abstract} {remarks}")),
            authors=_authors(entry),
            tags=names((*source.tags, *_categories(entry, old))),
            published=when(entry, "published", "updated"),
            revision=version,
            drop=_drop(entry, source, old, announced, version, f"{title}. {remarks}. {abstract}"),
        )
    )


def _title(raw: str) -> tuple[str, re.Match[str] | None]:
    """The readable title, and what the old RDF feeds put in brackets after it."""
    title = plain.line(raw)[: 2 * TITLE]
    old = _OLD_TITLE.search(title)
    return readable(title[: old.start()].rstrip(".") if old else title), old


def _abstract(raw: str) -> tuple[str, str]:
    """The abstract without the daily feed's heading, and the announce type it named."""
    if raw.lstrip().startswith("<p>"):
        raw = plain.from_html(raw)
    head = _HEAD.match(raw)
    rest = raw[head.end() :] if head else raw
    # Lines are wrapped at will in all of arXiv's forms: an abstract is one paragraph.
    return readable(plain.line(rest)), (head["type"] or "") if head else ""


def _drop(
    entry: Any,
    source: Source,
    old: re.Match[str] | None,
    announced: str,
    version: str,
    words: str,
) -> str:
    """Why the entry is no news: ``withdrawn``, ``replace``, ``cross``, ``replace-cross`` or ''."""
    if "withdrawn" in words.lower() and _WITHDRAWN.search(words):
        return "withdrawn"
    kind = text_of(entry, "arxiv_announce_type") or announced
    if kind:
        return "" if kind == "new" else kind
    if old:
        return _old_drop(old, source)
    first, last = when(entry, "published"), when(entry, "updated")
    revised = version not in ("", "v1") and first and last and last - first > REVISED_LATER
    return "replace" if revised else ""


def _old_drop(old: re.Match[str], source: Source) -> str:
    """The announce type of an entry of the old RDF feeds, which only hint at it."""
    primary = (old["primary"] or "").partition(".")
    wanted = {part for name in source.categories for part in (name, name.partition(".")[0])}
    foreign = bool(wanted) and primary[0] not in wanted
    if old["updated"]:
        return "replace-cross" if foreign else "replace"
    return "cross" if foreign else ""


def links_in(text: str) -> tuple[Link, ...]:
    """The addresses of code, and of project pages, that an abstract names."""
    lower = text.lower()
    if not any(host in lower for host in _HOSTS):  # an early no: the search itself is slow
        return ()
    found = dict.fromkeys(_CODE.findall(text))
    code = (url if url.lower().startswith("http") else f"https://{url}" for url in found)
    pages = dict.fromkeys(_PROJECT.findall(text))
    return (*(Link(url, CODE) for url in code), *(Link(url, PAGE) for url in pages))


def _authors(entry: Any) -> tuple[str, ...]:
    people = entry.get("authors") or []
    told = [plain.line(plain.from_html(text_of(person, "name"))) for person in people]
    if len(told) == 1:
        # The daily feeds write all authors as one text.
        told = re.split(r",\s+|\s+and\s+", re.sub(r"\s*\([^()]*\)", "", told[0]))
    return names(readable(name.strip()) for name in told)


def _categories(entry: Any, old: re.Match[str] | None) -> list[str]:
    terms = [text_of(tag, "term") for tag in entry.get("tags") or []]
    return terms or ([old["primary"]] if old and old["primary"] else [])


def _skip_days(body: bytes) -> frozenset[str]:
    # feedparser keeps only the last <day> of several.
    block = re.search(rb"<skipDays>(.{0,1000}?)</skipDays>", body[:20_000], re.DOTALL)
    days = re.findall(rb"<day>\s*(\w+)\s*</day>", block[1]) if block else []
    return frozenset(day.decode("ascii", "replace") for day in days)


_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "c": "\u0327",
    "k": "\u0328",
}  # fmt: skip
_LETTERS = {"ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "l": "ł"}
_LETTERS |= {"L": "Ł", "aa": "å", "AA": "Å", "i": "ı"}
_ACCENT = re.compile(
    r"""\{?\\(?:([`'^~=."])\s*(?:\{\\?([A-Za-z])\}|\\?([A-Za-z]))"""
    r"""|([uHvckr])(?:\{\\?([A-Za-z])\}|\s+([A-Za-z])\b))\}?"""
)
_LETTER = re.compile(r"\{?\\(ss|ae|AE|oe|OE|aa|AA|o|O|l|L|i)(?:\{\}|\}|\s+|(?![A-Za-z]))")
_FONT = re.compile(r"\\(?:emph|textbf|textit|texttt|textsc|text|mbox|underline)\{([^{}]*)\}")


def readable(text: str) -> str:
    """LaTeX accents, letters and font commands as Unicode; formulas ($…$) are left as written."""
    if "\\" not in text:
        return text
    # Formulas are every second part: \i or \c means something else there.
    parts = re.split(r"(\$[^$]*\$)", text)
    parts[::2] = [
        _FONT.sub(r"\1", _LETTER.sub(_letter, _ACCENT.sub(_accent, p))) for p in parts[::2]
    ]
    return "".join(parts)


def _accent(match: re.Match[str]) -> str:
    sign = match[1] or match[4]
    letter = match[2] or match[3] or match[5] or match[6]
    return unicodedata.normalize("NFC", letter + _ACCENTS[sign])


def _letter(match: re.Match[str]) -> str:
    return _LETTERS[match[1]]
