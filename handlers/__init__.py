"""Telegram in, one call, Telegram out. Every route in one visible list, order included."""

from __future__ import annotations

from typing import Any

from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    PollAnswerHandler,
    PollHandler,
    filters,
)

from bot.config import Settings
from handlers import (
    admin,
    approval,
    errors,
    guide,
    history,
    keyboards,
    ocr,
    play_buttons,
    quiz,
    quiz_buttons,
    quiz_cards,
    quiz_channel,
    quiz_desk,
    replies,
    score,
    search,
    search_buttons,
    series,
    series_buttons,
    source_keyboards,
    sources,
    stars,
    stories,
    story_keyboards,
    tag_buttons,
    tags,
    toc,
    toc_buttons,
    welcome,
)

KINDS = (
    *("message", "channel_post", "edited_channel_post", "callback_query", "inline_query"),
    *("my_chat_member", "poll", "poll_answer"),
)
"""The kinds of update that Telegram is asked for."""

ADMIN_COMMANDS = {
    "drafts": admin.list_drafts,
    "sources": sources.show,
    "tags": tags.show,
    "series": series.show,
    "newquiz": quiz_desk.new_quiz,
    "stats": admin.show_stats,
    "settings": admin.show_settings,
    "pause": admin.pause,
    "resume": admin.resume,
}

NOT_YET = ("ask",)
"""Commands that are promised and answered by saying that they are not there yet."""


def register(app: Application[Any, Any, Any, Any, Any, Any], settings: Settings) -> None:
    """Add every route to `app`."""
    admins = filters.User(settings.admins)
    private = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    files = filters.Document.FileExtension("json") & filters.UpdateType.MESSAGE & ~filters.REPLY
    exports = private & files
    polls = admins & filters.POLL & filters.UpdateType.MESSAGE
    words = filters.TEXT & ~filters.COMMAND & ~filters.REPLY & ~filters.FORWARDED
    answers = filters.REPLY & ~filters.COMMAND & filters.UpdateType.MESSAGE
    forwarded = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE & _from(settings.channel)
    papers = private & (filters.PHOTO | filters.Document.ALL)
    routes = [
        PollAnswerHandler(quiz.take_answer),
        PollHandler(quiz_channel.counted),
        MessageHandler(filters.UpdateType.CHANNEL_POSTS, guide.notice),
        CallbackQueryHandler(toc.press, toc_buttons.PATTERN),
        CallbackQueryHandler(tags.press, tag_buttons.PREFIX),
        CallbackQueryHandler(series.press, series_buttons.PREFIX),
        CallbackQueryHandler(history.press, history.PATTERN),
        CallbackQueryHandler(search.press, search_buttons.PATTERN),
        CallbackQueryHandler(sources.press, source_keyboards.PATTERN),
        CallbackQueryHandler(stars.press, keyboards.STAR_PATTERN),
        CallbackQueryHandler(stories.press, story_keyboards.PATTERN),
        CallbackQueryHandler(ocr.press, pattern="^o:"),
        CallbackQueryHandler(quiz.press, play_buttons.PATTERN),
        CallbackQueryHandler(quiz_cards.press, quiz_buttons.PREFIX),
        CallbackQueryHandler(approval.press),
        InlineQueryHandler(search.inline),
        CommandHandler("start", welcome.start, filters.UpdateType.MESSAGE),
        CommandHandler("toc", toc.show, filters.UpdateType.MESSAGE),
        CommandHandler("search", search.command, filters.UpdateType.MESSAGE),
        CommandHandler("quiz", quiz.command, filters.UpdateType.MESSAGE),
        CommandHandler("score", score.command, filters.UpdateType.MESSAGE),
        CommandHandler("help", welcome.show_help, filters.UpdateType.MESSAGE),
        CommandHandler("privacy", welcome.privacy, filters.UpdateType.MESSAGE),
        CommandHandler("forget", welcome.forget, filters.UpdateType.MESSAGE),
        CommandHandler("cancel", welcome.cancel, filters.UpdateType.MESSAGE),
        CommandHandler(NOT_YET, welcome.not_yet, private),
        CommandHandler("ocr", ocr.command, filters.UpdateType.MESSAGE),
        *(CommandHandler(name, call, admins) for name, call in ADMIN_COMMANDS.items()),
        CommandHandler(list(ADMIN_COMMANDS), admin.refuse, filters.UpdateType.MESSAGE),
        MessageHandler(admins & series.Awaited(lambda: app.bot_data), series.take_forward),
        MessageHandler(polls, quiz_desk.take_poll),
        MessageHandler(forwarded & admins, stars.take),
        MessageHandler(private & score.Naming(lambda: app.bot_data), score.take_name),
        MessageHandler(exports & admins, history.take),
        MessageHandler(exports & ~filters.FORWARDED, history.refuse),
        MessageHandler(papers, ocr.take),
        MessageHandler(answers & admins, replies.take),
        MessageHandler(
            admins & private & words & replies.Expected(lambda: app.bot_data),
            replies.take_expected,
        ),
        MessageHandler(answers & filters.ChatType.GROUPS, replies.refuse),
        MessageHandler(files & filters.ChatType.GROUPS & admins, history.send_privately),
        MessageHandler(private & words, search.plain_words),
        MessageHandler(private, welcome.unknown),
    ]
    # A password is looked for first: it may look like anything, and nothing else may see it.
    app.add_handler(MessageHandler(private & filters.TEXT & ~filters.COMMAND, ocr.answer), -1)
    app.add_handlers(routes)
    app.add_error_handler(errors.report)


def _from(channel: int | str | None) -> filters.BaseFilter:
    """Posts of the channel that somebody forwarded."""
    if isinstance(channel, int):
        return filters.ForwardedFrom(chat_id=channel)
    return filters.ForwardedFrom(username=channel)
