"""One file of a model hub, fetched once: resumed where it was cut off, its checksum verified.

The hub is Hugging Face's, or whatever answers like it at HF_ENDPOINT: ``/owner/repo/resolve/main/
file`` leads to the bytes, and the headers of its first answer tell their size and their SHA-256
(``x-linked-size`` and ``x-linked-etag``, which its own client reads, too). Public files only.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import logging
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urljoin, urlsplit

import httpx

from bot.errors import ModelBusy, ModelError, ModelMissing

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Told how many bytes of how many are here."""

MOST_BYTES = 100 << 30
SILENCE = 30.0
"""Seconds without a byte after which a connection is given up."""
TRIES = 6
"""Connections in a row that bring nothing new."""
PAUSE = 1.0
"""Seconds before the second of them; doubled with each."""
SPARE = 200 << 20
"""Bytes that stay free on the disk."""
_CHUNK = 1 << 20
_REDIRECTS = 5
_NAMED = re.compile(r"hf:([\w.-]+)/([\w.-]+)/((?:[\w.-]+/)*[\w.-]+\.gguf)", re.ASCII)
_SHA256 = re.compile(r"(?:W/)?\"?([0-9a-f]{64})\"?")
_MEND = (
    "is this machine online? HF_ENDPOINT names another hub, and PEYK_LOCAL_MODEL may be the path"
    " of a file"
)
_CLOSED = "the hub shows it to members only: name an open copy, or fetch the file by hand"


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file in a repository of the hub."""

    owner: str
    repo: str
    path: str

    def __str__(self) -> str:
        return f"hf:{self.owner}/{self.repo}/{self.path}"

    def address(self, endpoint: str) -> str:
        """Where the hub has it."""
        return f"{endpoint}/{self.owner}/{self.repo}/resolve/main/{quote(self.path)}"

    def place(self, folder: Path) -> Path:
        """Where it is kept here."""
        return folder / "--".join((self.owner, self.repo, *self.path.split("/")))


def named(text: str) -> HubFile:
    """The file that ``hf:owner/repo/file.gguf`` names. Raises ValueError when it names none."""
    found = _NAMED.fullmatch(text)
    if not found or {".", ".."} & set(re.split("[:/]", text)):
        raise ValueError("must be hf:owner/repo/file.gguf")
    return HubFile(found[1], found[2], found[3])


def checksum_of(place: Path) -> str:
    """The SHA-256 that the hub gave for the file kept at `place`; empty: not known."""
    try:
        return _note(place).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def is_sound(place: Path, seconds: float) -> bool | None:
    """Whether the file kept at `place` is what the hub has; None: not known, or not in time."""
    checksum = checksum_of(place)
    if not checksum:
        return None
    end = time.monotonic() + seconds
    digest = hashlib.sha256()
    with place.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            if time.monotonic() > end:
                return None
    return digest.hexdigest() == checksum


class Download:
    """A file of the hub on its way to `place`.

    `progress` is told of what has come; without it, each tenth is a line of the log.
    """

    def __init__(
        self,
        file: HubFile,
        folder: Path,
        endpoint: str,
        progress: Progress | None = None,
        *,
        pause: float = PAUSE,
        silence: float = SILENCE,
    ) -> None:
        self.place = file.place(folder)
        self.done = self.size = 0
        """Bytes that are here, and that there are."""
        self.file, self._address = file, file.address(endpoint.rstrip("/"))
        self._progress = progress or self._log_tenths
        self._pause, self._silence = pause, silence
        self._digest = hashlib.sha256()
        self._tenths = 0

    @property
    def here(self) -> bool:
        """Whether the file is here, whole."""
        return self.place.exists()

    async def get(self) -> Path:
        """The file, whole and verified.

        Raises ModelMissing when the hub has none for us, ModelBusy when it does not answer, cuts
        off again and again, or another process is at it, ModelError when what comes is not the
        file or does not fit the disk.
        """
        if not self.here:
            try:
                await self._fetch()
            except OSError as error:
                raise ModelError(f"{self.place}: {error.strerror or error}") from error
            except httpx.HTTPError as error:
                why = f"{urlsplit(self._address).netloc}: {error or type(error).__name__}"
                raise ModelBusy(f"{self.file} cannot be fetched from {why}; {_MEND}") from error
        return self.place

    async def _fetch(self) -> None:
        self.place.parent.mkdir(parents=True, exist_ok=True)
        part = self.place.with_name(f"{self.place.name}.part")
        with _alone(part) as target:
            if self.here:  # another process has just finished
                return
            async with self._client() as client:
                self.size, checksum = await self._offer(client)
                self._require_room(target)
                self._digest = await asyncio.to_thread(_digest, target)
                await self._fill(client, target)
            if self._digest.hexdigest() != checksum:
                target.truncate(0)
                raise ModelError(f"{self.file}: what came is not what the hub's checksum says")
            await asyncio.to_thread(os.fsync, target.fileno())
            _note(self.place).write_text(checksum + "\n", encoding="ascii")
            part.replace(self.place)
        log.info("%s is here: %s", self.file, self.place)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            timeout=self._silence,
            follow_redirects=True,
            max_redirects=_REDIRECTS,
            headers={"Accept-Encoding": "identity", "User-Agent": "peyk"},
            event_hooks={"request": [self._stay_safe]},
        )

    async def _stay_safe(self, request: httpx.Request) -> None:
        if self._address.startswith("https://") and request.url.scheme != "https":
            raise ModelError(f"{self.file}: the hub leads to an address without https")

    async def _offer(self, client: httpx.AsyncClient) -> tuple[int, str]:
        """Size and checksum, as the first answer tells them that is not about a new name."""
        address = self._address
        for _ in range(_REDIRECTS):
            answer = await client.head(address, follow_redirects=False)
            size = answer.headers.get("x-linked-size") or answer.headers.get("content-length", "")
            tag = answer.headers.get("x-linked-etag") or answer.headers.get("etag", "")
            if answer.is_redirect and "x-linked-size" not in answer.headers:
                address = urljoin(address, answer.headers["location"])
                continue
            if not (answer.is_success or answer.is_redirect):
                raise self._refusal(answer)
            checksum = _SHA256.fullmatch(tag)
            if not checksum or not size.isdecimal() or not 0 < int(size) <= MOST_BYTES:
                raise ModelError(f"{self.file}: the hub tells no size and SHA-256 of it")
            return int(size), checksum[1]
        raise ModelError(f"{self.file}: the hub sends from one address to the next")

    async def _fill(self, client: httpx.AsyncClient, target: BinaryIO) -> None:
        """Bring what is missing; a connection that is cut off is taken up again."""
        self.done = target.tell()
        failures = 0
        while self.done < self.size:
            before = self.done
            try:
                await self._append(client, target)
            except (httpx.TransportError, ModelBusy) as error:
                log.debug("%s at %d bytes: %r", self.file, self.done, error)
            failures = 0 if self.done > before else failures + 1
            if failures == TRIES:
                raise ModelBusy(
                    f"{self.file}: the download stopped at {self.done} of {self.size} bytes;"
                    " the next try goes on there"
                )
            if failures:
                await asyncio.sleep(self._pause * 2**failures)

    async def _append(self, client: httpx.AsyncClient, target: BinaryIO) -> None:
        wanted = {"Range": f"bytes={self.done}-"}
        async with client.stream("GET", self._address, headers=wanted) as answer:
            if answer.status_code not in (200, 206):
                raise self._refusal(answer)
            if answer.status_code == 200:  # it gives the whole file or nothing
                target.seek(0)
                target.truncate()
                self.done, self._digest = 0, hashlib.sha256()
            async for chunk in answer.aiter_raw():
                if self.done + len(chunk) > self.size:
                    raise ModelError(f"{self.file}: more bytes came than the hub had said")
                await asyncio.to_thread(_add, target, self._digest, chunk)
                self.done += len(chunk)
                self._progress(self.done, self.size)

    def _refusal(self, answer: httpx.Response) -> ModelError:
        status = answer.status_code
        if status in (401, 403):
            return ModelMissing(f"{self.file}: {_CLOSED}")
        if status in (404, 410):
            return ModelMissing(f"{self.file}: the hub has no such file")
        busy = status >= 500 or status in (408, 429)
        return (ModelBusy if busy else ModelError)(f"{self.file}: the hub answers HTTP {status}")

    def _require_room(self, target: BinaryIO) -> None:
        target.seek(0, os.SEEK_END)
        missing = self.size - target.tell()
        if shutil.disk_usage(self.place.parent).free < missing + SPARE:
            raise ModelError(
                f"{self.file}: {missing / 1e6:.0f} MB do not fit the disk of {self.place.parent}"
            )

    def _log_tenths(self, done: int, size: int) -> None:
        if done * 10 // size > self._tenths:
            self._tenths = done * 10 // size
            log.info("%s: %d of %d MB are here", self.file, done // 10**6, size // 10**6)


@contextmanager
def _alone(part: Path) -> Iterator[BinaryIO]:
    """The file that is being filled, for one process at a time."""
    with part.open("a+b") as target:
        try:
            fcntl.flock(target, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ModelBusy(f"another process is fetching {part.stem}") from None
        try:
            yield target
        finally:
            if not os.fstat(target.fileno()).st_size:  # an empty one tells of nothing
                part.unlink(missing_ok=True)


def _digest(target: BinaryIO) -> hashlib._Hash:
    """The digest of what is there already; leaves the file at its end."""
    target.seek(0)
    digest = hashlib.sha256()
    while chunk := target.read(_CHUNK):
        digest.update(chunk)
    return digest


def _add(target: BinaryIO, digest: hashlib._Hash, chunk: bytes) -> None:
    target.write(chunk)
    digest.update(chunk)


def _note(place: Path) -> Path:
    return place.with_name(f"{place.name}.sha256")
