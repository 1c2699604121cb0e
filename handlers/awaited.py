"""Which messages answer what their author was asked, or speak to the bot: filters of the routes.

Apart from the conversations that ask, so that a message can be told without loading those.
"""

from __future__ import annotations

from collections.abc import Callable

from telegram import Document, Message, MessageEntity, Update
from telegram.constants import ChatType
from telegram.ext import BaseHandler, filters

from bot.context import Context, Parts
from db import asked, asks, cards
from db.asked import Asked
from db.cards import Card
from db.tag_changes import What

SERIES, TAG = "series-", "tag-"
"""What `Asked.about` begins with in a question about a series, about a hashtag."""
SOURCE = "source"
"""What it is where the address of a source was asked for."""
FOR_POST = f"{SERIES}post"
NAME = "board-name"
"""What it is where somebody was asked for a name on the boards."""
QUIZ = "quiz:"
"""What it begins with where a question of the bank is being written."""
QUIZ_TEXT, QUIZ_EDIT = f"{QUIZ}text", f"{QUIZ}edit"
QUIZ_STEPS = (
    QUIZ_TEXT,
    *(f"{QUIZ}{what}" for what in ("options", "explanation", "answer", "tags")),
)
QUESTION = "question"
"""What it is where somebody was asked what they want to know."""
STOPPED = "stopped_message_generation"
"""The kind of update that tells of a draft that was stopped."""
SERIES_QUESTIONS = (FOR_POST, *(f"{SERIES}{what}" for what in ("new", "title", "tag")))
TAG_QUESTIONS = tuple(TAG + what for what in (What.RENAME, What.LABEL, What.ALIAS, What.MERGE))
_QUESTIONS = (*TAG_QUESTIONS, *SERIES_QUESTIONS, SOURCE, *QUIZ_STEPS, QUIZ_EDIT)


class _OfParts(filters.MessageFilter):
    """A filter that looks into the database of the running bot."""

    def __init__(self, parts: Callable[[], Parts]) -> None:
        super().__init__(f"awaited.{type(self).__name__}")
        self._parts = parts


class Forward(_OfParts):
    """Forwarded messages of somebody who was asked for a post; others are for others."""

    def filter(self, message: Message) -> bool:
        """Whether the message is such a one."""
        if not message.forward_origin or not message.from_user:
            return False
        place = message.chat.id, message.from_user.id
        return asked.waiting(self._parts().db, *place, FOR_POST) is not None


class PlayersName(_OfParts):
    """Replies to our question for a name."""

    def filter(self, message: Message) -> bool:
        """Whether this message answers it."""
        to = message.reply_to_message
        question = to and asked.get(self._parts().db, message.chat.id, to.message_id)
        return bool(question and question.about == NAME)


class QuestionFile(_OfParts):
    """Files that answer /newquiz."""

    def filter(self, message: Message) -> bool:
        """Whether the message is such a one."""
        return question_of_file(self._parts(), message) is not None


class Question(_OfParts):
    """Messages that are a question to the bot without a command.

    A reply to one of its answers, kept or not, or to its asking for the question; in private also
    the next message after that; in groups also one that names the bot.
    """

    def filter(self, message: Message) -> bool:
        """Whether the message is such a one."""
        parts, to = self._parts(), message.reply_to_message
        if not message.text or message.forward_origin or message.via_bot:
            return False  # somebody else's words; a discussion group gets every post this way
        if to and is_ours(parts, to):
            place = message.chat.id, to.message_id
            question = asked.get(parts.db, *place)
            return bool(question and question.about == QUESTION) or bool(
                asks.answered_by(parts.db, *place) or _is_answer(to)
            )
        if to and message.chat.type == ChatType.PRIVATE:
            return False
        if message.chat.type == ChatType.PRIVATE:
            return wanted_question(parts, message) is not None
        return mention(parts, message) is not None


class Stopped(BaseHandler[Update, Context, None]):
    """The stop button of the app itself, beside a draft (Bot API, MessageGenerationStopped)."""

    def check_update(self, update: object) -> bool:
        """Whether the update, which the library does not know yet, is a press of it."""
        return isinstance(update, Update) and STOPPED in update.api_kwargs


class Words(_OfParts):
    """Plain messages in a private chat that answer what their author was just asked there."""

    def filter(self, message: Message) -> bool:
        """Whether the message is such a one."""
        private = message.chat.type == ChatType.PRIVATE
        return private and question_of(self._parts(), message) is not None


def question_of(parts: Parts, message: Message) -> Card | Asked | None:
    """What a message that is no reply answers: the last question that its author has there.

    A post is more than one line, and so is a quiz: one line is rather a search than a new text.
    """
    if not message.from_user:
        return None
    place = message.chat.id, message.from_user.id
    question = asked.last(parts.db, *place, _QUESTIONS, parts.now())
    card = cards.asked(parts.db, *place)
    if card and card.purpose == "edit" and "\n" not in (message.text or "").strip():
        card = None
    if question and question.about == QUIZ_EDIT and "\n" not in (message.text or "").strip():
        question = None
    found = [one for one in (card, question) if one]
    return max(found, key=lambda one: one.message_id, default=None)


def question_of_file(parts: Parts, message: Message) -> Asked | None:
    """The /newquiz that a file answers: in reply, or a table that follows it in private."""
    if not message.document:
        return None
    found: Card | Asked | None = None
    if message.reply_to_message:
        place = message.chat.id, message.reply_to_message.message_id
        found = asked.get(parts.db, *place) or asked.answered(parts.db, *place)
    elif message.chat.type == ChatType.PRIVATE and _is_table(message.document):
        found = question_of(parts, message)
    return found if isinstance(found, Asked) and found.about == QUIZ_TEXT else None


def _is_table(document: Document) -> bool:
    return (document.file_name or "").lower().endswith(".csv")


def is_ours(parts: Parts, message: Message) -> bool:
    """Whether the bot wrote a message."""
    return bool(message.from_user and message.from_user.id == parts.bot.id)


def _is_answer(message: Message) -> bool:
    """Whether a message of the bot's reads like an answer to a question."""
    from handlers.texts import ask as words  # not before somebody replies

    return words.is_answer(message.text or "")


def wanted_question(parts: Parts, message: Message) -> Asked | None:
    """Our asking for a question that this message answers, though it is no reply."""
    if not message.from_user:
        return None
    user = message.from_user.id
    wanted = asked.last(parts.db, message.chat.id, user, (QUESTION,), parts.now())
    other = question_of(parts, message) if parts.is_admin(user) else None
    return None if wanted and other and other.message_id > wanted.message_id else wanted


def mention(parts: Parts, message: Message) -> str | None:
    """The bot's @name as it stands in the message, or None."""
    name = f"@{parts.bot.username}".lower()
    found = message.parse_entities([MessageEntity.MENTION]).values()
    return next((mention for mention in found if mention.lower() == name), None)
