"""What happens in the channel to the guide's own messages: its pin's note, edits by hand."""

from __future__ import annotations

import logging

from telegram import Message, Update
from telegram.error import TelegramError

from bot.context import Context
from bot.logs import redact
from db import guide
from handlers import archive

log = logging.getLogger("peyk.guide")


async def notice(update: Update, context: Context) -> None:
    """Look after a message of the guide; hand every other post of the channel to the archive."""
    message, db = update.effective_message, context.bot_data.db
    assert message
    pinned = message.pinned_message
    if isinstance(pinned, Message) and guide.is_ours(db, message.chat.id, pinned.message_id):
        await _remove_note(message)
    elif guide.is_ours(db, message.chat.id, message.message_id):
        # Somebody changed it by hand; it is written anew with its next update.
        guide.doubt(db, message.chat.id, message.message_id)
        context.bot_data.guide.look_again()
        context.bot_data.kick("guide")
    else:
        await archive.keep(update, context)


async def _remove_note(note: Message) -> None:
    """Delete «… pinned a message», which every subscriber would see; it needs a right to."""
    try:
        await note.delete()
    except TelegramError as error:
        log.info("the note of the guide's pin stays: %s", redact(error))
