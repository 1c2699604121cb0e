"""/quiz, its answers and buttons, the channel's «count it for me», and the end of a round.

What happens between them is in handlers.rounds.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

from telegram import CallbackQuery, Message, ReplyParameters, Update, User
from telegram.constants import ChatType
from telegram.error import BadRequest, TelegramError

from bot import practice
from bot.context import Context, Parts
from bot.logs import redact
from db import players, questions, rounds
from db.model import moment
from db.players import Player
from db.rounds import GROUP, PRIVATE, SINGLE, Answer, Round
from handlers import play_buttons, score
from handlers.presses import answer
from handlers.rounds import (
    SECONDS,
    STALE,
    adopt,
    carry_on,
    count_some,
    explained,
    is_askable,
    leave,
    say,
    stop,
)
from handlers.texts import play as words

log = logging.getLogger("peyk.quiz")

LONGEST_NAME = 64
_LINK = re.compile(r"quiz(?:_(\d{1,15}))?", re.ASCII)


async def command(update: Update, context: Context) -> None:
    """/quiz [tag]: a round of one's own, or in the channel's discussion group one for all."""
    message, user, parts = update.effective_message, update.effective_user, context.bot_data
    assert message and user
    tag = " ".join(context.args or [])
    if message.chat.type == ChatType.PRIVATE:
        await _begin_own(parts, message, user, tag)
    elif await _is_discussion(parts, message.chat.id):
        await _begin_group(parts, message, user, tag)
    elif f"@{parts.bot.username}".lower() in (message.text or "").lower():
        await message.reply_text(words.NOT_HERE)


def _names(parts: Parts, said: str) -> list[str]:
    """All names of the hashtag that somebody means by one of them: questions may bear any."""
    tag = parts.vocabulary.find(said.replace(" ", "_")) or parts.vocabulary.find(said)
    return [said, tag, *parts.vocabulary.tags[tag]] if tag else [said]


async def take_answer(update: Update, context: Context) -> None:
    """An answer to one of our polls; what is none of ours, or not new, changes nothing."""
    given, parts = update.poll_answer, context.bot_data
    if not given or not given.user or not given.option_ids:
        return
    poll_id, user = given.poll_id, given.user
    kept = await _record(parts, poll_id, user, given.option_ids)
    if not kept and not rounds.knows(parts.db, poll_id):
        await adopt(parts, user.id, poll_id)
        kept = await _record(parts, poll_id, user, given.option_ids)
    if kept and kept[1] == GROUP:
        return  # counted with the others; the poll goes on until its time is over
    round_id = kept[0] if kept else rounds.round_of(parts.db, poll_id)
    if round_id:
        rounds.count(parts.db, parts.settings.timezone, round_id=round_id)
        await carry_on(parts, round_id)


async def open_link(parts: Parts, message: Message, parameter: str) -> bool:
    """Ask what a deep link leads to (/start quiz_…); False: it is none of ours."""
    match, user = _LINK.fullmatch(parameter), message.from_user
    if not match or not user:
        return False
    if match[1]:
        await _begin_single(parts, message, user, int(match[1]))
    else:
        await _begin_own(parts, message, user, "")
    return True


async def press(update: Update, context: Context) -> None:
    """A button of a round or of /score."""
    query, parts = update.callback_query, context.bot_data
    assert query
    pressed = play_buttons.read(query.data)
    if not pressed or not isinstance(query.message, Message):
        await answer(query, words.OLD_BUTTON)
    elif pressed.what == "d":
        await _pass_by(parts, query, pressed.first or 0, pressed.second or 0)
    elif pressed.what == "a":
        await answer(query)
        await _begin_own(parts, query.message, query.from_user, "")
    else:
        await score.press(parts, query, query.message, pressed)


async def cancel(parts: Parts, message: Message, user: User) -> bool:
    """End the round that is open in this chat; whether there was one."""
    round_ = rounds.open_in(parts.db, message.chat.id)
    if not round_:
        return False
    if round_.place == GROUP and user.id != round_.user_id and not parts.is_admin(user.id):
        await message.reply_text(words.ONLY_STARTER)
        return True
    await leave(parts, round_)
    return True


def forget(parts: Parts, user_id: int) -> tuple[int, Player]:
    """Erase a player; returns how many answers were kept, and who it was."""
    count_some(parts)
    with parts.db.atomic():
        return rounds.forget(parts.db, user_id), players.forget(parts.db, user_id)


async def _record(
    parts: Parts, poll_id: str, user: User, chosen: Sequence[int]
) -> tuple[int, str] | None:
    """Keep an answer: the round it belongs to, and where that is; None: it changes nothing."""
    name = user.first_name[:LONGEST_NAME]
    return await parts.answers.add(Answer(poll_id, user.id, name, chosen, parts.now()))


async def _begin_own(parts: Parts, message: Message, user: User, tag: str) -> None:
    chat_id = message.chat.id
    if chat_id != user.id:  # a button of a private chat's message, pressed elsewhere
        return
    if await _is_busy(parts, chat_id):
        return
    plan = await _plan(parts, message, user.id, tag)
    begun = plan and rounds.begin(parts.db, chat_id, user.id, PRIVATE, plan, parts.now())
    if begun:
        await carry_on(parts, begun.id)


async def _is_busy(parts: Parts, chat_id: int) -> bool:
    """Whether a round is open in a private chat; then its question is shown again."""
    round_ = rounds.open_in(parts.db, chat_id)
    if not round_:
        return False
    if parts.now() - round_.updated > STALE:
        await leave(parts, round_, quietly=True)
        return False
    await carry_on(parts, round_.id)
    now = rounds.get(parts.db, round_.id)
    if now and now.is_open and now.sends == round_.sends and now.position == round_.position:
        await _point_at(parts, now)
    return True


async def _point_at(parts: Parts, round_: Round) -> None:
    """Lead to the open question; send it once more where it was deleted."""
    poll = rounds.poll_of(parts.db, round_)
    if not poll:
        return
    try:
        await parts.bot.send_message(
            round_.chat_id,
            words.ANSWER_FIRST,
            reply_parameters=ReplyParameters(poll.message_id),
        )
    except BadRequest as error:
        log.info("the open question of round %s is gone: %s", round_.id, redact(error))
        rounds.drop(parts.db, poll.poll_id)
        await carry_on(parts, round_.id)


async def _plan(parts: Parts, message: Message, user_id: int, tag: str) -> list[int]:
    """The questions of a user's round; where there are none, says so."""
    db, player = parts.db, players.get(parts.db, user_id)
    count_some(parts)
    wished = _names(parts, tag) if tag else [*player.subjects]
    among = questions.askable(db, wished)
    if not among and player.subjects and not tag:
        among = questions.askable(db)
    if not among:
        await message.reply_text(_why_nothing(parts, tag))
        return []
    due = players.due(db, user_id, parts.now())
    if tag:
        due = [question for question in due if question in set(among)]
    new, level = players.fresh(db, user_id, among), practice.level(players.history(db, user_id))
    plan = practice.choose(due, new, level)
    if not plan:
        next_due = moment(players.next_due(db, user_id))
        zone = parts.settings.timezone
        text = words.nothing_due(next_due, zone) if next_due else words.NOTHING_LEFT
        await message.reply_text(text)
    return plan


