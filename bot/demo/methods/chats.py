"""Methods that tell about chats and their members, and the one that leaves."""

from __future__ import annotations

from bot.demo.errors import bad_request
from bot.demo.methods.params import Params
from bot.demo.methods.registry import method
from bot.demo.records import Chat, Json, Member
from bot.demo.world import World


@method
async def get_chat(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#getchat"""
    chat = world.reachable_chat(params.text("chat_id"))
    full: Json = {
        **chat.to_json(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFTS, False),
    }
    if chat.username:
        full["active_usernames"] = [chat.username]
    if chat.description:
        full["description"] = chat.description
    if chat.linked_chat_id:
        full["linked_chat_id"] = chat.linked_chat_id
    if chat.has_protected_content:
        full["has_protected_content"] = True
    if chat.type == "supergroup":
        full["permissions"] = dict.fromkeys(_PERMISSIONS, True)
    if chat.pinned:
        full["pinned_message"] = chat.messages[max(chat.pinned)].to_json(world.bot)
    return full


_GIFTS = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)
_PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


@method
async def get_chat_administrators(world: World, params: Params) -> list[Json]:
    """https://core.telegram.org/bots/api#getchatadministrators: without other bots."""
    chat = _shared_chat(world, params, "there are no administrators in the private chat")
    admins = [member for member in chat.members.values() if member.is_admin]
    return [member.to_json(chat.type) for member in admins]


@method
async def get_chat_member(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#getchatmember"""
    chat = world.reachable_chat(params.text("chat_id"))
    user = world.users.get(params.integer("user_id"))
    if user is None:
        raise bad_request("PARTICIPANT_ID_INVALID")
    _check_sees_members(world, chat, user.id)
    member = chat.member(user.id) or Member(user, "left")
    return member.to_json(chat.type)


@method
async def get_chat_member_count(world: World, params: Params) -> int:
    """https://core.telegram.org/bots/api#getchatmembercount"""
    chat = world.reachable_chat(params.text("chat_id"))
    return sum(member.is_inside for member in chat.members.values())


@method
async def leave_chat(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#leavechat"""
    chat = _shared_chat(world, params, "chat member status can't be changed in private chats")
    member = world.bot_member(chat)
    member.status, member.rights = "left", frozenset()
    return True


def _shared_chat(world: World, params: Params, refusal: str) -> Chat:
    chat = world.reachable_chat(params.text("chat_id"))
    if chat.type == "private":
        raise bad_request(refusal)
    return chat


def _check_sees_members(world: World, chat: Chat, user_id: int) -> None:
    hidden = chat.type == "channel" and not world.bot_member(chat).is_admin
    if hidden and user_id != world.bot.id:
        raise bad_request("member list is inaccessible")
