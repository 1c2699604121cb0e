"""What only admins may ask for: /drafts /stats /settings /pause /resume."""

from __future__ import annotations

import logging
from pathlib import Path

from telegram import InlineKeyboardMarkup, MessageEntity, Update

from bot.config import setting_fields, written
from bot.context import Context
from bot.numbers import numbers
from db import drafts, facts, question_posts
from db.model import State
from handlers import keyboards, story_keyboards
from handlers.texts import admin as words
from handlers.texts import quiz_channel as quiz_words

log = logging.getLogger("peyk.admin")

LISTED = 20
"""Drafts of a list: a longer one would not be read, nor its buttons fit a message."""


async def refuse(update: Update, context: Context) -> None:
    """Tell somebody who is no admin that this is not for them."""
    assert update.effective_message and update.effective_user
    log.warning("user %s is no admin and asked for an admin command", update.effective_user.id)
    await update.effective_message.reply_text(words.NOT_ADMIN)


async def list_drafts(update: Update, context: Context) -> None:
    """/drafts: what waits for a decision, with buttons that open one card each."""
    message, parts = update.effective_message, context.bot_data
    assert message
    waiting = drafts.find(parts.db, [State.OFFERED])
    scheduled = drafts.find(parts.db, [State.APPROVED])
    zone = parts.settings.timezone
    if not waiting and not scheduled:
        await message.reply_text(words.NO_DRAFTS, reply_markup=story_keyboards.door())
        return
    rows = [*keyboards.to_open(waiting[:LISTED]), *story_keyboards.door().inline_keyboard]
    text = words.drafts(waiting, scheduled, zone, LISTED)
    await message.reply_text(text, reply_markup=InlineKeyboardMarkup(rows))


async def show_stats(update: Update, context: Context) -> None:
    """/stats: numbers about drafts, posts, items and the model."""
    message, parts = update.effective_message, context.bot_data
    assert message
    counted = numbers(parts.db, parts.now())
    ranked = question_posts.ranked(parts.db)
    quizzes = quiz_words.stats(counted["questions"], counted["quizzes"], ranked)
    text = words.stats(counted)
    await message.reply_text(f"{text}\n{quizzes}" if quizzes else text)


async def show_settings(update: Update, context: Context) -> None:
    """/settings: what the operator set; secrets and the place of files stay out."""
    message, settings = update.effective_message, context.bot_data.settings
    assert message
    rows = [
        (str(item.metadata["name"]), written(item, value))
        for item in setting_fields()
        if not item.metadata["secret"]
        and not isinstance(value := getattr(settings, item.name), Path)
    ]
    shown = words.settings(rows)
    entities = [MessageEntity(**entity) for entity in shown.entities]
    await message.reply_text(shown.text, entities=entities)


async def pause(update: Update, context: Context) -> None:
    """/pause: nothing goes to the channel until /resume."""
    facts.put(context.bot_data.db, "paused", True)
    assert update.effective_message
    await update.effective_message.reply_text(words.PAUSED)


async def resume(update: Update, context: Context) -> None:
    """/resume: what is due goes out."""
    facts.put(context.bot_data.db, "paused", False)
    context.bot_data.kick("publish")
    assert update.effective_message
    await update.effective_message.reply_text(words.RESUMED)
