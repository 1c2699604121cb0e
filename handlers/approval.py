"""The buttons of a draft card.

A press decides on the version it was shown. What it changes is in the database before anything
is said; the same update handled twice (after a crash) changes it once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from telegram import CallbackQuery, ForceReply, InlineKeyboardMarkup, ReplyParameters
from telegram.error import TelegramError

from bot.channel.post import TEXT_LIMIT, compose, problems
from bot.channel.publish import NO_PREVIEW
from bot.context import Parts
from bot.errors import WrongState
from bot.loading import load
from bot.logs import redact
from bot.persian.typography import units
from db import cards, drafts, facts, items, outbox
from db.cards import Card
from db.model import Actor, Draft, Sending, State
from handlers import cards as card_messages
from handlers import keyboards, threads
from handlers.keyboards import Press, Pressed
from handlers.plan import approve, free_slots
from handlers.presses import answer, on_card
from handlers.texts import approval as words

log = logging.getLogger("peyk.approval")

SLOTS_SHOWN = 4


async def _too_late(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    """Tell the later of two admins what has happened to the draft meanwhile."""
    draft = drafts.get(parts.db, pressed.draft_id)
    if not draft or pressed.press in (Press.THERE, Press.RESEND):
        text = words.OLD_BUTTON
    elif draft.version != pressed.version and draft.state is State.OFFERED:
        text = words.TEXT_CHANGED
    else:
        text = words.someone_was_faster(draft, drafts.trail(parts.db, draft.id), parts.now())
    await answer(query, text, show_alert=True)


async def _publish(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    draft = _sendable(parts, pressed)
    if not draft:
        await answer(query, words.CANNOT_SEND, show_alert=True)
        return
    approved = approve(parts, draft, parts.now(), actor, expected=State.OFFERED)
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
    due = _free(parts, pressed.moment)
    approved = approve(parts, draft, due, actor, expected=State.OFFERED)
    await answer(query, words.scheduled(approved.due or due, parts.settings.timezone))
    await card_messages.refresh(parts, approved)


async def _together(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    """Approve all open parts of a thread, now or for a slot."""
    draft, now = drafts.get(parts.db, pressed.draft_id), parts.now()
    thread = drafts.thread(parts.db, draft.item_id) if draft else []
    if trouble := _why_not_together(parts, thread, pressed):
        await answer(query, trouble, show_alert=True)
        await card_messages.refresh_by_id(parts, pressed.draft_id)
        return
    due = _free(parts, pressed.moment) if "x" in pressed.argument else now
    approved = threads.approve_all(parts, thread, due, actor)
    if not approved:
        raise WrongState("no part is open any more")
    paused = facts.get(parts.db, "paused", False)
    told = words.PAUSED_NOW if paused else words.all_published(len(approved))
    await answer(query, words.scheduled(due, parts.settings.timezone) if due > now else told)
    parts.kick("publish")
    for part in approved if paused or due > now else ():
        await card_messages.refresh(parts, part)


def _why_not_together(parts: Parts, thread: Sequence[Draft], pressed: Pressed) -> str:
    """Why a thread cannot be approved as it was seen; empty: it can, or has been."""
    if keyboards.edition(thread) != pressed.edition:
        return words.PARTS_CHANGED
    if any(part.state in (State.DRAFTED, State.REWRITING) for part in thread):
        return words.PARTS_NOT_READY
    still_open = [part for part in thread if part.state is State.OFFERED]
    too_long = any(problems(compose(part, parts.signature)) for part in still_open)
    return words.CANNOT_SEND if too_long else ""


def _free(parts: Parts, slot: datetime) -> datetime:
    """The slot that was chosen, or the next free one where that is gone meanwhile."""
    now = parts.now()
    gone = slot <= now or slot in outbox.taken_slots(parts.db, now)
    return free_slots(parts, 1)[0] if gone else slot


async def _split(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    thread = threads.split(parts, pressed.draft_id, pressed.version, actor)
    if not thread:
        await answer(query, words.CANNOT_SPLIT, show_alert=True)
        return
    await answer(query, words.split(len(thread)))
    await card_messages.show(parts, thread[0])
    parts.kick("rewrite")  # which also offers the new parts


async def _times(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    draft = _as_seen(parts, pressed)
    slots = free_slots(parts, SLOTS_SHOWN)
    await answer(query)
    thread = drafts.thread(parts.db, draft.item_id)
    await _swap(query, keyboards.times(draft, slots, parts.settings.timezone, thread))


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
    await _swap(query, card_messages.buttons(parts, draft))


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
    with parts.db.atomic():
        draft = drafts.advance(
            *(parts.db, pressed.draft_id, State.REJECTED, "rejected", actor, parts.now()),
            version=pressed.version,
        )
        held = threads.hold(parts, draft, actor, "part-rejected")
    await answer(query, words.REJECTED)
    await card_messages.refresh(parts, draft)
    await threads.show_others(parts, draft, held)


async def _reason(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    draft = _as_seen(parts, pressed, State.REJECTED)
    reason = words.REASONS.get(pressed.argument, "")
    drafts.note(parts.db, draft, actor, "reason", parts.now(), reason)
    await answer(query, words.REASON_SAVED)
    await card_messages.refresh(parts, draft)


async def _sources(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    draft = _as_seen(parts, pressed)
    item = items.get(parts.db, draft.item_id)
    assert item and query.message
    await load("prompts.support")
    from prompts.support import support

    pairs = await asyncio.to_thread(support, draft.body, f"{item.title}\n\n{item.text}")
    while units(text := words.sources(draft.title, pairs)) > TEXT_LIMIT:
        pairs = pairs[:-1]
    await answer(query)
    await parts.bot.send_message(
        query.message.chat.id,
        text,
        reply_parameters=ReplyParameters(
            query.message.message_id, allow_sending_without_reply=True
        ),
        link_preview_options=NO_PREVIEW,
        disable_notification=True,
    )


async def _recall(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    draft = outbox.recall(parts.db, pressed.draft_id, pressed.version, actor, parts.now())
    await answer(query, words.RECALLED)
    await card_messages.refresh(parts, draft)


async def _restore(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    with parts.db.atomic():
        draft = drafts.advance(
            *(parts.db, pressed.draft_id, State.OFFERED, "restored", actor, parts.now()),
            version=pressed.version,
            expected={State.REJECTED},
        )
        held = threads.hold(parts, draft, actor, "part-restored")
    await answer(query, words.RESTORED)
    await card_messages.refresh(parts, draft)
    await threads.show_others(parts, draft, held)


async def _there(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    row = _asked_about(parts, pressed)
    outbox.settle(parts.db, row, None, parts.now(), actor)
    await answer(query, words.SETTLED_THERE)
    await _swap(query, None)
    await card_messages.refresh_by_id(parts, row.draft_id)


async def _resend(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    row = _asked_about(parts, pressed)
    outbox.resend(parts.db, row, actor, parts.now())
    await answer(query, words.SETTLED_RESEND)
    await _swap(query, None)
    parts.kick("publish")


async def _open(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    """Bring the card of a draft of the list, whatever version the list saw."""
    draft = drafts.get(parts.db, pressed.draft_id)
    if not draft or draft.state is not State.OFFERED:
        raise WrongState(f"draft {pressed.draft_id} waits no more")
    here = query.message and query.message.chat
    same = here and parts.settings.admin_chat in (here.id, f"@{here.username}")
    await answer(query, words.OPENED if same else words.OPENED_ELSEWHERE)
    await card_messages.show(parts, draft)


async def _old(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    await answer(query, words.OLD_BUTTON)


_PRESSES: dict[Press, Callable[[Parts, CallbackQuery, Pressed, Actor], Awaitable[None]]] = {
    Press.PUBLISH: _publish,
    Press.TOGETHER: _together,
    Press.SPLIT: _split,
    Press.TIMES: _times,
    Press.SLOT: _slot,
    Press.OTHER_TIME: _other_time,
    Press.EDIT: _edit,
    Press.DIRECTIONS: _directions,
    Press.REWRITE: _rewrite,
    Press.REJECT: _reject,
    Press.REASON: _reason,
    Press.BACK: _back,
    Press.SOURCES: _sources,
    Press.RECALL: _recall,
    Press.RESTORE: _restore,
    Press.THERE: _there,
    Press.RESEND: _resend,
    Press.OPEN: _open,
    Press.OLD: _old,
}

press = on_card(keyboards.read, _PRESSES, _too_late, words.OLD_BUTTON)
"""Answers a button of a draft's card."""


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


async def _swap(query: CallbackQuery, keyboard: InlineKeyboardMarkup | None) -> None:
    """Show other buttons under the card that was pressed."""
    try:
        await query.edit_message_reply_markup(keyboard)
    except TelegramError as error:
        if "not modified" not in str(error):
            log.info("the buttons could not be changed: %s", redact(error))
