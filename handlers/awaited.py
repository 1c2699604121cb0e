"""Which messages answer what their author was asked: filters of the routes.

Apart from the conversations that ask, so that a message can be told without loading those.
"""

from __future__ import annotations

from collections.abc import Callable

from telegram import Document, Message
from telegram.constants import ChatType
from telegram.ext import filters

from bot.context import Parts
from db import asked, cards
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
