"""Whole documents: so many pages at once, fairly, each once, and complete whatever happens."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import Settings
from bot.documents import read as module
from bot.documents.drawing import Drawing, Picture
from bot.documents.page import Origin, PageText
from bot.documents.read import AHEAD, Readers, reading_room
from bot.documents.reader import Answer
from bot.errors import DocumentError, ModelBusy, OverBudget
from db.schema import open_db
from tests.documents.paper import HALF, LONG, Drawer, Scripted, packed, speckled, tiff, written

PAPER = packed(written(12))


class Gate(Scripted):
    """A reader whose answers wait until it is opened; counts who waits."""

    def __init__(self, places: int = 1) -> None:
        super().__init__(LONG)
        self.open, self.full = asyncio.Event(), asyncio.Event()
        self.inside = self.most = 0
        self._places = places

    async def read(self, jpeg: bytes, *, warmth: float = 0.0, before: str = "") -> Answer:
        self.inside += 1
        self.most = max(self.most, self.inside)
        if self.inside == self._places:
            self.full.set()
        try:
            await self.open.wait()
            return await super().read(jpeg, warmth=warmth, before=before)
        finally:
            self.inside -= 1


class Pages(Drawing):
    """A document whose pages are drawn by saying so; `lost` cannot be."""

    def __init__(self, pages: int, *, lost: Sequence[int] = (), name: str = "") -> None:
        super().__init__([PAPER])
        self.pages, self._lost_pages, self._name = pages, lost, name
        self.drawn: list[int] = []

    async def picture(self, page: int, **_: object) -> Picture:  # type: ignore[override]
        await asyncio.sleep(0)
        if page in self._lost_pages:
            raise DocumentError("damaged")
        self.drawn.append(page)
        return Picture(page, PAPER + f"{self._name}{page}".encode(), characters=60)

    async def layers(self, page: int) -> list[str]:
        return []


def readers(
    first: Scripted | None,
    *,
    offline: Scripted | None = None,
    parallel: int = 4,
    cache: Drawer | None = None,
) -> Readers:
    return Readers(first, None, lambda: offline, cache or Drawer(), parallel=parallel)


async def all_of(room: Readers, drawing: Drawing, job: str = "job") -> list[PageText]:
    pages = range(1, drawing.pages + 1)
    return [page async for page in room.read(drawing, pages, job=job)]


async def settled() -> None:
    """Let everything that can go on go on."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_every_page_is_read_once() -> None:
    eye = Scripted(LONG)

    pages = await all_of(readers(eye), Pages(30))

    assert sorted(page.page for page in pages) == list(range(1, 31))
    assert len(set(eye.asked)) == len(eye.asked) == 30


async def test_so_many_are_read_at_once_and_few_are_drawn_ahead() -> None:
    gate, document = Gate(5), Pages(50)
    reading = asyncio.create_task(all_of(readers(gate, parallel=5), document))
    await gate.full.wait()
    await settled()

    assert (gate.most, len(document.drawn)) == (5, 5 * AHEAD)
    gate.open.set()
    assert len(await reading) == 50 and gate.most == 5


async def test_a_small_job_does_not_wait_for_a_large_one() -> None:
    eye, done = Scripted(LONG), list[str]()
    room = readers(eye, parallel=2)

    async def one(name: str, pages: int) -> None:
        async for _ in room.read(Pages(pages, name=name), range(1, pages + 1), job=name):
            done.append(name)

    await asyncio.gather(one("large", 60), one("small", 3))

    assert done.index("small") < 20 and "large" in done[-30:]
    assert max(at for at, name in enumerate(done) if name == "small") < 30


async def test_two_jobs_with_the_same_pages_pay_once() -> None:
    eye, cache = Scripted(LONG), Drawer()
    room = readers(eye, cache=cache)

    both = await asyncio.gather(*(all_of(room, Pages(6), job) for job in "ab"))

    assert len(eye.asked) == 6 and [len(pages) for pages in both] == [6, 6]


async def test_who_stops_listening_stops_the_work() -> None:
    gate = Gate()
    room = readers(gate)
    async with aclosing(room.read(Pages(30), range(1, 31), job="a")) as pages:
        first = asyncio.ensure_future(anext(pages))
        await gate.full.wait()
        first.cancel()
        await asyncio.wait([first])

    assert gate.inside == 0
    gate.open.set()
    assert len(await all_of(room, Pages(9), "b")) == 9  # no place was lost


