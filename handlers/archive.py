"""Posts that people write in the channel by hand, their edits and pins: into the archive.

peyk's own posts are archived when they are published; Telegram sends a bot no update for them.
The messages of the guide are no posts: handlers.guide keeps them back.
Telegram tells of no deletion either: see feeds.export and bot.importing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from telegram import Chat, Message, MessageOrigin, Poll, Update

from bot.channel.publish import message_url
from bot.context import Context, Parts
from db import home, outbox, posts
from db.model import Post, State

_MEDIA = (
    *("photo", "video", "animation", "audio", "voice", "video_note", "sticker", "document"),
    *("live_photo", "paid_media", "venue", "location", "contact", "story", "checklist", "game"),
    *("giveaway", "invoice", "dice"),
)
"""What may stand in place of text; an animation is also a document, a venue also a location."""


async def keep(update: Update, context: Context) -> None:
    """Keep a channel post as it stands now; service messages are no posts."""
    message, parts = update.effective_message, context.bot_data
    assert message
    if not is_ours(parts, message.chat):
        return
    home.learn(parts.db, parts.settings.channel or message.chat.id, message.chat.id)
    if message.pinned_message:
        posts.mark_pinned(parts.db, message.chat.id, message.pinned_message.message_id)
        return
    if update.edited_channel_post and outbox.find(parts.db, State.SENDING, State.UNCERTAIN):
        return  # it may be the very post in doubt, and must not pass for somebody else's
    keep_message(parts, message, message.chat.id, message.message_id, message.date)


def is_ours(parts: Parts, chat: Chat) -> bool:
    """Whether this is the channel that peyk writes to, and not another that it was put into."""
    channel = parts.settings.channel
    if isinstance(channel, int):
        return chat.id == channel
    return bool(channel) and f"@{chat.username}".lower() == str(channel).lower()


def keep_message(
    parts: Parts, message: Message, chat_id: int, message_id: int, published: datetime
) -> None:
    """Keep what `message` says as the channel's post with this number, if it is a post at all.

    A copy that was forwarded from there knows neither its album nor what it answered.
    """
    kind = _kind(message)
    if not kind:
        return
    post = _post(message, kind)
    if message.chat.id != chat_id:
        post = replace(post, album="", reply_to=None, forwarded="", edited=None)
    url = message_url(parts.settings.channel or chat_id, chat_id, message_id)
    post = replace(post, chat_id=chat_id, message_id=message_id, published=published, url=url)
    posts.add(parts.db, post)


def _post(message: Message, kind: str) -> Post:
    answered = message.reply_to_message
    entities = message.entities or message.caption_entities
    origin = message.forward_origin
    return Post(
        chat_id=message.chat.id,
        message_id=message.message_id,
        text=message.text or message.caption or "",
        entities=tuple(entity.to_dict() for entity in entities),
        published=message.date,
        kind=kind,
        album=message.media_group_id or "",
        reply_to=answered.message_id if answered else None,
        forwarded=_name(origin) if origin else "",
        poll=_question(message.poll) if message.poll else None,
        edited=message.edit_date,
    )


def _kind(message: Message) -> str:
    """What the post is; empty for a note about the channel itself."""
    if message.text:
        return "text"
    if message.poll:
        return "quiz" if message.poll.type == Poll.QUIZ else "poll"
    return next((name for name in _MEDIA if getattr(message, name)), "")


def _question(poll: Poll) -> dict[str, Any]:
    told: dict[str, Any] = {
        "question": poll.question,
        "options": [option.text for option in poll.options],
    }
    if poll.correct_option_ids:
        told["correct"] = list(poll.correct_option_ids)
    if poll.explanation:
        told["explanation"] = poll.explanation
    return told


def _name(origin: MessageOrigin) -> str:
    """Where a forwarded post comes from, in the words that Telegram shows."""
    chat = getattr(origin, "chat", None) or getattr(origin, "sender_chat", None)
    user = getattr(origin, "sender_user", None)
    hidden = getattr(origin, "sender_user_name", "")
    return str((chat and chat.title) or (user and user.full_name) or hidden or "")
