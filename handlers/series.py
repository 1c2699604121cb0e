"""/series, for admins: series and their parts; and the card's button that makes a draft a part.

What is asked for in words waits in db.asked. Links in posts follow by themselves: see
bot.channel.parts.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Sequence

from telegram import (
    CallbackQuery,
    ForceReply,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
    MessageOriginChannel,
    Update,
)
from telegram.error import TelegramError

from bot.channel.part_links import undressed
from bot.channel.parts import dress
from bot.channel.publish import NO_PREVIEW
from bot.context import Context, Parts
from bot.errors import WrongState
from bot.logs import redact
from bot.persian.hashtags import hashtags
from db import asked, drafts, posts, series, tags
from db.asked import Asked
from db.model import Actor, Draft, Entity, Post, State
from db.series import FINISHED, OPEN, Part, Series
from handlers import cards as card_messages
from handlers import series_buttons as buttons
from handlers.awaited import FOR_POST, SERIES
from handlers.presses import admins_only, answer
from handlers.series_buttons import Act, Pressed
from handlers.texts import approval as card_words
from handlers.texts import series as words

log = logging.getLogger("peyk.series")

OPEN_SHOWN = 8
_LINK = re.compile(
    r"(?:https?://)?t(?:elegram)?\.me/(?:c/(\d{1,15})|(\w{3,32}))/(?:\d+/)?(\d{1,10})\b"
)


async def show(update: Update, context: Context) -> None:
    """/series: all of them."""
    message, parts = update.effective_message, context.bot_data
    assert message
    found = series.listing(parts.db)
    await message.reply_text(words.home(found), reply_markup=buttons.home(found, 0))


@admins_only
async def press(update: Update, context: Context) -> None:
    """Answer a button of /series, or the one of a card."""
    query, parts = update.callback_query, context.bot_data
    assert query
    pressed = buttons.read(query.data)
    if not pressed or not query.message:
        await answer(query, words.OLD_BUTTON, show_alert=True)
        return
    if pressed.act in _CARD:
        await _press_card(parts, query, pressed, update.update_id)
        return
    try:
        await _PRESSES[pressed.act](parts, query, pressed)
    except WrongState:
        await answer(query, words.GONE, show_alert=True)
        await _show_home(parts, query, 0)


async def _to_home(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    await answer(query)
    await _show_home(parts, query, pressed.number)


async def _show_home(parts: Parts, query: CallbackQuery, offset: int) -> None:
    found = series.listing(parts.db)
    await _edit(query, words.home(found), buttons.home(found, offset))


async def _one(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    await answer(query)
    await _show_series(query, _there(parts, pressed.number))


async def _show_series(query: CallbackQuery, shown: Series) -> None:
    text, entities = words.series(shown, max(0, len(shown.parts) - buttons.PAGE), buttons.PAGE)
    await _edit(query, text, buttons.series(shown), entities)


async def _new(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    await _ask(parts, query, "new", 0, words.ASK_NEW)


async def _title(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    shown = _there(parts, pressed.number)
    await _ask(parts, query, "title", shown.id, words.ask_title(shown))


async def _tag(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    shown = _there(parts, pressed.number)
    await _ask(parts, query, "tag", shown.id, words.ask_tag(shown))


async def _post(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    shown = _there(parts, pressed.number)
    await _ask(parts, query, "post", shown.id, words.ask_post(shown))


async def _ask(parts: Parts, query: CallbackQuery, what: str, subject: int, text: str) -> None:
    assert query.message
    await answer(query, words.ASKED_BELOW)
    question = await parts.bot.send_message(
        query.message.chat.id, text, reply_markup=ForceReply(selective=True)
    )
    place = question.chat.id, question.message_id
    about = Asked(*place, query.from_user.id, SERIES + what, subject)
    asked.add(parts.db, about, parts.now())


async def _scan(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    series.look_again(parts.db)
    parts.kick("publish")
    await answer(query, words.SCANNING, show_alert=True)


async def _state(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    shown = _there(parts, pressed.number)
    series.set_state(parts.db, shown.id, FINISHED if shown.is_open else OPEN)
    await answer(query, words.DONE)
    await _show_series(query, _there(parts, shown.id))


async def _drop(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    shown = _there(parts, pressed.number)
    await answer(query)
    await _edit(query, words.dropping(shown), buttons.dropping(shown.id))


async def _dropped(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    shown = _there(parts, pressed.number)
    series.remove(parts.db, shown.id)
    log.info("series %d was dissolved by user %s", shown.id, query.from_user.id)
    parts.kick("publish")
    await answer(query, words.DONE)
    await _show_home(parts, query, 0)


async def _parts(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    await answer(query)
    await _show_parts(query, _there(parts, pressed.number), pressed.second)


async def _show_parts(query: CallbackQuery, shown: Series, offset: int) -> None:
    text, entities = words.series(shown, offset, buttons.PAGE)
    await _edit(query, text, buttons.parts(shown, offset), entities)


async def _part(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    shown, part = _part_there(parts, pressed)
    await answer(query)
    await _edit(query, words.part(shown, part), buttons.part(shown, part))


async def _up(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    await _move(parts, query, pressed, -1)


async def _down(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    await _move(parts, query, pressed, 1)


async def _move(parts: Parts, query: CallbackQuery, pressed: Pressed, step: int) -> None:
    shown, part = _part_there(parts, pressed)
    at = shown.parts.index(part) + step
    if not 0 <= at < len(shown.parts):
        raise WrongState("series: no place there")
    series.swap(parts.db, shown.id, part.number, shown.parts[at].number)
    parts.kick("publish")
    await answer(query, words.DONE)
    await _show_parts(query, _there(parts, shown.id), at // buttons.PAGE * buttons.PAGE)


async def _out(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    shown, part = _part_there(parts, pressed)
    series.detach(parts.db, part.ordinal)
    parts.kick("publish")
    await answer(query, words.DONE)
    await _show_parts(query, _there(parts, shown.id), 0)


def _there(parts: Parts, series_id: int) -> Series:
    shown = series.get(parts.db, series_id)
    if not shown:
        raise WrongState(f"series {series_id} is no more")
    return shown


def _part_there(parts: Parts, pressed: Pressed) -> tuple[Series, Part]:
    shown = _there(parts, pressed.number)
    part = next((one for one in shown.parts if one.ordinal == pressed.second), None)
    if not part:
        raise WrongState("series: the post is no part of it any more")
    return shown, part


_PRESSES: dict[Act, Callable[[Parts, CallbackQuery, Pressed], Awaitable[None]]] = {
    Act.HOME: _to_home,
    Act.NEW: _new,
    Act.SCAN: _scan,
    Act.SERIES: _one,
    Act.POST: _post,
    Act.TITLE: _title,
    Act.TAG: _tag,
    Act.STATE: _state,
    Act.DROP: _drop,
    Act.DROPPED: _dropped,
    Act.PARTS: _parts,
    Act.PART: _part,
    Act.UP: _up,
    Act.DOWN: _down,
    Act.OUT: _out,
}


# What admins write


async def take(parts: Parts, message: Message, question: Asked) -> None:
    """Take an admin's answer to a question of `_ask`."""
    what, text = question.about.removeprefix(SERIES), (message.text or "").strip()
    if question.about == FOR_POST:
        await _take_post(parts, message, question, await _linked_post(parts, message))
        return
    told = {"new": _make, "title": _rename, "tag": _retag}[what](parts, question.subject, text)
    if isinstance(told, str):
        await message.reply_text(told)
        return
    asked.done(parts.db, question)
    await _reply(message, told)


