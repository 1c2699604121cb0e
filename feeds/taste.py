"""What the admins' decisions teach about new items: how likely one is approved, and why. Pure.

A logistic regression over the words of title and text, its categories, its source and whether it
has code, learning one decision at a time. Each weight is kept with how unsure it still is, so it
starts neutral, moves fast while it knows little, and can say what it does not know
(assumed-density filtering with independent weights; compare T. Graepel and others, ICML 2010).
Needs nothing but the decisions in order, so it is rebuilt from the audit trail and never stored.
What the opinion is worth beside keywords and freshness is decided in feeds.rank.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from db.model import Item
from feeds.feed import CODE

UNSURE = 4.0
"""Variance of a weight nothing is known about."""
IN_TITLE = 2.0
"""How much more a word counts in the title; a category and the code link count as much."""
READ = 1_500
"""Characters of an item's text that are read: an abstract, or the beginning of a post."""
TOLD, ENOUGH = 3, 3
"""Most words an opinion names, and fewest earlier decisions it may rest its words on."""

_WORD = re.compile(r"[^\W\d_][\w-]{2,30}")
_BIAS, _HAS_CODE = "\0bias", "\0code"
_COMMON_WORDS = (
    "the and for with that this are from which can our has have not was were been its into also"
    " these such using based show shows shown paper propose proposed new between both more than"
    " they their used use uses result results method methods approach approaches problem problems"
    " given give each one two three all some other others when where how but most only over via"
    " under while then there any may well however first second present presents presented study"
    " many several various different same here even thus them about without within through very"
    " case cases work works known consider considered introduce introduced provide provides"
    " arxiv abstract announce type new cross will what who why your you out now you're it's"
    " had his her does did being since because during after before could would should"
)
_COMMON = frozenset(_COMMON_WORDS.split())


Reason = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What is thought of one item."""

    chance: float = 0.5
    """How likely it is approved, doubt included: near an even chance while little is known."""
    leaning: float = 0.0
    """The same as log-odds beside the average item: 0 is neutral."""
    doubt: float = math.sqrt(UNSURE)
    """How far off, in log-odds, the leaning may be (a standard deviation)."""


NEUTRAL = Opinion()


class Taste:
    """The decisions so far, digested."""

    def __init__(self) -> None:
        self._weight: dict[str, float] = {}
        self._variance: dict[str, float] = {}
        self._times: Counter[str] = Counter()
        self._decided: list[tuple[dict[str, float], bool]] = []

    def __len__(self) -> int:
        return len(self._decided)

    @classmethod
    def of(cls, decisions: Iterable[tuple[Item, bool]]) -> Taste:
        """What `decisions` (item, approved), oldest first, teach."""
        taste = cls()
        for item, approved in decisions:
            taste.learn(item, approved)
        return taste

    def learn(self, item: Item, approved: bool) -> None:
        """Take one decision into account."""
        weights, variances = self._weight, self._variance
        marks = features(item)
        mean, variance = self._seen(marks)
        chance = _moderated(mean, variance)
        slope = chance * (1 - chance) / (1 + chance * (1 - chance) * variance)
        step = (approved - chance) / (1 + chance * (1 - chance) * variance)
        for mark, value in marks.items():
            moved = variances.get(mark, UNSURE) * value
            weights[mark] = weights.get(mark, 0.0) + moved * step
            variances[mark] = variances.get(mark, UNSURE) - slope * moved * moved
        self._times.update(marks.keys())
        self._decided.append((marks, approved))

    def opinion(self, item: Item) -> Opinion:
        """What to expect of an item."""
        if not self._decided:
            return NEUTRAL
        mean, variance = self._seen(features(item))
        leaning = mean - self._weight[_BIAS]
        calm = math.sqrt(1 + math.pi * variance / 8)
        return Opinion(
            chance=round(_moderated(mean, variance), 4),
            leaning=round(leaning / calm, 4),
            doubt=round(math.sqrt(variance), 4),
        )

    def why(self, item: Item) -> tuple[Reason, ...]:
        """``{"kind": "taste", "similar", "approved", "words"}``: of so many decided items with
        one of these words so many were approved. Empty where too few were decided."""
        marks = features(item)
        leaning = self.opinion(item).leaning
        pulls = {
            mark: math.copysign(self._weight[mark] * value, self._weight[mark] * leaning)
            for mark, value in marks.items()
            if self._times[mark] >= ENOUGH and not mark.startswith("\0")
        }
        telling = sorted((mark for mark in pulls if pulls[mark] > 0), key=lambda m: (-pulls[m], m))
        words = telling[:TOLD]
        similar = self._verdicts(words)
        if not similar:
            return ()
        told = {"similar": len(similar), "approved": sum(similar), "words": words}
        return ({"kind": "taste", **told},)

    def _verdicts(self, words: list[str]) -> list[bool]:
        """How the decided items with any of `words` were decided."""
        return [yes for marks, yes in self._decided if any(word in marks for word in words)]

    def _seen(self, marks: dict[str, float]) -> tuple[float, float]:
        """Mean and variance of the log-odds of an item with these marks."""
        weights, variances = self._weight, self._variance
        mean = variance = 0.0
        for mark, value in marks.items():
            if mark in weights:
                mean += weights[mark] * value
                variance += variances[mark] * value * value
            else:
                variance += UNSURE * value * value
        return mean, variance


def features(item: Item) -> dict[str, float]:
    """What is weighed of an item; the squares of the words' shares add up to 1."""
    title = _words(item.title)
    shares = dict.fromkeys(_words(item.text[:READ]), 1.0)
    shares.update(dict.fromkeys((*title, *item.tags, f"\0source {item.source}"), IN_TITLE))
    if any(link.label == CODE for link in item.links):
        shares[_HAS_CODE] = IN_TITLE
    length = math.sqrt(sum(value * value for value in shares.values()))
    marks = {mark: value / length for mark, value in shares.items()}
    marks[_BIAS] = 1.0
    return marks


def _words(text: str) -> list[str]:
    """The telling words in the order of the text, so that sums never depend on a set's order."""
    found = dict.fromkeys(_WORD.findall(text.casefold()))
    return [word for word in found if word not in _COMMON]


def _moderated(mean: float, variance: float) -> float:
    """The chance that log-odds of this mean and variance give: MacKay's approximation."""
    odds = mean / math.sqrt(1 + math.pi * variance / 8)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
