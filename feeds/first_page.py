"""The child process of feeds.picture: a PDF on standard input, a JPEG on standard output.

A hostile PDF may take this process down: that is simply no picture. Knows nothing of feeds.
"""

from __future__ import annotations

import io
import sys

import pypdfium2
from PIL import Image

from bot.confined import confine
from feeds.raster import RATIO

SIDE = 1280
"""Pixels of the longer side: what Telegram shows of a photo, and enough to read a paper by."""
MOST = 1_000_000
"""Bytes of a finished picture."""
MEMORY = 512 << 20
"""Bytes of address space; a page of a paper takes a tenth of it."""
CPU_SECONDS = 15
_QUALITIES = (85, 70, 50, 30)


def main() -> None:
    """Draw the PDF, or end with an error: nobody reads more of it than the exit code."""
    confine(memory=MEMORY, seconds=CPU_SECONDS)
    sys.stdout.buffer.write(first_page(sys.stdin.buffer.read()))


def first_page(pdf: bytes) -> bytes:
    """The first page as JPEG. Raises what PDFium and Pillow raise, and ValueError for its size."""
    page = pypdfium2.PdfDocument(pdf)[0]
    shorter, longer = sorted(page.get_size())
    if not 0 < longer <= shorter * RATIO:
        raise ValueError("a page of no usable shape")
    drawn: Image.Image = page.render(scale=SIDE / longer).to_pil()
    return _packed(drawn.convert("RGB"))


def _packed(image: Image.Image) -> bytes:
    for quality in _QUALITIES:
        packed = io.BytesIO()
        image.save(packed, "JPEG", quality=quality, optimize=True)
        if packed.tell() <= MOST:
            return packed.getvalue()
    raise ValueError("a picture of too many bytes")


if __name__ == "__main__":
    main()
