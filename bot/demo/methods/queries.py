"""Methods that answer people: a pressed button, an inline query."""

from __future__ import annotations

from typing import Any

from bot.demo import limits
from bot.demo.entities import utf16_length
from bot.demo.errors import bad_request
from bot.demo.keyboards import read_inline_markup
from bot.demo.methods.params import Params
from bot.demo.methods.registry import method
from bot.demo.methods.words import finish, read_words
from bot.demo.queries import CallbackAnswer
from bot.demo.records import Content, Json
from bot.demo.world import World

RESULT_ID_BYTES = 64
_MESSAGE_TEXT = ("message_text", "parse_mode", "entities")


@method
async def answer_callback_query(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#answercallbackquery"""
    text = params.text("text")
    if utf16_length(text) > limits.CALLBACK_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    answer = CallbackAnswer(text, params.flag("show_alert"), params.text("url") or None)
    world.queries.answer(params.text("callback_query_id"), answer)
    return True


@method
async def answer_inline_query(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#answerinlinequery"""
    results = params.array("results")
    if len(results) > limits.INLINE_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    identifiers = [_result_id(result) for result in results]
    if len(set(identifiers)) < len(identifiers):
        raise bad_request("RESULT_ID_DUPLICATE")
    for result in results:
        inline_content(params, result)
        read_inline_markup(result.get("reply_markup"))
    world.queries.answer(params.text("inline_query_id"), results)
    return True


def _result_id(result: Any) -> str:
    if not isinstance(result, dict) or not isinstance(result.get("type"), str):
        raise bad_request("can't parse InlineQueryResult: can't find field \"type\"")
    identifier = str(result.get("id", ""))
    if not 1 <= len(identifier.encode()) <= RESULT_ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    return identifier


def inline_content(params: Params, result: Json) -> Content:
    """What choosing a result would send: its text, or its title where it names none."""
    asked = result.get("input_message_content") or {}
    inner = params.within(asked)
    if "message_text" in asked:
        text, entities = limits.check_text(read_words(inner, _MESSAGE_TEXT))
    elif result["type"] == "article":
        raise bad_request("MESSAGE_EMPTY")
    else:
        text, entities = finish(str(result.get("caption") or result.get("title") or ""), [])
    preview = asked.get("link_preview_options")
    return Content(text=text, entities=entities, link_preview_options=preview)
