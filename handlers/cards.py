"""The card of a draft in the admin chat: sent, kept true to the draft's state, replaced.

Does not decide anything: see handlers.approval.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, ReplyParameters
from telegram.error import BadRequest, TelegramError

from bot.channel.post import TEXT_LIMIT, Rendered, compose, problems
from bot.channel.publish import NO_PREVIEW, deliver
from bot.context import Parts
from bot.logs import redact
from bot.persian.typography import units
from db import cards, drafts, items, posts, relations, series
from db.cards import Card
from db.model import Draft, Entity, State
from handlers import keyboards, series_buttons, story_keyboards
from handlers.texts import approval as words
from handlers.texts import stories as story_words

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
        reply_markup=buttons(parts, draft),
        reply_parameters=reply,
    )
    cards.add(parts.db, Card(message.chat.id, message.message_id, draft.id, draft.version))
    return older


async def refresh(parts: Parts, draft: Draft) -> None:
    """Make the newest card of a draft say what became of it."""
    shown = cards.of_draft(parts.db, draft.id)
    if not shown:
        return
    try:
        await _change(parts, draft, shown[-1])
    except TelegramError as error:
        log.warning("card of draft %s could not be changed: %s", draft.id, redact(error))


async def renew_all(parts: Parts) -> None:
    """Show the new versions of drafts whose stories have changed; what fails waits its turn."""
    for draft_id in cards.outdated(parts.db):
        draft = drafts.get(parts.db, draft_id)
        try:
            if draft:
                await _renew(parts, draft)
        except TelegramError as error:
            log.warning("card of draft %s could not be renewed: %s", draft_id, redact(error))


async def _renew(parts: Parts, draft: Draft) -> None:
    """Show a new version of a draft: in its card, where that can be, and else in a new one."""
    card = cards.of_draft(parts.db, draft.id)[-1]
    post = compose(draft, parts.signature)
    if not _shares_message(post, _below(parts, draft, post)):
        await show(parts, draft)
        return
    try:
        await _change(parts, draft, card)
    except BadRequest as error:  # it is gone, or too old to be changed
        log.info("card of draft %s is sent anew: %s", draft.id, redact(error))
        await show(parts, draft)
        return
    cards.add(parts.db, replace(card, version=draft.version))


async def _change(parts: Parts, draft: Draft, card: Card) -> None:
    """Make a card say what is so now."""
    face = _face(parts, draft, compose(draft, parts.signature))
    try:
        await parts.bot.edit_message_text(
            face.text,
            card.chat_id,
            card.message_id,
            entities=[MessageEntity.de_json(dict(e), parts.bot) for e in face.entities],
            reply_markup=buttons(parts, draft),
            link_preview_options=NO_PREVIEW,
        )
    except BadRequest as error:
        if "not modified" not in str(error):
            raise


def buttons(parts: Parts, draft: Draft) -> InlineKeyboardMarkup | None:
    """What can be done with the draft; with a sent one, to make an example of it.

    Where series go on, also the one that makes a draft a part.
    """
    if draft.state is not State.SENT:
        thread = drafts.thread(parts.db, draft.item_id)
        trouble = problems(compose(draft, parts.signature)) if len(thread) == 1 else ()
        too_long = any(one["kind"] == "too-long" for one in trouble)
        below = _apart(parts, draft) if draft.state in (State.DRAFTED, State.OFFERED) else []
        card = keyboards.card(draft, thread, too_long=too_long, below=below)
        goes_on = len(thread) == 1 and series.open_ones(parts.db, 1)
        return series_buttons.with_series(card, draft) if goes_on else card
    post = posts.of_draft(parts.db, draft.id)
    return keyboards.star(post.ordinal, post.starred is not None) if post else None


def _apart(parts: Parts, draft: Draft) -> list[list[InlineKeyboardButton]]:
    """The buttons that set apart what was merged into the draft's story."""
    merged = relations.merged_into(parts.db, draft.item_id) if draft.part == 1 else []
    return story_keyboards.on_card(merged, draft.id)


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
    told = words.details(draft, items.get(parts.db, draft.item_id), remarks)
    return f"{told}\n{_story(parts, draft)}".strip()


def _story(parts: Parts, draft: Draft) -> str:
    """What the other items of the draft's story are, and which post it will reply to."""
    if draft.part > 1:
        return ""
    answered = posts.of_draft(parts.db, draft.answers) if draft.answers else None
    return story_words.on_card(
        relations.merged_into(parts.db, draft.item_id),
        relations.followed(parts.db, draft.item_id) if draft.answers else None,
        answered.url if answered else None,
    )


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
    """Say on cards that a newer one replaces where it is; replies to them stay understood."""
    for card in older:
        cards.add(parts.db, replace(card, purpose="old"))
        try:
            await parts.bot.edit_message_reply_markup(
                card.chat_id,
                card.message_id,
                reply_markup=keyboards.replaced(card.draft_id, card.version),
            )
        except BadRequest as error:
            log.info("an old card could not be changed: %s", redact(error))


async def refresh_by_id(parts: Parts, draft_id: int) -> None:
    """The same, for the draft with this id."""
    draft = drafts.get(parts.db, draft_id)
    if draft:
        await refresh(parts, draft)
