"""Posts that people write in the channel by hand, and their edits: into the archive.

peyk's own posts are archived when they are published; Telegram sends a bot no update for them.
"""

from __future__ import annotations

from datetime import datetime

from telegram import Chat, Message, MessageEntity, Update

from bot.channel.publish import message_url
from bot.context import Context, Parts
from db import outbox, posts
from db.model import Post, State


async def keep(update: Update, context: Context) -> None:
    """Keep a channel post as it stands now."""
    message, parts = update.effective_message, context.bot_data
    assert message
    if not is_ours(parts, message.chat):
        return
    if update.edited_channel_post and outbox.find(parts.db, State.SENDING, State.UNCERTAIN):
        return  # it may be the very post in doubt, and must not pass for somebody else's
    keep_message(parts, message, message.chat.id, message.message_id, message.date)


def is_ours(parts: Parts, chat: Chat) -> bool:
    """Whether this is the channel that peyk writes to."""
    channel = parts.settings.channel
    names = (str(chat.id), f"@{chat.username}".lower())
    return channel is not None and str(channel).lower() in names


def keep_message(
    parts: Parts, message: Message, chat_id: int, message_id: int, published: datetime
) -> None:
    """Keep what `message` says as the channel's post with this number."""
    channel = parts.settings.channel
    assert channel is not None
    entities = message.entities or message.caption_entities
    found = message.parse_entities([MessageEntity.HASHTAG]) or message.parse_caption_entities(
        [MessageEntity.HASHTAG]
    )
    posts.add(
        parts.db,
        Post(
            chat_id=chat_id,
            message_id=message_id,
            text=message.text or message.caption or "",
            entities=tuple(entity.to_dict() for entity in entities),
            tags=tuple(dict.fromkeys(found.values())),
            published=published,
            url=message_url(channel, chat_id, message_id),
        ),
    )
