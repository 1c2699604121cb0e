"""The buttons of /sources and their callback data, written and read back only here.

Callback data is ``s:<action>:<target>[:<argument>]``: the target is a page of the list, a key of
a source (its name would not fit into Telegram's 64 bytes) or the number of a proposal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from db.sources import MOST_BOOST
from handlers.texts import sources as words

if TYPE_CHECKING:
    from feeds.sources import Source

PATTERN = re.compile(r"s:([a-z]+):([0-9a-f]{1,18})(?::(-?\d))?", re.ASCII)


class Press(StrEnum):
    """What a button asks for."""

    LIST = "list"
    SOURCE = "one"
    MUTE = "mute"
    BOOST = "boost"
    POLL = "poll"
    REMOVE = "drop"
    REMOVE_SURELY = "dropped"
    NEW = "new"
    ADD = "add"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press, read back. What it sets is absolute: pressed twice, it changes once."""

    press: Press
    target: str
    argument: int = 0

    @property
    def number(self) -> int:
        """The page of the list, or the number of a proposal."""
        return int(self.target) if self.target.isdecimal() else 0


def read(data: object) -> Pressed | None:
    """What callback data says, or None when we never wrote it."""
    match = PATTERN.fullmatch(data) if isinstance(data, str) else None
    if not match or match[1] not in set(Press):
        return None
    return Pressed(Press(match[1]), match[2], int(match[3] or 0))


def key(source: Source) -> str:
    """A short name for a source, the same in every process."""
    return sha256(source.name.encode()).hexdigest()[:12]


def listed(sources: Sequence[tuple[str, Source]], page: int, pages: int) -> InlineKeyboardMarkup:
    """The `sources` of a page by their labels, the neighbouring pages, and «add»."""
    rows = [[_button(label, Press.SOURCE, key(source))] for label, source in sources]
    turns = []
    if page > 0:
        turns.append(_button(words.EARLIER, Press.LIST, page - 1))
    if page < pages - 1:
        turns.append(_button(words.LATER, Press.LIST, page + 1))
    new = [_button(words.NEW, Press.NEW, 0)]
    return InlineKeyboardMarkup([*rows, *filter(None, [turns]), new])


def source(one: Source, page: int) -> InlineKeyboardMarkup:
    """What can be done with a source, and the way back to its page of the list."""
    target = key(one)
    mute = words.UNMUTE if one.muted else words.MUTE
    first = [_button(mute, Press.MUTE, target, int(not one.muted))]
    if not one.muted:
        first.append(_button(words.POLL, Press.POLL, target))
    weigh = [
        _button(label, Press.BOOST, target, one.boost + step)
        for label, step in ((words.LIGHTER, -1), (words.HEAVIER, 1))
        if abs(one.boost + step) <= MOST_BOOST
    ]
    remove = [_button(words.REMOVE, Press.REMOVE, target)] if one.added else []
    last = [*remove, _button(words.BACK, Press.LIST, page)]
    return InlineKeyboardMarkup([first, weigh, last])


def surely(one: Source) -> InlineKeyboardMarkup:
    """Remove it, or not after all."""
    target = key(one)
    yes = _button(words.REMOVE_SURELY, Press.REMOVE_SURELY, target)
    return InlineKeyboardMarkup([[yes, _button(words.BACK, Press.SOURCE, target)]])


def proposal(number: int) -> InlineKeyboardMarkup:
    """Add what was found, or leave it."""
    yes, no = _button(words.ADD, Press.ADD, number), _button(words.LEAVE, Press.LEAVE, number)
    return InlineKeyboardMarkup([[yes, no]])


def _button(
    label: str, press: Press, target: object, argument: int | None = None
) -> InlineKeyboardButton:
    data = f"s:{press}:{target}" + ("" if argument is None else f":{argument}")
    return InlineKeyboardButton(label, callback_data=data)
