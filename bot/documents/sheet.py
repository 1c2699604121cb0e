"""A sheet of paper as pixels: is anything written on it, and which way up does it lie?

Pure. Works on the profiles of the ink, without a model and without knowing the script: lines of
text make the rows of an upright page uneven, and in Persian as in Latin letters more ink rises
above the dense part of a line (Alef, Lam, Kaf; capitals, b, d, h, l) than falls below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops

LOOKED_AT = 800
"""Pixels of the longer side that are looked at: lines of small print still stand apart."""
PALER = 60
"""So many levels darker than the paper is ink."""
CELL, INKED = 8, 0.1
"""Pixels of a cell's side, and the share of ink from which more than a speck is in it."""
WORD = 2
"""Fewer pairs of inked cells side by side are dust, or a page number alone."""
STRIPS = 10
"""Profiles are taken in so many strips side by side, so that a skewed line stays a line."""
CHARACTERS = 8.5
"""Letters, digits and signs on a piece of a line as wide as a strip, in ordinary print (7.6 to 9.5
on the pages measured, Persian and Latin; small print has more, a poster fewer)."""
LYING = 1.5
"""So many times more uneven are the columns than the rows of a page that lies on its side."""
FEWEST_LINES = 8
"""Pieces of lines needed to say what is up."""
DENSE = 0.4
"""Rows of a line with so much of the ink of its darkest one are its dense part."""
FALLING = 0.45
"""A page is upside down when less than this share of the ink outside the dense parts rises above
them. Upright it is 0.56 to 0.77 in ten Persian faces and 0.75 to 0.96 in fifty Latin ones."""
_LINE = range(4, 60)
"""Pixels of height between which a band of ink is a line of text."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the pixels of a page tell of it."""

    blank: bool
    turn: int
    """Degrees by which it must be turned clockwise to be read: 0, 90, 180 or 270."""
    characters: int
    """About how many, without spaces, are written on it."""


def look_at(page: Image.Image) -> Sheet:
    """What there is to know of a grey page before anybody reads it."""
    ink = ink_of(page)
    if _is_blank(ink):
        return Sheet(blank=True, turn=0, characters=0)
    narrow = _narrow(ink)
    on_its_side = _narrow(ink.transpose(Image.Transpose.ROTATE_270))
    lying = LYING * _unevenness(narrow) < _unevenness(on_its_side)
    lines = list(_lines(on_its_side if lying else narrow))
    turn = (90 if lying else 0) + (180 if _upside_down(lines) else 0)
    return Sheet(False, turn, round(CHARACTERS * len(lines)))


def characters(page: Image.Image) -> int:
    """About how many characters without spaces are written on an upright grey page."""
    return round(CHARACTERS * sum(1 for _ in _lines(_narrow(ink_of(page)))))


def turned(page: Image.Image, degrees: int) -> Image.Image:
    """The page turned clockwise by a multiple of 90 degrees."""
    ways = {
        90: Image.Transpose.ROTATE_270,  # Pillow counts against the clock
        180: Image.Transpose.ROTATE_180,
        270: Image.Transpose.ROTATE_90,
    }
    return page.transpose(ways[degrees]) if degrees else page


def ink_of(page: Image.Image) -> Image.Image:
    """Ink as 255 and paper as 0, at most about `LOOKED_AT` pixels high and wide."""
    small = page.reduce(max(1, round(max(page.size) / LOOKED_AT)))
    paper = _median(small.histogram())
    return small.point([255 if level < paper - PALER else 0 for level in range(256)])


def _is_blank(ink: Image.Image) -> bool:
    """Whether there is no word on it: no cells with ink side by side."""
    cells = ink.reduce(CELL).point([255 * (level >= 255 * INKED) for level in range(256)])
    pairs = ImageChops.multiply(cells, ImageChops.offset(cells, 1, 0))
    return pairs.crop((1, 0, cells.width, cells.height)).histogram()[255] < WORD


def _median(histogram: Sequence[int]) -> int:
    """The level that half of the pixels reach: the paper's."""
    left = sum(histogram) / 2
    for level in range(255, -1, -1):
        left -= histogram[level]
        if left <= 0:
            return level
    return 0


def _narrow(ink: Image.Image) -> Image.Image:
    """The rows' ink, each as `STRIPS` pixels."""
    return ink.resize((STRIPS, ink.height), Image.Resampling.BOX)


def _unevenness(narrow: Image.Image) -> float:
    """How sharply the rows' ink changes from row to row; margins with mere specks weigh little."""
    width, height = narrow.size
    above, below = narrow.crop((0, 0, width, height - 1)), narrow.crop((0, 1, width, height))
    steps = ImageChops.difference(above, below).histogram()
    changes = sum(count * step**2 for step, count in enumerate(steps))
    ink = sum(count * level for level, count in enumerate(narrow.histogram()))
    return changes * height / ink**2 if ink else 0.0


def _upside_down(lines: list[bytes]) -> bool:
    """Whether more ink of the lines falls below their dense part than rises above it."""
    above = below = 0
    for line in lines:
        dense = [row for row, ink in enumerate(line) if ink >= DENSE * max(line)]
        above += sum(line[: dense[0]])
        below += sum(line[dense[-1] + 1 :])
    return len(lines) >= FEWEST_LINES and above < FALLING * (above + below)


def _lines(narrow: Image.Image) -> Iterator[bytes]:
    """The pieces of lines in all strips, as profiles of their ink."""
    pixels = narrow.tobytes()
    for strip in range(STRIPS):
        yield from _bands(pixels[strip::STRIPS])


def _bands(rows: bytes) -> Iterator[bytes]:
    """The bands of ink in a profile that are as high as a line of text."""
    dark = sorted(rows)[-max(1, len(rows) // 50)]
    start: int | None = None
    for at, ink in enumerate(rows + b"\0"):
        if ink > dark * 0.06:
            start = at if start is None else start
        elif start is not None:
            if at - start in _LINE:
                yield rows[start:at]
            start = None
