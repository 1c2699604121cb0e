"""Posts that people write in the channel by hand, and their edits: into the archive.

peyk's own posts are archived when they are published; Telegram sends a bot no update for them.
"""

from __future__ import annotations

from telegram import MessageEntity, Update

from bot.channel.publish import message_url
from bot.context import Context
from db import outbox, posts
from db.model import Post, State


async def keep(update: Update, context: Context) -> None:
    """Keep a channel post as it stands now."""
    message, parts = update.effective_message, context.bot_data
    assert message
    channel = parts.settings.channel
    if channel is None or str(channel).lower() not in (
        str(message.chat.id),
        f"@{message.chat.username}".lower(),
    ):
        return
    if update.edited_channel_post and outbox.find(parts.db, State.SENDING, State.UNCERTAIN):
        return  # it may be the very post in doubt, and must not pass for somebody else's
    entities = message.entities or message.caption_entities
    found = message.parse_entities([MessageEntity.HASHTAG]) or message.parse_caption_entities(
        [MessageEntity.HASHTAG]
    )
    posts.add(
        parts.db,
        Post(
            chat_id=message.chat.id,
            message_id=message.message_id,
            text=message.text or message.caption or "",
            entities=tuple(entity.to_dict() for entity in entities),
            tags=tuple(dict.fromkeys(found.values())),
            published=message.date,
            url=message_url(channel, message.chat.id, message.message_id),
        ),
    )
