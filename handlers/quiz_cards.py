"""The card of a question in the admin chat: sent, kept true, pressed.

As with drafts (handlers.approval): a press decides on the version it was shown, and what it
changes is in the database before anything is said.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from telegram import (
    CallbackQuery,
    ForceReply,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
)
from telegram.error import BadRequest, TelegramError

from bot import quiz_text
from bot.channel.post import Rendered
from bot.channel.publish import NO_PREVIEW
from bot.context import Parts
from bot.errors import WrongState
from bot.logs import redact
from db import asked, posts, question_posts, questions
from db.asked import Asked
from db.model import PEYK, Actor
from db.questions import Form, Question, QuestionCard, Stage
from handlers import quiz_buttons, quiz_channel
from handlers.awaited import QUIZ_EDIT
from handlers.presses import answer, on_card
from handlers.quiz_buttons import Press, Pressed
from handlers.texts import quiz_bank as words
from prompts.quiz_accept import problems

log = logging.getLogger("peyk.quiz_cards")

SHOWN_AGAIN = 5
"""Cards that one press brings."""


async def offer(parts: Parts) -> int:
    """Send the cards of all new questions; returns how many. A failed one waits."""
    sent = 0
    for question in questions.find(parts.db, [Stage.WRITTEN]):
        try:
            await show(parts, replace(question, stage=Stage.OFFERED))
        except TelegramError as error:
            log.error("the card of question %s was not sent: %s", question.id, redact(error))
            if isinstance(error, BadRequest):
                continue
            break
        questions.advance(parts.db, question.id, Stage.OFFERED, "offered", PEYK, parts.now())
        sent += 1
    return sent


async def show(parts: Parts, question: Question) -> None:
    """Send the card of a question, and take the buttons off its older cards."""
    assert parts.settings.admin_chat is not None
    older = questions.cards(parts.db, question.id)
    face = _face(parts, question)
    sent = await parts.bot.send_message(
        parts.settings.admin_chat,
        face.text,
        entities=_entities(face),
        reply_markup=_buttons(parts, question),
        link_preview_options=NO_PREVIEW,
    )
    made = QuestionCard(sent.chat.id, sent.message_id, question.id, question.version)
    questions.add_card(parts.db, made)
    for card in older:
        questions.add_card(parts.db, replace(card, purpose="old"))
        try:
            await parts.bot.edit_message_reply_markup(card.chat_id, card.message_id)
        except BadRequest as error:
            if "not modified" not in str(error):
                log.info("an old card could not be changed: %s", redact(error))


async def refresh(parts: Parts, question: Question) -> None:
    """Make the newest card of a question say what became of it."""
    shown = questions.cards(parts.db, question.id)
    if not shown:
        return
    face = _face(parts, question)
    try:
        await parts.bot.edit_message_text(
            face.text,
            shown[-1].chat_id,
            shown[-1].message_id,
            entities=_entities(face),
            reply_markup=_buttons(parts, question),
            link_preview_options=NO_PREVIEW,
        )
    except TelegramError as error:
        if "not modified" not in str(error):
            log.warning("card of question %s: %s", question.id, redact(error))


def _face(parts: Parts, question: Question) -> Rendered:
    source = posts.by_id(parts.db, question.post_id) if question.post_id else None
    trail = questions.trail(parts.db, question.id)
    in_channel = question_posts.latest(parts.db, question.id)
    return words.card(question, source, trail, in_channel, parts.settings.timezone)


def _entities(face: Rendered) -> list[MessageEntity]:
    return [MessageEntity.de_json(dict(entity), None) for entity in face.entities]


def _buttons(parts: Parts, question: Question) -> InlineKeyboardMarkup | None:
    posted = question_posts.latest(parts.db, question.id) is not None
    return quiz_buttons.card(question, posted=posted)


async def refresh_posted(parts: Parts, draft_id: int) -> None:
    """Say on a question's card that it is in the channel now, if this draft was a question."""
    if post := question_posts.of_draft(parts.db, draft_id):
        question_posts.catch_up(parts.db)
        if question := questions.get(parts.db, post.question_id):
            await refresh(parts, question)


