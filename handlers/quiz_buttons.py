"""The buttons of a question's card and their callback data, written and read back only here.

Callback data is ``qb:<action>:<question>:<version>[:<argument>]``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.persian.dates import digits
from db.questions import Question, Stage
from handlers.texts import quiz_bank as words

_DATA = re.compile(r"qb:([a-z]+):(\d{1,18}):(\d{1,9})(?::([a-z0-9]{1,12}))?", re.ASCII)
_IN_A_ROW = 6


class Press(StrEnum):
    """What a button asks for."""

    APPROVE = "yes"
    REJECT = "no"
    RESTORE = "again"
    EDIT = "edit"
    WAYS = "ways"
    REWRITE = "write"
    BACK = "back"
    KEY = "key"
    KEYLESS = "keyless"
    OFFERED = "offered"
    PUBLISH = "pub"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press, read back."""

    press: Press
    question_id: int
    version: int
    argument: str = ""


def read(data: object) -> Pressed | None:
    """What callback data says, or None when we never wrote it."""
    match = _DATA.fullmatch(data) if isinstance(data, str) else None
    if not match or match[1] not in set(Press):
        return None
    press, argument = Press(match[1]), match[4] or ""
    if press is Press.KEY and not re.fullmatch(r"\d{1,2}", argument):
        return None
    return Pressed(press, int(match[2]), int(match[3]), argument)


def card(question: Question, *, posted: bool) -> InlineKeyboardMarkup | None:
    """The buttons that a question in this stage offers; None when there is nothing to decide."""
    match question.stage:
        case Stage.WRITTEN | Stage.OFFERED:
            change = _CHANGE if question.post_id else _CHANGE[:1]
            return InlineKeyboardMarkup([_row(question, _DECIDE), _row(question, change)])
        case Stage.KEYLESS:
            return InlineKeyboardMarkup([*_keys(question), _row(question, _DROP)])
        case Stage.APPROVED if not posted:
            return InlineKeyboardMarkup([_row(question, _BANKED)])
        case Stage.APPROVED | Stage.REJECTED:
            return InlineKeyboardMarkup([_row(question, _AGAIN)])
    return None


_DECIDE = ((words.APPROVE, Press.APPROVE), (words.REJECT, Press.REJECT))
_CHANGE = ((words.EDIT, Press.EDIT), (words.REWRITE, Press.WAYS))
_DROP = ((words.EDIT, Press.EDIT), (words.REJECT, Press.REJECT))
_BANKED = ((words.PUBLISH, Press.PUBLISH), (words.RESTORE, Press.RESTORE))
_AGAIN = ((words.RESTORE, Press.RESTORE),)


def directions(question: Question) -> InlineKeyboardMarkup:
    """The three ways to rewrite, and back."""
    ways = [_button(w, Press.REWRITE, question, k) for k, w in words.DIRECTIONS.items()]
    return InlineKeyboardMarkup([ways, [_button(words.BACK, Press.BACK, question)]])


def waiting(offered: int, keyless: int) -> InlineKeyboardMarkup:
    """Lead to the questions that nobody decided on, and whose right option nobody told."""
    ways = (
        (offered, words.offered_button, Press.OFFERED),
        (keyless, words.keyless_button, Press.KEYLESS),
    )
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(label(count), callback_data=f"qb:{press}:0:0")]
            for count, label, press in ways
            if count
        ]
    )


def _keys(question: Question) -> list[list[InlineKeyboardButton]]:
    """A button for each option: which is right?"""
    keys = [
        _button(digits(place + 1), Press.KEY, question, str(place))
        for place in range(len(question.options))
    ]
    return [keys[at : at + _IN_A_ROW] for at in range(0, len(keys), _IN_A_ROW)]


def _row(question: Question, row: tuple[tuple[str, Press], ...]) -> list[InlineKeyboardButton]:
    return [_button(label, press, question) for label, press in row]


def _button(
    label: str, press: Press, question: Question, argument: str = ""
) -> InlineKeyboardButton:
    data = f"qb:{press}:{question.id}:{question.version}" + (f":{argument}" if argument else "")
    return InlineKeyboardButton(label, callback_data=data)