async def _reply(message: Message, shown: Series, lead: str = "") -> None:
    text, entities = words.series(shown)
    await message.reply_text(
        lead or text,
        entities=None if lead else [MessageEntity.de_json(dict(e), None) for e in entities],
        reply_markup=buttons.series(shown),
        link_preview_options=NO_PREVIEW,
    )


def _make(parts: Parts, _: int, text: str) -> Series | str:
    named = [tag for _, _, tag in hashtags(text)]
    title = " ".join(re.sub(r"#\S+", " ", text).split())
    tag_id = tags.of_series(parts.db, named[0], parts.now()) if named else None
    return series.create(parts.db, title, tag_id, parts.now()) or words.BAD_TITLE


def _rename(parts: Parts, series_id: int, text: str) -> Series | str:
    if not series.rename(parts.db, series_id, " ".join(text.split())):
        return words.BAD_TITLE
    return series.get(parts.db, series_id) or words.GONE


def _retag(parts: Parts, series_id: int, text: str) -> Series | str:
    tag_id = None if text == "-" else tags.of_series(parts.db, text, parts.now())
    if tag_id is None and text != "-":
        return words.BAD_TAG
    series.set_tag(parts.db, series_id, tag_id)
    return series.get(parts.db, series_id) or words.GONE


async def take_forward(update: Update, context: Context) -> None:
    """Take a post of the channel that an admin forwards when asked for one."""
    message, parts = update.effective_message, context.bot_data
    assert message and update.effective_user
    question = asked.waiting(parts.db, message.chat.id, update.effective_user.id, FOR_POST)
    if question:
        await _take_post(parts, message, question, _forwarded_post(parts, message))


