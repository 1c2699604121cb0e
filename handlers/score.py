"""/score: how somebody does, the boards, and their wishes: name, reminder, subjects."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from telegram import (
    CallbackQuery,
    ForceReply,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
    Update,
    User,
)
from telegram.constants import ChatType
from telegram.error import BadRequest, TelegramError

from bot import chart
from bot.channel.lines import embedded, named
from bot.channel.post import Rendered
from bot.context import Context, Parts
from bot.logs import redact
from bot.persian.dates import digits
from bot.persian.typography import plain, units
from db import asked, players, questions
from db.asked import Asked
from handlers import play_buttons
from handlers.awaited import NAME
from handlers.play_buttons import Press
from handlers.presses import answer
from handlers.rounds import count_some
from handlers.texts import score as words

log = logging.getLogger("peyk.score")

DAYS = 14
"""On the picture."""
LATE_HOURS = 2
"""A reminder that could not be sent at its hour is still worth sending so much later."""


async def command(update: Update, context: Context) -> None:
    """/score: one's own in private, in a group that group's board."""
    message, user, parts = update.effective_message, update.effective_user, context.bot_data
    assert message and user
    if message.chat.type == ChatType.PRIVATE:
        await _show_own(parts, message, user.id)
    else:
        count_some(parts)
        board = players.group(message.chat.id)
        standings, mine = players.look(parts.db, board, user.id)
        text = words.board("", standings, mine, on_it=True)
        await message.reply_text(text.text, entities=_entities(text))


async def press(parts: Parts, query: CallbackQuery, message: Message, pressed: Press) -> None:
    """A button under /score."""
    await answer(query)
    user = query.from_user
    if message.chat.id != user.id:
        return
    count_some(parts)
    match pressed.what:
        case "s":
            await _show_own(parts, message, user.id)
        case "b":
            await _show_board(parts, message, user.id, pressed.board)
        case "n":
            await _ask_name(parts, message, user)
        case "n-":
            players.show(parts.db, user.id, "")
            await message.reply_text(words.OFF_BOARD)
        case "r" | "r-":
            await _set_reminder(parts, message, user.id, pressed)
        case "t" | "t-":
            await _set_subjects(parts, message, user.id, pressed)


async def take_name(update: Update, context: Context) -> None:
    """The name somebody wants on the boards."""
    message, user, parts = update.effective_message, update.effective_user, context.bot_data
    assert message and user and message.reply_to_message
    question = asked.get(parts.db, message.chat.id, message.reply_to_message.message_id)
    name = acceptable(message.text or "")
    if not name:
        await _ask_name(parts, message, user, words.BAD_NAME)
    elif not players.show(parts.db, user.id, name):
        await _ask_name(parts, message, user, words.NAME_TAKEN)
    else:
        await message.reply_text(words.named_now(name))
    if question:
        asked.done(parts.db, question)


def acceptable(text: str) -> str:
    """A name as it may stand on a board, or ''."""
    name = " ".join(text.split())
    harmless = plain(name) == name and not any(mark in name for mark in "@#/<>[]")
    fits = 2 <= units(name) <= words.LONGEST_NAME
    lettered = any(character.isalpha() for character in name)
    return name if harmless and fits and lettered else ""


async def remind(parts: Parts) -> int:
    """Remind those whose hour it is, and who have something due; each once a day."""
    local = parts.now().astimezone(parts.settings.timezone)
    today, hours = local.date().isoformat(), range(max(local.hour - LATE_HOURS, 0), local.hour + 1)
    sent = 0
    while waiting := players.to_remind(parts.db, today, hours):
        for user_id in waiting:
            players.reminded(parts.db, user_id, today)
            due = players.count_due(parts.db, user_id, parts.now())
            sent += bool(due) and await _remind(parts, user_id, due)
        await asyncio.sleep(0)
    return sent


async def _remind(parts: Parts, user_id: int, due: int) -> bool:
    try:
        await parts.bot.send_message(user_id, words.reminder(due))
    except TelegramError as error:  # blocked us, most of the time
        log.info("somebody was not reminded: %s", redact(error))
        return False
    return True


async def _show_own(parts: Parts, message: Message, user_id: int) -> None:
    count_some(parts)
    db, now, zone = parts.db, parts.now(), parts.settings.timezone
    ever = players.standing(db, players.EVER, user_id)
    if not ever:
        await message.reply_text(words.NOTHING_YET)
        return
    player, today = players.get(db, user_id), now.astimezone(zone).date()
    streak = players.streak(player, today)
    tonight = now.astimezone(zone).replace(hour=23, minute=59, second=59)
    text = words.own(
        *(player, streak, players.count_due(db, user_id, tonight)),
        players.learnt(db, user_id),
        players.by_subject(db, user_id),
        *(players.standing(db, players.week(now, zone), user_id), ever),
    )
    buttons = play_buttons.under_score(bool(player.name))
    picture = await _picture(parts, user_id, streak, ever)
    if picture:
        await message.reply_photo(
            picture, caption=text.text, caption_entities=_entities(text), reply_markup=buttons
        )
    else:
        await message.reply_text(text.text, entities=_entities(text), reply_markup=buttons)


async def _picture(
    parts: Parts, user_id: int, streak: int, ever: players.Standing
) -> bytes | None:
    """The picture to share; None where Pillow is not installed."""
    if not chart.can_draw():
        return None
    now, zone = parts.now(), parts.settings.timezone
    today = now.astimezone(zone).date()
    rows = players.by_day(parts.db, user_id, now - timedelta(days=DAYS))
    subjects = [
        chart.Bar(named(one.name, words.LONGEST_SUBJECT), *words.told(one))
        for one in players.by_subject(parts.db, user_id, 5)
    ]
    card = chart.Card(
        words.TITLE,
        embedded(parts.signature),
        (
            (digits(streak), words.STREAK_LABEL),
            (words.percent(ever.points, ever.answered), words.ACCURACY_LABEL),
            (digits(ever.answered), words.ANSWERED_LABEL),
        ),
        words.LAST_DAYS,
        (words.RIGHT, words.WRONG),
        chart.days(rows, today, DAYS, zone),
        words.IN_SUBJECTS,
        tuple(subjects),
    )
    return await asyncio.to_thread(chart.draw, card)


async def _show_board(parts: Parts, message: Message, user_id: int, which: str) -> None:
    board = players.EVER if which == "e" else players.week(parts.now(), parts.settings.timezone)
    on_it = bool(players.get(parts.db, user_id).name)
    text = words.board(which, *players.look(parts.db, board, user_id), on_it)
    await _turn(message, text, play_buttons.under_board(which, on_it))


async def _turn(message: Message, text: Rendered, buttons: InlineKeyboardMarkup) -> None:
    """Show a board on its own message, or below a picture as a new one."""
    if message.text is None:
        await message.reply_text(text.text, entities=_entities(text), reply_markup=buttons)
        return
    try:
        await message.edit_text(text.text, entities=_entities(text), reply_markup=buttons)
    except BadRequest as error:  # pressed twice, or the message was deleted meanwhile
        log.info("a board was not shown: %s", redact(error))


async def _ask_name(
    parts: Parts, message: Message, user: User, text: str = words.ASK_NAME
) -> None:
    sent = await message.reply_text(text, reply_markup=ForceReply())
    asked.add(parts.db, Asked(message.chat.id, sent.message_id, user.id, NAME), parts.now())


async def _set_reminder(parts: Parts, message: Message, user_id: int, pressed: Press) -> None:
    if pressed.what == "r-":
        players.remind(parts.db, user_id, None)
        await message.reply_text(words.REMINDER_OFF)
    elif pressed.first in play_buttons.HOURS:
        players.remind(parts.db, user_id, pressed.first)
        await message.reply_text(words.reminded_at(pressed.first))
    else:
        chosen = players.get(parts.db, user_id).reminder
        await message.reply_text(words.ASK_HOUR, reply_markup=play_buttons.hours(chosen))


async def _set_subjects(parts: Parts, message: Message, user_id: int, pressed: Press) -> None:
    """Show the subjects; a press on one chooses it, or takes the choice back."""
    known = [name for name, _ in questions.subjects(parts.db)]
    chosen = list(players.get(parts.db, user_id).subjects)
    if pressed.what == "t-":
        chosen = []
    elif pressed.second is not None and pressed.second < len(known):
        name = known[pressed.second]
        chosen = [one for one in chosen if one != name] if name in chosen else [*chosen, name]
    players.prefer(parts.db, user_id, chosen)
    if not known:
        await message.reply_text(words.NO_SUBJECTS)
        return
    page = pressed.first or 0
    labels = {name: players.written(parts.db, name) for name in known}
    buttons = play_buttons.subjects(labels, chosen, page)
    await _turn(message, Rendered(words.ASK_SUBJECTS), buttons)


def _entities(text: Rendered) -> list[MessageEntity]:
    return [MessageEntity(**entity) for entity in text.entities]
