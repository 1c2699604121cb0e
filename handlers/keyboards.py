"""The buttons under a card and their callback data, written and read back only here.

Callback data is ``d:<action>:<draft>:<version>[:<argument>]``, well under Telegram's 64 bytes;
that of a star is ``p:<on|off>:<post>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from db.model import Draft, State
from handlers.texts import approval as words
from handlers.texts import stars as star_words

PATTERN = re.compile(r"d:([a-z]+):(\d{1,18}):(\d{1,9})(?::([a-z0-9]{1,20}))?", re.ASCII)

STAR_PATTERN = re.compile(r"p:(on|off):(\d{1,18})", re.ASCII)


OPEN_IN_A_ROW = 4


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
    TOGETHER = "all"
    SPLIT = "split"
    RECALL = "recall"
    RESTORE = "again"
    THERE = "there"
    RESEND = "resend"
    OPEN = "open"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press, read back: for THERE and RESEND the row of the outbox and its attempt."""

    press: Press
    draft_id: int
    version: int
    argument: str = ""

    @property
    def moment(self) -> datetime:
        """The slot of a SLOT press, and of a TOGETHER press that names one."""
        return datetime.fromtimestamp(int(self.argument.rpartition("x")[2]) * 60, UTC)

    @property
    def edition(self) -> str:
        """The edition of the thread that a TOGETHER press saw."""
        return self.argument.partition("x")[0]


def read(data: object) -> Pressed | None:
    """What callback data says, or None when we never wrote it."""
    match = PATTERN.fullmatch(data) if isinstance(data, str) else None
    if not match or match[1] not in set(Press):
        return None
    press, argument = Press(match[1]), match[4] or ""
    if not re.fullmatch(_ARGUMENTS.get(press, ".*"), argument):
        return None
    return Pressed(press, int(match[2]), int(match[3]), argument)


_ARGUMENTS = {Press.SLOT: r"[0-9]{6,9}", Press.TOGETHER: r"[0-9]{1,10}(x[0-9]{6,9})?"}


def edition(thread: Iterable[Draft]) -> str:
    """What a press on a whole thread has seen: another one after every change of a part."""
    return str(sum(part.version for part in thread))


def _button(words: str, press: Press, draft: Draft, argument: str = "") -> InlineKeyboardButton:
    data = f"d:{press}:{draft.id}:{draft.version}" + (f":{argument}" if argument else "")
    return InlineKeyboardButton(words, callback_data=data)


def card(
    draft: Draft,
    thread: Sequence[Draft] = (),
    *,
    too_long: bool = False,
    below: Sequence[Sequence[InlineKeyboardButton]] = (),
) -> InlineKeyboardMarkup | None:
    """The buttons that a draft in this state offers; None when there is nothing to decide.

    `thread`: all parts of its thread, which may be approved together; `too_long`: a post that
    may become one; `below`: further rows of a draft to decide on.
    """
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
                *([[_button(words.SPLIT, Press.SPLIT, draft)]] if too_long else []),
                *_together(draft, thread, words.PUBLISH_ALL),
                *below,
            ]
        )
    if draft.state is State.APPROVED:
        return InlineKeyboardMarkup([[_button(words.RECALL, Press.RECALL, draft)]])
    if draft.state is State.REJECTED:
        reasons = [_button(w, Press.REASON, draft, k) for k, w in words.REASONS.items()]
        restore = _button(words.RESTORE, Press.RESTORE, draft)
        return InlineKeyboardMarkup([reasons, [restore]])
    return None


def to_open(drafts: Sequence[Draft]) -> list[list[InlineKeyboardButton]]:
    """A button for each draft of a list, which brings its card."""
    found = [_button(words.open_card(draft.id), Press.OPEN, draft) for draft in drafts]
    return [found[at : at + OPEN_IN_A_ROW] for at in range(0, len(found), OPEN_IN_A_ROW)]


def replaced(draft_id: int, version: int) -> InlineKeyboardMarkup:
    """What an old card says in place of its buttons."""
    data = f"d:{Press.OLD}:{draft_id}:{version}"
    return InlineKeyboardMarkup([[InlineKeyboardButton(words.NEWER_BELOW, callback_data=data)]])


def back(draft: Draft) -> InlineKeyboardButton:
    """Back to the buttons of the card."""
    return _button(words.BACK, Press.BACK, draft)


def _together(
    draft: Draft, thread: Sequence[Draft], label: str, slot: str = ""
) -> list[list[InlineKeyboardButton]]:
    """The button that approves all open parts of a thread, where there are several."""
    still_open = [part for part in thread if part.state in _OPEN]
    if len(still_open) < 2:
        return []
    return [[_button(label, Press.TOGETHER, draft, edition(thread) + slot)]]


_OPEN = (State.DRAFTED, State.OFFERED, State.REWRITING)


def times(
    draft: Draft, slots: Sequence[datetime], zone: ZoneInfo, thread: Sequence[Draft] = ()
) -> InlineKeyboardMarkup:
    """The next free slots, one for the whole of a `thread`, a time of one's own, and back."""
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
    if slots:
        minute = f"x{int(slots[0].timestamp() // 60)}"
        rows += _together(draft, thread, words.slot_for_all(slots[0], zone), minute)
    last = [
        _button(words.OTHER_TIME, Press.OTHER_TIME, draft),
        _button(words.BACK, Press.BACK, draft),
    ]
    return InlineKeyboardMarkup([*rows, last])


def directions(draft: Draft) -> InlineKeyboardMarkup:
    """The three ways to rewrite, and back."""
    ways = [_button(w, Press.REWRITE, draft, k) for k, w in words.DIRECTIONS.items()]
    return InlineKeyboardMarkup([ways, [_button(words.BACK, Press.BACK, draft)]])


@dataclass(frozen=True, slots=True)
class Star:
    """A wish for a post of the archive to be an example, or none."""

    ordinal: int
    starred: bool


def star(ordinal: int, starred: bool) -> InlineKeyboardMarkup:
    """The button that puts a star on a post, or takes it off."""
    label, wish = (star_words.UNSTAR, "off") if starred else (star_words.STAR, "on")
    button = InlineKeyboardButton(label, callback_data=f"p:{wish}:{ordinal}")
    return InlineKeyboardMarkup([[button]])


def read_star(data: object) -> Star | None:
    """What the data of such a button says, or None when we never wrote it."""
    match = STAR_PATTERN.fullmatch(data) if isinstance(data, str) else None
    return Star(int(match[2]), match[1] == "on") if match else None


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
