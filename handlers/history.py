"""An export of the channel, sent by an admin as a file: into the archive, with what it changes.

The file is read in a thread with a database connection of its own. What was changed by hand since
is shown first; its button reads the same file again and applies it.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, MessageEntity, Update
from telegram.error import TelegramError

from bot import importing
from bot.channel.post import Rendered
from bot.channel.publish import NO_PREVIEW
from bot.context import Context, Parts
from bot.errors import BadExport
from bot.importing import Another, Report
from bot.logs import redact
from db.schema import open_db
from handlers.presses import admins_only, answer
from handlers.texts import history as words

log = logging.getLogger("peyk.history")

BIGGEST = 20 * 1024 * 1024
"""Bytes of a file that a bot can get (Bot API, getFile)."""
EVERY = 3.0
"""Seconds between two changes of the message that shows the progress."""
APPLY, BRING, LEAVE = "import:apply", "import:guest", "import:leave"


async def take(update: Update, context: Context) -> None:
    """Import the file that an admin has sent."""
    message = update.effective_message
    assert message and message.document
    if (message.document.file_size or 0) > BIGGEST:
        await message.reply_text(words.TOO_BIG)
        return
    text = words.WAITING if context.bot_data.importing.locked() else words.RECEIVING
    status = await message.reply_text(text, do_quote=True)
    await _import(context.bot_data, status, message.document.file_id)


async def send_privately(update: Update, context: Context) -> None:
    """Say where to send a file that an admin has sent to the group of the admins."""
    message = update.effective_message
    assert message
    if message.chat.id == context.bot_data.settings.admin_chat:
        await message.reply_text(words.SEND_PRIVATELY, do_quote=True)


async def refuse(update: Update, context: Context) -> None:
    """Say that files are taken from admins only."""
    assert update.effective_message
    await update.effective_message.reply_text(words.ONLY_ADMINS)


@admins_only
async def press(update: Update, context: Context) -> None:
    """Apply the differences that the pressed message shows, or bring in what it asks about."""
    query, parts = update.callback_query, context.bot_data
    assert query
    status = query.message
    if query.data == LEAVE and isinstance(status, Message):
        await answer(query)
        await _show(status, words.left())
        return
    sent = status.reply_to_message if isinstance(status, Message) else None
    if not sent or not sent.document or not isinstance(status, Message):
        await answer(query, words.FILE_GONE, show_alert=True)
        return
    await answer(query)
    await _import(parts, status, sent.document.file_id, apply=query.data == APPLY, guests=True)


async def _import(
    parts: Parts, status: Message, file_id: str, *, apply: bool = False, guests: bool = False
) -> None:
    async with parts.importing:
        with TemporaryDirectory(prefix="peyk-") as folder:
            path = Path(folder) / "result.json"
            try:
                file = await parts.bot.get_file(file_id)
                await file.download_to_drive(path)
            except TelegramError as error:
                log.warning("an export was not received: %s", redact(error))
                await status.edit_text(words.NOT_RECEIVED)
                return
            try:
                report = await _watched(parts, status, path, apply=apply, guests=guests)
            except Another as another:
                await _show(status, words.another(another.name), _buttons(BRING, LEAVE))
                return
            except BadExport as error:
                log.info("a file is no export: %s", error)
                await _show(status, words.unreadable(error.kind))
                return
    log.info("an export was imported: %d posts added", report.added)
    waits = report.differences and not apply
    await _show(status, words.done(report), _buttons(APPLY) if waits else None)


def _buttons(*presses: str) -> InlineKeyboardMarkup:
    called = {APPLY: words.APPLY, BRING: words.BRING, LEAVE: words.LEAVE}
    row = [InlineKeyboardButton(called[press], callback_data=press) for press in presses]
    return InlineKeyboardMarkup([row])


async def _watched(
    parts: Parts, status: Message, path: Path, *, apply: bool, guests: bool
) -> Report:
    """Import in a thread, and say from time to time how far it is; ends with the caller."""
    stop, seen = Event(), [Report()]

    def work() -> Report:
        db = open_db(parts.settings.db)
        try:
            return importing.run(
                *(db, path, parts.settings.channel, parts.settings.timezone),
                apply=apply,
                guests=guests,
                progress=lambda report: seen.__setitem__(0, report),
                stop=stop,
            )
        finally:
            db.close()

    task = asyncio.create_task(asyncio.to_thread(work))
    try:
        while not (await asyncio.wait([task], timeout=EVERY))[0]:
            await _show(status, words.progress(seen[0]))
        return task.result()
    finally:
        stop.set()  # peyk may be stopping: the thread ends with its next transaction
        await asyncio.wait([task])
        task.exception()


async def _show(
    status: Message, said: Rendered, buttons: InlineKeyboardMarkup | None = None
) -> None:
    entities = [MessageEntity.de_json(dict(e), status.get_bot()) for e in said.entities]
    try:
        await status.edit_text(
            said.text, entities=entities, link_preview_options=NO_PREVIEW, reply_markup=buttons
        )
    except TelegramError as error:
        log.warning("the progress of an import was not shown: %s", redact(error))
