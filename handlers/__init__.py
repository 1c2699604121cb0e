"""Telegram in, one call, Telegram out. Every route in one visible list, order included."""

from __future__ import annotations

from typing import Any

from telegram.ext import Application, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.config import Settings
from handlers import (
    admin,
    approval,
    archive,
    errors,
    keyboards,
    replies,
    source_keyboards,
    sources,
    stars,
    stories,
    story_keyboards,
    welcome,
)

KINDS = ("message", "channel_post", "edited_channel_post", "callback_query", "my_chat_member")
"""The kinds of update that Telegram is asked for."""

ADMIN_COMMANDS = {
    "drafts": admin.list_drafts,
    "sources": sources.show,
    "stats": admin.show_stats,
    "settings": admin.show_settings,
    "pause": admin.pause,
    "resume": admin.resume,
}


def register(app: Application[Any, Any, Any, Any, Any, Any], settings: Settings) -> None:
    """Add every route to `app`."""
    admins = filters.User(settings.admins)
    answers = filters.REPLY & ~filters.COMMAND & filters.UpdateType.MESSAGE
    forwarded = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE & _from(settings.channel)
    routes = [
        MessageHandler(filters.UpdateType.CHANNEL_POSTS, archive.keep),
        CallbackQueryHandler(sources.press, source_keyboards.PATTERN),
        CallbackQueryHandler(stars.press, keyboards.STAR_PATTERN),
        CallbackQueryHandler(stories.press, story_keyboards.PATTERN),
        CallbackQueryHandler(approval.press),
        MessageHandler(forwarded & admins, stars.take),
        CommandHandler("start", welcome.start, filters.UpdateType.MESSAGE),
        CommandHandler("help", welcome.show_help, filters.UpdateType.MESSAGE),
        CommandHandler("privacy", welcome.privacy, filters.UpdateType.MESSAGE),
        CommandHandler("forget", welcome.forget, filters.UpdateType.MESSAGE),
        CommandHandler("cancel", welcome.cancel, filters.UpdateType.MESSAGE),
        *(CommandHandler(name, call, admins) for name, call in ADMIN_COMMANDS.items()),
        CommandHandler(list(ADMIN_COMMANDS), admin.refuse, filters.UpdateType.MESSAGE),
        MessageHandler(answers & admins, replies.take),
        MessageHandler(answers & filters.ChatType.GROUPS, replies.refuse),
        MessageHandler(filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE, welcome.unknown),
    ]
    app.add_handlers(routes)
    app.add_error_handler(errors.report)


def _from(channel: int | str | None) -> filters.BaseFilter:
    """Posts of the channel that somebody forwarded."""
    if isinstance(channel, int):
        return filters.ForwardedFrom(chat_id=channel)
    return filters.ForwardedFrom(username=channel)
