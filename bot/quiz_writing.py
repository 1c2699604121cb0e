"""A question from a published post: asked of a model, judged, solved by a second reading.

Does not choose the post nor show the question: see handlers.quiz_model.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from bot.errors import ModelUnfit
from bot.loading import load
from bot.models.door import LanguageModel, Prompt
from bot.persian.typography import plain, visible
from db import questions
from db.model import Item, Kind, Post
from db.questions import Form, Question
from prompts.quiz_accept import Accepted, accept
from prompts.render import phrase, render
from prompts.vocabulary import Vocabulary

if TYPE_CHECKING:  # the gate is slow to import: not at every start
    from prompts.accept import Accepted as AcceptedText

log = logging.getLogger("peyk.quiz_writing")

Reason = dict[str, Any]


class Refused(ModelUnfit):
    """The gate refused two answers; `reasons`: why the second, in Persian."""

    def __init__(self, model: str, reasons: Sequence[Reason]) -> None:
        super().__init__(f"{model}: two answers refused: {_kinds(reasons)}")
        self.reasons = [str(one["message"]) for one in reasons]


DIRECTIONS = ("easier", "harder", "clearer")
_SOURCE_CHARACTERS = 12_000
_ANSWER_CHARACTERS = 6_000


async def write(
    db: Database,
    post: Post,
    model: LanguageModel,
    vocabulary: Vocabulary,
    *,
    form: Form = Form.QUIZ,
    previous: Question | None = None,
    rng: random.Random | None = None,
) -> Question:
    """A question about `post`, not stored; with `previous`, that one rewritten.

    An answer that the gate refuses goes back to the model once. Raises ModelUnfit when the
    second is no better (`Refused`), or what the model raises.
    """
    await load("prompts.accept", "prompts.claims")
    if form is Form.INTERVIEW:
        return await _interview(post, model, vocabulary, previous)
    bank = [row for row in questions.texts(db) if not previous or row[0] != previous.id]
    prompt = _prompt("quiz", post, vocabulary, previous)
    reply = await model.complete(prompt)
    found = accept(_said(reply.data, reply.text), post.text, vocabulary, bank)
    if found.reasons:
        log.info("post %s: quiz refused: %s", post.id, _kinds(found.reasons))
        reply = await model.complete(_again(prompt, reply.text, found.reasons))
        found = accept(_said(reply.data, reply.text), post.text, vocabulary, bank)
    if found.reasons:
        raise Refused(reply.model, found.reasons)
    made = shuffled(_question(found, post, reply.model or model.name), rng or _RNG)
    return replace(made, remarks=tuple(await doubts(made, post, model)))


_RNG = random.SystemRandom()


def shuffled(question: Question, rng: random.Random) -> Question:
    """The same question, its options in a random order: models put most answers in one place."""
    order = list(range(len(question.options)))
    rng.shuffle(order)
    return replace(
        question,
        options=tuple(question.options[index] for index in order),
        correct=tuple(sorted(order.index(index) for index in question.correct)),
    )


async def doubts(question: Question, post: Post, model: LanguageModel) -> list[Reason]:
    """What a second reader, who sees only the post, answers otherwise; empty: it agrees."""
    listed = "\n".join(f"{index}: {option}" for index, option in enumerate(question.options))
    asked = visible(f"{question.text}\n{listed}")
    reply = await model.complete(render("quiz_solve", source=_source(post), question=asked))
    answer = reply.data.get("correct") if reply.data else None
    if not isinstance(answer, list):
        return [{"kind": "solved-otherwise", "words": []}]
    places = {one for one in answer if isinstance(one, int) and not isinstance(one, bool)}
    if places == set(question.correct):
        return []
    named = [question.options[i] for i in sorted(places) if 0 <= i < len(question.options)]
    return [{"kind": "solved-otherwise", "words": named}]


async def _interview(
    post: Post, model: LanguageModel, vocabulary: Vocabulary, previous: Question | None
) -> Question:
    item = Item("", "", Kind.NEWS, post.title, post.text, "")
    prompt = _prompt("interview", post, vocabulary, previous)
    reply = await model.complete(prompt)
    from prompts.accept import accept as accept_text

    found = accept_text(_said(reply.data, reply.text), item, vocabulary)
    if found.reasons:
        faults = [_worded(one) for one in found.reasons]
        reply = await model.complete(_again(prompt, reply.text, faults))
        found = accept_text(_said(reply.data, reply.text), item, vocabulary)
    if found.faults:
        raise Refused(reply.model, [_worded(one) for one in found.faults])
    return _answered(found, post, reply.model or model.name)


def _question(found: Accepted, post: Post, model: str) -> Question:
    return Question(
        text=found.text,
        options=found.options,
        correct=found.correct,
        explanation=found.explanation,
        tags=found.tags,
        post_id=post.id,
        cited=found.cited,
        difficulty=found.difficulty,
        author=f"model:{model}",
    )


def _answered(found: AcceptedText, post: Post, model: str) -> Question:
    return Question(
        text=found.title,
        form=Form.INTERVIEW,
        answer=found.body,
        tags=found.tags,
        post_id=post.id,
        author=f"model:{model}",
        remarks=(*found.remarks, *found.doubts),
    )


def _prompt(name: str, post: Post, vocabulary: Vocabulary, previous: Question | None) -> Prompt:
    values = {"tags": " ".join(vocabulary.tags), "source": _source(post)}
    if previous:
        told = "\n".join([previous.text, *previous.options, previous.answer])
        wish = phrase(f"wish.{previous.direction or 'again'}")
        values |= {"previous": visible(told), "wish": wish}
    return render(name, **values)


def _source(post: Post) -> str:
    return visible(post.text[:_SOURCE_CHARACTERS])


def _said(data: dict[str, Any] | None, text: str) -> object:
    return text if data is None else data


def _again(prompt: Prompt, answer: str, reasons: Sequence[Reason]) -> Prompt:
    """`prompt` with the refused answer and what was wrong with it."""
    faults = "\n".join(f"- {one['message']}" for one in reasons)
    repair = render("repair", answer=visible(answer[:_ANSWER_CHARACTERS]), faults=plain(faults))
    return replace(prompt, user=f"{prompt.user}\n\n{repair.user}")


def _worded(reason: Reason) -> Reason:
    return {**reason, "message": phrase(f"fault.{reason['kind']}", **reason)}


def _kinds(reasons: Sequence[Reason]) -> str:
    return ", ".join(dict.fromkeys(str(one["kind"]) for one in reasons))
