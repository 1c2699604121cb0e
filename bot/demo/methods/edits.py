"""Methods that change or remove what is in a chat: edits, deletions, pins, reactions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.demo import limits
from bot.demo.errors import bad_request
from bot.demo.keyboards import read_inline_markup
from bot.demo.methods.params import Params
from bot.demo.methods.registry import method
from bot.demo.methods.sends import read_media
from bot.demo.methods.words import CAPTION, TEXT, read_words
from bot.demo.records import Content, Json, Message
from bot.demo.rights import check_may_delete, check_may_edit, check_may_pin
from bot.demo.world import World

_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)


@method
async def edit_message_text(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#editmessagetext"""
    words = read_words(params, TEXT)
    message = _editable(world, params)
    if message.text is None:
        raise bad_request("there is no text in the message to edit")
    text, entities = limits.check_text(words)
    preview = params.object("link_preview_options")
    content = Content(text=text, entities=entities, link_preview_options=preview)
    return _apply(world, message, content, params)


@method
async def edit_message_caption(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#editmessagecaption"""
    words = read_words(params, CAPTION)
    message = _editable(world, params)
    if not message.content.is_media:
        raise bad_request("there is no caption in the message to edit")
    caption, entities = limits.check_caption(words)
    above = params.flag("show_caption_above_media")
    content = replace(
        message.content,
        caption=caption or None,
        entities=entities,
        show_caption_above_media=above,
    )
    return _apply(world, message, content, params)


@method
async def edit_message_media(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#editmessagemedia"""
    message = _editable(world, params)
    content = read_media(world, params.within(params.object("media") or {}))
    if message.poll is not None:
        raise bad_request("message can't be edited")
    return _apply(world, message, content, params)


@method
async def edit_message_reply_markup(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#editmessagereplymarkup"""
    message = _editable(world, params)
    return _apply(world, message, message.content, params)


def _editable(world: World, params: Params) -> Message:
    if params.has("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    chat = world.reachable_chat(params.text("chat_id"))
    message = world.message(chat, _message_id(params), "edit")
    check_may_edit(message, world.bot_member(chat))
    return message


def _apply(world: World, message: Message, content: Content, params: Params) -> Json:
    markup = read_inline_markup(params.object("reply_markup"))
    if content == message.content and markup == message.markup:
        raise bad_request(_SAME)
    world.edit(message, content, markup)
    return message.to_json(world.bot)


def _message_id(params: Params) -> int:
    number = params.integer("message_id")
    if number <= 0:
        raise bad_request("message identifier is not specified")
    return number


@method
async def delete_message(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#deletemessage"""
    chat = world.reachable_chat(params.text("chat_id"))
    message = world.message(chat, _message_id(params), "delete")
    check_may_delete(message, world.bot_member(chat), world.now())
    world.delete(message)
    return True


@method
async def delete_messages(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#deletemessages: those it cannot find it skips."""
    chat = world.reachable_chat(params.text("chat_id"))
    found = [chat.messages[i] for i in message_ids(params) if i in chat.messages]
    for message in found:
        check_may_delete(message, world.bot_member(chat), world.now())
    for message in found:
        world.delete(message)
    return True


def message_ids(params: Params) -> list[int]:
    """The `message_ids` of a call: 1 to 100 of them."""
    numbers = params.integers("message_ids")
    if not numbers:
        raise bad_request("message identifiers are not specified")
    if len(numbers) > limits.MESSAGES_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    return numbers


@method
async def pin_chat_message(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#pinchatmessage"""
    chat = world.reachable_chat(params.text("chat_id"))
    check_may_pin(chat, world.bot_member(chat))
    message = world.message(chat, _message_id(params), "pin")
    if message.is_service:
        raise bad_request("message can't be pinned")
    note = world.pin(message, world.bot)
    if note:  # one of the few messages of its own that a bot hears of (Client.cpp of the server)
        kind = "channel_post" if chat.type == "channel" else "message"
        world.updates.push(kind, note.to_json(world.bot))
    return True


@method
async def unpin_chat_message(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#unpinchatmessage: the newest pin where none is named."""
    chat = world.reachable_chat(params.text("chat_id"))
    check_may_pin(chat, world.bot_member(chat))
    if params.has("message_id"):
        world.unpin(chat, [world.message(chat, _message_id(params), "unpin").message_id])
    elif chat.pinned:
        world.unpin(chat, [max(chat.pinned)])
    return True


@method
async def unpin_all_chat_messages(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#unpinallchatmessages"""
    chat = world.reachable_chat(params.text("chat_id"))
    check_may_pin(chat, world.bot_member(chat))
    world.unpin(chat, list(chat.pinned))
    return True


@method
async def set_message_reaction(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#setmessagereaction: bots have one reaction."""
    chat = world.reachable_chat(params.text("chat_id"))
    message = world.message(chat, _message_id(params), "react")
    reactions = params.array("reaction")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if not all(_is_emoji(reaction) for reaction in reactions):
        raise bad_request("REACTION_INVALID")
    world.react(message, world.bot, reactions)
    return True


def _is_emoji(reaction: Any) -> bool:
    is_named = isinstance(reaction, dict) and reaction.get("type") == "emoji"
    return is_named and bool(reaction.get("emoji"))
