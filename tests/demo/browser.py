"""A real browser for tests: chromium without a window, led by the DevTools protocol.

Protocol: https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from tornado.websocket import WebSocketClientConnection, websocket_connect

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--lang=fa",
    "--log-level=3",  # nobody reads on after the address, and a full pipe would stop the browser
    "--remote-debugging-port=0",
)
LISTENING = b"DevTools listening on "
MAX_MESSAGE = 64 * 1024 * 1024
CLOSING_SECONDS = 10

# A selector and words that the element shows; the innermost one that can be seen, the newest last.
FIND = """(selector, words) => [...document.querySelectorAll(selector)].filter(one =>
    one.getClientRects().length && (one.innerText + ' ' + (one.ariaLabel ?? '')).includes(words)
  ).at(-1)"""


class PageError(AssertionError):
    """The page did not do what a person would have waited for."""


class Browser:
    """One tab, used as a person would: look, click, type."""

    def __init__(self, connection: WebSocketClientConnection, picture: Path) -> None:
        """`picture`: where the page is photographed when it does not do what was waited for."""
        self._connection = connection
        self._picture = picture
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._session: str | None = None
        self.complaints: list[str] = []

    async def listen(self) -> None:
        """Hand every answer of the browser to the call that waits for it, until it hangs up."""
        while (raw := await self._connection.read_message()) is not None:
            message = json.loads(raw)
            if (waiting := self._waiting.pop(message.get("id"), None)) and not waiting.done():
                waiting.set_result(message)
            self._note(message)
        for waiting in self._waiting.values():
            waiting.cancel()

    def _note(self, message: dict[str, Any]) -> None:
        """Keep what the page complains about: exceptions, refused scripts and styles."""
        details = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(details["exceptionDetails"]))
        elif message.get("method") == "Log.entryAdded" and details["entry"]["level"] == "error":
            self.complaints.append(f"{details['entry']['text']} {details['entry'].get('url', '')}")

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol. Raises PageError with the browser's own words."""
        number = next(self._ids)
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        waiting = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._connection.write_message(json.dumps(message))
        answer = await waiting
        if "error" in answer:
            raise PageError(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    async def open_tab(self) -> None:
        """Lead a fresh tab from now on."""
        target = await self.call("Target.createTarget", url="about:blank")
        attached = await self.call(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "DOM"):
            await self.call(f"{domain}.enable")

    async def look_like(self, width: int, height: int, dark: bool = False) -> None:
        """Take this size in pixels and this colour scheme."""
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        calm = {"name": "prefers-reduced-motion", "value": "reduce"}
        await self.call("Emulation.setEmulatedMedia", features=[scheme, calm])

    async def go(self, url: str) -> None:
        """Open an address."""
        await self.call("Page.navigate", url=url)

    async def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page; a promise is awaited."""
        answer = await self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise PageError(details.get("exception", {}).get("description", details["text"]))
        return answer["result"].get("value")

    async def wait(self, expression: str, seconds: float = 10) -> Any:
        """The value of an expression once it is true; looked at with every frame."""
        waiting = f"""new Promise((done, fail) => {{
            const end = performance.now() + {seconds * 1000};
            const look = () => {{
              let value;
              try {{ value = ({expression}); }} catch (error) {{ fail(error); return; }}
              if (value) done(value instanceof Node ? true : value);
              else if (performance.now() > end) fail(new Error('never became true: ' +
                {json.dumps(expression)} + '\\n' + document.body?.innerText));
              else requestAnimationFrame(look);
            }};
            look();
          }})"""
        try:
            return await self.evaluate(waiting)
        except PageError as error:
            await self.photograph(self._picture)
            raise PageError(f"{error}\nas it looked: {self._picture}") from None

    async def see(self, words: str, selector: str = "body *", seconds: float = 10) -> str:
        """Wait until an element shows these words; all that it shows."""
        shown: str = await self.wait(
            f"({FIND})({json.dumps(selector)}, {json.dumps(words)})?.innerText", seconds
        )
        return shown

    async def gone(self, words: str, selector: str, seconds: float = 10) -> None:
        """Wait until no such element shows these words."""
        await self.wait(f"!({FIND})({json.dumps(selector)}, {json.dumps(words)})", seconds)

    async def click(self, words: str, selector: str = "button, a, label") -> None:
        """Click with the mouse in the middle of the newest element which shows these words."""
        # Found and measured in one go: the page may draw itself anew between two questions.
        x, y = await self.wait(f"""(() => {{
            const found = ({FIND})({json.dumps(selector)}, {json.dumps(words)});
            if (!found) return null;
            found.scrollIntoView({{ block: 'nearest' }});
            const box = found.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
          }})()""")
        for kind in ("mousePressed", "mouseReleased"):
            await self.call(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
            )

    async def type(self, text: str) -> None:
        """Write where the cursor is."""
        await self.call("Input.insertText", text=text)

    async def key(self, name: str, code: int, text: str = "") -> None:
        """Press a key, such as Enter (13)."""
        for kind in ("keyDown", "keyUp"):
            typed = {"text": text} if text and kind == "keyDown" else {}
            await self.call(
                "Input.dispatchKeyEvent", type=kind, key=name, windowsVirtualKeyCode=code, **typed
            )

    async def enter(self) -> None:
        """Press Enter."""
        await self.key("Enter", 13, "\r")

    async def choose_file(self, selector: str, path: Path) -> None:
        """Pick a file in a file chooser."""
        document = await self.call("DOM.getDocument")
        found = await self.call(
            "DOM.querySelector", nodeId=document["root"]["nodeId"], selector=selector
        )
        await self.call("DOM.setFileInputFiles", nodeId=found["nodeId"], files=[str(path)])

    async def photograph(self, path: Path) -> None:
        """Save a PNG of what can be seen."""
        shot = await self.call("Page.captureScreenshot", format="png")
        await asyncio.to_thread(path.write_bytes, base64.b64decode(shot["data"]))


@contextlib.asynccontextmanager
async def open_browser(program: str, profile: Path) -> AsyncIterator[Browser]:
    """A browser with a fresh profile; it and all its children are gone afterwards."""
    process = await asyncio.create_subprocess_exec(
        program,
        *FLAGS,
        f"--user-data-dir={profile}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(60):
            address = await _address(process)
        async with _led(address, profile.with_suffix(".png")) as browser:
            yield browser
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()


@contextlib.asynccontextmanager
async def _led(address: str, picture: Path) -> AsyncIterator[Browser]:
    """A tab of the browser which listens at this address."""
    connection = await websocket_connect(address, max_message_size=MAX_MESSAGE)
    browser = Browser(connection, picture)
    listening = asyncio.create_task(browser.listen())
    try:
        await browser.open_tab()
        yield browser
    finally:
        connection.close()
        await listening


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    while line := await process.stderr.readline():
        if line.startswith(LISTENING):
            return line.removeprefix(LISTENING).decode().strip()
    raise PageError("chromium ended before it could be led")
