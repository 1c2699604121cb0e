"""The draft card: offered to the admins, decided by its buttons and by replies to it.

A press decides on the version it was shown. What it changes is in the database before anything
is said; the same update handled twice (after a crash) changes it once.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from telegram import CallbackQuery, ForceReply, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, TelegramError

from bot.channel.post import compose, edited, problems
from bot.channel.publish import Published
from bot.context import Context, Parts
from bot.errors import WrongState
from bot.logs import redact
from bot.slots import next_slots, parse_moment
from db import cards, drafts, facts, outbox
from db.cards import Card
from db.model import PEYK, Actor, Draft, Sending, State
from handlers import cards as card_messages
from handlers import keyboards, welcome
from handlers.keyboards import Press, Pressed
from handlers.texts import approval as words

log = logging.getLogger("peyk.approval")

SLOTS_SHOWN = 4
LONGEST_ANSWER = 200
"""Characters Telegram takes (Bot API, answerCallbackQuery); names can be long."""
AUTO_WITHIN = timedelta(days=1)
"""A draft published unasked takes a free slot within this time, or goes to the admins."""


# From peyk to the admins


async def offer(parts: Parts) -> int:
    """Send the cards of all new drafts; returns how many. A failed one waits for the next pass."""
    sent = 0
    for draft in drafts.find(parts.db, [State.DRAFTED]):
        try:
            await offer_one(parts, draft)
        except BadRequest as error:  # this card's own fault
            log.error("the card of draft %s was refused: %s", draft.id, redact(error))
            continue
        except TelegramError as error:
            log.error("the card of draft %s was not sent: %s", draft.id, redact(error))
            break
        sent += 1
    return sent


async def offer_one(parts: Parts, draft: Draft) -> None:
    """Send one card; with PEYK_AUTO_PUBLISH a clean draft is given its slot first."""
    slot = _auto_slot(parts, draft)
    if slot:
        approved = _approve(parts, draft, slot, PEYK, expected=State.DRAFTED)
        await card_messages.show(parts, approved)
        return
    older = await card_messages.send(parts, replace(draft, state=State.OFFERED))
    # Before the older cards are cared for, which may have to wait: the buttons work at once.
    drafts.advance(parts.db, draft.id, State.OFFERED, "offered", PEYK, parts.now())
    await card_messages.retire(parts, older)


async def show_again(parts: Parts, draft: Draft) -> None:
    """Send the card of a draft that came back to the admins."""
    try:
        await card_messages.show(parts, draft)
    except TelegramError as error:
        log.error("the card of draft %s was not sent: %s", draft.id, redact(error))


def _auto_slot(parts: Parts, draft: Draft) -> datetime | None:
    wanted = parts.settings.auto_publish and not draft.remarks and not draft.direction
    if not wanted or problems(compose(draft, parts.signature)):
        return None
    slots = _free_slots(parts, 1)
    return slots[0] if slots and slots[0] <= parts.now() + AUTO_WITHIN else None


async def report(parts: Parts, outcome: Published) -> None:
    """Tell the admin chat what the publisher did: cards made true, failures and doubts said."""
    for row in outcome.doubtful:
        await _ask_whether_sent(parts, row)
    for draft in drafts.find(parts.db, [State.FAILED]):
        await _give_back(parts, draft)
    for row in outcome.sent:
        await _refresh_by_id(parts, row.draft_id)


async def catch_up(parts: Parts, since: datetime) -> None:
    """Make the cards of what was settled since then true; the last process may have died first."""
    for row in outbox.settled_since(parts.db, since):
        await _refresh_by_id(parts, row.draft_id)


async def _give_back(parts: Parts, draft: Draft) -> None:
    """Show the admins a draft that Telegram refused, with the reason.

    Should peyk die before the card is shown, `catch_up` puts the older card right.
    """
    rows = [row for row in outbox.find(parts.db, State.FAILED) if row.draft_id == draft.id]
    remark = {"kind": "failed", "why": rows[-1].error if rows else ""}
    remarks = (*(r for r in draft.remarks if r["kind"] != "failed"), remark)
    returned = drafts.advance(
        *(parts.db, draft.id, State.OFFERED, "returned", PEYK, parts.now()), remarks=remarks
    )
    await card_messages.show(parts, returned)


async def _ask_whether_sent(parts: Parts, row: Sending) -> None:
    """Ask about a post in doubt, once a day; noted after it was asked, so that it is not lost."""
    draft, key = drafts.get(parts.db, row.draft_id), f"doubt:{row.id}:{row.attempts}"
    if not draft or facts.announced(parts.db, key, parts.now()):
        return
    assert parts.settings.admin_chat is not None
    await parts.bot.send_message(
        parts.settings.admin_chat,
        words.doubt(draft.id, draft.title),
        reply_markup=keyboards.doubt(row.id, row.attempts),
    )
    facts.first_time(parts.db, key, parts.now())


# Buttons


async def press(update: Update, context: Context) -> None:
    """Answer a button of a card."""
    query, parts = update.callback_query, context.bot_data
    assert query
    pressed = keyboards.read(query.data)
    if not parts.is_admin(query.from_user.id):
        log.warning("user %s is no admin and pressed %r", query.from_user.id, query.data)
        await answer(query, words.NOT_ADMIN, show_alert=True)
        return
    if not pressed:
        await answer(query, words.OLD_BUTTON, show_alert=True)
        return
    actor = Actor(query.from_user.id, query.from_user.full_name, update.update_id)
    try:
        await _PRESSES[pressed.press](parts, query, pressed, actor)
    except WrongState:
        await _too_late(parts, query, pressed)


async def _too_late(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    """Tell the later of two admins what has happened to the draft meanwhile."""
    draft = drafts.get(parts.db, pressed.draft_id)
    if not draft or pressed.press in (Press.THERE, Press.RESEND):
        text = words.OLD_BUTTON
    elif draft.version != pressed.version and draft.state is State.OFFERED:
        text = words.TEXT_CHANGED
    else:
        text = words.someone_was_faster(draft, drafts.trail(parts.db, draft.id))
    await answer(query, text, show_alert=True)


async def _publish(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    draft = _sendable(parts, pressed)
    if not draft:
        await answer(query, words.CANNOT_SEND, show_alert=True)
        return
    approved = _approve(parts, draft, parts.now(), actor, expected=State.OFFERED)
    paused = facts.get(parts.db, "paused", False)
    await answer(query, words.PAUSED_NOW if paused else words.SAVED_NOW)
    parts.kick("publish")
    if paused:
        await card_messages.refresh(parts, approved)


async def _slot(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    draft = _sendable(parts, pressed)
    if not draft:
        await answer(query, words.CANNOT_SEND, show_alert=True)
        return
    due, now = pressed.moment, parts.now()
    if due <= now or due in outbox.taken_slots(parts.db, now):
        due = _free_slots(parts, 1)[0]
    approved = _approve(parts, draft, due, actor, expected=State.OFFERED)
    await answer(query, words.scheduled(approved.due or due, parts.settings.timezone))
    await card_messages.refresh(parts, approved)


async def _times(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    draft = _as_seen(parts, pressed)
    slots = _free_slots(parts, SLOTS_SHOWN)
    await answer(query)
    await _swap(query, keyboards.times(draft, slots, parts.settings.timezone))


async def _directions(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    draft = _as_seen(parts, pressed)
    if parts.model is None:
        await answer(query, words.NO_MODEL, show_alert=True)
        return
    await answer(query)
    await _swap(query, keyboards.directions(draft))


async def _back(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    draft = _as_seen(parts, pressed)
    await answer(query)
    await _swap(query, keyboards.card(draft))


async def _edit(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    draft = _as_seen(parts, pressed)
    await answer(query, words.ASKED_TO_EDIT)
    await _ask(parts, query, draft, "edit", words.ask_for_text(draft))


async def _other_time(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    draft = _as_seen(parts, pressed)
    await answer(query, words.ASKED_TIME)
    await _ask(parts, query, draft, "time", words.ask_for_time(draft))


async def _rewrite(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    if parts.model is None or pressed.argument not in words.DIRECTIONS:
        await answer(query, words.NO_MODEL, show_alert=True)
        return
    draft = drafts.advance(
        *(parts.db, pressed.draft_id, State.REWRITING, "rewrite", actor, parts.now()),
        version=pressed.version,
        detail=pressed.argument,
        direction=pressed.argument,
    )
    await answer(query, words.REWRITING)
    parts.kick("rewrite")
    await card_messages.refresh(parts, draft)


async def _reject(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    draft = drafts.advance(
        *(parts.db, pressed.draft_id, State.REJECTED, "rejected", actor, parts.now()),
        version=pressed.version,
    )
    await answer(query, words.REJECTED)
    await card_messages.refresh(parts, draft)


async def _reason(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    draft = _as_seen(parts, pressed, State.REJECTED)
    reason = words.REASONS.get(pressed.argument, "")
    drafts.note(parts.db, draft, actor, "reason", parts.now(), reason)
    await answer(query, words.REASON_SAVED)
    await card_messages.refresh(parts, draft)


async def _recall(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    draft = outbox.recall(parts.db, pressed.draft_id, pressed.version, actor, parts.now())
    await answer(query, words.RECALLED)
    await card_messages.refresh(parts, draft)


async def _restore(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    draft = drafts.advance(
        *(parts.db, pressed.draft_id, State.OFFERED, "restored", actor, parts.now()),
        version=pressed.version,
        expected={State.REJECTED},
    )
    await answer(query, words.RESTORED)
    await card_messages.refresh(parts, draft)


async def _there(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    row = _asked_about(parts, pressed)
    outbox.settle(parts.db, row, None, parts.now(), actor)
    await answer(query, words.SETTLED_THERE)
    await _swap(query, None)
    await _refresh_by_id(parts, row.draft_id)


async def _resend(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    row = _asked_about(parts, pressed)
    outbox.resend(parts.db, row, actor, parts.now())
    await answer(query, words.SETTLED_RESEND)
    await _swap(query, None)
    parts.kick("publish")


_PRESSES: dict[Press, Callable[[Parts, CallbackQuery, Pressed, Actor], Awaitable[None]]] = {
    Press.PUBLISH: _publish,
    Press.TIMES: _times,
    Press.SLOT: _slot,
    Press.OTHER_TIME: _other_time,
    Press.EDIT: _edit,
    Press.DIRECTIONS: _directions,
    Press.REWRITE: _rewrite,
    Press.REJECT: _reject,
    Press.REASON: _reason,
    Press.BACK: _back,
    Press.RECALL: _recall,
    Press.RESTORE: _restore,
    Press.THERE: _there,
    Press.RESEND: _resend,
}


# Replies


async def reply(update: Update, context: Context) -> None:
    """Take an admin's reply to a card, or to a question about one."""
    message, parts = update.effective_message, context.bot_data
    assert message and message.reply_to_message and update.effective_user
    card = cards.get(parts.db, message.chat.id, message.reply_to_message.message_id)
    if not card:
        if message.chat.type == ChatType.PRIVATE:
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


