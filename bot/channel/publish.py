"""The outbox into the channel, each post exactly once.

Telegram takes no idempotency key, and a time-out after sending does not say whether the post is
there. So the intent is written first; after an unknown outcome the channel's next message ids are
probed (forwarded to the admin chat and deleted again) and compared; only then is the post recorded
or sent again. Where the probe cannot tell, the admins are asked, never guessed for.

Does not decide what goes out or when: see handlers.approval and bot.schedule.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlite_utils import Database
from telegram import Bot, LinkPreviewOptions, Message, MessageEntity, ReplyParameters
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError, TimedOut

from bot.channel import pictures, polls
from bot.channel.probe import CannotTell, Probe, Wanted
from bot.config import Chat
from bot.errors import WrongState
from bot.logs import redact
from db import facts, outbox, posts
from db.model import PEYK, Post, Sending, State

log = logging.getLogger("peyk.publish")

RETRY = timedelta(seconds=30)
"""How long a post that certainly was not sent waits."""
ASK_AGAIN = timedelta(hours=1)
"""How long admins who were asked about a post have before the channel is probed once more."""
SETTLE = 2.0
"""Seconds given to a request that was broken off and may still be on its way to Telegram."""
SLOW = (1, 5, 15)
"""After a time-out it may be on its way for long: looked for again after so many SETTLEs each."""
TIMED_OUT = str(TimedOut())
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass
class Published:
    """What one pass of the publisher did, as outbox rows."""

    sent: list[Sending] = field(default_factory=list)
    failed: list[Sending] = field(default_factory=list)
    doubtful: list[Sending] = field(default_factory=list)


class Publisher:
    """Publishes what is due, one post at a time, in order."""

    def __init__(
        self,
        db: Database,
        bot: Bot,
        channel: Chat,
        admin_chat: Chat,
        now: Callable[[], datetime],
        *,
        quiet: Callable[[datetime], bool] = lambda moment: False,
        settle: float = SETTLE,
    ) -> None:
        self._db, self._bot, self._channel, self._admin_chat = db, bot, channel, admin_chat
        self._now, self._quiet, self._settle = now, quiet, settle
        self._closing = False
        self._fresh = True
        self._rests_until = now()
        self._known_id = channel if isinstance(channel, int) else 0
        self._turn = asyncio.Lock()

    async def publish_due(self) -> Published:
        """Clear up what is in doubt, then send what is due (unless paused)."""
        outcome = Published()
        async with self._turn:
            early, self._fresh = self._fresh, False
            for doubtful in outbox.in_doubt(self._db, self._now(), early=early):
                if not await self._unless_overtaken(self._clear_up(doubtful, outcome)):
                    return outcome
            while not self._stopped() and (row := self._next()):
                if not await self._unless_overtaken(self._send(row, outcome)):
                    break
        return outcome

    async def _unless_overtaken(self, step: Coroutine[Any, Any, bool]) -> bool:
        """Take a step with one post; an admin who decides about it meanwhile goes first."""
        try:
            return await step
        except WrongState as error:
            log.info("an admin was faster: %s", error)
            return True

    def _stopped(self) -> bool:
        """Asked before each post: there may be many, and an admin may want to stop them now."""
        return self._closing or bool(facts.get(self._db, "paused", False))

    async def close(self, patience: float) -> None:
        """Begin no further post, and give the one under way `patience` seconds."""
        self._closing = True
        with suppress(TimeoutError):
            async with asyncio.timeout(patience), self._turn:
                return

    def _next(self) -> Sending | None:
        """The post whose turn it is; in quiet hours only one that was meant for them."""
        now = self._now()
        if now < self._rests_until:
            return None
        quiet_now = self._quiet(now)
        for row in outbox.due(self._db, now):
            if not quiet_now or self._quiet(row.due):
                return row
        return None

    async def _send(self, row: Sending, outcome: Published) -> bool:
        """Send one post; False when the rest had better wait."""
        try:
            chat_id = await self._channel_id()
        except (BadRequest, Forbidden) as error:
            return self._refused(outbox.take(self._db, row, None, self._now()), error, outcome)
        except TelegramError as error:
            log.warning("the channel cannot be reached, trying again: %s", redact(error))
            self._rests_until = self._now() + RETRY
            return False
        row = outbox.take(self._db, row, posts.top(self._db, chat_id), self._now())
        try:
            message = await deliver(
                self._bot, self._channel, row.payload, reply_parameters=self._reply(row)
            )
        except (BadRequest, Forbidden) as error:
            return self._refused(row, error, outcome)
        except TelegramError as error:
            return await self._after_trouble(row, error, outcome)
        await self._record(row, message, outcome)
        return True

    def _reply(self, row: Sending) -> ReplyParameters | None:
        """To the post that this one follows up; asked now: it may have been sent just before."""
        message_id = outbox.answered(self._db, row)
        if message_id is None:
            return None
        return ReplyParameters(message_id, allow_sending_without_reply=True)

    async def _after_trouble(self, row: Sending, error: TelegramError, outcome: Published) -> bool:
        if never_left(error):
            log.warning("draft %s was not sent, trying again: %s", row.draft_id, redact(error))
            outbox.release(self._db, row, redact(error), self._now())
            self._rests_until = self._now() + RETRY
            return False
        log.warning("draft %s may or may not have been sent: %s", row.draft_id, redact(error))
        row = outbox.doubt(self._db, row, redact(error), self._now())
        return await self._clear_up(row, outcome)

    def _refused(self, row: Sending, error: TelegramError, outcome: Published) -> bool:
        log.error("draft %s was refused by Telegram: %s", row.draft_id, redact(error))
        outbox.fail(self._db, row, redact(error), self._now())
        outcome.failed.append(row)
        return True

    async def _clear_up(self, row: Sending, outcome: Published) -> bool:
        """Find out whether `row` is in the channel, and record it or line it up again.

        Looks at once and again after a while, several times after a time-out, until it is there.
        False when that must wait for the network, and with it all that comes after.
        """
        if row.state == State.SENDING:
            row = outbox.doubt(self._db, row, "peyk was stopped while sending", self._now())
        try:
            chat_id = await self._channel_id()
            found = await self._find(row, chat_id, SLOW if row.error == TIMED_OUT else (1,))
            for copy in found[1:]:
                await self._delete_copy(row, chat_id, copy)
        except CannotTell as error:
            log.error("draft %s: cannot tell whether it was sent: %s", row.draft_id, error)
            outbox.look_again(self._db, row, self._now() + ASK_AGAIN)
            outcome.doubtful.append(row)
            return True
        except TelegramError as error:
            log.warning("draft %s: probing again later: %s", row.draft_id, redact(error))
            outbox.look_again(self._db, row, self._now() + RETRY)
            return False
        if found:
            log.info("draft %s is in the channel as message %s", row.draft_id, found[0])
            await self._settle_found(row, chat_id, found[0], outcome)
        else:
            log.info("draft %s is not in the channel, sending it again", row.draft_id)
            outbox.release(self._db, row, "", self._now())
        return True

    async def _find(self, row: Sending, chat_id: int, looks: Sequence[float]) -> list[int]:
        probe, wanted = Probe(self._bot, chat_id, self._admin_chat), self._wanted(row, chat_id)
        found = await probe.find(wanted, row.after_message_id)
        for pause in looks:
            if found:
                break
            await asyncio.sleep(pause * self._settle)
            found = await probe.find(wanted, row.after_message_id)
        return found

    def _wanted(self, row: Sending, chat_id: int) -> Wanted:
        others = posts.ids_of_others(self._db, chat_id, row.draft_id)
        return Wanted(polls.words(row.payload), row.created or self._now(), others)

    async def _record(self, row: Sending, message: Message, outcome: Published) -> None:
        """Record a sent post; after an earlier doubt, make sure that it stands there only once."""
        chat_id, kept = message.chat.id, message.message_id
        if row.attempts > 1 and (earlier := await self._earlier_copy(row, chat_id, kept)):
            await self._delete_copy(row, chat_id, kept)
            await self._settle_found(row, chat_id, earlier, outcome)
            return
        self._settle_as(row, chat_id, kept, outcome, message.poll.id if message.poll else "")

    async def _settle_found(
        self, row: Sending, chat_id: int, message_id: int, outcome: Published
    ) -> None:
        """Record a post that a look into the channel found; which poll it is, a look tells too."""
        seen = None
        if row.payload.get("poll"):
            with suppress(CannotTell, TelegramError):  # its votes are lost, the post is not
                seen = await Probe(self._bot, chat_id, self._admin_chat).look(message_id)
        poll_id = seen.poll_id if seen else ""
        self._settle_as(row, chat_id, message_id, outcome, poll_id)

    async def _earlier_copy(self, row: Sending, chat_id: int, message_id: int) -> int | None:
        probe, wanted = Probe(self._bot, chat_id, self._admin_chat), self._wanted(row, chat_id)
        try:
            found = await probe.copies_before(wanted, message_id, row.after_message_id)
        except (CannotTell, TelegramError) as error:
            log.warning("draft %s: not looked for earlier copies: %s", row.draft_id, redact(error))
            return None
        return found[0] if found else None

    async def _delete_copy(self, row: Sending, chat_id: int, message_id: int) -> None:
        log.warning("draft %s had arrived late; its second copy is deleted", row.draft_id)
        await self._bot.delete_message(chat_id, message_id)

    def _settle_as(
        self, row: Sending, chat_id: int, message_id: int, outcome: Published, poll_id: str = ""
    ) -> None:
        post = Post(
            chat_id=chat_id,
            message_id=message_id,
            text=row.payload["text"],
            entities=tuple(row.payload["entities"]),
            tags=tuple(row.payload.get("tags", ())),
            published=self._now(),
            url=message_url(self._channel, chat_id, message_id),
            draft_id=row.draft_id,
            reply_to=row.payload.get("reply_to"),
            **polls.archived(row.payload, poll_id),
        )
        outbox.settle(self._db, row, post, self._now(), PEYK)
        outcome.sent.append(row)

    async def _channel_id(self) -> int:
        """The channel's numeric id, asked of Telegram once."""
        if isinstance(self._channel, str) and not self._known_id:
            self._known_id = (await self._bot.get_chat(self._channel)).id
        return self._known_id


