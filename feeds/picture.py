"""The picture of an item: a paper's first page, a repository's card; nothing for anything else.

The page is drawn by feeds.first_page in a child process of its own, because a hostile PDF can
take its process down. Does not keep pictures: see bot.channel.pictures.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from contextlib import suppress

from bot.confined import environment
from bot.errors import SourceError
from db.model import Item
from feeds.fetch import Fetcher
from feeds.identity import arxiv_id
from feeds.raster import BYTES, is_photo

log = logging.getLogger("peyk.pictures")

PAPER = "https://export.arxiv.org/pdf/"
CARD = "https://opengraph.githubassets.com/1/"
PATIENCE = 30.0
"""Seconds within which a picture comes or is done without."""
DRAWING = 20.0
"""Seconds the child process may take."""

_REPO = re.compile(r"[\w-]+/[\w.-]+", re.ASCII)


async def picture_of(item: Item, fetcher: Fetcher, *, patience: float = PATIENCE) -> bytes | None:
    """A PNG or JPEG that Telegram takes as a photo, or None where `item` has none.

    None also after any failure, with one line in the log, and after `patience` seconds.
    """
    try:
        async with asyncio.timeout(patience):
            return await _picture(item, fetcher)
    except TimeoutError:
        why = f"not there after {max(patience, 0):.0f} s"
    except SourceError as error:
        why = str(error)
    log.warning("no picture for %s: %s", item.identity, why)
    return None


async def _picture(item: Item, fetcher: Fetcher) -> bytes | None:
    kind, _, name = item.identity.partition(":")
    if kind == "arxiv" and arxiv_id(name) == (name, ""):
        return await _first_page(name, fetcher)
    repo = name.partition("@")[0]
    if kind == "github" and _REPO.fullmatch(repo):
        return _checked((await fetcher.get(CARD + repo)).body)
    return None


async def _first_page(paper: str, fetcher: Fetcher) -> bytes:
    fetched = await fetcher.get(PAPER + paper, arxiv=True)
    if not fetched.body.startswith(b"%PDF-"):
        raise SourceError("the answer is no PDF")
    return _checked(await draw(fetched.body))


def _checked(content: bytes) -> bytes:
    if not is_photo(content):
        raise SourceError("the answer is no picture that Telegram takes")
    return content


async def draw(pdf: bytes) -> bytes:
    """The first page of a PDF as JPEG. Raises SourceError where it cannot be drawn."""
    try:
        child = await _start()
    except OSError as error:
        raise SourceError(f"no process to draw in ({type(error).__name__})") from error
    assert child.stdin
    try:
        async with asyncio.timeout(DRAWING):
            with suppress(OSError):  # it may be gone already; its exit code says so below
                child.stdin.write(pdf)
                await child.stdin.drain()
            child.stdin.close()
            drawn = await _output(child)
            code = await child.wait()
    except TimeoutError as error:
        raise SourceError(f"drawing took over {DRAWING:g} s") from error
    finally:
        await _end(child)
    if code or not drawn:
        raise SourceError(f"the PDF cannot be drawn (exit code {code})")
    return drawn


async def _start() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "feeds.first_page"),
        env=environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def _output(child: asyncio.subprocess.Process) -> bytes:
    """What the child writes, up to the size of a picture."""
    assert child.stdout
    try:
        await child.stdout.readexactly(BYTES + 1)
    except asyncio.IncompleteReadError as whole:
        return whole.partial
    raise SourceError("the drawing is larger than any picture")


async def _end(child: asyncio.subprocess.Process) -> None:
    """Leave no process behind, whatever became of it."""
    assert child.stdin
    if child.returncode is None:
        child.kill()
    child.stdin.close()
    await child.communicate()
