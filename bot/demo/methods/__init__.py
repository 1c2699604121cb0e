"""The methods of the Bot API, one function each; importing this package registers them all."""

from bot.demo.methods import (
    chats,
    edits,
    files,
    forwards,
    polls,
    profile,
    queries,
    sends,
    updates,
)
from bot.demo.methods.registry import Method, find_method

__all__ = [
    "Method",
    "chats",
    "edits",
    "files",
    "find_method",
    "forwards",
    "polls",
    "profile",
    "queries",
    "sends",
    "updates",
]
