"""From the bank to the channel: the plan's next question, its votes, what follows it.

Each post goes through the outbox as a draft that nobody is asked about, so it reaches the channel
exactly once; which question it is, db.question_posts knows. Decisions about questions are
handlers.quiz_cards'.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, time, timedelta
from typing import Any

from telegram import Update
from telegram.error import TelegramError

from bot.channel import polls
from bot.channel.post import compose
from bot.context import Context, Parts
from bot.errors import WrongState
from bot.logs import redact
from bot.slots import last_weekly
from db import digests, drafts, facts, outbox, posts, question_posts, questions, series
from db.model import PEYK, Draft, Item, Kind, State, stamp
from db.question_posts import QuestionPost
from db.questions import Form, Question, Stage
from handlers.texts import quiz_channel as words

log = logging.getLogger("peyk.quizzes")

LATE = timedelta(hours=6)
"""A slot of the plan that was slept through for longer is left out."""
INTERVIEW_AFTER = timedelta(hours=1)
"""An interview question comes so long after the quiz of the same slot."""
FOLLOWED_WITHIN = timedelta(days=3)
"""A quiz whose explanation could not be posted for so long does without."""
FLAG_VOTES = 10
"""After so many votes, none of them right, a question is flagged."""
TABLE = ((5, time(9)),)
"""The table of the week comes on Saturday, the first day of the Persian week."""
ONCE = timedelta(days=36_500)
ORIGIN = "extract:quiz"
"""What drafts made here bear: no model wrote them, no admin is asked about them."""


async def keep(parts: Parts) -> None:
    """Take in old quizzes, send what the plan and the clock ask for; safe to repeat."""
    question_posts.catch_up(parts.db)
    while question_posts.take_in(parts.db, parts.now()):  # noqa: ASYNC110 - works
        await asyncio.sleep(0)
    planned = [await _plan(parts, Form.QUIZ, timedelta())]
    planned += [await _plan(parts, Form.INTERVIEW, INTERVIEW_AFTER)]
    if any([*planned, _follow(parts)]):
        parts.kick("publish")
    await _weekly(parts)


async def _plan(parts: Parts, form: Form, after: timedelta) -> bool:
    """Give the plan's last slot its question, if it is time and it has none."""
    now, settings = parts.now(), parts.settings
    slot = last_weekly(settings.quiz_times, now - after, settings.timezone)
    if not slot or now - slot - after > LATE:
        return False
    name = f"{stamp(slot)} {form}"
    if question_posts.planned(parts.db, name):
        return False
    question = question_posts.choose(parts.db, form)
    if question:
        sent = send(parts, question, name, slot + after)
        if sent and form is Form.QUIZ and not question_posts.choose(parts.db, form):
            await _tell_once(parts, f"last quiz {name}", words.LAST_ONE)
        return sent
    if form is Form.QUIZ:
        # Once until another quiz was posted: who wants none need not hear it twice a week.
        number = question_posts.next_number(parts.db)
        await _tell_once(parts, f"no quiz {number}", words.NOTHING_TO_ASK)
    return False


def send(parts: Parts, question: Question, slot: str, due: datetime) -> bool:
    """Line a question up for the channel, once for each `slot`; whether it was not yet."""
    if question.form is Form.INTERVIEW:
        return _send_interview(parts, question, slot, due)
    with parts.db.atomic():
        number = question_posts.next_number(parts.db)
        line = words.question_line(number, question.text)
        label, url = (
            words.COUNT_FOR_ME,
            f"https://t.me/{parts.bot.username}?start=quiz_{question.id}",
        )
        payload = polls.payload(line, question, label, url)
        draft = _line_up(parts, f"quiz:{slot}:{question.id}", line, payload, due)
        if draft:
            question_posts.plan(parts.db, question, number, draft.id, slot)
    return bool(draft)


def _send_interview(parts: Parts, question: Question, slot: str, due: datetime) -> bool:
    now = parts.now()
    title = words.interview_title(question.text)
    told = Draft(
        item_id=0,
        kind=Kind.NEWS,
        title=title,
        body=question.answer,
        tags=question.tags,
        origin=ORIGIN,
    )
    payload = compose(told, parts.signature).payload() | {"tags": list(question.tags)}
    with parts.db.atomic():
        draft = _line_up(parts, f"quiz:{slot}:{question.id}", title, payload, due)
        if draft:
            question_posts.plan(parts.db, question, 0, draft.id, slot)
            kept = series.named(parts.db, words.INTERVIEWS) or series.create(
                parts.db, words.INTERVIEWS, None, now
            )
            if kept:
                series.plan(parts.db, draft.id, kept.id)
    return bool(draft)


