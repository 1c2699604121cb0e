"""/search, plain words in a private chat, the pages of an answer, and inline mode.

Nothing of a query is kept: it stands in the answer's first line, from where a press reads it.
"""

from __future__ import annotations

import logging

from telegram import (
    ChatMember,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    MaybeInaccessibleMessage,
    Message,
    MessageEntity,
    Update,
)
from telegram.constants import ChatType
from telegram.error import BadRequest, TelegramError

from bot.channel.post import Rendered
from bot.channel.publish import NO_PREVIEW
from bot.context import Context, Parts
from bot.persian.query import Query, parse
from db import index, search
from db.search import EVER, Found, Hit
from handlers import search_buttons, welcome
from handlers.presses import answer
from handlers.search_buttons import Place
from handlers.texts import search as words

log = logging.getLogger("peyk.search")

PAGE = 5
"""Results in a message."""
INLINE_PAGE = 20
"""Results that an app asks for at once; Telegram takes 50."""
CACHED = 60
"""Seconds for which Telegram may give an inline answer to others who ask the same."""
LONGEST_PLAIN = 120
"""Characters of a message that is taken for a query though it is no command."""
_INSIDE = (ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER, ChatMember.RESTRICTED)


async def command(update: Update, context: Context) -> None:
    """/search words. In groups only when peyk is named: other bots have such a command."""
    message, parts = update.effective_message, context.bot_data
    assert message
    text = message.text or ""
    if message.chat.type == ChatType.PRIVATE or f"@{parts.bot.username}".lower() in text.lower():
        await _reply(parts, message, text.partition(" ")[2].replace(f"@{parts.bot.username}", " "))


async def plain_words(update: Update, context: Context) -> None:
    """Words without a command, in a private chat: a query, if they look like one."""
    message = update.effective_message
    assert message
    text = (message.text or "").strip()
    if message.via_bot and message.via_bot.id == context.bot.id:
        return  # a result of our own inline mode, sent here
    query = parse(text)
    meant = not query.is_empty or query.no_days
    if not text or "\n" in text or len(text) > LONGEST_PLAIN or not meant:
        await welcome.unknown(update, context)
        return
    await _reply(context.bot_data, message, text)


async def press(update: Update, context: Context) -> None:
    """Turn the page on the message that was pressed."""
    query, parts = update.callback_query, context.bot_data
    assert query
    place, asked = search_buttons.read(query.data), _query_of(query.message)
    if not place or asked is None:
        await answer(query, words.OLD_BUTTON)
        return
    if not await may_read(parts, query.from_user.id):
        await answer(query, words.NOT_A_READER)
        return
    found = await _find(parts, asked, place, PAGE)
    await answer(query, "" if found.hits else words.NO_MORE)
    if found.hits:
        shown = words.page(asked, found, place.offset, parts.settings.timezone)
        try:
            await query.edit_message_text(
                shown.text,
                entities=_entities(shown),
                reply_markup=search_buttons.under(place, PAGE, found.total),
                link_preview_options=NO_PREVIEW,
            )
        except BadRequest as error:  # pressed twice, or the message was deleted meanwhile
            log.info("a page of results was not turned: %s", error)


async def inline(update: Update, context: Context) -> None:
    """@bot words, in any chat; without words the newest posts."""
    query, parts = update.inline_query, context.bot_data
    assert query
    place = search_buttons.read(query.offset) or Place()
    public = _is_public(parts)
    found = Found()
    if public or await may_read(parts, query.from_user.id):
        found = await _inline_page(parts, query.query, place)
    after = place.offset + INLINE_PAGE
    more = after < found.total and len(found.hits) == INLINE_PAGE
    nothing = InlineQueryResultsButton(words.NOTHING_INLINE, start_parameter="search")
    try:
        await query.answer(
            _results(parts, found),
            cache_time=CACHED if public else 0,
            is_personal=not public,
            next_offset=f"q:{after}:{found.newest}" if more else "",
            button=None if found.hits or place.offset else nothing,
        )
    except BadRequest as error:  # too old: the bot was away, or the person typed on
        log.info("an inline query was not answered: %s", error)


async def may_read(parts: Parts, user_id: int) -> bool:
    """Whether this user may see the channel's posts: anybody, or the members of a private one."""
    if _is_public(parts) or parts.is_admin(user_id):
        return True
    assert parts.settings.channel is not None
    try:
        member = await parts.bot.get_chat_member(parts.settings.channel, user_id)
    except TelegramError:  # Telegram has never seen this user there
        return False
    return member.status in _INSIDE and getattr(member, "is_member", True)


def _is_public(parts: Parts) -> bool:
    return isinstance(parts.settings.channel, str)


async def _reply(parts: Parts, message: Message, text: str) -> None:
    query = parse(text)
    asker = message.from_user.id if message.from_user else 0
    if query.is_empty:
        await message.reply_text(words.no_days(query.no_days) if query.no_days else words.HOW)
    elif not await may_read(parts, asker):
        await message.reply_text(words.NOT_A_READER)
    else:
        found = await _find(parts, query, Place(), PAGE)
        place = Place(0, found.newest)
        shown = words.page(query, found, 0, parts.settings.timezone)
        if not found.hits:
            shown = words.nothing(query)
        await message.reply_text(
            shown.text,
            entities=_entities(shown),
            reply_markup=search_buttons.under(place, PAGE, found.total),
            link_preview_options=NO_PREVIEW,
        )


def _query_of(message: MaybeInaccessibleMessage | None) -> Query | None:
    """The query that a message of results answers."""
    text = words.asked(message.text or "") if isinstance(message, Message) else None
    return parse(text) if text else None


async def _find(parts: Parts, query: Query, place: Place, limit: int) -> Found:
    """Ask in a thread: a phrase of very common words takes its time."""
    index.catch_up(parts.db)
    newest, zone = place.newest or EVER, parts.settings.timezone
    return await parts.reader.ask(
        lambda db: search.find(
            *(db, query, zone),
            limit=limit,
            offset=place.offset,
            newest=newest,
            right=parts.voice.glossary.words,
        )
    )


async def _inline_page(parts: Parts, text: str, place: Place) -> Found:
    query = parse(text)
    if not query.is_empty:
        return await _find(parts, query, place, INLINE_PAGE)
    index.catch_up(parts.db)
    return search.latest(parts.db, INLINE_PAGE, place.offset, place.newest or EVER)


def _results(parts: Parts, found: Found) -> list[InlineQueryResultArticle]:
    texts = words.inline_snippets(found.hits, found.wanted, parts.settings.timezone)
    return [
        _article(hit, title, part, words.inline_message(hit, parts.settings.timezone))
        for hit, (title, part) in zip(found.hits, texts, strict=True)
    ]


def _article(hit: Hit, title: str, part: str, sent: Rendered) -> InlineQueryResultArticle:
    preview = LinkPreviewOptions(url=hit.url) if hit.url else NO_PREVIEW
    content = InputTextMessageContent(
        sent.text, entities=_entities(sent), link_preview_options=preview
    )
    url = hit.url or None
    return InlineQueryResultArticle(str(hit.ordinal), title, content, description=part, url=url)


def _entities(text: Rendered) -> list[MessageEntity]:
    return [MessageEntity(**entity) for entity in text.entities]
