"""Series kept true: new posts recognised as parts, published drafts put in their places, and in
peyk's own posts the links to the parts beside them.

Posts that people wrote are not touched: their links stand in the guide. Each step can be repeated
at any time; what is done is in the database.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlite_utils import Database
from telegram import Bot, Message, MessageEntity
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.channel.part_links import dressed, linked, links_in
from bot.channel.post import CAPTION_LIMIT, ENTITIES_LIMIT, TEXT_LIMIT
from bot.channel.publish import NO_PREVIEW
from bot.config import Chat
from bot.logs import redact
from bot.persian.typography import units
from db import index, posts, series
from db.model import Draft, Entity, Post
from db.series import Candidate, Unlinked, Unseen

if TYPE_CHECKING:  # its patterns are slow to compile: not at every start
    from bot.channel.series import Candidate as Told

log = logging.getLogger("peyk.series")

AT_ONCE = 500
"""Posts looked at before others have their turn."""
LONGEST_NAME = 60
"""Characters of a first line that gives its series the name."""


async def recognise(db: Database, now: datetime) -> int:
    """Look at the posts that came since the last time; returns how many became parts."""
    new = False
    while seen := series.unseen(db, AT_ONCE):
        found = [one for post in seen for one in candidates(post)]
        series.note_seen(db, seen[-1].id, found)
        new = new or bool(found)
        await asyncio.sleep(0)
    if not new:
        return 0
    from bot.channel import series as names

    known = [names.Candidate(*one) for one in series.candidates(db)]
    return sum(
        series.absorb(db, one.name, {n: _row(part) for n, part in one.parts.items()}, now)
        for one in names.recognise(known)
    )


def _row(part: Told) -> Candidate:
    return Candidate(part.ordinal, part.name, part.number, part.title, part.follows)


def candidates(post: Unseen) -> list[Candidate]:
    """What a post may be part of, by its title or because it goes on from the one it answers."""
    from bot.channel import series as names

    title = index.split(post.text, json.loads(post.poll) if post.poll else None)[0]
    told = names.marker(title) if title else None
    follows = post.answered if names.goes_on(post.answered_text) or told else 0
    if told:
        return [Candidate(post.ordinal, told.name, told.number, told.title, follows)]
    if not follows:
        return []
    root = index.split(post.answered_text)[0]
    first = names.marker(root)
    goes_on = Candidate(post.ordinal, "", names.NEXT, "", follows)
    if first:
        return [goes_on]
    name = root if len(root) <= LONGEST_NAME else root[:LONGEST_NAME].rpartition(" ")[0] + "…"
    return [Candidate(follows, name, 1, "", 0), goes_on]


def dress(db: Database, draft: Draft) -> Draft:
    """A draft with all that the series it will be part of gives it; as it is, if there is none."""
    place = series.planned(db, draft.id)
    if not place:
        return draft
    plan, number = place
    before = [part.url for part in plan.parts if part.number < number]
    return dressed(draft, number, before[-1] if before else "", plan.tag)


def attach_sent(db: Database) -> int:
    """Make parts of published drafts that were meant to be; returns how many."""
    waiting = series.sent(db)
    for series_id, number, ordinal in waiting:
        post = posts.get(db, ordinal)
        assert post
        with db.atomic():
            series.attach(db, series_id, ordinal, number)
            series.note_links(db, ordinal, *links_in(post.text, post.entities))
    return len(waiting)


async def link(db: Database, bot: Bot, admin_chat: Chat, now: datetime) -> int:
    """Write the links that are missing or wrong into our posts; returns how many posts changed.

    What cannot be reached now waits for the next time; what Telegram refuses for good is let be.
    """
    changed = 0
    for one in series.unlinked(db):
        post = posts.get(db, one.ordinal)
        assert post
        try:
            changed += await _link(db, bot, admin_chat, post, one)
        except (BadRequest, Forbidden) as error:
            log.warning("the links of post %s were refused: %s", post.url, redact(error))
            if "message to forward not found" in str(error).lower():
                posts.mark_deleted(db, post.chat_id, [post.message_id], now)
        except TelegramError as error:
            log.warning("the links of post %s wait: %s", post.url, redact(error))
            break
        series.note_links(db, one.ordinal, one.before, one.after)
    return changed


async def _link(db: Database, bot: Bot, admin_chat: Chat, post: Post, wanted: Unlinked) -> bool:
    """Edit one post; False when it says so already, is gone, or has no room."""
    message = await _as_it_stands(bot, admin_chat, post)
    is_media = message.text is None if message else post.kind != "text"
    text, entities = _words(message, post)
    new, kept = linked(text, entities, wanted.before, wanted.after)
    limit = CAPTION_LIMIT if is_media else TEXT_LIMIT
    if units(new) > limit or len(kept) > ENTITIES_LIMIT:
        log.warning("post %s has no room for the links of its series", post.url)
        return False
    if new != text or links_in(text, entities) != (wanted.before, wanted.after):
        await _edit(bot, post, new, kept, is_media=is_media)
    posts.add(db, replace(post, text=new, entities=kept))
    return new != text


async def _as_it_stands(bot: Bot, admin_chat: Chat, post: Post) -> Message | None:
    """The post as the channel shows it now: somebody may have changed it while peyk was down.

    Bots cannot read a channel, but forward: silently, and the copy goes at once. None where
    posts may not be forwarded: then the archive must do.
    """
    try:
        copy = await bot.forward_message(
            admin_chat, post.chat_id, post.message_id, disable_notification=True
        )
    except BadRequest as error:
        if "can't be forwarded" in str(error).lower():
            return None
        raise
    with suppress(TelegramError):
        await bot.delete_message(copy.chat.id, copy.message_id)
    return copy


def _words(message: Message | None, post: Post) -> tuple[str, tuple[Entity, ...]]:
    if message is None:
        return post.text, post.entities
    entities = message.entities or message.caption_entities
    return message.text or message.caption or "", tuple(one.to_dict() for one in entities)


async def _edit(
    bot: Bot, post: Post, text: str, entities: tuple[Entity, ...], *, is_media: bool
) -> None:
    shown = [MessageEntity.de_json(dict(one), bot) for one in entities]
    try:
        if is_media:
            await bot.edit_message_caption(
                post.chat_id, post.message_id, caption=text, caption_entities=shown
            )
        else:
            await bot.edit_message_text(
                *(text, post.chat_id, post.message_id),
                entities=shown,
                link_preview_options=NO_PREVIEW,
            )
    except BadRequest as error:
        if "not modified" not in str(error):
            raise


async def keep(
    db: Database, bot: Bot, admin_chat: Chat, turn: asyncio.Lock, now: Callable[[], datetime]
) -> None:
    """All of the above, one run at a time."""
    async with turn:
        index.catch_up(db)  # parts are shown by their titles
        await recognise(db, now())
        attach_sent(db)
        await link(db, bot, admin_chat, now())
