"""How questions of people come into the bank: /newquiz step by step, polls, files; and the keys
of old quizzes.

What the model writes is handlers.quiz_model's, what admins decide handlers.quiz_cards'.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace
from typing import Any

from telegram import ForceReply, Message, Poll, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot import quiz_file, quiz_text
from bot.context import Context, Parts
from bot.logs import redact
from bot.persian.typography import typeset, visible
from db import asked, question_posts, questions
from db.asked import Asked
from db.model import Actor
from db.questions import Form, Question, Stage
from handlers import quiz_buttons, quiz_cards, quiz_model
from handlers.awaited import QUIZ, QUIZ_EDIT, QUIZ_TEXT, question_of_file
from handlers.texts import quiz_bank as words
from prompts.quiz_accept import Reason, problems

log = logging.getLogger("peyk.quiz_desk")

OPTIONS, EXPLANATION, ANSWER = f"{QUIZ}options", f"{QUIZ}explanation", f"{QUIZ}answer"
TAGS, KEYS = f"{QUIZ}tags", f"{QUIZ}keys"
NONE = ("-", "–", "—", "0", "۰")
FILES = ("csv", "json")
WAITING = (Stage.KEYLESS, Stage.WRITTEN, Stage.OFFERED, Stage.REWRITING)
"""Stages of questions that are not in a file of the bank yet."""


# /newquiz


async def new_quiz(update: Update, context: Context) -> None:
    """/newquiz: begin; with `csv` or `json`, the bank as a file; with a post's address, ask the
    model for a question about it."""
    message, parts = update.effective_message, context.bot_data
    assert message and update.effective_user
    words_given = context.args or []
    if words_given and words_given[0].lower() in FILES:
        await _send_bank(parts, message, words_given[0].lower())
        return
    if words_given:
        await quiz_model.write_about(parts, message, words_given[0])
        return
    await _tell_waiting(parts, message)
    await _ask(parts, message, QUIZ_TEXT, words.ASK_TEXT, {})


async def take(parts: Parts, message: Message, question: Asked, actor: Actor) -> None:
    """Take an admin's answer to what was asked about a question.

    What will not do is asked for again, by the message that says why.
    """
    if question.about == QUIZ_EDIT:
        told = (question.subject, int(question.detail), actor)
        done = await quiz_cards.take_text(parts, message, *told)
    elif message.document and question.about == QUIZ_TEXT:
        done = await _take_file(parts, message)
    elif not (message.text or "").strip():
        await message.reply_text(words.WRITE_TEXT)
        return
    elif question.about == KEYS:
        done = await _take_keys(parts, message, actor)
    else:
        await _take_step(parts, message, question, actor)
        done = True
    if done:
        asked.done(parts.db, question)


async def take_file(update: Update, context: Context) -> None:
    """A file of questions, in answer to /newquiz."""
    message, user, parts = update.effective_message, update.effective_user, context.bot_data
    assert message and user
    if question := question_of_file(parts, message):
        await take(parts, message, question, Actor(user.id, user.full_name, update.update_id))


async def _take_step(parts: Parts, message: Message, question: Asked, actor: Actor) -> None:
    """One step of /newquiz."""
    text = visible(message.text or "").strip()
    known: dict[str, Any] = json.loads(question.detail or "{}")
    told, faults = dict(known), list[Reason]()
    said = "" if text in NONE else text
    match question.about:
        case "quiz:text":
            told["text"] = " ".join(typeset(text).split())
            faults = problems(told["text"], ("1", "2"), (0,), "")
            following, prompt = OPTIONS, words.ASK_OPTIONS
        case "quiz:options" if not said:
            following, prompt = ANSWER, words.ASK_ANSWER
        case "quiz:options":
            told["options"], told["correct"] = quiz_text.options(text.split("\n"))
            faults = problems(told["text"], told["options"], told["correct"], "")
            following, prompt = EXPLANATION, words.ASK_EXPLANATION
        case "quiz:explanation":
            told["explanation"] = typeset(said)
            faults = problems(told["text"], told["options"], told["correct"], typeset(said))
            following, prompt = TAGS, words.ASK_TAGS
        case "quiz:answer":
            told["answer"] = typeset(text)
            following, prompt = TAGS, words.ASK_TAGS
        case _:
            names = said.replace("#", " #").split()
            tags = parts.vocabulary.known(names)
            if unknown := [name for name in names if not parts.vocabulary.find(name)]:
                await message.reply_text(words.unknown_tags(unknown))
            await _keep(parts, message, replace(_question(known), tags=tags), actor)
            return
    if faults:
        await _ask(parts, message, question.about, words.wrong(faults), known)
    elif "options" not in told and (same := questions.same(parts.db, told["text"])):
        await _point_at(parts, message, same)
    else:
        await _ask(parts, message, following, prompt, told)


def _question(known: dict[str, Any]) -> Question:
    """The question that the steps have told."""
    if "answer" in known:
        return Question(known["text"], Form.INTERVIEW, answer=known["answer"])
    options, correct = tuple(known["options"]), tuple(known["correct"])
    return Question(known["text"], Form.QUIZ, options, correct, known["explanation"])


async def _point_at(parts: Parts, message: Message, known: Question) -> None:
    """Say that the bank has a question; what waits for a decision is shown once more."""
    await message.reply_text(words.in_bank(known))
    if known.stage in (Stage.KEYLESS, Stage.OFFERED):
        await quiz_cards.show(parts, known)


async def _ask(
    parts: Parts, message: Message, about: str, text: str, known: dict[str, Any]
) -> None:
    """Ask the next thing; the reply may come hours and a restart later."""
    assert message.from_user
    sent = await message.reply_text(text, reply_markup=ForceReply(selective=True), do_quote=True)
    detail = json.dumps(known, ensure_ascii=False)
    told = Asked(sent.chat.id, sent.message_id, message.from_user.id, about, detail=detail)
    asked.add(parts.db, told, parts.now())


async def _keep(parts: Parts, message: Message, question: Question, actor: Actor) -> None:
    """Store a question that an admin made, and show its card."""
    made = questions.add(
        parts.db, replace(question, author=f"admin:{actor.id}"), parts.now(), actor
    )
    if made.stage is Stage.WRITTEN:
        await quiz_cards.offer(parts)
    else:
        await quiz_cards.show(parts, made)
    if message.chat.type == ChatType.PRIVATE:
        await message.reply_text(words.MADE)


# What waits for the admins


async def _tell_waiting(parts: Parts, message: Message) -> None:
    """Say what waits for a decision, and for the key: told one by one, or in one message."""
    assert message.from_user
    counts = questions.counts(parts.db)
    offered, keyless = counts.get(Stage.OFFERED, 0), counts.get(Stage.KEYLESS, 0)
    if not (offered or keyless):
        return
    text = words.waiting(offered, keyless, [*question_posts.keyless(parts.db)])
    sent = await message.reply_text(text, reply_markup=quiz_buttons.waiting(offered, keyless))
    told = Asked(sent.chat.id, sent.message_id, message.from_user.id, KEYS)
    asked.add(parts.db, told, parts.now())


async def _take_keys(parts: Parts, message: Message, actor: Actor) -> bool:
    """«۹۰: ۲، ۹۱: ۴»: of these quizzes, these options are right."""
    keys = quiz_text.keys(message.text or "")
    known, done = question_posts.keyless(parts.db), list[int]()
    for number, place in keys:
        question = questions.get(parts.db, known.get(number, 0))
        if question and place < len(question.options):
            quiz_cards.key(parts, question, place, actor)
            done.append(number)
    missed = [number for number, _ in keys if number not in done]
    left = questions.counts(parts.db).get(Stage.KEYLESS, 0)
    await message.reply_text(words.keys_taken(done, missed, left))
    return not left


# Polls that admins make or forward


async def take_poll(update: Update, context: Context) -> None:
    """Take a native poll into the bank, as it is."""
    message, parts = update.effective_message, context.bot_data
    assert message and message.poll and update.effective_user
    poll = message.poll
    if message.chat.type != ChatType.PRIVATE:
        here = (message.chat.id, f"@{message.chat.username}")
        if parts.settings.admin_chat not in here or poll.type != Poll.QUIZ:
            return  # admins may vote among themselves
    actor = Actor(update.effective_user.id, update.effective_user.full_name, update.update_id)
    ours = question_posts.by_poll(parts.db, poll.id)
    text = question_posts.heading(visible(poll.question).strip())[1]
    known = questions.get(parts.db, ours.question_id) if ours else questions.same(parts.db, text)
    if known:
        await _point_at(parts, message, known)
        return
    options = tuple(visible(one.text).strip() for one in poll.options)
    if len(options) < 2 or not (text and all(options)):
        await message.reply_text(words.UNREADABLE_POLL)
        return
    correct = tuple(sorted(poll.correct_option_ids or ()))
    taken = Question(
        *(text, Form.QUIZ, options, correct, visible(poll.explanation or "")),
        stage=Stage.WRITTEN if correct else Stage.KEYLESS,
    )
    await _keep(parts, message, taken, actor)


# Files of teachers


async def _take_file(parts: Parts, message: Message) -> bool:
    """Take a CSV or JSON file; whether it was received."""
    assert message.document
    if (message.document.file_size or 0) > quiz_file.BIGGEST:
        await message.reply_text(words.file_read(0, 0, quiz_file.too_big().faults))
        return True
    try:
        file = await parts.bot.get_file(message.document.file_id)
        content = bytes(await file.download_as_bytearray())
    except TelegramError as error:
        log.warning("a file of questions was not received: %s", redact(error))
        await message.reply_text(words.NOT_RECEIVED)
        return False
    found = await asyncio.to_thread(quiz_file.read, content, parts.vocabulary)
    added = questions.add_all(parts.db, found.questions, parts.now())
    known = len(found.questions) - added
    await message.reply_text(words.file_read(added, known, found.faults))
    return True


async def _send_bank(parts: Parts, message: Message, form: str) -> None:
    bank = questions.find(parts.db, [Stage.APPROVED], limit=10_000)
    if not bank:
        await message.reply_text(words.BANK_EMPTY)
        return
    content = quiz_file.to_csv(bank) if form == "csv" else quiz_file.to_json(bank)
    waiting = sum(questions.counts(parts.db).get(stage, 0) for stage in WAITING)
    caption = words.bank_sent(len(bank), waiting)
    await message.reply_document(content, filename=f"quizzes.{form}", caption=caption)
