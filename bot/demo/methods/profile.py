"""Methods about the bot itself: who it is, its commands and descriptions."""

from __future__ import annotations

import json
import re

from bot.demo.entities import utf16_length
from bot.demo.errors import bad_request
from bot.demo.methods.params import Params
from bot.demo.methods.registry import method
from bot.demo.records import Json
from bot.demo.world import World

COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


@method
async def get_me(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#getme"""
    return {
        **world.bot.to_json(),
        "first_name": world.profile["name"],
        "can_join_groups": True,
        "can_read_all_group_messages": world.reads_all_messages,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
    }


@method
async def set_my_commands(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#setmycommands"""
    commands = [_read_command(item) for item in params.array("commands")]
    if len(commands) > COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    world.commands[_scope(params)] = commands
    return True


@method
async def get_my_commands(world: World, params: Params) -> list[Json]:
    """https://core.telegram.org/bots/api#getmycommands"""
    return world.commands.get(_scope(params), [])


@method
async def delete_my_commands(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#deletemycommands"""
    world.commands.pop(_scope(params), None)
    return True


def _scope(params: Params) -> str:
    scope = params.object("scope") or {"type": "default"}
    return json.dumps([scope, params.text("language_code")], sort_keys=True)


def _read_command(item: object) -> Json:
    if not isinstance(item, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    command, words = str(item.get("command", "")), str(item.get("description", ""))
    command = command.removeprefix("/").lower()
    if not _COMMAND.fullmatch(command):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= utf16_length(words.strip()) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command, "description": words.strip()}


@method
async def set_my_name(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#setmyname"""
    return _set(world, params, "name", 64)


@method
async def get_my_name(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#getmyname"""
    return _get(world, "name")


@method
async def set_my_description(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#setmydescription"""
    return _set(world, params, "description", 512)


@method
async def get_my_description(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#getmydescription"""
    return _get(world, "description")


@method
async def set_my_short_description(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#setmyshortdescription"""
    return _set(world, params, "short_description", 120)


@method
async def get_my_short_description(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#getmyshortdescription"""
    return _get(world, "short_description")


def _set(world: World, params: Params, name: str, longest: int) -> bool:
    words = params.text(name)
    if utf16_length(words) > longest:
        raise bad_request(f"BOT_{name.upper()}_TOO_LONG")
    world.profile[name] = words or (world.bot.first_name if name == "name" else "")
    return True


def _get(world: World, name: str) -> Json:
    return {name: world.profile.get(name, "")}
