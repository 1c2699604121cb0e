"""The buttons about merged and dropped items, and their callback data, written and read here.

Callback data is ``m:<action>:<number>:<place>``: the number of a relation, an item or nothing,
and the place in the list at which the message stands (or the draft whose card was pressed).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from db.model import Item
from db.relations import Related
from handlers.texts import stories as words

PATTERN = re.compile(r"m:([a-z]+):(\d{1,18}):(\d{1,9})", re.ASCII)
IN_A_ROW = 3
"""Buttons with words on them that a narrow screen shows side by side."""


class Press(StrEnum):
    """What a button asks for."""

    OPEN = "open"
    MERGES = "merges"
    DROPS = "drops"
    APART = "apart"
    APART_ON_CARD = "card"
    BACK_IN = "back"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press, read back."""

    press: Press
    number: int
    place: int


def read(data: object) -> Pressed | None:
    """What callback data says, or None when we never wrote it."""
    match = PATTERN.fullmatch(data) if isinstance(data, str) else None
    if not match or match[1] not in set(Press):
        return None
    return Pressed(Press(match[1]), int(match[2]), int(match[3]))


def door() -> InlineKeyboardMarkup:
    """The button that opens the list."""
    return InlineKeyboardMarkup([[_button(words.MERGES, Press.OPEN)]])


def on_card(merged: Sequence[Related], draft_id: int) -> list[list[InlineKeyboardButton]]:
    """The rows of a card that set merged items apart."""
    several = len(merged) > 1
    return _rows(
        [
            _button(words.apart(at if several else None), Press.APART_ON_CARD, one.id, draft_id)
            for at, one in enumerate(merged[: words.ON_CARD], 1)
        ]
    )


def merges(found: Sequence[Related], place: int, *, more: bool) -> InlineKeyboardMarkup:
    """Below a page of merges that begins at `place`; `more`: another page follows."""
    buttons = [
        _button(words.apart(at), Press.APART, one.id, place)
        for at, one in enumerate(found, place + 1)
    ]
    other = [_button(words.DROPS, Press.DROPS)]
    return InlineKeyboardMarkup([*_rows(buttons), *_turns(Press.MERGES, place, more), other])


def drops(found: Sequence[Item], place: int, *, more: bool) -> InlineKeyboardMarkup:
    """The same below a page of drops."""
    buttons = [
        _button(words.back_in(at), Press.BACK_IN, item.id, place)
        for at, item in enumerate(found, place + 1)
    ]
    other = [_button(words.MERGES, Press.MERGES)]
    return InlineKeyboardMarkup([*_rows(buttons), *_turns(Press.DROPS, place, more), other])


PAGE = 10
"""Lines on one page."""


def _turns(press: Press, place: int, more: bool) -> list[list[InlineKeyboardButton]]:
    turns = []
    if place:
        turns.append(_button(words.EARLIER, press, 0, max(0, place - PAGE)))
    if more:
        turns.append(_button(words.LATER, press, 0, place + PAGE))
    return [turns] if turns else []


def _rows(buttons: Sequence[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    return [[*buttons[at : at + IN_A_ROW]] for at in range(0, len(buttons), IN_A_ROW)]


def _button(label: str, press: Press, number: int = 0, place: int = 0) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=f"m:{press}:{number}:{place}")
