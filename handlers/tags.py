"""/tags, for admins: the channel's hashtags in lists, one tag, its changes shown beforehand.

What is asked for in words waits in db.asked; a shown change waits there too, under the message
that shows it, until «انجام بده» is pressed. Decides nothing: see db.tag_changes.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from telegram import (
    CallbackQuery,
    ForceReply,
    InlineKeyboardMarkup,
    Message,
    Update,
)
from telegram.error import TelegramError

from bot.context import Context, Parts
from bot.errors import WrongState
from bot.logs import redact
from db import asked, facts, index, tag_changes, tags
from db.asked import Asked
from db.tag_changes import Change, What
from db.tags import Tag, TagState, View
from handlers import tag_buttons as buttons
from handlers.awaited import TAG
from handlers.presses import admins_only, answer
from handlers.tag_buttons import Act, Pressed
from handlers.texts import tags as words

log = logging.getLogger("peyk.tags")

ENOUGH = 3
"""So many drafts must want a tag before the admins are asked."""
ONCE = timedelta(days=36_500)
_SHOWN = "tag-change"


async def show(update: Update, context: Context) -> None:
    """/tags: the lists; with a name, that tag."""
    message, parts = update.effective_message, context.bot_data
    assert message
    if not context.args:
        text, keyboard = _home(parts)
        await message.reply_text(text, reply_markup=keyboard)
        return
    tag = tags.find(parts.db, "_".join(context.args))
    if tag:
        await message.reply_text(_page(parts, tag), reply_markup=buttons.tag(tag))
    else:
        await message.reply_text(words.UNKNOWN)


def _home(parts: Parts) -> tuple[str, InlineKeyboardMarkup]:
    counts, last = tags.counts(parts.db), tag_changes.last(parts.db)
    revision = tags.revision(parts.db) if last else None
    return words.home(counts, last), buttons.home(counts, revision)


def _page(parts: Parts, tag: Tag) -> str:
    return words.tag(tag, tags.wishing(parts.db, tag.id) if tag.wishes else ())


@admins_only
async def press(update: Update, context: Context) -> None:
    """Answer a button of /tags."""
    query, parts = update.callback_query, context.bot_data
    assert query
    pressed = buttons.read(query.data)
    if not pressed or not query.message:
        await answer(query, words.OLD_BUTTON, show_alert=True)
        return
    try:
        await _PRESSES[pressed.act](parts, query, pressed)
    except WrongState as error:
        log.info("%s; user %s is shown what there is", error, query.from_user.id)
        await answer(query, words.CHANGED, show_alert=True)
        await _show_home(parts, query)


async def _to_home(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    await answer(query)
    await _show_home(parts, query)


async def _show_home(parts: Parts, query: CallbackQuery) -> None:
    await _edit(query, *_home(parts))


async def _list(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    view = View(pressed.argument)
    total = tags.counts(parts.db)[view]
    offset = min(pressed.number, max(0, total - 1) // buttons.PAGE * buttons.PAGE)
    found = tags.view(parts.db, view, offset, buttons.PAGE)
    await answer(query)
    text = words.page(view, offset, buttons.PAGE, total)
    await _edit(query, text, buttons.page(view, found, offset, total))


async def _tag(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    tag = _there(parts, pressed)
    await answer(query)
    await _edit(query, _page(parts, tag), buttons.tag(tag))


async def _kinds(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    tag = _there(parts, pressed)
    await answer(query)
    await _edit(query, words.ask_kind(tag), buttons.kinds(tag))


async def _names(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    tag = _there(parts, pressed)
    await answer(query)
    await _edit(query, words.ask_name(tag), buttons.names(tag))


async def _ask(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    """Ask for a name, a label or another tag; the reply may come hours and a restart later."""
    tag, what = _there(parts, pressed), What(pressed.argument)
    assert query.message
    await answer(query, words.ASKED_BELOW)
    question = await parts.bot.send_message(
        query.message.chat.id,
        words.ask(tag, what),
        reply_markup=ForceReply(selective=True),
    )
    about = Asked(
        *(question.chat.id, question.message_id, query.from_user.id, TAG + what), subject=tag.id
    )
    asked.add(parts.db, about, parts.now())


async def take(parts: Parts, message: Message, question: Asked) -> None:
    """Take an admin's answer to a question of `_ask`: show what it would change."""
    what, text = What(question.about.removeprefix(TAG)), (message.text or "").strip()
    if what is What.MERGE:
        other = tags.find(parts.db, text)
        if not other:
            await message.reply_text(words.UNKNOWN)
            return
        text = str(other.id)
    elif what is What.LABEL and text == "-":
        text = ""
    seen = tag_changes.preview(parts.db, Change(what, question.subject, text))
    if seen.problem:
        await message.reply_text(words.preview(seen))
        return
    asked.done(parts.db, question)
    shown = await message.reply_text(
        words.preview(seen), reply_markup=buttons.preview(question.subject, seen.revision)
    )
    _wait(parts, shown.chat.id, shown.message_id, question.user_id, seen.change)


