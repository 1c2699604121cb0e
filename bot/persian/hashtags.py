"""Which words of a text are hashtags: Telegram's own rule, as TDLib's MessageEntity.cpp has it.

What is blue in the app is a tag here, and nothing else. Pure; says nothing of which tags mean
the same: see bot.persian.folding.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from bot.persian.typography import units

LONGEST = 256
"""Characters of a tag that Telegram looks at; the rest is plain text."""
_FORMATTING = frozenset(
    (
        *("bold", "italic", "underline", "strikethrough", "spoiler"),
        *("blockquote", "expandable_blockquote", "hashtag"),
    )
)
"""Entities inside which Telegram still finds tags; links, code and mentions keep theirs out."""
# An address that no entity tells of (in texts we wrote ourselves): its #fragment is no tag.
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,15}://|[\w-]\.[a-z]{2,13}/")


def hashtags(text: str, entities: Sequence[dict[str, Any]] = ()) -> list[tuple[int, int, str]]:
    """The hashtags of a text: (offset, length, tag without the mark), in UTF-16 code units.

    `entities`: what is already known of the text, as Bot API MessageEntity objects. Of a tag bound
    to a channel (``#tag@name``), the part before the @.
    """
    if "#" not in text:
        return []
    closed = [e for e in entities if e["type"] not in _FORMATTING]
    taken = [(e["offset"], e["offset"] + e["length"]) for e in closed]
    found, at, offset = [], 0, 0
    for start, end in _find(text):
        offset, at = offset + units(text[at:start]), start
        length = units(text[start:end])
        if not any(offset < stop and begin < offset + length for begin, stop in taken):
            found.append((offset, length, text[start + 1 : end]))
    return found


def _find(text: str) -> Iterator[tuple[int, int]]:
    """#words with at least one letter, not glued to a word before or to another # after."""
    at = text.find("#")
    while at >= 0:
        end = at + 1
        while end < len(text) and is_tag_letter(text[end]):
            end += 1
        kept = min(end, at + 1 + LONGEST)
        glued = (at > 0 and is_tag_letter(text[at - 1])) or text[end : end + 1] == "#"
        named = any(unicodedata.category(c)[0] == "L" for c in text[at + 1 : kept])
        if named and not glued and not _in_address(text, at):
            yield at, kept
        at = text.find("#", max(end, at + 1))


def _in_address(text: str, at: int) -> bool:
    """Whether what stands before this place, up to a blank, is the beginning of an address."""
    if not at or text[at - 1].isspace():
        return False
    return bool(_ADDRESS.search(text[max(0, at - 256) : at].split()[-1]))


def is_tag_letter(character: str) -> bool:
    """Whether it may stand in a tag: a letter, a digit, _, ZWNJ, the middle dot, Sinhala."""
    if character in "_\u200c\xb7" or "\u0d80" <= character <= "\u0dff":
        return True
    kind = unicodedata.category(character)
    return kind[0] == "L" or kind == "Nd"
