"""The child process of bot.documents.drawing: a document in, grey pictures of its pages out.

A hostile document may take this process down; it costs that page. Its files are open when it
starts. On standard input comes a line of JSON that tells their numbers, then one for each page;
the answer to each is a line of JSON and as many bytes as it says. Nothing touches the disk,
nothing is run, no attachment is opened.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from io import FileIO
from typing import Any, BinaryIO, Protocol

import pypdfium2
from PIL import Image, ImageOps

from bot.confined import confine
from bot.documents import heap
from bot.documents.poppler import written
from bot.documents.sheet import look_at, turned

MEMORY = 512 << 20
"""Bytes of address space. A page drawn as below takes a tenth of it, an image bomb is refused."""
CPU_SECONDS = 600
"""For a whole document; a single page is timed by the parent."""
MOST_PIXELS = 60_000_000
"""Pixels of a picture that came as a file."""
SHORTEST = 8
"""A page drawn to fewer pixels in height or width shows nothing."""
AFRESH = 20
"""After so many pages a PDF is opened anew: PDFium keeps what it has read of it."""
AT_ONCE = 16
"""Pages whose layers pdftotext is asked for at one go: its start takes as long as six of them."""
POPPLER_SECONDS = 4
"""For the text layers of so many; it has the limits of this process beside."""
SMALL, LITTLE = 900, 150
"""A picture of fewer pixels in height and width shows more characters than so many in a blur: a
sheet of A4 at 75 dpi."""
_SHRINKABLE = ("L", "LA", "RGB", "RGBA", "CMYK")
"""Modes that Pillow makes smaller without loss of what is written."""


class Document(Protocol):
    """What can be drawn page by page."""

    def __len__(self) -> int: ...

    def draw(self, page: int, side: int) -> Image.Image:
        """Page `page` (from 0) in grey, its longer side `side` pixels or less."""

    def layers(self, page: int) -> list[str]:
        """The text that the page carries beside its picture, as each reader of layers sees it."""


class Pdf:
    """A PDF, drawn by PDFium."""

    def __init__(self, file: FileIO, password: str) -> None:
        self._file, self._password = file, password
        self._pdf = self._opened()
        self._used = 0
        self._told: dict[int, str] = {}
        # It would take the password as an argument, and those can be listed by others.
        self._poppler = None if password else shutil.which("pdftotext")

    def __len__(self) -> int:
        return len(self._pdf)

    def draw(self, page: int, side: int) -> Image.Image:
        sheet = self._sheet(page)
        try:
            longer = max(sheet.get_size())
            drawn: Image.Image = sheet.render(scale=side / longer, grayscale=True).to_pil()
            return drawn.convert("L")
        finally:
            sheet.close()

    def layers(self, page: int) -> list[str]:
        sheet = self._sheet(page)
        try:
            ours = str(sheet.get_textpage().get_text_range())
        finally:
            sheet.close()
        return [ours, self._by_poppler(page)] if ours.strip() and self._poppler else [ours]

    def _opened(self) -> pypdfium2.PdfDocument:
        return pypdfium2.PdfDocument(self._file, password=self._password or None)

    def _sheet(self, page: int) -> pypdfium2.PdfPage:
        self._used += 1
        if self._used % AFRESH == 0:
            self._pdf.close()
            self._pdf = self._opened()
        return self._pdf[page]

    def _by_poppler(self, page: int) -> str:
        """What pdftotext makes of the page: it puts other files right than PDFium does."""
        if page not in self._told:
            last = min(page + AT_ONCE, len(self))
            self._told = dict(enumerate(self._asked(page + 1, last), page))
        return self._told.get(page, "")

    def _asked(self, first: int, last: int) -> list[str]:
        """pdftotext's pages from `first` to `last`, counted from 1; nothing when it fails."""
        file = f"/dev/fd/{self._file.fileno()}"
        try:
            done = subprocess.run(
                [str(self._poppler), "-f", str(first), "-l", str(last), file, "-"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=[self._file.fileno()],
                timeout=POPPLER_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired):
            return []
        text = "" if done.returncode else done.stdout.decode("utf-8", "replace")
        return [written(page) for page in text.split("\f")[: last - first + 1]]


class Photo:
    """A photo, or a TIFF of several pages."""

    def __init__(self, file: FileIO) -> None:
        self._file = file
        with self._opened() as image:
            # A moving PNG or WebP, and the small copy in a telephone's JPEG, are no pages.
            self._pages = int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1

    def __len__(self) -> int:
        return self._pages

    def draw(self, page: int, side: int) -> Image.Image:
        with self._opened() as image:
            image.seek(page)
            image.draft("L", (side, side))
            upright = ImageOps.exif_transpose(_in_grey(image, side))
            upright.thumbnail((side, side))
            return upright

    def layers(self, page: int) -> list[str]:
        return []

    def _opened(self) -> Image.Image:
        # Opened for each page anew: a picture once looked at keeps its pixels in memory.
        Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses twice of it
        self._file.seek(0)
        return Image.open(self._file, formats=["JPEG", "PNG", "WEBP", "TIFF"])


class Album:
    """Several files as one document."""

    def __init__(self, parts: Sequence[Document]) -> None:
        self._places = [(part, page) for part in parts for page in range(len(part))]

    def __len__(self) -> int:
        return len(self._places)

    def draw(self, page: int, side: int) -> Image.Image:
        part, place = self._places[page]
        return part.draw(place, side)

    def layers(self, page: int) -> list[str]:
        part, place = self._places[page]
        return part.layers(place)


def _in_grey(image: Image.Image, side: int) -> Image.Image:
    """The picture in grey; where it is see-through, paper shows."""
    if image.mode.startswith("I;16") or image.mode == "I":
        return image.point(lambda level: level / 256).convert("L")  # else all light is white
    if image.mode in _SHRINKABLE:
        image.thumbnail((side, side))  # before a copy of it is made
    if "transparency" not in image.info and not image.mode.endswith(("A", "a")):
        return image.convert("L")
    seen = image.convert("RGBA")
    paper = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(paper, seen).convert("L")


def main() -> None:
    """Serve one document until standard input ends."""
    confine(memory=MEMORY, seconds=CPU_SECONDS)
    heap.give_back()
    incoming, out = sys.stdin.buffer, sys.stdout.buffer
    first = json.loads(incoming.readline())
    try:
        document = _open(first["files"], first.get("password", ""))
        pages = len(document)
    except Exception as error:  # whatever a damaged file makes the libraries raise
        _answer(out, {"error": _why(error)})
        return
    _answer(out, {"pages": pages})
    while line := incoming.readline():
        asked = json.loads(line)
        _serve(out, asked, _layers if asked["what"] == "layers" else _page, document)


def _open(files: Sequence[tuple[bool, int]], password: str) -> Document:
    """The document in these files: of each, whether it is a PDF, and its number."""
    opened = ((pdf, FileIO(number)) for pdf, number in files)
    parts = [Pdf(file, password) if pdf else Photo(file) for pdf, file in opened]
    return parts[0] if len(parts) == 1 else Album(parts)


def _serve(
    out: BinaryIO,
    asked: dict[str, Any],
    work: Callable[[Document, dict[str, Any]], tuple[dict[str, Any], bytes]],
    document: Document,
) -> None:
    try:
        head, content = work(document, asked)
    except Exception as error:  # as above: this page cannot be had, the next one may
        _answer(out, {"error": _why(error)})
    else:
        _answer(out, head, content)


def _page(document: Document, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """A page as a JPEG that lies upright, or the news that nothing is written on it."""
    drawn = document.draw(asked["page"], asked["side"])
    if min(drawn.size) < SHORTEST:
        raise ValueError("the page is too narrow")
    sheet = look_at(drawn)
    small = max(drawn.size) < SMALL and sheet.characters > LITTLE
    head = {"turned": sheet.turn, "blank": sheet.blank, "characters": sheet.characters}
    head |= {"small": small}
    if sheet.blank and not asked["even_blank"]:
        return head, b""
    packed = io.BytesIO()
    turned(drawn, sheet.turn).save(packed, "JPEG", quality=asked["quality"])
    return head, packed.getvalue()


def _layers(document: Document, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    texts = [layer[: asked["most"]] for layer in document.layers(asked["page"])]
    return {}, json.dumps(texts).encode()


def _answer(out: BinaryIO, head: dict[str, Any], content: bytes = b"") -> None:
    out.write(json.dumps(head | {"bytes": len(content)}).encode() + b"\n" + content)
    out.flush()


def _why(error: Exception) -> str:
    """One short word for what a library complained of."""
    said = str(error).lower()
    if "password" in said:
        return "password"
    if isinstance(error, MemoryError | Image.DecompressionBombError):
        return "too-large"
    return "no-pages" if "success" in said else "damaged"


if __name__ == "__main__":
    main()
