"""The guide's messages in the channel: made, pinned, edited in place when what they say changes.

What each should say is up to bot.channel.contents. The intent to send one is written first; after
an unknown outcome the channel is probed, as for posts, so that there is never a second guide
(only where the channel cannot be probed one orphan may stay). Edits may be repeated at any time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database
from telegram import Bot, MessageEntity
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.channel import contents
from bot.channel.contents import ROOT, Frame
from bot.channel.lines import joined, line, link
from bot.channel.post import Rendered
from bot.channel.probe import CannotTell, Probe, Wanted
from bot.channel.publish import NO_PREVIEW, deliver, message_url, never_left
from bot.config import Chat
from bot.logs import redact
from db import facts, guide, posts
from db.guide import Contents, GuideMessage
from db.model import stamp

log = logging.getLogger("peyk.guide")

ENOUGH = 10
"""So many posts must have a hashtag before there is a guide."""
PAUSE = timedelta(seconds=60)
"""Between two updates of the guide, however many posts arrive."""
CHECK_EVERY = timedelta(hours=6)
"""How often it is made sure that nobody deleted a message of the guide."""
IN_FLIGHT = timedelta(seconds=20)
"""What was being sent when contact was lost is looked for after this time."""
MOST_STEPS = 60
"""Messages written in one turn; a guide has eleven."""

_SENDING, _PINNED, _PIN_REFUSED = "guide:sending", "guide:pinned", "guide:pin refused"
_GONE = ("not found", "message_id_invalid")


@dataclass
class Kept:
    """What one turn did."""

    made: int = 0
    edited: int = 0
    is_first: bool = False
    """There was no guide before."""
    pin_refused: bool = False
    """The bot may not pin it, which the admins do not know yet."""


class Keeper:
    """Keeps the guide of one channel."""

    def __init__(
        self, db: Database, bot: Bot, channel: Chat, admin_chat: Chat, now: Callable[[], datetime]
    ) -> None:
        self._db, self._bot, self._channel, self._admin_chat = db, bot, channel, admin_chat
        self._now = now
        self._chat_id = channel if isinstance(channel, int) else 0
        self._shown: tuple[Contents, Frame] | None = None
        self._rests_until = now()
        self._check_at = now() + CHECK_EVERY
        self._turn = asyncio.Lock()

    def look_again(self) -> None:
        """Compare the guide with the archive at the next turn, though nothing changed there."""
        self._shown = None

    async def keep(self, frame: Frame) -> Kept:
        """Make the guide say what the archive holds, if that changed and it is time."""
        kept = Kept()
        async with self._turn:
            known = guide.contents(self._db)
            if not self._is_due(known, frame):
                return kept
            try:
                await self._bring_up_to_date(known, frame, kept)
            except TelegramError as error:
                log.warning("the guide is left for later: %s", redact(error))
                self._shown = None
                self._rests_until = self._now() + PAUSE
                return kept
            self._shown = known, frame
            if kept.made or kept.edited:
                log.info("the guide: %d messages made, %d edited", kept.made, kept.edited)
                self._rests_until = self._now() + PAUSE
        return kept

    def _is_due(self, known: Contents, frame: Frame) -> bool:
        now = self._now()
        if now < self._rests_until or facts.get(self._db, "paused", False):
            return False
        if now >= self._check_at:
            self._check_at = now + CHECK_EVERY
            guide.doubt(self._db)
        elif self._shown == (known, frame):
            return False
        return bool(guide.messages(self._db)) or guide.has_tagged(self._db, ENOUGH)

    async def _bring_up_to_date(self, known: Contents, frame: Frame, kept: Kept) -> None:
        chat_id = await self._channel_id()
        await self._leave_other_channels(chat_id)
        if not await self._settle(chat_id):
            raise TelegramError("a message of the guide may still be on its way")
        is_first, refused = not guide.messages(self._db), set[str]()
        for _ in range(MOST_STEPS):
            wanted = contents.guide(known, frame, self._address)
            part = self._next(wanted, refused)
            if not part:
                break
            if not await self._show(part, wanted[part], chat_id, kept):
                refused.add(part)
        for part in set(guide.messages(self._db)) - set(wanted):
            await self._retire(part, frame)
        kept.is_first = is_first and bool(self._address(ROOT))
        await self._pin(kept)

    def _next(self, wanted: dict[str, Rendered], refused: set[str]) -> str | None:
        """The next part to write: those that are missing first, for the others link to them."""
        there = guide.messages(self._db)
        missing = (part for part in wanted if part not in there)
        stale = (
            part
            for part, message in wanted.items()
            if part in there and there[part].digest != contents.digest(message)
        )
        return next((p for some in (missing, stale) for p in some if p not in refused), None)

    async def _show(self, part: str, message: Rendered, chat_id: int, kept: Kept) -> bool:
        """Write one part; False when Telegram refuses it."""
        row = guide.messages(self._db).get(part)
        try:
            if row:
                kept.edited += await self._edit(row, message)
            else:
                await self._send(part, message, chat_id)
                kept.made += 1
        except (BadRequest, Forbidden) as error:
            log.error("part «%s» of the guide was refused: %s", part, redact(error))
            return False
        return True

    async def _send(self, part: str, message: Rendered, chat_id: int) -> None:
        intent = {
            "part": part,
            "text": message.text,
            "at": stamp(self._now()),
            "after": self._last_known(chat_id),
        }
        facts.put(self._db, _SENDING, intent)
        try:
            sent = await deliver(
                self._bot, self._channel, message.payload(), disable_notification=True
            )
        except TelegramError as error:
            if isinstance(error, BadRequest | Forbidden) or never_left(error):
                facts.put(self._db, _SENDING, None)
            raise
        digest = contents.digest(message)
        self._record(GuideMessage(part, chat_id, sent.message_id, digest))

    def _record(self, message: GuideMessage) -> None:
        with self._db.atomic():
            guide.keep(self._db, message, self._now())
            facts.put(self._db, _SENDING, None)

    async def _edit(self, row: GuideMessage, message: Rendered) -> bool:
        """Whether the message had to be changed; one that is gone is forgotten, and made anew."""
        changed = True
        entities = [MessageEntity.de_json(dict(e), self._bot) for e in message.entities]
        try:
            await self._bot.edit_message_text(
                message.text,
                self._channel,
                row.message_id,
                entities=entities,
                link_preview_options=NO_PREVIEW,
            )
        except BadRequest as error:
            reason = str(error).lower()
            if any(sign in reason for sign in _GONE) and "chat not found" not in reason:
                log.warning("part «%s» of the guide was deleted; it is made anew", row.part)
                guide.drop(self._db, row.part)
                return False
            if "not modified" not in reason:
                raise
            changed = False
        digest = contents.digest(message)
        said = GuideMessage(row.part, row.chat_id, row.message_id, digest)
        guide.keep(self._db, said, self._now())
        return changed

    async def _retire(self, part: str, frame: Frame) -> None:
        """Take away a message that is not needed any more, or let it point home."""
        row = guide.messages(self._db)[part]
        try:
            await self._bot.delete_message(self._channel, row.message_id)
        except BadRequest:
            home = joined([line(link(frame.words.back, self._address(ROOT)))])
            with suppress(BadRequest):
                await self._edit(row, home)
        guide.drop(self._db, part)

    async def _pin(self, kept: Kept) -> None:
        """Pin a new root, once: who takes the pin away wants it so."""
        root = guide.messages(self._db).get(ROOT)
        before = facts.get(self._db, _PINNED)
        if not root or before == root.message_id:
            return
        try:
            await self._bot.pin_chat_message(
                self._channel, root.message_id, disable_notification=True
            )
        except (BadRequest, Forbidden) as error:
            if facts.get(self._db, _PIN_REFUSED) != root.message_id:
                log.warning("the guide cannot be pinned: %s", redact(error))
                facts.put(self._db, _PIN_REFUSED, root.message_id)
                kept.pin_refused = True
            return
        facts.put(self._db, _PINNED, root.message_id)
        if before:
            with suppress(BadRequest):
                await self._bot.unpin_chat_message(self._channel, before)

    async def _settle(self, chat_id: int) -> bool:
        """Find out what became of a message whose sending was broken off; False: not yet."""
        intent: dict[str, Any] | None = facts.get(self._db, _SENDING)
        if not intent:
            return True
        since = datetime.fromisoformat(intent["at"])
        if self._now() < since + IN_FLIGHT:
            return False
        ours = {row.message_id for row in guide.messages(self._db).values()}
        known = ours | posts.ids_of_others(self._db, chat_id, 0)
        probe = Probe(self._bot, chat_id, self._admin_chat)
        try:
            found = await probe.find(Wanted(intent["text"], since, known), intent["after"])
        except CannotTell as error:
            log.warning("a message of the guide may be there unknown to peyk: %s", error)
            found = []
        for copy in found[1:]:
            await self._bot.delete_message(chat_id, copy)
        if found:
            self._record(GuideMessage(intent["part"], chat_id, found[0], ""))
        facts.put(self._db, _SENDING, None)
        return True

    def _last_known(self, chat_id: int) -> int | None:
        """The highest message id of the channel that is known, or None."""
        ours = (row.message_id for row in guide.messages(self._db).values())
        return max([*ours, posts.top(self._db, chat_id) or 0]) or None

    async def _leave_other_channels(self, chat_id: int) -> None:
        """Forget the guide of the channel that PEYK_CHANNEL named before, and unpin it."""
        for row in guide.messages(self._db).values():
            if row.chat_id == chat_id:
                continue
            if row.part == ROOT:
                facts.put(self._db, _PINNED, None)
                with suppress(BadRequest, Forbidden):
                    await self._bot.unpin_chat_message(row.chat_id, row.message_id)
            guide.drop(self._db, row.part)

    def _address(self, part: str) -> str:
        row = guide.messages(self._db).get(part)
        return message_url(self._channel, row.chat_id, row.message_id) if row else ""

    async def _channel_id(self) -> int:
        """The channel's numeric id, asked of Telegram once."""
        if not self._chat_id:
            self._chat_id = (await self._bot.get_chat(self._channel)).id
        return self._chat_id
