"""Fixtures through a vision server that reads the pixels it is sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import Settings
from bot.documents import tesseract
from bot.documents.drawing import Drawing
from bot.documents.page import Origin, PageText
from bot.documents.read import reading_room
from db import ocr, usage
from db.ocr import Stage
from db.schema import open_db
from tests.eval import ocr_peer
from tests.eval.ocr_peer import Server
from tests.newsroom import newsroom

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Reads:
    """Documents of the fixtures, read through a server."""

    def __init__(self, fixtures: Path, server: Server, folder: Path) -> None:
        self.server = server
        self.fixtures = fixtures
        self.db = open_db(folder / "peyk.db")
        settings = Settings(vision_model="vision", vision_url=server.url, vision_parallel=4)
        self.room = reading_room(settings, self.db, lambda: datetime.now(UTC))

    async def read(self, name: str, *, full: bool = False, most: int = 40) -> list[PageText]:
        content = await asyncio.to_thread((self.fixtures / f"{name}.pdf").read_bytes)
        async with Drawing([content]) as drawing:
            pages = range(1, min(most, drawing.pages) + 1)
            read = [page async for page in self.room.read(drawing, pages, job="a", full=full)]
        return sorted(read, key=lambda page: page.page)

    def error_rate(self, name: str, page: PageText) -> float:
        truth = (self.fixtures / f"{name}.p{page.page:02}.txt").read_text("utf-8")
        return float(ocr_peer.scorer().score(truth, page.text, None)["cer"])


async def reads(shared: Path, folder: Path, *options: str) -> AsyncIterator[Reads]:
    async with AsyncExitStack() as stack:
        server = await asyncio.to_thread(stack.enter_context, ocr_peer.vision_server(*options))
        room = Reads(shared / "pdf", server, folder)
        stack.callback(room.db.close)
        stack.push_async_callback(room.room.close)
        yield room


@pytest.fixture
async def seeing(shared: Path, tmp_path: Path) -> AsyncIterator[Reads]:
    """A server that reads by tesseract."""
    if tesseract.find() is None:
        pytest.skip("tesseract with Persian (tesseract-ocr-fas) is not installed")
    async for room in reads(shared, tmp_path):
        yield room


@pytest.fixture
async def hashing(shared: Path, tmp_path: Path) -> AsyncIterator[Reads]:
    """A server that answers with the hash of the picture."""
    async for room in reads(shared, tmp_path, "--mode", "hash"):
        yield room


async def test_pages_on_their_side_and_upside_down_are_read(seeing: Reads) -> None:
    pages = await seeing.read("06_rotated")

    assert [page.turned for page in pages] == [90, 180, 0]
    assert all(seeing.error_rate("06_rotated", page) < 0.35 for page in pages)


async def test_blank_pages_are_not_sent(seeing: Reads) -> None:
    pages = await seeing.read("10_blank_inside", full=True)

    assert [page.origin for page in pages[1::2]] == [Origin.BLANK, Origin.BLANK]
    assert seeing.server.stats()["images"] == 2


async def test_a_sound_layer_is_taken_and_nothing_is_paid(seeing: Reads) -> None:
    pages = await seeing.read("01_fa_text")

    assert {page.origin for page in pages} == {Origin.LAYER}
    assert all(seeing.error_rate("01_fa_text", page) < 0.01 for page in pages)
    assert seeing.server.stats()["images"] == 0


@pytest.mark.parametrize("name", ["11_broken_layer", "12_broken_encoding"])
async def test_a_broken_layer_is_not_trusted(seeing: Reads, name: str) -> None:
    pages = await seeing.read(name)

    assert {page.origin for page in pages} == {Origin.MODEL}
    assert all(seeing.error_rate(name, page) < 0.3 for page in pages)


async def test_a_page_that_gives_orders_is_copied(shared: Path, tmp_path: Path) -> None:
    if tesseract.find() is None:
        pytest.skip("tesseract with Persian (tesseract-ocr-fas) is not installed")
    async for room in reads(shared, tmp_path, "--mode", "obey"):
        content = (shared / "pdf-hostile" / "prompt_injection.pdf").read_bytes()
        async with Drawing([content]) as drawing:
            (page,) = [one async for one in room.room.read(drawing, [1], job="a", full=True)]

        assert page.needs_eye or len(page.text.split()) > 40


async def test_forty_pages_are_forty_calls_in_the_right_places(hashing: Reads) -> None:
    pages = await hashing.read("09_long40_scan")
    again = await hashing.read("09_long40_scan")

    assert [page.page for page in pages] == list(range(1, 41))
    assert len({page.text for page in pages}) == 40
    assert [page.text for page in again] == [page.text for page in pages]
    assert all(page.cached for page in again) and hashing.server.stats()["requests"] == 40


async def test_a_chat_gives_what_the_engine_reads(seeing: Reads, tmp_path: Path) -> None:
    pages = await seeing.read("07_fa_table", full=True)
    content = await asyncio.to_thread((seeing.fixtures / "07_fa_table.pdf").read_bytes)
    folder = tmp_path / "chat"
    folder.mkdir()
    async with newsroom(folder, vision_model="vision", vision_url=seeing.server.url) as room:
        await room.reader.send_file(room.reader.private(), "a.pdf", content, "application/pdf")
        async with asyncio.timeout(20):
            while not (read := ocr.find(room.db, {Stage.DONE})):
                await room.tg.changed.wait(0.02)
        in_chat = ocr.pages(room.db, read[0].id)

    assert [page.text for page in in_chat] == [page.text for page in pages]


async def test_every_call_is_in_the_books(hashing: Reads) -> None:
    await hashing.read("06_rotated")

    (used,) = usage.totals(hashing.db, LONG_AGO)
    assert (used.calls, used.failed) == (3, 0) and used.prompt_tokens > 0


@pytest.mark.parametrize("fault", ["500", "429", "drop"])
async def test_failing_calls_cost_no_page(shared: Path, tmp_path: Path, fault: str) -> None:
    options = ("--mode", "hash", "--fail-rate", "0.33", "--fail-status", fault, "--seed", "7")
    async for room in reads(shared, tmp_path, *options):
        pages = await room.read("09_long40_scan", most=6)

        assert {page.origin for page in pages} == {Origin.MODEL}
        assert len({page.text for page in pages}) == 6
