"""The buttons under a file that is being read, and their callback data, written and read back.

Callback data is ``o:<action>:<job>.<message>[:<argument>]``, well under Telegram's 64
bytes; the message with the file tells a job from an erased one whose number it got.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.reading import View
from db.ocr import Form, Job, Stage
from handlers.texts import ocr as words

PATTERN = re.compile(r"o:([a-z]+):(\d{1,18})\.(\d{1,10})(?::([a-z0-9]{1,10}))?", re.ASCII)
MOST_PICTURES = 6
"""Buttons for pages that a person should look at."""


class Press(StrEnum):
    """What a button asks for."""

    FORM = "form"
    FIRST = "first"
    CANCEL = "stop"
    PICTURE = "page"
    FULL = "full"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press, read back."""

    press: Press
    job_id: int
    message_id: int
    """The message in which the file came."""
    argument: str = ""

    @property
    def number(self) -> int:
        """The pages of a FIRST press, the page of a PICTURE press; 0 where there is none."""
        return int(self.argument) if self.argument.isdecimal() else 0

    @property
    def form(self) -> Form | None:
        """The form of a FORM press."""
        return Form(self.argument) if self.argument in set(Form) else None


def read(data: object) -> Pressed | None:
    """What callback data says, or None when we never wrote it."""
    match = PATTERN.fullmatch(data) if isinstance(data, str) else None
    if not match or match[1] not in set(Press):
        return None
    return Pressed(Press(match[1]), int(match[2]), int(match[3]), match[4] or "")


def _button(words: str, press: Press, job: Job, argument: object = "") -> InlineKeyboardButton:
    data = f"o:{press}:{job.id}.{job.message_id}" + (f":{argument}" if argument else "")
    return InlineKeyboardButton(words, callback_data=data)


def status(view: View) -> InlineKeyboardMarkup | None:
    """What can be chosen while a job is not finished; None when it is."""
    job = view.job
    cancel = [_button(words.CANCEL, Press.CANCEL, job)]
    if job.stage is Stage.PASSWORD:
        return InlineKeyboardMarkup([cancel])
    if job.stage not in (Stage.NEW, Stage.WAITING, Stage.READING, Stage.RANGE):
        return None
    rows = [[_button(words.form(form, form is job.form), Press.FORM, job, form) for form in Form]]
    if job.stage is Stage.RANGE and view.left_today:
        left = min(view.left_today, job.pages)
        rows.insert(0, [_button(words.first_pages(left), Press.FIRST, job, left)])
    return InlineKeyboardMarkup([*rows, cancel])


def result(
    job: Job, to_look_at: Sequence[int], *, files: Collection[Form], layers: bool
) -> InlineKeyboardMarkup:
    """What can be asked for when there is a result: these `files`, pictures, another reading."""
    pictures = [
        _button(words.picture_button(page), Press.PICTURE, job, page)
        for page in to_look_at[:MOST_PICTURES]
    ]
    rows = [
        [_button(words.form(form, False), Press.FORM, job, form) for form in files],
        *(pictures[at : at + 3] for at in range(0, len(pictures), 3)),
    ]
    if layers:
        rows.append([_button(words.READ_FULL, Press.FULL, job)])
    return InlineKeyboardMarkup([*filter(None, rows), [_button(words.ERASE, Press.ERASE, job)]])
