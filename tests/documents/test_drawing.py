"""Documents become pictures of pages in a child process, whatever the documents are."""

import asyncio
import io
import os
import re
import resource
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from bot.documents import drawing as module
from bot.documents.artist import AFRESH
from bot.documents.drawing import SIDE, Drawing
from bot.errors import DocumentError
from tests.documents.paper import packed, speckled, tiff, written
from tests.pictures import pdf

HOSTILE = {
    "circular_kids": "damaged",
    "deep_tree_3000": "damaged",
    "encrypted_aes256": "password",
    "form_laughs_1e7": "too-large too-slow",
    "truncated_60pct": "damaged",
    "zero_byte": "empty",
    "zero_pages": "no-pages",
}


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg))


async def first_page(*contents: bytes, password: str = "") -> module.Picture:
    async with Drawing(contents, password) as drawing:
        return await drawing.picture(1)


# What can be drawn


async def test_a_page_is_grey_and_of_bounded_size() -> None:
    picture = await first_page(pdf("A page of words", size=(5000, 3000)))

    width, height = opened(picture.jpeg).size
    assert width == SIDE and height == pytest.approx(SIDE * 3 / 5, abs=1)
    assert opened(picture.jpeg).mode == "L" and not picture.blank


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_photo_is_a_document_of_one_page(kind: str) -> None:
    async with Drawing([packed(written(), kind)]) as drawing:
        picture = await drawing.picture(1)

    assert (drawing.pages, picture.turned) == (1, 0) and picture.characters > 500


async def test_a_tiff_has_all_its_pages() -> None:
    async with Drawing([tiff([written(4), speckled(9), written(8)])]) as drawing:
        pictures = [await drawing.picture(page) for page in (1, 2, 3)]

    assert [picture.blank for picture in pictures] == [False, True, False]
    assert pictures[2].characters > 1.5 * pictures[0].characters


async def test_an_album_is_one_document_in_its_order() -> None:
    async with Drawing([packed(written(5)), tiff([written(10), written(20)])]) as drawing:
        much = [(await drawing.picture(page)).characters for page in (1, 2, 3)]

    assert drawing.pages == 3 and much == sorted(much)


async def test_a_photo_lies_as_its_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it by 90 degrees
    lying = packed(written().transpose(Image.Transpose.ROTATE_90), exif=exif)

    picture = await first_page(lying)

    assert picture.turned == 0 and opened(picture.jpeg).size == (800, 1100)


async def test_a_page_on_its_side_is_turned() -> None:
    picture = await first_page(packed(written().transpose(Image.Transpose.ROTATE_90)))

    assert picture.turned == 90 and opened(picture.jpeg).size == (800, 1100)


async def test_writing_on_nothing_is_writing_on_white() -> None:
    clear = Image.new("RGBA", (800, 1100), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=Image.eval(written(), lambda level: 255 - level))

    picture = await first_page(packed(clear, "PNG"))

    assert not picture.blank and opened(picture.jpeg).getpixel((5, 5)) == 255


async def test_many_levels_of_grey_are_not_all_white() -> None:
    deep = Image.new("I;16", (800, 1100))
    deep.frombytes(b"".join(bytes([0, level]) for level in written().tobytes()))

    assert not (await first_page(packed(deep, "PNG"))).blank


async def test_a_blank_page_has_no_picture_unless_it_is_wanted() -> None:
    async with Drawing([packed(speckled(20))]) as drawing:
        picture = await drawing.picture(1)
        wanted = await drawing.picture(1, even_blank=True)

    assert (picture.blank, picture.jpeg) == (True, b"")
    assert wanted.blank and wanted.jpeg


async def test_the_right_password_opens(shared: Path) -> None:
    locked = (shared / "pdf-hostile" / "encrypted_aes256.pdf").read_bytes()

    assert (await first_page(locked, password="geheim-7")).page == 1
    with pytest.raises(DocumentError, match="password"):
        await first_page(locked, password="wrong")


