"""Files are known by their content."""

import pytest

from bot.documents.kinds import FileKind, kind_of
from bot.errors import DocumentError
from tests.documents.paper import packed, written


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_pictures_are_known_by_their_first_bytes(kind: str) -> None:
    assert kind_of(packed(written(1, (80, 80)), kind)) == kind.lower()


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"junk of a mail program\r\n"])
def test_a_pdf_may_begin_a_little_late(before: bytes) -> None:
    assert kind_of(before + b"%PDF-1.7\n") is FileKind.PDF


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "empty"), (b"PK\x03\x04", "unknown-kind"), (b" " * 2000 + b"%PDF-", "unknown-kind")],
)
def test_anything_else_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(DocumentError, match=why):
        kind_of(content)