async def refuse_reply(update: Update, context: Context) -> None:
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
    approved = _approve(parts, seen, due, actor, expected=State.OFFERED)
    cards.remove(parts.db, card.chat_id, card.message_id)
    await message.reply_text(words.scheduled(approved.due or due, parts.settings.timezone))
    await card_messages.refresh(parts, approved)


async def _take_reason(parts: Parts, message: Message, draft: Draft, actor: Actor) -> None:
    drafts.note(parts.db, draft, actor, "reason", parts.now(), (message.text or "")[:500])
    await message.reply_text(words.REASON_NOTED)
    await card_messages.refresh(parts, draft)


# Small steps


def _approve(parts: Parts, draft: Draft, due: datetime, actor: Actor, *, expected: State) -> Draft:
    payload = compose(draft, parts.signature).payload() | {"tags": list(draft.tags)}
    return outbox.approve(
        *(parts.db, draft.id, draft.version, str(parts.settings.channel), payload, due),
        *(actor, parts.now()),
        expected={expected},
    )


def _as_seen(parts: Parts, pressed: Pressed, state: State = State.OFFERED) -> Draft:
    """The draft, if it still is what the card shows; raises WrongState otherwise."""
    draft = drafts.get(parts.db, pressed.draft_id)
    if not draft or draft.version != pressed.version or draft.state is not state:
        raise WrongState(f"draft {pressed.draft_id} has moved on")
    return draft


