"""Files that people send to be read: /ocr, a PDF or a picture in private, and what follows.

The work is bot.reading's; what is seen of it, handlers.transcripts'.
"""

from __future__ import annotations

import logging

from telegram import Message, Update, User
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ApplicationHandlerStop

from bot.context import Context, Parts
from bot.errors import DocumentError
from bot.logs import redact
from bot.passwords import WITHHELD, is_meant
from bot.reading import QuotaExceeded
from db import cards, ocr
from db.ocr import OPEN, Attachment, Job, Stage
from handlers import ocr_buttons, replies
from handlers.ocr_buttons import Press, Pressed
from handlers.texts import ocr as words
from handlers.transcripts import Transcripts

log = logging.getLogger("peyk.ocr")

# Files


async def take(update: Update, context: Context) -> None:
    """Read a file that somebody sent in private; an admin's answer to a card stays one."""
    message, parts = update.effective_message, context.bot_data
    assert message and update.effective_user
    answered = message.reply_to_message
    if answered and cards.get(parts.db, message.chat.id, answered.message_id):
        await replies.take(update, context)
        return
    if not _read(parts, message, message, update.effective_user):
        await message.reply_text(words.TOO_MANY)


async def command(update: Update, context: Context) -> None:
    """/ocr: read the file it answers, or say what can be read and how much is left today."""
    message, user, parts = update.effective_message, update.effective_user, context.bot_data
    assert message and user
    file = message.reply_to_message
    if not file or not _attachment(file):
        await message.reply_text(_about(parts, message, user))
        return
    if message.chat.type != ChatType.PRIVATE and not await _is_reachable(parts, user):
        await message.reply_text(words.START_FIRST)
        return
    if not _read(parts, message, file, user):
        await message.reply_text(words.TOO_MANY)
    elif message.chat.type != ChatType.PRIVATE:
        await message.reply_text(words.IN_PRIVATE)


def _about(parts: Parts, message: Message, user: User) -> str:
    if message.chat.type != ChatType.PRIVATE:
        return words.REPLY_TO_FILE
    return words.about(parts.reading.left_today(user.id), parts.settings.ocr_pages_per_day)


async def _is_reachable(parts: Parts, user: User) -> bool:
    """Whether the bot may write to this person in private."""
    try:
        await parts.bot.send_chat_action(user.id, "typing")
    except (BadRequest, Forbidden):
        return False
    return True


def _read(parts: Parts, message: Message, file: Message, user: User) -> bool:
    """Hand the file of a message to the reading; False when its person has too many there."""
    attachment = _attachment(file)
    assert attachment
    document = file.document
    return parts.reading.take(
        Job(
            user.id,
            user.id,
            message.chat.id,
            message.message_id,
            name=(document.file_name or "")[:200] if document else "",
            album=message.media_group_id or "",
            wanted=words.asked_pages(message.caption or ""),
        ),
        attachment,
    )


def _attachment(message: Message) -> Attachment | None:
    if message.document:
        return Attachment(message.document.file_id, message.message_id)
    if message.photo:
        return Attachment(message.photo[-1].file_id, message.message_id)
    return None


# What people write while a file is read


async def answer(update: Update, context: Context) -> None:
    """Take a password or page numbers; whatever is neither goes its ordinary way."""
    message, user, parts = update.effective_message, update.effective_user, context.bot_data
    assert message and message.text and user
    locked = parts.reading.waits_for_password(user.id)
    if locked and is_meant(message.text, _answered(message), locked.status_id):
        await _take_password(parts, message, locked)
        raise ApplicationHandlerStop
    if message.text.startswith("/"):
        return
    wanted = words.asked_pages(message.text)
    job = _meant(parts, message, user)
    if wanted and job:
        await message.reply_text(_narrow(parts, job, wanted))
        raise ApplicationHandlerStop
    if job and message.reply_to_message:
        await message.reply_text(words.HOW_TO_NAME_PAGES)
        raise ApplicationHandlerStop


def _answered(message: Message) -> int | None:
    return message.reply_to_message.message_id if message.reply_to_message else None


