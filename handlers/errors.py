"""What happens when a handler fails: a log line, a kind word to the user."""

from __future__ import annotations

import logging
from contextlib import suppress

from telegram import Update
from telegram.error import TelegramError

from bot.context import Context
from handlers.texts import welcome as words

log = logging.getLogger("peyk.errors")


async def report(update: object, context: Context) -> None:
    """Log the failure whole (secrets are redacted on the way) and apologise."""
    what = "an update could not be handled" if update else "a job failed; its next turn comes"
    log.error(what, exc_info=context.error)
    if not isinstance(update, Update):
        return
    with suppress(TelegramError):
        if update.callback_query:
            await update.callback_query.answer(words.SORRY, show_alert=True)
        elif update.effective_message and update.effective_user:
            await update.effective_message.reply_text(words.SORRY)
