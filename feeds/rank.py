"""How much an item deserves a draft, with the reasons. Pure.

The one place where ranking is decided: what can be counted (`score`), what the admins approved
before (`tasted`), how high they want a source (`boosted`), and the places kept for items nothing
is known about (`lined_up`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from db.model import Item
from feeds.feed import CODE
from feeds.sources import Source, SourceKind
from feeds.taste import Opinion

BASE: dict[SourceKind, float] = {"arxiv": 1.0, "github": 4.0, "rss": 4.0}
"""Points of any item: who follows a repository or a blog wants its news, of papers the best."""

KEYWORD, IN_TITLE, CODE_LINK, FRESH = 2.0, 1.0, 1.0, 1.0
"""Points for a keyword, for its being in the title, for published code, for being just out."""

KEYWORDS_COUNTED = 3
FRESH_HOURS = 72
"""Hours after which an item is no longer fresh; until then the points go down evenly."""

TASTE, MOST_TASTE = 8.0, 20.0
"""Points for each unit of log-odds the admins' taste leans to an item, and the most of them."""

BOOST = 4.0
"""Points for each step by which admins raise a source: as much as a blog's post has at first."""

WISHED = 100.0
"""Points of an item that an admin asked for: more than all others together give any item."""

EXPLORE_EVERY = 6
"""The sixth, twelfth… draft of a day goes to an item the taste is unsure about."""


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


def boosted(points: float, steps: int) -> tuple[float, tuple[dict[str, Any], ...]]:
    """The points of `score` with what admins want of the source, and the reason to show.

    Not part of `score`: a source raised now raises what is waiting already. Reasons:
    ``{"kind": "raised" or "lowered", "steps"}``.
    """
    if not steps:
        return points, ()
    why = {"kind": "raised" if steps > 0 else "lowered", "steps": abs(steps)}
    return round(points + BOOST * steps, 3), (why,)


def tasted(points: float, opinion: Opinion) -> float:
    """The points of `score` with what the admins' taste adds or takes.

    Not part of `score`: that is stored when an item comes, the taste changes with every decision.
    The reason to show with it: `Taste.why`.
    """
    return round(points + max(-MOST_TASTE, min(MOST_TASTE, TASTE * opinion.leaning)), 3)


def lined_up(
    points: Sequence[float], opinions: Sequence[Opinion], places: int, drafted: int = 0
) -> list[tuple[int, bool]]:
    """The best `places` items, as (index, whether it is there to be learned from).

    `drafted`: how many drafts the day has had; every EXPLORE_EVERY-th is of an item that might be
    liked better than what is known says, so that a wrong early taste can heal.
    """
    order = sorted(range(len(points)), key=lambda index: (-points[index], index))
    hopes = sorted(order, key=lambda index: -(points[index] + TASTE * opinions[index].doubt))
    taken: dict[int, bool] = {}
    for place in range(drafted, drafted + min(places, len(points))):
        best, hoped = (next(at for at in queue if at not in taken) for queue in (order, hopes))
        explore = place % EXPLORE_EVERY == EXPLORE_EVERY - 1 and hoped != best
        taken[hoped if explore else best] = explore
    return list(taken.items())


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
