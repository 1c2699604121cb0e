"""What was merged into what, and what was dropped: shown to the admins, and undone by them.

What a press decides is in the database before anything is said; the next pass goes by it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from telegram import CallbackQuery, InlineKeyboardMarkup, Update
from telegram.error import TelegramError

from bot.channel.publish import NO_PREVIEW
from bot.context import Context, Parts
from bot.logs import redact
from db import items, relations
from db.model import Actor
from handlers import cards as card_messages
from handlers import story_keyboards as keyboards
from handlers.presses import admins_only, answer
from handlers.story_keyboards import PAGE, Press, Pressed
from handlers.texts import approval as card_words
from handlers.texts import stories as words

log = logging.getLogger("peyk.stories")

View = tuple[str, InlineKeyboardMarkup]


@admins_only
async def press(update: Update, context: Context) -> None:
    """Answer a button about merged or dropped items."""
    query, parts = update.callback_query, context.bot_data
    assert query
    pressed = keyboards.read(query.data)
    if not pressed:
        await answer(query, card_words.OLD_BUTTON, show_alert=True)
    else:
        actor = Actor(query.from_user.id, query.from_user.full_name, update.update_id)
        await _PRESSES[pressed.press](parts, query, pressed, actor)


async def _open(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    assert query.message
    await answer(query)
    text, keyboard = _merges(parts, 0)
    await parts.bot.send_message(
        query.message.chat.id, text, reply_markup=keyboard, link_preview_options=NO_PREVIEW
    )


async def _show_merges(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    await answer(query)
    await _show(query, _merges(parts, pressed.place))


async def _show_drops(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    await answer(query)
    await _show(query, _drops(parts, pressed.place))


async def _apart(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    await _set_apart(parts, query, pressed, actor)
    await _show(query, _merges(parts, pressed.place))


async def _set_apart(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    from feeds.posting import relink
    from feeds.rank import WISHED

    before = relations.get(parts.db, pressed.number)
    found = relations.undo(parts.db, pressed.number, actor, parts.now(), WISHED)
    relink(parts.db, parts.now(), actor)
    if not before or not found or before.undone:
        told = words.ALREADY if found else card_words.OLD_BUTTON
    else:
        told = words.SET_APART if before.merged else words.NO_REPLY
    await answer(query, told)
    await card_messages.renew_all(parts)


async def _bring_back(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    from feeds.rank import WISHED

    wish = {"kind": "wished"}
    done = items.reopen(parts.db, pressed.number, wish, WISHED, parts.now())
    await answer(query, words.BROUGHT_BACK if done else words.ALREADY)
    await _show(query, _drops(parts, pressed.place))


_PRESSES: dict[Press, Callable[[Parts, CallbackQuery, Pressed, Actor], Awaitable[None]]] = {
    Press.OPEN: _open,
    Press.MERGES: _show_merges,
    Press.DROPS: _show_drops,
    Press.APART: _apart,
    Press.APART_ON_CARD: _set_apart,
    Press.BACK_IN: _bring_back,
}


def _merges(parts: Parts, place: int) -> View:
    found = relations.latest(parts.db, PAGE + 1, place)
    shown, more = found[:PAGE], len(found) > PAGE
    text = words.merges(shown, place + 1, relations.count(parts.db))
    return text, keyboards.merges(shown, place, more=more)


def _drops(parts: Parts, place: int) -> View:
    found = items.dropped(parts.db, PAGE + 1, place)
    shown, more = found[:PAGE], len(found) > PAGE
    return words.drops(shown, place + 1), keyboards.drops(shown, place, more=more)


async def _show(query: CallbackQuery, view: View) -> None:
    """Show another page in the message whose button was pressed."""
    text, keyboard = view
    try:
        await query.edit_message_text(text, reply_markup=keyboard, link_preview_options=NO_PREVIEW)
    except TelegramError as error:
        if "not modified" not in str(error):
            log.info("the list could not be changed: %s", redact(error))