def _sendable(parts: Parts, pressed: Pressed) -> Draft | None:
    """The draft as it was seen, None when Telegram would refuse it; raises WrongState.

    Its state is left to the compare-and-set that follows: a press handled again after a crash
    finds the draft approved by itself.
    """
    draft = drafts.get(parts.db, pressed.draft_id)
    if not draft or draft.version != pressed.version:
        raise WrongState(f"draft {pressed.draft_id} has moved on")
    return None if problems(compose(draft, parts.signature)) else draft


def _asked_about(parts: Parts, pressed: Pressed) -> Sending:
    """The post in doubt, if it still is, and after the attempt that was asked about."""
    row = outbox.get(parts.db, pressed.draft_id)
    if not row or row.state is not State.UNCERTAIN or row.attempts != pressed.version:
        raise WrongState("no longer in doubt")
    return row


def _free_slots(parts: Parts, count: int) -> list[datetime]:
    settings = parts.settings
    now = parts.now()
    taken = outbox.taken_slots(parts.db, now)
    return next_slots(
        count, now, settings.post_times, settings.timezone, taken, settings.quiet_hours
    )


async def _ask(parts: Parts, query: CallbackQuery, draft: Draft, purpose: str, text: str) -> None:
    """Ask the admin who pressed; the reply may come hours and a restart later."""
    assert query.message
    asked = await parts.bot.send_message(
        query.message.chat.id, text, reply_markup=ForceReply(selective=True)
    )
    cards.add(
        parts.db,
        Card(
            *(asked.chat.id, asked.message_id, draft.id, draft.version, purpose),
            user_id=query.from_user.id,
        ),
    )


async def _refresh_by_id(parts: Parts, draft_id: int) -> None:
    draft = drafts.get(parts.db, draft_id)
    if draft:
        await card_messages.refresh(parts, draft)


async def answer(query: CallbackQuery, text: str = "", *, show_alert: bool = False) -> None:
    """Answer a press; what was decided stands even where the answer does not get through."""
    try:
        await query.answer(text[:LONGEST_ANSWER] or None, show_alert=show_alert)
    except TelegramError as error:
        log.info("a press could not be answered: %s", redact(error))


async def _swap(query: CallbackQuery, keyboard: InlineKeyboardMarkup | None) -> None:
    """Show other buttons under the card that was pressed."""
    try:
        await query.edit_message_reply_markup(keyboard)
    except TelegramError as error:
        if "not modified" not in str(error):
            log.info("the buttons could not be changed: %s", redact(error))
