"""Is this text in the channel? Bots cannot read history, but they can forward by message id.

Each look is a forward to the admin chat, silent and deleted at once.
"""

from __future__ import annotations

import logging
from contextlib import suppress

from telegram import Bot
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.config import Chat
from bot.errors import PeykError
from bot.logs import redact

log = logging.getLogger("peyk.probe")

MISSES = 5
"""So many unknown ids in a row mean that the channel ends there; deleted posts leave gaps."""
FURTHEST = 60
"""Ids looked at beyond the last known one."""
BACK = 20
"""Ids looked at before the channel's end, where that end had to be searched for."""


class CannotTell(PeykError):
    """The channel's posts cannot be looked at."""


async def find_in_channel(
    bot: Bot,
    channel: int,
    admin_chat: Chat,
    text: str,
    *,
    after: int | None,
    until: int | None = None,
) -> int | None:
    """The id of the post that says `text` among the ids after `after`, or None if there is none.

    With `after` None (nothing is known of the channel yet) the channel's end is searched for
    first. Raises CannotTell when posts may not be forwarded or nothing can be concluded, and
    telegram.error.TelegramError when the network fails.
    """
    if after is None:
        after = max(0, await last_id(bot, channel, admin_chat) - BACK)
    misses = 0
    for message_id in range(after + 1, (until or after + FURTHEST) + 1):
        shown = await look(bot, channel, admin_chat, message_id)
        misses = misses + 1 if shown is None else 0
        if shown is not None and shown.strip() == text.strip():
            return message_id
        if misses >= MISSES and until is None:
            return None
    if until is None:
        raise CannotTell(f"more than {FURTHEST} posts since the last one known")
    return None


async def last_id(bot: Bot, channel: int, admin_chat: Chat) -> int:
    """The highest message id in the channel, about: found by doubling, then halving. 0: empty."""

    async def any_at(start: int) -> bool:
        for message_id in range(start, start + MISSES):
            if await look(bot, channel, admin_chat, message_id) is not None:
                return True
        return False

    known, beyond = 0, 1
    while await any_at(beyond):
        known, beyond = beyond, beyond * 2
    while beyond - known > MISSES:
        middle = (known + beyond) // 2
        if await any_at(middle):
            known = middle
        else:
            beyond = middle
    return beyond + MISSES - 1 if known else 0


async def look(bot: Bot, channel: int, admin_chat: Chat, message_id: int) -> str | None:
    """What the post with this id says ('' when it has no words), or None if there is none."""
    try:
        copy = await bot.forward_message(
            admin_chat, channel, message_id, disable_notification=True
        )
    except Forbidden as error:
        raise CannotTell(redact(error)) from error
    except BadRequest as error:
        reason = str(error).lower()
        if "not found" in reason or "message_id_invalid" in reason:
            return None
        if "protected" in reason or "restricted" in reason or "can't be forwarded" not in reason:
            raise CannotTell(redact(error)) from error
        return ""  # a service message ("… pinned a post")
    with suppress(TelegramError):
        await bot.delete_message(copy.chat.id, copy.message_id)
    return copy.text or copy.caption or ""
