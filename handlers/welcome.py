"""/start /help /privacy /forget /cancel, and the answer to what nobody understood."""

from __future__ import annotations

from telegram import Message, Update
from telegram.constants import ChatType

from bot.context import Context, Parts
from db import added_sources, asked, cards, drafts, questions, relations, updates
from handlers import quiz, toc
from handlers.texts import admin as admin_words
from handlers.texts import ask as ask_words
from handlers.texts import ocr as ocr_words
from handlers.texts import welcome as words


async def start(update: Update, context: Context) -> None:
    """Say who peyk is."""
    message = update.effective_message
    assert message
    if context.args and await _open_link(context.bot_data, message, context.args[0]):
        return
    channel = str(context.bot_data.settings.channel or "")
    shown = channel if channel.startswith("@") else ""
    await message.reply_text(words.start(shown))


async def _open_link(parts: Parts, message: Message, parameter: str) -> bool:
    """Show what a deep link leads to; False: it is none of ours."""
    shown = await toc.open_link(parts, message, parameter)
    return shown or await quiz.open_link(parts, message, parameter)


async def show_help(update: Update, context: Context) -> None:
    """List what can be asked for; admins see their commands too."""
    assert update.effective_message and update.effective_user
    parts = context.bot_data
    admin = parts.is_admin(update.effective_user.id)
    await update.effective_message.reply_text(words.help_(parts.bot.username, for_admin=admin))


async def privacy(update: Update, context: Context) -> None:
    """Say what is kept about people."""
    assert update.effective_message
    parts = (words.PRIVACY, ocr_words.PRIVACY, ask_words.PRIVACY)
    await update.effective_message.reply_text("\n".join(parts))


async def forget(update: Update, context: Context) -> None:
    """Erase what is kept about the user who asks."""
    assert update.effective_message and update.effective_user
    user = update.effective_user.id
    updates.forget(context.bot_data.db, user)
    asked.forget(context.bot_data.db, user)
    context.bot_data.reading.forget(user)
    context.bot_data.asking.forget(user)
    named = drafts.forget_actor(context.bot_data.db, user, words.FORMER_ADMIN)
    added_sources.forget_adder(context.bot_data.db, user)
    relations.forget_actor(context.bot_data.db, user)
    named += questions.forget_actor(context.bot_data.db, user, words.FORMER_ADMIN)
    answers, player = quiz.forget(context.bot_data, user)
    text = words.forgotten(
        was_admin=bool(named),
        asked=context.bot_data.asking.used_today(user) > 0,
        read=context.bot_data.reading.used_today(user) > 0,
    )
    if (
        update.effective_message.chat.type == ChatType.PRIVATE
    ):  # the name is nobody else's business
        text += words.forgotten_quizzes(answers, player.name, player.reminder is not None)
    await update.effective_message.reply_text(text)


async def cancel(update: Update, context: Context) -> None:
    """Withdraw what the user was asked."""
    message, user = update.effective_message, update.effective_user
    assert message and user
    db, chat = context.bot_data.db, message.chat.id
    if await quiz.cancel(context.bot_data, message, user):
        return
    stopped = context.bot_data.asking.cancel_all(user.id)
    withdrawn = cards.withdraw_questions(db, chat, user.id) + asked.withdraw(db, chat, user.id)
    withdrawn += len(context.bot_data.reading.cancel_all(user.id))
    if withdrawn or not stopped:  # of a stopped answer its own message tells
        text = admin_words.CANCELLED if withdrawn else admin_words.NOTHING_TO_CANCEL
        await message.reply_text(text)


async def unknown(update: Update, context: Context) -> None:
    """Answer what nobody understood, in a private chat."""
    assert update.effective_message
    await update.effective_message.reply_text(words.UNKNOWN)
