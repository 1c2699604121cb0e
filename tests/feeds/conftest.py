"""A web server on the loopback that answers as a test says, and sources that point at it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

Answer = Callable[[RequestHandler], Awaitable[None] | None]


@dataclass
class Web:
    """What is served, by path, and the headers of every request that came."""

    url: str
    pages: dict[str, Answer] = field(default_factory=dict)
    requests: list[tuple[str, HTTPHeaders]] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """The server's host and port."""
        return self.url.removeprefix("http://")

    def page(self, path: str, body: bytes, status: int = 200, **headers: str) -> str:
        """Serve `body` at `path`; the address."""

        def answer(handler: RequestHandler) -> None:
            handler.set_status(status)
            for name, value in headers.items():
                handler.set_header(name.replace("_", "-"), value)
            if body:
                handler.write(body)

        return self.answer(path, answer)

    def answer(self, path: str, answer: Answer) -> str:
        """Serve what `answer` writes at `path`; the address."""
        self.pages[path] = answer
        return self.url + path


class _Page(RequestHandler):
    def initialize(self, web: Web) -> None:
        self.web = web

    async def get(self) -> None:
        self.web.requests.append((self.request.path, self.request.headers))
        done = self.web.pages[self.request.path](self)
        if done is not None:
            await done

    def compute_etag(self) -> None:
        """No ETag but those of the tests."""


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    """A server on the loopback."""
    sockets = bind_sockets(0, "127.0.0.1")
    web = Web(f"http://127.0.0.1:{sockets[0].getsockname()[1]}")
    server = HTTPServer(Application([(".*", _Page, {"web": web})]))
    server.add_sockets(sockets)
    yield web
    server.stop()
    await server.close_all_connections()
