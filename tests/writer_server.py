"""A loopback server that streams Chat Completions, word by word, as a local model's would.

`async with WriterServer() as writer:` and point PEYK_LOCAL_MODEL at `writer.url`. It stops before
word `stops_after` of each answer until `go_on`; `calls` counts the answers it was asked for,
`open` those it is writing. `finish` and `done` say how its answers end: with which reason, and
whether ``[DONE]`` follows. `connections` counts those that answers were asked for through.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from tests.scribe import NEVER


class WriterServer:
    """See the module."""

    def __init__(self, says: str = "") -> None:
        self.says = says
        self.stops_after = NEVER
        self.finish: str | None = "stop"
        self.done = True
        self.calls = 0
        self.open = 0
        self.known: set[object] = set()
        self.url = ""
        self._go = asyncio.Event()

    @property
    def connections(self) -> int:
        """See the module."""
        return len(self.known)

    def go_on(self) -> None:
        """Write on, now and from now on."""
        self.stops_after = NEVER
        self._go.set()

    async def turn(self, number: int) -> None:
        """Wait until this word may be written."""
        if number >= self.stops_after:
            await self._go.wait()

    async def __aenter__(self) -> WriterServer:
        sockets = bind_sockets(0, "127.0.0.1")
        routes = [
            (r"/v1/chat/completions", _Completions, {"writer": self}),
            (r"/v1/models", _Models),
        ]
        self._server = HTTPServer(Application(routes, log_function=lambda handler: None))
        self._server.add_sockets(sockets)
        self.url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}/v1"
        return self

    async def __aexit__(self, *error: object) -> None:
        self.go_on()
        self._server.stop()
        await self._server.close_all_connections()


class _Models(RequestHandler):
    def get(self) -> None:
        self.finish({"object": "list", "data": [{"id": "writer", "object": "model"}]})


class _Completions(RequestHandler):
    def initialize(self, writer: WriterServer) -> None:
        self.writer = writer

    async def post(self) -> None:
        self.writer.calls += 1
        self.writer.open += 1
        self.writer.known.add(self.request.connection.context)  # type: ignore[attr-defined]
        self.set_header("Content-Type", "text/event-stream")
        try:
            for number, word in enumerate(self.writer.says.split(" ")):
                await self.writer.turn(number)
                await self._event(_chunk({"content": f"{word} "}))
            if self.writer.finish:
                await self._event(_chunk({}, self.writer.finish))
            self.finish("data: [DONE]\n\n" if self.writer.done else None)
        except StreamClosedError:
            return
        finally:
            self.writer.open -= 1

    async def _event(self, chunk: dict[str, Any]) -> None:
        self.write(f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n")
        await self.flush()


def _chunk(delta: dict[str, str], reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "writer",
        "choices": [choice],
    }
