"""Is this answer fit to become a thread? Pure: each part is judged by prompts.accept on its own.

Reasons are those of prompts.accept, with the number of the ``part`` they are about, and

    parts        count, least, most
    repeats      words   a sentence that an earlier part has said already
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.persian.serial import uncontinued, unnumbered
from bot.persian.typography import plain
from db.model import Item
from prompts.accept import DOUBTS, Accepted, Reason, accept
from prompts.support import sentences
from prompts.vocabulary import Vocabulary

REASONS = ("parts",)
"""Reasons of a thread that a single answer cannot give."""
MOST_PARTS = 4

_LONG_SENTENCE = 30
_LONGEST_WORDS = 80


@dataclass(frozen=True, slots=True)
class Parts:
    """What is left of an answer: the parts in their order, and every reason against them."""

    parts: tuple[Accepted, ...]
    reasons: tuple[Reason, ...] = ()

    @property
    def faults(self) -> tuple[Reason, ...]:
        """The reasons for which the answer cannot be used at all."""
        return tuple(one for one in self.reasons if one["kind"] not in DOUBTS)


def accept_parts(answer: object, item: Item, vocabulary: Vocabulary) -> Parts:
    """What `answer` about a long `item` is worth; one part is fit to be an ordinary post."""
    told = answer.get("parts") if isinstance(answer, Mapping) else None
    if not isinstance(answer, Mapping) or not isinstance(told, list):
        return Parts((), ({"kind": "missing", "field": "parts"},))
    if not 1 <= len(told) <= MOST_PARTS:
        return Parts((), ({"kind": "parts", "count": len(told), "least": 1, "most": MOST_PARTS},))
    shared = {"tags": answer.get("tags"), "kind": answer.get("kind")}
    parts = [accept_part(_fields(part) | shared, item, vocabulary) for part in told]
    reasons = [
        {**reason, "part": number}
        for number, part in enumerate(parts, 1)
        for reason in part.reasons
    ]
    return Parts(tuple(parts), (*reasons, *_said_again(parts)))


def accept_part(answer: object, item: Item, vocabulary: Vocabulary) -> Accepted:
    """What an answer that tells one part is worth; its own number and promise of more are no part
    of what it says."""
    if not isinstance(answer, Mapping):
        return accept(answer, item, vocabulary)
    marks = {"title": unnumbered, "body": uncontinued}
    told = {
        name: marks[name](value) if name in marks and isinstance(value, str) else value
        for name, value in answer.items()
    }
    return accept(told, item, vocabulary)


def _fields(part: object) -> dict[str, Any]:
    """What a part says; of one that is no object, nothing."""
    told = part if isinstance(part, Mapping) else {}
    return {name: told[name] for name in ("title", "body") if name in told}


def _said_again(parts: Sequence[Accepted]) -> Iterator[Reason]:
    """The sentences that a later part repeats of an earlier one, one of each part."""
    said: set[str] = set()
    for number, part in enumerate(parts, 1):
        own = {re.sub(r"\W+", " ", one).strip(): one for one in sentences(part.body)}
        again = [own[one] for one in own if len(one) > _LONG_SENTENCE and one in said]
        if again:
            words = [plain(again[0][:_LONGEST_WORDS])]
            yield {"kind": "repeats", "words": words, "part": number}
        said |= own.keys()
