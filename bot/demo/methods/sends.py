"""Methods that put something new into a chat: texts, pictures, files, albums.

Polls are in methods.polls; forwards and copies in methods.forwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.demo import limits
from bot.demo.errors import bad_request
from bot.demo.files import picture_size
from bot.demo.keyboards import read_markup
from bot.demo.methods.params import Params
from bot.demo.methods.registry import method
from bot.demo.methods.words import CAPTION, TEXT, read_words
from bot.demo.records import Chat, Content, Json, Message, StoredFile
from bot.demo.rights import check_may_post
from bot.demo.world import Change, World

ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


@dataclass(frozen=True)
class Reply:
    """What a new message answers to, in its own chat or in another."""

    to: Message | None = None
    external: Json | None = None


@method
async def send_message(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#sendmessage"""
    words = read_words(params, TEXT)
    chat = writable_chat(world, params)
    text, entities = limits.check_text(words)
    preview = params.object("link_preview_options")
    content = Content(text=text, entities=entities, link_preview_options=preview)
    return post(world, chat, content, params).to_json(world.bot)


@method
async def send_photo(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#sendphoto"""
    words = read_words(params, CAPTION)
    chat = writable_chat(world, params, "photos")
    content = read_photo(world, params, "photo", words)
    return post(world, chat, content, params).to_json(world.bot)


@method
async def send_document(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#senddocument"""
    words = read_words(params, CAPTION)
    chat = writable_chat(world, params, "documents")
    content = read_document(world, params, "document", words)
    return post(world, chat, content, params).to_json(world.bot)


@method
async def send_media_group(world: World, params: Params) -> list[Json]:
    """https://core.telegram.org/bots/api#sendmediagroup"""
    items = params.array("media")
    limits.check_album(len(items))
    chat = writable_chat(world, params, "photos")
    if not all(isinstance(item, dict) for item in items):
        raise bad_request("can't parse InputMedia: expected an Object")
    contents = [read_media(world, params.within(item)) for item in items]
    if len({content.photo is None for content in contents}) > 1:
        raise bad_request("document can't be mixed with other media types")
    album, reply = world.album_id(), read_reply(world, chat, params)
    return [
        post(world, chat, content, params, reply, media_group_id=album).to_json(world.bot)
        for content in contents
    ]


@method
async def send_chat_action(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#sendchataction"""
    action = params.text("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = writable_chat(world, params)
    world.tell(Change("typing", chat, details={"action": action}))
    return True


@method
async def send_message_draft(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#sendmessagedraft"""
    words = read_words(params, TEXT)
    draft_id = params.integer("draft_id")
    if draft_id == 0:
        raise bad_request("RANDOM_ID_INVALID")
    chat = writable_chat(world, params)
    if chat.type != "private":
        raise bad_request("chat not found")
    text, entities = limits.check_text(words) if words[0] else words
    shown = [entity.to_json() for entity in entities]
    draft = {"draft_id": draft_id, "text": text, "entities": shown}
    draft["can_stop"] = params.flag("can_stop")
    world.tell(Change("draft", chat, details=draft))
    return True


def writable_chat(world: World, params: Params, what: str = "text messages") -> Chat:
    """The chat of the call, if the bot may write there."""
    chat = world.reachable_chat(params.text("chat_id"))
    check_may_post(chat, world.bot_member(chat), what)
    return chat


def post(
    world: World,
    chat: Chat,
    content: Content,
    params: Params,
    reply: Reply | None = None,
    **details: Any,
) -> Message:
    """Send as the bot, with the keyboard, reply and protection that the call asks for."""
    markup = read_markup(params.object("reply_markup"))
    reply = read_reply(world, chat, params) if reply is None else reply
    return world.post(
        chat,
        content,
        world.bot,
        markup=markup,
        reply_to=reply.to,
        external_reply=reply.external,
        has_protected_content=params.flag("protect_content") or chat.has_protected_content,
        **details,
    )


def read_reply(world: World, chat: Chat, params: Params) -> Reply:
    """What the call replies to. Raises ApiError for a missing message, unless that is allowed."""
    asked = params.object("reply_parameters") or _old_reply(params)
    if not asked:
        return Reply()
    inner = params.within(asked)
    source = world.reachable_chat(inner.text("chat_id")) if inner.text("chat_id") else chat
    target = source.messages.get(inner.integer("message_id"))
    if target is None:
        if inner.flag("allow_sending_without_reply"):
            return Reply()
        raise bad_request("message to be replied not found")
    if source is chat:
        return Reply(to=target)
    return Reply(external=_external(target))


def _old_reply(params: Params) -> Json | None:
    """The parameters that reply_parameters replaced, which servers still take."""
    if not params.integer("reply_to_message_id"):
        return None
    return {
        "message_id": params.integer("reply_to_message_id"),
        "allow_sending_without_reply": params.flag("allow_sending_without_reply"),
    }


def _external(target: Message) -> Json:
    external: Json = {"origin": origin_of(target), "message_id": target.message_id}
    if target.chat.type != "private":
        external["chat"] = target.chat.to_json()
    return external


def origin_of(message: Message) -> Json:
    """Where a message came from first: https://core.telegram.org/bots/api#messageorigin"""
    if message.forward_origin is not None:
        return message.forward_origin
    if message.chat.type == "channel":
        return {
            "type": "channel",
            "date": message.date,
            "chat": message.chat.to_json(),
            "message_id": message.message_id,
        }
    sender = message.sender.to_json() if message.sender else {}
    return {"type": "user", "date": message.date, "sender_user": sender}


def read_media(world: World, params: Params) -> Content:
    """One InputMedia object: a photo or a document."""
    words = read_words(params, CAPTION)
    readers = {"photo": read_photo, "document": read_document}
    reader = readers.get(params.text("type"))
    if reader is None:
        raise bad_request("can't parse InputMedia: Unsupported type of the media is specified")
    return reader(world, params, "media", words)


def read_photo(world: World, params: Params, name: str, words: Any) -> Content:
    """The picture in parameter `name`, with its caption checked."""
    caption, entities = limits.check_caption(words)
    return Content(
        caption=caption or None,
        entities=entities,
        photo=_photo(world, params, name),
        show_caption_above_media=params.flag("show_caption_above_media"),
        has_media_spoiler=params.flag("has_spoiler"),
    )


def read_document(world: World, params: Params, name: str, words: Any) -> Content:
    """The file in parameter `name`, with its caption checked."""
    caption, entities = limits.check_caption(words)
    return Content(
        caption=caption or None, entities=entities, document=_document(world, params, name)
    )


def _photo(world: World, params: Params, name: str) -> StoredFile:
    upload = params.upload(name)
    if upload is None:
        return _known_file(world, params, name, "Photo")
    size = limits.check_photo(upload.content, picture_size(upload.content))
    return world.files.add_photo(upload.content, size)


def _document(world: World, params: Params, name: str) -> StoredFile:
    upload = params.upload(name)
    if upload is None:
        return _known_file(world, params, name, "Document")
    if not upload.content:
        raise bad_request("file must be non-empty")
    return world.files.add(upload.content, upload.name, upload.mime)


def _known_file(world: World, params: Params, name: str, kind: str) -> StoredFile:
    """A file sent again by its id; addresses fail, as there is no network behind this server."""
    reference = params.text(name)
    if not reference:
        raise bad_request(f"there is no {kind.lower()} in the request")
    if reference.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    known = world.files.by_id(reference)
    if known is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if (kind == "Photo") != (known.width > 0):
        raise bad_request(f"can't use file of type {_kind(known)} as {kind}")
    return known


def _kind(stored: StoredFile) -> str:
    return "Photo" if stored.width else "Document"
