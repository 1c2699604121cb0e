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
from db import asked, cards, drafts, questions
from db.asked import Asked
from db.cards import Card
from db.model import Actor, Draft, State
from handlers import cards as card_messages
from handlers import quiz_cards, quiz_desk, series, sources, tags, welcome
from handlers.awaited import (
    FOR_POST,
    QUIZ,
    QUIZ_STEPS,
    SERIES_QUESTIONS,
    SOURCE,
    TAG_QUESTIONS,
    question_of,
)
from handlers.plan import approve
from handlers.texts import approval as words
from handlers.texts import quiz_bank as quiz_words

log = logging.getLogger("peyk.replies")


async def take(update: Update, context: Context) -> None:
    """Take an admin's reply to a card, or to a question about one."""
    message, parts = update.effective_message, context.bot_data
    assert message and message.reply_to_message
    place, actor = (message.chat.id, message.reply_to_message.message_id), _actor(update)
    if card := cards.get(parts.db, *place):
        await _take_for_card(parts, update, card)
    elif question := asked.get(parts.db, *place):
        await _take_answer(parts, message, question, actor)
    elif question := asked.answered(parts.db, *place):
        await _take_another(parts, message, question, actor)
    elif quiz := questions.card_at(parts.db, *place):
        await quiz_cards.take_text(parts, message, quiz.question_id, quiz.version, actor)
    elif message.chat.type == ChatType.PRIVATE:
        await welcome.unknown(update, context)


async def take_expected(update: Update, context: Context) -> None:
    """Take what an admin wrote when asked, though it is no reply."""
    message, parts = update.effective_message, context.bot_data
    assert message
    question = question_of(parts, message)
    if isinstance(question, Card):
        await _take_for_card(parts, update, question)
    elif question:
        await _take_answer(parts, message, question, _actor(update))


async def _take_for_card(parts: Parts, update: Update, card: Card) -> None:
    message, actor = update.effective_message, _actor(update)
    assert message
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
        text = words.someone_was_faster(now, drafts.trail(parts.db, now.id), parts.now())
        await message.reply_text(words.TEXT_CHANGED if now.state is State.OFFERED else text)


async def _take_answer(parts: Parts, message: Message, question: Asked, actor: Actor) -> None:
    """Hand an answer to whoever asked."""
    if question.about in TAG_QUESTIONS:
        await tags.take(parts, message, question)
    elif question.about in SERIES_QUESTIONS:
        await series.take(parts, message, question)
    elif question.about == SOURCE:
        await sources.take(parts, message, question)
    elif question.about.startswith(QUIZ):
        await quiz_desk.take(parts, message, question, actor)


async def _take_another(parts: Parts, message: Message, question: Asked, actor: Actor) -> None:
    """A second answer to a question: another address or post is welcome, and what answers a step
    that was asked for again; the rest is settled."""
    if question.about in (FOR_POST, SOURCE):
        await _take_answer(parts, message, question, actor)
    elif question.about in QUIZ_STEPS:
        place = message.chat.id, actor.id
        again = asked.last(parts.db, *place, QUIZ_STEPS, parts.now())
        if again and again.about == question.about:
            await _take_answer(parts, message, again, actor)
        else:
            await message.reply_text(quiz_words.STEP_OVER)
    else:
        await message.reply_text(words.ANSWERED_ALREADY)


def _actor(update: Update) -> Actor:
    assert update.effective_user
    return Actor(update.effective_user.id, update.effective_user.full_name, update.update_id)


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
