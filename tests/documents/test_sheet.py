"""What pixels tell: blank pages, the way up, and about how much is written."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from bot.documents.drawing import Drawing
from bot.documents.sheet import FEWEST_LINES, characters, look_at, turned
from tests.documents.paper import SIZE, speckled, written

TURNS = (0, 90, 180, 270)


@pytest.mark.parametrize("lying", TURNS)
def test_a_page_is_turned_upright(lying: int) -> None:
    page = written()

    assert look_at(turned(page, lying)).turn == (-lying) % 360


@pytest.mark.parametrize("lying", TURNS)
@pytest.mark.parametrize("name", ["01_fa_text", "03_fa_scan150_noisy", "04_en_two_column"])
async def test_printed_pages_are_turned_upright(shared: Path, name: str, lying: int) -> None:
    async with Drawing([(shared / "pdf" / f"{name}.pdf").read_bytes()]) as drawing:
        upright = Image.open(io.BytesIO((await drawing.picture(1)).jpeg))

    assert look_at(turned(upright, lying)).turn == (-lying) % 360


@pytest.mark.parametrize("sheet", [Image.new("L", SIZE, 255), Image.new("L", SIZE, 0)])
def test_one_colour_is_blank(sheet: Image.Image) -> None:
    assert look_at(sheet).blank


@pytest.mark.parametrize("specks", [1, 60, 300])
def test_specks_write_nothing(specks: int) -> None:
    assert look_at(speckled(specks)).blank


def test_a_single_line_is_writing() -> None:
    assert not look_at(written(1)).blank


def test_a_few_lines_do_not_say_which_way_is_up() -> None:
    few = written(1, (200, 1100))

    assert look_at(turned(few, 180)).turn == 0 and FEWEST_LINES > 1


def test_the_pixels_promise_about_as_much_as_is_written() -> None:
    page = written(24)

    assert characters(page) == pytest.approx(look_at(page).characters, rel=0.1)
    assert 24 * 40 < characters(page) < 24 * 90


def test_twice_the_lines_promise_twice_as_much() -> None:
    assert characters(written(24)) == pytest.approx(2 * characters(written(12)), rel=0.1)


@pytest.mark.parametrize("points", [7, 10, 16])
def test_a_few_small_words_are_writing(points: int) -> None:
    page = Image.new("L", (1131, 1600), 255)
    font = ImageFont.load_default(points * 1600 / 842)
    ImageDraw.Draw(page).text((500, 700), "only this", font=font, fill=0)

    assert not look_at(page).blank


def test_a_page_number_alone_is_no_writing() -> None:
    page = Image.new("L", (1131, 1600), 255)
    ImageDraw.Draw(page).text((560, 1500), "7", font=ImageFont.load_default(20), fill=0)

    assert look_at(page).blank
