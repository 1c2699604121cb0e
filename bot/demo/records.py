"""What the embedded Telegram keeps, as records that turn into Bot API objects.

Users, chats, messages, files and buttons; polls are next door. Decides nothing.
Source of every field: https://core.telegram.org/bots/api#available-types
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from bot.demo.entities import Entity
    from bot.demo.polls import Poll

Json = dict[str, Any]
ChatType = Literal["private", "supergroup", "channel"]
Status = Literal["creator", "administrator", "member", "left", "kicked"]

ALL_RIGHTS = frozenset(
    {
        "can_manage_chat",
        "can_delete_messages",
        "can_manage_video_chats",
        "can_restrict_members",
        "can_promote_members",
        "can_change_info",
        "can_invite_users",
        "can_post_stories",
        "can_edit_stories",
        "can_delete_stories",
    }
)
CHANNEL_RIGHTS = ALL_RIGHTS | {"can_post_messages", "can_edit_messages"}
GROUP_RIGHTS = ALL_RIGHTS | {"can_pin_messages", "can_manage_topics"}


@dataclass(frozen=True)
class User:
    """A person or the bot."""

    id: int
    first_name: str
    username: str | None = None
    is_bot: bool = False
    language_code: str | None = None

    def to_json(self) -> Json:
        """A Bot API User."""
        user: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            user["username"] = self.username
        if self.language_code:
            user["language_code"] = self.language_code
        return user


@dataclass(eq=False)
class Member:
    """What a user may do in a chat."""

    user: User
    status: Status = "member"
    rights: frozenset[str] = frozenset()

    @property
    def is_inside(self) -> bool:
        """Neither left nor removed."""
        return self.status not in ("left", "kicked")

    @property
    def is_admin(self) -> bool:
        """Administrator or owner."""
        return self.status in ("creator", "administrator")

    def may(self, right: str) -> bool:
        """Whether the right was granted; an owner has them all."""
        return self.status == "creator" or (self.is_admin and right in self.rights)

    def to_json(self, chat_type: ChatType) -> Json:
        """A Bot API ChatMember."""
        told: Json = {"status": self.status, "user": self.user.to_json()}
        if self.is_admin:
            told["is_anonymous"] = False
        if self.status == "administrator":
            known = CHANNEL_RIGHTS if chat_type == "channel" else GROUP_RIGHTS
            told |= {"can_be_edited": False, **{r: self.may(r) for r in sorted(known)}}
        if self.status == "kicked":
            told["until_date"] = 0
        return told


@dataclass(eq=False, repr=False)
class Chat:
    """A channel, a supergroup, or the private chat of one person with the bot."""

    id: int
    type: ChatType
    title: str
    username: str | None = None
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    last_message_id: int = 0
    has_protected_content: bool = False
    description: str = ""
    linked_chat_id: int | None = None
    is_started: bool = True
    is_blocked: bool = False

    def __repr__(self) -> str:
        return f"<{self.type} {self.id} «{self.title}»>"

    def member(self, user_id: int) -> Member | None:
        """The member with this id, present or gone."""
        return self.members.get(user_id)

    def has(self, user_id: int) -> bool:
        """Whether the user is in the chat now."""
        member = self.members.get(user_id)
        return member is not None and member.is_inside

    def to_json(self) -> Json:
        """A Bot API Chat."""
        name = "first_name" if self.type == "private" else "title"
        chat: Json = {"id": self.id, "type": self.type, name: self.title}
        if self.username:
            chat["username"] = self.username
        return chat


@dataclass(frozen=True)
class StoredFile:
    """The bytes of an upload, and how the Bot API names them."""

    file_id: str
    file_unique_id: str
    path: str
    name: str
    mime: str
    content: bytes = field(repr=False)
    width: int = 0
    height: int = 0

    def to_json(self) -> Json:
        """A Bot API File."""
        return {**self._named(), "file_path": self.path}

    def to_photo(self) -> Json:
        """A Bot API PhotoSize."""
        return {**self._named(), "width": self.width, "height": self.height}

    def to_document(self) -> Json:
        """A Bot API Document."""
        return {"file_name": self.name, "mime_type": self.mime, **self._named()}

    def _named(self) -> Json:
        return {
            "file_id": self.file_id,
            "file_unique_id": self.file_unique_id,
            "file_size": len(self.content),
        }


@dataclass(frozen=True)
class Button:
    """One button of an inline keyboard."""

    text: str
    callback_data: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Content:
    """The part of a message that an edit replaces."""

    text: str | None = None
    caption: str | None = None
    entities: tuple[Entity, ...] = ()
    photo: StoredFile | None = None
    document: StoredFile | None = None
    poll: Poll | None = None
    link_preview_options: Json | None = None
    show_caption_above_media: bool = False
    has_media_spoiler: bool = False

    @property
    def is_media(self) -> bool:
        """Whether it can carry a caption."""
        return self.photo is not None or self.document is not None

    def to_json(self, show_key: bool = True) -> Json:
        """Its share of a Bot API Message; `show_key` shows the answers of a quiz."""
        share: Json = {}
        entities = [entity.to_json() for entity in self.entities]
        if self.photo:
            share["photo"] = [self.photo.to_photo()]
        if self.document:
            share["document"] = self.document.to_document()
        if self.poll:
            share["poll"] = self.poll.to_json(show_key)
        if self.text is not None:
            share["text"] = self.text
        if self.text is not None and entities:
            share["entities"] = entities
        if self.caption:
            share["caption"] = self.caption
        if self.caption and entities:
            share["caption_entities"] = entities
        for name in ("link_preview_options", "show_caption_above_media", "has_media_spoiler"):
            if value := getattr(self, name):
                share[name] = value
        return share


@dataclass(eq=False, repr=False)
class Message:
    """One message of a chat; the tests read its properties."""

    message_id: int
    chat: Chat
    date: int
    content: Content
    sender: User | None = None
    reply_to: Message | None = None
    external_reply: Json | None = None
    forward_origin: Json | None = None
    markup: Json | None = None
    media_group_id: str | None = None
    has_protected_content: bool = False
    pinned_message: Message | None = None
    edit_date: int | None = None
    reactions: dict[int, list[Json]] = field(default_factory=dict)
    viewers: set[int] = field(default_factory=set)
    via_bot: User | None = None
    is_deleted: bool = False

    def __repr__(self) -> str:
        words = self.text or self.caption or ""
        return f"<message {self.message_id} of {self.chat!r}: {words[:60]!r}>"

    @property
    def text(self) -> str | None:
        """The text of a text message."""
        return self.content.text

    @property
    def caption(self) -> str | None:
        """The words under a picture or a file."""
        return self.content.caption

    @property
    def entities(self) -> tuple[Entity, ...]:
        """The formatting of the text or the caption."""
        return self.content.entities

    @property
    def photo(self) -> StoredFile | None:
        """The picture, if it is one."""
        return self.content.photo

    @property
    def document(self) -> StoredFile | None:
        """The file, if it is one."""
        return self.content.document

    @property
    def poll(self) -> Poll | None:
        """The poll, if it is one."""
        return self.content.poll

    @property
    def edited(self) -> bool:
        """Whether anybody changed its words; a new keyboard alone does not count."""
        return self.edit_date is not None

    @property
    def pinned(self) -> bool:
        """Whether it is pinned now."""
        return self.message_id in self.chat.pinned

    @property
    def is_service(self) -> bool:
        """A note about the chat itself, which nobody can forward."""
        return self.pinned_message is not None

    @property
    def keyboard(self) -> list[list[Button]]:
        """The rows of its inline keyboard."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [
            [Button(b["text"], b.get("callback_data"), b.get("url")) for b in row] for row in rows
        ]

    def to_json(self, bot: User | None = None) -> Json:
        """A Bot API Message, as `bot` sees it (None: as a person does)."""
        message = self._header()
        message.update(self.content.to_json(self._shows_key(bot)))
        if self.reply_to is not None:
            message["reply_to_message"] = self.reply_to._quoted(bot)
        if self.pinned_message is not None:
            message["pinned_message"] = self.pinned_message._quoted(bot)
        if self.markup and "inline_keyboard" in self.markup:
            message["reply_markup"] = self.markup
        return message

    def _header(self) -> Json:
        header: Json = {
            "message_id": self.message_id,
            "date": self.date,
            "chat": self.chat.to_json(),
        }
        if self.chat.type == "channel":
            header["sender_chat"] = header["chat"]
        elif self.sender is not None:
            header["from"] = self.sender.to_json()
        header.update(_present(self, _OPTIONAL))
        return header

    def _quoted(self, bot: User | None) -> Json:
        quoted = self.to_json(bot)
        quoted.pop("reply_to_message", None)
        return quoted

    def _shows_key(self, bot: User | None) -> bool:
        poll = self.content.poll
        if poll is None or poll.is_closed:
            return True
        mine = bot is not None and self.sender is not None and self.sender.id == bot.id
        return (mine or self.chat.type == "private") and self.forward_origin is None


_OPTIONAL: dict[str, Callable[[Any], Any]] = {
    "edit_date": int,
    "forward_origin": dict,
    "external_reply": dict,
    "media_group_id": str,
    "has_protected_content": bool,
    "via_bot": User.to_json,
}


def _present(record: Message, fields: dict[str, Callable[[Any], Any]]) -> Json:
    return {
        name: render(value) for name, render in fields.items() if (value := getattr(record, name))
    }
