"""The buttons under a card and their callback data, written and read back only here.

Callback data is ``d:<action>:<draft>:<version>[:<argument>]``, well under Telegram's 64 bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from db.model import Draft, State
from handlers.texts import approval as words

PATTERN = re.compile(r"d:([a-z]+):(\d{1,18}):(\d{1,9})(?::([a-z0-9]{1,20}))?", re.ASCII)


class Press(StrEnum):
    """What a button asks for."""

    PUBLISH = "pub"
    TIMES = "times"
    SLOT = "slot"
    OTHER_TIME = "other"
    EDIT = "edit"
    DIRECTIONS = "ways"
    REWRITE = "write"
    REJECT = "no"
    REASON = "why"
    BACK = "back"
    SOURCES = "from"
    RECALL = "recall"
    RESTORE = "again"
    THERE = "there"
    RESEND = "resend"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press, read back: for THERE and RESEND the row of the outbox and its attempt."""

    press: Press
    draft_id: int
    version: int
    argument: str = ""

    @property
    def moment(self) -> datetime:
        """The slot of a SLOT press."""
        return datetime.fromtimestamp(int(self.argument) * 60, UTC)


def read(data: object) -> Pressed | None:
    """What callback data says, or None when we never wrote it."""
    match = PATTERN.fullmatch(data) if isinstance(data, str) else None
    if not match or match[1] not in set(Press):
        return None
    press, argument = Press(match[1]), match[4] or ""
    if press is Press.SLOT and not re.fullmatch(r"[0-9]{6,9}", argument):
        return None
    return Pressed(press, int(match[2]), int(match[3]), argument)


def _button(words: str, press: Press, draft: Draft, argument: str = "") -> InlineKeyboardButton:
    data = f"d:{press}:{draft.id}:{draft.version}" + (f":{argument}" if argument else "")
    return InlineKeyboardButton(words, callback_data=data)


def card(draft: Draft) -> InlineKeyboardMarkup | None:
    """The buttons that a draft in this state offers; None when there is nothing to decide."""
    if draft.state in (State.DRAFTED, State.OFFERED):
        written = not draft.origin.startswith("extract")
        sources = [[_button(words.SOURCES, Press.SOURCES, draft)]] if written else []
        return InlineKeyboardMarkup(
            [
                [
                    _button(words.PUBLISH, Press.PUBLISH, draft),
                    _button(words.SCHEDULE, Press.TIMES, draft),
                ],
                [
                    _button(words.EDIT, Press.EDIT, draft),
                    _button(words.REWRITE, Press.DIRECTIONS, draft),
                    _button(words.REJECT, Press.REJECT, draft),
                ],
                *sources,
            ]
        )
    if draft.state is State.APPROVED:
        return InlineKeyboardMarkup([[_button(words.RECALL, Press.RECALL, draft)]])
    if draft.state is State.REJECTED:
        reasons = [_button(w, Press.REASON, draft, k) for k, w in words.REASONS.items()]
        restore = _button(words.RESTORE, Press.RESTORE, draft)
        return InlineKeyboardMarkup([reasons, [restore]])
    return None


def times(draft: Draft, slots: Sequence[datetime], zone: ZoneInfo) -> InlineKeyboardMarkup:
    """The next free slots, a time of one's own, and back."""
    rows = [
        [
            _button(
                words.slot_button(slot, zone, first=index == 0),
                Press.SLOT,
                draft,
                str(int(slot.timestamp() // 60)),
            )
        ]
        for index, slot in enumerate(slots)
    ]
    last = [
        _button(words.OTHER_TIME, Press.OTHER_TIME, draft),
        _button(words.BACK, Press.BACK, draft),
    ]
    return InlineKeyboardMarkup([*rows, last])


def directions(draft: Draft) -> InlineKeyboardMarkup:
    """The three ways to rewrite, and back."""
    ways = [_button(w, Press.REWRITE, draft, k) for k, w in words.DIRECTIONS.items()]
    return InlineKeyboardMarkup([ways, [_button(words.BACK, Press.BACK, draft)]])


def doubt(sending_id: int, attempt: int) -> InlineKeyboardMarkup:
    """Is the post in the channel or not?"""
    there = f"d:{Press.THERE}:{sending_id}:{attempt}"
    resend = f"d:{Press.RESEND}:{sending_id}:{attempt}"
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(words.IN_CHANNEL, callback_data=there)],
            [InlineKeyboardButton(words.NOT_IN_CHANNEL, callback_data=resend)],
        ]
    )
