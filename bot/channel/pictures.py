"""The pictures of drafts, as files beside the database: kept, read, cleared away.

What they show is the business of feeds.picture; which draft has which, of db.drafts.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Collection
from pathlib import Path

log = logging.getLogger("peyk.pictures")

_OURS = re.compile(r"\d+\.(?:jpg|png)")


def folder(database: Path) -> Path:
    """Where the pictures of the drafts in `database` are."""
    return database.absolute().parent / "pictures"


async def keep(folder: Path, name: str, content: bytes) -> str:
    """Write a picture; what `Draft.picture` says of it. Raises OSError."""

    def write() -> str:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        return f"file:{folder / name}"

    return await asyncio.to_thread(write)


async def read(picture: str) -> bytes | None:
    """The bytes of a kept picture; None, and a line in the log, when they cannot be read."""
    try:
        return await asyncio.to_thread(Path(picture.removeprefix("file:")).read_bytes)
    except (OSError, ValueError) as error:
        log.warning("picture %s cannot be read (%s)", picture, type(error).__name__)
        return None


async def clear(folder: Path, needed: Collection[str]) -> int:
    """Delete the pictures that are not `needed`; returns how many. Other files are left alone."""

    def delete() -> int:
        kept = folder.iterdir() if folder.is_dir() else ()
        idle = [p for p in kept if _OURS.fullmatch(p.name) and f"file:{p}" not in needed]
        for path in idle:
            path.unlink(missing_ok=True)
        return len(idle)

    return await asyncio.to_thread(delete)
