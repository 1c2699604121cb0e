"""A loopback vision model that knows pages by their pictures.

`async with VisionServer() as eye:` and point PEYK_VISION_BASE_URL at `eye.url`. `eye.knows(pdf)`
teaches it the pages of a document; what it was never shown it reads as «صفحه‌ای ناشناس».
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from bot.documents.drawing import Drawing

UNKNOWN = "صفحه‌ای ناشناس"
HANGING = 1.5
"""Seconds of an answer that does not come in time."""
SPOILT: dict[str, Callable[[str], str]] = {
    "": lambda text: text,
    "hang": lambda text: text,
    "loop": lambda text: "\n".join([text] * 20),
    "chatter": lambda text: f"Sure! Here is the text of the page:\n\n```markdown\n{text}\n```",
    "truncated": lambda text: text[: len(text) // 2],
    "refusal": lambda text: "I'm sorry, I can't help with that.",
    "empty": lambda text: "",
}


def text_of(page: int) -> str:
    """What stands on a page, as the model says."""
    return f"متن صفحه شماره {page} برای آزمون است و همین‌جا تمام می‌شود."


class VisionServer:
    """See the module. `calls` counts the questions by page, 0 for what it was never taught.

    `says` gives the answer to a page, `unknown` to everything else.
    """

    def __init__(self) -> None:
        self.url = ""
        self.calls: Counter[int] = Counter()
        self.answered: Counter[int] = Counter()
        self.fault: Callable[[int], int | None] = lambda call: None
        """The HTTP status of the n-th call; None: it is answered."""
        self.spoils: Callable[[int], str] = lambda call: ""
        """How the answer to the n-th call is bad, as in `SPOILT`; empty: it is good."""
        self.says: Callable[[int], str] = text_of
        self.unknown = UNKNOWN
        self.open = asyncio.Event()
        self.open.set()
        """Cleared: whoever asks has to wait."""
        self.latency = 0.0
        self._pages: dict[str, int] = {}

    async def knows(self, document: bytes, password: str = "") -> int:
        """Learn the pages of a document; returns their number."""
        async with Drawing([document], password) as drawing:
            for page in range(1, drawing.pages + 1):
                picture = await drawing.picture(page)
                self._pages[hashlib.sha256(picture.jpeg).hexdigest()] = page
            return drawing.pages

    async def __aenter__(self) -> VisionServer:
        sockets = bind_sockets(0, "127.0.0.1")
        routes = [(r"/v1/chat/completions", _Completions, {"eye": self})]
        self._server = HTTPServer(
            Application(routes, log_function=lambda handler: None), max_body_size=50 << 20
        )
        self._server.add_sockets(sockets)
        self.url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}/v1"
        return self

    async def __aexit__(self, *error: object) -> None:
        self.open.set()
        self._server.stop()
        await self._server.close_all_connections()

    def page(self, request: dict[str, Any]) -> int:
        """The page that a request shows."""
        (picture,) = (
            part["image_url"]["url"]
            for part in request["messages"][-1]["content"]
            if part["type"] == "image_url"
        )
        jpeg = base64.b64decode(picture.partition(",")[2])
        return self._pages.get(hashlib.sha256(jpeg).hexdigest(), 0)


class _Completions(RequestHandler):
    def initialize(self, eye: VisionServer) -> None:
        self.eye = eye

    async def post(self) -> None:
        eye = self.eye
        page = eye.page(json.loads(self.request.body))
        eye.calls[page] += 1
        if status := eye.fault(eye.calls.total()):
            self.set_status(status)
            self.finish({"error": {"message": "no"}})
            return
        spoilt = eye.spoils(eye.calls.total())
        await asyncio.sleep(HANGING if spoilt == "hang" else eye.latency)
        await eye.open.wait()
        eye.answered[page] += 1
        text = SPOILT[spoilt](eye.says(page) if page else eye.unknown)
        said = {"role": "assistant", "content": text}
        finish = "length" if spoilt == "truncated" else "stop"
        self.finish(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 1,
                "model": "eye",
                "choices": [{"index": 0, "finish_reason": finish, "message": said}],
                "usage": {"prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1000},
            }
        )
