"""Has the channel told this news before? If it surely has, the draft says so to the admins.

Sure is: a post that leads to the very same paper, release or page, and is no list of links; or a
title with nearly the same words, weighed by how rare they are in the archive. In doubt nothing is
said: what is repeated costs a press of «رد», a false alarm costs a good post.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot.persian.dates import date
from bot.persian.folding import fold
from bot.persian.query import COMMON
from db import posts, search, wording
from db.model import Draft, Item, Post
from feeds.identity import identity

WITHIN = timedelta(days=365)
"""How long the words of a title are remembered; addresses are for ever."""
ALIKE = 0.6
"""Share of the rarity of two titles that their common words must have."""
FEWEST = 3
"""Words that they must have in common."""
FEW_LINKS = 4
"""A post with more addresses than these lists them: none is its subject."""
_CANDIDATES = 12
_KNOWN = 1_000
"""Posts after which a word is as common as it can be."""
_ADDRESS = re.compile(r"https?://[^\s<>\"'»]+")


@dataclass(frozen=True, slots=True)
class Title:
    """The words of a title that say something, and its numbers."""

    words: frozenset[str]
    numbers: frozenset[str]


def marked(db: Database, item: Item, draft: Draft, zone: ZoneInfo) -> Draft:
    """`draft`, with a remark if the channel has told this before."""
    post = told_before(db, item, draft)
    if not post or not post.published:
        return draft
    told = {
        "kind": "told-before",
        "at": date(post.published, zone),
        "title": post.title,
        "url": post.url,
    }
    return replace(draft, remarks=(*draft.remarks, told))


def told_before(db: Database, item: Item, draft: Draft) -> Post | None:
    """The post that has told this news, if one surely has."""
    by_address = search.with_words(db, _words_of_address(item), _CANDIDATES, phrase=True)
    for post in posts.load(db, by_address, home=True):
        if _leads_to(post, item.identity):
            return post
    title = read_title(draft.title)
    since = item.published - WITHIN if item.published else None
    candidates = search.with_words(db, sorted(title.words), _CANDIDATES)
    for post in posts.load(db, candidates, home=True):
        recent = not since or not post.published or post.published >= since
        if recent and alike(db, title, read_title(post.title)) >= ALIKE:
            return post
    return None


def read_title(text: str) -> Title:
    """What can be compared of a title."""
    words = frozenset(fold(text).split()) - COMMON
    return Title(words, frozenset(word for word in words if word.isdigit()))


def alike(db: Database, one: Title, other: Title) -> float:
    """The share of common rarity, from 0 to 1; titles with other numbers tell other news."""
    common = one.words & other.words
    if one.numbers != other.numbers or len(common) < FEWEST:
        return 0.0
    weights = {word: _rarity(db, word) for word in one.words | other.words}
    return sum(weights[word] for word in common) / sum(weights.values())


def _rarity(db: Database, word: str) -> float:
    return math.log(2 * _KNOWN / (1 + wording.number(db, wording.quoted(word), _KNOWN)))


def _words_of_address(item: Item) -> list[str]:
    """What the address of the news is found by; nothing for the front page of a site."""
    kind, _, name = item.identity.partition(":")
    if kind == "arxiv":
        return fold(name).split()
    address = re.sub(r"^https?://(?:www\.)?|[?#].*|/$", "", item.url)
    return fold(address).split() if "/" in address else []


def _leads_to(post: Post, wanted: str) -> bool:
    """Whether a post is about what has this identity."""
    linked = {entity.get("url", "") for entity in post.entities} | set(_ADDRESS.findall(post.text))
    known = {identity(url) for url in linked if url}
    return wanted in known and len(known) <= FEW_LINKS