async def _take_password(parts: Parts, message: Message, job: Job) -> None:
    """Try the password, and take its message out of the chat."""
    password = message.text or ""
    try:
        await parts.bot.delete_message(message.chat.id, message.message_id)
        said = words.PASSWORD_TAKEN
    except TelegramError as error:
        log.warning("a message with a password was not deleted: %s", redact(error))
        said = words.PASSWORD_SHOWN
    if password == WITHHELD:  # from the database, which did not get to see it
        said = words.PASSWORD_AGAIN
    else:
        parts.reading.unlock(job, password)
    await parts.bot.send_message(message.chat.id, said)


def _meant(parts: Parts, message: Message, user: User) -> Job | None:
    """The open job that a message is about: the one it answers, or one that asks for pages."""
    if message.reply_to_message:
        shown = message.reply_to_message.message_id
        job = ocr.by_status(parts.db, message.chat.id, shown)
        return job if job and job.user_id == user.id and job.stage in OPEN else None
    return next(reversed(ocr.find(parts.db, {Stage.RANGE}, user.id)), None)


def _narrow(parts: Parts, job: Job, wanted: ocr.Ranges) -> str:
    try:
        pages = parts.reading.narrow(job, wanted)
    except QuotaExceeded as error:
        return words.over_quota(error.pages, parts.reading.left_today(job.user_id))
    return words.narrowed(pages) if pages else words.NO_SUCH_PAGES


# Buttons


async def press(update: Update, context: Context) -> None:
    """A button under a file."""
    query, parts = update.callback_query, context.bot_data
    assert query
    pressed = ocr_buttons.read(query.data)
    job = ocr.get(parts.db, pressed.job_id) if pressed else None
    if not pressed or not job or job.message_id != pressed.message_id:
        await query.answer(words.GONE, show_alert=True)
    elif job.user_id != query.from_user.id:
        log.warning("user %s pressed a button of somebody else's file", query.from_user.id)
        await query.answer(words.NOT_YOURS, show_alert=True)
    elif pressed.press is Press.PICTURE:
        await query.answer(words.ON_ITS_WAY)  # a press waits some seconds only
        await _give_picture(parts, job, pressed.number, update.update_id)
    else:
        await query.answer(await _act(parts, job, pressed, update.update_id))


async def _act(parts: Parts, job: Job, pressed: Pressed, update_id: int) -> str:
    """Do what a button asks for; what is said to it."""
    match pressed.press:
        case Press.CANCEL:
            return words.CANCELLED if parts.reading.cancel(job.id) else words.TOO_LATE
        case Press.FIRST:
            return _narrow(parts, job, ((1, pressed.number),))
        case Press.ERASE:
            parts.reading.erase(job.id)
            return words.ERASED
        case Press.FULL:
            return words.ON_ITS_WAY if parts.reading.read_again(job) else words.TOO_LATE
        case _:
            return await _give_form(parts, job, pressed, update_id)


async def _give_form(parts: Parts, job: Job, pressed: Pressed, update_id: int) -> str:
    """Note the form for a result to come; send a result that is there in it."""
    form = pressed.form
    if form is None:
        return words.GONE
    if job.stage in OPEN:
        ocr.choose(parts.db, job.id, form=form)
        await parts.reading.show(job.id)
        return words.FORM_CHOSEN
    if job.stage is Stage.DONE and ocr.press_once(parts.db, job.id, update_id):
        await Transcripts(parts.db, parts.bot, parts.now).send_as(job, form)
    return ""


async def _give_picture(parts: Parts, job: Job, page: int, update_id: int) -> None:
    """Send the picture of a page, so that a person can compare."""
    if not ocr.press_once(parts.db, job.id, update_id):
        return
    try:
        async with parts.reading.open(job) as drawing:
            picture = await drawing.picture(page, even_blank=True)
    except DocumentError as error:
        why = words.LOCKED_PICTURE if error.kind == "password" else words.NO_PICTURE
        await parts.bot.send_message(job.chat_id, why)
        return
    await parts.bot.send_photo(job.chat_id, picture.jpeg, caption=words.picture_caption(page))
