"""The size of a picture by its own bytes, and whether Telegram takes it as a photo. Pure.

Reads headers only: nothing is unpacked here.
"""

from __future__ import annotations

import struct

BYTES = 5_000_000
"""Telegram takes 10 MB (Bot API, sendPhoto); the pictures peyk looks for are far smaller."""
SIDES = 10_000
"""Pixels of width and height together (Bot API, sendPhoto)."""
RATIO = 20
"""How many times as long as wide a photo may be (Bot API, sendPhoto)."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG that are followed by its size (ITU-T T.81, table B.1)."""


def is_photo(content: bytes) -> bool:
    """Whether these bytes are a PNG or JPEG within Telegram's limits for photos."""
    size = measure(content) if len(content) <= BYTES else None
    return size is not None and sum(size) <= SIDES and 0 < max(size) <= RATIO * min(size)


def measure(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG or JPEG; None where it is neither."""
    try:
        if content.startswith(_PNG):
            width, height = struct.unpack_from(">II", content, 16)
            return width, height
        return _measure_jpeg(content) if content.startswith(_JPEG) else None
    except struct.error:
        return None


def suffix(content: bytes) -> str:
    """What the name of a file with this picture ends with."""
    return ".png" if content.startswith(_PNG) else ".jpg"


def _measure_jpeg(content: bytes) -> tuple[int, int] | None:
    at = len(_JPEG)
    while True:
        opening, marker, length = struct.unpack_from(">BBH", content, at)
        if opening != 0xFF or length < 2:
            return None
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        at += 2 + length
