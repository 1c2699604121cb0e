"""What every press of a button needs: an answer, and for admins' buttons the right to press."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import wraps
from typing import Any, Protocol, TypeVar

from telegram import CallbackQuery, Update
from telegram.error import TelegramError

from bot.context import Context, Parts
from bot.errors import WrongState
from bot.logs import redact
from db.model import Actor
from handlers.texts import approval as words

log = logging.getLogger("peyk.presses")

LONGEST_ANSWER = 200
"""Characters Telegram takes (Bot API, answerCallbackQuery); names can be long."""

Press = Callable[[Update, Context], Coroutine[Any, Any, None]]


async def answer(query: CallbackQuery, text: str = "", *, show_alert: bool = False) -> None:
    """Answer a press; what was decided stands even where the answer does not get through."""
    try:
        await query.answer(text[:LONGEST_ANSWER] or None, show_alert=show_alert)
    except TelegramError as error:
        log.info("a press could not be answered: %s", redact(error))


def admins_only(press: Press) -> Press:
    """A press that only admins may make: asked at the press, whoever was shown the button."""

    @wraps(press)
    async def checked(update: Update, context: Context) -> None:
        query = update.callback_query
        assert query
        if context.bot_data.is_admin(query.from_user.id):
            await press(update, context)
            return
        log.warning("user %s is no admin and pressed %r", query.from_user.id, query.data)
        await answer(query, words.NOT_ADMIN, show_alert=True)

    return checked


class Pressed(Protocol):
    """Callback data, read back."""

    @property
    def press(self) -> Any:
        """What the button asks for."""


P = TypeVar("P", bound=Pressed)


def on_card(
    read: Callable[[object], P | None],
    deeds: Mapping[Any, Callable[[Parts, CallbackQuery, P, Actor], Awaitable[None]]],
    too_late: Callable[[Parts, CallbackQuery, P], Awaitable[None]],
    old_button: str,
) -> Press:
    """The handler of a card's buttons: a press decides on the version it was shown, so of two
    admins the later one hears what happened meanwhile."""

    @admins_only
    async def press(update: Update, context: Context) -> None:
        query, parts = update.callback_query, context.bot_data
        assert query
        pressed = read(query.data)
        if not pressed:
            await answer(query, old_button, show_alert=True)
            return
        actor = Actor(query.from_user.id, query.from_user.full_name, update.update_id)
        try:
            await deeds[pressed.press](parts, query, pressed, actor)
        except WrongState:
            await too_late(parts, query, pressed)

    return press
