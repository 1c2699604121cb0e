"""The button under a question that is being answered, and its data, written and read back.

Callback data is ``ask:stop:<question>``, well under Telegram's 64 bytes.
"""

from __future__ import annotations

import re

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from db.asks import Ask
from handlers.texts import ask as words

PATTERN = re.compile(r"ask:stop:(\d{1,18})", re.ASCII)


def stop(ask: Ask) -> InlineKeyboardMarkup:
    """The button that ends the writing."""
    button = InlineKeyboardButton(words.STOP, callback_data=f"ask:stop:{ask.id}")
    return InlineKeyboardMarkup([[button]])


def read(data: object) -> int | None:
    """The question whose button was pressed, or None when we never wrote the data."""
    match = PATTERN.fullmatch(data) if isinstance(data, str) else None
    return int(match[1]) if match else None
