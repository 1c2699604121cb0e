"""A round carried on: the next question, the word after an answer, the end.

`carry_on` may be called at any time by anybody: what has happened is in the database, and one
round is in one hand at a time. The commands and updates that lead here are in handlers.quiz.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any, cast

from telegram import Message, MessageEntity
from telegram.error import BadRequest, Forbidden, TelegramError

from bot import practice
from bot.channel.post import Rendered
from bot.channel.publish import NO_PREVIEW
from bot.context import Parts
from bot.logs import redact
from db import index, players, posts, questions, rounds
from db.questions import Question, Stage
from db.rounds import GROUP, SINGLE, Asked, Round
from handlers import play_buttons
from handlers.texts import play as words

log = logging.getLogger("peyk.quiz")

SECONDS = 40
"""For a question in a group."""
GRACE = timedelta(seconds=3)
"""How long answers given in the last second may take to reach us."""
AT_ONCE, REST = 50, 20
"""Answers counted together, and for how many times as long others go first in a burst."""
SOME = 300
SILENCE = timedelta(seconds=45)
"""Longer than Telegram holds a getUpdates: who heard nothing for so long has missed nothing."""
RESTS = timedelta(seconds=30)
"""A step that was not made for so long is not under way any more."""
STALE = timedelta(hours=12)
"""A question that nobody answered for so long is no hindrance to a new round."""


async def carry_on(parts: Parts, round_id: int) -> None:
    """Do what is next in a round, if anything is; Forbidden (blocked) ends it."""
    async with parts.turn(round_id):
        try:
            while await _step(parts, round_id):
                pass
        except Forbidden as error:
            log.info("round %s ends, its chat is closed to us: %s", round_id, redact(error))
            if found := rounds.get(parts.db, round_id):
                rounds.end(parts.db, found, "left", parts.now())


async def _step(parts: Parts, round_id: int) -> bool:
    """One step; whether another may follow."""
    db, round_ = parts.db, rounds.get(parts.db, round_id)
    if not round_ or not round_.is_open:
        return False
    if round_.position >= len(round_.plan):
        await finish(parts, round_, ended_early=False)
        return False
    question = questions.get(db, round_.plan[round_.position])
    poll = rounds.poll_of(db, round_)
    if not question or (not poll and not is_askable(question)):
        rounds.move(db, round_, parts.now())
        return True
    if not poll:
        await _ask(parts, round_, question)
        return False
    if not _is_over(parts, round_, poll):
        return False
    return await _go_on(parts, round_, question)


def is_askable(question: Question) -> bool:
    """Whether a question may be asked now."""
    return question.stage is Stage.APPROVED and bool(question.correct and question.options)


def _is_over(parts: Parts, round_: Round, poll: Asked) -> bool:
    if poll.place == GROUP:
        return (
            poll.closes is not None and poll.closes <= parts.now() and _heard(parts, poll.closes)
        )
    return rounds.has_answered(parts.db, round_, round_.user_id)


def _heard(parts: Parts, closed: datetime) -> bool:
    """Whether the answers given in time have reached us: after a stop they come a little later."""
    contact = parts.last_contact()
    recent = contact is not None and contact >= closed - GRACE
    return recent or bool(parts.settings.webhook_url) or parts.now() - closed > SILENCE


async def _ask(parts: Parts, round_: Round, question: Question) -> None:
    order = practice.order(len(question.options), f"{round_.id}:{round_.position}")
    correct = tuple(at for at, option in enumerate(order) if option in question.correct)
    in_group = round_.place == GROUP
    rounds.sending(parts.db, round_, parts.now())
    message = await parts.bot.send_poll(
        round_.chat_id,
        question.text,
        [question.options[option] for option in order],
        type="quiz",
        is_anonymous=False,
        correct_option_ids=cast(Any, correct),  # whose type lists 0 to 11
        allows_multiple_answers=len(correct) > 1,
        explanation=question.explanation or None,
        open_period=SECONDS if in_group else None,
        reply_markup=None if in_group else play_buttons.under_poll(round_.id, round_.position),
    )
    assert message.poll
    poll = Asked(
        *(message.poll.id, round_.id, round_.place, round_.position, question.id),
        *(round_.chat_id, message.message_id, correct),
        closes=_closes(parts, round_),
    )
    rounds.asked(parts.db, poll)


def _closes(parts: Parts, round_: Round) -> datetime | None:
    """When a poll that was sent just now takes no more answers, and none is on its way."""
    in_group = round_.place == GROUP
    return parts.now() + timedelta(seconds=SECONDS) + GRACE if in_group else None


async def adopt(parts: Parts, user_id: int, poll_id: str) -> None:
    """Take a poll for ours that was sent by a process which died before it could note it.

    A round says that such a poll may exist, and what its options were. While one is being sent
    just now, its sender is waited for: answers can be faster than Telegram's reply to us.
    """
    maybe = rounds.doubtful(parts.db, user_id)
    if not maybe:
        return
    async with parts.turn(maybe.id):
        if not rounds.knows(parts.db, poll_id):
            _adopt(parts, rounds.doubtful(parts.db, user_id), poll_id)


def _adopt(parts: Parts, round_: Round | None, poll_id: str) -> None:
    question = round_ and questions.get(parts.db, round_.plan[round_.position])
    if not round_ or not question:
        return
    order = practice.order(len(question.options), f"{round_.id}:{round_.position}")
    correct = tuple(at for at, option in enumerate(order) if option in question.correct)
    lost = Asked(
        *(poll_id, round_.id, round_.place, round_.position, question.id),
        *(round_.chat_id, 0, correct),
        closes=_closes(parts, round_),
    )
    rounds.asked(parts.db, lost)


async def _go_on(parts: Parts, round_: Round, question: Question) -> bool:
    """Say what there is to say of the question just answered, and move on."""
    if round_.place == GROUP:
        answered, right = rounds.answers_to(parts.db, round_)
        if not answered:
            await finish(parts, round_, ended_early=True)
            return False
        text = words.closed(*explained(parts, question), answered, right)
    else:
        knew = rounds.was_right(parts.db, round_, round_.user_id)
        at = round_.position + 1, len(round_.plan)
        text = words.verdict(knew, *explained(parts, question), at)
    await say(parts, round_.chat_id, text)
    rounds.move(parts.db, round_, parts.now())
    return True


def explained(parts: Parts, question: Question) -> tuple[list[str], str, tuple[str, str] | None]:
    """The right options of a question, why they are, and the post it comes from."""
    post = posts.by_id(parts.db, question.post_id) if question.post_id else None
    source = None
    if post and post.url and not post.deleted:
        source = (post.title or index.split(post.text, post.poll)[0], post.url)
    return [question.options[at] for at in question.correct], question.explanation, source


async def finish(parts: Parts, round_: Round, *, ended_early: bool) -> None:
    """Close a round, and say how it went."""
    if not rounds.end(parts.db, round_, "left" if ended_early else "done", parts.now()):
        return
    rounds.count(parts.db, parts.settings.timezone, round_id=round_.id)
    results = rounds.results(parts.db, round_.id)
    if round_.place == GROUP:
        shown = words.scoreboard(results, ended_early)
        await say(parts, round_.chat_id, shown if results else Rendered(words.NOBODY))
        return
    own = [result for result in results if result.user_id == round_.user_id]
    if round_.place == SINGLE and own:
        week = players.week(parts.now(), parts.settings.timezone)
        standing = players.standing(parts.db, week, round_.user_id)
        text = words.single_done(standing.points if standing else 0)
    else:
        right, answered = (own[0].right, own[0].answered) if own else (0, 0)
        short = len(round_.plan) < practice.ROUND
        text = words.summary(right, answered, ended_early=ended_early, short=short)
    await parts.bot.send_message(round_.chat_id, text, reply_markup=play_buttons.after_round())


async def leave(parts: Parts, round_: Round, *, quietly: bool = False) -> None:
    """End a round before its end; its open question takes no answer any more."""
    poll = rounds.poll_of(parts.db, round_)
    if poll and not _is_over(parts, round_, poll):
        await stop(parts, poll)
    if quietly:
        rounds.end(parts.db, round_, "left", parts.now())
    else:
        await finish(parts, round_, ended_early=True)


async def stop(parts: Parts, poll: Asked) -> None:
    """Close a poll, which shows its answer."""
    try:
        await parts.bot.stop_poll(poll.chat_id, poll.message_id)
    except BadRequest as error:  # deleted, or closed already
        log.info("a question was not closed: %s", error)


def count_some(parts: Parts) -> None:
    """Let answers so far have their effect: whoever reads scores calls this first.

    After a burst of very many, `watch` counts the rest within seconds.
    """
    rounds.count(parts.db, parts.settings.timezone, SOME)


async def watch(parts: Parts) -> None:
    """Count answers, and carry on in groups where a question's time is over."""
    zone, begun, rest = parts.settings.timezone, perf_counter(), REST
    while rounds.count(parts.db, zone, AT_ONCE) == AT_ONCE:
        stored = parts.answers.stored
        await asyncio.sleep((perf_counter() - begun) * rest)
        begun, rest = perf_counter(), REST if parts.answers.stored > stored else 1
    await _carry_on_all(parts, rounds.over_in_groups(parts.db, parts.now()))


async def rescue(parts: Parts) -> None:
    """Make the steps that a process which died, or a network that was away, left undone."""
    await _carry_on_all(parts, rounds.stuck(parts.db, parts.now() - RESTS))


async def _carry_on_all(parts: Parts, round_ids: Iterable[int]) -> None:
    for round_id in round_ids:
        try:
            await carry_on(parts, round_id)
        except TelegramError as error:
            log.warning("round %s waits for its next step: %s", round_id, redact(error))


async def say(parts: Parts, chat_id: int, text: Rendered) -> Message:
    """Send a text with its entities."""
    return await parts.bot.send_message(
        chat_id,
        text.text,
        entities=[MessageEntity(**entity) for entity in text.entities],
        link_preview_options=NO_PREVIEW,
    )
