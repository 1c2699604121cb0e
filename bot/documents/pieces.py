"""Pieces of a page's picture: parts to be read by themselves, and a sample to check a text by.

Pure, but slow enough (some 20 ms) to be called in a thread. Cuts between lines, not through them.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from bot.documents.sheet import characters, ink_of

WANDERING = 0.04
"""A cut may move by so much of the page's height to fall between two lines."""
SAMPLED = (0.15, 0.5, 0.85)
"""After how much of the page's ink a sample is taken."""
SAMPLE = 0.03
"""Height of a sample, of the page's."""
ENOUGH = 60
"""Characters of a sample, where more stand side by side."""
GAP = 24
"""Pixels of paper between the samples."""
QUALITY = 80


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a page, as a JPEG."""

    jpeg: bytes
    characters: int
    """About how many are written on it."""


def parts(jpeg: bytes, count: int) -> list[Piece]:
    """The page from its top in `count` parts with about as much on each."""
    page = _opened(jpeg)
    profile = _profile(page)
    wanted = [_row(profile, part / count) for part in range(1, count)]
    wander = round(page.height * WANDERING)
    cuts = [_quietest(profile, row - wander, row + wander) for row in wanted]
    edges = itertools.pairwise([0, *cuts, page.height])
    crops = (page.crop((0, top, page.width, bottom)) for top, bottom in edges)
    return [Piece(_packed(crop), characters(crop)) for crop in crops if crop.height > 1]


def sample(jpeg: bytes) -> Piece:
    """A few lines of the page from its top, its middle and its end, one under the other."""
    page = _opened(jpeg)
    strips = [_enough(page.crop((0, top, page.width, bottom))) for top, bottom in _sampled(page)]
    height = sum(strip.height + GAP for strip in strips) + GAP
    sheet = Image.new("L", (page.width, height), 255)
    at = GAP
    for strip in strips:
        sheet.paste(strip, (page.width - strip.width, at))
        at += strip.height + GAP
    return Piece(_packed(sheet), characters(sheet))


def _sampled(page: Image.Image) -> Iterator[tuple[int, int]]:
    """From where to where the samples reach; they do not overlap."""
    profile = _profile(page)
    half, wander = round(page.height * SAMPLE / 2), round(page.height * SAMPLE / 2)
    free = 0
    for share in SAMPLED:
        row = _row(profile, share)
        top = max(free, _quietest(profile, row - half - wander, row - half + wander))
        free = max(top + 1, _quietest(profile, row + half - wander, row + half + wander))
        yield top, free


def _enough(strip: Image.Image) -> Image.Image:
    """The right part of a strip with `ENOUGH` on it, cut between words."""
    promised = characters(strip)
    if promised <= ENOUGH:
        return strip
    profile = list(ink_of(strip).resize((strip.width, 1), Image.Resampling.BOX).tobytes())
    cut = _row(profile, 1 - ENOUGH / promised)
    left = _quietest(profile, cut - strip.height, cut + 1)
    return strip.crop((left, 0, strip.width, strip.height))


def _profile(page: Image.Image) -> list[int]:
    """The ink of each row of the page."""
    ink = ink_of(page)
    rows = ink.resize((1, page.height), Image.Resampling.BOX).tobytes()
    return list(rows)


def _row(profile: list[int], share: float) -> int:
    """The row down to which this share of the ink stands."""
    left = share * sum(profile)
    for row, ink in enumerate(profile):
        left -= ink
        if left <= 0:
            return row
    return len(profile)


def _quietest(profile: list[int], first: int, last: int) -> int:
    """The middle of the widest stretch with the least ink between two rows."""
    first, last = max(0, first), min(len(profile), last)
    if first >= last:
        return min(max(0, first), len(profile))
    least = min(profile[first:last])
    runs = itertools.groupby(range(first, last), key=lambda row: profile[row] == least)
    widest = max((list(rows) for quiet, rows in runs if quiet), key=len)
    return widest[len(widest) // 2]


def _opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg), formats=["JPEG"]).convert("L")


def _packed(page: Image.Image) -> bytes:
    packed = io.BytesIO()
    page.save(packed, "JPEG", quality=QUALITY)
    return packed.getvalue()
