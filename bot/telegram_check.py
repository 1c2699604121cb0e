"""What Telegram says of the token, the channel and the admin chat. Asks, changes nothing.

`peyk doctor` asks all of it, `peyk init` one question at a time. Nothing here raises
TelegramError: an answer that is not to be had is a finding too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from telegram import Bot, ChatFullInfo, ChatMember, ChatMemberAdministrator, Update, WebhookInfo
from telegram.constants import ChatAction, ChatType
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.config import Chat, Settings
from bot.findings import Finding, wrong

PATIENCE = 8.0
"""Seconds Telegram has for one answer."""
LISTEN = 3
"""Seconds of long polling in which another poller, whom it cuts off, would come back."""

P = ParamSpec("P")
Question = Callable[Concatenate[Bot, P], Coroutine[Any, Any, list[Finding]]]
"""Something Telegram is asked about a set-up."""

_NEEDED = {"can_post_messages": "Post messages"}
_USEFUL = {"can_edit_messages": "Edit messages", "can_delete_messages": "Delete messages"}
_OUTSIDE = (ChatMember.LEFT, ChatMember.BANNED)


@asynccontextmanager
async def bot_of(settings: Settings) -> AsyncIterator[Bot]:
    """A bot that has asked Telegram nothing yet."""
    request = HTTPXRequest(8, read_timeout=PATIENCE, connect_timeout=PATIENCE)
    await request.initialize()
    try:
        yield Bot(
            settings.token,
            base_url=f"{settings.api_url}/bot",
            request=request,
            get_updates_request=request,
        )
    finally:
        await request.shutdown()


def _asks(check: str) -> Callable[[Question[P]], Question[P]]:
    """Turn what Telegram refuses, or does not answer, into a finding of this check."""

    def guarded(ask: Question[P]) -> Question[P]:
        @wraps(ask)
        async def asked(bot: Bot, /, *args: P.args, **kwargs: P.kwargs) -> list[Finding]:
            try:
                async with asyncio.timeout(PATIENCE):
                    return await ask(bot, *args, **kwargs)
            except TimeoutError:
                return [wrong(check, f"no answer in {PATIENCE:g} s", _NETWORK)]
            except TelegramError as error:
                return [wrong(check, error, _advice(error))]

        return asked

    return guarded


_INLINE = "search from any chat (@bot words) is off: send /setinline to @BotFather to turn it on"
_NETWORK = "see whether this machine reaches PEYK_TELEGRAM_API_URL; a proxy may be needed"


def _advice(error: TelegramError) -> str:
    if isinstance(error, InvalidToken):
        return "copy the token anew from @BotFather into PEYK_TELEGRAM_TOKEN"
    if isinstance(error, ChatMigrated):
        return f"the group became a supergroup; its id is {error.new_chat_id} now"
    if isinstance(error, Forbidden):
        return "add the bot to that chat (in a private chat: open it and press Start)"
    if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
        return _NETWORK
    return "compare the id or @name with the chat, and see that the bot is in it"


@_asks("token")
async def token(bot: Bot) -> list[Finding]:
    """Whether Telegram knows the token, and as whom."""
    me = await bot.get_me()
    advice = "" if me.supports_inline_queries else _INLINE
    return [Finding("token", True, f"@{me.username} «{me.first_name}»", advice)]


@_asks("channel")
async def channel(bot: Bot, chat: Chat) -> list[Finding]:
    """Whether the channel is one, and what the bot may do there."""
    found = await bot.get_chat(chat)
    if found.type != ChatType.CHANNEL:
        return [wrong("channel", f"{chat} is a {found.type}", "PEYK_CHANNEL must be a channel")]
    # bot.id is known only to a bot that has logged in; the token begins with it.
    member = await bot.get_chat_member(found.id, int(bot.token.partition(":")[0]))
    return [*_rights(found, member), *_protection(found)]


def _rights(found: ChatFullInfo, member: ChatMember) -> Iterable[Finding]:
    check, where = "channel", f"«{found.title}»"
    if not isinstance(member, ChatMemberAdministrator):
        yield wrong(check, f"the bot is no administrator of {where}", "make it one, in the app")
        return
    missing = [words for right, words in _NEEDED.items() if not getattr(member, right)]
    if missing:
        yield wrong(check, f"no right in {where}: {', '.join(missing)}", "grant it to the bot")
        return
    useful = [words for right, words in _USEFUL.items() if not getattr(member, right)]
    advice = f"grant the bot also: {', '.join(useful)} (pins, repairs by hand)" if useful else ""
    yield Finding(check, True, f"{where}, the bot may post there", advice)


def _protection(found: ChatFullInfo) -> Iterable[Finding]:
    if found.has_protected_content:
        yield Finding(
            "channel",
            True,
            "its posts cannot be forwarded, so after a lost answer of Telegram peyk cannot see"
            " by itself whether a post arrived and will ask the admins",
            "turn «Restrict saving content» off in the channel's settings",
        )


@_asks("admin chat")
async def admin_chat(
    bot: Bot, chat: Chat, admins: frozenset[int], channel: Chat | None
) -> list[Finding]:
    """Whether the bot may write to the admins, and whether they are there."""
    found = await bot.get_chat(chat)
    if found.type == ChatType.CHANNEL or chat == channel:
        advice = "PEYK_ADMIN_CHAT must be a group or an admin's private chat"
        return [wrong("admin chat", f"{chat} is a channel", advice)]
    # The one call that shows whether the bot may write and yet leaves nothing behind.
    await bot.send_chat_action(found.id, ChatAction.TYPING)
    name = found.title or found.full_name
    return [
        Finding("admin chat", True, f"«{name}», the bot may write there"),
        *await _absent(bot, found, admins),
    ]


async def _absent(bot: Bot, found: ChatFullInfo, admins: frozenset[int]) -> list[Finding]:
    if found.type == ChatType.PRIVATE:
        absent = sorted(admins - {found.id})
    else:
        inside = await asyncio.gather(*(_is_inside(bot, found.id, one) for one in sorted(admins)))
        absent = [one for one, is_in in zip(sorted(admins), inside, strict=True) if not is_in]
    return [
        Finding(
            "admins",
            True,
            f"{one} (PEYK_ADMINS) is not in the admin chat and sees no drafts",
            "add that user to the chat, or take the id out of PEYK_ADMINS",
        )
        for one in absent
    ]


async def _is_inside(bot: Bot, chat_id: int, user_id: int) -> bool:
    try:
        member = await bot.get_chat_member(chat_id, user_id)
    except TelegramError:  # an id that Telegram has never seen in this chat
        return False
    return member.status not in _OUTSIDE


@_asks("updates")
async def updates(bot: Bot, settings: Settings, *, own: bool, running: bool) -> list[Finding]:
    """Whether this peyk alone gets the bot's updates.

    `own`: it set the webhook itself. `running`: it is at work now, so it is left in peace.
    """
    info = await bot.get_webhook_info()
    if settings.webhook_url:
        return [_webhook(info, settings.webhook_url)]
    if info.url and not own:
        return [
            wrong(
                "updates",
                f"another program takes them, by a webhook at {urlsplit(info.url).hostname}",
                "stop it and call deleteWebhook, or set PEYK_WEBHOOK_URL, or use another bot",
            )
        ]
    if info.url or running:
        return [Finding("updates", True, "peyk is running" if running else "peyk's own webhook")]
    return [await _polling(bot)]


def _webhook(info: WebhookInfo, url: str) -> Finding:
    if not info.url or info.url.rstrip("/") != url:
        return Finding("updates", True, "webhook; `peyk run` will set it", "")
    if info.last_error_message and info.pending_update_count:
        return wrong(
            "updates",
            f"Telegram cannot deliver to the webhook: {info.last_error_message}",
            "PEYK_WEBHOOK_URL must lead, by https, to PEYK_WEBHOOK_PORT of this machine",
        )
    return Finding("updates", True, f"webhook, {info.pending_update_count} waiting")


async def _polling(bot: Bot) -> Finding:
    """Long-poll for a moment, confirming nothing: of two pollers one is told so."""
    try:
        async with asyncio.timeout(LISTEN + 2):
            waiting = await bot.get_updates(timeout=LISTEN, limit=1)
    except Conflict:
        advice = "stop the other one; each bot token serves one program"
        return wrong("updates", "another program is polling with this token", advice)
    return Finding("updates", True, f"polling, {'some' if waiting else 'none'} waiting")


async def waiting(bot: Bot) -> tuple[Update, ...]:
    """The updates that wait for the bot, confirming none; raises TelegramError."""
    return await bot.get_updates(timeout=0, limit=100)