async def _take_post(parts: Parts, message: Message, question: Asked, post: Post | None) -> None:
    shown = series.get(parts.db, question.subject)
    if not post or post.deleted:
        await message.reply_text(words.NO_POST)
        return
    if not shown:
        await message.reply_text(words.GONE)
        return
    if any(part.ordinal == post.ordinal for part in shown.parts):
        await message.reply_text(words.ALREADY_PART)
        return
    number = series.attach(parts.db, shown.id, post.ordinal)
    asked.done(parts.db, question)
    parts.kick("publish")
    await _reply(message, shown, words.attached(shown, number))


async def _linked_post(parts: Parts, message: Message) -> Post | None:
    """The post whose link the message holds, if it is one of our channel."""
    match = _LINK.search(message.text or "")
    if not match or parts.settings.channel is None:
        return None
    private, name, number = match.groups()
    chat = await parts.bot.get_chat(parts.settings.channel)
    ours = chat.id == int(f"-100{private}") if private else _is(chat.username, name)
    return posts.by_message(parts.db, chat.id, int(number)) if ours else None


def _is(one: str | None, other: str) -> bool:
    return (one or "").lower() == other.lower()


def _forwarded_post(parts: Parts, message: Message) -> Post | None:
    origin = message.forward_origin
    if not isinstance(origin, MessageOriginChannel):
        return None
    return posts.by_message(parts.db, origin.chat.id, origin.message_id)


# The button of a card


async def _press_card(
    parts: Parts, query: CallbackQuery, pressed: Pressed, update_id: int
) -> None:
    actor = Actor(query.from_user.id, query.from_user.full_name, update_id)
    try:
        await _CARD[pressed.act](parts, query, pressed, actor)
    except WrongState:
        await answer(query, card_words.TEXT_CHANGED, show_alert=True)


async def _pick(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    draft = _as_seen(parts, pressed)
    open_ones = series.open_ones(parts.db, OPEN_SHOWN)
    if not open_ones:
        await answer(query, words.NO_SERIES, show_alert=True)
        return
    await answer(query, words.PICKED)
    planned = series.planned(parts.db, draft.id) is not None
    try:
        await query.edit_message_reply_markup(buttons.pick(draft, open_ones, planned=planned))
    except TelegramError as error:
        log.info("the buttons could not be changed: %s", redact(error))


async def _into(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    with parts.db.atomic():
        draft = _draft(parts, pressed)
        shown = _there(parts, pressed.third)
        number = series.plan(parts.db, draft.id, shown.id)
        changed = _rewrite(parts, dress(parts.db, draft), pressed.second, actor)
    await answer(query, words.in_series(shown.title, number))
    await card_messages.show(parts, changed)


async def _alone(parts: Parts, query: CallbackQuery, pressed: Pressed, actor: Actor) -> None:
    with parts.db.atomic():
        draft = _draft(parts, pressed)
        series.unplan(parts.db, draft.id)
        changed = _rewrite(parts, undressed(draft), pressed.second, actor)
    await answer(query, words.TAKEN_OUT)
    await card_messages.show(parts, changed)


def _draft(parts: Parts, pressed: Pressed) -> Draft:
    """The draft of a card; whether it is as it was seen is for the compare-and-set to say."""
    draft = drafts.get(parts.db, pressed.number)
    if not draft:
        raise WrongState("no such draft")
    return draft


def _as_seen(parts: Parts, pressed: Pressed) -> Draft:
    draft = _draft(parts, pressed)
    if draft.version != pressed.second or draft.state is not State.OFFERED:
        raise WrongState(f"draft {draft.id} has moved on")
    return draft


def _rewrite(parts: Parts, draft: Draft, version: int, actor: Actor) -> Draft:
    return drafts.advance(
        *(parts.db, draft.id, State.OFFERED, "series", actor, parts.now()),
        version=version,
        expected={State.OFFERED},
        new_text=True,
        title=draft.title,
        links=draft.links,
        tags=draft.tags,
    )


_CARD: dict[Act, Callable[[Parts, CallbackQuery, Pressed, Actor], Awaitable[None]]] = {
    Act.PICK: _pick,
    Act.INTO: _into,
    Act.ALONE: _alone,
}


async def _edit(
    query: CallbackQuery,
    text: str,
    keyboard: InlineKeyboardMarkup,
    entities: Sequence[Entity] = (),
) -> None:
    """Show something else in the message whose button was pressed."""
    shown = [MessageEntity.de_json(dict(one), query.get_bot()) for one in entities]
    try:
        await query.edit_message_text(
            text, entities=shown, reply_markup=keyboard, link_preview_options=NO_PREVIEW
        )
    except TelegramError as error:
        if "not modified" not in str(error):
            log.info("the list of series could not be changed: %s", redact(error))
