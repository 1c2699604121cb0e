"""Is this text in the channel? Bots cannot read history, but they can forward by message id.

Each look is a forward to the admin chat, silent and deleted at once. Decides nothing: what to do
about a post that stands there once, twice or not at all is up to bot.channel.publish.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from telegram import Bot, Message, MessageOriginChannel
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.channel import polls
from bot.config import Chat
from bot.errors import PeykError
from bot.logs import redact

_WORD = re.compile(r"\w+")

MISSES = 6
"""So many unknown ids in a row mean that the channel ends there; deleted posts leave gaps."""
PLACE = 4
"""Ids looked at in one place while the channel's end is searched for."""
LEAP = 8
"""By this factor the places lie apart at first."""
FURTHEST = 60
"""Ids looked at beyond the last known one."""
BACK = 20
"""Ids looked at before the channel's end, where that end had to be searched for."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""How far our clock and Telegram's may be apart."""
ALIKE = 0.6
"""Sharing this part of its words, a text may be the same post, edited by hand since."""


class CannotTell(PeykError):
    """The channel's posts cannot be looked at, or what stands there can be read two ways."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The post that is looked for."""

    text: str
    since: datetime
    """When it was approved: what Telegram dates earlier is another post."""
    known: Collection[int] = ()
    """Message ids that are certainly other posts."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at one message id showed: its words ('' when it has none), and its date."""

    text: str
    date: datetime | None
    poll_id: str = ""
    """The poll it is; a forwarded poll is the same poll."""


class Probe:
    """Looks into one channel through one admin chat."""

    def __init__(self, bot: Bot, channel: int, admin_chat: Chat) -> None:
        self._bot, self._channel, self._admin_chat = bot, channel, admin_chat
        self._open: bool | None = None
        self._looks: dict[int, Seen | None] = {}
        self._end: int | None = None

    async def find(self, wanted: Wanted, after: int | None) -> list[int]:
        """The ids after `after` up to the channel's end under which `wanted` stands, ascending.

        With `after` None (nothing is known of the channel yet) the channel's end is searched for
        first. Asked again, it looks at what was empty before. Raises CannotTell when posts may
        not be forwarded or nothing can be concluded, and TelegramError when the network fails.
        """
        self._looks = {at: seen for at, seen in self._looks.items() if seen}
        searched = after is None
        if after is None:
            self._end = await self._last_id() if self._end is None else self._end
            after = max(0, self._end - BACK)
        found: list[int] = []
        unsure = ""
        misses = 0
        for message_id in range(after + 1, after + FURTHEST + 1):
            if message_id in wanted.known:
                misses = 0
                continue
            seen = await self.look(message_id)
            misses = 0 if seen else misses + 1
            if misses >= MISSES:
                break
            if not seen:
                continue
            if same(seen.text, wanted.text):
                if not searched or _not_before(seen, wanted):
                    found.append(message_id)
                else:
                    unsure = f"message {message_id} says the same, but is older"
            elif alike(seen.text, wanted.text):
                unsure = f"message {message_id} says nearly the same"
        else:
            unsure = f"more than {FURTHEST} posts since the last one known"
        if unsure and not found:
            raise CannotTell(unsure)
        return found

    async def copies_before(self, wanted: Wanted, message_id: int, after: int | None) -> list[int]:
        """The ids before `message_id` (after `after`, if known) under which `wanted` stands."""
        first = max(after or 0, message_id - FURTHEST if after else message_id - MISSES)
        found = []
        for earlier in range(max(0, first) + 1, message_id):
            seen = None if earlier in wanted.known else await self.look(earlier)
            if seen and same(seen.text, wanted.text) and (after or _not_before(seen, wanted)):
                found.append(earlier)
        return found

    async def look(self, message_id: int) -> Seen | None:
        """What the message with this id says, or None if there is none."""
        if message_id not in self._looks:
            self._looks[message_id] = await self._look(message_id)
        return self._looks[message_id]

    async def _look(self, message_id: int) -> Seen | None:
        try:
            copy = await self._bot.forward_message(
                self._admin_chat, self._channel, message_id, disable_notification=True
            )
        except Forbidden as error:
            raise CannotTell(redact(error)) from error
        except BadRequest as error:
            return await self._unseen(error)
        with suppress(TelegramError):
            await self._bot.delete_message(copy.chat.id, copy.message_id)
        return _seen(copy, self._channel, message_id)

    async def _unseen(self, error: BadRequest) -> Seen | None:
        """What a refused forward means: no such message, a service message, or no permission."""
        reason = str(error).lower()
        missing = "not found" in reason and "chat not found" not in reason
        if missing or "message_id_invalid" in reason:
            return None
        if "can't be forwarded" not in reason or await self._is_protected():
            raise CannotTell(redact(error)) from error
        return Seen("", None)  # a service message ("… pinned a post")

    async def _is_protected(self) -> bool:
        """Whether the channel forbids forwarding, so that a refusal says nothing of a message."""
        if self._open is None:
            self._open = not (await self._bot.get_chat(self._channel)).has_protected_content
        return not self._open

    async def _last_id(self) -> int:
        """The highest message id in the channel, about (too high rather than too low). 0: empty.

        Found in leaps, then by halving. Three empty places in a row end the leaps: one may be
        a stretch of deleted posts.
        """
        known, place, empty = 0, 1, 0
        while empty < 3:
            if await self._any_at(place):
                known, empty = place, 0
            else:
                empty += 1
            place *= LEAP
        beyond = known * LEAP
        while beyond - known > PLACE:
            middle = (known + beyond) // 2
            if await self._any_at(middle):
                known = middle
            else:
                beyond = middle
        return beyond + PLACE - 1 if known else 0

    async def _any_at(self, start: int) -> bool:
        for message_id in range(start, start + PLACE):
            if await self.look(message_id):
                return True
        return False


def same(shown: str, wanted: str) -> bool:
    """Whether two texts are one to a reader: Telegram trims and drops what cannot be seen."""
    return _essence(shown) == _essence(wanted) != ""


def alike(shown: str, wanted: str) -> bool:
    """Whether one text may be the other after somebody edited it by hand."""
    one, other = set(_WORD.findall(shown)), set(_WORD.findall(wanted))
    return len(one & other) >= ALIKE * max(1, len(one | other))


def _essence(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _not_before(seen: Seen, wanted: Wanted) -> bool:
    return seen.date is None or seen.date >= wanted.since - CLOCKS_DIFFER


def _seen(copy: Message, channel: int, message_id: int) -> Seen:
    """What a forwarded post says; nothing, if it came to the channel as a forward itself."""
    origin = copy.forward_origin
    if not origin:
        return Seen(polls.shown(copy), None)
    place = (origin.chat.id, origin.message_id) if isinstance(origin, MessageOriginChannel) else ()
    if place != (channel, message_id):
        return Seen("", None)
    return Seen(polls.shown(copy), origin.date, copy.poll.id if copy.poll else "")
