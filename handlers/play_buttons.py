"""The buttons of a round and of /score, and their callback data, written and read back only here.

``qp:d:<round>:<position>`` I do not know; ``qp:a`` another round; ``qp:s`` /score;
``qp:b:<w|e>`` a board; ``qp:n`` a name for the boards, ``qp:n-`` off them;
``qp:r`` the hours of the reminder, ``qp:r:<hour>`` one of them, ``qp:r-`` none;
``qp:t:<page>`` the subjects, ``qp:t:<page>:<number>`` one of them, ``qp:t-`` all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.persian.dates import digits
from handlers.texts import play as words
from handlers.texts import score

_PRESS = re.compile(
    r"qp:(?P<what>[dabsnrt]-?)(?::(?P<first>\d{1,15}|[we]))?(?::(?P<second>\d{1,9}))?", re.ASCII
)
HOURS = (7, 9, 12, 15, 18, 20, 21, 22)
SUBJECTS = 10
"""On one page."""


@dataclass(frozen=True, slots=True)
class Press:
    """What was pressed: the letter of the list above, and the numbers behind it."""

    what: str
    board: str = ""
    first: int | None = None
    second: int | None = None


def read(data: object) -> Press | None:
    """What callback data means, or None when we never wrote it."""
    match = _PRESS.fullmatch(data) if isinstance(data, str) else None
    if not match:
        return None
    first, second = match["first"] or "", match["second"] or ""
    if first in ("w", "e"):
        return Press(match["what"], board=first)
    return Press(match["what"], "", int(first) if first else None, int(second) if second else None)


def under_poll(round_id: int, position: int) -> InlineKeyboardMarkup:
    """Under a question in private: to pass it counts as not knowing it."""
    return _rows([(words.DUNNO, f"qp:d:{round_id}:{position}")])


def after_round() -> InlineKeyboardMarkup:
    """Under the summary."""
    return _rows([(words.AGAIN, "qp:a"), (words.SCORE, "qp:s")])


def under_score(has_name: bool) -> InlineKeyboardMarkup:
    """Under /score: the boards, and what one may wish."""
    return _rows(
        [(score.WEEK, "qp:b:w"), (score.EVER, "qp:b:e")],
        [(score.RENAME if has_name else score.JOIN, "qp:n"), (score.REMINDER, "qp:r")],
        [(score.SUBJECTS, "qp:t:0"), (words.AGAIN, "qp:a")],
    )


def under_board(board: str, has_name: bool) -> InlineKeyboardMarkup:
    """Under a board: the other one, and on or off them."""
    other = (score.EVER, "qp:b:e") if board == "w" else (score.WEEK, "qp:b:w")
    own = [(score.RENAME, "qp:n"), (score.QUIT, "qp:n-")] if has_name else [(score.JOIN, "qp:n")]
    return _rows([other], own)


def hours(chosen: int | None) -> InlineKeyboardMarkup:
    """The hours of the daily reminder, the chosen one marked."""
    each = [(f"{'✓ ' if hour == chosen else ''}{digits(hour)}", f"qp:r:{hour}") for hour in HOURS]
    return _rows(each[:4], each[4:], [(score.NO_REMINDER, "qp:r-")])


def subjects(known: Mapping[str, str], chosen: Sequence[str], page: int) -> InlineKeyboardMarkup:
    """A page of subjects (folded name: as written), the chosen ones marked."""
    first = page * SUBJECTS
    each = [
        (f"{'✓ ' if name in chosen else ''}{score.subject(label)}", f"qp:t:{page}:{number}")
        for number, (name, label) in list(enumerate(known.items()))[first : first + SUBJECTS]
    ]
    rows = [each[at : at + 2] for at in range(0, len(each), 2)]
    ways = []
    if first + SUBJECTS < len(known):
        ways.append((score.MORE, f"qp:t:{page + 1}"))
    if page:
        ways.append((score.BACK, f"qp:t:{page - 1}"))
    return _rows(*rows, ways, [(score.ALL_SUBJECTS, "qp:t-")])


def _rows(*rows: Sequence[tuple[str, str]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(label, callback_data=data) for label, data in row]
            for row in rows
            if row
        ]
    )
