"""Fetch an address politely: conditional, bounded in size and time, and never into private nets.

The only user of httpx in feeds (with feeds.reach, which guards its connections). Does not know
what a body means, nor when to ask again: see feeds.read and feeds.collect.
"""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Literal, Self

import httpx

from bot.certificates import trusted
from bot.errors import SourceError, SourceGone, SourcePrivate
from feeds.reach import UNNAMED, GuardedTransport, Private, Unreachable

BODY = 20 * 1024 * 1024
"""Most decoded bytes of an answer."""

DEADLINE = 60.0
"""Seconds one request may take, from connecting to the last byte."""

QUIET = 20.0
"""Seconds a server may be silent."""

REDIRECTS = 5

ARXIV_PAUSE = 3.0
"""Seconds between two requests to arXiv, RSS included: https://info.arxiv.org/help/api/tou.html"""

_PERMANENT = (301, 308)
_REDIRECT = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier fetch left, to be told "unchanged" (RFC 9110, 13)."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


NOTHING = Known()


@dataclass(frozen=True, slots=True)
class Fetched:
    """A good answer. When "unchanged" the body is not kept."""

    status: Literal["new", "unchanged"]
    body: bytes = b""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    moved_to: str = ""
    """The address all permanent redirects led to; empty where there were none."""


