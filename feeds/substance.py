"""Is there more in an item than one summary can carry? Pure.

Counts prose, not characters: addresses, names of contributors and lists of commits carry nothing.
"""

from __future__ import annotations

import re

from db.model import Item

LONG = 6_000
"""Characters of prose from which an item may become a thread of posts."""

_CARRIES_NOTHING = re.compile(r"https?://\S+|@[\w-]+|\b[0-9a-f]{7,40}\b|#\d+")
_SENTENCE_WORDS = 8
"""A line of fewer words is a heading, a label or an entry of a list."""


def is_long(item: Item) -> bool:
    """Whether the item is worth a thread; a paper is known by its abstract, and never is."""
    return not item.identity.startswith("arxiv:") and prose(item.text) > LONG


def prose(text: str) -> int:
    """How many characters of `text` stand in lines that say something."""
    lines = _CARRIES_NOTHING.sub("", text).split("\n")
    return sum(len(line) for line in lines if len(line.split()) >= _SENTENCE_WORDS)
