"""A document as pictures of its pages, drawn in a child process with limits.

One child for a document; one page at a time, so that few pictures exist at once. A page that ends
the child or takes too long is lost by itself: the next is drawn by a new child. Does not read the
pictures: see bot.documents.read.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import FileIO
from types import TracebackType
from typing import Any, Self

from bot.confined import environment
from bot.documents.kinds import FileKind, kind_of
from bot.errors import DocumentError

SIDE = 1754
"""Pixels of the longer side of a page as it is read, 150 dpi of A4: the smallest that reads as
well as larger ones, chosen by ``tests/eval/ocr.py --sizes``."""
QUALITY = 70
"""Of its JPEG; chosen by the same."""

OPENING = 6.0
"""Seconds a document may take to open."""
DRAWING = 6.0
"""Seconds a page may take to be drawn."""
LOST_IN_A_ROW = 3
"""After so many pages that ended their child one after the other, the document is given up."""
LONGEST_LAYER = 60_000
"""Characters of a page's text layer."""
_LINE = 1 << 16
_CHUNK = 4 << 20


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as it goes to whoever reads it."""

    page: int
    """Counted from 1."""
    jpeg: bytes
    """Grey and upright; empty when the page is blank."""
    blank: bool = False
    turned: int = 0
    """Degrees clockwise by which it was turned to stand upright."""
    characters: int = 0
    """About how many are written on it, by its pixels: what an answer is held against."""
    small: bool = False
    """Whether it has too few pixels for what stands on it to be read with certainty."""


class Drawing:
    """An open document, as an async context manager: one file, or an album of pictures in order.

    Raises DocumentError when it cannot be made or opened.
    """

    def __init__(self, contents: Sequence[bytes], password: str = "") -> None:
        self._contents = [(kind_of(content), content) for content in contents]
        self._files: list[tuple[FileKind, FileIO]] = []
        self._password = password
        self._child: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._lost = 0
        self.pages = 0

    async def open(self) -> None:
        """Start the child, unless it is there already; whoever opens closes."""
        try:
            while self._contents:  # one copy is enough
                await self._shelve(*self._contents.pop(0))
            if self._child is None:
                await self._start()
        except BaseException:  # no child outlives a document that was refused
            await self.close()
            raise

    async def _shelve(self, kind: FileKind, content: bytes) -> None:
        file = _nameless()
        self._files.append((kind, file))
        for at in range(0, len(content), _CHUNK):
            file.write(memoryview(content)[at : at + _CHUNK])
            await asyncio.sleep(0)  # others have their turn

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the child and let the files go."""
        try:
            await self._end_child()
        finally:
            for _, file in self._files:
                file.close()

    async def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.returncode is None:
            child.kill()
        ended = asyncio.ensure_future(child.wait())
        try:
            await asyncio.shield(ended)
        except asyncio.CancelledError:  # it is dying: no child is left behind
            await ended
            raise

    async def picture(
        self, page: int, *, side: int = SIDE, quality: int = QUALITY, even_blank: bool = False
    ) -> Picture:
        """Page `page` (from 1), upright and grey, its longer side at most `side` pixels.

        Raises DocumentError when it cannot be drawn.
        """
        head, jpeg = await self._ask(
            what="page", page=page - 1, side=side, quality=quality, even_blank=even_blank
        )
        turned, characters = int(head["turned"]), int(head["characters"])
        return Picture(page, jpeg, bool(head["blank"]), turned, characters, bool(head["small"]))

    async def layers(self, page: int) -> list[str]:
        """The text layer of a page (from 1) as each reader of layers sees it; any may be wrong."""
        _, texts = await self._ask(what="layers", page=page - 1, most=LONGEST_LAYER)
        return [str(text) for text in json.loads(texts)]

    async def _start(self) -> None:
        try:
            self._child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "bot.documents.artist"),
                env=environment(),
                pass_fds=[file.fileno() for _, file in self._files],
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=_LINE,
            )
        except OSError as error:
            raise DocumentError("too-large") from error
        files = [(kind is FileKind.PDF, file.fileno()) for kind, file in self._files]
        first: dict[str, object] = {"files": files}
        if self._password:
            first["password"] = self._password  # through the pipe: arguments can be listed
        head, _ = await self._say(first, OPENING)
        self.pages = int(head["pages"])
        if not self.pages:
            raise DocumentError("no-pages")

    async def _ask(self, **question: object) -> tuple[Mapping[str, Any], bytes]:
        async with self._turn:
            if self._lost >= LOST_IN_A_ROW:
                raise DocumentError("damaged")
            try:
                if self._child is None:
                    await self._start()
                answer = await self._say(question, DRAWING)
            except DocumentError:
                if self._child is None:  # it took its child with it, and time
                    self._lost += 1
                raise
            self._lost = 0
            return answer

    async def _say(
        self, question: Mapping[str, object], patience: float
    ) -> tuple[Mapping[str, Any], bytes]:
        """One question to the child and its answer; a child that fails is ended."""
        child = self._child
        assert child and child.stdin and child.stdout
        try:
            async with asyncio.timeout(patience):
                child.stdin.write(json.dumps(question).encode() + b"\n")
                await child.stdin.drain()
                head = json.loads(await child.stdout.readuntil(b"\n"))
                answer = await child.stdout.readexactly(int(head["bytes"]))
        except TimeoutError as error:
            await self._end_child()
            raise DocumentError("too-slow") from error
        except (OSError, EOFError, ValueError, KeyError) as error:
            await self._end_child()
            raise DocumentError("too-large") from error
        except BaseException:  # a cancelled question leaves an answer that nobody would read
            await self._end_child()
            raise
        if "error" in head:
            raise DocumentError(str(head["error"]))
        return head, answer


def _nameless() -> FileIO:
    """A file without a name that lies in memory: a child reads it from there."""
    if sys.platform == "linux":
        return FileIO(os.memfd_create("document"), "r+")
    with tempfile.TemporaryFile() as nameless:  # other systems know nothing better
        return FileIO(os.dup(nameless.fileno()), "r+")
