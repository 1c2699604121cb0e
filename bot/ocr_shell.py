"""`peyk ocr`: a file into Markdown, by the same readers as in chat, with a bar of progress.

Documents are given by path; what goes wrong is one line that says what to do.
"""

from __future__ import annotations

import getpass
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from bot.config import Settings
from bot.documents.drawing import Drawing
from bot.documents.markup import blocks, plain_text
from bot.documents.page import Origin, PageText
from bot.documents.read import MOST_PAGES, Readers, reading_room
from bot.documents.whole import markdown
from bot.documents.word import word
from bot.errors import ConfigError, DocumentError, PeykError
from db.schema import open_db

BAR = 30
"""Signs of the bar."""
LARGEST = 200 << 20
"""Bytes of a file that is read."""

_SAID = {
    "empty": "the file is empty",
    "unknown-kind": "neither a PDF nor a JPEG, PNG, WebP or TIFF picture",
    "damaged": "the file is damaged; open it in another program and print it to a new PDF",
    "password": "locked, and this is not its password",
    "no-terminal": "locked; in a terminal `peyk ocr` asks for the password",
    "no-pages": "there are no pages in it",
    "too-many-pages": f"more than {MOST_PAGES} pages; name some with --pages 1-{MOST_PAGES}",
    "too-large": "its pages take more memory than a document is given",
    "too-slow": "its pages take too long to draw",
    "no-reader": "nobody can read it; set PEYK_VISION_MODEL or install tesseract-ocr-fas",
}


class Unreadable(PeykError):
    """A file that cannot be read, and what to do about it."""


async def read_files(
    settings: Settings, paths: Sequence[Path], *, wanted: str, full: bool, told: TextIO
) -> str:
    """The Markdown of a document, or of pictures in their order; progress goes to `told`.

    `wanted`: pages such as ``1-3,7``; all when empty. Raises Unreadable, and ConfigError for what
    was asked wrongly.
    """
    contents = [_content(path) for path in paths]
    db = open_db(settings.db)
    room = reading_room(settings, db, lambda: datetime.now(UTC))
    try:
        async with await _opened(contents) as drawing:
            pages = [*pages_of(wanted, drawing.pages)]
            read = await _read(room, drawing, pages, full=full, told=told)
    except DocumentError as error:
        names = ", ".join(map(str, paths))
        raise Unreadable(f"{names}: {_SAID.get(error.kind, error.kind)}") from error
    finally:
        await room.close()
        db.close()
    print(summary(read), file=told)
    return markdown(read, mark)


def write(path: Path, text: str) -> None:
    """Write the Markdown as what the name asks for: ``.docx``, ``.txt``, else as it is."""
    content = text.encode()
    if path.suffix.lower() == ".docx":
        content = word(blocks(text))
    elif path.suffix.lower() == ".txt":
        content = plain_text(text).encode()
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error


def pages_of(wanted: str, pages: int) -> Iterable[int]:
    """The page numbers that ``1-3,7`` means in a document of so many pages.

    Raises ConfigError when it means none.
    """
    if not wanted:
        return range(1, pages + 1)
    found: dict[int, None] = {}
    for part in wanted.split(","):
        first, dash, last = part.strip().partition("-")
        try:
            numbers = range(int(first or 1), int((last or pages) if dash else first) + 1)
        except ValueError:
            numbers = range(0)
        if not numbers or not 1 <= numbers[0] <= pages:
            raise ConfigError(f"--pages: {part.strip()!r} names no page of 1 to {pages}")
        found |= dict.fromkeys(range(numbers[0], min(numbers[-1], pages) + 1))
    return found


def mark(page: PageText) -> str:
    """What stands before a page that should be compared with its picture."""
    if not page.needs_eye:
        return ""
    return f"<!-- page {page.page}: please compare with the picture ({', '.join(page.doubts)}) -->"


def summary(pages: Sequence[PageText]) -> str:
    """Who read how many pages, and which a human should look at."""
    told = {
        Origin.MODEL: "read by the model",
        Origin.LAYER: "taken from the file's own text",
        Origin.TESSERACT: "read by tesseract",
        Origin.BLANK: "blank",
        Origin.NOBODY: "not read",
    }
    counts = Counter(page.origin for page in pages)
    parts = [f"{counts[origin]} {words}" for origin, words in told.items() if counts[origin]]
    doubtful = [str(page.page) for page in sorted(pages, key=_number) if page.needs_eye]
    eye = f"; to be compared with the picture: page {', '.join(doubtful)}" if doubtful else ""
    return f"{len(pages)} page{'s' * (len(pages) != 1)}: {', '.join(parts)}{eye}"


def _number(page: PageText) -> int:
    return page.page


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigError(f"{path}: larger than {LARGEST >> 20} MB")
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error


async def _opened(contents: Sequence[bytes]) -> Drawing:
    """The document, once its password is known; where nobody can be asked, without one."""
    drawing = Drawing(contents)
    try:
        await drawing.open()
    except DocumentError as error:
        if error.kind != "password":
            raise
        if not sys.stdin.isatty():
            raise DocumentError("no-terminal") from error
        drawing = Drawing(contents, getpass.getpass("Password of the document: "))
        await drawing.open()
    return drawing


async def _read(
    room: Readers, drawing: Drawing, pages: Sequence[int], *, full: bool, told: TextIO
) -> list[PageText]:
    """The pages, while the bar grows."""
    read: list[PageText] = []
    shown = told.isatty()
    async for page in room.read(drawing, pages, job="shell", full=full):
        read.append(page)
        if shown:
            left = room.seconds(len(pages) - len(read))
            told.write(f"\r{bar(len(read), len(pages))} about {left:.0f} s left ")
            told.flush()
    if shown:
        told.write("\r\033[K")  # erase the line
    return read


def bar(done: int, of: int, what: str = "pages") -> str:
    """How far it is, as a picture and in numbers."""
    full = BAR * done // max(1, of)
    return f"[{'#' * full}{'.' * (BAR - full)}] {done}/{of} {what}"