async def _too_late(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    question = questions.get(parts.db, pressed.question_id)
    if not question:
        text = words.OLD_BUTTON
    elif question.version != pressed.version and question.stage is Stage.OFFERED:
        text = words.CHANGED
    else:
        text = words.overtaken(question, questions.trail(parts.db, question.id))
    await answer(query, text, show_alert=True)


async def _approve(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    question = questions.get(parts.db, pressed.question_id)
    if question and not _is_askable(question):
        await answer(query, words.NOT_YET_RIGHT, show_alert=True)
        return
    done = _advance(parts, pressed, Stage.APPROVED, "approved", actor)
    await answer(query, words.APPROVED)
    await refresh(parts, done)


def _is_askable(question: Question) -> bool:
    if question.form is Form.INTERVIEW:
        return bool(question.text and question.answer)
    told = (question.text, question.options, question.correct, question.explanation)
    return not problems(*told)


async def _reject(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    done = _advance(parts, pressed, Stage.REJECTED, "rejected", actor)
    await answer(query, words.REJECTED)
    await refresh(parts, done)


async def _restore(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    if question_posts.on_its_way(parts.db, pressed.question_id):
        await answer(query, words.POSTED_ALREADY, show_alert=True)
        return
    done = _advance(parts, pressed, Stage.OFFERED, "restored", actor)
    await answer(query, words.RESTORED)
    await refresh(parts, done)


async def _ways(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    question = _as_seen(parts, pressed)
    if parts.model is None or not question.post_id:
        await answer(query, words.NO_MODEL, show_alert=True)
        return
    await answer(query)
    await _swap(query, quiz_buttons.directions(question))


async def _back(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    question = _as_seen(parts, pressed)
    await answer(query)
    await _swap(query, _buttons(parts, question))


async def _rewrite(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    if parts.model is None or pressed.argument not in words.DIRECTIONS:
        await answer(query, words.NO_MODEL, show_alert=True)
        return
    done = _advance(
        *(parts, pressed, Stage.REWRITING, "rewrite", actor), direction=pressed.argument
    )
    await answer(query, words.REWRITING)
    parts.kick("quiz desk")
    await refresh(parts, done)


async def _edit(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    question = _as_seen(parts, pressed)
    assert query.message
    await answer(query, words.ASKED_TO_EDIT)
    sent = await parts.bot.send_message(
        query.message.chat.id,
        words.ask_for_edit(question, quiz_text.written(question)),
        reply_markup=ForceReply(selective=True),
    )
    _await_text(parts, sent, actor, question.id, question.version)


def _await_text(parts: Parts, sent: Message, actor: Actor, question_id: int, version: int) -> None:
    told = Asked(
        *(sent.chat.id, sent.message_id, actor.id, QUIZ_EDIT),
        subject=question_id,
        detail=str(version),
    )
    asked.add(parts.db, told, parts.now())


async def take_text(
    parts: Parts, message: Message, question_id: int, version: int, actor: Actor
) -> bool:
    """Take a question's new text, or say why not and ask again; False: nothing was written."""
    question = questions.get(parts.db, question_id)
    if not question or not message.text:
        await message.reply_text(words.WRITE_TEXT)
        return False
    fields = quiz_text.read(message.text, question.form, parts.vocabulary)
    new = replace(question, **fields)
    told = (new.text, new.options, new.correct, new.explanation)
    faults = problems(*told) if new.form is Form.QUIZ else []
    if faults:
        sent = await message.reply_text(
            words.wrong(faults), reply_markup=ForceReply(selective=True), do_quote=True
        )
        _await_text(parts, sent, actor, question_id, version)
        return True
    try:
        done = questions.advance(
            *(parts.db, question.id, Stage.OFFERED, "edited", actor, parts.now()),
            version=version,
            expected={Stage.OFFERED, Stage.KEYLESS},
            new_text=True,
            remarks=(),
            **fields,
        )
    except WrongState:
        now = questions.get(parts.db, question_id) or question
        late = words.overtaken(now, questions.trail(parts.db, now.id))
        await message.reply_text(words.CHANGED if now.stage is Stage.OFFERED else late)
        return True
    await show(parts, done)
    if unknown := quiz_text.unknown_tags(message.text, parts.vocabulary):
        await message.reply_text(words.unknown_tags(unknown))
    return True


async def _key(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    """An admin tells the right option of an old quiz; the next one follows."""
    question = questions.get(parts.db, pressed.question_id)
    if not question or not int(pressed.argument or 99) < len(question.options):
        raise WrongState("no such option")
    seen = replace(question, version=pressed.version)
    done = key(parts, seen, int(pressed.argument), actor)
    await answer(query, words.KEYED)
    await refresh(parts, done)
    await next_keyless(parts)


def key(parts: Parts, seen: Question, place: int, actor: Actor) -> Question:
    """Note the right option of an old quiz; raises WrongState when somebody was faster."""
    done = questions.advance(
        *(parts.db, seen.id, Stage.APPROVED, "keyed", actor, parts.now()),
        version=seen.version,
        expected={Stage.KEYLESS},
        correct=(place,),
    )
    question_posts.keyed(parts.db, done)
    return done


async def next_keyless(parts: Parts) -> bool:
    """Show the card of the oldest quiz whose right option nobody told; False: there is none."""
    waiting = questions.find(parts.db, [Stage.KEYLESS], limit=1)
    if waiting:
        await show(parts, waiting[0])
    return bool(waiting)


async def _keyless(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    found = await next_keyless(parts)
    await answer(query, "" if found else words.NO_KEYLESS, show_alert=not found)


async def _offered(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    """Show the cards once more that have waited longest."""
    found = questions.find(parts.db, [Stage.OFFERED], limit=SHOWN_AGAIN)
    await answer(query, "" if found else words.NO_OFFERED, show_alert=not found)
    for question in found:
        await show(parts, question)


async def _publish(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    question = _as_seen(parts, pressed, Stage.APPROVED)
    if question_posts.latest(parts.db, question.id):
        await answer(query, words.POSTED_ALREADY, show_alert=True)
        return
    quiz_channel.send(parts, question, f"press {actor.update_id}", parts.now())
    await answer(query, words.ON_ITS_WAY)
    await refresh(parts, question)
    parts.kick("publish")


_PRESSES: dict[Press, Callable[[Parts, CallbackQuery, Pressed, Actor], Awaitable[None]]] = {
    Press.APPROVE: _approve,
    Press.REJECT: _reject,
    Press.RESTORE: _restore,
    Press.EDIT: _edit,
    Press.WAYS: _ways,
    Press.REWRITE: _rewrite,
    Press.BACK: _back,
    Press.KEY: _key,
    Press.KEYLESS: _keyless,
    Press.OFFERED: _offered,
    Press.PUBLISH: _publish,
}

press = on_card(quiz_buttons.read, _PRESSES, _too_late, words.OLD_BUTTON)
"""Answers a button of a question's card."""


def _advance(
    parts: Parts, pressed: Pressed, to: Stage, action: str, actor: Actor, **values: Any
) -> Question:
    return questions.advance(
        *(parts.db, pressed.question_id, to, action, actor, parts.now()),
        version=pressed.version,
        **values,
    )


def _as_seen(parts: Parts, pressed: Pressed, stage: Stage | None = None) -> Question:
    """The question, if it still is what the card shows; raises WrongState otherwise."""
    question = questions.get(parts.db, pressed.question_id)
    stages = {stage} if stage else {Stage.OFFERED, Stage.KEYLESS}
    if not question or question.version != pressed.version or question.stage not in stages:
        raise WrongState(f"question {pressed.question_id} has moved on")
    return question


async def _swap(query: CallbackQuery, keyboard: InlineKeyboardMarkup | None) -> None:
    try:
        await query.edit_message_reply_markup(keyboard)
    except TelegramError as error:
        if "not modified" not in str(error):
            log.info("the buttons could not be changed: %s", redact(error))
