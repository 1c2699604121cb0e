"""Uploaded bytes under Telegram's names, in memory; and the size of a picture.

Does not decide how large a file may be: see bot.demo.limits.
"""

from __future__ import annotations

import hashlib
import itertools
import struct
from collections.abc import Callable
from pathlib import PurePosixPath

from bot.demo.records import StoredFile

BYTES_KEPT = 512 * 1024 * 1024


class FileStore:
    """Files by id and by path; the oldest go when they weigh more than `BYTES_KEPT`."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._numbers = itertools.count()
        self._weight = 0

    def add(self, content: bytes, name: str, mime: str) -> StoredFile:
        """Keep a document."""
        return self._keep("documents", content, name, mime, (0, 0))

    def add_photo(self, content: bytes, size: tuple[int, int]) -> StoredFile:
        """Keep a picture of that width and height."""
        return self._keep("photos", content, "photo.jpg", picture_mime(content), size)

    def by_id(self, file_id: str) -> StoredFile | None:
        """The file with this id, if it is still there."""
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> StoredFile | None:
        """The file at this path of the download address."""
        return self._by_path.get(path)

    def _keep(
        self, folder: str, content: bytes, name: str, mime: str, size: tuple[int, int]
    ) -> StoredFile:
        number = next(self._numbers)
        digest = hashlib.sha256(content).hexdigest()
        stored = StoredFile(
            file_id=f"BQACAgQAAx{number:06d}{digest[:32]}",
            file_unique_id=f"AgAD{digest[:12]}",
            path=f"{folder}/file_{number}{PurePosixPath(name).suffix}",
            name=name,
            mime=mime,
            content=content,
            width=size[0],
            height=size[1],
        )
        self._by_id[stored.file_id] = stored
        self._by_path[stored.path] = stored
        self._weight += len(content)
        self._forget_oldest()
        return stored

    def _forget_oldest(self) -> None:
        while self._weight > BYTES_KEPT and len(self._by_id) > 1:
            oldest = self._by_id.pop(next(iter(self._by_id)))
            del self._by_path[oldest.path]
            self._weight -= len(oldest.content)


def picture_mime(content: bytes) -> str:
    """The kind of a picture by its first bytes; JPEG where they say nothing."""
    for opening, mime in (
        (b"\x89PNG", "image/png"),
        (b"GIF8", "image/gif"),
        (b"RIFF", "image/webp"),
    ):
        if content.startswith(opening):
            return mime
    return "image/jpeg"


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG, GIF, WebP or JPEG; None if it is none of them."""
    measures: tuple[tuple[bytes, Callable[[bytes], tuple[int, int] | None]], ...] = (
        (b"\x89PNG\r\n\x1a\n", _png_size),
        (b"GIF8", _gif_size),
        (b"RIFF", _webp_size),
        (b"\xff\xd8", _jpeg_size),
    )
    try:
        for opening, measure in measures:
            if content.startswith(opening):
                return measure(content)
    except (struct.error, IndexError):
        return None
    return None


def _png_size(content: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _gif_size(content: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", content, 6)
    return width, height


def _webp_size(content: bytes) -> tuple[int, int] | None:
    kind = content[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(content[24:27], "little") + 1
        return width, int.from_bytes(content[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while content[at] == 0xFF:
        marker, length = struct.unpack_from(">BH", content, at + 1)
        if marker in _FRAME_MARKERS:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        at += 2 + length
    return None
