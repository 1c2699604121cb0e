"""Which update goes where: every route in one visible list, order included.

The modules that are named here are loaded when the first update needs them (handlers.feature).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    PollAnswerHandler,
    PollHandler,
    filters,
)

from bot.config import Settings
from handlers import awaited, errors, guide
from handlers.feature import Feature

if TYPE_CHECKING:
    from handlers import (
        admin,
        approval,
        ask,
        history,
        ocr,
        quiz,
        quiz_cards,
        quiz_channel,
        quiz_desk,
        replies,
        score,
        search,
        series,
        sources,
        stars,
        stories,
        tags,
        toc,
        welcome,
    )
else:
    admin, approval, ask, history, ocr = map(
        Feature, ("admin", "approval", "ask", "history", "ocr")
    )
    quiz, quiz_cards, quiz_channel, quiz_desk = map(
        Feature, ("quiz", "quiz_cards", "quiz_channel", "quiz_desk")
    )
    replies, score, search, series, sources = map(
        Feature, ("replies", "score", "search", "series", "sources")
    )
    stars, stories, tags, toc, welcome = map(
        Feature, ("stars", "stories", "tags", "toc", "welcome")
    )

KINDS = (
    *("message", "channel_post", "edited_channel_post", "callback_query", "inline_query"),
    *("my_chat_member", "poll", "poll_answer", awaited.STOPPED),
)
"""The kinds of update that Telegram is asked for."""

PRESSES = {
    "t": toc.press,
    "tag": tags.press,
    "ser": series.press,
    "import": history.press,
    "q": search.press,
    "ask": ask.press,
    "s": sources.press,
    "p": stars.press,
    "m": stories.press,
    "o": ocr.press,
    "qp": quiz.press,
    "qb": quiz_cards.press,
}
"""By the word before the first colon of a button's data; what is not here is a card's."""

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

App = Application[Any, Any, Any, Any, Any, Any]
Routes = list[BaseHandler[Any, Any, Any]]

PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE


def register(app: App, settings: Settings) -> None:
    """Add every route to `app`."""
    # A password is looked for first: it may look like anything, and nothing else may see it.
    words_or_replies = ~filters.COMMAND | filters.REPLY
    app.add_handler(MessageHandler(PRIVATE & filters.TEXT & words_or_replies, ocr.answer), -1)
    admins = filters.User(settings.admins)
    app.add_handlers([*_presses(), *_commands(admins), *_messages(app, settings, admins)])
    app.add_error_handler(errors.report)


def _presses() -> Routes:
    """What is not written: answers to polls, posts of the channel, buttons, inline queries."""
    return [
        PollAnswerHandler(quiz.take_answer),
        PollHandler(quiz_channel.counted),
        MessageHandler(filters.UpdateType.CHANNEL_POSTS, guide.notice),
        *(CallbackQueryHandler(press, f"^{word}:") for word, press in PRESSES.items()),
        CallbackQueryHandler(approval.press),
        awaited.Stopped(ask.stop_draft),
        InlineQueryHandler(search.inline),
    ]


def _commands(admins: filters.BaseFilter) -> Routes:
    return [
        CommandHandler("start", welcome.start, filters.UpdateType.MESSAGE),
        CommandHandler("toc", toc.show, filters.UpdateType.MESSAGE),
        CommandHandler("search", search.command, filters.UpdateType.MESSAGE),
        CommandHandler("ask", ask.command, filters.UpdateType.MESSAGE),
        CommandHandler("quiz", quiz.command, filters.UpdateType.MESSAGE),
        CommandHandler("score", score.command, filters.UpdateType.MESSAGE),
        CommandHandler("help", welcome.show_help, filters.UpdateType.MESSAGE),
        CommandHandler("privacy", welcome.privacy, filters.UpdateType.MESSAGE),
        CommandHandler("forget", welcome.forget, filters.UpdateType.MESSAGE),
        CommandHandler("cancel", welcome.cancel, filters.UpdateType.MESSAGE),
        CommandHandler("ocr", ocr.command, filters.UpdateType.MESSAGE),
        *(CommandHandler(name, call, admins) for name, call in ADMIN_COMMANDS.items()),
        CommandHandler(list(ADMIN_COMMANDS), admin.refuse, filters.UpdateType.MESSAGE),
    ]


def _messages(app: App, settings: Settings, admins: filters.BaseFilter) -> Routes:
    """What is sent or written: polls, files, answers, plain words."""
    files = filters.Document.FileExtension("json") & filters.UpdateType.MESSAGE & ~filters.REPLY
    exports = PRIVATE & files
    polls = admins & filters.POLL & filters.UpdateType.MESSAGE
    words = filters.TEXT & ~filters.COMMAND & ~filters.REPLY & ~filters.FORWARDED
    answers = filters.REPLY & ~filters.COMMAND & filters.UpdateType.MESSAGE
    forwarded = PRIVATE & _from(settings.channel)
    papers = PRIVATE & (filters.PHOTO | filters.Document.ALL)
    questions = filters.UpdateType.MESSAGE & ~filters.COMMAND
    asked_for_words = awaited.Words(lambda: app.bot_data)
    return [
        MessageHandler(admins & awaited.Forward(lambda: app.bot_data), series.take_forward),
        MessageHandler(polls, quiz_desk.take_poll),
        MessageHandler(admins & awaited.QuestionFile(lambda: app.bot_data), quiz_desk.take_file),
        MessageHandler(forwarded & admins, stars.take),
        MessageHandler(PRIVATE & awaited.PlayersName(lambda: app.bot_data), score.take_name),
        MessageHandler(exports & admins, history.take),
        MessageHandler(exports & ~filters.FORWARDED, history.refuse),
        MessageHandler(questions & awaited.Question(lambda: app.bot_data), ask.take),
        MessageHandler(papers, ocr.take),
        MessageHandler(answers & admins, replies.take),
        MessageHandler(admins & PRIVATE & words & asked_for_words, replies.take_expected),
        MessageHandler(answers & filters.ChatType.GROUPS, replies.refuse),
        MessageHandler(files & filters.ChatType.GROUPS & admins, history.send_privately),
        MessageHandler(PRIVATE & words, search.plain_words),
        MessageHandler(PRIVATE, welcome.unknown),
    ]


def _from(channel: int | str | None) -> filters.BaseFilter:
    """Posts of the channel that somebody forwarded."""
    if isinstance(channel, int):
        return filters.ForwardedFrom(chat_id=channel)
    return filters.ForwardedFrom(username=channel)
