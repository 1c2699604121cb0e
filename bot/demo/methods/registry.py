"""Finds the function of a Bot API method by its name."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.demo.methods.params import Params
from bot.demo.world import World

Method = Callable[[World, Params], Awaitable[Any]]

_METHODS: dict[str, Method] = {}


def method(function: Method) -> Method:
    """Register a function under its own name: send_message answers sendMessage."""
    _METHODS[function.__name__.replace("_", "")] = function
    return function


def find_method(name: str) -> Method | None:
    """The method with this name, in any case, as at Telegram."""
    return _METHODS.get(name.lower())
