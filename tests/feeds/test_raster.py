"""Sizes read from headers, however broken, and what Telegram takes as a photo."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.raster import BYTES, is_photo, measure, suffix
from tests.pictures import PNG, jpeg, png


@pytest.mark.parametrize("picture", [png(1200, 600), jpeg(1200, 600), jpeg(1200, 600, frame=0xC2)])
def test_the_size_stands_in_the_header(picture: bytes) -> None:
    assert measure(picture) == (1200, 600)
    assert is_photo(picture)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>not found</html>",
        PNG,
        png(1200, 600)[:20],
        b"\xff\xd8",
        jpeg(1200, 600)[:24],
        jpeg(1200, 600, frame=0xC4),
        b"\xff\xd8\xff\xe0\x00\x00" * 9,
        b"GIF89a" + bytes(40),
    ],
)
def test_what_has_no_size_is_no_picture(content: bytes) -> None:
    assert measure(content) is None
    assert not is_photo(content)


@pytest.mark.parametrize("size", [(0, 0), (0, 5), (9000, 1001), (2100, 100), (1, 21), (2**31, 9)])
def test_what_telegram_refuses_is_no_photo(size: tuple[int, int]) -> None:
    assert not is_photo(png(*size))
    assert not is_photo(png(*size[::-1]))


def test_a_picture_of_too_many_bytes_is_no_photo() -> None:
    padding = bytes(BYTES - len(png(9, 9)))

    assert is_photo(png(9, 9) + padding)
    assert not is_photo(png(9, 9) + padding + b"x")


def test_a_file_is_named_for_what_it_holds() -> None:
    assert (suffix(png(9, 9)), suffix(jpeg(9, 9))) == (".png", ".jpg")


@given(st.sampled_from([PNG, b"\xff\xd8"]), st.binary(max_size=200))
def test_no_header_is_too_broken(start: bytes, rest: bytes) -> None:
    size = measure(start + rest)

    assert size is None or min(size) >= 0
