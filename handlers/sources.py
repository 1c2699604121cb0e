"""/sources: how each source is doing, and steering, adding and removing them from chat.

One message is edited in place. What a press decides is in the database before anything is said;
the next poll and the next drafts go by it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from telegram import CallbackQuery, ForceReply, InlineKeyboardMarkup, Message, Update
from telegram.error import TelegramError

from bot.channel.publish import NO_PREVIEW
from bot.context import Context, Parts
from bot.errors import SourceError, SourceGone, SourcePrivate
from bot.logs import redact
from db import added_sources, asked, facts
from db import sources as table
from db.asked import Asked
from db.sources import Yield
from handlers import source_keyboards as keyboards
from handlers.awaited import SOURCE
from handlers.presses import admins_only, answer
from handlers.source_keyboards import Press, Pressed
from handlers.texts import sources as words

if TYPE_CHECKING:
    from feeds.sources import Source

log = logging.getLogger("peyk.sources")

PAGE = 8
"""Sources on one page of the list."""
POLL_AGAIN = timedelta(minutes=1)
"""How soon a source may be read at an admin's wish once more."""
READ_PATIENCE = 25.0
"""Seconds that reading at an admin's wish may take: the chat's other presses wait behind it."""

View = tuple[str, InlineKeyboardMarkup]


async def show(update: Update, context: Context) -> None:
    """/sources: the list; with an address (``add`` may stand before it): another source."""
    message, parts = update.effective_message, context.bot_data
    assert message and update.effective_user
    given = list(context.args or ())
    if not given:
        text, keyboard = _list(parts)
        await message.reply_text(text, reply_markup=keyboard, link_preview_options=NO_PREVIEW)
        return
    if given[0].lower() in words.ADD_WORDS:
        given = given[1:]
    if given:
        await _propose(parts, message, " ".join(given), update.effective_user.id)
    else:
        sent = await message.reply_text(words.ASK, reply_markup=ForceReply(selective=True))
        _remember(parts, sent, update.effective_user.id)


@admins_only
async def press(update: Update, context: Context) -> None:
    """Answer a button of /sources."""
    query, parts = update.callback_query, context.bot_data
    assert query
    pressed = keyboards.read(query.data)
    if not pressed:
        await answer(query, words.OLD_BUTTON, show_alert=True)
    elif pressed.press in _OF_A_SOURCE:
        await _press_source(parts, query, pressed)
    else:
        await _PRESSES[pressed.press](parts, query, pressed)


# Adding one: an address, a proposal, a confirmation


