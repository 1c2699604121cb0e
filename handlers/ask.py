"""/ask: a question in private or, when the bot is addressed, in a group; replies go on from there.

The work is bot.asking's; what is seen of it, handlers.ask_desk's.
"""

from __future__ import annotations

import logging
import re

from telegram import ForceReply, Message, Update
from telegram.constants import ChatType

from bot.asking import Taken
from bot.context import Context, Parts
from bot.persian.courtesy import asks_nothing, is_small_talk
from db import asked, asks, posts
from db.asked import Asked
from db.asks import Ask
from handlers import ask_buttons
from handlers.awaited import QUESTION, STOPPED, is_ours, mention, wanted_question
from handlers.presses import answer
from handlers.search import may_read
from handlers.texts import ask as words
from handlers.texts import search as search_words

log = logging.getLogger("peyk.ask")

_COMMAND = re.compile(r"^/\S+\s*")


async def command(update: Update, context: Context) -> None:
    """/ask question. In groups only when peyk is named: other bots have such a command."""
    message, parts = update.effective_message, context.bot_data
    assert message
    text, name = message.text or "", f"@{parts.bot.username}"
    if message.chat.type != ChatType.PRIVATE and name.lower() not in text.lower():
        return
    words_ = _COMMAND.sub("", text, count=1)
    await _take(parts, message, words_)


async def _take(parts: Parts, message: Message, text: str) -> None:
    """Hand in what a message asks, or ask back what that is."""
    to, question = message.reply_to_message, text.strip()
    before = asks.answered_by(parts.db, message.chat.id, to.message_id) if to else None
    if is_small_talk(question):
        await message.reply_text(words.WELCOME)
    elif to and not before and is_ours(parts, to) and words.is_answer(to.text or ""):
        await _ask_back(parts, message, words.EXPIRED)
    elif question := _quoted(parts, message, question):
        await _ask(parts, message, question, before)
    else:
        await _ask_back(parts, message, words.WHAT)


def _quoted(parts: Parts, message: Message, question: str) -> str:
    """`question`; of somebody whose own words ask nothing, what they reply to."""
    to = message.reply_to_message
    theirs = (to.text or "").strip() if to and not is_ours(parts, to) else ""
    return theirs if theirs and asks_nothing(question) else question


async def _ask_back(parts: Parts, message: Message, why: str) -> None:
    """Ask for the question; the next message, or a reply, is it."""
    mark = ForceReply(selective=True, input_field_placeholder=words.PLACEHOLDER)
    sent = await message.reply_text(why, reply_markup=mark)
    if message.from_user:
        wanted = Asked(message.chat.id, sent.message_id, message.from_user.id, QUESTION)
        asked.add(parts.db, wanted, parts.now())


async def take(update: Update, context: Context) -> None:
    """Take in such a message."""
    message, parts = update.effective_message, context.bot_data
    assert message
    to = message.reply_to_message
    question = asked.get(parts.db, message.chat.id, to.message_id) if to else None
    if question := question or wanted_question(parts, message):
        asked.done(parts.db, question)
    text = (message.text or "").replace(mention(parts, message) or "\0", " ")
    await _take(parts, message, text)


async def _ask(parts: Parts, message: Message, text: str, before: Ask | None = None) -> None:
    """Hand a question in, unless it cannot be taken."""
    asker = message.from_user.id if message.from_user else 0
    if len(text) > words.LONGEST_QUESTION:
        await message.reply_text(words.TOO_LONG)
    elif not await may_read(parts, asker):
        await message.reply_text(search_words.NOT_A_READER)
    elif not parts.settings.ask_general and not posts.count(parts.db):
        await message.reply_text(words.NO_POSTS)
    else:
        parent = before.id if before else None
        ask = Ask(asker, message.chat.id, message.message_id, text, parent)
        if refused := _REFUSED.get(parts.asking.take(ask)):
            await message.reply_text(refused)


_REFUSED = {Taken.TOO_MANY: words.TOO_MANY, Taken.FULL: words.FULL}


async def stop_draft(update: Update, context: Context) -> None:
    """The stop button of the app itself was pressed."""
    told, parts = update.api_kwargs[STOPPED], context.bot_data
    ask = asks.get(parts.db, int(told["draft_id"]))
    if ask and ask.chat_id == told["chat"]["id"]:
        parts.asking.cancel(ask.id)


async def press(update: Update, context: Context) -> None:
    """The button that stops an answer: for who asked, and for admins."""
    query, parts = update.callback_query, context.bot_data
    assert query
    ask_id = ask_buttons.read(query.data)
    ask = asks.get(parts.db, ask_id) if ask_id else None
    if not ask:
        await answer(query, words.TOO_LATE)
    elif ask.user_id != query.from_user.id and not parts.is_admin(query.from_user.id):
        log.warning("user %s pressed a button of somebody else's question", query.from_user.id)
        await answer(query, words.NOT_YOURS, show_alert=True)
    else:
        stopped = parts.asking.cancel(ask.id)
        await answer(query, words.STOPPED_SHORT if stopped else words.TOO_LATE)
