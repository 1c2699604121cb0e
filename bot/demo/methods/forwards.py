"""Methods that bring a message into another chat, with its origin or as a copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise

from bot.demo import limits
from bot.demo.errors import ApiError, bad_request
from bot.demo.keyboards import without_callbacks
from bot.demo.methods.edits import message_ids
from bot.demo.methods.params import Params
from bot.demo.methods.registry import method
from bot.demo.methods.sends import origin_of, post, writable_chat
from bot.demo.methods.words import CAPTION, read_words
from bot.demo.records import Chat, Json, Message, User
from bot.demo.rights import check_may_copy, check_may_forward
from bot.demo.world import World


@method
async def forward_message(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#forwardmessage"""
    chat = writable_chat(world, params)
    source = _source(world, params)
    message = world.message(source, params.integer("message_id"), "forward")
    check_may_forward(message)
    protected = params.flag("protect_content")
    return forward(world, message, chat, world.bot, protected).to_json(world.bot)


@method
async def forward_messages(world: World, params: Params) -> list[Json]:
    """https://core.telegram.org/bots/api#forwardmessages: those it cannot it skips."""
    chat = writable_chat(world, params)
    protected = params.flag("protect_content")
    found = _usable(world, params, check_may_forward, "forward")
    sent = [forward(world, message, chat, world.bot, protected) for message in found]
    return [{"message_id": message.message_id} for message in sent]


@method
async def copy_message(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#copymessage"""
    words = read_words(params, CAPTION)
    chat = writable_chat(world, params)
    source = _source(world, params)
    message = world.message(source, params.integer("message_id"), "copy")
    check_may_copy(message, world.bot)
    content = message.content
    if params.has("caption") and content.is_media:
        caption, entities = limits.check_caption(words)
        content = replace(content, caption=caption or None, entities=entities)
    return {"message_id": post(world, chat, content, params).message_id}


@method
async def copy_messages(world: World, params: Params) -> list[Json]:
    """https://core.telegram.org/bots/api#copymessages: those it cannot it skips."""
    chat = writable_chat(world, params)
    sent = []
    for message in _usable(world, params, partial(check_may_copy, bot=world.bot), "copy"):
        content = message.content
        if params.flag("remove_caption") and content.is_media:
            content = replace(content, caption=None, entities=())
        sent.append(post(world, chat, content, params))
    return [{"message_id": message.message_id} for message in sent]


def _source(world: World, params: Params) -> Chat:
    return world.reachable_chat(params.text("from_chat_id"))


def _usable(
    world: World, params: Params, check: Callable[[Message], None], purpose: str
) -> list[Message]:
    """The named messages that are there and pass `check`. Raises ApiError where none does."""
    source, numbers = _source(world, params), message_ids(params)
    if any(a >= b for a, b in pairwise(numbers)):
        raise bad_request("message identifiers must be in a strictly increasing order")
    usable = [
        source.messages[number]
        for number in numbers
        if number in source.messages and _passes(source.messages[number], check)
    ]
    if not usable:
        raise bad_request(f"there are no messages to {purpose}")
    return usable


def _passes(message: Message, check: Callable[[Message], None]) -> bool:
    try:
        check(message)
    except ApiError:
        return False
    return True


def forward(
    world: World, message: Message, chat: Chat, sender: User, protected: bool = False
) -> Message:
    """Forward as `sender`: the content, the first origin, and a keyboard of links only."""
    return world.post(
        chat,
        message.content,
        sender,
        forward_origin=origin_of(message),
        markup=without_callbacks(message.markup),
        has_protected_content=protected or chat.has_protected_content,
    )
