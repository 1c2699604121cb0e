"""Modules that a start does without: imported in a thread when they are first needed.

Some take tenths of a second, in which nobody else should have to wait.
"""

from __future__ import annotations

import asyncio
from importlib import import_module
from types import ModuleType


async def load(*names: str) -> list[ModuleType]:
    """These modules, imported now if nobody did before."""
    return await asyncio.to_thread(lambda: [import_module(name) for name in names])