def _line_up(
    parts: Parts, identity: str, title: str, payload: dict[str, Any], due: datetime
) -> Draft | None:
    """A draft in the outbox; None when it was made before."""
    now = parts.now()
    item = Item(identity, "peyk", Kind.NEWS, title, "", "", published=now)
    made = Draft(item_id=0, kind=Kind.NEWS, title=title, body=payload["text"], origin=ORIGIN)
    draft = digests.add(parts.db, item, made, now)
    if draft:
        outbox.approve(
            *(parts.db, draft.id, draft.version, str(parts.settings.channel), payload, due),
            *(PEYK, now),
            expected={State.DRAFTED},
        )
    return draft


def _follow(parts: Parts) -> int:
    """Line up the explanations of quizzes that have stood long enough; returns how many."""
    now, hours = parts.now(), parts.settings.quiz_answer_hours
    if not hours:
        return 0
    wait = timedelta(hours=hours)
    due = question_posts.to_follow(parts.db, now - wait, now - wait - FOLLOWED_WITHIN)
    for post in due:
        _follow_one(parts, post)
    return len(due)


def _follow_one(parts: Parts, post: QuestionPost) -> None:
    question = questions.get(parts.db, post.question_id)
    assert question
    source = posts.by_id(parts.db, question.post_id) if question.post_id else None
    told = words.follow_up(post, question, source, parts.signature)
    payload = told.payload() | {"tags": [], "reply_to": post.message_id}
    with parts.db.atomic():
        title = words.answer_title(post.number)
        _line_up(parts, f"quiz-answer:{post.id}", title, payload, parts.now())
        question_posts.follow(parts.db, post, parts.now())


async def counted(update: Update, context: Context) -> None:
    """Keep the votes of a channel's quiz; tell of one that nobody gets right."""
    poll, parts = update.poll, context.bot_data
    assert poll
    if question_posts.is_awaited(parts.db):
        question_posts.catch_up(parts.db)  # the first vote may be faster than the record
    post = question_posts.count(parts.db, poll.id, [one.voter_count for one in poll.options])
    if not post or post.votes < FLAG_VOTES or post.right or not post.correct:
        return
    question = questions.get(parts.db, post.question_id)
    if question and questions.flag(parts.db, question.id, parts.now()):
        await _tell_once(parts, f"flagged {question.id}", words.nobody_right(post, question))


async def _weekly(parts: Parts) -> None:
    """Tell the admins once a week what was hard and what was easy."""
    now = parts.now()
    end = last_weekly(TABLE, now, parts.settings.timezone)
    if not end or now - end > timedelta(days=1):
        return
    if ranked := question_posts.ranked(parts.db, end - timedelta(days=7)):
        await _tell_once(parts, f"quizzes of the week {stamp(end)}", words.weekly(ranked))


async def _tell_once(parts: Parts, key: str, text: str) -> None:
    if parts.settings.admin_chat is None:
        return
    if not facts.first_time(parts.db, key, parts.now(), ONCE):
        return
    try:
        await parts.bot.send_message(parts.settings.admin_chat, text, disable_notification=True)
    except TelegramError as error:
        facts.over(parts.db, key)
        log.warning("the admins were not told of quizzes: %s", redact(error))


def give_back(parts: Parts, draft: Draft, why: str) -> Question | None:
    """Withdraw a post that Telegram refused; its question waits for an admin again, with the
    reason, and its number is free. None where that was no question."""
    post = question_posts.of_draft(parts.db, draft.id)
    with parts.db.atomic():
        for state in (State.OFFERED, State.REJECTED):
            drafts.advance(parts.db, draft.id, state, "withdrawn", PEYK, parts.now())
        question_posts.catch_up(parts.db)
        question = questions.get(parts.db, post.question_id) if post else None
        if not question:
            return None
        remark = {"kind": "failed", "why": why}
        remarks = (*(one for one in question.remarks if one["kind"] != "failed"), remark)
        try:
            return questions.advance(
                *(parts.db, question.id, Stage.OFFERED, "returned", PEYK, parts.now()),
                remarks=remarks,
            )
        except WrongState:  # an admin took it back meanwhile
            return None
