"""Posts that people write in the channel by hand, their edits and pins: into the archive.

peyk's own posts are archived when they are published; Telegram sends a bot no update for them.
The messages of the guide are no posts: handlers.guide keeps them back.
Telegram tells of no deletion either: see feeds.export and bot.importing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlite_utils import Database
from telegram import (
    Chat,
    Message,
    MessageEntity,
    MessageOrigin,
    MessageOriginChannel,
    Poll,
    Update,
)

from bot.channel.publish import message_url
from bot.context import Context, Parts
from db import home, outbox, posts
from db.model import Entity, Post, State

_MEDIA = (
    *("photo", "video", "animation", "audio", "voice", "video_note", "sticker", "document"),
    *("live_photo", "paid_media", "venue", "location", "contact", "story", "checklist", "game"),
    *("giveaway", "invoice", "dice"),
)
"""What may stand in place of text; an animation is also a document, a venue also a location."""

_PLAIN = frozenset({"hashtag", "bold", "italic", "url", "mention", "code", "blockquote"})
"""Entities that tell nothing but their place."""

Change = Callable[[Database], object]


async def keep(update: Update, context: Context) -> None:
    """Keep a channel post as it stands now; service messages are no posts."""
    message, parts = update.effective_message, context.bot_data
    assert message
    if not is_ours(parts, message.chat):
        return
    if parts.home != message.chat.id:
        home.learn(parts.db, parts.settings.channel or message.chat.id, message.chat.id)
        parts.home = message.chat.id
    if change := _change(parts, update, message):
        await parts.archive.add(change)


def _change(parts: Parts, update: Update, message: Message) -> Change | None:
    """What the archive has to do about `message`."""
    if message.pinned_message:
        pinned = message.pinned_message.message_id
        return lambda db: posts.mark_pinned(db, message.chat.id, pinned)
    post = post_of(parts, message)
    if not post:
        return None
    # An edit may be of the very post in doubt, and must not pass for somebody else's.
    doubted = (State.SENDING, State.UNCERTAIN) if update.edited_channel_post else ()
    return lambda db: (doubted and outbox.find(db, *doubted)) or posts.add(db, post)


def is_ours(parts: Parts, chat: Chat) -> bool:
    """Whether this is the channel that peyk writes to, and not another that it was put into."""
    channel = parts.settings.channel
    if isinstance(channel, int):
        return chat.id == channel
    return bool(channel) and f"@{chat.username}".lower() == str(channel).lower()


def post_of(
    parts: Parts, message: Message, forwarded: MessageOriginChannel | None = None
) -> Post | None:
    """What `message` says as a post of the channel, if it is a post at all.

    A copy that was `forwarded` from there knows neither its album nor what it answered.
    """
    kind = _kind(message)
    if not kind:
        return None
    at = forwarded or message
    url = message_url(parts.settings.channel or at.chat.id, at.chat.id, at.message_id)
    post = Post(
        chat_id=at.chat.id,
        message_id=at.message_id,
        text=message.text or message.caption or "",
        entities=tuple(map(_written, message.entities or message.caption_entities)),
        published=at.date,
        url=url,
        kind=kind,
        poll=_question(message.poll) if message.poll else None,
    )
    return post if forwarded else _placed(post, message)


def _placed(post: Post, message: Message) -> Post:
    """`post` with what its message tells of its place among others."""
    answered, origin = message.reply_to_message, message.forward_origin
    if not (answered or origin or message.media_group_id or message.edit_date):
        return post
    return replace(
        post,
        album=message.media_group_id or "",
        reply_to=answered.message_id if answered else None,
        forwarded=_name(origin) if origin else "",
        edited=message.edit_date,
    )


def _written(entity: MessageEntity) -> Entity:
    """As JSON (Bot API, MessageEntity); its own `to_dict` takes as long as storing the post."""
    plain = {"type": str(entity.type), "offset": entity.offset, "length": entity.length}
    return plain if entity.type in _PLAIN else entity.to_dict()


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
