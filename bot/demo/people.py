"""What people do: write, press, vote, upload; each act reaches the bot as an update.

The tests call it directly, the page through bot.demo.web. The bot's side: bot.demo.methods.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any, cast

from bot.demo.entities import Entity, Formatted, read_entities
from bot.demo.errors import bad_request
from bot.demo.files import picture_size
from bot.demo.limits import check_album, check_caption, check_photo, check_text
from bot.demo.methods.forwards import forward
from bot.demo.methods.params import Params
from bot.demo.methods.queries import inline_content
from bot.demo.methods.words import finish
from bot.demo.polls import Poll, PollOption
from bot.demo.queries import CallbackAnswer
from bot.demo.records import Button, Chat, Content, Json, Message, User
from bot.demo.rights import check_may_forward, is_reader
from bot.demo.world import World

SECONDS_FOR_ANSWER = 15.0

Entities = Sequence[Entity | Json]


class Person:
    """Somebody with a Telegram app. Raises ApiError where the app would refuse.

    `patience` is how many seconds a press or an inline query waits for the bot.
    """

    def __init__(self, world: World, user: User) -> None:
        self.world = world
        self.user = user
        self.patience = SECONDS_FOR_ANSWER

    @property
    def id(self) -> int:
        """The user id."""
        return self.user.id

    @property
    def name(self) -> str:
        """The first name."""
        return self.user.first_name

    @property
    def username(self) -> str | None:
        """The @name without the @."""
        return self.user.username

    def private(self) -> Chat:
        """The private chat with the bot, started: the bot may write there from now on."""
        chat = self.world.chats[self.id]
        chat.is_started, chat.is_blocked = True, False
        return chat

    def may_read(self, chat: Chat) -> bool:
        """Whether the chat is on this person's screen."""
        return is_reader(chat, self.user)

    def may_write(self, chat: Chat) -> bool:
        """Members write in groups, administrators in channels."""
        member = chat.member(self.id)
        if member is None or not member.is_inside:
            return False
        return chat.type != "channel" or member.may("can_post_messages")

    async def send(
        self,
        chat: Chat,
        text: str,
        entities: Entities | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Write a message; links, tags and commands are found as an app finds them."""
        words, found = check_text(_formatted(text, entities))
        return self._post(chat, Content(text=words, entities=found), reply_to)

    async def send_file(
        self,
        chat: Chat,
        name: str,
        content: bytes,
        mime: str = "application/octet-stream",
        caption: str = "",
        reply_to: Message | None = None,
    ) -> Message:
        """Send a document."""
        words, found = check_caption(finish(caption, []))
        stored = self.world.files.add(content, name, mime)
        sent = Content(caption=words or None, entities=found, document=stored)
        return self._post(chat, sent, reply_to)

    async def send_photo(
        self, chat: Chat, content: bytes, caption: str = "", reply_to: Message | None = None
    ) -> Message:
        """Send a picture."""
        words, found = check_caption(finish(caption, []))
        size = check_photo(content, picture_size(content))
        stored = self.world.files.add_photo(content, size)
        return self._post(
            chat, Content(caption=words or None, entities=found, photo=stored), reply_to
        )

    async def send_album(
        self, chat: Chat, pictures: Sequence[bytes], captions: Sequence[str] = ()
    ) -> list[Message]:
        """Send pictures as one album; the first of them get the captions there are."""
        check_album(len(pictures))
        album, sent = self.world.album_id(), []
        for content, caption in zip_longest(pictures, captions, fillvalue=""):
            picture = cast("bytes", content)
            words, found = check_caption(finish(caption, []))
            stored = self.world.files.add_photo(
                picture, check_photo(picture, picture_size(picture))
            )
            post = Content(caption=words or None, entities=found, photo=stored)
            sent.append(self._post(chat, post, None, media_group_id=album))
        return sent

    async def send_poll(
        self,
        chat: Chat,
        question: str,
        options: Sequence[str],
        correct: Sequence[int] = (),
        explanation: str = "",
    ) -> Message:
        """Ask something; with `correct` answers it is a quiz."""
        draft = Poll(
            id="",
            question=question,
            options=tuple(PollOption(str(n), text) for n, text in enumerate(options)),
            type="quiz" if correct else "regular",
            allows_revoting=not correct,
            correct_option_ids=tuple(correct),
            explanation=explanation,
        )
        return self._post(chat, Content(poll=self.world.add_poll(draft)), None)

    async def edit(self, message: Message, text: str, entities: Entities | None = None) -> Message:
        """Change the words of an own message, or of a post where the person may."""
        is_own = message.sender is self.user
        is_post = message.chat.type == "channel" and self.may_write(message.chat)
        if message.is_deleted or not (is_own or is_post):
            raise bad_request("message can't be edited")
        words, found = _formatted(text, entities)
        if message.content.is_media:
            content = replace(message.content, entities=found, caption=words)
        else:
            content = replace(message.content, entities=found, text=words)
        self.world.edit(message, content, message.markup)
        self._push(f"edited_{_kind(message.chat)}", message)
        return message

    async def delete(self, message: Message) -> None:
        """Delete a message for everybody; no update tells the bot."""
        self.world.delete(message)

    async def pin(self, message: Message) -> None:
        """Pin a message, where administrators may."""
        member = message.chat.member(self.id)
        if not member or not member.is_admin:
            raise bad_request("CHAT_ADMIN_REQUIRED")
        note = self.world.pin(message, self.user)
        if note:
            self._push(_kind(message.chat), note)

    async def unpin(self, message: Message) -> None:
        """Take a pin away; nothing tells the bot."""
        self.world.unpin(message.chat, [message.message_id])

    async def forward(self, message: Message, chat: Chat) -> Message:
        """Forward a message to another chat."""
        check_may_forward(message)
        self._check_may_write(chat)
        forwarded = forward(self.world, message, chat, self.user)
        self._push(_kind(chat), forwarded)
        return forwarded

    async def press(self, message: Message, words: str) -> CallbackAnswer:
        """Press the button with these words and wait for what the bot says.

        Raises AssertionError if no button or more than one fits, TimeoutError without answer.
        """
        button = _find_button(message, words)
        if button.url is not None:
            return CallbackAnswer(url=button.url)
        if button.callback_data is None:
            raise AssertionError(f"nothing happens at the bot when «{button.text}» is pressed")
        return await self.press_data(message, button.callback_data)

    async def press_data(self, message: Message, data: str) -> CallbackAnswer:
        """Send any callback data for a message, as a forged or an outdated app could."""
        if message.is_deleted:
            raise bad_request("MESSAGE_ID_INVALID")
        query_id, answer = self.world.queries.ask()
        self.world.updates.push(
            "callback_query",
            {
                "id": query_id,
                "from": self.user.to_json(),
                "message": message.to_json(self.world.bot),
                "chat_instance": str(message.chat.id),
                "data": data,
            },
        )
        return cast("CallbackAnswer", await asyncio.wait_for(answer, self.patience))

    async def stop_draft(self, draft_id: int) -> None:
        """Press the button that the app shows under a draft which the bot lets one stop.

        Source: https://core.telegram.org/bots/api#messagegenerationstopped
        """
        chat = self.world.chats[self.id]
        stopped = {"chat": chat.to_json(), "draft_id": draft_id}
        self.world.updates.push("stopped_message_generation", stopped)

    async def vote(self, message: Message, options: Iterable[int]) -> Message:
        """Choose answers of a poll; none takes the vote back."""
        poll = message.poll
        if poll is None:
            raise bad_request("MESSAGE_ID_INVALID")
        choice = tuple(sorted(set(options)))
        poll.vote(self.id, choice)
        if not poll.is_anonymous:
            self.world.updates.push(
                "poll_answer",
                {
                    "poll_id": poll.id,
                    "user": self.user.to_json(),
                    "option_ids": list(choice),
                    "option_persistent_ids": [poll.options[i].persistent_id for i in choice],
                },
            )
        self.world.poll_changed(poll)
        return message

    async def inline_query(self, words: str, offset: str = "") -> list[Json]:
        """Type @bot and words anywhere; the results that the bot offers."""
        query_id, answer = self.world.queries.ask()
        self.world.updates.push(
            "inline_query",
            {
                "id": query_id,
                "from": self.user.to_json(),
                "query": words,
                "offset": offset,
                "chat_type": "sender",
            },
        )
        return cast("list[Json]", await asyncio.wait_for(answer, self.patience))

    async def choose(self, result: Json, chat: Chat) -> Message:
        """Send one of the results of an inline query to a chat."""
        content = inline_content(Params({}), result)
        markup = result.get("reply_markup")
        return self._post(chat, content, None, via_bot=self.world.bot, markup=markup)

    async def block_bot(self) -> None:
        """Stop the bot: it is told once, and cannot write any more."""
        chat = self.world.chats[self.id]
        chat.is_blocked = True
        me = self.world.bot.to_json()
        self.world.updates.push(
            "my_chat_member",
            {
                "chat": chat.to_json(),
                "from": self.user.to_json(),
                "date": int(self.world.now()),
                "old_chat_member": {"status": "member", "user": me},
                "new_chat_member": {"status": "kicked", "user": me, "until_date": 0},
            },
        )

    def _post(
        self, chat: Chat, content: Content, reply_to: Message | None, **details: Any
    ) -> Message:
        self._check_may_write(chat)
        message = self.world.post(chat, content, self.user, reply_to=reply_to, **details)
        self._push(_kind(chat), message)
        return message

    def _check_may_write(self, chat: Chat) -> None:
        if not self.may_write(chat):
            raise bad_request("CHAT_WRITE_FORBIDDEN")
        if chat.type == "private":
            self.private()

    def _push(self, kind: str, message: Message) -> None:
        """Tell the bot, unless it is not there or its privacy mode hides the message."""
        world = self.world
        if message.chat.has(world.bot.id) and (
            world.reads_all_messages or self._concerns(message)
        ):
            world.updates.push(kind, message.to_json(world.bot))

    def _concerns(self, message: Message) -> bool:
        """What privacy mode lets through: commands, mentions, replies, and all but groups."""
        bot = self.world.bot
        words = message.text or message.caption or ""
        is_reply = message.reply_to is not None and message.reply_to.sender is bot
        is_named = f"@{bot.username}".lower() in words.lower()
        is_elsewhere = message.chat.type != "supergroup"
        return is_elsewhere or is_reply or is_named or words.startswith("/")


def _kind(chat: Chat) -> str:
    return "channel_post" if chat.type == "channel" else "message"


def _formatted(text: str, entities: Entities | None) -> Formatted:
    given = [e if isinstance(e, dict) else e.to_json() for e in entities or ()]
    return finish(text, read_entities(given, text))


def _find_button(message: Message, words: str) -> Button:
    buttons = [button for row in message.keyboard for button in row]
    fitting = [button for button in buttons if words in button.text]
    if len(fitting) > 1:
        fitting = [button for button in fitting if button.text == words]
    if len(fitting) != 1:
        there = ", ".join(f"«{button.text}»" for button in buttons) or "none"
        raise AssertionError(f"no single button with «{words}» on the message; buttons: {there}")
    return fitting[0]
