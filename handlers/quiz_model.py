"""Questions that the model writes: about a post, to keep the plan's bank stocked, and anew.

What is asked of it, and what of its answers counts: see bot.quiz_writing.
"""

from __future__ import annotations

import logging
import re
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from telegram import Message

from bot import quiz_writing
from bot.context import Parts
from bot.errors import ModelError, ModelUnfit, WrongState
from bot.logs import redact
from db import facts, posts, question_posts, questions
from db.model import PEYK, Post
from db.questions import Form, Question, Stage
from handlers import quiz_cards
from handlers.texts import quiz_bank as words

log = logging.getLogger("peyk.quiz_model")

RECENT = timedelta(days=30)
"""Posts that questions are written about."""
AHEAD = 1
"""Questions kept ready beyond a week of the plan."""
_ADDRESS = re.compile(
    r"(?:https?://)?(?:www\.)?t\.me/(?:s/)?((?:c/)?\w+)/(\d{1,12})/?(?:\?\S*)?$", re.ASCII
)


async def write_about(parts: Parts, message: Message, address: str) -> None:
    """Have the model write a question about one post."""
    post = _post_at(parts, address)
    if parts.model is None or not post:
        await message.reply_text(words.NO_SUCH_POST if parts.model else words.NO_MODEL_HERE)
        return
    await message.reply_text(words.WRITING)
    try:
        await _write(parts, post, Form.QUIZ)
    except ModelError as error:
        log.warning("no question about post %s: %s", post.id, redact(error))
        refused = isinstance(error, quiz_writing.Refused)
        reasons = error.reasons if isinstance(error, quiz_writing.Refused) else ()
        await message.reply_text(words.not_written(reasons) if refused else words.MODEL_SILENT)
    await quiz_cards.offer(parts)


def _post_at(parts: Parts, address: str) -> Post | None:
    """The post with this address, where it is one of the bot's own channel."""
    match = _ADDRESS.fullmatch(address)
    post = posts.by_number(parts.db, int(match[2])) if match else None
    if not match or not post:
        return None
    names = (str(parts.settings.channel).lstrip("@").lower(), f"c/{str(post.chat_id)[4:]}")
    return post if match[1].lower() in names else None


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
