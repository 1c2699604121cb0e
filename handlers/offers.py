"""From peyk to the admins: cards of new drafts, and what became of approved ones."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from telegram.error import BadRequest, TelegramError

from bot.channel.post import compose, problems
from bot.channel.publish import Published
from bot.context import Parts
from bot.logs import redact
from db import drafts, facts, outbox
from db.model import PEYK, Draft, Sending, State
from handlers import cards as card_messages
from handlers import keyboards, quiz_cards, quiz_channel
from handlers.plan import approve, free_slots
from handlers.texts import approval as words

log = logging.getLogger("peyk.offers")

AUTO_WITHIN = timedelta(days=1)
"""A draft published unasked takes a free slot within this time, or goes to the admins."""


async def offer(parts: Parts) -> int:
    """Send the cards of all new drafts, and those of changed stories again; returns how many are
    new. A failed one waits for the next pass."""
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
    await card_messages.renew_all(parts)
    return sent


async def offer_one(parts: Parts, draft: Draft) -> None:
    """Send one card; with PEYK_AUTO_PUBLISH a clean draft is given its slot first."""
    slot = _auto_slot(parts, draft)
    if slot:
        approved = approve(parts, draft, slot, PEYK, expected=State.DRAFTED)
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
    """When a draft goes out unasked; None: the admins decide. Of a thread, all parts or none."""
    if not parts.settings.auto_publish or not _is_clean(parts, draft):
        return None
    before = drafts.get(parts.db, draft.answers) if draft.part > 1 and draft.answers else None
    if before:
        return before.due
    slots = free_slots(parts, 1)
    return slots[0] if slots and slots[0] <= parts.now() + AUTO_WITHIN else None


def _is_clean(parts: Parts, draft: Draft) -> bool:
    """Whether nobody need look at a draft, nor at another part of its thread."""
    thread = drafts.thread(parts.db, draft.item_id)
    doubted = any(one.remarks or one.direction for one in thread)
    return not doubted and not any(problems(compose(one, parts.signature)) for one in thread)


async def report(parts: Parts, outcome: Published) -> None:
    """Tell the admin chat what the publisher did: cards made true, failures and doubts said."""
    for row in outcome.doubtful:
        await _ask_whether_sent(parts, row)
    for draft in drafts.find(parts.db, [State.FAILED]):
        await _give_back(parts, draft)
    for row in outcome.sent:
        await card_messages.refresh_by_id(parts, row.draft_id)
        await quiz_cards.refresh_posted(parts, row.draft_id)


async def catch_up(parts: Parts, since: datetime) -> None:
    """Make the cards of what was settled since then true; the last process may have died first."""
    for row in outbox.settled_since(parts.db, since):
        await card_messages.refresh_by_id(parts, row.draft_id)
        await quiz_cards.refresh_posted(parts, row.draft_id)


async def _give_back(parts: Parts, draft: Draft) -> None:
    """Show the admins a draft that Telegram refused, with the reason.

    Should peyk die before the card is shown, `catch_up` puts the older card right.
    """
    rows = [row for row in outbox.find(parts.db, State.FAILED) if row.draft_id == draft.id]
    why = rows[-1].error if rows else ""
    if draft.origin == quiz_channel.ORIGIN:
        if question := quiz_channel.give_back(parts, draft, why):
            await quiz_cards.show(parts, question)
        return
    remark = {"kind": "failed", "why": why}
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