def _wait(parts: Parts, chat_id: int, message_id: int, user_id: int, change: Change) -> None:
    """Remember which change a message shows."""
    detail = json.dumps([change.what, change.value], ensure_ascii=False)
    shown = Asked(chat_id, message_id, user_id, _SHOWN, change.tag_id, detail)
    asked.add(parts.db, shown, parts.now())


async def _try(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    tag = _there(parts, pressed)
    name, _, value = pressed.argument.partition("-")
    what = What(name)
    if what is What.UNALIAS:
        value = dict(enumerate(tag.aliases)).get(int(value), "")
    seen = tag_changes.preview(parts.db, Change(what, tag.id, value))
    await answer(query)
    if seen.problem:
        await _edit(query, words.preview(seen), buttons.back_to(tag.id))
        return
    assert query.message
    await _edit(query, words.preview(seen), buttons.preview(tag.id, seen.revision))
    place = query.message.chat.id, query.message.message_id
    _wait(parts, *place, query.from_user.id, seen.change)


async def _do(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    assert query.message
    shown = asked.get(parts.db, query.message.chat.id, query.message.message_id)
    if not shown or shown.about != _SHOWN:
        raise WrongState("tags: this change was made or forgotten")
    name, value = json.loads(shown.detail)
    change = Change(What(name), shown.subject, value)
    with parts.db.atomic():
        changed = tag_changes.apply(parts.db, change, pressed.number, query.from_user.full_name)
        asked.done(parts.db, shown)
    log.info("tag %d: %s by user %s", change.tag_id, change.what, query.from_user.id)
    await answer(query, words.DONE)
    await _edit(query, _page(parts, changed), buttons.tag(changed))


async def _undo(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    try:
        tag = tag_changes.undo(parts.db, pressed.number)
    except WrongState:
        await answer(query, words.NOTHING_TO_UNDO, show_alert=True)
        await _show_home(parts, query)
        return
    log.info("the last change of the tags was taken back by user %s", query.from_user.id)
    await answer(query, words.UNDONE)
    await _catch_up(parts)
    tag = tags.get(parts.db, tag.id) or tag
    await _edit(query, _page(parts, tag), buttons.tag(tag))


async def _catch_up(parts: Parts) -> None:
    """Let the posts that a change concerns carry their tags: until then they are miscounted."""
    for _ in iter(lambda: index.catch_up(parts.db), 0):
        await asyncio.sleep(0)


async def _take(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    await _decide(parts, query, pressed, What.ADOPT)


async def _refuse(parts: Parts, query: CallbackQuery, pressed: Pressed) -> None:
    await _decide(parts, query, pressed, What.REFUSE)


async def _decide(parts: Parts, query: CallbackQuery, pressed: Pressed, what: What) -> None:
    """Take or refuse a tag that the model wants; the message says who did."""
    tag, who = _there(parts, pressed), query.from_user.full_name
    if tag.state in (TagState.PROPOSED, TagState.SEEN):
        if what is What.ADOPT or tag.state is TagState.PROPOSED:
            change = Change(what, tag.id)
            tag = tag_changes.apply(parts.db, change, tags.revision(parts.db), who)
        await answer(query, words.DONE)
        text = words.taken(tag, who) if what is What.ADOPT else words.refused(tag, who)
        await _edit(query, text, None)
        return
    await answer(query, words.CHANGED, show_alert=True)
    await _edit(query, _page(parts, tag), buttons.tag(tag))


def _there(parts: Parts, pressed: Pressed) -> Tag:
    """The tag of a button; raises WrongState when it has become part of another."""
    tag = tags.get(parts.db, pressed.number)
    if not tag:
        raise WrongState(f"tag {pressed.number} is no more")
    return tag


_PRESSES: dict[Act, Callable[[Parts, CallbackQuery, Pressed], Awaitable[None]]] = {
    Act.HOME: _to_home,
    Act.LIST: _list,
    Act.TAG: _tag,
    Act.KINDS: _kinds,
    Act.NAMES: _names,
    Act.ASK: _ask,
    Act.TRY: _try,
    Act.DO: _do,
    Act.UNDO: _undo,
    Act.TAKE: _take,
    Act.REFUSE: _refuse,
}


async def _edit(query: CallbackQuery, text: str, keyboard: InlineKeyboardMarkup | None) -> None:
    """Show something else in the message whose button was pressed."""
    try:
        await query.edit_message_text(text, reply_markup=keyboard)
    except TelegramError as error:
        if "not modified" not in str(error):
            log.info("the list of tags could not be changed: %s", redact(error))


async def announce(parts: Parts) -> None:
    """Ask the admins about each tag that enough drafts wanted; once, and one message each."""
    if not parts.settings.admin_chat:
        return
    for tag in tags.wanted(parts.db, ENOUGH):
        key = f"tag-wanted:{tag.name}"
        if facts.announced(parts.db, key, parts.now(), ONCE):
            continue
        try:
            await parts.bot.send_message(
                parts.settings.admin_chat,
                words.proposal(tag, tags.wishing(parts.db, tag.id)),
                reply_markup=buttons.proposal(tag.id),
                disable_notification=True,
            )
        except TelegramError as error:
            log.warning("the admins were not asked about a tag: %s", redact(error))
            return
        facts.first_time(parts.db, key, parts.now())
