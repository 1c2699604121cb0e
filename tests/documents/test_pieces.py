"""Pages are cut between their lines."""

import io

import pytest
from PIL import Image

from bot.documents.pieces import parts, sample
from tests.documents.paper import packed, written

PAGE = packed(written(24))


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg))


@pytest.mark.parametrize("count", [2, 3, 4])
def test_parts_make_the_page(count: int) -> None:
    pieces = parts(PAGE, count)

    assert len(pieces) == count
    assert sum(opened(piece.jpeg).height for piece in pieces) == opened(PAGE).height


def test_parts_have_about_as_much_on_each() -> None:
    short = packed(written(8))  # all of it in the upper third
    first, second = parts(short, 2)

    assert first.characters == pytest.approx(second.characters, rel=0.4)


def test_no_line_is_cut_through() -> None:
    first, second = parts(PAGE, 2)

    bottom = opened(first.jpeg)
    edges = [
        bottom.crop((0, bottom.height - 3, 800, bottom.height)),
        opened(second.jpeg).crop((0, 0, 800, 3)),
    ]
    assert all(edge.getextrema()[0] > 200 for edge in edges)


def test_a_sample_is_a_few_whole_lines() -> None:
    few = sample(PAGE)

    assert opened(few.jpeg).height < opened(PAGE).height / 3
    assert 0 < few.characters < 0.5 * 24 * 70


def test_a_sample_of_a_single_line_is_that_line() -> None:
    assert sample(packed(written(1))).characters > 0
