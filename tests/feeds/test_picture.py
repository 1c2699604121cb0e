"""Pictures of items: drawn, fetched, and done without; from good files and from hostile ones."""

import asyncio
import resource
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import SourceError
from db.model import Item, Kind
from feeds import first_page, picture
from feeds.fetch import NOTHING, Fetched, Fetcher, Known
from feeds.picture import draw, picture_of
from feeds.raster import is_photo, measure
from tests.feeds.conftest import Web
from tests.pictures import pdf, png


@pytest.fixture
async def fetcher(web: Web, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Fetcher]:
    """A fetcher for which arXiv and GitHub lie on the loopback."""
    monkeypatch.setattr(picture, "PAPER", f"{web.url}/pdf/")
    monkeypatch.setattr(picture, "CARD", f"{web.url}/card/")
    async with Fetcher([web.origin], arxiv_pause=0) as fetcher:
        yield fetcher


def item(identity: str) -> Item:
    """An entry with this identity."""
    return Item(identity, "source", Kind.NEWS, "title", "text", "https://example.org/")


def peak() -> int:
    """The largest memory that a child process of ours took so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


# What has a picture


@pytest.mark.parametrize("paper", ["2410.10629", "hep-th/9901001"])
async def test_a_paper_has_its_first_page(web: Web, fetcher: Fetcher, paper: str) -> None:
    web.page(f"/pdf/{paper}", pdf("A paper", "Its second page"))

    drawn = await picture_of(item(f"arxiv:{paper}"), fetcher)

    assert drawn and drawn.startswith(b"\xff\xd8") and len(drawn) <= first_page.MOST
    assert measure(drawn) == (990, 1280)


async def test_a_release_has_the_card_of_its_repository(web: Web, fetcher: Fetcher) -> None:
    web.page("/card/ggml-org/llama.cpp", png(1200, 600))

    assert await picture_of(item("github:ggml-org/llama.cpp@b4321"), fetcher) == png(1200, 600)


@pytest.mark.parametrize(
    "identity",
    [
        "url:https://example.org/a",
        "entry:0123",
        "arxiv:",
        "arxiv:2410.10629v2",
        "arxiv:../../x",
        "arxiv:2410.10629?x=/../y",
        "github:",
        "github:owner@v1",
        "github:owner/repo/../../x@v1",
        "github:owner/repo?x@v1",
    ],
)
async def test_nothing_else_is_asked_for_a_picture(
    web: Web, fetcher: Fetcher, identity: str
) -> None:
    assert await picture_of(item(identity), fetcher) is None
    assert web.requests == []


async def test_papers_are_asked_for_at_the_pace_of_arxiv() -> None:
    asked: list[tuple[str, bool]] = []

    class Unwilling(Fetcher):
        async def get(self, url: str, known: Known = NOTHING, *, arxiv: bool = False) -> Fetched:
            asked.append((url, arxiv))
            raise SourceError("not today")

    async with Unwilling() as fetcher:
        await picture_of(item("arxiv:2410.10629"), fetcher)
        await picture_of(item("github:o/r@v1"), fetcher)

    assert asked == [
        ("https://export.arxiv.org/pdf/2410.10629", True),
        ("https://opengraph.githubassets.com/1/o/r", False),
    ]


# What goes wrong


@pytest.mark.parametrize(
    ("identity", "body", "status", "told"),
    [
        ("arxiv:2410.10629", b"%PDF-1.4 gone", 404, "HTTP 404"),
        ("arxiv:2410.10629", b"<html>being made</html>", 200, "no PDF"),
        ("arxiv:2410.10629", b"%PDF-1.4 and no more", 200, "cannot be drawn (exit code 1)"),
        ("github:o/r@v1", b"slow down", 429, "HTTP 429"),
        ("github:o/r@v1", b"<svg/>", 200, "no picture that Telegram takes"),
        ("github:o/r@v1", png(30_000, 30_000), 200, "no picture that Telegram takes"),
    ],
)
async def test_a_failure_is_a_line_in_the_log(
    web: Web,
    fetcher: Fetcher,
    caplog: pytest.LogCaptureFixture,
    identity: str,
    body: bytes,
    status: int,
    told: str,
) -> None:
    web.page("/pdf/2410.10629", body, status)
    web.page("/card/o/r", body, status)

    assert await picture_of(item(identity), fetcher) is None
    [line] = [message for message in caplog.messages if "no picture" in message]
    assert line.startswith(f"no picture for {identity}: ") and told in line


async def test_a_server_that_says_nothing_is_given_up(
    web: Web, fetcher: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    done = asyncio.Event()

    async def silent(handler: object) -> None:
        await done.wait()

    web.answer("/card/o/r", silent)

    assert await picture_of(item("github:o/r@v1"), fetcher, patience=0.05) is None
    assert "not there after" in caplog.text
    done.set()


# The child process


async def test_every_good_pdf_can_be_drawn(shared: Path) -> None:
    files = sorted((shared / "pdf").glob("*.pdf"))
    pictures = [await draw(file.read_bytes()) for file in files]

    assert pictures and all(map(is_photo, pictures))
    assert {max(measure(one) or ()) for one in pictures} == {first_page.SIDE}


async def test_no_hostile_pdf_does_harm(shared: Path) -> None:
    """Each is a picture or none, and the process that drew it stayed within its memory."""
    before = peak()
    for file in sorted((shared / "pdf-hostile").glob("*.pdf")):
        try:
            assert is_photo(await draw(file.read_bytes())), file.name
        except SourceError as error:
            assert "cannot be drawn" in str(error), file.name

    assert peak() <= max(before, first_page.MEMORY)


async def test_a_bomb_in_a_feed_is_no_picture(
    web: Web, fetcher: Fetcher, shared: Path, caplog: pytest.LogCaptureFixture
) -> None:
    web.page("/pdf/2410.10629", (shared / "pdf-hostile" / "form_laughs_1e7.pdf").read_bytes())

    assert await picture_of(item("arxiv:2410.10629"), fetcher) is None
    assert "exit code -" in caplog.text


@pytest.mark.parametrize(("width", "height"), [(10, 201), (201, 10), (1, 14_400)])
async def test_a_page_too_long_for_telegram_is_not_drawn(width: int, height: int) -> None:
    with pytest.raises(SourceError, match="cannot be drawn"):
        await draw(pdf("long", size=(width, height)))


async def test_drawing_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[asyncio.subprocess.Process] = []
    start = picture._start

    async def watched() -> asyncio.subprocess.Process:
        started.append(await start())
        return started[0]

    monkeypatch.setattr(picture, "_start", watched)
    monkeypatch.setattr(picture, "DRAWING", 0.001)

    with pytest.raises(SourceError, match="took over"):
        await draw(pdf("A paper"))
    assert started[0].returncode == -9


async def test_a_cancelled_drawing_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started: asyncio.Queue[asyncio.subprocess.Process] = asyncio.Queue()
    start = picture._start

    async def watched() -> asyncio.subprocess.Process:
        child = await start()
        started.put_nowait(child)
        return child

    monkeypatch.setattr(picture, "_start", watched)
    drawing = asyncio.create_task(draw(pdf("A paper")))
    child = await started.get()
    drawing.cancel()
    await asyncio.wait([drawing])

    assert drawing.cancelled()
    assert child.returncode == -9


async def test_a_child_that_writes_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    async def babbler() -> asyncio.subprocess.Process:
        pipe = subprocess.PIPE
        return await asyncio.create_subprocess_exec("yes", stdin=pipe, stdout=pipe)

    monkeypatch.setattr(picture, "_start", babbler)

    with pytest.raises(SourceError, match="larger than any picture"):
        await draw(b"%PDF-")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs Linux's /proc")
async def test_the_child_sees_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEYK_TELEGRAM_TOKEN", "42:SECRET")
    child = await picture._start()
    environment = await asyncio.to_thread(Path(f"/proc/{child.pid}/environ").read_bytes)
    await picture._end(child)

    assert b"PYTHONPATH" in environment
    assert b"SECRET" not in environment


def test_a_noisy_page_is_packed_until_it_is_small_enough() -> None:
    from PIL import Image

    noise = Image.effect_noise((1280, 1280), 100).convert("RGB")
    packed = first_page._packed(noise)

    assert measure(packed) == (1280, 1280)
    assert len(packed) <= first_page.MOST
