"""Methods about polls and quizzes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from bot.demo.entities import Formatted, utf16_length
from bot.demo.errors import bad_request
from bot.demo.keyboards import read_inline_markup
from bot.demo.methods.params import Params
from bot.demo.methods.registry import method
from bot.demo.methods.sends import post, writable_chat
from bot.demo.methods.words import DESCRIPTION, EXPLANATION, read_words
from bot.demo.polls import Poll, PollOption
from bot.demo.records import Content, Json
from bot.demo.world import World

QUESTION = 300
OPTION = 100
OPTIONS = 12
EXPLANATION_LENGTH = 200
EXPLANATION_LINE_FEEDS = 2
DESCRIPTION_LENGTH = 1024
OPEN_SECONDS = range(5, 2_628_001)


@method
async def send_poll(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#sendpoll"""
    draft = _read_poll(params, int(world.now()))
    chat = writable_chat(world, params, "polls")
    if chat.type != "channel" and draft.members_only:
        raise bad_request("poll voters can be restricted only in channel chats")
    if chat.type == "channel" and not draft.is_anonymous:
        raise bad_request("non-anonymous polls can't be sent to channel chats")
    return post(world, chat, Content(poll=world.add_poll(draft)), params).to_json(world.bot)


@method
async def stop_poll(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#stoppoll"""
    chat = world.reachable_chat(params.text("chat_id"))
    message = world.message(chat, params.integer("message_id"), "stop poll")
    poll = message.poll
    is_own = message.sender is world.bot and message.forward_origin is None
    if poll is None or not is_own:
        raise bad_request(
            "message with poll to stop not found" if poll is None else "poll can't be stopped"
        )
    if poll.is_closed:
        raise bad_request("poll has already been closed")
    poll.is_closed = True
    world.edit(message, message.content, read_inline_markup(params.object("reply_markup")))
    world.poll_changed(poll)
    return poll.to_json(show_key=True)


def _read_poll(params: Params, now: int) -> Poll:
    """The poll that a call describes, without its id."""
    question, options = _read_question(params)
    is_quiz = params.text("type") == "quiz"
    explanation = _limited(read_words(params, EXPLANATION), EXPLANATION_LENGTH, "explanation")
    description = _limited(read_words(params, DESCRIPTION), DESCRIPTION_LENGTH, "description")
    open_period, close_date = _read_closing(params, now)
    return Poll(
        id="",
        question=question,
        options=tuple(PollOption(f"{i:02d}", option) for i, option in enumerate(options)),
        type="quiz" if is_quiz else "regular",
        is_anonymous=not params.has("is_anonymous") or params.flag("is_anonymous"),
        allows_multiple_answers=params.flag("allows_multiple_answers"),
        allows_revoting=_revoting(params, is_quiz),
        members_only=params.flag("members_only"),
        hide_results_until_closes=params.flag("hide_results_until_closes"),
        correct_option_ids=_read_correct(params, len(options)) if is_quiz else (),
        explanation=explanation[0],
        explanation_entities=explanation[1],
        description=description[0],
        description_entities=description[1],
        open_period=open_period,
        close_date=close_date,
        is_closed=params.flag("is_closed"),
    )


def _read_question(params: Params) -> tuple[str, list[str]]:
    question = params.text("question").strip()
    if not question:
        raise bad_request("text must be non-empty")
    if len(question) > QUESTION:
        raise bad_request(f"poll question length must not exceed {QUESTION}")
    options = [_read_option(option) for option in params.array("options")]
    if not options:
        raise bad_request("poll must have at least one answer option")
    if len(options) > OPTIONS:
        raise bad_request(f"poll can't have more than {OPTIONS} options")
    return question, options


def _read_option(option: Any) -> str:
    given = option.get("text") if isinstance(option, dict) else option
    if not isinstance(given, str):
        raise bad_request("can't parse InputPollOption: Can't find field \"text\"")
    words = given.strip()
    if not words:
        raise bad_request("text must be non-empty")
    if len(words) > OPTION:
        raise bad_request(f"poll options length must not exceed {OPTION}")
    return words


def _read_correct(params: Params, options: int) -> tuple[int, ...]:
    given = params.integers("correct_option_ids")
    if not given and params.has("correct_option_id"):
        given = [params.integer("correct_option_id", -1)]
    if not given:
        raise bad_request("correct quiz option list must be non-empty")
    if any(a >= b for a, b in pairwise(given)):
        raise bad_request("correct quiz option list must be increasing")
    is_one_too_many = len(given) > 1 and not params.flag("allows_multiple_answers")
    if is_one_too_many or any(not 0 <= option < options for option in given):
        raise bad_request("wrong quiz correct_option_id")
    return tuple(given)


def _revoting(params: Params, is_quiz: bool) -> bool:
    if params.has("allows_revoting"):
        return params.flag("allows_revoting")
    return not is_quiz


def _limited(words: Formatted, longest: int, name: str) -> Formatted:
    text, _ = words
    if utf16_length(text) > longest:
        raise bad_request(f"poll {name} length must not exceed {longest}")
    if name == "explanation" and text.count("\n") > EXPLANATION_LINE_FEEDS:
        raise bad_request(
            f"poll explanation must not contain more than {EXPLANATION_LINE_FEEDS} line feeds"
        )
    return words


def _read_closing(params: Params, now: int) -> tuple[int | None, int | None]:
    """Seconds open and the moment of closing, from whichever of the two was given."""
    period, date = params.integer("open_period"), params.integer("close_date")
    if period and period not in OPEN_SECONDS:
        raise bad_request("poll open period is invalid")
    if period:
        return period, now + period
    if date and date - now not in OPEN_SECONDS:
        raise bad_request("poll close date is invalid")
    return None, date or None
