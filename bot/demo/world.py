"""The state of the embedded Telegram: who is there, what was said, and the ids of everything.

Changes it and tells listeners what changed. Does not check what the bot may do (rights, methods)
and sends no updates (people).
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bot.demo.errors import bad_request, forbidden
from bot.demo.files import FileStore
from bot.demo.polls import Poll
from bot.demo.queries import Queries
from bot.demo.records import (
    CHANNEL_RIGHTS,
    GROUP_RIGHTS,
    Chat,
    Content,
    Json,
    Member,
    Message,
    User,
)
from bot.demo.updates import UpdateQueue

FIRST_PERSON = 700_000_001
FIRST_CHAT = -1_001_000_000_001
MESSAGES_KEPT = 20_000

Kind = Literal["message", "edited", "deleted", "pinned", "typing", "draft", "poll"]


@dataclass(frozen=True)
class Change:
    """One thing that happened in a chat; `details` go to the page as they are."""

    kind: Kind
    chat: Chat
    message: Message | None = None
    details: Json = field(default_factory=dict)


class World:
    """Everything that the embedded Telegram remembers, in memory only."""

    def __init__(self, bot: User, now: Callable[[], float]) -> None:
        self.bot = bot
        self.now = now
        self.reads_all_messages = True
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.polls: dict[str, Poll] = {}
        self._shown_polls: dict[str, list[Message]] = {}
        self.files = FileStore()
        self.queries = Queries(now)
        self.updates = UpdateQueue()
        self.profile: Json = {"name": bot.first_name}
        self.commands: dict[str, list[Json]] = {}
        self.webhook: Json = {"url": ""}
        self.webhook_set = asyncio.Event()
        self.listeners: list[Callable[[Change], None]] = []
        self._person_ids = itertools.count(FIRST_PERSON)
        self._chat_ids = itertools.count(FIRST_CHAT, -1)
        self._poll_ids = itertools.count(5_000_000_000_000_001)
        self._album_ids = itertools.count(13_000_000_000_000_001)
        self._private_message_id = 0

    def tell(self, change: Change) -> None:
        """Let every listener know."""
        for listener in self.listeners:
            listener(change)

    # People and chats

    def add_user(self, name: str, username: str | None = None) -> User:
        """A new person, whom the bot does not know yet."""
        user = User(next(self._person_ids), name, username, language_code="fa")
        self.users[user.id] = user
        chat = Chat(user.id, "private", name, username, is_started=False)
        chat.members = {user.id: Member(user), self.bot.id: Member(self.bot)}
        self.chats[chat.id] = chat
        return user

    def add_channel(
        self,
        title: str,
        username: str | None,
        admins: Iterable[User],
        members: Iterable[User],
        bot_rights: Iterable[str] | None,
    ) -> Chat:
        """A channel; the bot is an administrator with `bot_rights` (None: all)."""
        rights = CHANNEL_RIGHTS if bot_rights is None else frozenset(bot_rights)
        chat = Chat(next(self._chat_ids), "channel", title, username)
        people = [Member(user) for user in members]
        people += [Member(user, "administrator", CHANNEL_RIGHTS) for user in admins]
        return self._add_chat(chat, [*people, Member(self.bot, "administrator", rights)])

    def add_group(
        self,
        title: str,
        username: str | None,
        members: Iterable[User],
        bot_rights: Iterable[str] | None,
    ) -> Chat:
        """A supergroup; the first member owns it, the bot gets `bot_rights` (None: all)."""
        rights = GROUP_RIGHTS if bot_rights is None else frozenset(bot_rights)
        chat = Chat(next(self._chat_ids), "supergroup", title, username)
        people = [Member(user) for user in members]
        if people:
            people[0].status = "creator"
        own = Member(self.bot, "administrator" if rights else "member", rights)
        return self._add_chat(chat, [*people, own])

    def _add_chat(self, chat: Chat, members: Iterable[Member]) -> Chat:
        chat.members = {member.user.id: member for member in members}
        self.chats[chat.id] = chat
        return chat

    def chat(self, reference: str | int) -> Chat:
        """The chat with this id or @name. Raises ApiError if the bot cannot know it."""
        words = str(reference).strip()
        if not words:
            raise bad_request("chat_id is empty")
        chat = self._named(words[1:]) if words.startswith("@") else self._numbered(words)
        if chat is None or (chat.type == "private" and words.startswith("@")):
            raise bad_request("chat not found")
        return chat

    def _named(self, username: str) -> Chat | None:
        same = (c for c in self.chats.values() if (c.username or "").lower() == username.lower())
        return next(same, None)

    def _numbered(self, words: str) -> Chat | None:
        try:
            return self.chats.get(int(words))
        except ValueError:
            return None

    def reachable_chat(self, reference: str | int) -> Chat:
        """A chat that the bot may look into. Raises ApiError as Telegram does otherwise."""
        chat = self.chat(reference)
        if chat.type == "private":
            if chat.is_blocked:
                raise forbidden("bot was blocked by the user")
            if not chat.is_started:
                raise forbidden("bot can't initiate conversation with a user")
        elif not chat.has(self.bot.id):
            member = chat.member(self.bot.id)
            gone = (
                "was kicked from" if member and member.status == "kicked" else "is not a member of"
            )
            raise forbidden(f"bot {gone} the {chat.type} chat")
        return chat

    def bot_member(self, chat: Chat) -> Member:
        """The bot's own place in a chat."""
        return chat.members[self.bot.id]

    # Messages

    def message(self, chat: Chat, message_id: int, purpose: str) -> Message:
        """A message that is still there. Raises ApiError, worded by `purpose`, otherwise."""
        found = chat.messages.get(message_id)
        if found is None:
            raise bad_request(f"message to {purpose} not found")
        return found

    def post(self, chat: Chat, content: Content, sender: User, **details: Any) -> Message:
        """Add a message to a chat; the oldest go past `MESSAGES_KEPT`."""
        message = Message(
            message_id=self._next_message_id(chat),
            chat=chat,
            date=int(self.now()),
            content=content,
            sender=sender,
            **details,
        )
        chat.messages[message.message_id] = message
        if content.poll is not None:
            self._shown_polls.setdefault(content.poll.id, []).append(message)
        self._forget_oldest(chat)
        self.tell(Change("message", chat, message))
        return message

    def _forget_oldest(self, chat: Chat) -> None:
        if len(chat.messages) > MESSAGES_KEPT:
            oldest = chat.messages.pop(next(iter(chat.messages)))
            chat.pinned = [pinned for pinned in chat.pinned if pinned != oldest.message_id]

    def _next_message_id(self, chat: Chat) -> int:
        """One counter per channel or group; a bot's private chats share theirs."""
        if chat.type == "private":
            self._private_message_id += 1
            return self._private_message_id
        chat.last_message_id += 1
        return chat.last_message_id

    def edit(self, message: Message, content: Content, markup: Json | None) -> None:
        """Replace what a message says and its keyboard."""
        if content != message.content:
            message.content = content
            message.edit_date = int(self.now())
        message.markup = markup
        self.tell(Change("edited", message.chat, message))

    def delete(self, message: Message) -> None:
        """Remove a message; its id stays a gap, its pin goes with it."""
        chat = message.chat
        chat.messages.pop(message.message_id, None)
        message.is_deleted = True
        if message.pinned:
            chat.pinned.remove(message.message_id)
            self._tell_pin(chat)
        self.tell(Change("deleted", chat, message))

    def pin(self, message: Message, by: User) -> Message | None:
        """Pin a message; the note that the chat gets, or None if it was pinned already."""
        if message.pinned:
            return None
        message.chat.pinned.append(message.message_id)
        self._tell_pin(message.chat)
        return self.post(message.chat, Content(), by, pinned_message=message)

    def unpin(self, chat: Chat, message_ids: Iterable[int]) -> None:
        """Take the pins of these messages away."""
        gone = set(message_ids)
        chat.pinned = [kept for kept in chat.pinned if kept not in gone]
        self._tell_pin(chat)

    def _tell_pin(self, chat: Chat) -> None:
        top = chat.pinned[-1] if chat.pinned else None
        self.tell(Change("pinned", chat, details={"message_id": top}))

    def album_id(self) -> str:
        """A new name for messages that belong together."""
        return str(next(self._album_ids))

    def react(self, message: Message, user: User, reactions: list[Json]) -> None:
        """Set a user's reactions to a message."""
        message.reactions[user.id] = reactions
        self.tell(Change("edited", message.chat, message))

    def set_webhook(self, webhook: Json) -> None:
        """Where updates go from now on; an empty `url` for nowhere."""
        self.webhook = webhook
        if webhook["url"]:
            self.webhook_set.set()
        else:
            self.webhook_set.clear()

    # Polls

    def add_poll(self, draft: Poll) -> Poll:
        """Keep a poll; it gets its id here, and its options theirs."""
        poll_id = str(next(self._poll_ids))
        options = tuple(replace(o, persistent_id=poll_id + o.persistent_id) for o in draft.options)
        poll = replace(draft, id=poll_id, options=options)
        self.polls[poll.id] = poll
        return poll

    def poll_changed(self, poll: Poll) -> None:
        """Show the new state of a poll everywhere, and send it to the bot that asked it."""
        for message in self._shown_polls[poll.id]:
            if not message.is_deleted:
                self.tell(Change("poll", message.chat, message))
        state = poll.to_json(show_key=True)
        state.pop("description", None)
        state.pop("description_entities", None)
        self.updates.push("poll", state)

    def close_due_polls(self) -> None:
        """Close every poll whose time is over."""
        now = self.now()
        for poll in self.polls.values():
            if poll.close_date is not None and not poll.is_closed and poll.close_date <= now:
                poll.is_closed = True
                self.poll_changed(poll)
