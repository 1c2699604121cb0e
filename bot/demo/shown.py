"""How messages, chats and people look to one person on the page."""

from __future__ import annotations

from collections.abc import Iterable

from bot.demo.people import Person
from bot.demo.records import Chat, Json, Message, User


def shown(message: Message, person: Person) -> Json:
    """A Bot API Message, with what a page needs to show it to this person."""
    poll = message.poll
    vote = poll.votes.get(person.id) if poll is not None else None
    told = message.to_json()
    if poll is not None and poll.type == "quiz":
        told["poll"] = poll.to_json(show_key=poll.is_closed or vote is not None)
    if message.markup is not None:  # a person's app sees reply keyboards and ForceReply too
        told["reply_markup"] = message.markup
    told["demo"] = {
        "views": max(1, len(message.viewers)),
        "mine": message.sender is person.user and message.forward_origin is None,
        "my_vote": None if vote is None else list(vote),
        "photo_url": _file_url(message.photo.file_id) if message.photo else None,
        "document_url": _file_url(message.document.file_id) if message.document else None,
        "pinned": message.pinned,
        "deleted": message.is_deleted,
        "via_force_reply": bool((message.markup or {}).get("force_reply")),
    }
    return told


def _file_url(file_id: str) -> str:
    return f"/demo/file/{file_id}"


def role(chats: Iterable[Chat], person: Person) -> str:
    """admin: in a group of the admins, or runs a channel; subscriber: in a channel; else user."""
    places = [c for c in chats if c.type != "private" and c.has(person.id)]
    if any(is_of_admins(c) or _runs(person, c) for c in places):
        return "admin"
    return "subscriber" if places else "user"


def _runs(person: Person, chat: Chat) -> bool:
    return chat.type == "channel" and chat.members[person.id].is_admin


def is_of_admins(chat: Chat) -> bool:
    """Whether it is a group, and not the one where a channel's readers talk."""
    return chat.type == "supergroup" and chat.linked_chat_id is None


def shown_chat(chat: Chat, person: Person, bot: User) -> Json:
    """A line of the list of chats; the private one bears the name of the bot."""
    is_private = chat.type == "private"
    return {
        "id": chat.id,
        "title": bot.first_name if is_private else chat.title,
        "type": chat.type,
        "username": bot.username if is_private else chat.username,
        "pinned": list(chat.pinned),
        "can_post": person.may_write(chat),
        "subtitle": _subtitle(chat),
    }


def _subtitle(chat: Chat) -> str:
    people = sum(member.is_inside and not member.user.is_bot for member in chat.members.values())
    count = str(people).translate(_PERSIAN_DIGITS)
    return {
        "channel": f"کانال، {count} عضو",
        "supergroup": f"گروه، {count} عضو",
        "private": "ربات",
    }[chat.type]


_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