async def deliver(bot: Bot, chat: Chat, payload: dict[str, Any], **options: Any) -> Message:
    """Send a rendered post to `chat`: the same call for the card and for the channel."""
    if answered := payload.get("reply_to"):
        options["reply_parameters"] = ReplyParameters(answered, allow_sending_without_reply=True)
    if payload.get("poll"):
        return await polls.send(bot, chat, payload, **options)
    entities = [MessageEntity.de_json(dict(entity), bot) for entity in payload["entities"]]
    if payload.get("photo"):
        sent = await _with_picture(bot, chat, payload, caption_entities=entities, **options)
        if sent:
            return sent
    return await bot.send_message(
        chat, payload["text"], entities=entities, link_preview_options=NO_PREVIEW, **options
    )


async def _with_picture(
    bot: Bot, chat: Chat, payload: dict[str, Any], **options: Any
) -> Message | None:
    """The post with its picture; None when there is none to send: the text goes on its own."""
    photo = await pictures.read(payload["photo"])
    if not photo:
        return None
    try:
        return await bot.send_photo(chat, photo, caption=payload["text"], **options)
    except BadRequest as error:  # certainly not sent; what else is wrong, the text will show
        log.warning("a picture was refused, its text goes on its own: %s", redact(error))
        return None


def never_left(error: TelegramError) -> bool:
    """Whether a failed call certainly never reached Telegram (no connection was made)."""
    causes = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
    return isinstance(error, NetworkError) and isinstance(error.__cause__, causes)


def message_url(channel: Chat, chat_id: int, message_id: int) -> str:
    """The t.me address of a channel post."""
    if isinstance(channel, str):
        return f"https://t.me/{channel.removeprefix('@')}/{message_id}"
    return f"https://t.me/c/{str(chat_id).removeprefix('-100')}/{message_id}"