async def test_blank_pages_are_never_sent() -> None:
    eye = Scripted(LONG)
    document = [tiff([written(9), speckled(30), written(11)])]
    async with Drawing(document) as drawing:
        pages = await all_of(readers(eye), drawing)

    assert {page.page: page.origin for page in pages} == {
        1: Origin.MODEL,
        2: Origin.BLANK,
        3: Origin.MODEL,
    }
    assert len(eye.asked) == 2


async def test_pages_that_cannot_be_drawn_are_marked() -> None:
    pages = await all_of(readers(Scripted(LONG)), Pages(5, lost=[1, 4]))

    marked = {page.page: page.doubts for page in pages if page.origin is Origin.NOBODY}
    assert len(pages) == 5 and marked == {1: ("damaged",), 4: ("damaged",)}


async def test_a_document_of_which_nothing_can_be_drawn_is_an_error() -> None:
    with pytest.raises(DocumentError, match="damaged"):
        await all_of(readers(Scripted(LONG)), Pages(2, lost=[1, 2]))


async def test_when_the_budget_is_spent_the_document_stops() -> None:
    eye = Scripted(LONG, LONG, OverBudget("no tokens"))
    seen = []
    with pytest.raises(OverBudget):
        async for page in readers(eye, parallel=1).read(Pages(9), range(1, 10), job="a"):
            seen.append(page.page)

    assert seen == [1, 2]


async def test_a_dead_server_is_not_asked_for_every_page() -> None:
    dead, free = Scripted(ModelBusy("refused")), Scripted(LONG, name="tesseract")

    pages = await all_of(readers(dead, offline=free, parallel=1), Pages(40))

    assert {page.origin for page in pages} == {Origin.TESSERACT}
    assert len(dead.asked) < 10


async def test_with_nobody_to_read_nothing_is_begun() -> None:
    room = readers(None)

    assert not room.ready and not room.offline
    with pytest.raises(DocumentError, match="no-reader"):
        await all_of(room, Pages(1))


async def test_tesseract_alone_is_offline() -> None:
    room = readers(None, offline=Scripted(LONG))

    assert room.ready and room.offline
    assert [page.origin for page in await all_of(room, Pages(1))] == [Origin.TESSERACT]


async def test_too_many_pages_are_refused_before_any_is_drawn() -> None:
    document = Pages(module.MOST_PAGES + 1)

    with pytest.raises(DocumentError, match="too-many-pages"):
        await all_of(readers(Scripted(LONG)), document)
    assert document.drawn == []


async def test_wrong_layers_are_soon_left_alone() -> None:
    free = Scripted("Quite other words stand here, about something else than what the file says.")
    asked = []

    class Layered(Pages):
        async def layers(self, page: int) -> list[str]:
            asked.append(page)
            return ["The file says that these are the words which stand on its page today."]

    pages = await all_of(readers(Scripted(LONG), offline=free, parallel=1), Layered(30))

    assert len(asked) < 8 and len(pages) == 30


async def test_the_estimate_learns() -> None:
    room = readers(Scripted(LONG), parallel=2)
    before = room.seconds(10)

    await all_of(room, Pages(20))

    assert room.seconds(10) < before / 10 and room.seconds(0) == 0


async def test_every_third_call_fails_and_the_document_is_complete() -> None:
    bad = ["", "I'm sorry, I can't.", "line again and again\n" * 9, ModelBusy("500")]
    bad += [Answer(LONG, truncated=True), ModelBusy("429"), ModelBusy("no answer")]
    answers = [
        bad[call // 3 % len(bad)] if call % 3 == 2 else (LONG if call % 2 else HALF)
        for call in range(400)
    ]

    pages = await all_of(readers(Scripted(*answers), parallel=5), Pages(40))

    assert sorted(page.page for page in pages) == list(range(1, 41))
    assert all(page.text or page.doubts for page in pages)
    assert all("again and again\nline" not in page.text for page in pages)
    assert sum(page.needs_eye for page in pages) < 10


# From the settings


@pytest.fixture
async def offline_room(tmp_path: Path) -> AsyncIterator[Readers]:
    """The readers of an operator who named no model."""
    db = open_db(tmp_path / "peyk.db")
    room = reading_room(Settings(), db, lambda: datetime.now(UTC))
    yield room
    await room.close()
    db.close()


async def test_without_a_model_only_tesseract_is_left(
    offline_room: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline_room, "_find_offline", lambda: None)

    assert not offline_room.ready