class Fetcher:
    """One httpx client with peyk's manners; an async context manager.

    `named_origins`: the ``host:port`` the operator wrote, which may lie in a private network.
    """

    def __init__(
        self,
        named_origins: Collection[str] = (),
        *,
        github_token: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        deadline: float = DEADLINE,
        quiet: float = QUIET,
        most: int = BODY,
        arxiv_pause: float = ARXIV_PAUSE,
    ) -> None:
        self._github_token = github_token
        self._now = now
        self._deadline = deadline
        self._most = most
        self._arxiv = _Lane(arxiv_pause)
        # A connection kept open could be reused for another name at the same address, whose
        # certificate was never checked; and the next poll is half an hour away.
        limits = httpx.Limits(max_connections=20, max_keepalive_connections=0)
        inner = httpx.AsyncHTTPTransport(verify=trusted(), limits=limits)
        self._client = httpx.AsyncClient(
            transport=GuardedTransport(named_origins, inner),
            headers={"User-Agent": user_agent(), "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(quiet),
            follow_redirects=False,
        )

    @property
    def has_github_token(self) -> bool:
        """Whether GitHub's REST API will be asked with a token."""
        return bool(self._github_token)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def get(
        self, url: str, known: Known = NOTHING, *, arxiv: bool = False, named: bool = True
    ) -> Fetched:
        """What `url` holds now, or "unchanged".

        `arxiv`: keep arXiv's pause whatever the host, for its mirrors. `named`: false for an
        address the operator did not write; it gains nothing by the origins that were. Raises
        SourceGone on 410, SourcePrivate where a private network would be entered, and SourceError
        on every other failure, with ``retry_after`` where the server named it.
        """
        try:
            return await self._follow(httpx.URL(url), known, arxiv, named)
        except TimeoutError as error:
            raise SourceError(
                f"no whole answer within {self._deadline:g} s", kind="silent"
            ) from error
        except httpx.TimeoutException as error:
            silent = f"the server is silent ({type(error).__name__})"
            raise SourceError(silent, kind="silent") from error
        except Private as error:
            raise SourcePrivate(str(error)) from error
        except Unreachable as error:
            raise SourceError(str(error), kind="no host") from error
        except httpx.InvalidURL as error:
            raise SourceError("not a usable address", kind="address") from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            failed = f"the connection failed ({type(error).__name__})"
            raise SourceError(failed, kind="connection") from error

    async def _follow(self, url: httpx.URL, known: Known, arxiv: bool, named: bool) -> Fetched:
        moved_to = ""
        permanent = True
        for hop in range(REDIRECTS + 1):
            if url.scheme not in ("http", "https") or not url.host:
                raise SourceError(
                    "redirected to something that is neither http nor https", kind="address"
                )
            async with self._ask(url, known, arxiv, named, first=hop == 0) as response:
                if response.status_code not in _REDIRECT or "location" not in response.headers:
                    return await self._read(response, known, moved_to)
                permanent = permanent and response.status_code in _PERMANENT
                url = url.join(response.headers["location"])
                moved_to = str(url.copy_with(fragment=None)) if permanent else moved_to
        raise SourceError(f"more than {REDIRECTS} redirects", kind="address")

    @asynccontextmanager
    async def _ask(
        self, url: httpx.URL, known: Known, arxiv: bool, named: bool, *, first: bool
    ) -> AsyncIterator[httpx.Response]:
        """One request, in arXiv's lane where it belongs there; the deadline starts with it."""
        headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        if first and url.scheme == "https" and url.host == "api.github.com":
            # Never across a redirect: it may lead to another host.
            headers["Authorization"] = f"Bearer {self._github_token}" if self._github_token else ""
            headers["Accept"] = "application/vnd.github+json"
        request = self._client.build_request(
            "GET",
            url,
            headers={name: value for name, value in headers.items() if value},
            extensions={UNNAMED: not named},
        )
        async with self._arxiv.turn(arxiv or f".{url.host}".endswith(".arxiv.org")):
            async with asyncio.timeout(self._deadline):
                response = await self._client.send(request, stream=True)
                try:
                    yield response
                finally:
                    await response.aclose()
                    self._client.cookies.clear()

    async def _read(self, response: httpx.Response, known: Known, moved_to: str) -> Fetched:
        if response.status_code == 304 and known != NOTHING:
            return Fetched(
                "unchanged",
                etag=_validator(response, "etag") or known.etag,
                last_modified=_validator(response, "last-modified") or known.last_modified,
                body_hash=known.body_hash,
                moved_to=moved_to,
            )
        self._refuse(response)
        body = b"".join([chunk async for chunk in self._decoded(response)])
        digest = hashlib.sha256(body).hexdigest()
        same = digest == known.body_hash
        return Fetched(
            "unchanged" if same else "new",
            body=b"" if same else body,
            etag=_validator(response, "etag"),
            last_modified=_validator(response, "last-modified"),
            body_hash=digest,
            moved_to=moved_to,
        )

    def _refuse(self, response: httpx.Response) -> None:
        """Raise what a status other than success means."""
        status = response.status_code
        if status == 200:
            return
        if status == 410:
            raise SourceGone("HTTP 410: this feed is gone for good")
        raise SourceError(
            f"HTTP {status}",
            retry_after=self._retry_after(response),
            kind="refused",
            status=status,
        )

    def _retry_after(self, response: httpx.Response) -> float | None:
        """Seconds the server asks to wait (RFC 9110, 10.2.3; GitHub: x-ratelimit-reset)."""
        value = response.headers.get("retry-after", "").strip()
        if value.isdecimal():
            return float(value[:9])
        if value:
            try:
                then = parsedate_to_datetime(value)
            except ValueError:
                return None
            then = then if then.tzinfo else then.replace(tzinfo=UTC)
            return max(0.0, (then - self._now()).total_seconds())
        reset = response.headers.get("x-ratelimit-reset", "")
        if response.headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
            return max(0.0, float(reset[:12]) - self._now().timestamp())
        return None

    async def _decoded(self, response: httpx.Response) -> AsyncIterator[bytes]:
        """The body's bytes, un-gzipped here: httpx would unpack a whole bomb in one call."""
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip", "x-gzip"):
            raise SourceError(f"the answer is packed in an unknown way ({encoding[:20]})")
        unzip = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
        left = self._most
        async for raw in response.aiter_raw():
            try:
                chunk = unzip.decompress(raw, left + 1) if unzip else raw
            except zlib.error as error:
                raise SourceError("the answer is broken gzip") from error
            left -= len(chunk)
            if left < 0:
                raise SourceError(
                    f"the answer is larger than {self._most >> 20} MB", kind="too large"
                )
            yield chunk
        if unzip and not unzip.eof:
            raise SourceError("the answer ends early")


class _Lane:
    """Lets one request through at a time, with a pause after each."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._turn = asyncio.Lock()
        self._free_at = 0.0

    @asynccontextmanager
    async def turn(self, mine: bool) -> AsyncIterator[None]:
        """Wait for a turn; a request that is not `mine` passes at once."""
        if not mine:
            yield
            return
        async with self._turn:
            clock = asyncio.get_running_loop().time
            await asyncio.sleep(max(0.0, self._free_at - clock()))
            try:
                yield
            finally:
                self._free_at = clock() + self._pause


def _validator(response: httpx.Response, name: str) -> str:
    """A header to be sent back at the next poll; '' where it could not be."""
    value = response.headers.get(name, "")
    return value if value.isascii() and value.isprintable() and len(value) <= 500 else ""


def user_agent() -> str:
    """How peyk introduces itself to servers."""
    try:
        return f"peyk/{version('peyk')} (Telegram news bot; feed reader)"
    except PackageNotFoundError:
        return "peyk (Telegram news bot; feed reader)"
