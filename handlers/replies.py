"""What admins write in reply to a card, or to a question about one: new text, a time, a reason."""

from __future__ import annotations

import logging
from dataclasses import replace

from telegram import Message, Update
from telegram.constants import ChatType

from bot.channel.post import edited
from bot.context import Context, Parts
from bot.errors import WrongState
from bot.slots import parse_moment
from db import asked, cards, drafts
from db.asked import Asked
from db.cards import Card
from db.model import Actor, Draft, State
from handlers import cards as card_messages
from handlers import series, sources, tags, welcome
from handlers.plan import approve
from handlers.texts import approval as words

log = logging.getLogger("peyk.replies")


async def take(update: Update, context: Context) -> None:
    """Take an admin's reply to a card, or to a question about one."""
    message, parts = update.effective_message, context.bot_data
    assert message and message.reply_to_message and update.effective_user
    card = cards.get(parts.db, message.chat.id, message.reply_to_message.message_id)
    if not card:
        if sources.is_address(parts, message, update.effective_user.id):
            await sources.take_address(parts, message, update.effective_user.id)
        elif question := asked.get(parts.db, message.chat.id, message.reply_to_message.message_id):
            await _take_answer(parts, message, question)
        elif message.chat.type == ChatType.PRIVATE:
            await welcome.unknown(update, context)
        return
    actor = Actor(update.effective_user.id, update.effective_user.full_name, update.update_id)
    draft = drafts.get(parts.db, card.draft_id)
    assert draft
    try:
        if card.purpose == "time":
            await _take_time(parts, message, card, draft, actor)
        elif draft.state is State.REJECTED:
            await _take_reason(parts, message, draft, actor)
        else:
            await _take_text(parts, message, card, draft, actor)
    except WrongState:
        now = drafts.get(parts.db, card.draft_id) or draft
        text = words.someone_was_faster(now, drafts.trail(parts.db, now.id))
        await message.reply_text(words.TEXT_CHANGED if now.state is State.OFFERED else text)


async def _take_answer(parts: Parts, message: Message, question: Asked) -> None:
    """Hand an answer to whoever asked."""
    if question.about.startswith(tags.ASKS):
        await tags.take(parts, message, question)
    elif question.about.startswith(series.ASKS):
        await series.take(parts, message, question)


async def refuse(update: Update, context: Context) -> None:
    """Tell somebody who is no admin, and answers a card, that this is not for them."""
    message, parts = update.effective_message, context.bot_data
    assert message and message.reply_to_message
    if cards.get(parts.db, message.chat.id, message.reply_to_message.message_id):
        who = update.effective_user.id if update.effective_user else message.chat.id
        log.warning("user %s is no admin and replied to a card", who)
        await message.reply_text(words.NOT_YOUR_CARD)


async def _take_text(
    parts: Parts, message: Message, card: Card, draft: Draft, actor: Actor
) -> None:
    text = message.text or message.caption or ""
    if not text.strip():
        await message.reply_text(words.EMPTY_TEXT)
        return
    entities = message.entities or message.caption_entities
    formatting = tuple(entity.to_dict() for entity in entities)
    changed = drafts.advance(
        *(parts.db, draft.id, State.OFFERED, "edited", actor, parts.now()),
        version=card.version,
        expected={State.OFFERED},
        new_text=True,
        **edited(draft, text, formatting, f"admin:{actor.id}"),
    )
    if card.purpose == "edit":
        cards.remove(parts.db, card.chat_id, card.message_id)
    await card_messages.show(parts, changed)


async def _take_time(
    parts: Parts, message: Message, card: Card, draft: Draft, actor: Actor
) -> None:
    due = parse_moment(message.text or "", parts.now(), parts.settings.timezone)
    if not due:
        await message.reply_text(words.BAD_TIME)
        return
    seen = replace(draft, version=card.version)
    approved = approve(parts, seen, due, actor, expected=State.OFFERED)
    cards.remove(parts.db, card.chat_id, card.message_id)
    await message.reply_text(words.scheduled(approved.due or due, parts.settings.timezone))
    await card_messages.refresh(parts, approved)


async def _take_reason(parts: Parts, message: Message, draft: Draft, actor: Actor) -> None:
    drafts.note(parts.db, draft, actor, "reason", parts.now(), (message.text or "")[:500])
    await message.reply_text(words.REASON_NOTED)
    await card_messages.refresh(parts, draft)
