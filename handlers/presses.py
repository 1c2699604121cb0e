"""What every press of a button needs: an answer, and for admins' buttons the right to press."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from telegram import CallbackQuery, Update
from telegram.error import TelegramError

from bot.context import Context
from bot.logs import redact
from handlers.texts import approval as words

log = logging.getLogger("peyk.presses")

LONGEST_ANSWER = 200
"""Characters Telegram takes (Bot API, answerCallbackQuery); names can be long."""

Press = Callable[[Update, Context], Coroutine[Any, Any, None]]


async def answer(query: CallbackQuery, text: str = "", *, show_alert: bool = False) -> None:
    """Answer a press; what was decided stands even where the answer does not get through."""
    try:
        await query.answer(text[:LONGEST_ANSWER] or None, show_alert=show_alert)
    except TelegramError as error:
        log.info("a press could not be answered: %s", redact(error))


def admins_only(press: Press) -> Press:
    """A press that only admins may make: asked at the press, whoever was shown the button."""

    @wraps(press)
    async def checked(update: Update, context: Context) -> None:
        query = update.callback_query
        assert query
        if context.bot_data.is_admin(query.from_user.id):
            await press(update, context)
            return
        log.warning("user %s is no admin and pressed %r", query.from_user.id, query.data)
        await answer(query, words.NOT_ADMIN, show_alert=True)

    return checked
