"""The Bot API over HTTP: decodes a call, carries out planned faults, writes the answer.

What a method does is in bot.demo.methods.
Source: https://core.telegram.org/bots/api#making-requests
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tornado.web import HTTPError, RequestHandler

from bot.demo.errors import ApiError, bad_request
from bot.demo.faults import Fault, When
from bot.demo.limits import DOWNLOAD_BYTES, UPLOAD_BYTES
from bot.demo.methods.params import Params, Upload

if TYPE_CHECKING:
    from bot.demo.server import EmbeddedTelegram

log = logging.getLogger(__name__)


class _Dropped(Exception):
    """There is no connection to answer on: closed on purpose, or by the bot."""


class _BotSide(RequestHandler):
    """What both addresses of the bot share. Its errors are JSON, and no log names the token."""

    def initialize(self, telegram: EmbeddedTelegram) -> None:
        """Called by tornado."""
        self.telegram = telegram

    def compute_etag(self) -> None:
        """Answers are never cached."""

    def write_error(self, status_code: int, **details: Any) -> None:
        """Called by tornado for what no method refused."""
        words = HTTPStatus(status_code).phrase
        self.finish({"ok": False, "error_code": status_code, "description": words})

    def log_exception(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Called by tornado, which would write the whole address."""
        if not isinstance(error, HTTPError):
            log.error("a call of the Bot API failed", exc_info=error)


class BotHandler(_BotSide):
    """/bot<token>/<method>, by GET or POST."""

    _poll: asyncio.Task[Any] | None = None

    def on_connection_close(self) -> None:
        """Called by tornado when the bot hung up: nobody waits for the updates any more."""
        if self._poll is not None:
            self._poll.cancel()

    async def get(self, token: str, name: str) -> None:
        """A call with its parameters in the address."""
        await self._serve(token, name)

    async def post(self, token: str, name: str) -> None:
        """A call with its parameters in the body."""
        await self._serve(token, name)

    async def _serve(self, token: str, name: str) -> None:
        try:
            check_token(token, self.telegram.token)
            params = self._read_params()
            status, body = await self._run(name, params)
        except ApiError as refusal:
            status, body = refusal.code, _encode(refusal.to_json())
        except _Dropped:
            return
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(body)

    async def _run(self, name: str, params: Params) -> tuple[int, bytes]:
        chat_id = params.text("chat_id")
        await self._suffer(name, "before", chat_id)
        try:
            status, body = 200, _success(await self._call(name, params))
        except ApiError as refusal:
            status, body = refusal.code, _encode(refusal.to_json())
        await self._suffer(name, "after", chat_id)
        return status, body

    async def _call(self, name: str, params: Params) -> Any:
        """Carry out the method; long polling stops when the bot hangs up."""
        if name.lower() != "getupdates":
            return await self.telegram.call(name, params)
        self._poll = asyncio.create_task(self.telegram.call(name, params))
        try:
            return await self._poll
        except asyncio.CancelledError:
            raise _Dropped from None

    async def _suffer(self, name: str, when: When, chat_id: str) -> None:
        fault = self.telegram.faults.take(name.lower(), when, chat_id)
        if fault is None:
            return
        if fault.action == "drop":
            self.detach().close()
            raise _Dropped
        if fault.action == "status":
            raise _planned_refusal(fault)
        if fault.action == "delay":
            await asyncio.sleep(fault.seconds)
        elif fault.call is not None:
            await fault.call()

    def _read_params(self) -> Params:
        request = self.request
        values: dict[str, Any] = _last_texts(request.query_arguments)
        if request.headers.get("Content-Type", "").startswith("application/json"):
            values |= _read_json(request.body)
        else:
            values |= _last_texts(request.body_arguments)
        uploads = {
            name: Upload(sent[-1].filename, sent[-1].content_type, sent[-1].body)
            for name, sent in request.files.items()
        }
        if any(len(upload.content) > UPLOAD_BYTES for upload in uploads.values()):
            raise ApiError(413, "Request Entity Too Large")
        return Params(values, uploads)


class FileHandler(_BotSide):
    """/file/bot<token>/<path>: a download that getFile prepared."""

    async def get(self, token: str, path: str) -> None:
        """The bytes of a file."""
        try:
            check_token(token, self.telegram.token)
            stored = self.telegram.world.files.by_path(path)
            if stored is None or len(stored.content) > DOWNLOAD_BYTES:
                raise ApiError(404, "Not Found")
        except ApiError as refusal:
            self.set_status(refusal.code)
            self.finish(refusal.to_json())
            return
        self.set_header("Content-Type", "application/octet-stream")
        self.finish(stored.content)


def check_token(given: str, token: str) -> None:
    """Raises ApiError: 404 for what is no token at all, 401 for somebody else's."""
    number, _, secret = given.partition(":")
    if not number.isdigit() or not secret:
        raise ApiError(404, "Not Found")
    if given != token:
        raise ApiError(401, "Unauthorized")


def _planned_refusal(fault: Fault) -> ApiError:
    wait = {} if fault.retry_after is None else {"retry_after": fault.retry_after}
    words = {429: f"Too Many Requests: retry after {fault.retry_after}", 502: "Bad Gateway"}
    return ApiError(fault.status, words.get(fault.status, "Internal Server Error"), **wait)


def _success(result: Any) -> bytes:
    """The body of an answer; updates come as bytes that are JSON already."""
    if isinstance(result, list) and result and isinstance(result[0], bytes):
        return b'{"ok":true,"result":[' + b",".join(result) + b"]}"
    return _encode({"ok": True, "result": result})


def _encode(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def _last_texts(arguments: Mapping[str, list[bytes]]) -> dict[str, str]:
    try:
        return {name: values[-1].decode() for name, values in arguments.items()}
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body or b"{}")
    except ValueError:
        raise bad_request("can't parse request: can't parse JSON object") from None
    if not isinstance(values, dict):
        raise bad_request("can't parse request: expected an Object")
    return values
