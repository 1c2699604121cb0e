"""How questions come into the bank: /newquiz step by step, polls, files, and the model.

What admins decide about them is handlers.quiz_cards'.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from telegram import ForceReply, Message, Poll, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot import quiz_file, quiz_text, quiz_writing
from bot.context import Context, Parts
from bot.errors import ModelError, ModelUnfit, WrongState
from bot.logs import redact
from bot.persian.typography import typeset
from db import asked, facts, posts, question_posts, questions
from db.asked import Asked
from db.model import PEYK, Actor, Post
from db.questions import Form, Question, Stage
from handlers import quiz_buttons, quiz_cards
from handlers.texts import quiz_bank as words
from prompts.quiz_accept import problems

log = logging.getLogger("peyk.quiz_desk")

ASKS = "quiz:"
"""What `Asked.about` begins with when it is about a question."""
TEXT, OPTIONS, EXPLANATION, TAGS = "quiz:text", "quiz:options", "quiz:explanation", "quiz:tags"
NONE = ("-", "–", "—", "0")
FILES = ("csv", "json")
RECENT = timedelta(days=30)
"""Posts that questions are written about."""
AHEAD = 1
"""Questions kept ready beyond a week of the plan."""
_ADDRESS = re.compile(r"(?:https?://)?t\.me/(?:c/)?[\w]+/(\d{1,12})/?(?:\?\S*)?$", re.ASCII)


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
        await _write_about(parts, message, words_given[0])
        return
    waiting = questions.counts(parts.db).get(Stage.KEYLESS, 0)
    if waiting:
        told = words.keyless_waiting(waiting)
        await message.reply_text(told, reply_markup=quiz_buttons.keyless(waiting))
    await _ask(parts, message, TEXT, words.ASK_TEXT, {})


async def take(parts: Parts, message: Message, question: Asked, actor: Actor) -> None:
    """Take an admin's answer to what was asked about a question."""
    if question.about == quiz_cards.ASKS_EDIT:
        told = (question.subject, int(question.detail), actor)
        done = await quiz_cards.take_text(parts, message, *told)
    elif message.document and question.about == TEXT:
        done = await _take_file(parts, message)
    elif not (message.text or "").strip():
        await message.reply_text(words.WRITE_TEXT)
        return
    else:
        done = await _take_step(parts, message, question, actor)
    if done:
        asked.done(parts.db, question)


async def _take_step(parts: Parts, message: Message, question: Asked, actor: Actor) -> bool:
    """One step of /newquiz; False when the answer will not do and is asked for again."""
    text = (message.text or "").strip()
    known: dict[str, Any] = json.loads(question.detail or "{}")
    said = "" if text in NONE else text
    match question.about:
        case "quiz:text":
            return await _take_question(parts, message, typeset(text))
        case "quiz:options":
            found, correct = quiz_text.options(text.split("\n"))
            faults = problems(known["text"], found, correct, "")
            known |= {"options": found, "correct": correct}
            following, prompt = EXPLANATION, words.ASK_EXPLANATION
        case "quiz:explanation":
            known["explanation"] = typeset(said)
            faults = problems(known["text"], known["options"], known["correct"], typeset(said))
            following, prompt = TAGS, words.ASK_TAGS
        case _:
            tags = parts.vocabulary.known(said.replace("#", " #").split())
            await _keep(parts, message, Question(**_fields(known), tags=tags), actor)
            return True
    if faults:
        await message.reply_text(words.wrong(str(one["message"]) for one in faults))
        return False
    await _ask(parts, message, following, prompt, known)
    return True


async def _take_question(parts: Parts, message: Message, text: str) -> bool:
    one_line = " ".join(text.split())
    faults = problems(one_line, ("1", "2"), (0,), "")
    if faults:
        await message.reply_text(words.wrong(str(one["message"]) for one in faults))
        return False
    if known := questions.same(parts.db, one_line):
        await message.reply_text(words.in_bank(known))
        return True
    await _ask(parts, message, OPTIONS, words.ASK_OPTIONS, {"text": one_line})
    return True


