"""The buttons under an answer of /search and their data, written and read back only here.

Callback data is ``q:<posts passed over>:<newest post of the first page>``. The query itself stands
in the message: nothing of what people look for is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.texts import search as words

PATTERN = re.compile(r"q:(\d{1,4}):(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """A page of results."""

    offset: int = 0
    newest: int = 0
    """0: not known yet, this is the first page."""


def read(data: object) -> Place | None:
    """What callback data says, or None when we never wrote it."""
    match = PATTERN.fullmatch(data) if isinstance(data, str) else None
    return Place(int(match[1]), int(match[2])) if match else None


def under(place: Place, page: int, total: int) -> InlineKeyboardMarkup | None:
    """«قبلی» and «بعدی», as far as there are such pages of `page` posts each."""
    row = []
    if place.offset:
        row.append(_button(words.PREVIOUS, max(place.offset - page, 0), place.newest))
    if place.offset + page < total:
        row.append(_button(words.NEXT, place.offset + page, place.newest))
    return InlineKeyboardMarkup([row]) if row else None


def _button(words: str, offset: int, newest: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(words, callback_data=f"q:{offset}:{newest}")
