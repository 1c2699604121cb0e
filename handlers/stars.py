"""Posts held up as examples of the channel's style: by a button on the card of a sent post, or by
forwarding a post of the channel to the bot.

What the examples are for: see prompts.voice.
"""

from __future__ import annotations

import logging

from telegram import Message, MessageOriginChannel, Update
from telegram.error import TelegramError

from bot.context import Context, Parts
from bot.logs import redact
from db import outbox, posts
from db.model import Post, State
from handlers import archive, keyboards
from handlers.presses import admins_only, answer
from handlers.texts import approval as card_words
from handlers.texts import stars as words

log = logging.getLogger("peyk.stars")


@admins_only
async def press(update: Update, context: Context) -> None:
    """Put a star on a post, or take it off."""
    query, parts = update.callback_query, context.bot_data
    assert query
    wish = keyboards.read_star(query.data)
    if not wish or not posts.get(parts.db, wish.ordinal):
        await answer(query, card_words.OLD_BUTTON, show_alert=True)
        return
    if wish.starred:
        posts.star(parts.db, wish.ordinal, parts.now())
    else:
        posts.unstar(parts.db, wish.ordinal)
    await answer(query, words.STARRED if wish.starred else words.UNSTARRED)
    try:
        await query.edit_message_reply_markup(keyboards.star(wish.ordinal, wish.starred))
    except TelegramError as error:
        if "not modified" not in str(error):
            log.info("the star's button could not be changed: %s", redact(error))


async def take(update: Update, context: Context) -> None:
    """Offer a star for the post of the channel that an admin forwarded."""
    message, parts = update.effective_message, context.bot_data
    assert message
    origin = message.forward_origin
    assert isinstance(origin, MessageOriginChannel)
    post = _known(parts, message, origin)
    if not post:
        await message.reply_text(words.LATER)
    elif not post.text.strip():
        await message.reply_text(words.NO_TEXT)
    else:
        button = keyboards.star(post.ordinal, post.starred is not None)
        await message.reply_text(words.ASK, reply_markup=button)


def _known(parts: Parts, message: Message, origin: MessageOriginChannel) -> Post | None:
    """The post in the archive, kept there now when it is older than the archive.

    None while the outcome of a post is unknown: it may be this one, and must not be taken for
    somebody else's (see bot.channel.probe).
    """
    known = posts.by_message(parts.db, origin.chat.id, origin.message_id)
    if known or outbox.find(parts.db, State.SENDING, State.UNCERTAIN):
        return known
    if post := archive.post_of(parts, message, origin):
        posts.add(parts.db, post)
    return posts.by_message(parts.db, origin.chat.id, origin.message_id)