def _fields(known: dict[str, Any]) -> dict[str, Any]:
    lists = {name: tuple(known[name]) for name in ("options", "correct")}
    return {"text": known["text"], "explanation": known["explanation"], **lists}


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
    text = question_posts.heading(poll.question.strip())[1]
    known = questions.get(parts.db, ours.question_id) if ours else questions.same(parts.db, text)
    if known:
        await message.reply_text(words.in_bank(known))
        return
    if len(poll.options) < 2 or not text:
        await message.reply_text(words.UNREADABLE_POLL)
        return
    correct = tuple(sorted(poll.correct_option_ids or ()))
    taken = Question(
        *(text, Form.QUIZ, tuple(one.text for one in poll.options), correct),
        explanation=poll.explanation or "",
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
    found = quiz_file.read(content, parts.vocabulary)
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
    await message.reply_document(content, filename=f"quizzes.{form}")


# The model


async def _write_about(parts: Parts, message: Message, address: str) -> None:
    """Have the model write a question about one post."""
    match = _ADDRESS.fullmatch(address)
    post = posts.by_number(parts.db, int(match[1])) if match else None
    if parts.model is None or not post:
        await message.reply_text(words.NO_SUCH_POST if parts.model else words.NO_MODEL_HERE)
        return
    await message.reply_text(words.WRITING)
    try:
        await _write(parts, post, Form.QUIZ)
    except ModelError as error:
        log.warning("no question about post %s: %s", post.id, redact(error))
        await message.reply_text(words.NOT_WRITTEN)
    await quiz_cards.offer(parts)


async def work(parts: Parts) -> None:
    """Rewrite what admins want otherwise, keep the bank stocked for the plan, show the cards."""
    async with parts.quizzing:
        for old in questions.find(parts.db, [Stage.REWRITING]):
            await _rewrite(parts, old)
        for form in Form:
            await _stock(parts, form)
        await quiz_cards.offer(parts)


async def _stock(parts: Parts, form: Form) -> None:
    """Write one question about a recent post, if the plan will soon run out of them."""
    plan = len(parts.settings.quiz_times)
    if not plan or parts.model is None:
        return
    if question_posts.waiting(parts.db, form) >= (plan + AHEAD if form is Form.QUIZ else 1):
        return
    for post_id in questions.unasked_posts(parts.db, parts.now() - RECENT, 20):
        key = f"{form} tried: {post_id}"
        if not facts.first_time(parts.db, key, parts.now(), RECENT):
            continue
        post = posts.by_id(parts.db, post_id)
        assert post
        try:
            await _write(parts, post, form)
        except ModelUnfit as error:
            log.info("post %s gives no %s: %s", post_id, form, redact(error))
        except ModelError as error:
            facts.over(parts.db, key)
            log.warning("no %s about post %s yet: %s", form, post_id, redact(error))
        return


async def _write(parts: Parts, post: Post, form: Form) -> None:
    assert parts.model
    made = await quiz_writing.write(parts.db, post, parts.model, parts.vocabulary, form=form)
    questions.add(parts.db, made, parts.now())


async def _rewrite(parts: Parts, old: Question) -> None:
    post = posts.by_id(parts.db, old.post_id) if old.post_id else None
    try:
        if not post or not parts.model:
            raise ModelUnfit("no model or no post to write it from")
        new = await quiz_writing.write(
            *(parts.db, post, parts.model, parts.vocabulary), form=old.form, previous=old
        )
    except ModelError as error:
        log.warning("question %s was not rewritten: %s", old.id, redact(error))
        remarks = [one for one in old.remarks if one["kind"] != "rewrite-failed"]
        await _settle(
            parts,
            old,
            Stage.OFFERED,
            "not rewritten",
            remarks=(*remarks, {"kind": "rewrite-failed"}),
        )
        return
    told = asdict(new)
    kept = ("text", "options", "correct", "explanation", "answer", "tags", "cited", "difficulty")
    fields = {name: told[name] for name in (*kept, "author", "remarks")}
    await _settle(parts, old, Stage.WRITTEN, "rewritten", new_text=True, **fields)


async def _settle(parts: Parts, old: Question, to: Stage, action: str, **values: Any) -> None:
    try:
        done = questions.advance(parts.db, old.id, to, action, PEYK, parts.now(), **values)
    except WrongState as error:
        log.info("an admin was faster: %s", error)
        return
    if to is Stage.OFFERED:
        await quiz_cards.show(parts, done)