def _why_nothing(parts: Parts, tag: str) -> str:
    known = [players.written(parts.db, name) for name, _ in questions.subjects(parts.db)[:12]]
    return words.no_such_subject(tag, known) if tag and known else words.EMPTY_BANK


async def _begin_single(parts: Parts, message: Message, user: User, question_id: int) -> None:
    """The channel's question in private: it counts, once."""
    count_some(parts)
    question = questions.get(parts.db, question_id)
    if not question or not is_askable(question):
        await message.reply_text(words.QUESTION_GONE)
        return
    before = rounds.first_answer(parts.db, user.id, question_id)
    if before is not None:
        shown = words.counted_before(before, *explained(parts, question))
        await say(parts, message.chat.id, shown)
        return
    open_ = rounds.open_in(parts.db, message.chat.id)
    if open_ and parts.now() - open_.updated > STALE:
        await leave(parts, open_, quietly=True)
    elif open_:
        await _squeeze_in(parts, open_, question_id)
        return
    chat_id = message.chat.id
    begun = rounds.begin(parts.db, chat_id, user.id, SINGLE, [question_id], parts.now())
    if begun:
        await message.reply_text(words.COUNTS_ONCE)
        await carry_on(parts, begun.id)


async def _squeeze_in(parts: Parts, round_: Round, question_id: int) -> None:
    if question_id not in round_.plan[round_.position :]:
        rounds.insert(parts.db, round_, question_id)
    if round_.position < len(round_.plan) and round_.plan[round_.position] != question_id:
        await parts.bot.send_message(round_.chat_id, words.COMES_NEXT)
    await carry_on(parts, round_.id)


async def _pass_by(parts: Parts, query: CallbackQuery, round_id: int, position: int) -> None:
    """«I do not know» counts as an answer that is not right, and shows the right one."""
    round_ = rounds.get(parts.db, round_id)
    mine = round_ and round_.is_open and round_.user_id == query.from_user.id
    poll = rounds.poll_of(parts.db, round_) if round_ and mine else None
    if not round_ or not poll or round_.position != position:
        await answer(query, words.ALREADY_ANSWERED)
        return
    kept = await _record(parts, poll.poll_id, query.from_user, ())
    await answer(query)
    if kept:
        await stop(parts, poll)
    rounds.count(parts.db, parts.settings.timezone, round_id=round_id)
    await carry_on(parts, round_id)


async def _begin_group(parts: Parts, message: Message, user: User, tag: str) -> None:
    chat_id, db = message.chat.id, parts.db
    if running := rounds.open_in(db, chat_id):
        if rounds.poll_of(db, running):
            await message.reply_text(words.RUNNING)
        await carry_on(parts, running.id)
        return
    candidates = questions.askable(db, _names(parts, tag) if tag else [])
    if not candidates:
        await message.reply_text(_why_nothing(parts, tag))
        return
    seed = f"{chat_id}:{message.message_id}"
    plan = practice.draw(candidates, rounds.used(db, chat_id), seed)
    begun = rounds.begin(db, chat_id, user.id, GROUP, plan, parts.now())
    if begun:
        await message.reply_text(words.group_begins(len(plan), SECONDS))
        await carry_on(parts, begun.id)


async def _is_discussion(parts: Parts, chat_id: int) -> bool:
    """Whether a group is the one where the channel's posts are discussed."""
    assert parts.settings.channel is not None
    try:
        channel = await parts.bot.get_chat(parts.settings.channel)
    except TelegramError as error:
        log.warning("the channel could not be asked for its group: %s", redact(error))
        return False
    return channel.linked_chat_id == chat_id
