"""What somebody asks of the archive, as words, phrases, hashtags and days. Pure.

    شبکه "یادگیری عمیق" -تصویر #Deep_Learning از:۱۴۰۳/۵ تا:۱۴۰۴

There is no wrong query: what has no meaning is a word, or nothing, and a day that there is not
limits nothing. Searching is db.search.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

import jdatetime

from bot.persian.folding import Token, fold, tokens
from bot.persian.hashtags import hashtags
from bot.persian.typography import JOINER, plain

LONGEST = 256
"""Characters of a query that are read."""
MOST_TERMS = 10
MOST_PHRASES = 2
"""Quoted terms that stay phrases; the index walks every place of each of their words."""

_QUOTED = r'"(?P<p1>[^"]*)"?|«(?P<p2>[^»]*)»?|“(?P<p3>[^”]*)”?'
_ITEM = re.compile(
    rf"(?P<bound>after|since|before|until|از|تا)\s?:\s?(?P<day>[\d/.\-]{{4,10}})(?!\S)"
    rf"|(?P<minus>[-−–](?=\S))?(?:{_QUOTED}|(?P<word>[^\s\"«“]+))",
    re.IGNORECASE,
)
_DAY = re.compile(r"(?P<y>\d{4})(?:[/.\-](?P<m>\d{1,2})(?:[/.\-](?P<d>\d{1,2}))?)?")
COMMON = frozenset(
    fold(
        "از در به با که و یا را این آن برای است هست بود شد شده می‌شود تا هر چه بر هم نیز اما ولی"
        " یک درباره درمورد مورد چیست چی کدام چگونه چطور the a an of in on for and to is what how"
    ).split()
)
"""Words that stand in every other post: a query that has others does without them."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word to find, or several that must follow one another; folded."""

    words: tuple[str, ...]
    exact: bool = False
    """Whether it was quoted: nothing else may stand for it."""
    start: int = 0
    end: int = 0
    """Where it stands in `Query.text`."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query, read."""

    text: str = ""
    """As written, white space folded."""
    terms: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    tags: tuple[str, ...] = ()
    """Without the mark, as written."""
    unwanted_tags: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    """The days between which a post must be, both included."""
    no_days: tuple[str, ...] = ()
    """Bounds as written that name no day, as of a month 15: they limit nothing."""

    @property
    def is_empty(self) -> bool:
        """Whether this asks for nothing at all; unwanted words alone do not ask."""
        return not (self.terms or self.tags or self.first or self.last)


@dataclass(slots=True)
class _Read:
    terms: list[Term] = field(default_factory=list)
    unwanted: list[Term] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    unwanted_tags: list[str] = field(default_factory=list)
    first: date | None = None
    last: date | None = None
    no_days: list[str] = field(default_factory=list)


def parse(text: str) -> Query:
    """Read a query; raises nothing, whatever it says."""
    text = plain(text[: LONGEST * 4]).replace(JOINER, "")
    text = " ".join(text.split())[:LONGEST]
    read, folded = _Read(), tokens(text)
    for match in _ITEM.finditer(text):
        _take(read, match, folded)
    terms = tuple(dict.fromkeys(read.terms))
    meant = tuple(one for one in terms if one.exact or set(one.words) - COMMON)
    return Query(
        text,
        (meant or terms)[:MOST_TERMS],
        tuple(read.unwanted[:MOST_TERMS]),
        tuple(dict.fromkeys(read.tags))[:MOST_TERMS],
        tuple(dict.fromkeys(read.unwanted_tags))[:MOST_TERMS],
        read.first,
        read.last,
        tuple(dict.fromkeys(read.no_days)),
    )


def _take(read: _Read, match: re.Match[str], folded: list[Token]) -> None:
    if match["bound"]:
        if span := _days(match["day"]):
            _bound(read, match["bound"].lower(), span)
        else:
            read.no_days.append(match[0])
        return
    terms, tags = (
        (read.unwanted, read.unwanted_tags) if match["minus"] else (read.terms, read.tags)
    )
    if found := hashtags(match["word"] or ""):
        tags += [tag for _, _, tag in found]
        return
    phrases = sum(term.exact for term in (*read.terms, *read.unwanted))
    quoted = match["word"] is None and phrases < MOST_PHRASES
    inside = [token for token in folded if match.start() <= token[1] < match.end()]
    if match["word"] is None and not quoted:
        terms += [Term((word,), False, start, end) for word, start, end in inside]
    elif inside:
        words = tuple(word for word, _, _ in inside)
        terms.append(Term(words, quoted, inside[0][1], inside[-1][2]))


def _bound(read: _Read, kind: str, span: tuple[date, date]) -> None:
    """«از» and «تا» take the day they name in; "before" leaves it out."""
    if kind in ("after", "since", "از"):
        read.first = span[0]
    elif kind == "before":
        read.last = span[0] - timedelta(days=1)
    else:
        read.last = span[1]


def _days(written: str) -> tuple[date, date] | None:
    """The first and the last day of a year, a month or a day, Jalali or Gregorian."""
    match = _DAY.fullmatch(written)
    if not match:
        return None
    year, month, day = (int(match[name] or 0) for name in "ymd")
    try:
        return _span(year, month, day, jalali=1200 <= year < 1600)
    except (ValueError, OverflowError):
        return None


def _span(year: int, month: int, day: int, *, jalali: bool) -> tuple[date, date]:
    def at(year: int, month: int, day: int) -> date:
        if not jalali:
            return date(year, month, day)
        gregorian: date = jdatetime.date(year, month, day).togregorian()
        return gregorian

    first = at(year, month or 1, day or 1)
    if day:
        return first, first
    after = at(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
    return first, after - timedelta(days=1)
