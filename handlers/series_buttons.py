"""The buttons of /series and of a card that becomes a part, and their data; only here.

Callback data is ``ser:<act>:<number>[:<argument>[-<second>]]``, under Telegram's 64 bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from db.model import Draft, State
from db.series import Part, Series
from handlers import keyboards
from handlers.texts import series as words

_DATA = re.compile(r"ser:([a-z]+):(\d{1,18})(?::(\d{1,18})(?:-(\d{1,18}))?)?", re.ASCII)
PAGE = 10
"""Parts on a page, and series in a list."""


class Act(StrEnum):
    """What a button asks for; in brackets its numbers."""

    HOME = "home"
    """(the offset)"""
    NEW = "new"
    SCAN = "scan"
    SERIES = "one"
    """(a series)"""
    POST = "post"
    TITLE = "title"
    TAG = "tag"
    STATE = "state"
    DROP = "drop"
    DROPPED = "dropped"
    PARTS = "parts"
    """(a series, the offset)"""
    PART = "part"
    """(a series, the ordinal of a post)"""
    UP = "up"
    DOWN = "down"
    OUT = "out"
    PICK = "pick"
    """(a draft, its version)"""
    INTO = "into"
    """(a draft, its version, a series)"""
    ALONE = "alone"
    """(a draft, its version)"""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press, read back."""

    act: Act
    number: int
    second: int = 0
    third: int = 0


def read(data: object) -> Pressed | None:
    """What callback data says, or None when we never wrote it."""
    match = _DATA.fullmatch(data) if isinstance(data, str) else None
    if not match or match[1] not in set(Act):
        return None
    return Pressed(Act(match[1]), *(int(match[at] or 0) for at in (2, 3, 4)))


def _button(text: str, act: Act, number: int = 0, *more: int) -> InlineKeyboardButton:
    data = f"ser:{act}:{number}" + (":" + "-".join(map(str, more)) if more else "")
    return InlineKeyboardButton(text, callback_data=data)


def home(found: Sequence[Series], offset: int) -> InlineKeyboardMarkup:
    """The series, a page of them, and what can be done about all."""
    rows = [
        [_button(words.series_button(one), Act.SERIES, one.id)]
        for one in found[offset : offset + PAGE]
    ]
    turns = _turns(Act.HOME, offset, len(found))
    last = [_button(words.NEW, Act.NEW), _button(words.SCAN, Act.SCAN)]
    return InlineKeyboardMarkup([*rows, turns, last])


def _turns(act: Act, offset: int, total: int, *place: int) -> list[InlineKeyboardButton]:
    """The ways to the pages before and after."""
    turns = []
    if offset > 0:
        turns.append(_button(words.EARLIER, act, *place, max(0, offset - PAGE)))
    if offset + PAGE < total:
        turns.append(_button(words.LATER, act, *place, offset + PAGE))
    return turns


def series(shown: Series) -> InlineKeyboardMarkup:
    """What can be done with a series."""
    state = words.FINISH if shown.is_open else words.REOPEN
    order = [_button(words.PARTS, Act.PARTS, shown.id, 0)] if shown.parts else []
    return InlineKeyboardMarkup(
        [
            [_button(words.POST, Act.POST, shown.id), *order],
            [_button(words.TITLE, Act.TITLE, shown.id), _button(words.TAG, Act.TAG, shown.id)],
            [_button(state, Act.STATE, shown.id), _button(words.DROP, Act.DROP, shown.id)],
            [_button(words.BACK, Act.HOME)],
        ]
    )


def dropping(series_id: int) -> InlineKeyboardMarkup:
    """Dissolve it, or not."""
    yes = _button(words.DROP_IT, Act.DROPPED, series_id)
    return InlineKeyboardMarkup([[yes, _button(words.DO_NOT, Act.SERIES, series_id)]])


def parts(shown: Series, offset: int) -> InlineKeyboardMarkup:
    """The parts of a series, a page of them."""
    rows = [
        [_button(words.part_button(part), Act.PART, shown.id, part.ordinal)]
        for part in shown.parts[offset : offset + PAGE]
    ]
    turns = _turns(Act.PARTS, offset, len(shown.parts), shown.id)
    return InlineKeyboardMarkup([*rows, turns, [_button(words.BACK, Act.SERIES, shown.id)]])


def part(shown: Series, one: Part) -> InlineKeyboardMarkup:
    """What can be done with a part."""
    place = shown.id, one.ordinal
    moves = []
    if one != shown.parts[0]:
        moves.append(_button(words.UP, Act.UP, *place))
    if one != shown.parts[-1]:
        moves.append(_button(words.DOWN, Act.DOWN, *place))
    out = [_button(words.OUT, Act.OUT, *place)]
    return InlineKeyboardMarkup([moves, out, [_button(words.BACK, Act.PARTS, shown.id, 0)]])


def with_series(card: InlineKeyboardMarkup | None, draft: Draft) -> InlineKeyboardMarkup | None:
    """The buttons of a card, and the one that makes the draft part of a series."""
    if not card or draft.state not in (State.DRAFTED, State.OFFERED):
        return card
    pick = _button(words.PICK, Act.PICK, draft.id, draft.version)
    return InlineKeyboardMarkup([*card.inline_keyboard, [pick]])


def pick(
    draft: Draft, open_ones: Sequence[tuple[int, str]], *, planned: bool
) -> InlineKeyboardMarkup:
    """The series that a draft may be the next part of, and back."""
    rows = [
        [_button(words.next_of(title), Act.INTO, draft.id, draft.version, series_id)]
        for series_id, title in open_ones
    ]
    alone = [[_button(words.ALONE, Act.ALONE, draft.id, draft.version)]] if planned else []
    return InlineKeyboardMarkup([*rows, *alone, [keyboards.back(draft)]])
