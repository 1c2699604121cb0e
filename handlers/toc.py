"""/toc: the channel's contents, leafed through with buttons on one message.

Sections, their tags, and pages of posts by keyset: page 1,000 costs what the first one does.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from math import ceil

from telegram import CallbackQuery, InlineKeyboardMarkup, Message, MessageEntity, Update
from telegram.constants import ChatType
from telegram.error import BadRequest

from bot.channel.contents import by_age, by_count, shown_name
from bot.channel.lines import hashtag, named
from bot.channel.post import Rendered
from bot.channel.publish import NO_PREVIEW
from bot.context import Context, Parts
from bot.persian.dates import date
from db import guide, index
from db.guide import Contents, Page, Shelf
from handlers import toc_buttons
from handlers.presses import answer
from handlers.texts import toc as words
from handlers.toc_buttons import Place

log = logging.getLogger("peyk.toc")

POSTS, TAGS = 8, 16
"""On one page."""
INDEXED_AT_ONCE = 50
"""New posts that a press takes into the index first; the job of bot.schedule does the rest."""

Shown = tuple[Rendered, InlineKeyboardMarkup]


async def show(update: Update, context: Context) -> None:
    """/toc: the sections. In groups only when peyk is named: other bots have such a command."""
    message, parts = update.effective_message, context.bot_data
    assert message
    named_us = f"@{parts.bot.username}".lower() in (message.text or "").lower()
    if message.chat.type == ChatType.PRIVATE or named_us:
        await _send(parts, message, Place())


async def open_link(parts: Parts, message: Message, parameter: str) -> bool:
    """Open the list that a deep link leads to (/start toc_…); False: it is none of ours."""
    place = toc_buttons.read_link(parameter)
    if place:
        await _send(parts, message, place)
    return place is not None


async def press(update: Update, context: Context) -> None:
    """Turn the page on the message that was pressed."""
    query, parts = update.callback_query, context.bot_data
    assert query
    place = toc_buttons.read(query.data)
    if not place:
        known = query.data == toc_buttons.NOTHING
        await answer(query, "" if known else words.OLD_BUTTON, show_alert=not known)
        return
    found = look_up(parts, place)
    await answer(query, "" if found else words.GONE)
    await _turn(parts, query, found or look_up(parts, Place()))


def look_up(parts: Parts, place: Place) -> Shown | None:
    """What stands at a place of the contents; None: that list is not there any more."""
    index.catch_up(parts.db, INDEXED_AT_ONCE)
    if place.shelf:
        return _posts(parts, place, place.shelf)
    return _section(parts, place) if place.section else _root(parts)


async def _send(parts: Parts, message: Message, place: Place) -> None:
    shown = look_up(parts, place) or look_up(parts, Place())
    if not shown:
        await message.reply_text(words.EMPTY_CHANNEL)
        return
    text, buttons = shown
    await message.reply_text(
        text.text,
        entities=_entities(text),
        reply_markup=buttons,
        link_preview_options=NO_PREVIEW,
    )


async def _turn(parts: Parts, query: CallbackQuery, shown: Shown | None) -> None:
    if not shown:
        return
    text, buttons = shown
    try:
        await query.edit_message_text(
            text.text,
            entities=_entities(text),
            reply_markup=buttons,
            link_preview_options=NO_PREVIEW,
        )
    except BadRequest as error:  # pressed twice, or the message was deleted meanwhile
        log.info("a page of the contents was not turned: %s", error)


def _entities(text: Rendered) -> list[MessageEntity]:
    return [MessageEntity(**entity) for entity in text.entities]


def _root(parts: Parts) -> Shown | None:
    known = guide.contents(parts.db)
    total = guide.count(parts.db, Shelf("all"))
    if not total:
        return None
    counts = [(name, len(_of(known, name))) for name in words.SECTIONS]
    untagged = guide.count(parts.db, Shelf("tag", guide.UNTAGGED))
    return words.root(), toc_buttons.sections(counts, total, untagged)


def _section(parts: Parts, place: Place) -> Shown | None:
    entries = _of(guide.contents(parts.db), place.section)
    if not entries:
        return None
    pages = ceil(len(entries) / TAGS)
    number = min(max(place.number, 1), pages)
    shown = entries[(number - 1) * TAGS : number * TAGS]
    buttons = toc_buttons.section(place.section, shown, number, pages)
    return words.section(place.section, number, pages), buttons


def _of(known: Contents, section: str) -> list[tuple[str, Shelf]]:
    """The entries of a section, as the guide sorts them: what each is called, and its posts."""
    if section == "series":
        return [
            (words.tag_button(named(one.title, words.LONGEST_TITLE), one.count), _series(one.id))
            for one in by_age(known.series)
        ]
    tags = by_count(known.types if section == "type" else known.subjects)
    return [(words.tag_button(shown_name(tag), tag.posts), Shelf("tag", tag.id)) for tag in tags]


def _series(series_id: int) -> Shelf:
    return Shelf("series", series_id)


def _posts(parts: Parts, place: Place, shelf: Shelf) -> Shown | None:
    """A page of posts; where it is not any more (posts were deleted), the nearest one there is."""
    described, total = _described(parts, shelf), guide.count(parts.db, shelf)
    if not described or not total:
        return None
    pages = ceil(total / POSTS)
    page = _page(parts, shelf, place.way, place.key, total)
    if not page.posts:
        way = "last" if place.way == "after" else "first"
        page = _page(parts, shelf, way, 0, total)
    if not page.posts:
        return None
    # The number travels with the buttons; the two ends of the list put it right.
    number = 1 if not page.before else pages if not page.after else place.number
    number = min(max(number, 1), pages)
    heading, home = described
    text = words.posts(heading, page.posts, total, (number, pages), parts.settings.timezone)
    return text, toc_buttons.posts(shelf, page, number, pages, home)


def _page(parts: Parts, shelf: Shelf, way: str, key: int, total: int) -> Page:
    """A page of a shelf; the last one holds what the whole ones before it leave."""
    size = (total - 1) % POSTS + 1 if way == "last" else POSTS
    return guide.page(parts.db, shelf, way, key, size)


def _described(parts: Parts, shelf: Shelf) -> tuple[str, str] | None:
    """What a shelf is called, and the section that leads to it (empty: the root does)."""
    if shelf.kind == "all":
        return words.ALL, ""
    if shelf.kind == "week":
        last = datetime.fromtimestamp(shelf.id * 60, UTC) - timedelta(minutes=1)
        return words.week_heading(date(last, parts.settings.timezone)), ""
    if shelf.kind == "series":
        series = guide.one_series(parts.db, shelf.id)
        return (words.series_heading(series.title), "series") if series else None
    if shelf.id == guide.UNTAGGED:
        return words.UNTAGGED, ""
    tag = guide.tag(parts.db, shelf.id)
    if not tag:
        return None
    label = f" · {named(tag.label, words.LONGEST_TITLE)}" if tag.label else ""
    return f"{hashtag(tag.name).text}{label}", "type" if tag.kind == "type" else "subject"