# Hostile files


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_is_an_error_with_a_kind_in_time(shared: Path, name: str) -> None:
    started = time.monotonic()

    with pytest.raises(DocumentError) as raised:
        await first_page((shared / "pdf-hostile" / f"{name}.pdf").read_bytes())

    assert raised.value.kind in HOSTILE[name]
    assert time.monotonic() - started < 10
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < 900 << 20


@pytest.mark.parametrize("name", ["huge_page_200in", "image_bomb_flate2"])
async def test_a_bomb_stays_within_its_memory(shared: Path, name: str) -> None:
    with suppress(DocumentError):
        await first_page((shared / "pdf-hostile" / f"{name}.pdf").read_bytes())

    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < 900 << 20


async def test_the_child_may_write_no_file() -> None:
    async with Drawing([pdf("One")]) as drawing:
        assert drawing._child
        limits = await asyncio.to_thread(Path(f"/proc/{drawing._child.pid}/limits").read_text)

    assert re.search(r"Max file size +0 +0 ", limits)


async def test_a_file_of_twenty_thousand_pages_opens_at_once(shared: Path) -> None:
    async with Drawing([(shared / "pdf-hostile" / "pages_20000.pdf").read_bytes()]) as drawing:
        assert drawing.pages == 20_000
        assert (await drawing.picture(19_999)).page == 19_999


async def test_a_child_that_dies_costs_its_page_only() -> None:
    async with Drawing([pdf("One", "Two", "Three")]) as drawing:
        assert drawing._child
        os.kill(drawing._child.pid, signal.SIGABRT)
        with pytest.raises(DocumentError, match="too-large"):
            await drawing.picture(1)

        assert (await drawing.picture(2)).jpeg


async def test_a_page_that_takes_too_long_costs_its_page_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Drawing([pdf("One", "Two")]) as drawing:
        assert drawing._child
        os.kill(drawing._child.pid, signal.SIGSTOP)
        with monkeypatch.context() as patched:
            patched.setattr(module, "DRAWING", 0.05)
            with pytest.raises(DocumentError, match="too-slow"):
                await drawing.picture(1)

        assert (await drawing.picture(2)).jpeg


async def test_after_some_dead_children_a_document_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Drawing([pdf("One")]) as drawing:
        monkeypatch.setattr(module, "DRAWING", 0.0)
        for _ in range(module.LOST_IN_A_ROW):
            with pytest.raises(DocumentError, match="too-slow"):
                await drawing.picture(1)

        with pytest.raises(DocumentError, match="damaged"):
            await drawing.picture(1)


async def test_no_child_is_left_when_the_asking_is_cancelled() -> None:
    async with Drawing([pdf("One")]) as drawing:
        child = drawing._child
        asking = asyncio.create_task(drawing.picture(1))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait([asking])

        assert child and child.returncode is not None


async def test_the_child_sees_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    async with Drawing([pdf("One")]) as drawing:
        assert drawing._child
        environment = await asyncio.to_thread(
            Path(f"/proc/{drawing._child.pid}/environ").read_bytes
        )

    assert b"sk-secret" not in environment and b"PYTHONPATH" in environment


async def test_the_text_of_a_pdf_is_its_layer() -> None:
    async with Drawing([pdf("Words of the page")]) as drawing:
        layers = await drawing.layers(1)

    assert layers and all("Words of the page" in layer for layer in layers)


async def test_a_photo_has_no_layer() -> None:
    async with Drawing([packed(written())]) as drawing:
        assert await drawing.layers(1) == []


async def test_a_document_that_is_opened_anew_goes_on() -> None:
    async with Drawing([pdf("One", "Two")]) as drawing:
        pictures = [await drawing.picture(1 + n % 2, side=600) for n in range(AFRESH + 4)]

    assert len({picture.jpeg for picture in pictures}) == 2
