"""The card of a draft in the admin chat: sent, kept true to the draft's state, replaced.

Does not decide anything: see handlers.approval.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from telegram import MessageEntity, ReplyParameters
from telegram.error import BadRequest, TelegramError

from bot.channel.post import TEXT_LIMIT, Rendered, compose, problems
from bot.channel.publish import NO_PREVIEW, deliver
from bot.context import Parts
from bot.logs import redact
from bot.persian.typography import units
from db import cards, drafts, items
from db.cards import Card
from db.model import Draft, Entity
from handlers import keyboards
from handlers.texts import approval as words

log = logging.getLogger("peyk.cards")

MOST_MARKS = 20
"""Doubtful words marked on a card; Telegram takes 100 entities in all."""
RESERVE = 400
"""UTF-16 units kept free on a card for the line that says who did what."""


async def show(parts: Parts, draft: Draft) -> None:
    """Send the card of a draft, and take the buttons off its older cards."""
    await retire(parts, await send(parts, draft))


async def send(parts: Parts, draft: Draft) -> list[Card]:
    """Send the card of a draft; returns its older cards, which are to be retired.

    A post with a picture, or one too long to share its message, comes first by itself, exactly
    as it will appear; the card answers it.
    """
    chat = parts.settings.admin_chat
    assert chat is not None
    post = compose(draft, parts.signature)
    older = cards.of_draft(parts.db, draft.id)
    reply = None
    if not _shares_message(post, _below(parts, draft, post)) and not problems(post):
        alone = await deliver(parts.bot, chat, post.payload(), disable_notification=True)
        reply = ReplyParameters(alone.message_id, allow_sending_without_reply=True)
    message = await deliver(
        parts.bot,
        chat,
        _face(parts, draft, post).payload(),
        reply_markup=keyboards.card(draft),
        reply_parameters=reply,
    )
    cards.add(parts.db, Card(message.chat.id, message.message_id, draft.id, draft.version))
    return older


async def refresh(parts: Parts, draft: Draft) -> None:
    """Make the newest card of a draft say what became of it."""
    shown = cards.of_draft(parts.db, draft.id)
    if not shown:
        return
    face = _face(parts, draft, compose(draft, parts.signature))
    try:
        await parts.bot.edit_message_text(
            face.text,
            shown[-1].chat_id,
            shown[-1].message_id,
            entities=[MessageEntity.de_json(dict(e), parts.bot) for e in face.entities],
            reply_markup=keyboards.card(draft),
            link_preview_options=NO_PREVIEW,
        )
    except TelegramError as error:
        if "not modified" not in str(error):
            log.warning("card of draft %s could not be changed: %s", draft.id, redact(error))


def _doubtful(text: str, draft: Draft) -> list[Entity]:
    """Lines under the words that the gate doubts; on the card only, never in the channel."""
    said = {str(word) for r in draft.remarks if r.get("message") for word in r.get("words", ())}
    found = ((text.find(word), word) for word in said if word)
    return [
        {"type": "underline", "offset": units(text[:at]), "length": units(word)}
        for at, word in sorted(found)[:MOST_MARKS]
        if at >= 0
    ]


def _below(parts: Parts, draft: Draft, post: Rendered) -> str:
    """What stands below the post on a card."""
    remarks = [*draft.remarks, *problems(post)]
    if draft.picture and not post.photo:
        remarks.append({"kind": "picture-dropped"})
    return words.details(draft, items.get(parts.db, draft.item_id), remarks)


def _shares_message(post: Rendered, below: str) -> bool:
    """Whether one message holds both; a post that Telegram would refuse is not shown at all."""
    fits = units(post.text) + units(below) + RESERVE <= TEXT_LIMIT
    return fits and not post.photo and not problems(post)


def _face(parts: Parts, draft: Draft, post: Rendered) -> Rendered:
    """The card: the post, a rule, what one needs to decide, what happened."""
    below = _below(parts, draft, post)
    trail = drafts.trail(parts.db, draft.id)
    happened = words.status(draft, trail, parts.settings.timezone)
    tail = f"{below}\n{happened}".strip()
    if _shares_message(post, below):
        marks = _doubtful(post.text, draft)
        return Rendered(f"{post.text}\n\n{words.RULE}\n{tail}", (*post.entities, *marks))
    return Rendered(tail)


async def retire(parts: Parts, older: Iterable[Card]) -> None:
    """Take the buttons off cards that a newer one replaces; replies to them stay understood."""
    for card in older:
        cards.add(parts.db, replace(card, purpose="old"))
        try:
            await parts.bot.edit_message_reply_markup(card.chat_id, card.message_id)
        except BadRequest as error:
            log.info("an old card could not be changed: %s", redact(error))


async def refresh_by_id(parts: Parts, draft_id: int) -> None:
    """The same, for the draft with this id."""
    draft = drafts.get(parts.db, draft_id)
    if draft:
        await refresh(parts, draft)
