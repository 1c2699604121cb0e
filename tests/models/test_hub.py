"""A file fetched from a hub that cuts off, lies and fails."""

import asyncio
import fcntl
import hashlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from bot.config import Settings
from bot.errors import ModelBusy, ModelError, ModelMissing
from bot.models import hub
from bot.models.homes import OnHub
from bot.models.hub import Download, HubFile, named
from bot.models.local import local_model

CONTENT = bytes(range(256)) * 12_000
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()
FILE = HubFile("owner", "repo", "small-Q4.gguf")


class Hub:
    """Answers as the hub does: a redirect with the file's size and checksum, then its bytes."""

    def __init__(self) -> None:
        self.content = CONTENT
        self.checksum = CHECKSUM
        self.status = 302
        self.cut_at: list[int] = []
        """After how many bytes each next connection is cut off."""
        self.knows_ranges = True
        self.silent = False
        self.ranges: list[str] = []
        self.url = ""


class _Resolve(RequestHandler):
    def initialize(self, hub: Hub) -> None:
        self.hub = hub

    def head(self, path: str) -> None:
        self.get(path)

    def get(self, path: str) -> None:
        if path.startswith("renamed"):
            self.redirect(f"/{path.replace('renamed', 'owner')}", status=307)
            return
        self.set_status(self.hub.status)
        if self.hub.status == 302:
            self.set_header("X-Linked-Size", str(len(CONTENT)))
            self.set_header("X-Linked-ETag", f'"{self.hub.checksum}"')
            self.set_header("Location", "/bytes")
        self.finish()


class _Bytes(RequestHandler):
    def initialize(self, hub: Hub) -> None:
        self.hub = hub

    async def get(self) -> None:
        asked = self.request.headers.get("Range", "bytes=0-")
        self.hub.ranges.append(asked)
        if self.hub.silent:
            await asyncio.sleep(30)
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        if not self.hub.knows_ranges:
            start = 0
        content = self.hub.content[start:]
        self.set_status(206 if self.hub.knows_ranges else 200)
        self.set_header("Content-Length", str(len(content)))
        if self.hub.cut_at:
            self.write(content[: self.hub.cut_at.pop(0)])
            await self.flush()
            self.request.connection.stream.close()  # type: ignore[attr-defined]
        else:
            self.finish(content)


@pytest.fixture
async def far() -> AsyncIterator[Hub]:
    hub = Hub()
    sockets = bind_sockets(0, "127.0.0.1")
    routes = [(r"/bytes", _Bytes, {"hub": hub}), (r"/(.*)", _Resolve, {"hub": hub})]
    server = HTTPServer(Application(routes, log_function=lambda handler: None))
    server.add_sockets(sockets)
    hub.url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    yield hub
    server.stop()
    await server.close_all_connections()


def download(far: Hub, folder: Path, file: HubFile = FILE, **options: float) -> Download:
    return Download(file, folder, far.url, **({"pause": 0.0} | options))  # type: ignore[arg-type]


def part(folder: Path) -> Path:
    return folder / f"{FILE.place(folder).name}.part"


async def test_a_file_is_fetched_once_and_its_checksum_kept(far: Hub, tmp_path: Path) -> None:
    first = await download(far, tmp_path).get()
    again = await download(far, tmp_path).get()

    assert first == again == tmp_path / "owner--repo--small-Q4.gguf"
    assert first.read_bytes() == CONTENT
    assert hub.checksum_of(first) == CHECKSUM
    assert hub.is_sound(first, 5) is True
    assert len(far.ranges) == 1
    assert not part(tmp_path).exists()


async def test_a_connection_that_is_cut_off_goes_on_where_it_was(far: Hub, tmp_path: Path) -> None:
    far.cut_at = [1_000_000, 1_500_000]

    path = await download(far, tmp_path).get()

    assert path.read_bytes() == CONTENT
    assert far.ranges[0] == "bytes=0-"
    assert len(far.ranges) == 3 and "bytes=0-" not in far.ranges[1:]


async def test_what_a_dead_process_left_is_not_fetched_again(far: Hub, tmp_path: Path) -> None:
    part(tmp_path).write_bytes(CONTENT[:2_000_000])

    path = await download(far, tmp_path).get()

    assert path.read_bytes() == CONTENT
    assert far.ranges == ["bytes=2000000-"]


async def test_a_hub_without_ranges_is_read_from_the_start(far: Hub, tmp_path: Path) -> None:
    part(tmp_path).write_bytes(CONTENT[:2_000_000])
    far.knows_ranges = False

    assert (await download(far, tmp_path).get()).read_bytes() == CONTENT


async def test_what_is_not_the_file_is_thrown_away(far: Hub, tmp_path: Path) -> None:
    far.content = b"x" + CONTENT[1:]
    with pytest.raises(ModelError, match="checksum"):
        await download(far, tmp_path).get()
    far.content = CONTENT

    assert (await download(far, tmp_path).get()).read_bytes() == CONTENT


