"""A quiz as the outbox keeps it, as Telegram is given it, and as it is recognised.

Does not know where a question comes from (db.questions) nor when it goes out.
"""

from __future__ import annotations

from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, Poll

from bot.config import Chat
from db.questions import Question

Payload = dict[str, Any]


def payload(line: str, question: Question, label: str, url: str) -> Payload:
    """What the outbox keeps of `question`, asked as `line`; the button `label` leads to `url`."""
    poll = {
        "question": line,
        "options": list(question.options),
        "correct": list(question.correct),
        "explanation": question.explanation,
    }
    empty = {"text": "", "entities": [], "photo": "", "tags": list(question.tags)}
    return empty | {"poll": poll, "button": {"text": label, "url": url}}


def words(payload: Payload) -> str:
    """The words by which a post is recognised in the channel; of a quiz, those of its poll."""
    poll = payload.get("poll")
    return "\n".join([poll["question"], *poll["options"]]) if poll else str(payload["text"])


def shown(message: Message) -> str:
    """The same words of a message."""
    if message.poll:
        return "\n".join([message.poll.question, *(one.text for one in message.poll.options)])
    return message.text or message.caption or ""


async def send(bot: Bot, chat: Chat, payload: Payload, **options: Any) -> Message:
    """Send a quiz, anonymous as channels want it (Bot API, sendPoll)."""
    poll, button = payload["poll"], payload.get("button")
    if button:
        key = InlineKeyboardButton(button["text"], url=button["url"])
        options = {"reply_markup": InlineKeyboardMarkup([[key]])} | options
    return await bot.send_poll(
        chat,
        poll["question"],
        poll["options"],
        type=Poll.QUIZ,
        is_anonymous=True,
        correct_option_ids=poll["correct"],
        allows_multiple_answers=len(poll["correct"]) > 1,
        explanation=poll["explanation"] or None,
        **options,
    )


def archived(post: Payload, poll_id: str) -> dict[str, Any]:
    """The fields of db.model.Post that a quiz has besides those of a text."""
    poll = post.get("poll")
    return {"kind": "quiz", "poll": poll | {"id": poll_id}} if poll else {}
