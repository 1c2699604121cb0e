"""A module of this folder that is loaded when the first update needs it.

A start loads none of them, so it is quick, and what nobody uses takes no memory.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from types import ModuleType
from typing import Any

from telegram import Update

from bot.context import Context
from bot.loading import load

Route = Callable[[Update, Context], Coroutine[Any, Any, None]]


class Feature:
    """Stands for a module of handlers, whose handlers can be called before it is loaded."""

    def __init__(self, name: str) -> None:
        self._name = f"handlers.{name}"
        self._module: ModuleType | None = None

    def __getattr__(self, name: str) -> Route:
        async def route(update: Update, context: Context) -> None:
            if self._module is None:
                (self._module,) = await load(self._name)
            await getattr(self._module, name)(update, context)

        return route