async def _new(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    assert query.message
    await answer(query, words.ASKED)
    sent = await parts.bot.send_message(
        query.message.chat.id, words.ASK, reply_markup=ForceReply(selective=True)
    )
    _remember(parts, sent, query.from_user.id)


async def take(parts: Parts, message: Message, question: Asked) -> None:
    """Look at the address an admin sent when asked for one, and propose what is found there."""
    text = message.text or message.caption or ""
    if await _propose(parts, message, text, question.user_id):
        asked.done(parts.db, question)


def _remember(parts: Parts, sent: Message, user_id: int) -> None:
    question = Asked(sent.chat.id, sent.message_id, user_id, SOURCE)
    asked.add(parts.db, question, parts.now())


async def _propose(parts: Parts, message: Message, text: str, user_id: int) -> bool:
    """Say what is found at the address in `text`; whether it can be added."""
    said, keyboard = await _found(parts, text, user_id)
    await message.reply_text(said, reply_markup=keyboard, link_preview_options=NO_PREVIEW)
    return keyboard is not None


async def _found(parts: Parts, text: str, user_id: int) -> tuple[str, InlineKeyboardMarkup | None]:
    """What to say of the address in `text`, and the buttons when it can be added."""
    from feeds.discover import look, recognise
    from feeds.sources import read_entry

    entry = recognise(text)
    if entry is None:
        return words.UNKNOWN, None
    if known := _known(parts, read_entry(entry)):
        return words.already(known), None
    try:
        found = await look(parts.web(), entry)
    except SourcePrivate:
        log.warning("user %s wanted a source in a private network", user_id)
        return words.PRIVATE, None
    except SourceGone:
        return words.GONE_FOR_GOOD, None
    except SourceError as error:
        log.info("a source was not added: %s", redact(error))
        return words.unreadable(error), None
    if known := _known(parts, found.source):
        return words.already(known), None
    number = added_sources.propose(parts.db, found.entry, user_id, parts.now())
    said = words.proposal(found.source, _address(parts, found.source), found.titles)
    return said, keyboards.proposal(number)


def _known(parts: Parts, source: Source) -> Source | None:
    """The source that is read at the same address already."""
    from feeds.collect import address

    wanted = address(source, parts.web()).rstrip("/")
    same = (one for one in parts.roster() if address(one, parts.web()).rstrip("/") == wanted)
    return next(same, None)


async def _add(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    from feeds.roster import free_name
    from feeds.sources import read_entry

    proposal = added_sources.get(parts.db, pressed.number)
    if not proposal:
        await answer(query, words.OLD_BUTTON, show_alert=True)
        return
    wanted = read_entry(proposal.entry)
    known = _known(parts, wanted)
    if known:
        added_sources.withdraw(parts.db, proposal.id)
        name = known.name
    else:
        name = free_name(wanted.name, {one.name for one in parts.roster()})
        added_sources.confirm(parts.db, proposal.id, name)
        log.info("user %s added the source %s", query.from_user.id, name)
        parts.kick("news")
    await answer(query, words.already(known) if known else words.ADDED)
    await _edit(query, _page(parts, next(one for one in parts.roster() if one.name == name)))


async def _leave(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    added_sources.withdraw(parts.db, pressed.number)
    await answer(query, words.LEFT)
    await _edit(query, (words.LEFT, InlineKeyboardMarkup([])))


# The list, and what can be done with a source


async def _turn(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    await answer(query)
    await _edit(query, _list(parts, pressed.number))


async def _press_source(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    """A button of one source, which may be gone meanwhile."""
    source = _find(parts, pressed.target)
    if source:
        await _OF_A_SOURCE[pressed.press](parts, query, pressed, source)
    else:
        await answer(query, words.OLD_BUTTON, show_alert=True)
        await _edit(query, _list(parts))


async def _open(parts: Parts, query: CallbackQuery, pressed: Pressed, source: Source) -> None:
    await answer(query)
    await _edit(query, _page(parts, source))


async def _mute(parts: Parts, query: CallbackQuery, pressed: Pressed, source: Source) -> None:
    muted = bool(pressed.argument)
    table.mute(parts.db, source.name, muted)
    log.info("user %s: %s %s", query.from_user.id, source.name, "muted" if muted else "unmuted")
    await answer(query, words.MUTED if muted else words.UNMUTED, show_alert=muted)
    await _edit(query, _page(parts, _find(parts, pressed.target) or source))


async def _boost(parts: Parts, query: CallbackQuery, pressed: Pressed, source: Source) -> None:
    table.boost(parts.db, source.name, pressed.argument)
    log.info("user %s: %s boosted to %+d", query.from_user.id, source.name, pressed.argument)
    await answer(query, words.BOOSTED)
    await _edit(query, _page(parts, _find(parts, pressed.target) or source))


async def _poll(parts: Parts, query: CallbackQuery, pressed: Pressed, source: Source) -> None:
    if not facts.first_time(parts.db, f"read-now:{source.name}", parts.now(), POLL_AGAIN):
        await answer(query, words.JUST_READ)
        return
    await answer(query, words.READING)
    table.awaken(parts.db, source.name)
    news = await _read_now(parts, source)
    await _edit(query, _page(parts, _find(parts, pressed.target) or source, news))


async def _read_now(parts: Parts, source: Source) -> str:
    """Read a source, due or not; what to say of it."""
    from feeds.collect import collect

    try:
        async with asyncio.timeout(READ_PATIENCE):
            collected = await collect(
                *(parts.db, parts.web(), [source], parts.now),
                poll_every=timedelta(minutes=parts.settings.poll_minutes),
                due_only=False,
            )
    except TimeoutError:
        return words.read_now(0, f"no whole answer within {READ_PATIENCE:g} s")
    if collected.new:
        parts.kick("news")
    return words.read_now(collected.new, collected.errors.get(source.name, ""))


async def _remove(parts: Parts, query: CallbackQuery, pressed: Pressed, source: Source) -> None:
    if not source.added:
        await answer(query, words.IN_FILE, show_alert=True)
        return
    await answer(query)
    await _edit(query, (words.surely(source), keyboards.surely(source)))


async def _remove_surely(
    parts: Parts, query: CallbackQuery, pressed: Pressed, source: Source
) -> None:
    if not source.added:
        await answer(query, words.IN_FILE, show_alert=True)
        return
    added_sources.remove(parts.db, source.name)
    log.info("user %s removed the source %s", query.from_user.id, source.name)
    await answer(query, words.REMOVED)
    await _edit(query, _list(parts))


_PRESSES: dict[Press, Callable[[Parts, CallbackQuery, Pressed], Awaitable[None]]] = {
    Press.LIST: _turn,
    Press.NEW: _new,
    Press.ADD: _add,
    Press.LEAVE: _leave,
}
_OF_A_SOURCE: dict[Press, Callable[[Parts, CallbackQuery, Pressed, Source], Awaitable[None]]] = {
    Press.SOURCE: _open,
    Press.MUTE: _mute,
    Press.BOOST: _boost,
    Press.POLL: _poll,
    Press.REMOVE: _remove,
    Press.REMOVE_SURELY: _remove_surely,
}


# What is shown


def _list(parts: Parts, page: int = 0) -> View:
    roster = parts.roster()
    pages = max(1, -(-len(roster) // PAGE))
    page = min(page, pages - 1)
    shown = roster[page * PAGE : (page + 1) * PAGE]
    health = {one.name: one for one in table.find(parts.db, [one.name for one in shown])}
    got = table.yields(parts.db, parts.now())
    rows = [(one, health.get(one.name), got.get(one.name, Yield())) for one in shown]
    text = words.listed(rows, page, pages, parts.now(), parts.settings.timezone)
    labels = [(words.label(one, health.get(one.name)), one) for one in shown]
    return text if shown else words.NO_SOURCES, keyboards.listed(labels, page, pages)


def _page(parts: Parts, source: Source, news: str = "") -> View:
    health = next(iter(table.find(parts.db, [source.name])), None)
    text = words.page(
        *(source, _address(parts, source), health),
        table.yields(parts.db, parts.now()).get(source.name, Yield()),
        *(parts.now(), parts.settings.timezone, news),
    )
    names = [one.name for one in parts.roster()]
    place = names.index(source.name) if source.name in names else 0
    return text, keyboards.source(source, place // PAGE)


def _address(parts: Parts, source: Source) -> str:
    """Where a source is read, without what may be a secret: a password, a key in the query."""
    from feeds.collect import address

    bare, query, _ = address(source, parts.web()).partition("?")
    scheme, _, rest = bare.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}{query and '?…'}"


def _find(parts: Parts, target: str) -> Source | None:
    return next((one for one in parts.roster() if keyboards.key(one) == target), None)


async def _edit(query: CallbackQuery, view: View) -> None:
    text, keyboard = view
    try:
        await query.edit_message_text(text, reply_markup=keyboard, link_preview_options=NO_PREVIEW)
    except TelegramError as error:
        if "not modified" not in str(error):
            log.info("the message about sources could not be changed: %s", redact(error))
