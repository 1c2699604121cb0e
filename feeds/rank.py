"""How much an item deserves a draft, with the reasons, from what can be counted. Pure.

The one place where ranking is decided: what the admins approved before will be learned here.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Any

from db.model import Item
from feeds.feed import CODE
from feeds.sources import Source, SourceKind

BASE: dict[SourceKind, float] = {"arxiv": 1.0, "github": 4.0, "rss": 4.0}
"""Points of any item: who follows a repository or a blog wants its news, of papers the best."""

KEYWORD, IN_TITLE, CODE_LINK, FRESH = 2.0, 1.0, 1.0, 1.0
"""Points for a keyword, for its being in the title, for published code, for being just out."""

KEYWORDS_COUNTED = 3
FRESH_HOURS = 72
"""Hours after which an item is no longer fresh; until then the points go down evenly."""


def score(item: Item, source: Source, now: datetime) -> tuple[float, tuple[dict[str, Any], ...]]:
    """The item's points and what they are for.

    Reasons: ``{"kind": "keyword", "word", "title": bool}``, ``{"kind": "code"}``,
    ``{"kind": "fresh", "hours"}``, ``{"kind": "source", "name", "weight"}``.
    """
    points = BASE[source.kind]
    reasons: list[dict[str, Any]] = []
    titled = keywords_in(item.title, source.keywords)
    found = keywords_in(f"{item.title}\n{item.text}", source.keywords)
    for word in sorted(found, key=lambda word: word not in titled)[:KEYWORDS_COUNTED]:
        points += KEYWORD + IN_TITLE * (word in titled)
        reasons.append({"kind": "keyword", "word": word, "title": word in titled})
    if any(link.label == CODE for link in item.links):
        points += CODE_LINK
        reasons.append({"kind": "code"})
    hours = (now - item.published).total_seconds() / 3600 if item.published else FRESH_HOURS
    if hours < FRESH_HOURS:
        points += FRESH * (1 - max(hours, 0.0) / FRESH_HOURS)
        reasons.append({"kind": "fresh", "hours": max(round(hours), 0)})
    points *= source.weight
    if source.kind != "arxiv" or source.weight != 1:
        reasons.append({"kind": "source", "name": source.name, "weight": source.weight})
    return round(points, 3), tuple(reasons)


def keywords_in(text: str, keywords: tuple[str, ...]) -> tuple[str, ...]:
    """The keywords that `text` holds, as they were given: whole words in any case, plurals too."""
    folded = text.casefold()
    return tuple(word for word in keywords if _holds(folded, word.casefold()))


def _holds(text: str, word: str) -> bool:
    # The plain search first: it is many times faster and nearly always says no.
    first = word.partition(" ")[0]
    return first in text and bool(_whole(word).search(text))


@lru_cache(maxsize=1024)
def _whole(word: str) -> re.Pattern[str]:
    # Not \b: it would never find the end of "C++".
    words = r"\s+".join(map(re.escape, word.split()))
    return re.compile(rf"(?<!\w){words}s?(?!\w)")