async def test_more_bytes_than_were_told_are_refused(far: Hub, tmp_path: Path) -> None:
    far.content = CONTENT + b"x" * 3_000_000

    with pytest.raises(ModelError, match="more bytes"):
        await download(far, tmp_path).get()


async def test_a_repository_that_moved_is_followed(far: Hub, tmp_path: Path) -> None:
    path = await download(far, tmp_path, HubFile("renamed", "repo", "small-Q4.gguf")).get()

    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, ModelMissing, "members only"),
        (404, ModelMissing, "no such file"),
        (503, ModelBusy, "HTTP 503"),
        (200, ModelError, "no size and SHA-256"),
    ],
)
async def test_a_refusal_is_told(
    status: int, kind: type[Exception], words: str, far: Hub, tmp_path: Path
) -> None:
    far.status = status

    with pytest.raises(kind, match=words):
        await download(far, tmp_path).get()


async def test_a_hub_that_brings_nothing_is_given_up(
    far: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "TRIES", 2)
    far.silent = True

    with pytest.raises(ModelBusy, match="stopped at 0 of"):
        await download(far, tmp_path, silence=0.05).get()


async def test_a_hub_that_is_not_there_is_busy(far: Hub, tmp_path: Path) -> None:
    far.url = "http://127.0.0.1:1"

    with pytest.raises(ModelBusy, match=r"small-Q4\.gguf .* from 127\.0\.0\.1:1: .*online\?"):
        await download(far, tmp_path).get()
    assert not part(tmp_path).exists()


async def test_https_is_not_left(far: Hub, tmp_path: Path) -> None:
    one = Download(FILE, tmp_path, "https://hub.test")

    with pytest.raises(ModelError, match="without https"):
        async with one._client() as client:
            await client.get(far.url)


async def test_one_process_fetches_at_a_time(far: Hub, tmp_path: Path) -> None:
    with part(tmp_path).open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(ModelBusy, match="another process"):
            await download(far, tmp_path).get()


async def test_a_file_that_does_not_fit_the_disk_is_not_begun(
    far: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "SPARE", 1 << 60)

    with pytest.raises(ModelError, match="do not fit the disk"):
        await download(far, tmp_path).get()
    assert far.ranges == []


async def test_progress_is_told(
    far: Hub, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[tuple[int, int]] = []
    one = Download(FILE, tmp_path / "a", far.url, lambda done, size: told.append((done, size)))
    await one.get()
    with caplog.at_level(logging.INFO):
        await download(far, tmp_path / "b").get()

    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert any("3 of 3 MB" in record.getMessage() for record in caplog.records)


async def test_a_question_does_not_wait_for_a_download(far: Hub, tmp_path: Path) -> None:
    source = OnHub(download(far, tmp_path))
    with pytest.raises(ModelBusy, match="being downloaded"):
        source.now()

    path = await source.get()
    assert path == source.now()


async def test_a_download_that_failed_is_told_and_tried_again_later(
    far: Hub, tmp_path: Path
) -> None:
    far.status = 404
    source = OnHub(download(far, tmp_path), pause=0.0)
    with pytest.raises(ModelMissing):
        await source.get()
    far.status = 302

    assert (await source.get()).read_bytes() == CONTENT


async def test_why_a_file_does_not_come_is_logged_once(
    far: Hub, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    far.status = 404
    source = OnHub(download(far, tmp_path), pause=0.0)
    for _ in range(3):
        with pytest.raises(ModelBusy):
            source.now()
        await asyncio.wait([source._fetching()])

    assert caplog.text.count("no such file") == 1


async def test_who_waits_for_a_file_tells_it_himself(
    far: Hub, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    far.status = 404
    with pytest.raises(ModelMissing):
        await OnHub(download(far, tmp_path)).get()

    assert not caplog.records


async def test_a_file_that_is_no_model_is_told_from_the_hub(far: Hub, tmp_path: Path) -> None:
    settings = Settings(local_model=str(FILE), hub=far.url, db=tmp_path / "peyk.db")
    model = local_model(settings)
    assert model is not None

    with pytest.raises(ModelError, match="not a GGUF file"):
        await model.ready()
    assert (tmp_path / "models" / "owner--repo--small-Q4.gguf").exists()
    await model.close()


@pytest.mark.parametrize(
    "wrong", ["hf:a/b", "hf:a/b/c.bin", "hf:a/../c.gguf", "hf:a/b/../c.gguf", "hf:a b/c/d.gguf"]
)
def test_names_of_no_file_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="hf:owner/repo"):
        named(wrong)


def test_a_file_in_a_folder_of_its_repository_has_a_place() -> None:
    file = named("hf:owner/repo/Q4/model.gguf")

    assert file.address("https://hub") == "https://hub/owner/repo/resolve/main/Q4/model.gguf"
    assert file.place(Path("m")) == Path("m/owner--repo--Q4--model.gguf")
