"""What a file is, by its content and never by its name. Pure."""

from __future__ import annotations

from enum import StrEnum

from bot.errors import DocumentError

_HEADER_WITHIN = 1024
"""Bytes before ``%PDF-`` that readers of PDF put up with (ISO 32000-1, annex H.3.4.1)."""


class FileKind(StrEnum):
    """What can be read."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    TIFF = "tiff"


def kind_of(content: bytes) -> FileKind:
    """The kind of a file by its first bytes. Raises DocumentError: empty, or nothing we read."""
    if not content:
        raise DocumentError("empty")
    if content.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return FileKind.WEBP
    if content.startswith((b"II*\x00", b"MM\x00*")):
        return FileKind.TIFF
    if b"%PDF-" in content[:_HEADER_WITHIN]:
        return FileKind.PDF
    raise DocumentError("unknown-kind")
